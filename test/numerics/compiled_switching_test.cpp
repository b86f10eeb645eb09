// Compiled switching blocks against the oracle on the same draws, example by example: logits, stages,
// gradients under every estimator, train steps on frozen blocks.
#include "runtime/kernels/Context.h"
#include "runtime/kernels/Philox.h"
#include "test/numerics/Kinks.h"
#include "test/numerics/Programs.h"

#include <gtest/gtest.h>

#include <set>

using namespace switchyard::test;
using switchyard::rt::Context;

namespace {

using Path = std::vector<int64_t>;
using Paths = SwitchingNetwork::Paths;

constexpr int64_t count = 40; // no multiple of a batch

std::string defenseOf(const std::string &experiment) {
  return experiment == "noisy" ? "noisy_switching" : experiment == "composed" ? "hrs with gaussian" : "hrs";
}

class Switching : public ::testing::TestWithParam<const char *> {
protected:
  const std::string experiment = GetParam();
  CompiledModel model{program("switching"), experiment, defenseOf(experiment)};
  SwitchingNetwork network = switchingNetwork(experiment, /*training=*/false);
  CompiledFunction predict = model.predict();
  Parameters parameters = someParameters(predict, "weight");
  Parameters twice = inDouble(parameters);
  Examples examples = someExamples(count);

  at::Tensor exactLogits(const Paths &paths) const {
    return network.logits(examples.images.to(at::kDouble), twice, &examples.draws, paths);
  }
};

TEST_P(Switching, LogitsAreOfTheChannelsDrawn) {
  giveParameters(predict, "weight", parameters);
  Paths drawn = network.drawn(examples.draws);
  EXPECT_GT(std::set<Path>(drawn.begin(), drawn.end()).size(), 3u) << "several paths are drawn";
  at::Tensor found = runInBatches(predict, examples, "logits"), exact = exactLogits(drawn);
  expectEveryElement(found, exact, "logits", 1e-5);
}

TEST_P(Switching, DrawsAreTheSameInEveryBatch) {
  at::Tensor exact = exactLogits(network.drawn(examples.draws));
  for (const char *variant : {"batch-1", "batch-7", "batch-64"}) {
    CompiledFunction other =
        CompiledModel(program("switching", variant), experiment, defenseOf(experiment)).predict();
    giveParameters(other, "weight", parameters);
    at::Tensor found = runInBatches(other, examples, "logits");
    EXPECT_LE((found - exact).abs().max().item<double>(), 1e-5 * exact.abs().max().item<double>()) << variant;
  }
}

INSTANTIATE_TEST_SUITE_P(Programs, Switching, ::testing::Values("two", "three", "noisy", "composed"));

//===----------------------------------------------------------------------===//
// Stages
//===----------------------------------------------------------------------===//

class SwitchingStages : public Switching {};

TEST_P(SwitchingStages, GoThroughEveryPath) {
  std::vector<CompiledFunction> stages = model.stages();
  ASSERT_EQ(stages.size(), network.blocks.size());
  examples = someExamples(stages[0].batch());
  Context context;
  for (const Path &path : network.allPaths()) {
    for (size_t i = 0; i < stages.size(); ++i) {
      giveParameters(stages[i], "weight", parameters);
      stages[i].set("channel", "", double(path[i]));
      if (i == 0)
        giveExamples(stages[i], examples);
      else
        stages[i].set("activation", "", stages[i - 1].argument("next_activation"));
      stages[i].run(context.get());
    }
    at::Tensor exact = exactLogits(Paths(size_t(examples.count()), path));
    at::Tensor found = stages.back().argument("logits");
    EXPECT_LE((found - exact).abs().max().item<double>(), 1e-5 * exact.abs().max().item<double>())
        << ::testing::PrintToString(path);
  }
}

INSTANTIATE_TEST_SUITE_P(Programs, SwitchingStages, ::testing::Values("two", "shared", "three"));

//===----------------------------------------------------------------------===//
// Estimators
//===----------------------------------------------------------------------===//

struct Estimated {
  const char *experiment, *gradients;
};

void PrintTo(const Estimated &one, std::ostream *out) {
  *out << one.experiment << ", " << one.gradients;
}

/// One member of a sample set: how each example goes through the network.
struct Member {
  Paths paths;
  Draws draws;
};

class SwitchingGradients : public ::testing::TestWithParam<Estimated> {
protected:
  const std::string experiment = GetParam().experiment, gradients = GetParam().gradients;
  CompiledModel model{program("switching"), experiment, defenseOf(experiment)};
  SwitchingNetwork network = switchingNetwork(gradients == "randomness_off" ? "two" : experiment, false);
  Parameters parameters = someParameters(model.predict(), "weight"), twice = inDouble(parameters);
  Examples examples = someExamples(count);

  void SetUp() override {
    if (experiment == "three")
      network = switchingNetwork("three", false);
  }

  /// The estimator's sample set for one forward pass (S4.1).
  std::vector<Member> members(uint32_t pass) const {
    const Draws here = examples.draws.at(gradients == "frozen_draw" ? 0 : pass);
    std::vector<Member> set;
    if (gradients == "randomness_off")
      return {{Paths(size_t(count), Path(network.blocks.size(), 0)), here}};
    const bool paths = gradients.rfind("all_paths", 0) == 0;
    const uint32_t draws = gradients == "eot(4)" ? 4 : gradients == "all_paths(draws = 2)" ? 2 : 1;
    for (uint32_t draw = 0; draw < draws; ++draw) {
      Draws drawn = here;
      for (auto &row : drawn.rows)
        row[1] += draw << 16;
      if (!paths)
        set.push_back({network.drawn(drawn), drawn});
      else
        for (const Path &path : network.allPaths())
          set.push_back({Paths(size_t(count), path), drawn});
    }
    return set;
  }

  /// The mean over the sample set of the gradient of cross-entropy toward the goals.
  at::Tensor gradient(const at::Tensor &x, uint32_t pass) const {
    at::Tensor sum = at::zeros_like(x);
    std::vector<Member> set = members(pass);
    for (const Member &member : set) {
      at::Tensor leaf = x.detach().requires_grad_();
      at::Tensor z = network.logits(leaf, twice, &member.draws, member.paths);
      at::Tensor each = losses(Objective::CrossEntropy, false, z, examples.goals);
      sum += torch::autograd::grad({each}, {leaf}, {at::ones_like(each)})[0];
    }
    return sum / double(set.size());
  }

  at::Tensor compiled(const std::string &attack) const {
    CompiledFunction function = model.attack(attack, gradients);
    giveParameters(function, "weight", parameters);
    return runInBatches(function, examples, "adversarial");
  }

  static void expectNear(const at::Tensor &found, const at::Tensor &exact) {
    EXPECT_LE(medianRelativeError(found, exact), 1e-5);
    expectEqualButAtKinks(found, exact);
    RecordProperty("median_relative_error_e9", int(medianRelativeError(found, exact) * 1e9));
  }
};

TEST_P(SwitchingGradients, AreTheMeanOverTheSampleSet) {
  expectNear(compiled("gradient_of"), gradient(examples.images.to(at::kDouble), 0));
}

INSTANTIATE_TEST_SUITE_P(
    Programs, SwitchingGradients,
    ::testing::Values(Estimated{"two", "one_draw"}, Estimated{"two", "frozen_draw"},
                      Estimated{"two", "eot(4)"}, Estimated{"two", "all_paths"},
                      Estimated{"two", "randomness_off"}, Estimated{"three", "one_draw"},
                      Estimated{"three", "eot(4)"}, Estimated{"three", "all_paths"},
                      Estimated{"three", "randomness_off"}, Estimated{"noisy", "one_draw"},
                      Estimated{"noisy", "all_paths(draws = 2)"}, Estimated{"noisy", "randomness_off"},
                      Estimated{"composed", "one_draw"}, Estimated{"composed", "all_paths(draws = 2)"},
                      Estimated{"composed", "randomness_off"}));

class SwitchingAttacks : public SwitchingGradients {};

/// Each step is a pass with draws of its own, but under a frozen draw.
TEST_P(SwitchingAttacks, DrawInEachPass) {
  at::Tensor x = examples.images.to(at::kDouble), total = at::zeros_like(x);
  for (uint32_t i = 0; i < 2; ++i) {
    at::Tensor g = gradient(x, switchyard::rt::passWord(0, i));
    x = x - 0.1 * g;
    total += g;
  }
  expectNear(compiled("gradient_twice"), total);
}

TEST_P(SwitchingAttacks, StepBySignsOfTheMean) {
  at::Tensor clean = examples.images.to(at::kDouble);
  at::Tensor x = at::clamp(clean - 0.1 * gradient(clean, 0).sign(), 0, 1);
  EXPECT_GE(equalImages(compiled("fgsm(eps = 0.1)"), x), 0.95);
}

TEST_P(SwitchingAttacks, ChanceIsTheShareOfTheSampleSet) {
  at::Tensor share = at::zeros({count}, at::kDouble);
  std::vector<Member> set = members(0);
  for (const Member &member : set) {
    at::Tensor z = network.logits(examples.images.to(at::kDouble), twice, &member.draws, member.paths);
    share += (losses(Objective::Margin, false, z, examples.goals) < 0).to(at::kDouble) / double(set.size());
  }
  EXPECT_GT(share.max().item<double>(), 0);
  at::Tensor found = compiled("gradient_chance").flatten(1);
  EXPECT_LE((found - share.unsqueeze(1)).abs().max().item<double>(), 1e-6);
}

INSTANTIATE_TEST_SUITE_P(Programs, SwitchingAttacks,
                         ::testing::Values(Estimated{"two", "one_draw"}, Estimated{"two", "frozen_draw"},
                                           Estimated{"two", "eot(4)"}, Estimated{"two", "all_paths"},
                                           Estimated{"two", "randomness_off"}));

//===----------------------------------------------------------------------===//
// Training on frozen blocks
//===----------------------------------------------------------------------===//

struct Trained {
  const char *experiment, *parameter; // of the block that is trained
  size_t block;
};

void PrintTo(const Trained &one, std::ostream *out) {
  *out << one.experiment << ", " << one.parameter;
}

class SwitchingTraining : public ::testing::TestWithParam<Trained> {
protected:
  CompiledModel model{program("switching"), GetParam().experiment, defenseOf(GetParam().experiment)};
  SwitchingNetwork network = switchingNetwork(GetParam().experiment, /*training=*/true);

  /// Each example's channels below the trained block, or those of the whole batch.
  Paths pathsOf(const Draws &draws, int iteration) const {
    Draws drawing = draws;
    if (GetParam().experiment == std::string("shared")) {
      drawing.rows.assign(draws.rows.size(), {0, switchyard::rt::noTarget});
      drawing.pass = uint32_t(iteration);
    }
    Paths paths = network.drawn(drawing);
    for (Path &path : paths)
      std::fill(path.begin() + long(GetParam().block), path.end(), -1);
    return paths;
  }
};

TEST_P(SwitchingTraining, ThreeStepsAreTheOracles) {
  CompiledFunction step = model.step(GetParam().parameter, 0);
  Context context;
  Parameters frozen = someParameters(step, "weight"), parameters = someParameters(step, "parameter"),
             velocities;
  giveParameters(step, "weight", frozen);
  giveParameters(step, "parameter", parameters);
  const Parameters before = inDouble(parameters);
  EXPECT_EQ(frozen.empty(), GetParam().block == 0);
  frozen = inDouble(frozen);
  parameters = inDouble(parameters);
  Examples examples = someExamples(step.batch());
  at::Tensor weights = at::cat({at::full({19}, 1.0 / 19), at::zeros({step.batch() - 19})});
  for (int iteration = 0; iteration < 3; ++iteration) {
    runStep(step, examples, weights, iteration, context.get());
    Paths paths = pathsOf(examples.draws, iteration);
    auto logits = [&](const at::Tensor &x, const Parameters &trained) {
      Parameters all = frozen;
      all.insert(trained.begin(), trained.end());
      return network.logits(x, all, &examples.draws, paths);
    };
    at::Tensor losses = trainStep(logits, parameters, velocities, {0.05, 0.9, 0.1, true}, iteration,
                                  examples.images.to(at::kDouble), examples.labels, weights);
    expectEveryElement(step.argument("loss"), losses, "losses");
    for (const auto &[name, value] : parameters)
      expectEveryElement(step.argument("parameter", name), value, name, 1e-3, before.at(name));
    for (const auto &[name, value] : velocities)
      expectEveryElement(step.argument("state", momentumOf(name)), value, "momentum of " + name, 1e-3);
  }
}

TEST_P(SwitchingTraining, LeavesWhatIsFrozen) {
  CompiledFunction step = model.step(GetParam().parameter, 0);
  for (const auto &[role, name] : step.arguments())
    if (role == "weight") {
      EXPECT_FALSE(step.has("parameter", name) || step.has("state", momentumOf(name))) << name;
    }
}

INSTANTIATE_TEST_SUITE_P(Programs, SwitchingTraining,
                         ::testing::Values(Trained{"two", "features/0/weights", 0},
                                           Trained{"two", "classifier/0/weights", 1},
                                           Trained{"shared", "classifier/0/weights", 1},
                                           Trained{"three", "features/7/weights", 1},
                                           Trained{"three", "classifier/0/weights", 2},
                                           Trained{"noisy", "classifier/2/weights", 1},
                                           Trained{"composed", "features/3/weights", 0},
                                           Trained{"composed", "classifier/2/weights", 1}));

} // namespace
