// Asks a compiled model for its answers.
#ifndef SWITCHYARD_RUNTIME_PLAN_PREDICT_H
#define SWITCHYARD_RUNTIME_PLAN_PREDICT_H

#include "runtime/plan/Batch.h"

#include <functional>

namespace switchyard::rt {

/// The class with the largest logit of each of `rows` in a call's finished logits, the first of equal ones.
/// Throws std::runtime_error, naming the image, where a logit is not a number.
std::vector<int32_t> largestLogits(const BoundCall &call, const std::vector<Row> &rows);

/// The class with the largest logit of each row, the first of equal ones. The stream must be set. `done` is
/// told the rows answered so far. Throws std::runtime_error, naming the image, where a logit is not a number.
std::vector<int32_t> predict(const BoundCall &call, const std::vector<Row> &rows,
                             const std::function<void(int64_t)> &done = nullptr);

} // namespace switchyard::rt

#endif
