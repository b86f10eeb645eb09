// Zeroed memory, aligned as compiled code expects it; shared between the calls that use the same parameters.
#ifndef SWITCHYARD_RUNTIME_PLAN_BUFFER_H
#define SWITCHYARD_RUNTIME_PLAN_BUFFER_H

#include "runtime/abi.h"

#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>

namespace switchyard::rt {

class Buffer {
public:
  explicit Buffer(size_t bytes) : size(bytes) {
    // aligned_alloc takes whole multiples of the alignment; an empty buffer still has an address.
    size_t whole = (bytes / SWY_ALIGNMENT + 1) * SWY_ALIGNMENT;
    memory = std::aligned_alloc(SWY_ALIGNMENT, whole);
    if (!memory)
      throw std::runtime_error("not enough memory: a buffer of " + std::to_string(bytes) +
                               " bytes is needed");
    std::memset(memory, 0, whole);
  }
  ~Buffer() { std::free(memory); }
  Buffer(const Buffer &) = delete;
  Buffer &operator=(const Buffer &) = delete;

  void *data() const { return memory; }
  size_t bytes() const { return size; }
  template <typename T> T *as() const { return static_cast<T *>(memory); }

private:
  void *memory = nullptr;
  size_t size;
};

/// Parameters or optimizer state by name.
using Buffers = std::map<std::string, std::shared_ptr<Buffer>>;

} // namespace switchyard::rt

#endif
