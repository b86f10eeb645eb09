// An accuracy job: every test image under every draw, or along every path.
#include "runtime/plan/Accuracy.h"
#include "runtime/plan/Goals.h"
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

/// Those of the images that are certified.
static std::vector<Row> chosenRows(std::vector<Row> rows, const Certificate &certificate, int64_t seed) {
  if (certificate.images == 0)
    return rows;
  const auto count = int64_t(rows.size());
  std::vector<Row> chosen;
  for (int64_t image : chosenImages(seed, std::min(certificate.images, count), certificate.random, count))
    chosen.push_back(rows[size_t(image)]);
  return chosen;
}

/// The class most often among answers, the first of equally many (S5.8).
static int32_t mostOften(const int32_t *answers, int64_t count, int64_t classes) {
  std::vector<int64_t> counts(size_t(classes), 0);
  for (int64_t i = 0; i < count; ++i)
    ++counts.at(size_t(answers[i]));
  return int32_t(std::max_element(counts.begin(), counts.end()) - counts.begin());
}

/// A few images after the other: the answers to all of them would be too many.
static AccuracyOutcome certify(const Judge &judge, const std::vector<Row> &rows, int64_t selection,
                               int64_t classes, Progress &progress) {
  constexpr size_t some = 64;
  const int64_t draws = judge.members();
  AccuracyOutcome outcome;
  outcome.votesOf = draws - selection;
  for (size_t begin = 0; begin < rows.size(); begin += some) {
    std::vector<Row> few(rows.begin() + long(begin),
                         rows.begin() + long(std::min(rows.size(), begin + some)));
    std::vector<int32_t> answers = judge.answers(few);
    for (size_t row = 0; row < few.size(); ++row) {
      const int32_t *own = answers.data() + int64_t(row) * draws;
      AccuracyOutcome::Votes votes{int32_t(few[row].label), mostOften(own, selection, classes), 0};
      votes.count = int32_t(std::count(own + selection, own + draws, votes.chosen));
      outcome.votes.push_back(votes);
      outcome.correct.push_back(double(std::count(own, own + draws, votes.label)) / double(draws));
    }
    progress.advance(int64_t(outcome.votes.size()), int64_t(rows.size()), "images");
  }
  return outcome;
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
  Judge judge(work, its.model, its.draws, weights,
              philoxStream(job.seed, its.certificate ? purposeCertificate : purposeAccuracy));
  const size_t members = size_t(judge.members());
  std::vector<Row> rows = testRows(test);
  if (its.certificate)
    return certify(judge, chosenRows(std::move(rows), *its.certificate, job.seed), its.certificate->selection,
                   dataset.classes, work.progress);
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
    const std::vector<double> shares = judge.sharesOf(answers.data() + row * members, dataset.classes);
    outcome.correct[row] = judge.votesEach() == 1 ? judge.meanOf(right) : shares.at(size_t(rows[row].label));
    outcome.labels.push_back(rows[row].label);
    addShares(outcome.answers, shares);
  }
  for (double &fraction : ofMembers)
    fraction /= double(test.count);
  return outcome;
}

} // namespace switchyard::rt
