// Every direction of every layer against LibTorch in double precision, over layouts, channel counts, kernels,
// strides and paddings, with Winograd and with direct algorithms.
#include "runtime/kernels/Context.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

using namespace switchyard::rt;

namespace {

struct ConvCase {
  int64_t batch, in, height, width, out, kernelHeight, kernelWidth, stride, padding, inputLayout,
      outputLayout, groups = 1;
};

std::ostream &operator<<(std::ostream &to, const ConvCase &c) {
  return to << c.batch << "x" << c.in << "x" << c.height << "x" << c.width << " to " << c.out << ", kernel "
            << c.kernelHeight << "x" << c.kernelWidth << ", stride " << c.stride << ", padding " << c.padding
            << ", groups " << c.groups << ", layouts " << c.inputLayout << c.outputLayout;
}

/// A copy in the layout of the C boundary, and back to NCHW.
at::Tensor toLayout(const at::Tensor &nchw, int64_t layout) {
  if (layout == SWY_LAYOUT_PLAIN)
    return nchw.contiguous();
  int64_t block = layout == SWY_LAYOUT_CHANNELS_LAST ? nchw.size(1) : 16;
  return nchw.reshape({nchw.size(0), nchw.size(1) / block, block, nchw.size(2), nchw.size(3)})
      .permute({0, 1, 3, 4, 2})
      .contiguous();
}
at::Tensor fromLayout(const at::Tensor &tensor, int64_t layout, at::IntArrayRef sizes) {
  return layout == SWY_LAYOUT_PLAIN ? tensor : tensor.permute({0, 1, 4, 2, 3}).reshape(sizes);
}

void expectNear(const at::Tensor &got, const at::Tensor &exact, const char *what) {
  double error = (got.to(at::kDouble) - exact).abs().max().item<double>();
  double scale = exact.abs().max().item<double>();
  EXPECT_LE(error, 2e-5 * scale) << what; // Winograd's rounding; direct is ten times closer
}

class Conv2dTest : public ::testing::TestWithParam<ConvCase> {
protected:
  void SetUp() override {
    at::manual_seed(3);
    const ConvCase c = GetParam();
    input = at::randn({c.batch, c.in, c.height, c.width});
    weights = at::randn({c.out, c.in / c.groups, c.kernelHeight, c.kernelWidth});
    bias = at::randn({c.out});
    for (at::Tensor *source : {&input, &weights, &bias})
      exact.push_back(source->to(at::kDouble).requires_grad_());
    output = at::conv2d(exact[0], exact[1], exact[2], {c.stride, c.stride}, {c.padding, c.padding},
                        at::IntArrayRef{1, 1}, c.groups);
    cotangent = at::randn(output.sizes());
    gradients = torch::autograd::grad({output}, exact, {cotangent.to(at::kDouble)});
  }

  swy_handle_t prepare(Context &context, int64_t direction, int64_t relu = 0) {
    const ConvCase c = GetParam();
    return swy_rt_conv2d_prepare(context.get(), direction, c.batch, c.in, c.height, c.width, c.out,
                                 c.kernelHeight, c.kernelWidth, c.stride, c.padding, c.groups, c.inputLayout,
                                 c.outputLayout, relu, 0,
                                 direction == 2 ? nullptr : weights.data_ptr<float>());
  }

  void forward(Context &context, int64_t relu) {
    at::Tensor in = toLayout(input, GetParam().inputLayout);
    at::Tensor out = at::full_like(toLayout(cotangent, GetParam().outputLayout), NAN);
    swy_rt_conv2d_forward(context.get(), prepare(context, 0, relu), in.data_ptr<float>(),
                          bias.data_ptr<float>(), out.data_ptr<float>());
    ASSERT_EQ(takeError(context.get()), "");
    expectNear(fromLayout(out, GetParam().outputLayout, output.sizes()),
               relu ? at::relu(output.detach()) : output.detach(), relu ? "forward with relu" : "forward");
  }

  void backwardInput(Context &context) {
    at::Tensor from = toLayout(cotangent, GetParam().outputLayout);
    at::Tensor to = at::full_like(toLayout(input, GetParam().inputLayout), NAN);
    swy_rt_conv2d_backward_input(context.get(), prepare(context, 1), from.data_ptr<float>(),
                                 to.data_ptr<float>());
    ASSERT_EQ(takeError(context.get()), "");
    expectNear(fromLayout(to, GetParam().inputLayout, input.sizes()), gradients[0], "backward_input");
  }

  void backwardWeights(Context &context) {
    at::Tensor in = toLayout(input, GetParam().inputLayout),
               from = toLayout(cotangent, GetParam().outputLayout);
    at::Tensor toWeights = at::full_like(weights, NAN), toBias = at::full_like(bias, NAN);
    swy_rt_conv2d_backward_weights(context.get(), prepare(context, 2), in.data_ptr<float>(),
                                   from.data_ptr<float>(), toWeights.data_ptr<float>(),
                                   toBias.data_ptr<float>());
    ASSERT_EQ(takeError(context.get()), "");
    expectNear(toWeights, gradients[1], "weight cotangent");
    expectNear(toBias, gradients[2], "bias cotangent");
  }

  at::Tensor input, weights, bias, output, cotangent;
  std::vector<at::Tensor> exact, gradients;
};

TEST_P(Conv2dTest, AgreesWithLibTorch) {
  for (bool exactOrder : {false, true}) {
    Context context(2);
    setPrecision(context.get(), exactOrder ? Precision::ExactOrder : Precision::Float32);
    forward(context, 0);
    forward(context, 1);
    backwardInput(context);
    backwardWeights(context);
    for (const auto &[call, implementation] : context.implementations()) {
      EXPECT_EQ(implementation.find("ref"), std::string::npos) << call << " runs " << implementation;
      EXPECT_FALSE(exactOrder && implementation.find("wino") != std::string::npos) << call;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Geometries, Conv2dTest,
    ::testing::Values(
        ConvCase{5, 1, 28, 28, 32, 3, 3, 1, 0, 0, 1}, ConvCase{5, 3, 32, 32, 64, 3, 3, 1, 0, 0, 1},
        ConvCase{5, 1, 28, 28, 32, 3, 3, 1, 0, 0, 0}, ConvCase{4, 32, 13, 12, 48, 3, 3, 1, 0, 1, 1},
        ConvCase{4, 32, 13, 12, 48, 3, 3, 1, 1, 1, 0}, ConvCase{4, 32, 13, 12, 48, 3, 3, 1, 1, 0, 1},
        ConvCase{4, 32, 13, 12, 48, 3, 3, 1, 2, 0, 0}, ConvCase{3, 16, 9, 9, 16, 3, 3, 2, 1, 1, 1},
        ConvCase{3, 16, 9, 11, 16, 5, 5, 1, 2, 1, 1}, ConvCase{3, 20, 9, 9, 20, 3, 3, 1, 1, 0, 0},
        ConvCase{3, 3, 9, 9, 20, 3, 3, 1, 0, 0, 0}, ConvCase{1, 20, 7, 7, 16, 3, 3, 1, 0, 0, 1},
        ConvCase{1, 16, 7, 7, 1, 3, 3, 1, 0, 1, 0}, ConvCase{2, 16, 6, 5, 32, 1, 1, 1, 0, 1, 1},
        ConvCase{2, 3, 11, 11, 7, 5, 3, 3, 2, 0, 0}, ConvCase{1, 1, 3, 3, 1, 3, 3, 1, 0, 0, 0},
        ConvCase{3, 12, 9, 8, 20, 3, 3, 1, 1, 2, 2}, ConvCase{2, 3, 9, 8, 12, 3, 3, 2, 1, 0, 2}));

// The image's gradient has a kernel of its own: borders, rows shorter than a tile, every number of channels.
INSTANTIATE_TEST_SUITE_P(Narrow, Conv2dTest,
                         ::testing::Values(ConvCase{2, 1, 9, 20, 16, 3, 3, 1, 1, 0, 1},
                                           ConvCase{2, 2, 8, 13, 32, 5, 5, 1, 2, 0, 1},
                                           ConvCase{2, 3, 7, 4, 16, 3, 3, 1, 0, 0, 1},
                                           ConvCase{2, 4, 5, 11, 32, 1, 1, 1, 0, 0, 1},
                                           ConvCase{1, 3, 6, 6, 16, 3, 3, 1, 3, 0, 1},
                                           ConvCase{1, 2, 3, 3, 16, 3, 3, 1, 0, 0, 1},
                                           ConvCase{2, 3, 12, 9, 16, 2, 5, 1, 1, 0, 1}));

// Groups of channels, and channels alone. Groups that fill no vector have no fast code in some libraries:
// their names are not asked for.
class GroupsTest : public Conv2dTest {};

TEST_P(GroupsTest, AgreeWithLibTorch) {
  for (bool exactOrder : {false, true}) {
    Context context(2);
    setPrecision(context.get(), exactOrder ? Precision::ExactOrder : Precision::Float32);
    forward(context, 0);
    forward(context, 1);
    backwardInput(context);
    backwardWeights(context);
  }
}

INSTANTIATE_TEST_SUITE_P(Geometries, GroupsTest,
                         ::testing::Values(ConvCase{3, 4, 9, 8, 6, 3, 3, 1, 1, 0, 0, 2},
                                           ConvCase{3, 6, 9, 8, 6, 3, 3, 2, 1, 0, 0, 6},
                                           ConvCase{3, 2, 9, 8, 16, 3, 3, 1, 1, 0, 1, 2},
                                           ConvCase{2, 16, 9, 8, 16, 3, 3, 1, 1, 1, 1, 16},
                                           ConvCase{2, 32, 9, 8, 32, 5, 5, 2, 2, 1, 1, 32},
                                           ConvCase{2, 32, 9, 8, 64, 3, 3, 1, 1, 1, 1, 2},
                                           ConvCase{2, 32, 9, 8, 32, 3, 3, 1, 0, 1, 1, 8},
                                           ConvCase{2, 12, 9, 8, 12, 3, 3, 1, 1, 2, 2, 12},
                                           ConvCase{2, 12, 9, 8, 24, 3, 3, 1, 1, 2, 2, 3}));

TEST_P(Conv2dTest, AddsNoBiasWhereThereIsNone) {
  at::Tensor in = toLayout(input, GetParam().inputLayout);
  for (bool exactOrder : {false, true}) {
    Context context(2);
    setPrecision(context.get(), exactOrder ? Precision::ExactOrder : Precision::Float32);
    for (int64_t relu : {0, 1}) {
      at::Tensor out = at::full_like(toLayout(cotangent, GetParam().outputLayout), NAN);
      swy_rt_conv2d_forward(context.get(), prepare(context, 0, relu), in.data_ptr<float>(), nullptr,
                            out.data_ptr<float>());
      ASSERT_EQ(takeError(context.get()), "");
      at::Tensor sums = output.detach() - exact[2].detach().view({-1, 1, 1});
      expectNear(fromLayout(out, GetParam().outputLayout, output.sizes()), relu ? at::relu(sums) : sums,
                 "without bias");
    }
  }
}

struct DenseCase {
  int64_t batch, inputs, outputs;
};

std::ostream &operator<<(std::ostream &to, const DenseCase &c) {
  return to << c.batch << "x" << c.inputs << " to " << c.outputs;
}

class DenseTest : public ::testing::TestWithParam<DenseCase> {};

TEST_P(DenseTest, AgreesWithLibTorch) {
  at::manual_seed(4);
  const auto [batch, inputs, outputs] = GetParam();
  Context context(2);
  auto prepare = [&, b = batch, i = inputs, o = outputs](int64_t direction, int64_t relu,
                                                         const float *weights) {
    return swy_rt_dense_prepare(context.get(), direction, b, i, o, relu, 0, weights);
  };
  at::Tensor input = at::randn({batch, inputs}), weights = at::randn({outputs, inputs}),
             bias = at::randn({outputs}), cotangent = at::randn({batch, outputs});
  std::vector<at::Tensor> exact;
  for (const at::Tensor &source : {input, weights, bias})
    exact.push_back(source.to(at::kDouble).requires_grad_());
  at::Tensor output = at::addmm(exact[2], exact[0], exact[1].t());
  auto gradients = torch::autograd::grad({output}, exact, {cotangent.to(at::kDouble)});

  for (int64_t relu : {0, 1}) {
    at::Tensor out = at::full({batch, outputs}, NAN);
    swy_rt_dense_forward(context.get(), prepare(0, relu, weights.data_ptr<float>()), input.data_ptr<float>(),
                         bias.data_ptr<float>(), out.data_ptr<float>());
    expectNear(out, relu ? at::relu(output.detach()) : output.detach(),
               relu ? "forward with relu" : "forward");
  }
  at::Tensor toInput = at::full_like(input, NAN), toWeights = at::full_like(weights, NAN),
             toBias = at::full_like(bias, NAN);
  swy_rt_dense_backward_input(context.get(), prepare(1, 0, weights.data_ptr<float>()),
                              cotangent.data_ptr<float>(), toInput.data_ptr<float>());
  swy_rt_dense_backward_weights(context.get(), prepare(2, 0, nullptr), input.data_ptr<float>(),
                                cotangent.data_ptr<float>(), toWeights.data_ptr<float>(),
                                toBias.data_ptr<float>());
  EXPECT_EQ(takeError(context.get()), "");
  expectNear(toInput, gradients[0], "backward_input");
  expectNear(toWeights, gradients[1], "weight cotangent");
  expectNear(toBias, gradients[2], "bias cotangent");
  for (const auto &[call, implementation] : context.implementations())
    EXPECT_EQ(implementation.find("ref"), std::string::npos) << call << " runs " << implementation;
}

INSTANTIATE_TEST_SUITE_P(Geometries, DenseTest,
                         ::testing::Values(DenseCase{1, 1, 1}, DenseCase{7, 20, 3}, DenseCase{64, 200, 10},
                                           DenseCase{100, 1024, 200}, DenseCase{128, 3200, 256},
                                           DenseCase{1, 64, 10}));

} // namespace
