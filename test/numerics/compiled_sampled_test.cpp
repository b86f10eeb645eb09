// Attacks inside trainings that estimate their gradients as Inputs/sampled.swy says, against LibTorch on the
// same draws: losses of each example and every weight, over steps; and answers on images that are held out.
#include "runtime/kernels/Context.h"
#include "runtime/kernels/Philox.h"
#include "test/numerics/Programs.h"

#include <gtest/gtest.h>

using namespace switchyard::test;
using switchyard::rt::Context;

namespace {

enum class By { OneDraw, Eot, RandomnessOff, FrozenDraw, AllPaths };

struct Estimator {
  By by = By::OneDraw;
  int64_t draws = 1;
};

/// One member of a sample set; what is not said is drawn.
struct Sample {
  Draws draws;
  double weight = 1;
  bool isOff = false;
  int64_t channel = -1, member = -1;
};

const std::vector<double> chances = {0.25, 0.75};

/// One step as the oracle takes it.
struct Step {
  at::Tensor x, labels; ///< of the examples that count
  Draws draws;
  Parameters used, before; ///< leaves of the step's gradient, and the same values
  bool frozenFeatures;     ///< stacks of channels
  bool perBatch;           ///< of which one is drawn for all, its pass being the iteration
  uint32_t iteration;
  bool isAttacked;
  mutable int answers = 0;

  std::vector<int64_t> channels(const Sample &how, int64_t rows) const {
    if (how.isOff || how.channel >= 0)
      return std::vector<int64_t>(size_t(rows), std::max<int64_t>(0, how.channel));
    if (!perBatch)
      return drawChannels(how.draws, "features", 3);
    uint32_t draw = how.draws.rows[0][1] & 0xffff0000;
    return std::vector<int64_t>(
        size_t(rows), drawChannels({how.draws.stream, {{0, 65535 | draw}}, iteration}, "features", 3)[0]);
  }

  at::Tensor features(const at::Tensor &images, const Parameters &p, const Sample &how) const {
    if (!frozenFeatures)
      return at::conv2d(images, p.at("features/0/weights"), p.at("features/0/bias"), 2);
    std::vector<int64_t> own = channels(how, images.size(0));
    std::vector<at::Tensor> rows;
    for (int64_t row = 0; row < images.size(0); ++row)
      rows.push_back(at::conv2d(images.slice(0, row, row + 1),
                                before.at("features/0/weights")[own[size_t(row)]],
                                before.at("features/0/bias")[own[size_t(row)]], 2));
    return at::cat(rows);
  }

  at::Tensor answer(const at::Tensor &images, const Parameters &p, const Sample &how) const {
    at::Tensor y = features(images, p, how).tanh();
    if (!how.isOff)
      y = y + 0.2 * drawNormal(how.draws, "features/2", y.sizes().slice(1)).to(at::kDouble);
    y = at::linear(y.flatten(1), p.at("head/1/weights"), p.at("head/1/bias"));
    std::vector<int64_t> members =
        how.isOff || how.member >= 0
            ? std::vector<int64_t>(size_t(y.size(0)), std::max<int64_t>(0, how.member))
            : drawMembers(how.draws, "head/choose/member", 2, chances);
    y = at::where(at::tensor(members).view({-1, 1}) == 0, y.tanh(), y);
    return at::linear(y, p.at("head/3/weights"), p.at("head/3/bias"));
  }

  /// `model` of a loss.
  at::Tensor model(const at::Tensor &images) const {
    uint32_t number = uint32_t(answers++);
    return answer(images, used, {draws.at((isAttacked ? 255 - number : number) << 24)});
  }

  /// What a pass of an attack ranges over.
  std::vector<Sample> samples(const Estimator &how, uint32_t site, uint32_t turn) const {
    Draws own = draws.at(how.by == By::FrozenDraw ? 0 : switchyard::rt::passWord(site, turn));
    std::vector<Sample> all;
    for (int64_t draw = 0; draw < how.draws; ++draw) {
      Sample one{own, 1 / double(how.draws), how.by == By::RandomnessOff};
      for (auto &row : one.draws.rows)
        row[1] += uint32_t(draw) << 16;
      if (how.by != By::AllPaths)
        all.push_back(one);
      for (int64_t way = 0; how.by == By::AllPaths && way < (frozenFeatures ? 6 : 2); ++way) {
        Sample path = one;
        path.member = way % 2;
        path.channel = frozenFeatures ? way / 2 : -1;
        path.weight *= chances[size_t(path.member)] / (frozenFeatures ? 3 : 1);
        all.push_back(path);
      }
    }
    return all;
  }

  template <typename F> at::Tensor mean(const std::vector<Sample> &samples, const at::Tensor &x, F of) const {
    at::Tensor sum;
    for (const Sample &one : samples) {
      at::Tensor term = one.weight * of(answer(x, before, one));
      sum = sum.defined() ? sum + term : term;
    }
    return sum;
  }

  template <typename F>
  at::Tensor slope(const std::vector<Sample> &samples, const at::Tensor &x, F of) const {
    at::Tensor leaf = x.detach().clone().requires_grad_();
    return torch::autograd::grad({mean(samples, leaf, of).sum()}, {leaf})[0];
  }
};

at::Tensor divergence(const at::Tensor &p, const at::Tensor &q) {
  return at::sum(at::softmax(p, 1) * (at::log_softmax(p, 1) - at::log_softmax(q, 1)), 1);
}

at::Tensor crossEntropy(const at::Tensor &z, const Step &step) {
  return losses(Objective::CrossEntropy, false, z, step.labels);
}

at::Tensor uphill(const Step &step, const at::Tensor &x, double rate, const Estimator &how,
                  uint32_t site = 0) {
  return x.detach() - rate * step.slope(step.samples(how, site, 0), x, [&](const at::Tensor &z) {
    return losses(Objective::CrossEntropy, true, z, step.labels);
  });
}

at::Tensor apart(const Step &step, const at::Tensor &x, double rate, const Estimator &how,
                 uint32_t site = 0) {
  at::Tensor clean = step.mean(step.samples(how, site, 0), x.detach(), [](const at::Tensor &z) { return z; });
  clean = clean.detach();
  at::Tensor noise = drawNormal(step.draws.at(0), "attack/draw#0", x.sizes().slice(1));
  at::Tensor far = x.detach() + 0.05 * noise.to(at::kDouble);
  for (uint32_t turn = 0; turn < 2; ++turn) {
    at::Tensor g = step.slope(step.samples(how, site + 1, turn), far,
                              [&](const at::Tensor &z) { return divergence(clean, z); });
    at::Tensor chance = step.mean(step.samples(how, site + 2, turn), far, [&](const at::Tensor &z) {
      return (losses(Objective::Margin, true, z, step.labels) <= 0).to(at::kDouble);
    });
    far = far + at::where(chance > 0.3, 0.5, 1.0).to(at::kDouble).view({-1, 1, 1, 1}) * rate * g.detach();
  }
  return far;
}

using Loss = std::function<at::Tensor(const Step &)>;

Loss against(const Estimator &how) {
  return [how](const Step &step) { return crossEntropy(step.model(apart(step, step.x, 2, how)), step); };
}

at::Tensor several(const Step &step) {
  at::Tensor clean = step.model(step.x), first = step.model(uphill(step, step.x, 0.8, {By::Eot, 3}, 0));
  at::Tensor second = step.model(apart(step, step.x, 0.8, {By::AllPaths, 2}, 1));
  at::Tensor third = step.model(uphill(step, step.x, 0.8, {}, 4));
  return crossEntropy(clean, step) + crossEntropy(first, step) + 0.5 * crossEntropy(second, step) +
         losses(Objective::Margin, false, third, step.labels);
}

Loss lossOf(const std::string &defense) {
  static const std::map<std::string, Loss> known = {
      {"none", [](const Step &step) { return crossEntropy(step.model(step.x), step); }},
      {"one_draw", against({})},
      {"averaged", against({By::Eot, 3})},
      {"without", against({By::RandomnessOff})},
      {"frozen", against({By::FrozenDraw})},
      {"over_paths",
       [](const Step &step) {
         return crossEntropy(step.model(uphill(step, step.x, 0.8, {By::AllPaths, 2})), step);
       }},
      {"by_several", several},
      {"handed", [](const Step &step) {
         at::Tensor clean = crossEntropy(step.model(step.x), step);
         return 0.5 * clean + 0.5 * crossEntropy(step.model(uphill(step, step.x, 0.8, {By::Eot, 2})), step);
       }}};
  return known.at(defense);
}

/// `defense` is how it is trained; `cell` how the program calls it.
struct Case {
  std::string defense, cell;
  bool frozenFeatures = false, perBatch = false;
};

class Sampled : public ::testing::TestWithParam<std::tuple<Case, std::string>> {};

TEST_P(Sampled, ThreeStepsAreTheOracles) {
  const Case &one = std::get<0>(GetParam());
  CompiledModel model(program("sampled", std::get<1>(GetParam())), "sampled", one.cell);
  CompiledFunction step = one.frozenFeatures ? model.step("head/1/weights", 1) : model.step();
  const int64_t valid = 11;
  Parameters parameters = someParameters(step, "parameter"), frozen = someParameters(step, "weight");
  giveParameters(step, "parameter", parameters);
  giveParameters(step, "weight", frozen);
  zeroStates(step);
  Parameters trained = inDouble(parameters), velocities;
  Examples examples = someExamples(step.batch());
  at::Tensor weights = at::cat({at::full({valid}, 1.0 / double(valid)), at::zeros({step.batch() - valid})});
  Context context(1);
  for (int iteration = 0; iteration < 3; ++iteration) {
    runStep(step, examples, weights, iteration, context.get());
    Examples real = examples.part(0, valid);
    Parameters before = inDouble(frozen);
    for (const auto &[name, value] : trained)
      before[name] = value.clone();
    auto lossesOf = [&](const Parameters &used) {
      return lossOf(one.defense)({real.images.to(at::kDouble), real.labels, real.draws, used, before,
                                  one.frozenFeatures, one.perBatch, uint32_t(iteration),
                                  one.defense != "none"});
    };
    at::Tensor expected =
        descend(lossesOf, trained, velocities, {0.05, 0.9, 0, false}, iteration, weights.slice(0, 0, valid));
    expectEveryElement(step.argument("loss").slice(0, 0, valid), expected, "losses");
    for (const auto &[name, value] : trained)
      expectEveryElement(step.argument("parameter", name), value, name, 1e-3, parameters.at(name));
  }
}

class Watched : public ::testing::TestWithParam<std::tuple<Case, std::string>> {};

TEST_P(Watched, AnswersAreTheOracles) {
  const Case &one = std::get<0>(GetParam());
  CompiledModel model(program("sampled", std::get<1>(GetParam())), "watched", one.cell);
  CompiledFunction validate = model.validation("head/1/weights", one.frozenFeatures ? 1 : 0);
  Parameters weights = someParameters(validate, "weight"), exact = inDouble(weights);
  giveParameters(validate, "weight", weights);
  Examples examples = someExamples(24);
  Step step{examples.images.to(at::kDouble),
            examples.labels,
            examples.draws,
            exact,
            exact,
            one.frozenFeatures,
            false,
            0,
            true};
  at::Tensor seen = uphill(step, step.x, 0.8, {By::Eot, 3});
  expectEveryElement(runInBatches(validate, examples, "logits"), step.model(seen), "logits", 2e-5);
}

std::string nameOf(const ::testing::TestParamInfo<Sampled::ParamType> &info) {
  const auto &[one, variant] = info.param;
  return one.defense + (one.frozenFeatures ? "_channels" : "") + (one.perBatch ? "_per_batch" : "") + "_" +
         (variant.empty() ? "cpu" : variant);
}

INSTANTIATE_TEST_SUITE_P(
    Programs, Sampled,
    ::testing::Combine(::testing::Values(Case{"none", "none"}, Case{"one_draw", "one_draw"},
                                         Case{"averaged", "averaged"}, Case{"without", "without"},
                                         Case{"frozen", "frozen"}, Case{"over_paths", "over_paths"},
                                         Case{"by_several", "by_several"}, Case{"handed", "handed"},
                                         Case{"averaged", "channels with averaged", true},
                                         Case{"averaged", "shared with averaged", true, true},
                                         Case{"over_paths", "channels with over_paths", true},
                                         Case{"by_several", "channels with by_several", true}),
                       ::testing::ValuesIn(variantsToRun())),
    nameOf);

INSTANTIATE_TEST_SUITE_P(Programs, Watched,
                         ::testing::Combine(::testing::Values(Case{"none", "none"},
                                                              Case{"none", "channels", true}),
                                            ::testing::ValuesIn(variantsToRun())),
                         nameOf);

} // namespace
