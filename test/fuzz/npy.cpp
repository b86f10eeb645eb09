// NumPy's .npy files: refused as the user's data, or read; then every value can be asked for.
#include "runtime/data/Npy.h"
#include "runtime/data/Dataset.h"
#include "test/fuzz/Target.h"

using namespace switchyard::rt;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  FileInMemory file(textOf(data, size));
  try {
    NpyArray array = readNpy(file.path, "");
    if (array.count() > 0)
      array.at<uint8_t>(array.count() - 1);
    array.typeName();
  } catch (const DataError &) {
  }
  return 0;
}
