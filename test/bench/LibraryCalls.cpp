// The floor under compiled code: its library calls alone, on random data, with nothing between them.
#include "test/bench/Compiled.h"

#include <memory>

namespace switchyard::bench {
namespace {

/// One layer with its buffers. Activations of convolutions are blocked where their channels allow it.
class LayerCalls {
public:
  LayerCalls(rt::Context &context, const at::Tensor &weights, int64_t batch, std::vector<int64_t> input,
             bool first)
      : context(context.get()), weights(weights), batch(batch), input(input), first(first),
        bias(at::zeros({weights.size(0)})), weightCotangent(at::empty_like(weights)),
        biasCotangent(at::empty_like(bias)) {
    int64_t size = batch * weights.size(0);
    if (isConv())
      size *= (input[1] - 2) * (input[2] - 2);
    in = at::rand({batch * input[0] * input[1] * input[2]});
    inCotangent = at::empty_like(in);
    out = at::empty({size});
    outCotangent = at::rand({size});
  }

  void prepare(bool training) {
    handles[0] = prepareOne(0);
    handles[1] = training && first ? nullptr : prepareOne(1); // nobody wants the image's gradient in training
    handles[2] = training ? prepareOne(2) : nullptr;
  }
  void release() {
    for (swy_handle_t handle : handles)
      if (handle)
        swy_rt_release(context, handle);
  }
  void forward() {
    auto call = isConv() ? swy_rt_conv2d_forward : swy_rt_dense_forward;
    call(context, handles[0], in.data_ptr<float>(), bias.data_ptr<float>(), out.data_ptr<float>());
  }
  void backward() {
    auto toWeights = isConv() ? swy_rt_conv2d_backward_weights : swy_rt_dense_backward_weights;
    auto toInput = isConv() ? swy_rt_conv2d_backward_input : swy_rt_dense_backward_input;
    if (handles[2])
      toWeights(context, handles[2], in.data_ptr<float>(), outCotangent.data_ptr<float>(),
                weightCotangent.data_ptr<float>(), biasCotangent.data_ptr<float>());
    if (handles[1])
      toInput(context, handles[1], outCotangent.data_ptr<float>(), inCotangent.data_ptr<float>());
  }

private:
  bool isConv() const { return weights.dim() == 4; }
  swy_handle_t prepareOne(int64_t direction) {
    const float *packed = direction == 2 ? nullptr : weights.data_ptr<float>();
    if (!isConv())
      return swy_rt_dense_prepare(context, direction, batch, input[0] * input[1] * input[2], weights.size(0),
                                  direction == 0, 0, packed);
    return swy_rt_conv2d_prepare(context, direction, batch, input[0], input[1], input[2], weights.size(0), 3,
                                 3, 1, 0, 1, input[0] % 16 == 0, 1, direction == 0, 0, packed);
  }

  swy_context *context;
  at::Tensor weights;
  int64_t batch;
  std::vector<int64_t> input;
  bool first;
  at::Tensor bias, weightCotangent, biasCotangent, in, inCotangent, out, outCotangent;
  swy_handle_t handles[3] = {};
};

std::vector<LayerCalls> layerCalls(rt::Context &context, const Subject &subject, int64_t batch) {
  std::vector<LayerCalls> calls;
  std::vector<int64_t> shape = subject.input;
  for (const test::Layer &layer : subject.attacked.layers) {
    auto weights = subject.parameters.find(layer.path + "/weights");
    if (layer.kind == test::Layer::Kind::MaxPool)
      shape = {shape[0], shape[1] / 2, shape[2] / 2};
    if (weights == subject.parameters.end())
      continue;
    calls.emplace_back(context, weights->second, batch, shape, calls.empty());
    bool conv = weights->second.dim() == 4;
    shape = {weights->second.size(0), conv ? shape[1] - 2 : 1, conv ? shape[2] - 2 : 1};
  }
  return calls;
}

} // namespace

Contestant libraryCalls(rt::Context &context, const Subject &subject, int64_t batch, bool training,
                        int64_t steps) {
  auto calls = std::make_shared<std::vector<LayerCalls>>(layerCalls(context, subject, batch));
  return {"library calls alone", [calls, training, steps] {
            for (LayerCalls &layer : *calls)
              layer.prepare(training);
            for (int64_t step = 0; step < steps; ++step) {
              for (LayerCalls &layer : *calls)
                layer.forward();
              for (auto layer = calls->rbegin(); layer != calls->rend(); ++layer)
                layer->backward();
            }
            for (LayerCalls &layer : *calls)
              layer.release();
          }};
}

} // namespace switchyard::bench
