// Attacks a trained model and judges the finished examples.
#ifndef SWITCHYARD_RUNTIME_PLAN_ATTACKJOB_H
#define SWITCHYARD_RUNTIME_PLAN_ATTACKJOB_H

#include "runtime/plan/Outcomes.h"
#include "runtime/plan/Workplace.h"

namespace switchyard::rt {

/// Success on clean images, by what determines it: attacks that differ only in method or eps share it.
using CleanSuccess = std::map<std::string, std::vector<float>>;

/// Runs an attack job: examples made on the model with the parameters `attacked`, judged on that with `judged`
/// (the same but under `transfer from`). `baseline` is the baseline defense's accuracy, needed under
/// `correct_only`. Throws std::runtime_error, naming the image, where a finished example breaks the threat
/// model (S2.2).
AttackOutcome runAttack(const Workplace &work, const Job &job, const Dataset &dataset, Buffers &attacked,
                        Buffers &judged, const AccuracyOutcome *baseline, CleanSuccess &cleanSuccess);

} // namespace switchyard::rt

#endif
