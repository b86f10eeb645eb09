// Grouped calls of switching blocks against plain calls, channel by channel; the order of grouped rows.
#include "runtime/kernels/Context.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <mutex>
#include <set>
#include <thread>

using namespace switchyard::rt;

namespace {

constexpr int64_t channels = 4;

/// A layer's sizes; dense where `kernel` is 0 (then `size` is 1).
struct Layer {
  const char *name;
  int64_t in, size, out, kernel, padding, inputLayout, outputLayout, groups = 1;

  int64_t outSize() const { return kernel ? size + 2 * padding - kernel + 1 : 1; }
  int64_t inputs() const { return in * size * size; }
  int64_t outputs() const { return out * outSize() * outSize(); }
  at::Tensor weights() const {
    return at::randn({channels, out, in / groups * std::max<int64_t>(1, kernel * kernel)});
  }
};

std::ostream &operator<<(std::ostream &to, const Layer &layer) {
  return to << layer.name;
}

swy_handle_t prepare(Context &context, const Layer &l, int64_t direction, int64_t batch, int64_t relu,
                     int64_t count, const at::Tensor &weights) {
  const float *data = weights.data_ptr<float>();
  if (!l.kernel)
    return swy_rt_dense_prepare(context.get(), direction, batch, l.in, l.out, relu, count, data);
  return swy_rt_conv2d_prepare(context.get(), direction, batch, l.in, l.size, l.size, l.out, l.kernel,
                               l.kernel, 1, l.padding, l.groups, l.inputLayout, l.outputLayout, relu, count,
                               data);
}

/// A batch of one layer: rows are given as grouped calls want them.
struct Batch {
  Batch(const Layer &layer, int64_t rows)
      : layer(layer), input(at::randn({rows, layer.inputs()})), cotangent(at::randn({rows, layer.outputs()})),
        bias(at::randn({channels, layer.out})) {}

  at::Tensor forward(Context &context, swy_handle_t handle, const std::vector<int32_t> &offsets) const {
    at::Tensor output = at::full({input.size(0), layer.outputs()}, NAN);
    auto call = layer.kernel ? swy_rt_conv2d_grouped_forward : swy_rt_dense_grouped_forward;
    call(context.get(), handle, offsets.data(), input.data_ptr<float>(), bias.data_ptr<float>(),
         output.data_ptr<float>());
    EXPECT_EQ(takeError(context.get()), "");
    return output;
  }

  at::Tensor backward(Context &context, swy_handle_t handle, const std::vector<int32_t> &offsets) const {
    at::Tensor gradient = at::full_like(input, NAN);
    auto call = layer.kernel ? swy_rt_conv2d_grouped_backward_input : swy_rt_dense_grouped_backward_input;
    call(context.get(), handle, offsets.data(), cotangent.data_ptr<float>(), gradient.data_ptr<float>());
    EXPECT_EQ(takeError(context.get()), "");
    return gradient;
  }

  /// The same by a plain call for each group that has rows; direction 0 or 1.
  at::Tensor plain(Context &context, int64_t direction, int64_t relu, const at::Tensor &weights,
                   const std::vector<int32_t> &offsets) const {
    at::Tensor from = direction == 0 ? input : cotangent;
    at::Tensor to = at::full({from.size(0), direction == 0 ? layer.outputs() : layer.inputs()}, NAN);
    for (int64_t c = 0; c < channels; ++c) {
      const int64_t begin = offsets[size_t(c)], rows = offsets[size_t(c) + 1] - begin;
      if (rows == 0)
        continue;
      swy_handle_t handle = prepare(context, layer, direction, rows, relu, 0, weights[c]);
      const float *x = from[begin].data_ptr<float>(), *b = bias[c].data_ptr<float>();
      float *y = to[begin].data_ptr<float>();
      if (direction == 0)
        (layer.kernel ? swy_rt_conv2d_forward : swy_rt_dense_forward)(context.get(), handle, x, b, y);
      else
        (layer.kernel ? swy_rt_conv2d_backward_input : swy_rt_dense_backward_input)(context.get(), handle, x,
                                                                                    y);
      swy_rt_release(context.get(), handle);
    }
    EXPECT_EQ(takeError(context.get()), "");
    return to;
  }

  Layer layer;
  at::Tensor input, cotangent, bias;
};

void expectNear(const at::Tensor &got, const at::Tensor &wanted) {
  // Groups in pieces may meet another implementation than whole ones; Winograd's rounding.
  EXPECT_LE((got - wanted).abs().max().item<double>(), 2e-5 * wanted.abs().max().item<double>());
}

std::vector<int32_t> offsetsOf(const std::vector<int32_t> &sizes) {
  std::vector<int32_t> offsets{0};
  for (int32_t size : sizes)
    offsets.push_back(offsets.back() + size);
  return offsets;
}

const std::vector<Layer> layers = {{"blocked", 16, 9, 32, 3, 1, 1, 1},
                                   {"blocked wide", 64, 8, 64, 3, 0, 1, 1},
                                   {"plain", 32, 8, 16, 3, 0, 0, 0},
                                   {"odd channels", 20, 7, 12, 3, 1, 0, 0},
                                   {"first of one channel", 1, 12, 32, 3, 0, 0, 1},
                                   {"first of three channels", 3, 11, 16, 3, 1, 0, 1},
                                   {"first, plain", 3, 11, 20, 5, 0, 0, 0},
                                   {"channels alone", 32, 9, 32, 3, 1, 1, 1, 32},
                                   {"groups", 32, 9, 64, 3, 1, 1, 1, 2},
                                   {"dense", 70, 1, 24, 0, 0, 0, 0}};

class GroupedTest : public ::testing::TestWithParam<Layer> {
protected:
  /// Every grouping on the same handles, compared with plain calls.
  void check(Context &context, const std::vector<std::vector<int32_t>> &groupings) {
    at::manual_seed(5);
    const Layer layer = GetParam();
    const Batch batch(layer, offsetsOf(groupings.front()).back());
    const int64_t rows = batch.input.size(0);
    const at::Tensor weights = layer.weights();
    swy_handle_t affine = prepare(context, layer, 0, rows, 0, channels, weights),
                 fused = prepare(context, layer, 0, rows, 1, channels, weights),
                 back = prepare(context, layer, 1, rows, 0, channels, weights);
    for (const std::vector<int32_t> &grouping : groupings) {
      SCOPED_TRACE(::testing::PrintToString(grouping));
      const std::vector<int32_t> offsets = offsetsOf(grouping);
      expectNear(batch.forward(context, affine, offsets), batch.plain(context, 0, 0, weights, offsets));
      expectNear(batch.forward(context, fused, offsets), batch.plain(context, 0, 1, weights, offsets));
      expectNear(batch.backward(context, back, offsets), batch.plain(context, 1, 0, weights, offsets));
    }
    for (swy_handle_t handle : {affine, fused, back})
      swy_rt_release(context.get(), handle);
  }
};

TEST_P(GroupedTest, AgreesWithPlainCalls) {
  for (int threads : {1, 2, 3})
    for (bool exactOrder : threads == 2 ? std::vector<bool>{false, true} : std::vector<bool>{false}) {
      Context context(threads);
      setPrecision(context.get(), exactOrder ? Precision::ExactOrder : Precision::Float32);
      check(context,
            {{10, 9, 9, 9}, {0, 37, 0, 0}, {1, 1, 34, 1}, {0, 0, 0, 37}, {20, 0, 17, 0}, {9, 10, 9, 9}});
      check(context, {{0, 1, 0, 0}, {1, 0, 0, 0}});
      check(context, {{1, 1, 1, 1}, {2, 0, 2, 0}, {0, 0, 1, 3}});
      for (const auto &[call, implementation] : context.implementations()) {
        EXPECT_EQ(implementation.find("ref"), std::string::npos) << call << " runs " << implementation;
        EXPECT_FALSE(exactOrder && implementation.find("wino") != std::string::npos) << call;
      }
    }
}

TEST_P(GroupedTest, TakesNewWeightsAtEveryPrepare) {
  at::manual_seed(6);
  Context context(2);
  const Batch batch(GetParam(), 30);
  const std::vector<int32_t> offsets = offsetsOf({12, 6, 0, 12}), others = offsetsOf({6, 6, 12, 6});
  at::Tensor weights = GetParam().weights();
  for (int64_t changed = -1; changed < channels; ++changed) { // the first time none
    if (changed >= 0)
      weights[changed].mul_(-2).add_(1);
    swy_handle_t handle = prepare(context, GetParam(), 1, 30, 0, channels, weights);
    at::Tensor kept = weights.clone();
    weights.zero_(); // packed ones are a copy
    for (const auto &groups : {offsets, others})
      expectNear(batch.backward(context, handle, groups), batch.plain(context, 1, 0, kept, groups));
    weights.copy_(kept);
    swy_rt_release(context.get(), handle);
  }
}

TEST_P(GroupedTest, MakesEachNumberOfRowsOnce) {
  at::manual_seed(7);
  for (int threads : {1, 2}) {
    Context context(threads);
    const Batch batch(GetParam(), 24);
    const at::Tensor weights = GetParam().weights();
    auto step = [&] {
      for (int64_t direction : {0, 1}) {
        swy_handle_t handle = prepare(context, GetParam(), direction, 24, 0, channels, weights);
        for (const auto &sizes : {std::vector<int32_t>{6, 6, 5, 7}, {7, 5, 8, 4}, {6, 6, 6, 6}})
          direction == 0 ? batch.forward(context, handle, offsetsOf(sizes))
                         : batch.backward(context, handle, offsetsOf(sizes));
        swy_rt_release(context.get(), handle);
      }
    };
    step();
    const size_t made = context.handlesMade();
    EXPECT_GE(made, 2u * (1 + 5));
    for (int again = 0; again < 5; ++again)
      step();
    EXPECT_LE(context.handlesMade(), 2u * (1 + 5 * size_t(threads))) << "sizes 4 to 8 in every thread";
    if (threads == 1) {
      EXPECT_EQ(context.handlesMade(), made);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Layers, GroupedTest, ::testing::ValuesIn(layers));

TEST(Grouped, LeavesTheTeamItsSize) {
  Context context(2);
  const Layer layer = layers.front();
  const Batch batch(layer, 8);
  swy_handle_t handle = prepare(context, layer, 0, 8, 0, channels, layer.weights());
  batch.forward(context, handle, offsetsOf({2, 2, 2, 2}));
  struct Seen {
    std::mutex mutex;
    std::set<std::thread::id> threads;
  } seen;
  auto visit = [](int64_t, int64_t, void *env) {
    auto &seen = *static_cast<Seen *>(env);
    std::lock_guard<std::mutex> lock(seen.mutex);
    seen.threads.insert(std::this_thread::get_id());
  };
  swy_rt_parallel_for(context.get(), 2, 1, visit, &seen);
  EXPECT_EQ(seen.threads.size(), 2u);
  EXPECT_EQ(at::get_num_threads(), 2);
}

TEST(Grouped, NamesWhatRan) {
  Context context(1);
  const Layer layer{"dense", 70, 1, 24, 0, 0, 0, 0};
  const Batch batch(layer, 2);
  swy_handle_t handle = prepare(context, layer, 0, 2, 0, channels, layer.weights());
  batch.forward(context, handle, {0, 0, 0, 2, 2});
  ASSERT_EQ(context.implementations().size(), 1u);
  EXPECT_EQ(context.implementations()[0].call, "dense forward 2x70 to 24, 4 channels switching");
  EXPECT_EQ(context.implementations()[0].implementation.rfind("grouped: ", 0), 0u)
      << context.implementations()[0].implementation;
}

std::string groupedError(const std::vector<int32_t> &offsets) {
  Context context(2);
  std::vector<float> numbers(64, 1.0f);
  swy_handle_t handle = swy_rt_dense_prepare(context.get(), 0, 4, 2, 2, 0, 3, numbers.data());
  swy_rt_dense_grouped_forward(context.get(), handle, offsets.empty() ? nullptr : offsets.data(),
                               numbers.data(), numbers.data(), numbers.data());
  return takeError(context.get());
}

TEST(Grouped, NamesWhatIsWrong) {
  const std::string layer = "dense forward 4x2 to 2, 3 channels switching";
  EXPECT_EQ(groupedError({0, 1, 2, 4}), "");
  EXPECT_EQ(groupedError({0, 1, 2, 3}), layer + ": the groups do not cover the batch");
  EXPECT_EQ(groupedError({1, 1, 2, 4}), layer + ": the groups do not cover the batch");
  EXPECT_EQ(groupedError({0, 3, 2, 4}), layer + ": the groups' offsets decrease");
  EXPECT_EQ(groupedError({}), "swy_rt_dense_grouped_forward: the offsets are null (" + layer + ")");

  Context context(1);
  std::vector<float> numbers(64, 1.0f);
  float *n = numbers.data();
  const std::vector<int32_t> offsets = {0, 4};
  swy_handle_t plain = swy_rt_dense_prepare(context.get(), 0, 4, 2, 2, 0, 0, n),
               grouped = swy_rt_dense_prepare(context.get(), 0, 4, 2, 2, 0, 1, n);
  EXPECT_NE(plain, grouped);
  swy_rt_dense_grouped_forward(context.get(), plain, offsets.data(), n, n, n);
  swy_rt_dense_grouped_forward(context.get(), grouped, offsets.data(), n, n,
                               n); // not reached: the first stays
  EXPECT_EQ(takeError(context.get()),
            "dense forward 4x2 to 2: a handle for plain calls was given to a grouped one");
  swy_rt_dense_forward(context.get(), grouped, n, n, n);
  EXPECT_EQ(
      takeError(context.get()),
      "dense forward 4x2 to 2, 1 channels switching: a handle for grouped calls was given to a plain one");
  EXPECT_EQ(swy_rt_dense_prepare(context.get(), 0, 4, 2, 2, 0, -1, n), nullptr);
  EXPECT_NE(takeError(context.get()).find("the number of channels must not be negative, got -1"),
            std::string::npos);
  EXPECT_EQ(swy_rt_dense_prepare(context.get(), 2, 4, 2, 2, 0, 3, nullptr), nullptr);
  EXPECT_NE(takeError(context.get()).find("no grouped call for the gradient of weights"), std::string::npos);
}

TEST(GroupRows, SortsByChannelAndKeepsTheOrderWithin) {
  Context context(1);
  const std::vector<int32_t> channel = {3, 0, 3, 1, 0, 3, 1};
  std::vector<int32_t> order(7, -1), inverse(7, -1), offsets(6, -1);
  swy_rt_group_rows(context.get(), 7, 5, channel.data(), order.data(), inverse.data(), offsets.data());
  EXPECT_EQ(takeError(context.get()), "");
  EXPECT_EQ(order, (std::vector<int32_t>{1, 4, 3, 6, 0, 2, 5}));
  EXPECT_EQ(inverse, (std::vector<int32_t>{4, 0, 5, 2, 1, 6, 3}));
  EXPECT_EQ(offsets, (std::vector<int32_t>{0, 2, 4, 4, 7, 7}));
}

/// What compiled code of a switching block does, its weights packed in vain: it follows the indices on the
/// host.
TEST(GroupRows, FailedContextLeavesIndicesThatLeadToRowsThatAreThere) {
  Context context(1);
  const int64_t batch = 5;
  for (bool before : {true, false}) {
    std::vector<int32_t> channel(batch, before ? 1 : 77); // no such channel: the sort itself fails
    std::vector<int32_t> order(batch, 1 << 30), inverse(batch, 1 << 30), offsets(channels + 1, 1 << 30);
    swy_handle_t handle =
        before ? swy_rt_dense_prepare(context.get(), SWY_DIRECTION_FORWARD, batch, 3, 2, 0, channels, nullptr)
               : nullptr;
    EXPECT_EQ(handle, nullptr);
    auto sort = before ? swy_rt_group_rows : swy_rt_group_drawn_rows;
    sort(context.get(), batch, channels, channel.data(), order.data(), inverse.data(), offsets.data());
    std::vector<float> input(batch * 3, 1), rows(batch * 3), biases(channels * 2), output(batch * 2, 7);
    for (int64_t row = 0; row < batch; ++row)
      for (int64_t i = 0; i < 3; ++i)
        rows[size_t(row * 3 + i)] = input.at(size_t(order[size_t(row)] * 3 + i));
    swy_rt_dense_grouped_forward(context.get(), handle, offsets.data(), rows.data(), biases.data(),
                                 output.data());
    EXPECT_EQ(order, (std::vector<int32_t>{0, 1, 2, 3, 4}));
    EXPECT_EQ(inverse, order);
    EXPECT_EQ(offsets, std::vector<int32_t>(channels + 1, 0));
    std::string error = takeError(context.get());
    EXPECT_NE(error.find(before ? "needs weights, got null" : "drew channel 77"), std::string::npos) << error;
  }
}

TEST(GroupRows, RefusesAChannelThatIsNotThere) {
  Context context(1);
  std::vector<int32_t> order(3), inverse(3), offsets(6);
  auto error = [&](const std::vector<int32_t> &channel, int64_t count) {
    swy_rt_group_rows(context.get(), 3, count, channel.data(), order.data(), inverse.data(), offsets.data());
    return takeError(context.get());
  };
  EXPECT_EQ(error({0, 5, 1}, 5), "example 1 drew channel 5, the switching block has 0 to 4");
  EXPECT_EQ(error({0, 1, -1}, 5), "example 2 drew channel -1, the switching block has 0 to 4");
  EXPECT_EQ(error({0, 0, 0}, 0), "examples cannot be grouped: a batch of 3, 0 channels");
}

} // namespace
