// An entry of the store whose checksum is right, so that all of its header is read: refused, or read with
// tensors whose values can be asked for; what is read is written as bytes that read as itself.
#include "runtime/data/Digest.h"
#include "runtime/plan/StoreFormat.h"
#include "test/fuzz/Target.h"

#include <stdexcept>

using namespace switchyard::rt;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string body = textOf(data, size), written;
  try {
    StoreEntry entry = decodeEntry("switchyard store 1\n" + sha256Hex(body) + "\n" + body);
    written = encodeEntry(entry);
    for (const StoredTensor &tensor : entry.tensors)
      entry.values<float>(tensor.name);
  } catch (const std::exception &) { // JSON's own errors, too: Store.cpp takes each for damage
    return 0;
  }
  if (encodeEntry(decodeEntry(written)) != written)
    std::abort();
  return 0;
}
