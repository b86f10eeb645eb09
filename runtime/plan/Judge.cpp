// Paths form a tree: what a block gives under one channel serves all paths behind it, so that 10 x 10 paths
// cost ten runs of the first block.
#include "runtime/plan/Judge.h"
#include "runtime/contract/Verdicts.h"
#include "runtime/plan/Predict.h"

#include <algorithm>

namespace switchyard::rt {

Judge::Judge(const Workplace &work, const Answering &model, int64_t draws, Buffers &weights, uint64_t stream)
    : call(work.bind(model.predict, weights)), chances(chancesOfPaths(model.stages)), votes(model.votes) {
  call.set<int64_t>(Role::Stream, int64_t(stream));
  for (const Stage &stage : model.stages) {
    stages.push_back({work.bind(stage.call, weights), stage.channels});
    count *= stage.channels;
  }
  if (stages.empty() && model.random)
    count = std::max(draws, votes);
}

std::vector<int32_t> Judge::answers(const std::vector<Row> &rows,
                                    const std::function<void(int64_t)> &done) const {
  return exact() ? answersByPath(rows, done) : answersByDraw(rows, done);
}

/// Of chances the share of their sum, which products round: what all paths agree in is 1.
double Judge::meanOf(const std::vector<bool> &holds) const {
  if (chances.empty())
    return double(std::count(holds.begin(), holds.end(), true)) / double(count);
  double sum = 0, all = 0;
  for (size_t member = 0; member < holds.size(); ++member) {
    sum += holds[member] ? chances[member] : 0;
    all += chances[member];
  }
  return sum / all;
}

std::vector<double> Judge::sharesOf(const int32_t *answers, int64_t classes) const {
  std::vector<double> sums(size_t(classes), 0);
  double all = 0;
  for (int64_t member = 0; member < count; ++member) {
    const double chance = chances.empty() ? 1 : chances[size_t(member)];
    sums.at(size_t(answers[member])) += chance;
    all += chance;
  }
  Answers counted{sums, exact() ? 0 : count};
  for (double &sum : sums)
    sum /= all;
  if (exact())
    counted.ofClass = sums;
  return votes > 1 ? chancesOfMajority(counted, votes) : sums;
}

/// One draw after the other, each with batches of its own.
std::vector<int32_t> Judge::answersOneDraw(const std::vector<Row> &rows,
                                           const std::function<void(int64_t)> &done) const {
  std::vector<int32_t> answers(rows.size() * size_t(count));
  std::vector<Row> drawn = rows;
  for (int64_t draw = 0; draw < count; ++draw) {
    for (Row &row : drawn)
      row.draw = draw;
    const int64_t before = draw * int64_t(rows.size());
    std::vector<int32_t> own =
        predict(call, drawn, [&](int64_t answered) { done ? done(before + answered) : void(); });
    for (size_t row = 0; row < rows.size(); ++row)
      answers[row * size_t(count) + size_t(draw)] = own[row];
  }
  return answers;
}

std::vector<int32_t> Judge::answersByDraw(const std::vector<Row> &rows,
                                          const std::function<void(int64_t)> &done) const {
  if (call.called().oneDraw)
    return answersOneDraw(rows, done);
  const size_t total = rows.size() * size_t(count), some = size_t(call.batch());
  std::vector<int32_t> answers;
  answers.reserve(total);
  std::vector<Row> drawn; // one batch: all of them are too many where draws are
  for (size_t begin = 0; begin < total; begin += some) {
    drawn.clear();
    for (size_t i = begin; i < std::min(total, begin + some); ++i) {
      drawn.push_back(rows[i / size_t(count)]);
      drawn.back().draw = int64_t(i % size_t(count));
    }
    for (int32_t answer : predict(call, drawn))
      answers.push_back(answer);
    if (done)
      done(int64_t(answers.size()));
  }
  return answers;
}

std::vector<int32_t> Judge::answersByPath(const std::vector<Row> &rows,
                                          const std::function<void(int64_t)> &done) const {
  std::vector<int32_t> answers(rows.size() * size_t(count));
  const size_t batch = size_t(stages.front().call.batch());
  for (size_t begin = 0; begin < rows.size(); begin += batch) {
    size_t end = std::min(rows.size(), begin + batch);
    std::vector<Row> some(rows.begin() + long(begin), rows.begin() + long(end));
    fillBatch(stages.front().call, some);
    follow(0, 0, some, answers.data() + begin * size_t(count));
    if (done)
      done(int64_t(end) * count);
  }
  return answers;
}

void Judge::follow(size_t stage, int64_t path, const std::vector<Row> &rows, int32_t *answers) const {
  const BoundStage &here = stages[stage];
  for (int64_t channel = 0; channel < here.channels; ++channel) {
    here.call.set<int32_t>(Role::Channel, int32_t(channel));
    here.call.run();
    int64_t through = path * here.channels + channel;
    if (stage + 1 < stages.size()) {
      here.call.copyTo(Role::NextActivation, stages[stage + 1].call, Role::Activation);
      follow(stage + 1, through, rows, answers);
      continue;
    }
    std::vector<int32_t> some = largestLogits(here.call, rows);
    for (size_t row = 0; row < rows.size(); ++row)
      answers[int64_t(row) * count + through] = some[row];
  }
}

} // namespace switchyard::rt
