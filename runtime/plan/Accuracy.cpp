// An accuracy job: every test image under every draw.
#include "runtime/plan/Accuracy.h"
#include "runtime/plan/Predict.h"

#include <stdexcept>

namespace switchyard::rt {

static std::vector<Row> testRows(const Split &test, int64_t pixels, int64_t draws) {
  std::vector<Row> rows;
  rows.reserve(size_t(test.count * draws));
  for (int64_t image = 0; image < test.count; ++image)
    for (int64_t draw = 0; draw < draws; ++draw) {
      Row row;
      row.pixels = test.images.data() + image * pixels;
      row.image = image;
      row.label = test.labels[size_t(image)];
      row.draw = draw;
      rows.push_back(row);
    }
  return rows;
}

AccuracyOutcome measureAccuracy(const Workplace &work, const Job &job, const Dataset &dataset,
                                Buffers &parameters) {
  const Split &test = dataset.test;
  if (test.count == 0)
    throw std::runtime_error("the data set has no test images");
  Buffers noState;
  BoundCall call = work.bind(job.predict, parameters, noState);
  call.set<int64_t>("stream", int64_t(philoxStream(job.seed, purposeAccuracy)));
  const int64_t draws = job.random ? job.draws : 1, pixels = int64_t(test.images.size()) / test.count;
  std::vector<Row> rows = testRows(test, pixels, draws);
  std::vector<int32_t> answers = predict(
      call, rows, [&](int64_t done) { work.progress.advance(done, int64_t(rows.size()), "answers"); });

  AccuracyOutcome outcome;
  outcome.correct.assign(size_t(test.count), 0);
  outcome.drawAccuracy.assign(size_t(draws), 0);
  for (size_t i = 0; i < rows.size(); ++i)
    if (answers[i] == rows[i].label) {
      outcome.correct[size_t(rows[i].image)] += 1.0f;
      outcome.drawAccuracy[size_t(rows[i].draw)] += 1.0;
    }
  for (float &fraction : outcome.correct)
    fraction /= float(draws);
  for (double &fraction : outcome.drawAccuracy)
    fraction /= double(test.count);
  return outcome;
}

} // namespace switchyard::rt
