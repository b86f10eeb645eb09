// One block's layers on random data, plain or grouped by channel; activations are blocked where their
// channels allow it, as compiled code has them.
#include "test/bench/GroupedCalls.h"

#include <memory>
#include <random>
#include <stdexcept>

namespace switchyard::bench {
namespace {

struct Groups {
  std::vector<int32_t> channel, order, inverse, offsets;
};

/// One layer with its handles and buffers.
class BlockLayer {
public:
  BlockLayer(rt::Context &owner, at::Tensor oneChannel, int64_t batch, std::vector<int64_t> input,
             int64_t channels)
      : context(owner.get()), conv(oneChannel.dim() == 4), grouped(channels > 0) {
    std::vector<at::Tensor> sets;
    for (int64_t c = 0; c < std::max<int64_t>(channels, 1); ++c)
      sets.push_back(oneChannel);
    weights = at::cat(sets).contiguous();
    bias = at::zeros({weights.size(0)});
    const int64_t outputs = oneChannel.size(0);
    in = at::rand({batch * input[0] * input[1] * input[2]});
    inCotangent = at::empty_like(in);
    out = at::empty({batch * outputs * (conv ? (input[1] - 2) * (input[2] - 2) : 1)});
    outCotangent = at::rand_like(out);
    for (int64_t direction : {SWY_DIRECTION_FORWARD, SWY_DIRECTION_BACKWARD_INPUT})
      handles[direction] = prepare(direction, outputs, batch, input, channels);
  }

  void forward(const Groups &groups) {
    const float *x = in.data_ptr<float>(), *b = bias.data_ptr<float>();
    float *y = out.data_ptr<float>();
    if (grouped)
      (conv ? swy_rt_conv2d_grouped_forward : swy_rt_dense_grouped_forward)(context, handles[0],
                                                                            groups.offsets.data(), x, b, y);
    else
      (conv ? swy_rt_conv2d_forward : swy_rt_dense_forward)(context, handles[0], x, b, y);
  }

  void backward(const Groups &groups) {
    const float *dy = outCotangent.data_ptr<float>();
    float *dx = inCotangent.data_ptr<float>();
    if (grouped)
      (conv ? swy_rt_conv2d_grouped_backward_input
            : swy_rt_dense_grouped_backward_input)(context, handles[1], groups.offsets.data(), dy, dx);
    else
      (conv ? swy_rt_conv2d_backward_input : swy_rt_dense_backward_input)(context, handles[1], dy, dx);
  }

private:
  swy_handle_t prepare(int64_t direction, int64_t outputs, int64_t batch, const std::vector<int64_t> &input,
                       int64_t channels) {
    const float *packed = weights.data_ptr<float>();
    const int64_t relu = direction == SWY_DIRECTION_FORWARD;
    if (!conv)
      return swy_rt_dense_prepare(context, direction, batch, input[0] * input[1] * input[2], outputs, relu,
                                  channels, packed);
    const int64_t inputLayout = input[0] % 16 == 0 ? SWY_LAYOUT_BLOCKED16 : SWY_LAYOUT_PLAIN;
    return swy_rt_conv2d_prepare(context, direction, batch, input[0], input[1], input[2], outputs, 3, 3, 1, 0,
                                 1, inputLayout, SWY_LAYOUT_BLOCKED16, relu, channels, packed);
  }

  swy_context *context;
  bool conv, grouped;
  at::Tensor weights, bias, in, inCotangent, out, outCotangent;
  swy_handle_t handles[2] = {};
};

/// The layers with weights among those of "features", whose shapes follow from `subject.input`.
std::vector<BlockLayer> layersOf(rt::Context &context, const Subject &subject, int64_t batch,
                                 int64_t channels) {
  std::vector<BlockLayer> layers;
  std::vector<int64_t> shape = subject.input;
  for (const test::Layer &layer : subject.attacked.layers) {
    if (layer.path.rfind("features/", 0) != 0)
      break;
    if (layer.kind == test::Layer::Kind::MaxPool)
      shape = {shape[0], shape[1] / 2, shape[2] / 2};
    auto weights = subject.parameters.find(layer.path + "/weights");
    if (weights == subject.parameters.end())
      continue;
    layers.emplace_back(context, weights->second, batch, shape, channels);
    const bool conv = weights->second.dim() == 4;
    shape = {weights->second.size(0), conv ? shape[1] - 2 : 1, conv ? shape[2] - 2 : 1};
  }
  return layers;
}

/// Uniform draws of a channel for each example, put in order by the runtime.
class Draws {
public:
  Draws(rt::Context &context, int64_t batch, int64_t channels)
      : context(context.get()), channels(channels),
        groups{std::vector<int32_t>(batch), std::vector<int32_t>(batch), std::vector<int32_t>(batch),
               std::vector<int32_t>(channels + 1)} {}

  const Groups &next() {
    if (channels == 0)
      return groups;
    for (int32_t &channel : groups.channel)
      channel = int32_t(generator() % uint64_t(channels));
    swy_rt_group_rows(context, int64_t(groups.channel.size()), channels, groups.channel.data(),
                      groups.order.data(), groups.inverse.data(), groups.offsets.data());
    return groups;
  }

private:
  swy_context *context;
  int64_t channels;
  Groups groups;
  std::mt19937_64 generator{1};
};

} // namespace

Contestant firstBlock(rt::Context &context, const Subject &subject, int64_t batch, int64_t channels,
                      int64_t steps) {
  auto layers = std::make_shared<std::vector<BlockLayer>>(layersOf(context, subject, batch, channels));
  auto draws = std::make_shared<Draws>(context, batch, channels);
  std::string name = channels ? std::to_string(channels) + " channels, grouped" : "one channel, plain";
  return {name, [&context, layers, draws, steps] {
            for (int64_t step = 0; step < steps; ++step) {
              const Groups &groups = draws->next();
              for (BlockLayer &layer : *layers)
                layer.forward(groups);
              for (auto layer = layers->rbegin(); layer != layers->rend(); ++layer)
                layer->backward(groups);
            }
            if (std::string error = rt::takeError(context.get()); !error.empty())
              throw std::runtime_error(error);
          }};
}

} // namespace switchyard::bench
