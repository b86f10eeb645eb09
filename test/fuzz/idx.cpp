// IDX files, plain and compressed: refused as the user's data, or as many bytes as the header says.
#include "runtime/data/Idx.h"
#include "runtime/data/Dataset.h"
#include "test/fuzz/Target.h"

using namespace switchyard::rt;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  FileInMemory file(textOf(data, size));
  for (int dimensions : {1, 3}) {
    try {
      IdxFile read = readIdx(file.path, dimensions);
      size_t count = 1;
      for (int64_t length : read.sizes)
        count *= size_t(length);
      if (count != read.bytes.size())
        std::abort();
    } catch (const DataError &) {
    }
  }
  return 0;
}
