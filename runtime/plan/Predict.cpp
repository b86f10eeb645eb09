// Runs a predict function over any number of rows, batch by batch.
#include "runtime/plan/Predict.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace switchyard::rt {

static int32_t firstLargest(const float *logits, int64_t classes, const Row &row) {
  int64_t best = 0;
  for (int64_t klass = 0; klass < classes; ++klass) {
    if (std::isnan(logits[klass]))
      throw std::runtime_error("the model's answer to test image " + std::to_string(row.image) +
                               " is not a number (class " + std::to_string(klass) + ")");
    if (logits[klass] > logits[best])
      best = klass;
  }
  return int32_t(best);
}

std::vector<int32_t> largestLogits(const BoundCall &call, const std::vector<Row> &rows) {
  const int64_t classes = call.argument(Role::Logits).shape[1];
  const float *logits = call.buffer<float>(Role::Logits);
  std::vector<int32_t> answers;
  answers.reserve(rows.size());
  for (size_t i = 0; i < rows.size(); ++i)
    answers.push_back(firstLargest(logits + int64_t(i) * classes, classes, rows[i]));
  return answers;
}

std::vector<int32_t> predict(const BoundCall &call, const std::vector<Row> &rows,
                             const std::function<void(int64_t)> &done) {
  std::vector<int32_t> answers;
  answers.reserve(rows.size());
  for (size_t begin = 0; begin < rows.size(); begin += size_t(call.batch())) {
    size_t end = std::min(rows.size(), begin + size_t(call.batch()));
    std::vector<Row> some(rows.begin() + long(begin), rows.begin() + long(end));
    fillBatch(call, some);
    call.run();
    for (int32_t answer : largestLogits(call, some))
      answers.push_back(answer);
    if (done)
      done(int64_t(end));
  }
  return answers;
}

} // namespace switchyard::rt
