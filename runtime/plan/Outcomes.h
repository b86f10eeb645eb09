// What finished jobs leave behind, one value for each image or pair: all that scores are computed from.
#ifndef SWITCHYARD_RUNTIME_PLAN_OUTCOMES_H
#define SWITCHYARD_RUNTIME_PLAN_OUTCOMES_H

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace switchyard::rt {

/// What became of one gradient of an attack inside a training (S2.2), over all epochs: an image counts once
/// in each. None was infinite or no number: that is an error.
struct TrainingTally {
  int64_t examples = 0; // for which it was computed
  int64_t zero = 0;     // for which it was zero everywhere each time
};

/// One training: mean loss of each epoch, wall time, the gradients of the attack inside it, and the accuracy
/// behind each epoch on the images that it holds out, if any.
struct TrainOutcome {
  std::vector<double> epochLoss;
  double seconds = 0;
  std::vector<TrainingTally> gradients = {};
  std::vector<double> validation = {};

  /// The first epoch with the highest accuracy, from 0; nothing before the first.
  std::optional<int64_t> bestEpoch() const {
    if (validation.empty())
      return std::nullopt;
    return std::max_element(validation.begin(), validation.end()) - validation.begin();
  }
};

/// The share of each class among the answers to images, one image after the other, without zeros.
struct ClassShares {
  std::vector<int32_t> counts; // of each image, how many of the rest are its own
  std::vector<int32_t> classes;
  std::vector<double> shares;
};

/// Accuracy on the test split. correct[i] is the fraction of draws that classify image i correctly;
/// drawAccuracy[d] the accuracy under draw d over all images (one entry for a deterministic model). Where
/// only switching is random, paths take the place of draws (S5.4): correct[i] is exact, pathAccuracy[p] is
/// the accuracy of path p, and drawAccuracy is empty. Of a model that answers by majority (S5.8) correct[i]
/// and the answers are of its votes, the others of single draws and paths.
struct AccuracyOutcome {
  std::vector<double> correct;
  std::vector<double> drawAccuracy;
  double seconds = 0;
  std::vector<double> pathAccuracy;
  /// Of each image; both are empty in entries of versions that did not keep them.
  std::vector<int32_t> labels = {};
  ClassShares answers = {};
  /// Of a certificate, for each image: its label, the class that the selection chose, and how many of the
  /// draws behind it answered that one.
  struct Votes {
    int32_t label = 0, chosen = 0, count = 0;
  };
  std::vector<Votes> votes = {};
  int64_t votesOf = 0; // draws behind the selection
};

/// One attacked (image, goal) pair; success probabilities over fresh draws, or exact over paths (S5.1).
struct AttackPair {
  int32_t image = 0, label = 0, goal = 0; // goal: class to reach, or the label to leave
  double success = 0;                     // of the finished example
  double successAtZero = 0;               // of the clean image (eps = 0), reported beside (S2.4)
  float distance = 0;                     // of the finished example, in the threat model's norm
  bool unmoved = false;                   // the finished example is the clean image
};

/// What became of one gradient of an attack, for one pair, restarts together (S2.2). None was infinite or no
/// number: that is an error.
struct GradientTally {
  int32_t evaluations = 0;
  int32_t zero = 0;      // how many were zero everywhere
  int32_t zeroAtEnd = 0; // how many of the last, one after the other
};

struct AttackOutcome {
  std::vector<AttackPair> pairs;
  int64_t draws = 1; // 0 where success is exact
  double seconds = 0;
  int64_t paths = 0; // above 0: success is the exact mean over so many paths
  int64_t votes = 1; // above 1: success and answers are of majorities of so many of these draws, or paths
  /// Of each pair in their order, one for each gradient of the attack's function.
  std::vector<std::vector<GradientTally>> gradients = {};
  /// [pairs, classes]: the share of each class among the answers to the finished example and to the clean
  /// image; empty in entries of versions that did not keep them.
  std::vector<double> answers = {}, answersAtZero = {};
  /// [pairs]: 1 where the model is fooled under the draw that the attack kept (S5.8), else 0; empty where it
  /// kept none, or nobody asks.
  std::vector<double> sameDraw = {}, sameDrawAtZero = {};
  /// Of a set, for each pair: the part whose example it has; -1 where no part's is in the ball.
  std::vector<int32_t> part = {};

  size_t classes() const { return pairs.empty() ? 0 : answers.size() / pairs.size(); }
};

/// The examples of an attack's first pairs as floats, for pictures; or why there are none.
struct ShownExamples {
  int64_t pixels = 0;                 // of each
  std::vector<float> clean, finished; // one after the other, in the order of the outcome's pairs
  std::vector<bool> others;           // of each: it was made again and is not the one that was judged
  std::string problem;                // not empty: there are none

  size_t count() const { return pixels ? finished.size() / size_t(pixels) : 0; }
  const float *cleanOf(size_t pair) const { return clean.data() + pair * size_t(pixels); }
  const float *finishedOf(size_t pair) const { return finished.data() + pair * size_t(pixels); }
};

/// Success of an attack's pairs by one judge of several answers, of finished examples and of clean images.
struct JudgedPairs {
  std::vector<double> success, successAtZero;
};

/// A data set as it was read: SHA-256 (hex) of its content, what readers of results should know of it, and
/// how many test images there are of each class.
struct DatasetOutcome {
  std::string digest, note;
  std::vector<int64_t> testClasses = {};
};

using JobResult = std::variant<TrainOutcome, AccuracyOutcome, AttackOutcome>;

/// A job without a result: `message` tells, in the user's words, what failed and why. `job` is the one that
/// failed itself; for jobs that build on it, that one.
struct Failure {
  std::string message;
  int64_t job = 0;
};

/// By job id of the plan; data sets by their number there.
struct Outcomes {
  std::map<int64_t, TrainOutcome> trainings;
  std::map<int64_t, AccuracyOutcome> accuracies;
  std::map<int64_t, AttackOutcome> attacks;
  std::map<std::pair<int64_t, std::string>, JudgedPairs>
      judged;                                ///< by attack and the judge's text (report/Judged.h)
  std::map<int64_t, ShownExamples> examples; ///< by attack, where the program has pictures of them
  std::map<int64_t, DatasetOutcome> datasets;
  std::map<int64_t, Failure> failures;
  std::map<int64_t, std::string>
      keys; ///< under which the store keeps a job's work; of none that never became ready

  /// The key of a job; empty where it has none.
  std::string keyOf(int64_t job) const {
    auto key = keys.find(job);
    return key == keys.end() ? "" : key->second;
  }

  /// Why there is no result of this job.
  std::string reasonOf(int64_t job) const {
    auto failure = failures.find(job);
    return failure == failures.end() ? "not finished" : failure->second.message;
  }
};

} // namespace switchyard::rt

#endif
