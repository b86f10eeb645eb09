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

std::vector<int32_t> predict(const BoundCall &call, const std::vector<Row> &rows,
                             const std::function<void(int64_t)> &done) {
  const int64_t classes = call.argument("logits").shape[1];
  const float *logits = call.buffer<float>("logits");
  std::vector<int32_t> answers;
  answers.reserve(rows.size());
  for (size_t begin = 0; begin < rows.size(); begin += size_t(call.batch())) {
    size_t end = std::min(rows.size(), begin + size_t(call.batch()));
    fillBatch(call, {rows.begin() + long(begin), rows.begin() + long(end)});
    call.run();
    for (size_t i = begin; i < end; ++i)
      answers.push_back(firstLargest(logits + int64_t(i - begin) * classes, classes, rows[i]));
    if (done)
      done(int64_t(end));
  }
  return answers;
}

} // namespace switchyard::rt
