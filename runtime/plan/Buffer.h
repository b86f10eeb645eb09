// Memory for the arguments of compiled functions, zeroed at first; shared between the calls that use the same
// parameters. What a device works on is there, too, and each side's copy is brought up to date when it is
// asked for.
#ifndef SWITCHYARD_RUNTIME_PLAN_BUFFER_H
#define SWITCHYARD_RUNTIME_PLAN_BUFFER_H

#include "runtime/kernels/Storage.h"
#include "runtime/kernels/cuda/Device.h"

#include <cstring>
#include <map>
#include <memory>
#include <string>

namespace switchyard::rt {

class Buffer {
public:
  explicit Buffer(size_t bytes) : size(bytes) {}

  /// The host's copy, to be read or written: the device's is out of date from here on. Throws
  /// std::runtime_error where there is not so much memory.
  void *data() {
    if (!host.data()) {
      host = Storage(size);
      if (size)
        std::memset(host.data(), 0, size);
    }
    if (newest == OnDevice)
      device->download(host.data(), onDevice.get(), size);
    newest = OnHost;
    return host.data();
  }

  /// The device's copy, for a function that reads it, writes it, or both. Where another device of the same
  /// GPU has used it, that one must have come to its end (Device::wait).
  void *deviceData(Device &where, bool reads, bool writes) {
    device = &where;
    bool fresh = !onDevice;
    if (fresh)
      onDevice = where.allocate(size);
    if (reads && newest == OnHost)
      where.upload(onDevice.get(), host.data(), size);
    else if (reads && fresh)
      where.clear(onDevice.get(), size);
    newest = writes ? OnDevice : newest == OnHost && reads ? Same : newest;
    return onDevice.get();
  }

  /// The host's copy of what no device function writes.
  void *hostCopy() const { return host.data(); }
  /// The device whose copy is newer than the host's, or null.
  Device *newestOn() const { return newest == OnDevice ? device : nullptr; }
  /// Starts to bring what a device function wrote to the host.
  std::shared_ptr<Download> startDownload() const { return device->startDownload(onDevice.get(), size); }

  size_t bytes() const { return size; }
  template <typename T> T *as() { return static_cast<T *>(data()); }

private:
  enum Newest { Same, OnHost, OnDevice };

  size_t size;
  Storage host;
  Device *device = nullptr;
  std::shared_ptr<void> onDevice;
  Newest newest = Same;
};

/// Parameters or optimizer state by name.
using Buffers = std::map<std::string, std::shared_ptr<Buffer>>;

} // namespace switchyard::rt

#endif
