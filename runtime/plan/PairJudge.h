// What a model makes of attacked pairs: of their clean images and of finished examples, whether these are
// just made or from the store.
#ifndef SWITCHYARD_RUNTIME_PLAN_PAIRJUDGE_H
#define SWITCHYARD_RUNTIME_PLAN_PAIRJUDGE_H

#include "runtime/data/Dataset.h"
#include "runtime/plan/Judge.h"
#include "runtime/plan/Outcomes.h"

namespace switchyard::rt {

/// What a judge says of images: of each its success, and of each the chances of all classes; where the job
/// asks for it, of each whether it succeeds under the draw that the attack kept.
struct Judged {
  std::vector<double> success, answers, sameDraw;
};

/// Success on clean images, by what determines it: attacks that differ only in method or eps share it.
using CleanSuccess = std::map<std::string, Judged>;

/// An attack's examples without what judges say of them.
struct Examples {
  std::vector<AttackPair> pairs;
  std::vector<std::vector<GradientTally>> gradients; // of each pair
  int64_t pixels = 0;                                // of each
  std::string packed;                                // PackedExamples.h
};

class PairJudge {
public:
  /// Asks the job's judged model, whose parameters are given, about test images.
  PairJudge(const Workplace &work, const Job &job, const Dataset &dataset, Buffers &judged);

  /// The job's pairs with the success of their clean images (S2.4) and room for that of finished examples.
  AttackOutcome begin(const AccuracyOutcome *baseline, CleanSuccess &cleanSuccess) const;
  /// Judges `images`, finished examples of the outcome's pairs from `first` on.
  void judge(AttackOutcome &outcome, size_t first, const std::vector<const float *> &images) const;
  /// Judges finished examples that were kept. Throws DamagedExamples where they are not of the job's pairs.
  AttackOutcome judgeAll(const Examples &examples, const AccuracyOutcome *baseline,
                         CleanSuccess &cleanSuccess) const;

  /// For each pair the fraction of draws or paths under which the model falls for `images[i]` (S2.3), and
  /// that under which it answers each class.
  Judged of(const std::vector<AttackPair> &pairs, const std::vector<const float *> &images) const;

  int64_t pixels() const { return pixelsEach; }
  const float *cleanImage(const AttackPair &pair) const {
    return test.images.data() + pair.image * pixelsEach;
  }
  /// The pair as a row of a batch, with `image` in the place of its own.
  Row row(const AttackPair &pair, const float *image) const;

private:
  bool isFooled(const AttackPair &pair, int32_t answer) const {
    return asked.goal.toward ? answer == pair.goal : answer != pair.label;
  }
  int64_t batchOf(const Call &attack) const;
  const Judged &ofClean(const AttackOutcome &outcome, CleanSuccess &cleanSuccess) const;

  const Workplace &work;
  const Job &job;
  const Pairs &asked;
  const int64_t classes;
  const Split &test;
  const int64_t pixelsEach;
  Judge answering;
  std::optional<Judge> kept; // by the draw that the attack kept
};

} // namespace switchyard::rt

#endif
