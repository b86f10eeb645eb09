// What every job needs to run: the plan, the compiled functions, the runtime's context, the store and a place
// to report progress.
#ifndef SWITCHYARD_RUNTIME_PLAN_WORKPLACE_H
#define SWITCHYARD_RUNTIME_PLAN_WORKPLACE_H

#include "runtime/plan/Artifact.h"
#include "runtime/plan/BoundCall.h"
#include "runtime/plan/Progress.h"
#include "runtime/plan/Store.h"

namespace switchyard::rt {

struct Workplace {
  const Plan &plan;
  const Artifact &artifact;
  swy_context *context;
  const Store &store;
  Progress &progress;
  Device *device = nullptr;  // null: the CPU's functions
  bool keepsExamples = true; // whether the store gets finished examples

  BoundCall bind(const Call &call, Buffers &weights, Buffers &parameters, Buffers &state) const {
    const Function &given = plan.functions[size_t(call.function)];
    const Function &function = device ? *given.onDevice : given;
    swy_compiled_function entry =
        device ? artifact.deviceFunction(given.name) : artifact.function(given.name);
    return {function, entry, call, context, device, weights, parameters, state};
  }
  /// A function that trains nothing.
  BoundCall bind(const Call &call, Buffers &weights) const {
    Buffers none;
    return bind(call, weights, none, none);
  }
};

} // namespace switchyard::rt

#endif
