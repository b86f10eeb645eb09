// Attacks a trained model and judges the finished examples.
#ifndef SWITCHYARD_RUNTIME_PLAN_ATTACKJOB_H
#define SWITCHYARD_RUNTIME_PLAN_ATTACKJOB_H

#include "runtime/data/Dataset.h"
#include "runtime/plan/Outcomes.h"
#include "runtime/plan/Workplace.h"

#include <functional>

namespace switchyard::rt {

/// What a judge says of images: of each its success, and of each the chances of all classes.
struct Judged {
  std::vector<double> success, answers;
};

/// Success on clean images, by what determines it: attacks that differ only in method or eps share it.
using CleanSuccess = std::map<std::string, Judged>;

/// Whether a device makes the examples of two attack jobs in the same batches and the same judge answers for
/// them: they differ in the threat and in such settings of the attack as belong to rows (docs/artifact.md)
/// alone.
bool runTogether(const Plan &plan, const Job &first, const Job &second);

/// What attack jobs that run together share.
struct AttackTask {
  const Dataset &dataset;
  Buffers &attacked,
      &judged; // parameters of the model that examples are made on, and of that which is judged
  const AccuracyOutcome *baseline; // the baseline defense's accuracy, needed under `correct_only`
};

/// Runs attack jobs of one kind (`runTogether`); `finished` is told of each as soon as all its examples are
/// judged, `failed` of each of which a finished example breaks the threat model (S2.2), with the image; the
/// others go on. Both name the job by its place in `jobs`. The two models differ under `transfer from` only.
/// Throws std::runtime_error for what fails all that are not finished.
void runAttacks(const Workplace &work, const std::vector<const Job *> &jobs, const AttackTask &task,
                CleanSuccess &cleanSuccess,
                const std::function<void(size_t, const AttackOutcome &)> &finished,
                const std::function<void(size_t, const std::string &)> &failed);

} // namespace switchyard::rt

#endif
