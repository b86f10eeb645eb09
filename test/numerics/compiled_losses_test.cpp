// Trainings by losses of their own (Inputs/losses.swy) against LibTorch: losses of each example, every weight
// and running statistic, over steps on a padded batch; attacks on the way see the network as at inference,
// with the weights and statistics that the step begins with.
#include "runtime/kernels/Context.h"
#include "runtime/kernels/Philox.h"
#include "test/numerics/Programs.h"

#include <gtest/gtest.h>

using namespace switchyard::test;
using switchyard::rt::Context;

namespace {

/// One step as the oracle takes it: what a loss may ask.
struct Step {
  at::Tensor x, labels; ///< of the examples that count
  Draws draws;
  Parameters used;     ///< leaves of the step's gradient
  Parameters before;   ///< the same values, and the statistics that the step begins with
  Parameters *follow;  ///< statistics behind the answers so far
  bool frozenFeatures; ///< stacks of channels, of which each pass draws
  bool isAttacked;
  mutable int answers = 0;

  uint32_t passOfLoss() const {
    uint32_t number = uint32_t(answers++);
    return (isAttacked ? 255 - number : number) << 24;
  }

  at::Tensor features(const at::Tensor &images, const Parameters &p, const Draws &own, bool training) const {
    auto normalized = [&](const at::Tensor &y, const Parameters &q, const Parameters &kept, bool trains) {
      return at::batch_norm(y, q.at("features/1/scale"), q.at("features/1/shift"), kept.at("features/1/mean"),
                            kept.at("features/1/variance"), trains, 0.1, 1e-5, false);
    };
    auto convolved = [](const at::Tensor &y, const Parameters &q) {
      return at::conv2d(y, q.at("features/0/weights"), {}, 2);
    };
    if (!frozenFeatures)
      return normalized(convolved(images, p), p, training ? *follow : before, training).tanh();
    std::vector<int64_t> channels = drawChannels(own, "features", 3);
    std::vector<at::Tensor> rows;
    for (int64_t row = 0; row < images.size(0); ++row) {
      Parameters mine;
      for (const auto &[name, value] : before)
        if (name.rfind("features", 0) == 0)
          mine[name] = value[channels[size_t(row)]];
      rows.push_back(normalized(convolved(images.slice(0, row, row + 1), mine), mine, mine, false).tanh());
    }
    return at::cat(rows);
  }

  at::Tensor answer(const at::Tensor &images, const Parameters &p, uint32_t pass, bool training) const {
    Draws own = draws.at(pass);
    at::Tensor y = features(images, p, own, training).flatten(1);
    y = at::linear(y, p.at("head/1/weights"), p.at("head/1/bias")).tanh();
    if (training)
      y = y * (drawUniform(own, "head/3", {12}) >= 0.3f).to(at::kDouble) / 0.7;
    return at::linear(y, p.at("head/4/weights"), p.at("head/4/bias"));
  }

  /// `model` of a loss.
  at::Tensor model(const at::Tensor &images) const { return answer(images, used, passOfLoss(), true); }

  template <typename F> at::Tensor slope(const at::Tensor &at, F value) const {
    at::Tensor leaf = at.detach().clone().requires_grad_();
    return torch::autograd::grad({value(leaf).sum()}, {leaf})[0];
  }
  at::Tensor attackModel(const at::Tensor &images, uint32_t site, uint32_t turn = 0) const {
    return answer(images, before, switchyard::rt::passWord(site, turn), false);
  }
};

at::Tensor divergence(const at::Tensor &p, const at::Tensor &q) {
  return at::sum(at::softmax(p, 1) * (at::log_softmax(p, 1) - at::log_softmax(q, 1)), 1);
}

at::Tensor crossEntropy(const at::Tensor &z, const Step &step) {
  return losses(Objective::CrossEntropy, false, z, step.labels);
}

at::Tensor uphill(const Step &step, const at::Tensor &x, double rate, uint32_t site = 0,
                  Objective objective = Objective::CrossEntropy) {
  return x.detach() - rate * step.slope(x, [&](const at::Tensor &leaf) {
    return losses(objective, true, step.attackModel(leaf, site), step.labels);
  });
}

at::Tensor apart(const Step &step, const at::Tensor &x, double rate, uint32_t site = 0) {
  at::Tensor clean = step.attackModel(x.detach(), site).detach();
  at::Tensor noise = drawNormal(step.draws.at(0), "attack/draw#0", x.sizes().slice(1));
  at::Tensor far = x.detach() + 0.05 * noise.to(at::kDouble);
  for (uint32_t turn = 0; turn < 2; ++turn)
    far = far + rate * step.slope(far, [&](const at::Tensor &leaf) {
      return divergence(clean, step.attackModel(leaf, site + 1, turn));
    });
  return far;
}

using Loss = std::function<at::Tensor(const Step &)>;

at::Tensor everything(const Step &step) {
  at::Tensor unit = drawUniform(step.draws.at(0), "training.loss", step.x.sizes().slice(1)).to(at::kDouble);
  at::Tensor noisy = step.x + 0.1 * (2 * unit - 1);
  at::Tensor clean = step.model(noisy), first = step.model(uphill(step, step.x, 0.8, 0));
  at::Tensor second = step.model(apart(step, noisy, 2, 1)), third = step.model(uphill(step, step.x, 0.8, 3));
  at::Tensor far = divergence(clean, first) + 0.5 * divergence(second, third);
  return crossEntropy(clean, step) + 0.7 * far + losses(Objective::Margin, false, third, step.labels);
}

at::Tensor mart(const Step &step) {
  at::Tensor clean = step.model(step.x), hard = step.model(uphill(step, step.x, 0.5));
  at::Tensor own = at::one_hot(step.labels.to(at::kLong), 10).to(at::kBool);
  at::Tensor wrong = std::get<0>(at::softmax(hard, 1).masked_fill(own, -1).max(1));
  at::Tensor right = at::softmax(clean, 1).masked_select(own);
  return crossEntropy(hard, step) - at::log(1.0001 - wrong) +
         5 * divergence(clean, hard) * (1.0000001 - right);
}

at::Tensor smoothed(const Step &step, const at::Tensor &x) {
  at::Tensor z = step.model(x);
  return at::cross_entropy_loss(z, step.labels.to(at::kLong), {}, at::Reduction::None, -100, 0.2);
}

Loss lossOf(const std::string &experiment, const std::string &defense) {
  if (experiment == "smoothed" && defense == "none")
    return [](const Step &step) { return smoothed(step, step.x); };
  if (experiment == "smoothed" && defense == "against")
    return [](const Step &step) { return smoothed(step, uphill(step, step.x, 0.8)); };
  static const std::map<std::string, Loss> known = {
      {"none", [](const Step &step) { return crossEntropy(step.model(step.x), step); }},
      {"against", [](const Step &step) { return crossEntropy(step.model(uphill(step, step.x, 0.8)), step); }},
      {"by_trades",
       [](const Step &step) {
         at::Tensor clean = step.model(step.x), hard = step.model(apart(step, step.x, 2));
         return crossEntropy(clean, step) + 3 * divergence(clean, hard);
       }},
      {"by_mart", mart},
      {"by_mixed",
       [](const Step &step) {
         at::Tensor clean = crossEntropy(step.model(step.x), step);
         return 0.75 * clean + 0.25 * crossEntropy(step.model(uphill(step, step.x, 1)), step);
       }},
      {"by_pairing",
       [](const Step &step) {
         at::Tensor clean = step.model(step.x),
                    hard = step.model(uphill(step, step.x, 1, 0, Objective::Margin));
         return 0.5 * crossEntropy(clean, step) + 0.5 * crossEntropy(hard, step) +
                0.3 * (clean - hard).square().mean(1);
       }},
      {"by_everything", everything}};
  return known.at(defense);
}

/// `defense` is how it is trained; `cell` how the program calls it.
struct Case {
  std::string experiment, defense, cell;
  bool frozenFeatures = false;
};

class Losses : public ::testing::TestWithParam<std::tuple<Case, std::string>> {};

TEST_P(Losses, ThreeStepsAreTheOracles) {
  const Case &one = std::get<0>(GetParam());
  CompiledModel model(program("losses", std::get<1>(GetParam())), one.experiment, one.cell);
  CompiledFunction step = one.frozenFeatures ? model.step("head/1/weights", 1) : model.step();
  const int64_t valid = 11;
  Parameters parameters = normalizedParameters(step, "parameter", 0.1),
             frozen = normalizedParameters(step, "weight", 0.1);
  giveParameters(step, "parameter", parameters);
  giveParameters(step, "weight", frozen);
  zeroStates(step);
  Parameters trained, statistics, velocities, first;
  for (const auto &[name, value] : parameters) {
    (isStatistic(name) ? statistics : trained)[name] = value.to(at::kDouble);
    first[name] = value.clone();
  }
  Examples examples = someExamples(step.batch());
  at::Tensor weights = at::cat({at::full({valid}, 1.0 / double(valid)), at::zeros({step.batch() - valid})});
  Loss loss = lossOf(one.experiment, one.defense);
  bool isAttacked = one.defense != "none";
  Context context(1);
  for (int iteration = 0; iteration < 3; ++iteration) {
    runStep(step, examples, weights, iteration, context.get());
    Examples real = examples.part(0, valid);
    Parameters before = inDouble(frozen);
    for (const auto &[name, value] : trained)
      before[name] = value.clone();
    for (const auto &[name, value] : statistics)
      before[name] = value.clone();
    auto lossesOf = [&](const Parameters &used) {
      return loss({real.images.to(at::kDouble), real.labels, real.draws, used, before, &statistics,
                   one.frozenFeatures, isAttacked});
    };
    at::Tensor expected =
        descend(lossesOf, trained, velocities, {0.05, 0.9, 0, false}, iteration, weights.slice(0, 0, valid));
    expectEveryElement(step.argument("loss").slice(0, 0, valid), expected, "losses");
    for (const auto &[name, value] : trained)
      expectEveryElement(step.argument("parameter", name), value, name, 1e-3, first.at(name));
    for (const auto &[name, value] : statistics)
      expectEveryElement(step.argument("parameter", name), value, name, 1e-4, first.at(name));
  }
}

/// What images that are held out are judged by: logits at inference, of attacked images where it says so.
class Watched : public ::testing::TestWithParam<std::tuple<Case, std::string>> {};

TEST_P(Watched, AnswersAreTheOracles) {
  const Case &one = std::get<0>(GetParam());
  CompiledModel model(program("losses", std::get<1>(GetParam())), one.experiment, one.cell);
  CompiledFunction validate = model.validation("head/1/weights", one.frozenFeatures ? 1 : 0);
  Parameters weights = normalizedParameters(validate, "weight", 0.1), exact = inDouble(weights);
  giveParameters(validate, "weight", weights);
  Examples examples = someExamples(24);
  bool isAttacked = one.experiment == "attacked";
  Step step{examples.images.to(at::kDouble),
            examples.labels,
            examples.draws,
            exact,
            exact,
            nullptr,
            one.frozenFeatures,
            isAttacked};
  at::Tensor seen = isAttacked ? uphill(step, step.x, 0.8) : step.x;
  expectEveryElement(runInBatches(validate, examples, "logits"),
                     step.answer(seen, exact, step.passOfLoss(), false), "logits", 2e-5);
}

std::string nameOf(const ::testing::TestParamInfo<Losses::ParamType> &info) {
  const auto &[one, variant] = info.param;
  return one.experiment + "_" + one.defense + (one.frozenFeatures ? "_channels" : "") + "_" +
         (variant.empty() ? "cpu" : variant);
}

INSTANTIATE_TEST_SUITE_P(
    Programs, Losses,
    ::testing::Combine(
        ::testing::Values(Case{"losses", "none", "none"}, Case{"losses", "by_trades", "by_trades"},
                          Case{"losses", "by_mart", "by_mart"}, Case{"losses", "by_mixed", "by_mixed"},
                          Case{"losses", "by_pairing", "by_pairing"},
                          Case{"losses", "by_everything", "by_everything"},
                          Case{"losses", "against", "against"},
                          Case{"losses", "by_everything", "channels with by_everything", true},
                          Case{"losses", "against", "channels with against", true},
                          Case{"smoothed", "none", "none"}, Case{"smoothed", "against", "against"},
                          Case{"smoothed", "by_mart", "by_mart"}),
        ::testing::ValuesIn(variantsToRun())),
    nameOf);

INSTANTIATE_TEST_SUITE_P(Programs, Watched,
                         ::testing::Combine(::testing::Values(Case{"watched", "none", "none"},
                                                              Case{"watched", "none", "channels", true},
                                                              Case{"attacked", "none", "none"},
                                                              Case{"attacked", "none", "channels", true}),
                                            ::testing::ValuesIn(variantsToRun())),
                         nameOf);

} // namespace
