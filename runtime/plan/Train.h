// Trains networks: initialization, epochs of shuffled batches, a checkpoint after each epoch.
#ifndef SWITCHYARD_RUNTIME_PLAN_TRAIN_H
#define SWITCHYARD_RUNTIME_PLAN_TRAIN_H

#include "runtime/data/Dataset.h"
#include "runtime/plan/Outcomes.h"
#include "runtime/plan/Workplace.h"

namespace switchyard::rt {

/// One training: `parameters` (empty before) become the trained ones; `frozen` holds those of the blocks
/// below, which are not trained (S3.4). `key` names it in the store.
struct TrainTask {
  const Workplace &work; // each training side by side with others has a device of its own
  const Job &job;
  const Dataset &dataset;
  std::string key;
  Buffers &frozen, &parameters;
};

/// A finished training, or why there is none.
struct Trained {
  TrainOutcome outcome;
  std::string failure;
};

/// Trains all of them side by side, a batch of each in turn: on a GPU their work overlaps. Each goes on from
/// the checkpoint that a killed run of the same job left; results depend neither on that nor on the others,
/// since every draw is keyed by epoch and image. A training whose loss is not finite fails, naming epoch and
/// batch (S6.5); the others go on. Throws StoreError where no checkpoint can be written.
std::vector<Trained> train(const std::vector<TrainTask> &tasks);

} // namespace switchyard::rt

#endif
