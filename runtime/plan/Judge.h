// A trained model's answers under every member of what is random in it: fresh draws, or where only switching
// is random all paths through its blocks (S5.1, S5.4).
#ifndef SWITCHYARD_RUNTIME_PLAN_JUDGE_H
#define SWITCHYARD_RUNTIME_PLAN_JUDGE_H

#include "runtime/plan/Batch.h"
#include "runtime/plan/Workplace.h"

#include <functional>

namespace switchyard::rt {

class Judge {
public:
  /// Asks a model, whose `weights` are given, under `draws` draws where it is random and they are not
  /// replaced by its paths; `stream` is theirs.
  Judge(const Workplace &work, const Answering &model, int64_t draws, Buffers &weights, uint64_t stream);

  /// How many of the members' answers a vote has; 1: each is an answer.
  int64_t votesEach() const { return votes; }
  /// Whether the members are all paths, so that a mean over them is exact.
  bool exact() const { return !stages.empty(); }
  /// How many answers there are for each row: paths, draws, or one.
  int64_t members() const { return count; }
  /// The chance that it holds of an answer, of one flag for each member.
  double meanOf(const std::vector<bool> &holds) const;
  /// The chance of each class as the model's answer to a row, whose answers by member are given: where it
  /// answers by majority, that of a vote among them (S5.8).
  std::vector<double> sharesOf(const int32_t *answers, int64_t classes) const;

  /// The class with the largest logit, the first of equal ones: answers[row * members() + member]. `done` is
  /// told the answers so far. Throws std::runtime_error, naming the image, where a logit is not a number.
  std::vector<int32_t> answers(const std::vector<Row> &rows,
                               const std::function<void(int64_t)> &done = nullptr) const;

private:
  std::vector<int32_t> answersByDraw(const std::vector<Row> &rows,
                                     const std::function<void(int64_t)> &done) const;
  std::vector<int32_t> answersOneDraw(const std::vector<Row> &rows,
                                      const std::function<void(int64_t)> &done) const;
  std::vector<int32_t> answersByPath(const std::vector<Row> &rows,
                                     const std::function<void(int64_t)> &done) const;
  /// All paths from stage `stage` on, `path` being those through the stages before it.
  void follow(size_t stage, int64_t path, const std::vector<Row> &rows, int32_t *answers) const;

  struct BoundStage {
    BoundCall call;
    int64_t channels;
  };
  BoundCall call;
  std::vector<BoundStage> stages;
  std::vector<double> chances; // of the members; empty: equal ones
  int64_t count = 1, votes;
};

} // namespace switchyard::rt

#endif
