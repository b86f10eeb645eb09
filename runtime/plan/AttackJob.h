// Attacks a trained model and judges the finished examples.
#ifndef SWITCHYARD_RUNTIME_PLAN_ATTACKJOB_H
#define SWITCHYARD_RUNTIME_PLAN_ATTACKJOB_H

#include "runtime/plan/PairJudge.h"

#include <functional>

namespace switchyard::rt {

/// Whether a device makes the examples of two attack jobs in the same batches and the same judge answers for
/// them: they differ in the threat and in such settings of the attack as belong to rows (docs/artifact.md)
/// alone.
bool runTogether(const Plan &plan, const Job &first, const Job &second);

/// What attack jobs that run together share.
struct AttackTask {
  const Dataset &dataset;
  Buffers &attacked,
      &judged; // parameters of the model that examples are made on, and of that which is judged
  const AccuracyOutcome *baseline; // the accuracy that chooses images under `correct_only`
};

/// Both are told the job by its place among those that run.
struct AttackListener {
  /// As soon as all its examples are judged; `packed` are these (PackedExamples.h), nothing where they are
  /// not kept.
  std::function<void(size_t, const AttackOutcome &, const std::string &packed)> finished;
  /// Of a finished example that breaks the threat model (S2.2), with the image; the others go on.
  std::function<void(size_t, const std::string &)> failed;
};

/// Runs attack jobs of one kind (`runTogether`). The two models differ under `transfer from` only. Throws
/// std::runtime_error for what fails all that are not finished.
void runAttacks(const Workplace &work, const std::vector<const Job *> &jobs, const AttackTask &task,
                CleanSuccess &cleanSuccess, const AttackListener &listener);

/// Makes a job's first pairs' examples once more, as floats behind one another in `finished`; `first` is what
/// is known of these pairs, and comes back as it is now. Throws as above.
AttackOutcome attackAgain(const Workplace &work, const Job &job, const AttackTask &task,
                          const AttackOutcome &first, std::vector<float> &finished);

} // namespace switchyard::rt

#endif
