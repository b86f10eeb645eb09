// A handle keeps a copy of its weights and makes views of the operands for each call. A grouped call is a
// call for each channel's rows: how many there are is known on the host (Device::offsetsAt).
#include "runtime/kernels/cuda/Layers.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <stdexcept>

namespace switchyard::rt {
namespace {

using Shape = std::vector<int64_t>;
using Operands = std::vector<const float *>;

/// One example in memory, logically [channels, height, width] where its channels come last.
struct Example {
  Shape shape;
  bool channelsLast = false;
};

/// What convolution and dense layer have in common: shapes of one example and of the weights.
class DeviceLayer : public swy_handle {
public:
  DeviceLayer(Device &device, LayerKind layer, int64_t way, std::string text, int64_t batch, int64_t channels,
              Precision precision, Shape weights, Example input, Example output)
      : device(device), batch(batch), channels(channels), precision(precision),
        weightShape(std::move(weights)), inputShape(std::move(input)), outputShape(std::move(output)) {
    kind = layer;
    direction = way;
    label = std::move(text);
  }

  void pack(const float *weights) override {
    Shape shape = weightShape;
    if (channels > 0)
      shape.insert(shape.begin(), channels);
    at::Tensor given = device.view(weights, shape);
    if (!packed.defined())
      packed = emptyWeights(std::move(shape), given.options());
    device.call([this, given] {
      c10::NoGradGuard guard;
      packed.copy_(given);
    });
  }

  void run(std::initializer_list<const float *> operands) override {
    if (channels > 0)
      return swy_handle::run(operands);
    device.call([this, operands = Operands(operands)] {
      c10::NoGradGuard guard;
      call(operands, 0, batch, packed, 0);
    });
  }

  void runGrouped(const int32_t *offsets, std::initializer_list<const float *> operands) override {
    if (channels == 0)
      return swy_handle::runGrouped(offsets, operands);
    device.call([this, operands = Operands(operands), rows = device.offsetsAt(offsets)] {
      c10::NoGradGuard guard;
      for (int64_t c = 0; c < channels; ++c)
        if (rows[size_t(c) + 1] > rows[size_t(c)])
          call(operands, rows[size_t(c)], rows[size_t(c) + 1], packed[c], c);
    });
  }

  std::string implementation() const override { return "LibTorch"; }

protected:
  /// `bias` is undefined where there is none.
  virtual void forward(const at::Tensor &x, const at::Tensor &w, const at::Tensor &bias, at::Tensor y) = 0;
  virtual void backwardInput(const at::Tensor &cotangent, const at::Tensor &w, at::Tensor x) = 0;
  virtual void backwardWeights(const at::Tensor &x, const at::Tensor &cotangent, at::Tensor w,
                               at::Tensor bias) = 0;

  /// Rows [begin, end) of a tensor of examples.
  at::Tensor rows(const float *memory, const Example &example, int64_t begin, int64_t end) const {
    int64_t size = 1;
    Shape shape{end - begin};
    for (int64_t extent : example.shape) {
      size *= extent;
      shape.push_back(extent);
    }
    if (!example.channelsLast)
      return device.view(memory + begin * size, shape);
    return device.view(memory + begin * size, {shape[0], shape[2], shape[3], shape[1]}).permute({0, 3, 1, 2});
  }

  Device &device;
  int64_t batch, channels;
  Precision precision;
  Shape weightShape;
  Example inputShape, outputShape;

private:
  /// In the order in memory that the libraries want beside these activations, so that no call changes it.
  at::Tensor emptyWeights(Shape shape, const at::TensorOptions &options) const {
    if (!inputShape.channelsLast && !outputShape.channelsLast)
      return at::empty(shape, options);
    shape.push_back(shape[shape.size() - 3]);
    shape.erase(shape.end() - 4);
    return at::empty(shape, options).movedim(-1, -3);
  }

  /// What the libraries may do, which they look up at each call.
  void setPrecision() const {
    at::Context &libraries = at::globalContext();
    libraries.setAllowTF32CuDNN(precision == Precision::Tf32);
    libraries.setAllowTF32CuBLAS(precision == Precision::Tf32);
    libraries.setDeterministicCuDNN(precision == Precision::ExactOrder);
  }

  void call(const Operands &operands, int64_t begin, int64_t end, const at::Tensor &weights,
            int64_t channel) {
    setPrecision();
    const int64_t outputs = weightShape.front();
    auto input = [&](size_t i) { return rows(operands[i], inputShape, begin, end); };
    auto output = [&](size_t i) { return rows(operands[i], outputShape, begin, end); };
    switch (direction) {
    case SWY_DIRECTION_FORWARD:
      return forward(input(0), weights,
                     operands[1] ? device.view(operands[1] + channel * outputs, {outputs}) : at::Tensor(),
                     output(2));
    case SWY_DIRECTION_BACKWARD_INPUT:
      return backwardInput(output(0), weights, input(1));
    default:
      return backwardWeights(input(0), output(1), device.view(operands[2], weightShape),
                             device.view(operands[3], {outputs}));
    }
  }

  at::Tensor packed;
};

class DeviceDense : public DeviceLayer {
public:
  DeviceDense(const DenseGeometry &g, Device &device)
      : DeviceLayer(device, LayerKind::Dense, g.direction, g.label(), g.batch, g.channels, g.precision,
                    {g.outputs, g.inputs}, {{g.inputs}}, {{g.outputs}}),
        relu(g.relu != 0) {}

private:
  void forward(const at::Tensor &x, const at::Tensor &w, const at::Tensor &bias, at::Tensor y) override {
    if (bias.defined())
      at::addmm_out(y, bias, x, w.t());
    else
      at::mm_out(y, x, w.t());
    if (relu)
      y.relu_();
  }
  void backwardInput(const at::Tensor &cotangent, const at::Tensor &w, at::Tensor x) override {
    at::mm_out(x, cotangent, w);
  }
  void backwardWeights(const at::Tensor &x, const at::Tensor &cotangent, at::Tensor w,
                       at::Tensor bias) override {
    at::mm_out(w, cotangent.t(), x);
    at::sum_out(bias, cotangent, {0});
  }

  bool relu;
};

class DeviceConv2d : public DeviceLayer {
public:
  DeviceConv2d(const Conv2dGeometry &g, Device &device)
      : DeviceLayer(
            device, LayerKind::Conv2d, g.direction, g.label(), g.batch, g.channels, g.precision,
            {g.outChannels, g.ofGroup(), g.kernelHeight, g.kernelWidth},
            {{g.inChannels, g.height, g.width}, g.inputLayout == SWY_LAYOUT_CHANNELS_LAST},
            {{g.outChannels, g.outHeight(), g.outWidth()}, g.outputLayout == SWY_LAYOUT_CHANNELS_LAST}),
        relu(g.relu != 0), stride{g.stride, g.stride}, padding{g.padding, g.padding}, groups(g.groups) {}

private:
  void forward(const at::Tensor &x, const at::Tensor &w, const at::Tensor &bias, at::Tensor y) override {
    at::Tensor sums = at::conv2d(x, w, {}, stride, padding, at::IntArrayRef{1, 1}, groups);
    if (bias.defined()) // joins the way to `y`: LibTorch adds it in a pass of its own
      at::add_out(y, sums, bias.view({1, -1, 1, 1}));
    else
      y.copy_(sums);
    if (relu)
      y.relu_();
  }
  void backwardInput(const at::Tensor &cotangent, const at::Tensor &w, at::Tensor x) override {
    x.copy_(std::get<0>(backward(cotangent, x, w, {true, false, false})));
  }
  void backwardWeights(const at::Tensor &x, const at::Tensor &cotangent, at::Tensor w,
                       at::Tensor bias) override {
    auto [unused, weights, biases] = backward(cotangent, x, w, {false, true, true});
    w.copy_(weights);
    bias.copy_(biases);
  }

  /// `x` and `w` give shapes where their own values do not matter.
  std::tuple<at::Tensor, at::Tensor, at::Tensor> backward(const at::Tensor &cotangent, const at::Tensor &x,
                                                          const at::Tensor &w,
                                                          std::array<bool, 3> wanted) const {
    const int64_t outputs = w.size(0), one[] = {1, 1}, zero[] = {0, 0};
    return at::convolution_backward(cotangent, x, w, at::IntArrayRef(outputs), stride, padding, one,
                                    /*transposed=*/false, zero, groups, wanted);
  }

  bool relu;
  Shape stride, padding;
  int64_t groups;
};

} // namespace

std::unique_ptr<swy_handle> makeDeviceLayer(const Conv2dGeometry &geometry, Device &device) {
  if (geometry.inputLayout == SWY_LAYOUT_BLOCKED16 || geometry.outputLayout == SWY_LAYOUT_BLOCKED16)
    throw std::runtime_error(geometry.label() + ": a device's tensors are not blocked by 16");
  return std::make_unique<DeviceConv2d>(geometry, device);
}

std::unique_ptr<swy_handle> makeDeviceLayer(const DenseGeometry &geometry, Device &device) {
  return std::make_unique<DeviceDense>(geometry, device);
}

} // namespace switchyard::rt
