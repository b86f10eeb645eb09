// Layers on weights (Inputs/weights.swy) against LibTorch on the same draws: answers, slopes at every pixel
// under one draw and several, two passes of an attack, steps of a training with every weight and what the
// layers keep; in switching blocks, where each channel's weights have draws of their own.
#include "runtime/kernels/Context.h"
#include "test/numerics/Programs.h"

#include <gtest/gtest.h>

using namespace switchyard::test;
using switchyard::rt::Context;

namespace {

constexpr uint32_t noChannel = 65535;

/// What weights are drawn with, one row for all examples of a pass (S1.9).
struct OfPass {
  Draws draws;

  OfPass(const Draws &examples, uint32_t step = 0, uint32_t channel = noChannel)
      : draws{examples.stream, {{step, (examples.rows.at(0)[1] >> 16 << 16) | channel}}, examples.pass} {}

  at::Tensor uniform(const std::string &site, const at::Tensor &like) const {
    return drawUniform(draws, site, like.sizes())[0].to(like.scalar_type());
  }
  at::Tensor normal(const std::string &site, const at::Tensor &like) const {
    return drawNormal(draws, site, like.sizes())[0].to(like.scalar_type());
  }
};

/// A number for each output.
at::Tensor each(const at::Tensor &one, const at::Tensor &weights) {
  std::vector<int64_t> shape(size_t(weights.dim()), 1);
  shape[0] = -1;
  return one.view(shape);
}

/// What stands on weights of a layer, by its path; `own` gives the layers' trained values. Null draws: left
/// out.
struct Pass {
  const Parameters &parameters;
  const OfPass *draws;
  bool training = false;
  std::string prefix = ""; // of a member of a choice

  const at::Tensor &operator()(const std::string &name) const { return parameters.at(prefix + name); }
  at::Tensor uniform(const std::string &site, const at::Tensor &like) const {
    return draws->uniform(prefix + site, like);
  }
  at::Tensor normal(const std::string &site, const at::Tensor &like) const {
    return draws->normal(prefix + site, like);
  }

  at::Tensor learnedNoise(const at::Tensor &w, const std::string &place) const {
    const std::string site = place + "+noisy.learned_noise";
    if (!draws)
      return w;
    at::Tensor size = each((*this)(site + "/size"), w);
    return w + size * w.flatten().var(0, /*unbiased=*/false).sqrt() * normal(site, w);
  }

  at::Tensor dropout(const at::Tensor &w, const std::string &place, double rate) const {
    if (!draws)
      return w;
    at::Tensor kept = uniform(place + "+noisy.dropout", w) >= float(rate);
    return w * kept / (1 - rate);
  }

  at::Tensor outputDropout(const at::Tensor &w, const std::string &place, double rate) const {
    if (!draws)
      return w;
    at::Tensor drawn = uniform(place + "+noisy.output_dropout", w).flatten(1).slice(1, 0, 1);
    at::Tensor kept = each(drawn.contiguous(), w) >= float(rate);
    return at::where(kept, w / (1 - rate), 0 * w + 0.01) + 0.05 * normal(place + "+noisy.gaussian_noise", w);
  }

  at::Tensor shifted(const at::Tensor &w, const std::string &place) const {
    const std::string site = place + "+moved.shifted";
    if (!draws)
      return w + w;
    at::Tensor number = uniform(site, at::empty({1}, w.options())) * 0.2;
    return w + (*this)(site + "/gain") * w + (*this)(site + "/own") + 0.1 / double(w.size(0)) + number;
  }

  at::Tensor bounded(const at::Tensor &w, const std::string &place) const {
    at::Tensor y = w.tanh();
    return training ? y + 0.1 * normal(place + "+bounded.gaussian_noise", w) : y;
  }
};

/// What the layers keep beside: around a start.
Parameters parametersOf(const CompiledFunction &function, const std::string &role) {
  at::manual_seed(23);
  Parameters parameters;
  for (const auto &[has, name] : function.arguments())
    if (has == role) {
      at::Tensor value = at::randn(function.argument(role, name).sizes());
      parameters[name] = endsIn(name, "/weights") ? 0.2 * value
                         : endsIn(name, "/bias")  ? 0.1 * value
                                                  : 0.1 * value + 0.3;
    }
  return parameters;
}

struct Case {
  std::string name, defense;
  bool noisy, moved, bounded, guarded = false;
};

void PrintTo(const Case &one, std::ostream *out) {
  *out << one.name;
}

const Case plain{"none", "none", false, false, false}, noisy{"noisy", "noisy", true, false, false},
    boundedOnly{"bounded", "bounded", false, false, true},
    allOfThem{"all", "noisy with moved with bounded", true, true, true};

at::Tensor features(const Case &one, const at::Tensor &images, const Pass &p) {
  at::Tensor w = p("features/0/weights"), own = p("features/2/weights");
  if (one.noisy)
    w = p.learnedNoise(w, "features/0/weights");
  if (one.moved)
    own = p.shifted(own, "features/2/weights");
  at::Tensor y = at::conv2d(images, w, p("features/0/bias"), 2).tanh();
  return at::conv2d(y, own, at::Tensor(), 2, at::IntArrayRef{0}, 1, 6).tanh().flatten(1);
}

at::Tensor head(const Case &one, const at::Tensor &x, const Pass &p) {
  at::Tensor first = p("head/1/weights"), second = p("head/3/weights");
  if (one.noisy) {
    first = p.dropout(first, "head/1/weights", 0.3);
    second = p.outputDropout(second, "head/3/weights", 0.15);
  }
  if (one.bounded) {
    first = p.bounded(first, "head/1/weights");
    second = p.bounded(second, "head/3/weights");
  }
  if (one.guarded) {
    first = first + 0.1 * p.normal("head/1/weights+guarded.gaussian_noise", first);
    second = second + 0.1 * p.normal("head/3/weights+guarded.gaussian_noise", second);
  }
  return at::linear(at::linear(x, first, p("head/1/bias")).tanh(), second);
}

at::Tensor answer(const Case &one, const at::Tensor &images, const Pass &p) {
  return head(one, features(one, images, p), p);
}

/// A draw's, of the estimator's or the judge's.
Draws drawNumber(Draws draws, uint32_t number) {
  for (auto &row : draws.rows)
    row[1] += number << 16;
  return draws;
}

class Weights : public ::testing::TestWithParam<std::tuple<Case, std::string>> {
protected:
  const Case &one = std::get<0>(GetParam());
  CompiledModel model{program("weights", std::get<1>(GetParam())), "plain", one.defense};
  Examples examples = someExamples(24);
  at::Tensor images = examples.images.to(at::kDouble);

  using Answer = std::function<at::Tensor(const at::Tensor &, const Parameters &, const Draws &)>;

  at::Tensor drawn(const at::Tensor &x, const Parameters &parameters, const Draws &draws) const {
    OfPass shared(draws);
    return answer(one, x, {parameters, &shared});
  }

  at::Tensor mean(const at::Tensor &x, const Parameters &parameters, uint32_t draws, uint32_t pass) const {
    at::Tensor sum = at::zeros({x.size(0), 10}, x.options());
    for (uint32_t draw = 0; draw < draws; ++draw)
      sum = sum + drawn(x, parameters, drawNumber(examples.draws.at(pass), draw));
    return sum / double(draws);
  }

  /// Where the attack goes in `steps` steps, each under draws of the pass `passOf` gives.
  void expectSteps(const std::string &attack, const std::string &gradients, int steps,
                   const Answer &made) const {
    CompiledFunction function = model.attack(attack, gradients);
    Parameters parameters = parametersOf(function, "weight"), exact = inDouble(parameters);
    giveParameters(function, "weight", parameters);
    at::Tensor x = images;
    for (int step = 0; step < steps; ++step) {
      at::Tensor leaf = x.clone().requires_grad_();
      at::Tensor slope =
          torch::autograd::grad({made(leaf, exact, examples.draws.at(uint32_t(step))).sum()}, {leaf})[0];
      x = attack == "slope" ? slope : x - 0.5 * slope;
    }
    expectEveryElement(runInBatches(function, examples, "adversarial"), x, attack + " " + gradients, 2e-5);
  }
};

TEST_P(Weights, AnswersAreOfTheWeightsDrawn) {
  CompiledFunction predict = model.predict();
  Parameters parameters = parametersOf(predict, "weight"), exact = inDouble(parameters);
  giveParameters(predict, "weight", parameters);
  for (uint32_t draw = 0; draw < 3; ++draw) {
    Examples asked = examples;
    asked.draws = drawNumber(examples.draws, draw);
    expectEveryElement(runInBatches(predict, asked, "logits"), drawn(images, exact, asked.draws),
                       "draw " + std::to_string(draw), 1e-5);
  }
}

TEST_P(Weights, SlopesAreAutograds) {
  expectSteps("slope", "one_draw", 1, [&](const at::Tensor &x, const Parameters &p, const Draws &draws) {
    return drawn(x, p, draws);
  });
}

TEST_P(Weights, SlopesUnderEotAreMeansOverDraws) {
  expectSteps("slope", "eot(3)", 1, [&](const at::Tensor &x, const Parameters &p, const Draws &draws) {
    return mean(x, p, one.noisy ? 3 : 1, draws.pass);
  });
}

TEST_P(Weights, EachPassHasDrawsOfItsOwn) {
  expectSteps("walk", "one_draw", 2, [&](const at::Tensor &x, const Parameters &p, const Draws &draws) {
    return drawn(x, p, draws);
  });
  expectSteps("walk", "eot(3)", 2, [&](const at::Tensor &x, const Parameters &p, const Draws &draws) {
    return mean(x, p, one.noisy ? 3 : 1, draws.pass);
  });
  expectSteps("walk", "frozen_draw", 2, [&](const at::Tensor &x, const Parameters &p, const Draws &) {
    return drawn(x, p, examples.draws);
  });
}

TEST_P(Weights, LayersThatDrawAreLeftOutWhereRandomnessIsOff) {
  expectSteps("slope", "randomness_off", 1, [&](const at::Tensor &x, const Parameters &p, const Draws &) {
    return answer(one, x, {p, nullptr});
  });
}

/// Restarts take turns on a device as well: weights are drawn anew for each.
TEST_P(Weights, RestartsDrawAnew) {
  CompiledFunction function = model.attack("tries", "one_draw");
  Parameters parameters = parametersOf(function, "weight"), exact = inDouble(parameters);
  giveParameters(function, "weight", parameters);
  at::Tensor best = images, least = at::full({images.size(0)}, 1e30, at::kDouble);
  for (uint32_t restart = 0; restart < 2; ++restart) {
    at::Tensor leaf = images.clone().requires_grad_();
    at::Tensor slope =
        torch::autograd::grad({drawn(leaf, exact, examples.draws.at(restart)).sum()}, {leaf})[0];
    at::Tensor x = images - 0.5 * slope;
    at::Tensor value = losses(Objective::Margin, /*away=*/true,
                              drawn(x, exact, examples.draws.at(1u << 24 | restart)), examples.goals);
    at::Tensor better = value < least;
    best = at::where(better.view({-1, 1, 1, 1}), x, best);
    least = at::where(better, value, least);
  }
  expectEveryElement(runInBatches(function, examples, "adversarial"), best, "tries", 2e-5);
}

/// Of one epoch: each step draws its weights anew.
TEST_P(Weights, ThreeStepsAreTheOracles) {
  CompiledFunction step = model.step();
  Parameters parameters = parametersOf(step, "parameter"), before, velocities;
  giveParameters(step, "parameter", parameters);
  for (const auto &[name, value] : parameters)
    before[name] = value.clone();
  zeroStates(step);
  Parameters trained = inDouble(parameters);
  Context context(1);
  Examples batch = someExamples(step.batch());
  for (int iteration = 0; iteration < 3; ++iteration) {
    const int64_t valid = iteration == 2 ? 7 : 17;
    at::Tensor weights = at::cat({at::full({valid}, 1.0 / double(valid)), at::zeros({step.batch() - valid})});
    runStep(step, batch, weights, iteration, context.get());
    Examples real = batch.part(0, valid);
    OfPass shared(real.draws, uint32_t(iteration));
    batch.draws.stream -= 1;
    LogitsOf logits = [&](const at::Tensor &x, const Parameters &used) {
      return answer(one, x, {used, &shared, /*training=*/true});
    };
    at::Tensor losses = trainStep(logits, trained, velocities, {0.05, 0.9, 0, false}, iteration,
                                  real.images.to(at::kDouble), real.labels, weights.slice(0, 0, valid));
    expectEveryElement(step.argument("loss").slice(0, 0, valid), losses, "losses");
    for (const auto &[name, value] : trained)
      expectEveryElement(step.argument("parameter", name), value, name, 1e-3, before.at(name));
  }
}

INSTANTIATE_TEST_SUITE_P(Programs, Weights,
                         ::testing::Combine(::testing::Values(plain, noisy, boundedOnly, allOfThem),
                                            ::testing::ValuesIn(variantsToRun())),
                         [](const auto &info) {
                           const std::string &variant = std::get<1>(info.param);
                           return std::get<0>(info.param).name + "_" + (variant.empty() ? "cpu" : variant);
                         });

/// hrs([2, 3]): stacks of channels, each drawn by itself, of which each example takes its own.
class SwitchedWeights : public ::testing::TestWithParam<std::string> {
protected:
  const Case one{"switched", "", true, true, false};
  CompiledModel model{program("weights", GetParam()), "switching", "hrs with noisy with moved"};
  Examples examples = someExamples(24);
  at::Tensor images = examples.images.to(at::kDouble);

  static Parameters ofChannel(const Parameters &stacks, const std::string &block, int64_t channel) {
    Parameters own;
    for (const auto &[name, value] : stacks)
      if (name.rfind(block, 0) == 0)
        own[name] = value[channel];
    return own;
  }

  at::Tensor featuresOf(const at::Tensor &x, const Parameters &stacks, const Draws &draws, int64_t channel,
                        uint32_t step = 0) const {
    OfPass shared(draws, step, uint32_t(channel));
    return features(one, x, {ofChannel(stacks, "features", channel), &shared});
  }

  at::Tensor headOf(const at::Tensor &x, const Parameters &stacks, const Draws &draws,
                    int64_t channel) const {
    OfPass shared(draws, 0, uint32_t(channel));
    return head(one, x, {ofChannel(stacks, "head", channel), &shared});
  }

  at::Tensor drawn(const at::Tensor &x, const Parameters &stacks, const Draws &draws) const {
    std::vector<int64_t> below = drawChannels(draws, "features", 2), above = drawChannels(draws, "head", 3);
    std::vector<at::Tensor> rows;
    for (int64_t row = 0; row < x.size(0); ++row)
      rows.push_back(headOf(featuresOf(x.slice(0, row, row + 1), stacks, draws, below[size_t(row)]), stacks,
                            draws, above[size_t(row)]));
    return at::cat(rows);
  }

  template <typename F> void expectSlope(const std::string &gradients, F made) const {
    CompiledFunction attack = model.attack("slope", gradients);
    Parameters stacks = parametersOf(attack, "weight"), exact = inDouble(stacks);
    giveParameters(attack, "weight", stacks);
    at::Tensor leaf = images.clone().requires_grad_();
    at::Tensor slope = torch::autograd::grad({made(leaf, exact).sum()}, {leaf})[0];
    expectEveryElement(runInBatches(attack, examples, "adversarial"), slope, gradients, 2e-5);
  }
};

TEST_P(SwitchedWeights, AnswersAreOfEachRowsChannels) {
  CompiledFunction predict = model.predict();
  Parameters stacks = parametersOf(predict, "weight");
  ASSERT_EQ(stacks.at("features/0/weights+noisy.learned_noise/size").size(0), 2);
  giveParameters(predict, "weight", stacks);
  for (uint32_t draw = 0; draw < 2; ++draw) {
    Examples asked = examples;
    asked.draws = drawNumber(examples.draws, draw);
    expectEveryElement(runInBatches(predict, asked, "logits"), drawn(images, inDouble(stacks), asked.draws),
                       "logits", 1e-5);
  }
}

TEST_P(SwitchedWeights, SlopesAreAutograds) {
  expectSlope("one_draw", [&](const at::Tensor &x, const Parameters &stacks) {
    return drawn(x, stacks, examples.draws);
  });
  expectSlope("eot(3)", [&](const at::Tensor &x, const Parameters &stacks) {
    at::Tensor sum = at::zeros({x.size(0), 10}, x.options());
    for (uint32_t draw = 0; draw < 3; ++draw)
      sum = sum + drawn(x, stacks, drawNumber(examples.draws, draw)) / 3;
    return sum;
  });
}

TEST_P(SwitchedWeights, AllPathsHaveTheirChannelsDraws) {
  expectSlope("all_paths(draws = 2)", [&](const at::Tensor &x, const Parameters &stacks) {
    at::Tensor sum = at::zeros({x.size(0), 10}, x.options());
    for (uint32_t draw = 0; draw < 2; ++draw)
      for (int64_t below = 0; below < 2; ++below)
        for (int64_t above = 0; above < 3; ++above) {
          Draws draws = drawNumber(examples.draws, draw);
          sum = sum + headOf(featuresOf(x, stacks, draws, below), stacks, draws, above) / 12;
        }
    return sum;
  });
}

/// Frozen blocks switch, each channel's weights drawn for the step; the channel that is trained has no
/// number.
TEST_P(SwitchedWeights, StepsAboveFrozenBlocksAreTheOracles) {
  CompiledFunction step = model.step("head/1/weights", 1);
  Parameters frozen = parametersOf(step, "weight"), parameters = parametersOf(step, "parameter"), before,
             velocities;
  giveParameters(step, "weight", frozen);
  giveParameters(step, "parameter", parameters);
  for (const auto &[name, value] : parameters)
    before[name] = value.clone();
  zeroStates(step);
  Parameters trained = inDouble(parameters), below = inDouble(frozen);
  Context context(1);
  Examples batch = someExamples(step.batch());
  at::Tensor weights = at::full({step.batch()}, 1.0 / double(step.batch()));
  for (int iteration = 0; iteration < 2; ++iteration) {
    runStep(step, batch, weights, iteration, context.get());
    Draws draws = batch.draws;
    batch.draws.stream -= 1;
    std::vector<int64_t> channels = drawChannels(draws, "features", 2);
    OfPass shared(draws, uint32_t(iteration));
    LogitsOf logits = [&](const at::Tensor &x, const Parameters &used) {
      std::vector<at::Tensor> rows;
      for (int64_t row = 0; row < x.size(0); ++row)
        rows.push_back(
            featuresOf(x.slice(0, row, row + 1), below, draws, channels[size_t(row)], uint32_t(iteration)));
      return head(one, at::cat(rows), {used, &shared, /*training=*/true});
    };
    trainStep(logits, trained, velocities, {0.05, 0.9, 0, false}, iteration, batch.images.to(at::kDouble),
              batch.labels, weights);
    for (const auto &[name, value] : trained)
      expectEveryElement(step.argument("parameter", name), value, name, 1e-3, before.at(name));
  }
}

/// Judged exactly: by the channel of each path, without draws.
TEST_P(SwitchedWeights, StagesHaveTheChannelsWeights) {
  CompiledModel exact(program("weights", GetParam()), "switching", "hrs with bounded");
  std::vector<CompiledFunction> stages = exact.stages();
  ASSERT_EQ(stages.size(), 2u);
  Examples some = someExamples(stages[0].batch());
  Parameters stacks;
  for (CompiledFunction &stage : stages) {
    Parameters own = parametersOf(stage, "weight");
    giveParameters(stage, "weight", own);
    stacks.insert(own.begin(), own.end());
  }
  stacks = inDouble(stacks);
  giveExamples(stages[0], some);
  Context context(1);
  for (int64_t path = 0; path < 6; ++path) {
    stages[0].set("channel", "", double(path / 3));
    stages[0].run(context.get());
    stages[1].set("channel", "", double(path % 3));
    stages[1].set("activation", "", stages[0].argument("next_activation"));
    stages[1].run(context.get());
    at::Tensor below = features(boundedOnly, some.images.to(at::kDouble),
                                {ofChannel(stacks, "features", path / 3), nullptr}),
               logits = head(boundedOnly, below, {ofChannel(stacks, "head", path % 3), nullptr});
    expectEveryElement(stages[1].argument("logits"), logits, "path " + std::to_string(path), 1e-5);
  }
}

INSTANTIATE_TEST_SUITE_P(Programs, SwitchedWeights, ::testing::ValuesIn(variantsToRun()),
                         [](const auto &info) { return info.param.empty() ? "cpu" : info.param; });

/// Adversarial training: the attack's pass and the step's answer have weights of their own, both of the step.
TEST(WeightsUnderAttack, StepsAreTheOracles) {
  const Case guarded{"guarded", "guarded", false, false, false, true};
  for (const std::string &variant : variantsToRun()) {
    SCOPED_TRACE(variant);
    CompiledFunction step = CompiledModel(program("weights", variant), "adversarial", "guarded").step();
    Parameters parameters = parametersOf(step, "parameter"), before, velocities;
    giveParameters(step, "parameter", parameters);
    for (const auto &[name, value] : parameters)
      before[name] = value.clone();
    zeroStates(step);
    Parameters trained = inDouble(parameters);
    Context context(1);
    Examples batch = someExamples(step.batch());
    at::Tensor weights = at::full({step.batch()}, 1.0 / double(step.batch()));
    for (uint32_t iteration = 0; iteration < 2; ++iteration) {
      runStep(step, batch, weights, int(iteration), context.get());
      OfPass attacks(batch.draws, iteration), answers(batch.draws.at(255u << 24), iteration);
      at::Tensor leaf = batch.images.to(at::kDouble).requires_grad_();
      at::Tensor descended = losses(Objective::CrossEntropy, /*away=*/true,
                                    answer(guarded, leaf, {trained, &attacks}), batch.labels);
      at::Tensor attacked = (leaf - 0.5 * torch::autograd::grad({descended.sum()}, {leaf})[0]).detach();
      LogitsOf logits = [&](const at::Tensor &x, const Parameters &used) {
        return answer(guarded, x, {used, &answers});
      };
      trainStep(logits, trained, velocities, {0.05, 0.9, 0, false}, iteration, attacked, batch.labels,
                weights);
      for (const auto &[name, value] : trained)
        expectEveryElement(step.argument("parameter", name), value, name, 1e-3, before.at(name));
    }
  }
}

/// A choice of defenses: the member with noise on its weights draws at sites of its own.
TEST(ChosenWeights, AnswersAreOfTheMembersDrawn) {
  for (const std::string &variant : variantsToRun()) {
    SCOPED_TRACE(variant);
    CompiledFunction predict = CompiledModel(program("weights", variant), "chosen", "mixture").predict();
    Examples examples = someExamples(24);
    Parameters parameters = parametersOf(predict, "weight"), exact = inDouble(parameters);
    giveParameters(predict, "weight", parameters);
    at::Tensor images = examples.images.to(at::kDouble);
    OfPass shared(examples.draws);
    at::Tensor first = answer(plain, images, {exact, &shared, false, "mixture/0/"}),
               second = answer(noisy, images, {exact, &shared, false, "mixture/1/"});
    std::vector<int64_t> members = drawMembers(examples.draws, "mixture/member", 2, {0.4, 0.6});
    at::Tensor isFirst = at::tensor(members).eq(0).unsqueeze(1);
    expectEveryElement(runInBatches(predict, examples, "logits"), at::where(isFirst, first, second), "logits",
                       1e-5);
  }
}

} // namespace
