// An accuracy job: every test image under every draw, or along every path.
#include "runtime/plan/Accuracy.h"
#include "runtime/plan/Judge.h"

#include <algorithm>
#include <stdexcept>

namespace switchyard::rt {

static std::vector<Row> testRows(const Split &test) {
  const int64_t pixels = int64_t(test.images.size()) / test.count;
  std::vector<Row> rows;
  rows.reserve(size_t(test.count));
  for (int64_t image = 0; image < test.count; ++image) {
    Row row;
    row.pixels = test.images.data() + image * pixels;
    row.image = image;
    row.label = test.labels[size_t(image)];
    rows.push_back(row);
  }
  return rows;
}

static void addShares(ClassShares &all, const std::vector<double> &ofClasses) {
  all.counts.push_back(
      int32_t(std::count_if(ofClasses.begin(), ofClasses.end(), [](double x) { return x > 0; })));
  for (size_t klass = 0; klass < ofClasses.size(); ++klass)
    if (ofClasses[klass] > 0) {
      all.classes.push_back(int32_t(klass));
      all.shares.push_back(ofClasses[klass]);
    }
}

AccuracyOutcome measureAccuracy(const Workplace &work, const Job &job, const Dataset &dataset,
                                Buffers &weights) {
  const Split &test = dataset.test;
  if (test.count == 0)
    throw std::runtime_error("the data set has no test images");
  if (work.device)
    work.device->keep(test.images.data(), test.images.size());
  const AccuracyJob &its = job.as<AccuracyJob>();
  Judge judge(work, its.model, its.draws, weights, philoxStream(job.seed, purposeAccuracy));
  const size_t members = size_t(judge.members());
  std::vector<Row> rows = testRows(test);
  const int64_t total = test.count * judge.members();
  std::vector<int32_t> answers =
      judge.answers(rows, [&](int64_t done) { work.progress.advance(done, total, "answers"); });

  AccuracyOutcome outcome;
  outcome.correct.assign(rows.size(), 0);
  std::vector<double> &ofMembers = judge.exact() ? outcome.pathAccuracy : outcome.drawAccuracy;
  ofMembers.assign(members, 0);
  for (size_t row = 0; row < rows.size(); ++row) {
    std::vector<bool> right(members);
    for (size_t member = 0; member < members; ++member) {
      right[member] = answers[row * members + member] == rows[row].label;
      ofMembers[member] += right[member];
    }
    outcome.correct[row] = judge.meanOf(right);
    outcome.labels.push_back(rows[row].label);
    addShares(outcome.answers, judge.sharesOf(answers.data() + row * members, dataset.classes));
  }
  for (double &fraction : ofMembers)
    fraction /= double(test.count);
  return outcome;
}

} // namespace switchyard::rt
