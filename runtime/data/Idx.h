// The IDX format of MNIST and its relatives: a magic number, the sizes (big-endian), then unsigned bytes.
#ifndef SWITCHYARD_RUNTIME_DATA_IDX_H
#define SWITCHYARD_RUNTIME_DATA_IDX_H

#include <cstdint>
#include <string>
#include <vector>

namespace switchyard::rt {

struct IdxFile {
  std::vector<int64_t> sizes; // slowest first
  std::vector<uint8_t> bytes; // row-major
};

/// Reads a whole file, plain or gzip, that must hold unsigned bytes in `dimensions` dimensions. Throws
/// DataError where it cannot be read, starts with another magic number, or is shorter or longer than its
/// header says.
IdxFile readIdx(const std::string &path, int dimensions);

} // namespace switchyard::rt

#endif
