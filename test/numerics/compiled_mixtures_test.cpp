// Choices of defenses (the experiment `mixed` of Inputs/choices.swy), whose members answer as the models that
// they are alone: compiled functions against compiled functions, which other tests hold to LibTorch.
#include "runtime/kernels/Context.h"
#include "test/numerics/Programs.h"

#include <gtest/gtest.h>

using namespace switchyard::test;
using switchyard::rt::Context;

namespace {

class Mixtures : public ::testing::TestWithParam<std::string> {
protected:
  const CompiledArtifact &artifact = program("choices", GetParam());
  CompiledModel mixture{artifact, "mixed", "mixture"};
  std::vector<CompiledModel> alone{{artifact, "mixed", "none"}, {artifact, "mixed", "hrs"}};
  Examples examples = someExamples(24);

  /// Parameters for a function of the mixture, and what each member has of them.
  std::vector<Parameters> give(CompiledFunction &function) const {
    Parameters all = someParameters(function, "weight");
    giveParameters(function, "weight", all);
    std::vector<Parameters> members(2);
    for (const auto &[name, value] : all) {
      EXPECT_EQ(name.rfind("mixture/", 0), 0u) << name;
      members.at(size_t(name[8] - '0'))[name.substr(10)] = value;
    }
    return members;
  }

  at::Tensor slopeAlone(size_t member, const Parameters &own) const {
    CompiledFunction attack = alone[member].attack("slope", "all_paths");
    giveParameters(attack, "weight", own);
    return runInBatches(attack, examples, "adversarial").to(at::kDouble);
  }
};

TEST_P(Mixtures, AllPathsAreThoseOfTheMembers) {
  CompiledFunction attack = mixture.attack("slope", "all_paths");
  std::vector<Parameters> own = give(attack);
  at::Tensor exact = 0.3 * slopeAlone(0, own[0]) + 0.7 * slopeAlone(1, own[1]);
  expectEveryElement(runInBatches(attack, examples, "adversarial"), exact, "slope", 2e-5);
}

TEST_P(Mixtures, WithoutRandomnessAreTheFirstMember) {
  CompiledFunction attack = mixture.attack("slope", "randomness_off");
  std::vector<Parameters> own = give(attack);
  expectEveryElement(runInBatches(attack, examples, "adversarial"), slopeAlone(0, own[0]), "slope", 2e-5);
}

/// The base network's answer, or that of one channel of each block, by what each example draws.
TEST_P(Mixtures, AnswersAreOfTheMemberDrawn) {
  CompiledFunction predict = mixture.predict();
  std::vector<Parameters> own = give(predict);
  auto member = drawMembers(examples.draws, "mixture/member", 2, {0.3, 0.7});
  auto features = drawChannels(examples.draws, "mixture/1/features", 2),
       head = drawChannels(examples.draws, "mixture/1/head", 3);
  std::vector<at::Tensor> rows;
  for (int64_t row = 0; row < examples.count(); ++row) {
    Parameters used = inDouble(own[size_t(member[size_t(row)])]);
    for (auto &[name, value] : used)
      if (member[size_t(row)] == 1)
        value = value[name.rfind("head", 0) == 0 ? head[size_t(row)] : features[size_t(row)]];
    auto of = [&](const std::string &name) { return used.at(name); };
    at::Tensor x = examples.images.slice(0, row, row + 1).to(at::kDouble);
    x = at::conv2d(x, of("features/0/weights"), of("features/0/bias"), 2).tanh().flatten(1);
    x = at::linear(x, of("head/1/weights"), of("head/1/bias")).tanh();
    rows.push_back(at::linear(x, of("head/3/weights"), of("head/3/bias")));
  }
  expectEveryElement(runInBatches(predict, examples, "logits"), at::cat(rows), "logits", 1e-5);
}

/// The first path is the base network; the others are those of the switching one.
TEST_P(Mixtures, OneStageGoesThroughAllPaths) {
  std::vector<CompiledFunction> stages = mixture.stages(), ofMember = alone[1].stages();
  ASSERT_EQ(stages.size(), 1u);
  examples = someExamples(stages[0].batch());
  std::vector<Parameters> own = give(stages[0]);
  giveExamples(stages[0], examples);
  Context context(1);
  for (CompiledFunction &stage : ofMember)
    giveParameters(stage, "weight", own[1]);
  giveExamples(ofMember[0], examples);
  CompiledFunction base = alone[0].predict();
  giveParameters(base, "weight", own[0]);
  for (int path = 0; path < 7; ++path) {
    stages[0].set("channel", "", double(path));
    stages[0].run(context.get());
    at::Tensor exact = runInBatches(base, examples, "logits");
    if (path > 0) {
      ofMember[0].set("channel", "", double((path - 1) / 3));
      ofMember[0].run(context.get());
      ofMember[1].set("channel", "", double((path - 1) % 3));
      ofMember[1].set("activation", "", ofMember[0].argument("next_activation"));
      ofMember[1].run(context.get());
      exact = ofMember[1].argument("logits");
    }
    expectEveryElement(stages[0].argument("logits"), exact.to(at::kDouble), "path " + std::to_string(path),
                       1e-5);
  }
}

INSTANTIATE_TEST_SUITE_P(Programs, Mixtures, ::testing::ValuesIn(variantsToRun()), [](const auto &info) {
  return info.param.empty() ? std::string("cpu") : info.param;
});

} // namespace
