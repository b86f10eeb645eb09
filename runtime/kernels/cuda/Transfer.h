// Copies between host and device that do not make the host wait: through memory that the driver has pinned.
#ifndef SWITCHYARD_RUNTIME_KERNELS_CUDA_TRANSFER_H
#define SWITCHYARD_RUNTIME_KERNELS_CUDA_TRANSFER_H

#include "runtime/kernels/cuda/Device.h"
#include "runtime/kernels/cuda/Driver.h"

#include <array>
#include <map>
#include <vector>

namespace switchyard::rt {

/// Pinned memory of the host.
class Pinned {
public:
  Pinned(std::shared_ptr<Driver> driver, size_t bytes);
  ~Pinned();
  Pinned(const Pinned &) = delete;
  Pinned &operator=(const Pinned &) = delete;
  char *data() const { return memory; }

private:
  std::shared_ptr<Driver> driver;
  char *memory = nullptr;
};

/// A point in a stream.
class Event {
public:
  explicit Event(std::shared_ptr<Driver> driver);
  ~Event();
  Event(const Event &) = delete;
  Event &operator=(const Event &) = delete;
  void record(Driver::Handle stream);
  /// Waits until the stream has come there; returns at once where nothing was recorded.
  void wait();

private:
  std::shared_ptr<Driver> driver;
  Driver::Handle event = nullptr;
};

/// Uploads through two halves of pinned memory in turn: a half is written again when its copies are done.
class Uploads {
public:
  explicit Uploads(std::shared_ptr<Driver> driver) : driver(std::move(driver)) {}
  void copy(Driver::DevicePointer to, const void *from, size_t bytes, Driver::Handle stream);

private:
  struct Half {
    explicit Half(const std::shared_ptr<Driver> &driver);
    Pinned memory;
    Event done;
    size_t used = 0;
  };
  Half &next(Driver::Handle stream);

  std::shared_ptr<Driver> driver;
  std::array<std::unique_ptr<Half>, 2> halves;
  size_t turn = 0;
};

/// Downloads that are waited for later; their memory is used again.
class Downloads {
public:
  explicit Downloads(std::shared_ptr<Driver> driver)
      : pool(std::make_shared<Pool>(Pool{std::move(driver), {}})) {}
  std::shared_ptr<Download> start(Driver::DevicePointer from, size_t bytes, Driver::Handle stream);

private:
  struct Landing {
    Landing(const std::shared_ptr<Driver> &driver, size_t bytes);
    size_t bytes;
    Pinned memory;
    Event arrived;
  };
  struct Pool {
    std::shared_ptr<Driver> driver;
    std::map<size_t, std::vector<std::unique_ptr<Landing>>> free; // by size
  };
  class Pending;
  std::shared_ptr<Pool> pool;
};

} // namespace switchyard::rt

#endif
