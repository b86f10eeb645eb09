// Memory for tensors, from LibTorch's allocator: the runtime's one provider of storage.
#ifndef SWITCHYARD_RUNTIME_KERNELS_STORAGE_H
#define SWITCHYARD_RUNTIME_KERNELS_STORAGE_H

#include <cstddef>
#include <memory>

namespace switchyard::rt {

/// A buffer aligned to SWY_ALIGNMENT bytes, uninitialized; copies share it. Empty buffers still have an
/// address.
class Storage {
public:
  Storage() = default;
  /// Throws std::runtime_error where there is not so much memory.
  explicit Storage(size_t bytes);

  void *data() const { return memory.get(); }
  size_t bytes() const { return size; }
  template <typename T> T *as() const { return static_cast<T *>(memory.get()); }

private:
  std::shared_ptr<void> memory;
  size_t size = 0;
};

} // namespace switchyard::rt

#endif
