// Fills the inputs of a compiled function with the examples of one batch. A row says which example it is and
// which draw; the result of a row never depends on its batch (S3.2).
#ifndef SWITCHYARD_RUNTIME_PLAN_BATCH_H
#define SWITCHYARD_RUNTIME_PLAN_BATCH_H

#include "runtime/kernels/Philox.h"
#include "runtime/plan/BoundCall.h"

namespace switchyard::rt {

struct Row {
  const float *pixels = nullptr; // channels * height * width
  int64_t image = 0;             // index in its split: the counter's image word
  int32_t label = 0, goal = 0;
  int64_t target = noTarget, draw = 0;
};

/// Copies `rows` (1 to batch of them) into the inputs that the function has: image, label, goal, rows and
/// example_weight. Rows past the valid ones repeat them with weight 0 (S6.3).
void fillBatch(const BoundCall &call, const std::vector<Row> &rows);

} // namespace switchyard::rt

#endif
