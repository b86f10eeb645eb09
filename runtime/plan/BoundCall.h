// A compiled function with its buffers: allocated and bound once, then called for batch after batch.
#ifndef SWITCHYARD_RUNTIME_PLAN_BOUNDCALL_H
#define SWITCHYARD_RUNTIME_PLAN_BOUNDCALL_H

#include "runtime/contract/Plan.h"
#include "runtime/contract/abi.h"
#include "runtime/kernels/cuda/Graph.h"
#include "runtime/plan/Buffer.h"

#include <functional>
#include <vector>

namespace switchyard::rt {

/// Bytes of a dense tensor.
size_t tensorBytes(const std::string &type, const std::vector<int64_t> &shape);

/// A result of a call, copied for the host while the next calls run.
class Fetched {
public:
  explicit Fetched(std::vector<char> bytes) : bytes(std::move(bytes)) {}
  explicit Fetched(std::shared_ptr<Download> download) : download(std::move(download)) {}
  /// Waits until it is there.
  template <typename T> const T *get() const {
    return static_cast<const T *>(download ? download->wait() : bytes.data());
  }

private:
  std::vector<char> bytes;
  std::shared_ptr<Download> download;
};

class BoundCall {
public:
  /// Binds `call`'s function by name: weights to `weights`, what is trained to `parameters`, optimizer state
  /// to `state`, all shared with other calls and extended where a name is new; scalars to the call's values;
  /// everything else to buffers of its own. Throws std::runtime_error where a scalar cannot be given as its
  /// declared type. `entry` is a device function where there is a device.
  BoundCall(const Function &function, swy_compiled_function entry, const Call &call, swy_context *context,
            Device *device, Buffers &weights, Buffers &parameters, Buffers &state);

  /// Waits for a device that still works on its buffers.
  ~BoundCall();
  BoundCall(BoundCall &&) = default;

  /// The buffer with this role, or null where the function has no such argument.
  template <typename T> T *buffer(Role role) const {
    const std::shared_ptr<Buffer> *found = find(role);
    return found ? (*found)->as<T>() : nullptr;
  }
  /// Sets an `in` argument of one element; does nothing where the function has no such argument.
  template <typename T> void set(Role role, T value) const {
    if (T *place = buffer<T>(role))
      *place = value;
  }
  /// Sets the scalars that each row has its own of; `value` is asked by name and row, for every row of the
  /// batch.
  void setRowScalars(const std::function<double(const std::string &, int64_t)> &value) const;
  /// How many restarts an example has that may be rows of a batch; 0 where the function has no such rows.
  int64_t restarts() const { return restartCount; }
  /// Each example takes so many neighbouring rows, one for each of its restarts; does nothing where the
  /// function has no such rows.
  void setRestarts(int64_t together) const;
  /// A result of the last call.
  Fetched fetch(Role role) const;
  /// Fills an `in` argument with images of `floats` each; on a device only, by the device (Device::gather).
  void gather(Role role, const std::vector<const float *> &images, int64_t floats) const;
  /// Copies a finished result into an input of another function, of the same size.
  void copyTo(Role role, const BoundCall &other, Role input) const;
  bool has(Role role) const { return find(role) != nullptr; }
  int64_t batch() const { return function.batch; }
  /// The argument with this role; throws std::runtime_error where there is none.
  const Argument &argument(Role role) const;

  const Function &called() const { return function; }

  Device *runsOn() const { return device; }

  /// Calls the function; on a device it returns while that works. Throws std::runtime_error with the
  /// function's name and the runtime's message where an entry point failed.
  void run() const;

private:
  void pointToDevice() const;
  Replay::Key replayKey() const;
  void call() const;
  const std::shared_ptr<Buffer> *find(Role role) const;

  const Function &function;
  int64_t restartCount;
  swy_compiled_function entry;
  swy_context *context;
  std::vector<std::shared_ptr<Buffer>> buffers; // one for each argument
  mutable std::vector<void *> pointers;         // with a device twice as many: see runtime/contract/abi.h
  Device *device;
  mutable Replay replay;
};

} // namespace switchyard::rt

#endif
