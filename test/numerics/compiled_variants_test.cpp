// One program compiled in several ways gives one result (S3.2, S6.2): at batches of 1, 7 and 64, without each
// optimization and without any, for this processor and for a common one; and its GPU kernels, run on the CPU.
#include "runtime/kernels/Context.h"
#include "test/numerics/Kinks.h"
#include "test/numerics/Programs.h"

#include <gtest/gtest.h>

using namespace switchyard::test;
using switchyard::rt::Context;

namespace {

struct Variant {
  std::string program, variant;
};

void PrintTo(const Variant &one, std::ostream *out) {
  *out << one.program << ", " << one.variant;
}

std::string nameOf(const ::testing::TestParamInfo<Variant> &info) {
  std::string name = info.param.program + "_" + info.param.variant;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

/// The named output of both over the same examples.
std::pair<at::Tensor, at::Tensor> both(const CompiledArtifact &one, const CompiledArtifact &other,
                                       const std::string &function, const std::string &output) {
  Examples examples = someExamples(64);
  return {runInBatches(ready(one, function), examples, output),
          runInBatches(ready(other, function), examples, output)};
}

/// gradient_... hands out gradients, the other attacks examples.
void expectSameAttack(const std::string &name, const at::Tensor &found, const at::Tensor &expected) {
  EXPECT_GT(expected.abs().max().item<double>(), 0) << name;
  if (name.find("gradient_") == 0) {
    EXPECT_LE(medianRelativeError(found, expected), 1e-5) << name;
    expectEqualButAtKinks(found, expected, name.c_str());
  } else if (name.find("start") == 0)
    EXPECT_TRUE(found.equal(expected)) << name;
  else
    EXPECT_GE(equalImages(found, expected), 0.95) << name;
}

void expectSameExamplesAndLogits(const CompiledArtifact &found, const CompiledArtifact &expected) {
  std::vector<std::string> attacks = functionsWith(expected, "adversarial");
  std::vector<std::string> predictions = functionsWith(expected, "logits");
  ASSERT_GE(attacks.size(), 10u);
  ASSERT_GE(predictions.size(), 2u);
  for (const std::string &name : attacks) {
    auto [one, other] = both(found, expected, name, "adversarial");
    expectSameAttack(name, one, other);
  }
  for (const std::string &name : predictions) {
    auto [one, other] = both(found, expected, name, "logits");
    expectEveryElement(one, other, name, 1e-5);
  }
}

class CompiledVariants : public ::testing::TestWithParam<Variant> {
protected:
  const CompiledArtifact &plain = program(GetParam().program, "");
  const CompiledArtifact &variant = program(GetParam().program, GetParam().variant);
};

TEST_P(CompiledVariants, AttackAndPredictAlike) {
  expectSameExamplesAndLogits(variant, plain);
}

TEST_P(CompiledVariants, TrainAlike) {
  std::vector<std::string> steps = functionsWith(plain, "loss");
  ASSERT_GE(steps.size(), 2u);
  Context context;
  for (const std::string &name : steps) {
    CompiledFunction one = ready(variant, name), other = ready(plain, name);
    std::map<std::string, Parameters> before;
    for (const char *role : {"parameter", "state"})
      for (const auto &[parameter, value] : takeParameters(other, role))
        before[role][parameter] = value.clone();
    for (CompiledFunction *function : {&one, &other}) {
      giveExamples(*function, someExamples(function->batch()));
      function->run(context.get());
    }
    expectEveryElement(one.argument("loss"), other.argument("loss"), name + ", losses");
    for (const char *role : {"parameter", "state"})
      for (const auto &[parameter, value] : takeParameters(other, role))
        expectEveryElement(one.argument(role, parameter), value, name + ", " + role + " " + parameter, 1e-3,
                           before.at(role).at(parameter));
  }
}

std::vector<Variant> variants() {
  if (std::string chosen = chosenVariant(); !chosen.empty())
    return {{"odd", chosen}, {"blocked", chosen}, {"switching", chosen}};
  std::vector<Variant> all;
  for (const char *program : {"odd", "blocked", "switching"})
    for (const char *variant : {"native", "without-fuse-activations", "without-assign-layouts",
                                "without-pack-weights", "without-fuse", "without-any", "emulated"})
      all.push_back({program, variant});
  all.push_back({"switching", "without-hoist-expectation"});
  for (const char *variant : {"emulated", "emulated-without-assign-layouts"})
    all.push_back({"tensor_cores", variant}); // the stand-in rounds nothing: what differs is the layout
  return all;
}

INSTANTIATE_TEST_SUITE_P(Ways, CompiledVariants, ::testing::ValuesIn(variants()), nameOf);

/// Batches of 7 do not divide 64: the last is padded.
TEST(CompiledBatches, AttackAndPredictAlike) {
  for (const char *name : {"odd", "switching"})
    for (const char *batch : {"batch-1", "batch-7"}) {
      SCOPED_TRACE(std::string(name) + ", " + batch);
      expectSameExamplesAndLogits(program(name, batch), program(name, "batch-64"));
    }
}

TEST(CompiledBatches, AreOfTheSizeAskedFor) {
  for (int64_t batch : {1, 7, 64}) {
    const CompiledArtifact &artifact = program("odd", "batch-" + std::to_string(batch));
    for (const std::string &name : functionsWith(artifact, "adversarial"))
      EXPECT_EQ(artifact.function(name).batch(), batch) << name;
  }
}

TEST(CompiledBatches, DrawTheSameBits) {
  std::string start;
  for (const std::string &name : functionsWith(program("odd", "batch-64"), "adversarial"))
    if (name.find("start") == 0)
      start = name;
  ASSERT_FALSE(start.empty());
  for (const char *batch : {"batch-1", "batch-7"}) {
    auto [one, other] = both(program("odd", batch), program("odd", "batch-64"), start, "adversarial");
    EXPECT_TRUE(one.equal(other)) << batch;
  }
}

} // namespace
