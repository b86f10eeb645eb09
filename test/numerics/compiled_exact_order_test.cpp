// `precision exact_order` (S6.2): on a CPU, no bit of a training step, an attack or a prediction depends on
// how many threads there are.
#include "runtime/kernels/Context.h"
#include "test/numerics/Programs.h"

#include <gtest/gtest.h>

using namespace switchyard::test;
using switchyard::rt::Context;
using switchyard::rt::Precision;

namespace {

class ExactOrder : public ::testing::TestWithParam<const char *> {
protected:
  const CompiledArtifact &artifact = program(GetParam());
};

/// Losses, parameters and momentum after one step.
Parameters stepOn(int threads, const CompiledArtifact &artifact, const std::string &name) {
  Context context(threads);
  setPrecision(context.get(), Precision::ExactOrder);
  CompiledFunction step = ready(artifact, name);
  giveExamples(step, someExamples(step.batch()));
  step.run(context.get());
  Parameters all = takeParameters(step, "parameter");
  for (const auto &[state, value] : takeParameters(step, "state"))
    all["momentum of " + state] = value;
  all["losses"] = step.argument("loss");
  return all;
}

TEST_P(ExactOrder, StepsDoNotDependOnThreads) {
  std::vector<std::string> steps = functionsWith(artifact, "loss");
  ASSERT_GE(steps.size(), 2u);
  for (const std::string &name : steps) {
    Parameters one = stepOn(1, artifact, name);
    for (int threads : {2, 3, 7}) {
      Parameters other = stepOn(threads, artifact, name);
      for (const auto &[parameter, value] : one)
        EXPECT_TRUE(value.equal(other.at(parameter)))
            << name << ", " << parameter << ", " << threads << " threads";
    }
  }
}

TEST_P(ExactOrder, AttacksAndPredictionsDoNotDependOnThreads) {
  Examples examples = someExamples(64);
  for (const char *role : {"adversarial", "logits"}) {
    std::vector<std::string> functions = functionsWith(artifact, role);
    ASSERT_GE(functions.size(), 2u);
    for (const std::string &name : functions) {
      at::Tensor one = runInBatches(ready(artifact, name), examples, role, /*exactOrder=*/true, 1);
      for (int threads : {2, 3})
        EXPECT_TRUE(
            one.equal(runInBatches(ready(artifact, name), examples, role, /*exactOrder=*/true, threads)))
            << name << ", " << threads << " threads";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Programs, ExactOrder, ::testing::Values("odd", "blocked", "switching"));

} // namespace
