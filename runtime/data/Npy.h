// NumPy's .npy files: a header that reads as a Python dictionary, then the elements.
#ifndef SWITCHYARD_RUNTIME_DATA_NPY_H
#define SWITCHYARD_RUNTIME_DATA_NPY_H

#include <cstdint>
#include <string>
#include <vector>

namespace switchyard::rt {

struct NpyArray {
  char kind = 'f';            // of an element: 'f', 'u', 'i', ... as NumPy names them
  int64_t itemSize = 4;       // bytes of an element
  std::vector<int64_t> shape; // slowest first
  std::vector<char> bytes;    // row-major, little endian

  int64_t count() const;
  std::string typeName() const; // "float32", "uint8"
  /// Element `index` as a T of the array's item size.
  template <typename T> T at(int64_t index) const;
};

/// Reads a whole file of format version 1 to 3. Throws DataError where it cannot be read, is none of NumPy's,
/// holds what is no plain row-major little-endian array, or is shorter or longer than its header says.
/// `advice` ends the message about elements that are no numbers: what to save instead.
NpyArray readNpy(const std::string &path, const std::string &advice);

} // namespace switchyard::rt

#include <cstring>

template <typename T> T switchyard::rt::NpyArray::at(int64_t index) const {
  T value;
  std::memcpy(&value, bytes.data() + index * static_cast<int64_t>(sizeof(T)), sizeof(T));
  return value;
}

#endif
