// Every entry point of entry_points.def: checks the handle, times the call if asked, and turns an exception
// into the context's sticky error. The work is done by Threads, HandlePool and the handles themselves.
#include "runtime/contract/abi.h"
#include "runtime/kernels/ContextState.h"
#include "runtime/kernels/GroupRows.h"
#include "runtime/kernels/Threads.h"
#include "runtime/kernels/cpu/Conv2d.h"
#include "runtime/kernels/cpu/Dense.h"
#include "runtime/kernels/cuda/GroupRows.h"
#include "runtime/kernels/cuda/Layers.h"

#include <chrono>
#include <stdexcept>

using namespace switchyard::rt;

namespace {

/// Adds the time until its end to the context's timers, where they are on. Calls within a loop's body are
/// part of the loop's time.
class Timed {
public:
  Timed(swy_context *context, const char *entryPoint, const char *label)
      : timers(context->timers && !insideLoop() ? context->timers.get() : nullptr), entryPoint(entryPoint),
        label(label) {
    if (timers)
      start = std::chrono::steady_clock::now();
  }
  ~Timed() {
    if (!timers)
      return;
    auto &[calls, seconds] = (*timers)[{entryPoint, label}];
    ++calls;
    seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }

private:
  Timers *timers;
  const char *entryPoint, *label;
  std::chrono::steady_clock::time_point start;
};

/// The C boundary, which no exception leaves.
template <typename Body> auto atBoundary(swy_context *context, Body body) -> decltype(body()) {
  try {
    return body();
  } catch (const std::exception &error) {
    context->fail(error.what());
  } catch (...) {
    context->fail("an unknown exception reached the C boundary");
  }
  return decltype(body())();
}

/// Nothing runs on a failed context.
template <typename Body> auto guarded(swy_context *context, Body body) -> decltype(body()) {
  return context->failed ? decltype(body())() : atBoundary(context, body);
}

template <typename Geometry>
swy_handle *prepare(swy_context *context, const char *entryPoint, const Geometry &geometry,
                    const float *weights) {
  return guarded(context, [&]() -> swy_handle * {
    geometry.check(weights != nullptr);
    swy_handle *handle = context->handles.take(geometry.key(), [&] {
      return context->device ? makeDeviceLayer(geometry, *context->device) : geometry.make(context->library);
    });
    Timed timed(context, entryPoint, handle->label.c_str());
    if (weights)
      handle->pack(weights);
    return handle;
  });
}

/// Throws where the handle or an operand is not what the entry point takes.
void checkCall(const char *entryPoint, const swy_handle *handle, LayerKind kind, int64_t direction,
               std::initializer_list<const float *> operands) {
  if (!handle)
    throw std::runtime_error(std::string(entryPoint) + ": the handle is null");
  if (!handle->held || handle->kind != kind || handle->direction != direction)
    throw std::runtime_error(std::string(entryPoint) + ": the handle is " +
                             (handle->held ? "that of " : "released: ") + handle->label);
  size_t index = 0;
  for (const float *operand : operands)
    if (bool isBias = direction == SWY_DIRECTION_FORWARD && index++ == 1; !operand && !isBias)
      throw std::runtime_error(std::string(entryPoint) + ": an operand is null (" + handle->label + ")");
}

void run(swy_context *context, const char *entryPoint, swy_handle *handle, LayerKind kind, int64_t direction,
         std::initializer_list<const float *> operands) {
  guarded(context, [&] {
    checkCall(entryPoint, handle, kind, direction, operands);
    Timed timed(context, entryPoint, handle->label.c_str());
    handle->run(operands);
  });
}

void runGrouped(swy_context *context, const char *entryPoint, swy_handle *handle, LayerKind kind,
                int64_t direction, const int32_t *offsets, std::initializer_list<const float *> operands) {
  guarded(context, [&] {
    checkCall(entryPoint, handle, kind, direction, operands);
    if (!offsets)
      throw std::runtime_error(std::string(entryPoint) + ": the offsets are null (" + handle->label + ")");
    Timed timed(context, entryPoint, handle->label.c_str());
    handle->runGrouped(offsets, operands);
  });
}

/// Indices that lead nowhere outside: compiled code follows them on the host without asking for errors. A
/// device launches nothing on a failed context, and its memory is not the host's.
void defineIndices(const swy_context *context, int64_t batch, int64_t channels, int32_t *order,
                   int32_t *inverse, int32_t *offsets) {
  if (context->device)
    return;
  for (int64_t row = 0; row < batch; ++row)
    order[row] = inverse[row] = static_cast<int32_t>(row);
  for (int64_t channel = 0; channel <= channels; ++channel)
    offsets[channel] = 0;
}

/// `channel` is in the host's memory.
void sortRows(swy_context *context, const char *entryPoint, int64_t batch, int64_t channels,
              const int32_t *channel, int32_t *order, int32_t *inverse, int32_t *offsets) {
  guarded(context, [&] {
    Timed timed(context, entryPoint, "");
    if (context->device)
      groupRowsOnDevice(*context->device, batch, channels, channel, order, inverse, offsets);
    else
      groupRows(batch, channels, channel, order, inverse, offsets);
  });
  if (context->failed)
    defineIndices(context, batch, channels, order, inverse, offsets);
}

} // namespace

extern "C" {

void swy_rt_parallel_for(swy_context *context, int64_t count, int64_t grain, swy_loop_body body, void *env) {
  const char *entryPoint = __func__;
  guarded(context, [&] {
    Timed timed(context, entryPoint, "");
    parallelFor(context->threads, count, grain, body, env);
  });
}

swy_handle_t swy_rt_conv2d_prepare(swy_context *context, int64_t direction, int64_t batch, int64_t inChannels,
                                   int64_t height, int64_t width, int64_t outChannels, int64_t kernelHeight,
                                   int64_t kernelWidth, int64_t stride, int64_t padding, int64_t groups,
                                   int64_t inputLayout, int64_t outputLayout, int64_t relu, int64_t channels,
                                   const float *weights) {
  Conv2dGeometry geometry{
      direction, batch,   inChannels, height,      width,        outChannels, kernelHeight,       kernelWidth,
      stride,    padding, groups,     inputLayout, outputLayout, relu,        context->precision, channels};
  return prepare(context, __func__, geometry, weights);
}

void swy_rt_conv2d_forward(swy_context *context, swy_handle_t handle, const float *input, const float *bias,
                           float *output) {
  run(context, __func__, handle, LayerKind::Conv2d, SWY_DIRECTION_FORWARD, {input, bias, output});
}

void swy_rt_conv2d_backward_input(swy_context *context, swy_handle_t handle, const float *outputCotangent,
                                  float *inputCotangent) {
  run(context, __func__, handle, LayerKind::Conv2d, SWY_DIRECTION_BACKWARD_INPUT,
      {outputCotangent, inputCotangent});
}

void swy_rt_conv2d_backward_weights(swy_context *context, swy_handle_t handle, const float *input,
                                    const float *outputCotangent, float *weightCotangent,
                                    float *biasCotangent) {
  run(context, __func__, handle, LayerKind::Conv2d, SWY_DIRECTION_BACKWARD_WEIGHTS,
      {input, outputCotangent, weightCotangent, biasCotangent});
}

swy_handle_t swy_rt_dense_prepare(swy_context *context, int64_t direction, int64_t batch, int64_t inputs,
                                  int64_t outputs, int64_t relu, int64_t channels, const float *weights) {
  DenseGeometry geometry{direction, batch, inputs, outputs, relu, channels, context->precision};
  return prepare(context, __func__, geometry, weights);
}

void swy_rt_dense_forward(swy_context *context, swy_handle_t handle, const float *input, const float *bias,
                          float *output) {
  run(context, __func__, handle, LayerKind::Dense, SWY_DIRECTION_FORWARD, {input, bias, output});
}

void swy_rt_dense_backward_input(swy_context *context, swy_handle_t handle, const float *outputCotangent,
                                 float *inputCotangent) {
  run(context, __func__, handle, LayerKind::Dense, SWY_DIRECTION_BACKWARD_INPUT,
      {outputCotangent, inputCotangent});
}

void swy_rt_dense_backward_weights(swy_context *context, swy_handle_t handle, const float *input,
                                   const float *outputCotangent, float *weightCotangent,
                                   float *biasCotangent) {
  run(context, __func__, handle, LayerKind::Dense, SWY_DIRECTION_BACKWARD_WEIGHTS,
      {input, outputCotangent, weightCotangent, biasCotangent});
}

void swy_rt_group_rows(swy_context *context, int64_t batch, int64_t channels, const int32_t *channel,
                       int32_t *order, int32_t *inverse, int32_t *offsets) {
  std::vector<int32_t> drawn;
  if (context->device)
    guarded(context, [&] {
      drawn.resize(static_cast<size_t>(batch));
      context->device->download(drawn.data(), channel, drawn.size() * sizeof(int32_t));
    });
  sortRows(context, __func__, batch, channels, drawn.empty() ? channel : drawn.data(), order, inverse,
           offsets);
}

void swy_rt_group_drawn_rows(swy_context *context, int64_t batch, int64_t channels, const int32_t *channel,
                             int32_t *order, int32_t *inverse, int32_t *offsets) {
  sortRows(context, __func__, batch, channels, channel, order, inverse, offsets);
}

void swy_rt_launch(swy_context *context, const char *kernel, const char *place, int64_t blocks,
                   int64_t threads, void *parameters) {
  guarded(context, [&] {
    if (!context->device)
      throw std::runtime_error(std::string("kernel ") + kernel + " was launched without a device");
    context->device->launch(kernel, place, blocks, threads, static_cast<void **>(parameters));
  });
}

void swy_rt_conv2d_grouped_forward(swy_context *context, swy_handle_t handle, const int32_t *offsets,
                                   const float *input, const float *biases, float *output) {
  runGrouped(context, __func__, handle, LayerKind::Conv2d, SWY_DIRECTION_FORWARD, offsets,
             {input, biases, output});
}

void swy_rt_conv2d_grouped_backward_input(swy_context *context, swy_handle_t handle, const int32_t *offsets,
                                          const float *outputCotangent, float *inputCotangent) {
  runGrouped(context, __func__, handle, LayerKind::Conv2d, SWY_DIRECTION_BACKWARD_INPUT, offsets,
             {outputCotangent, inputCotangent});
}

void swy_rt_dense_grouped_forward(swy_context *context, swy_handle_t handle, const int32_t *offsets,
                                  const float *input, const float *biases, float *output) {
  runGrouped(context, __func__, handle, LayerKind::Dense, SWY_DIRECTION_FORWARD, offsets,
             {input, biases, output});
}

void swy_rt_dense_grouped_backward_input(swy_context *context, swy_handle_t handle, const int32_t *offsets,
                                         const float *outputCotangent, float *inputCotangent) {
  runGrouped(context, __func__, handle, LayerKind::Dense, SWY_DIRECTION_BACKWARD_INPUT, offsets,
             {outputCotangent, inputCotangent});
}

void swy_rt_release(swy_context *context, swy_handle_t handle) {
  // Also on a failed context: compiled code gives back what it took before the error.
  atBoundary(context, [&] {
    if (handle)
      context->handles.giveBack(handle);
    else if (!context->failed)
      context->fail("swy_rt_release: the handle is null");
  });
}

} // extern "C"
