// The state behind the C boundary as the executor sees it: made once, given to every compiled function, asked
// for an error after each. One context is used by one thread at a time; its loops use the whole team.
#ifndef SWITCHYARD_RUNTIME_KERNELS_CONTEXT_H
#define SWITCHYARD_RUNTIME_KERNELS_CONTEXT_H

#include "runtime/contract/Precision.h"
#include "runtime/contract/abi.h"

#include <memory>
#include <string>
#include <vector>

namespace switchyard::rt {

/// Time spent in one kind of call since timers were switched on.
struct TimedCall {
  std::string label; // layer, direction and geometry, or the entry point
  std::string entryPoint;
  int64_t calls;
  double seconds;
};

/// A layer's call and what the library runs for it (S6.2: recorded in the store entry).
struct ChosenImplementation {
  std::string call, implementation;
};

class Device;

class Context {
public:
  /// 0 threads: one for each physical core that the process may use. With a device, for calls of device
  /// functions; it outlives the context.
  explicit Context(int threads = 0, Device *device = nullptr);
  ~Context();
  Context(const Context &) = delete;
  Context &operator=(const Context &) = delete;

  swy_context *get() const { return state.get(); }
  int threads() const;

  /// What was chosen for every handle made so far, in the order of their making.
  std::vector<ChosenImplementation> implementations() const;
  /// Library objects made so far, those of waiting handles included: constant once every geometry was seen,
  /// and by grouped calls every number of rows in every thread.
  size_t handlesMade() const;

  /// Off at first. Switching on starts from zero.
  void setTimers(bool on);
  std::vector<TimedCall> timedCalls() const;

private:
  std::unique_ptr<swy_context> state;
};

/// For handles prepared from now on; Float32 at first.
void setPrecision(swy_context *context, Precision precision);

/// What was chosen for each handle that was prepared since `forgetChosen` was last called.
std::vector<ChosenImplementation> chosenImplementations(const swy_context *context);
void forgetChosen(swy_context *context);

/// The first error on this context since it was last taken, or "" if there is none; calls work again.
std::string takeError(swy_context *context);

/// The threads of the context's loops.
int threadsOf(const swy_context *context);

} // namespace switchyard::rt

#endif
