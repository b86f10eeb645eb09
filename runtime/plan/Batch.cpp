// Gathers rows into the input buffers of a function, padding with copies of valid rows.
#include "runtime/plan/Batch.h"

#include <stdexcept>

namespace switchyard::rt {

static void fillImages(const BoundCall &call, const std::vector<Row> &rows) {
  if (!call.has(Role::Image))
    return;
  const size_t floats =
      tensorBytes("f32", call.argument(Role::Image).shape) / sizeof(float) / size_t(call.batch());
  std::vector<const float *> pixels;
  for (int64_t i = 0; i < call.batch(); ++i)
    pixels.push_back(rows[size_t(i) % rows.size()].pixels);
  if (call.runsOn())
    return call.gather(Role::Image, pixels, int64_t(floats));
  float *images = call.buffer<float>(Role::Image);
  for (size_t i = 0; i < pixels.size(); ++i)
    std::memcpy(images + i * floats, pixels[i], floats * sizeof(float));
}

/// Whoever makes batches keeps them apart.
static void checkDraws(const Function &function, const std::vector<Row> &rows) {
  for (const Row &row : rows)
    if (function.oneDraw && row.draw != rows.front().draw)
      throw std::logic_error("rows of several draws in one batch of \"" + function.name + "\"");
}

void fillBatch(const BoundCall &call, const std::vector<Row> &rows) {
  checkDraws(call.called(), rows);
  fillImages(call, rows);
  int32_t *labels = call.buffer<int32_t>(Role::Label), *goals = call.buffer<int32_t>(Role::Goal);
  int32_t *words = call.buffer<int32_t>(Role::Rows);
  float *weights = call.buffer<float>(Role::ExampleWeight);
  int64_t valid = int64_t(rows.size());
  for (int64_t i = 0; i < call.batch(); ++i) {
    const Row &row = rows[i % valid];
    if (labels)
      labels[i] = row.label;
    if (goals)
      goals[i] = row.goal;
    if (words) {
      words[2 * i] = int32_t(uint32_t(row.image));
      words[2 * i + 1] = int32_t(targetAndDraw(uint32_t(row.target), uint32_t(row.draw)));
    }
    if (weights)
      weights[i] = i < valid ? 1.0f / float(valid) : 0.0f;
  }
}

} // namespace switchyard::rt
