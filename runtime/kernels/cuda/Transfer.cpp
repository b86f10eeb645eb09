// Pinned memory is taken when it is first needed: programs on small data need little of it.
#include "runtime/kernels/cuda/Transfer.h"

#include <algorithm>
#include <cstring>

namespace switchyard::rt {

Pinned::Pinned(std::shared_ptr<Driver> given, size_t bytes) : driver(std::move(given)) {
  void *place = nullptr;
  driver->check(driver->hostAllocate(&place, bytes), "pinning memory of the host");
  memory = static_cast<char *>(place);
}

Pinned::~Pinned() {
  driver->hostFree(memory);
}

Event::Event(std::shared_ptr<Driver> given) : driver(std::move(given)) {
  driver->check(driver->eventCreate(&event, Driver::eventWithoutTiming), "making an event");
}

Event::~Event() {
  driver->eventDestroy(event);
}

void Event::record(Driver::Handle stream) {
  driver->check(driver->eventRecord(event, stream), "recording an event");
}

void Event::wait() {
  driver->check(driver->eventSynchronize(event), "waiting for the GPU");
}

constexpr size_t halfBytes = size_t(8) << 20;

Uploads::Half::Half(const std::shared_ptr<Driver> &driver) : memory(driver, halfBytes), done(driver) {}

/// The half to write to: the one in use until it is full, then the other, once its copies are done.
Uploads::Half &Uploads::next(Driver::Handle stream) {
  if (halves[turn] && halves[turn]->used == halfBytes) {
    halves[turn]->done.record(stream);
    turn = 1 - turn;
    if (halves[turn]) {
      halves[turn]->done.wait();
      halves[turn]->used = 0;
    }
  }
  if (!halves[turn])
    halves[turn] = std::make_unique<Half>(driver);
  return *halves[turn];
}

void Uploads::copy(Driver::DevicePointer to, const void *from, size_t bytes, Driver::Handle stream) {
  constexpr size_t alignment = 64;
  for (size_t done = 0; done < bytes;) {
    Half &half = next(stream);
    size_t part = std::min(bytes - done, halfBytes - half.used);
    char *place = half.memory.data() + half.used;
    std::memcpy(place, static_cast<const char *>(from) + done, part);
    driver->check(driver->copyToDevice(to + done, place, part, stream), "copying to the GPU");
    half.used = std::min(halfBytes, half.used + (part + alignment - 1) / alignment * alignment);
    done += part;
  }
}

Downloads::Landing::Landing(const std::shared_ptr<Driver> &driver, size_t bytes)
    : bytes(bytes), memory(driver, bytes), arrived(driver) {}

/// Gives its memory back when nobody needs it any more; the copy must be there by then.
class Downloads::Pending : public Download {
public:
  Pending(std::shared_ptr<Pool> pool, std::unique_ptr<Landing> landing)
      : pool(std::move(pool)), landing(std::move(landing)) {}
  ~Pending() override {
    try {
      landing->arrived.wait();
      pool->free[landing->bytes].push_back(std::move(landing));
    } catch (const std::exception &) { // the GPU failed: whoever waits for it next says so
    }
  }
  const void *wait() override {
    landing->arrived.wait();
    return landing->memory.data();
  }

private:
  std::shared_ptr<Pool> pool;
  std::unique_ptr<Landing> landing;
};

std::shared_ptr<Download> Downloads::start(Driver::DevicePointer from, size_t bytes, Driver::Handle stream) {
  auto &waiting = pool->free[bytes];
  std::unique_ptr<Landing> landing;
  if (waiting.empty()) {
    landing = std::make_unique<Landing>(pool->driver, bytes);
  } else {
    landing = std::move(waiting.back());
    waiting.pop_back();
  }
  pool->driver->check(pool->driver->copyToHost(landing->memory.data(), from, bytes, stream),
                      "copying from the GPU");
  landing->arrived.record(stream);
  return std::make_shared<Pending>(pool, std::move(landing));
}

} // namespace switchyard::rt
