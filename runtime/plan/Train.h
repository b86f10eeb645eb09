// Trains a network: initialization, epochs of shuffled batches, a checkpoint after each.
#ifndef SWITCHYARD_RUNTIME_PLAN_TRAIN_H
#define SWITCHYARD_RUNTIME_PLAN_TRAIN_H

#include "runtime/plan/Outcomes.h"
#include "runtime/plan/Workplace.h"

namespace switchyard::rt {

/// Fills `parameters` (empty before) with the trained ones; `frozen` holds those of the blocks below, which are
/// not trained (S3.4). Goes on from the checkpoint that a killed run of
/// the same job `key` left; the result is the same, since every draw is keyed by epoch and image. Throws
/// std::runtime_error, naming epoch and batch, where a loss is not finite (S6.5).
TrainOutcome train(const Workplace &work, const Job &job, const Dataset &dataset, const std::string &key,
                   Buffers &frozen, Buffers &parameters);

} // namespace switchyard::rt

#endif
