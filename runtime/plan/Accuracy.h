// Measures the accuracy of a trained model on the whole test split.
#ifndef SWITCHYARD_RUNTIME_PLAN_ACCURACY_H
#define SWITCHYARD_RUNTIME_PLAN_ACCURACY_H

#include "runtime/data/Dataset.h"
#include "runtime/plan/Outcomes.h"
#include "runtime/plan/Workplace.h"

namespace switchyard::rt {

/// Over all paths where the job has stages, else over its draws, one where nothing is random (S5.4).
AccuracyOutcome measureAccuracy(const Workplace &work, const Job &job, const Dataset &dataset,
                                Buffers &weights);

} // namespace switchyard::rt

#endif
