// Compiled logits and input gradients against the oracle in f32 and f64 on the same draws, and gradients
// against finite differences of the oracle's loss in double.
#include "runtime/kernels/Context.h"
#include "test/numerics/Kinks.h"
#include "test/numerics/Programs.h"

#include <gtest/gtest.h>

using namespace switchyard::test;

namespace {

struct Case {
  std::string program, experiment, defense;
  bool away; // the experiment's goal
};

const Case cases[] = {{"odd", "odd", "none", false},
                      {"odd", "odd", "defensive_dropout", false},
                      {"odd", "odd", "gaussian", false},
                      {"blocked", "momentum", "none", true},
                      {"blocked", "momentum", "gaussian", true}};

void PrintTo(const Case &one, std::ostream *out) {
  *out << one.program << ", " << one.defense;
}

std::string nameOf(const ::testing::TestParamInfo<Case> &info) {
  return info.param.program + "_" + info.param.defense;
}

class CompiledGradients : public ::testing::TestWithParam<Case> {
protected:
  CompiledModel model{program(GetParam().program), GetParam().experiment, GetParam().defense};
  Network network = oracleNetwork(GetParam().program, GetParam().defense, /*training=*/false);
  CompiledFunction predict = model.predict();
  Parameters parameters = someParameters(predict, "weight");
  Examples examples = someExamples(predict.batch());

  CompiledFunction gradientOf(const char *objective) {
    CompiledFunction function = model.attack("gradient_of(loss = " + std::string(objective) + ")");
    giveParameters(function, "weight", parameters);
    return function;
  }

  AttackSetting setting(Objective objective, const Parameters &used, const Examples &given) const {
    AttackSetting result{network, used, objective, GetParam().away};
    result.classes = GetParam().away ? given.labels : given.goals;
    result.draws = &given.draws;
    return result;
  }

  at::Tensor compiledGradient(const char *objective, bool exactOrder = false) {
    Examples given = examples;
    if (GetParam().away)
      given.goals = given.labels; // docs/artifact.md: `goal` holds the class to leave
    return runInBatches(gradientOf(objective), given, "adversarial", exactOrder);
  }

  void compareGradient(const char *name, Objective objective, bool exactOrder = false) {
    at::Tensor found = compiledGradient(name, exactOrder);
    at::Tensor single =
        inputGradient(setting(objective, parameters, examples), examples.images, &examples.draws);
    Parameters twice = inDouble(parameters);
    at::Tensor exact =
        inputGradient(setting(objective, twice, examples), examples.images.to(at::kDouble), &examples.draws);
    EXPECT_LE(medianRelativeError(found, single), 1e-5) << name;
    EXPECT_LE(medianRelativeError(found, exact), 1e-5) << name;
    expectEqualButAtKinks(found, exact, name);
    RecordProperty(std::string(name) + "_median_relative_error_e9",
                   int(medianRelativeError(found, exact) * 1e9));
  }
};

TEST_P(CompiledGradients, LogitsAreTheOracles) {
  giveParameters(predict, "weight", parameters);
  at::Tensor found = runInBatches(predict, examples, "logits");
  at::Tensor single = network.logits(examples.images, parameters, &examples.draws);
  at::Tensor exact = network.logits(examples.images.to(at::kDouble), inDouble(parameters), &examples.draws);
  expectEveryElement(found, single, "logits in float32", 1e-5);
  expectEveryElement(found, exact, "logits in float64", 1e-5);
}

TEST_P(CompiledGradients, LogitsOfARandomModelChangeWithTheDraw) {
  giveParameters(predict, "weight", parameters);
  at::Tensor one = runInBatches(predict, examples, "logits");
  Examples others = examples;
  others.draws.stream += 1;
  at::Tensor two = runInBatches(predict, others, "logits");
  EXPECT_EQ(one.equal(two), GetParam().defense == "none");
}

TEST_P(CompiledGradients, OfCrossEntropyAreTheOracles) {
  compareGradient("cross_entropy", Objective::CrossEntropy);
}

TEST_P(CompiledGradients, OfMarginAreTheOracles) {
  compareGradient("margin", Objective::Margin);
}

/// Flat backgrounds tie in max pooling; the first element takes the gradient, as in LibTorch (S6.2).
/// Winograd's algorithm rounds by position, which breaks ties one way or another, so only direct ones can be
/// compared.
TEST_P(CompiledGradients, TiesGoToTheFirstElement) {
  examples.images *= (examples.images > 0.9).to(at::kFloat);
  examples.images.slice(2, 0, 12).zero_();
  compareGradient("cross_entropy", Objective::CrossEntropy, /*exactOrder=*/true);
}

/// Central differences, in double, of an example's loss by each of some pixels; all in one batch whose rows
/// are copies of the example.
at::Tensor differences(const AttackSetting &setting, const Examples &one, const at::Tensor &pixels) {
  const double h = 1e-6;
  const int64_t count = pixels.numel();
  at::Tensor step = at::zeros({count, 784}, at::kDouble).scatter_(1, pixels.unsqueeze(1), h);
  Draws draws{one.draws.stream, std::vector(size_t(count), one.draws.rows[0]), one.draws.pass};
  auto loss = [&](double sign) {
    at::Tensor moved = one.images.to(at::kDouble) + sign * step.view({count, 1, 28, 28});
    at::Tensor z = setting.network.logits(moved, setting.parameters, &draws);
    return losses(setting.objective, setting.away, z, setting.classes.expand({count}));
  };
  return (loss(1) - loss(-1)) / (2 * h);
}

TEST_P(CompiledGradients, AreFiniteDifferences) {
  Parameters twice = inDouble(parameters);
  for (auto [name, objective] :
       {std::pair("cross_entropy", Objective::CrossEntropy), std::pair("margin", Objective::Margin)}) {
    at::Tensor found = compiledGradient(name);
    for (int64_t image : {0, 41, 99}) {
      Examples one = examples.part(image, image + 1);
      at::Tensor pixels = at::arange(image % 29, 784, 29, at::kLong);
      at::Tensor gradient = found[image].flatten().index({pixels});
      at::Tensor expected = differences(setting(objective, twice, one), one, pixels);
      double size = expected.abs().max().item<double>();
      ASSERT_GT(size, 0);
      double error = (gradient - expected).abs().max().item<double>() / size;
      EXPECT_LE(error, 1e-5) << name << ", image " << image;
      RecordProperty(std::string(name) + "_greatest_error_e9", int(error * 1e9));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Programs, CompiledGradients, ::testing::ValuesIn(cases), nameOf);

} // namespace
