// Zeroed memory for the arguments of compiled functions; shared between the calls that use the same
// parameters.
#ifndef SWITCHYARD_RUNTIME_PLAN_BUFFER_H
#define SWITCHYARD_RUNTIME_PLAN_BUFFER_H

#include "runtime/kernels/Storage.h"

#include <cstring>
#include <map>
#include <memory>
#include <string>

namespace switchyard::rt {

class Buffer {
public:
  /// Throws std::runtime_error where there is not so much memory.
  explicit Buffer(size_t bytes) : storage(bytes) {
    if (bytes)
      std::memset(storage.data(), 0, bytes);
  }

  void *data() const { return storage.data(); }
  size_t bytes() const { return storage.bytes(); }
  template <typename T> T *as() const { return storage.as<T>(); }

private:
  Storage storage;
};

/// Parameters or optimizer state by name.
using Buffers = std::map<std::string, std::shared_ptr<Buffer>>;

} // namespace switchyard::rt

#endif
