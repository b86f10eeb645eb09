// The parameters of protected networks, put together from finished trainings.
#ifndef SWITCHYARD_RUNTIME_PLAN_MODELS_H
#define SWITCHYARD_RUNTIME_PLAN_MODELS_H

#include "runtime/contract/Plan.h"
#include "runtime/plan/Buffer.h"

namespace switchyard::rt {

class Models {
public:
  explicit Models(const Plan &plan) : plan(plan) {}

  /// What a training trains, shared by all models that use it; empty until it has run or been read.
  Buffers &trained(int64_t job) { return ofTrainings[job]; }
  /// The parameters of a model, whose trainings must be finished: one training's own buffers, or a stack of
  /// several made at the first call. No model has none.
  Buffers &weights(std::optional<int64_t> model);

private:
  const Plan &plan;
  std::map<int64_t, Buffers> ofTrainings;
  std::map<std::optional<int64_t>, Buffers> ofModels;
};

} // namespace switchyard::rt

#endif
