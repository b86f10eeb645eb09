// Layers that normalize, pool, resize, convolve in groups and locally, sort, and keep trained values
// (Inputs/norms.swy) against LibTorch: answers and slopes at every pixel, in switching blocks, too; steps of
// a training with every weight and statistic, on a padded batch.
#include "runtime/kernels/Context.h"
#include "test/numerics/Programs.h"

#include <gtest/gtest.h>

#include <algorithm>

using namespace switchyard::test;
using switchyard::rt::Context;

namespace {

/// In training a layer changes its statistics in place; none: it answers by them.
struct Phase {
  Parameters *statistics = nullptr;
};

/// A network as LibTorch computes it, of one channel's parameters.
using Answer = std::function<at::Tensor(const at::Tensor &, const Parameters &, const Phase &)>;

struct Case {
  std::string experiment;
  Answer answer;
};

void PrintTo(const Case &one, std::ostream *out) {
  *out << one.experiment;
}

at::Tensor biasOf(const Parameters &p, const std::string &path) {
  auto bias = p.find(path + "/bias");
  return bias == p.end() ? at::Tensor() : bias->second;
}

at::Tensor conv(const at::Tensor &x, const Parameters &p, const std::string &path, int64_t stride = 1,
                int64_t padding = 0, int64_t groups = 1) {
  return at::conv2d(x, p.at(path + "/weights"), biasOf(p, path), stride, padding, 1, groups);
}

at::Tensor dense(const at::Tensor &x, const Parameters &p, const std::string &path) {
  return at::linear(x, p.at(path + "/weights"), biasOf(p, path));
}

at::Tensor batchNorm(const at::Tensor &x, const Parameters &p, const std::string &path, const Phase &phase,
                     double momentum, double epsilon) {
  bool training = phase.statistics != nullptr;
  const Parameters &kept = training ? *phase.statistics : p;
  return at::batch_norm(x, p.at(path + "/scale"), p.at(path + "/shift"), kept.at(path + "/mean"),
                        kept.at(path + "/variance"), training, momentum, epsilon, /*cudnn_enabled=*/false);
}

at::Tensor perChannel(std::initializer_list<double> numbers, const at::Tensor &x) {
  return at::tensor(std::vector<double>(numbers), x.options().requires_grad(false)).view({-1, 1, 1});
}

/// Groups of neighbouring channels, or units, the largest first.
at::Tensor sorted(const at::Tensor &x, int64_t size) {
  at::Tensor groups = x.unflatten(1, {x.size(1) / size, size});
  return std::get<0>(groups.sort(/*stable=*/true, 2, /*descending=*/true)).flatten(1, 2);
}

std::vector<Case> cases() {
  const std::string first = "features/0", second = "features/1";
  return {
      {"batch",
       [=](const at::Tensor &x, const Parameters &p, const Phase &phase) {
         at::Tensor y = batchNorm(conv(x, p, first, 2), p, second, phase, 0.1, 1e-5).tanh();
         y = batchNorm(dense(y.flatten(1), p, "head/1"), p, "head/2", phase, 0.3, 1e-3).tanh();
         return dense(y, p, "head/4");
       }},
      {"wide",
       [=](const at::Tensor &x, const Parameters &p, const Phase &phase) {
         at::Tensor y = batchNorm(conv(x, p, first, 2), p, second, phase, 0.1, 1e-5).tanh();
         y = batchNorm(conv(y, p, "features/3"), p, "features/4", phase, 0.1, 1e-5).tanh();
         return dense(y.mean({2, 3}), p, "head/1");
       }},
      {"groups",
       [=](const at::Tensor &x, const Parameters &p, const Phase &) {
         at::Tensor y =
             at::group_norm(conv(x, p, first, 2), 3, p.at(second + "/scale"), p.at(second + "/shift"));
         return dense(y.tanh().flatten(1), p, "head/1");
       }},
      {"examples",
       [=](const at::Tensor &x, const Parameters &p, const Phase &) {
         at::Tensor y = at::layer_norm(conv(x, p, first, 2), {6, 13, 13}, p.at(second + "/scale"),
                                       p.at(second + "/shift"));
         y = dense(y.tanh().flatten(1), p, "head/1");
         y = at::layer_norm(y, {12}, p.at("head/2/scale"), p.at("head/2/shift"), 0.01);
         return dense(y, p, "head/3");
       }},
      {"instances",
       [](const at::Tensor &x, const Parameters &p, const Phase &) {
         at::Tensor y = conv((x - 0.3) / 0.5, p, "features/1", 2);
         y = at::instance_norm(y, {}, {}, {}, {}, true, 0.1, 0.001, false).tanh();
         return dense(y.flatten(1), p, "head/1");
       }},
      {"pools",
       [=](const at::Tensor &x, const Parameters &p, const Phase &) {
         at::Tensor y = conv(x, p, first, 2);
         y = ((y - perChannel({0.1, 0.2, 0.3, 0.4, 0.5, 0.6}, y)) / 2).tanh();
         y = conv(at::avg_pool2d(y, 2), p, "features/4").tanh();
         return dense(y.mean({2, 3}), p, "head/1");
       }},
      {"windows",
       [=](const at::Tensor &x, const Parameters &p, const Phase &) {
         at::Tensor y = at::max_pool2d(conv(x, p, first, 2).tanh(), 3, 2, 1);
         y = conv(at::avg_pool2d(y, 3, 1, 1), p, "features/4", 1, 1).tanh();
         y = at::avg_pool2d(at::max_pool2d(y, 3, 1, 1), 3, 2, 1);
         return dense(dense(y.flatten(1), p, "head/1").tanh(), p, "head/3");
       }},
      {"grouped",
       [=](const at::Tensor &x, const Parameters &p, const Phase &) {
         at::Tensor y = conv(conv(x, p, first, 2), p, second, 2, 1, 16).tanh();
         return dense(conv(y, p, "features/3", 1, 0, 4).tanh().flatten(1), p, "head/1");
       }},
      {"sized",
       [=](const at::Tensor &x, const Parameters &p, const Phase &) {
         at::Tensor y = conv(x, p, second, 2, 1).tanh();
         y = conv(at::upsample_bilinear2d(y, {9, 20}, false), p, "features/4", 1, 1).tanh();
         y = at::constant_pad_nd(at::upsample_nearest2d(y, {5, 5}), {2, 2, 2, 2});
         y = at::upsample_bilinear2d(at::upsample_nearest2d(y, {12, 12}), {7, 9}, false);
         return dense(at::avg_pool2d(y, 1, 2).flatten(1), p, "head/1");
       }},
      {"local",
       [=](const at::Tensor &x, const Parameters &p, const Phase &) {
         at::Tensor y = localConv(x, p.at(first + "/weights"), p.at(first + "/bias"), 2, 1);
         y = conv(sorted(y, 3), p, "features/2", 2).tanh();
         y = sorted(localConv(y, p.at("features/4/weights"), {}, 1, 0), 2).tanh();
         return dense(sorted(y.flatten(1), 8), p, "head/2");
       }},
      {"kept",
       [=](const at::Tensor &x, const Parameters &p, const Phase &) {
         at::Tensor y = conv(x, p, first, 2);
         y = p.at(second + "/slope").view({-1, 1, 1}) * y + p.at(second + "/offset") +
             p.at(second + "/curve") * y * y;
         return dense(y.tanh().flatten(1) * p.at("head/1/slope"), p, "head/2");
       }},
  };
}

class Norms : public ::testing::TestWithParam<std::tuple<Case, std::string>> {
protected:
  const Case &one = std::get<0>(GetParam());
  const CompiledArtifact &artifact = program("norms", std::get<1>(GetParam()));
  Examples examples = someExamples(24);
  at::Tensor images = examples.images.to(at::kDouble);

  CompiledModel model(const std::string &defense) const { return {artifact, one.experiment, defense}; }

  /// Of each example by the channels of its own path; stacks are of channels.
  at::Tensor switched(const at::Tensor &x, const Parameters &parameters,
                      const std::vector<std::array<int64_t, 2>> &paths) const {
    std::vector<at::Tensor> rows;
    for (int64_t row = 0; row < x.size(0); ++row) {
      Parameters own;
      for (const auto &[name, value] : parameters)
        own[name] = value[paths[size_t(row)][name.rfind("head", 0) == 0]];
      rows.push_back(one.answer(x.slice(0, row, row + 1), own, {}));
    }
    return at::cat(rows);
  }

  std::vector<std::array<int64_t, 2>> drawn() const {
    auto features = drawChannels(examples.draws, "features", 3),
         head = drawChannels(examples.draws, "head", 2);
    std::vector<std::array<int64_t, 2>> paths;
    for (size_t row = 0; row < features.size(); ++row)
      paths.push_back({features[row], head[row]});
    return paths;
  }

  template <typename F> at::Tensor slope(F answer) const {
    at::Tensor leaf = images.clone().requires_grad_();
    return torch::autograd::grad({answer(leaf).sum()}, {leaf})[0];
  }
};

TEST_P(Norms, AnswersAreLibTorchs) {
  CompiledFunction predict = model("none").predict();
  Parameters parameters = normalizedParameters(predict, "weight", 0.05);
  giveParameters(predict, "weight", parameters);
  at::Tensor exact = one.answer(images, inDouble(parameters), {});
  expectEveryElement(runInBatches(predict, examples, "logits"), exact, "logits", 1e-5);
}

TEST_P(Norms, SlopesAreAutograds) {
  CompiledFunction attack = model("none").attack("slope", "one_draw");
  Parameters parameters = normalizedParameters(attack, "weight", 0.05);
  giveParameters(attack, "weight", parameters);
  at::Tensor exact = slope([&](const at::Tensor &x) { return one.answer(x, inDouble(parameters), {}); });
  expectEveryElement(runInBatches(attack, examples, "adversarial"), exact, "slope", 2e-5);
}

TEST_P(Norms, ChannelsOfSwitchingBlocksHaveTheirOwn) {
  CompiledFunction predict = model("hrs").predict(), attack = model("hrs").attack("slope", "one_draw");
  Parameters parameters = normalizedParameters(predict, "weight", 0.05), exact = inDouble(parameters);
  giveParameters(predict, "weight", parameters);
  giveParameters(attack, "weight", parameters);
  expectEveryElement(runInBatches(predict, examples, "logits"), switched(images, exact, drawn()), "logits",
                     1e-5);
  expectEveryElement(runInBatches(attack, examples, "adversarial"),
                     slope([&](const at::Tensor &x) { return switched(x, exact, drawn()); }), "slope", 2e-5);
}

TEST_P(Norms, AllPathsAreTheMeanOverThem) {
  CompiledFunction attack = model("hrs").attack("slope", "all_paths");
  Parameters parameters = normalizedParameters(attack, "weight", 0.05), exact = inDouble(parameters);
  giveParameters(attack, "weight", parameters);
  at::Tensor mean = slope([&](const at::Tensor &x) {
    at::Tensor sum = at::zeros({x.size(0), 10}, x.options());
    for (int64_t features = 0; features < 3; ++features)
      for (int64_t head = 0; head < 2; ++head)
        sum = sum +
              switched(x, exact, std::vector<std::array<int64_t, 2>>(size_t(x.size(0)), {features, head}));
    return sum / 6;
  });
  expectEveryElement(runInBatches(attack, examples, "adversarial"), mean, "slope", 2e-5);
}

/// Three steps on a batch whose last rows are padding, of which the oracle knows nothing.
void compareSteps(
    const Case &one, CompiledFunction step, const Parameters &frozen,
    const std::function<at::Tensor(const at::Tensor &, const Parameters &, const Phase &)> &answer) {
  const int64_t valid = 11;
  Parameters parameters = normalizedParameters(step, "parameter", 0.05), before, statistics, velocities;
  giveParameters(step, "parameter", parameters);
  giveParameters(step, "weight", frozen);
  for (const auto &[name, value] : parameters) {
    before[name] = value.clone();
    if (isStatistic(name))
      statistics[name] = value.to(at::kDouble);
    ASSERT_EQ(step.has("state", momentumOf(name)), !isStatistic(name)) << name;
  }
  zeroStates(step);
  Parameters trained = inDouble(parameters);
  for (const auto &[name, value] : statistics)
    trained.erase(name);
  Examples examples = someExamples(step.batch());
  at::Tensor weights = at::cat({at::full({valid}, 1.0 / double(valid)), at::zeros({step.batch() - valid})});
  Context context(1);
  for (int iteration = 0; iteration < 3; ++iteration) {
    runStep(step, examples, weights, iteration, context.get());
    Examples real = examples.part(0, valid);
    LogitsOf logits = [&](const at::Tensor &x, const Parameters &used) {
      return answer(x, used, {&statistics});
    };
    at::Tensor losses = trainStep(logits, trained, velocities, {0.05, 0.9, 0, false}, iteration,
                                  real.images.to(at::kDouble), real.labels, weights.slice(0, 0, valid));
    expectEveryElement(step.argument("loss").slice(0, 0, valid), losses, one.experiment + ": losses");
    for (const auto &[name, value] : trained)
      if (value.sub(before.at(name)).abs().max().item<double>() > 1e-9) // a shift before a mean is no change
        expectEveryElement(step.argument("parameter", name), value, name, 1e-3, before.at(name));
      else
        EXPECT_LE(step.argument("parameter", name).sub(before.at(name)).abs().max().item<double>(), 1e-6)
            << name;
    for (const auto &[name, value] : statistics)
      expectEveryElement(step.argument("parameter", name), value, name, 1e-4, before.at(name));
  }
}

TEST_P(Norms, ThreeStepsAreTheOracles) {
  compareSteps(one, model("none").step(), {}, one.answer);
}

class NormsWithStatistics : public Norms {};

// A channel of the second block is trained on the first block's channels, drawn and frozen: their statistics
// stay.
TEST_P(NormsWithStatistics, StayInFrozenBlocks) {
  CompiledFunction step = model("hrs").step("head/1/weights", 1);
  Parameters frozen = normalizedParameters(step, "weight", 0.05), exact = inDouble(frozen);
  Examples examples = someExamples(step.batch());
  compareSteps(one, step, frozen, [&](const at::Tensor &x, const Parameters &used, const Phase &phase) {
    examples.draws.stream += 1;
    auto channels = drawChannels(examples.draws, "features", 3);
    std::vector<at::Tensor> rows;
    for (int64_t row = 0; row < x.size(0); ++row) {
      Parameters own;
      for (const auto &[name, value] : exact)
        own[name] = value[channels[size_t(row)]];
      at::Tensor y = conv(x.slice(0, row, row + 1), own, "features/0", 2);
      rows.push_back(batchNorm(y, own, "features/1", {}, 0.1, 1e-5).tanh());
    }
    at::Tensor y = dense(at::cat(rows).flatten(1), used, "head/1");
    return dense(batchNorm(y, used, "head/2", phase, 0.3, 1e-3).tanh(), used, "head/4");
  });
}

std::string nameOf(const ::testing::TestParamInfo<Norms::ParamType> &info) {
  const std::string &variant = std::get<1>(info.param);
  return std::get<0>(info.param).experiment + "_" + (variant.empty() ? "cpu" : variant);
}

INSTANTIATE_TEST_SUITE_P(Programs, Norms,
                         ::testing::Combine(::testing::ValuesIn(cases()),
                                            ::testing::ValuesIn(variantsToRun())),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(Programs, NormsWithStatistics,
                         ::testing::Combine(::testing::Values(cases().front()),
                                            ::testing::ValuesIn(variantsToRun())),
                         nameOf);

/// Uniform within the limit of torch.nn.init.xavier_uniform_, of groups of channels, too; of each place
/// alone.
void expectGlorots(const at::Tensor &value, const std::string &name) {
  at::Tensor place = value.dim() == 6 ? value.flatten(4).select(4, 0) : value;
  auto [in, out] = torch::nn::init::_calculate_fan_in_and_fan_out(place);
  double limit = std::sqrt(6.0 / double(in + out)), largest = value.abs().max().item<double>();
  EXPECT_LE(largest, 1.00001 * limit) << name;
  EXPECT_GT(largest, 0.8 * limit) << name;
}

/// What each begins as.
TEST(NormsAtFirst, AreAsPyTorchs) {
  Context context(1);
  for (const Case &one : cases()) {
    CompiledFunction init =
        CompiledModel(program("norms", variantsToRun().front()), one.experiment, "none").init();
    init.run(context.get());
    for (const auto &[name, value] : takeParameters(init, "parameter")) {
      std::map<std::string, double> starts = {{"/scale", 1},       {"/shift", 0},    {"/mean", 0},
                                              {"/variance", 1},    {"/bias", 0},     {"1/slope", 2},
                                              {"s/1/slope", 0.75}, {"/offset", 0.1}, {"/curve", 0.5}};
      std::string longest;
      for (const auto &[end, start] : starts)
        if (endsIn(name, end) && end.size() > longest.size())
          longest = end;
      if (longest.empty())
        expectGlorots(value, name);
      else
        EXPECT_TRUE(value.eq(float(starts.at(longest))).all().item<bool>())
            << name << " of " << one.experiment;
    }
  }
}

} // namespace
