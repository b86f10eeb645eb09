// Runs of a plan with switching blocks: stacked models, trainings on frozen blocks, judging over all paths.
#include "plan_fixture.h"

#include <algorithm>
#include <cmath>
#include <csignal>

using namespace switchyard::rt;
using namespace switchyard::rt::test;

namespace {

constexpr int64_t channels[] = {3, 2}, paths = 6;

/// What the network of switchingJson() answers on an image along a path, in the artifact's order of
/// additions.
int32_t answerOf(const RunOfPlan &run, const float *image, int64_t path) {
  const int64_t lift = path / channels[1], classifier = path % channels[1];
  std::vector<float> weights = trainedWeights(run, "linear/weights", classifier);
  std::vector<float> logits = trainedWeights(run, "linear/bias", classifier);
  for (size_t k = 0; k < logits.size(); ++k)
    for (size_t i = 0; i < 784; ++i)
      logits[k] += weights[k * 784 + i] * (float(1 - lift) * image[i]);
  return int32_t(std::max_element(logits.begin(), logits.end()) - logits.begin());
}

} // namespace

TEST(PlanSwitching, AccuracyIsExactOverPaths) {
  RunOfPlan run;
  int64_t lifted = calls("lift"), answered = calls("answer");
  AccuracyOutcome accuracy = run.run(switchingJson()).accuracies.at(3);
  // 25 images and then 10 to be attacked, clean and finished, in batches of 7: the first block runs once for
  // each of its channels, the second once for each path.
  EXPECT_EQ(calls("lift") - lifted, (4 + 2 + 2) * channels[0]);
  EXPECT_EQ(calls("answer") - answered, (4 + 2 + 2) * paths);
  EXPECT_TRUE(accuracy.drawAccuracy.empty());
  ASSERT_EQ(accuracy.pathAccuracy.size(), size_t(paths));
  ASSERT_EQ(accuracy.correct.size(), 25u);
  const Split &test = run.dataset.test;
  std::vector<double> ofPaths(paths, 0);
  for (int64_t image = 0; image < test.count; ++image) {
    float correct = 0;
    for (int64_t path = 0; path < paths; ++path) {
      bool right = answerOf(run, test.images.data() + image * 784, path) == test.labels[size_t(image)];
      correct += right ? 1.0f / paths : 0;
      ofPaths[size_t(path)] += right ? 1.0 / 25 : 0;
    }
    EXPECT_NEAR(accuracy.correct[size_t(image)], correct, 1e-6) << image;
  }
  for (size_t path = 0; path < paths; ++path)
    EXPECT_NEAR(accuracy.pathAccuracy[path], ofPaths[path], 1e-9) << path;
  EXPECT_GT(accuracy.pathAccuracy[0], 0.9); // the image as it is, under either classifier
  EXPECT_GT(accuracy.pathAccuracy[1], 0.9);
  EXPECT_LT(accuracy.pathAccuracy[4], 0.5); // with its sign turned
}

TEST(PlanSwitching, AttackIsExactOverPaths) {
  RunOfPlan run;
  AttackOutcome attack = run.run(switchingJson()).attacks.at(4);
  EXPECT_EQ(attack.draws, 0);
  EXPECT_EQ(attack.paths, paths);
  ASSERT_EQ(attack.pairs.size(), 10u);
  for (const AttackPair &pair : attack.pairs) {
    float atZero = 0;
    for (int64_t path = 0; path < paths; ++path)
      atZero += answerOf(run, run.dataset.test.images.data() + pair.image * 784, path) == pair.goal
                    ? 1.0f / paths
                    : 0;
    EXPECT_NEAR(pair.successAtZero, atZero, 1e-6) << pair.image;
    EXPECT_NEAR(pair.success * paths, std::round(pair.success * paths), 1e-5);
  }
}

TEST(PlanSwitching, AMajorityOfPathsIsTheAnswer) {
  RunOfPlan run;
  Json plan = switchingJson();
  for (int job : {3, 4})
    plan["jobs"][job]["votes"] = 2;
  const Outcomes outcomes = run.run(plan);
  const AccuracyOutcome &accuracy = outcomes.accuracies.at(3);
  const Split &test = run.dataset.test;
  std::vector<double> voted(size_t(test.count), 0);
  for (int64_t image = 0; image < test.count; ++image)
    for (int64_t one = 0; one < paths; ++one)
      for (int64_t other = 0; other < paths; ++other) { // of two different answers the smaller class
        const float *pixels = test.images.data() + image * 784;
        const int32_t vote = std::min(answerOf(run, pixels, one), answerOf(run, pixels, other));
        voted[size_t(image)] += vote == test.labels[size_t(image)] ? 1.0 / (paths * paths) : 0;
      }
  for (size_t image = 0; image < voted.size(); ++image)
    EXPECT_NEAR(accuracy.correct[image], voted[image], 1e-9) << image;
  const AttackOutcome &attack = outcomes.attacks.at(4);
  EXPECT_EQ(attack.votes, 2);
  EXPECT_EQ(attack.paths, paths);
  for (const AttackPair &pair : attack.pairs) {
    double won = 0;
    for (size_t klass = 0; klass < attack.classes(); ++klass)
      won += attack.answers[size_t(&pair - attack.pairs.data()) * attack.classes() + klass];
    EXPECT_NEAR(won, 1, 1e-12) << pair.image;
  }
}

TEST(PlanSwitching, PathsAreWeighedByTheirChances) {
  const std::vector<double> ofLifts{0.6, 0.3, 0.1};
  RunOfPlan run, equal;
  Json plan = switchingJson();
  for (int job : {3, 4})
    plan["jobs"][job]["paths"]["stages"][0]["chances"] = ofLifts;
  Outcomes outcomes = run.run(plan);
  AccuracyOutcome accuracy = outcomes.accuracies.at(3);
  // The accuracy of a path is its own, whatever its chance.
  EXPECT_EQ(accuracy.pathAccuracy, equal.run(switchingJson()).accuracies.at(3).pathAccuracy);
  const Split &test = run.dataset.test;
  int between = 0; // images that are neither right nor wrong along all paths
  for (int64_t image = 0; image < test.count; ++image) {
    double correct = 0;
    for (int64_t path = 0; path < paths; ++path)
      if (answerOf(run, test.images.data() + image * 784, path) == test.labels[size_t(image)])
        correct += ofLifts[size_t(path / channels[1])] / double(channels[1]);
    EXPECT_NEAR(accuracy.correct[size_t(image)], correct, 1e-15) << image;
    between += correct > 0.01 && correct < 0.99;
  }
  EXPECT_GT(between, 5);
  for (const AttackPair &pair : outcomes.attacks.at(4).pairs) {
    double atZero = 0;
    for (int64_t path = 0; path < paths; ++path)
      if (answerOf(run, test.images.data() + pair.image * 784, path) == pair.goal)
        atZero += ofLifts[size_t(path / channels[1])] / double(channels[1]);
    EXPECT_NEAR(pair.successAtZero, atZero, 1e-6) << pair.image;
    EXPECT_NEAR(pair.success * 20, std::round(pair.success * 20), 1e-5) << pair.image;
  }
}

TEST(PlanSwitching, DrawsComeNearTheExactMean) {
  RunOfPlan exact, drawn;
  Json plan = switchingJson();
  std::vector<double> expected = exact.run(plan).accuracies.at(3).correct;
  plan["jobs"][3].erase("paths");
  plan["jobs"][3]["draws"] = 500;
  AccuracyOutcome accuracy = drawn.run(plan).accuracies.at(3);
  EXPECT_TRUE(accuracy.pathAccuracy.empty());
  EXPECT_EQ(accuracy.drawAccuracy.size(), 500u);
  for (size_t image = 0; image < expected.size(); ++image) // four standard deviations at most
    EXPECT_NEAR(accuracy.correct[image], expected[image], 0.09) << image;
}

TEST(PlanSwitching, SecondRunOnlyReads) {
  RunOfPlan run;
  Outcomes first = run.run(switchingJson());
  int64_t lifted = calls("lift"), tuned = calls("tune");
  Outcomes second = run.run(switchingJson());
  EXPECT_EQ(calls("lift"), lifted);
  EXPECT_EQ(calls("tune"), tuned);
  EXPECT_EQ(first.accuracies.at(3).pathAccuracy, second.accuracies.at(3).pathAccuracy);
  EXPECT_EQ(first.accuracies.at(3).correct, second.accuracies.at(3).correct);
  EXPECT_EQ(second.attacks.at(4).paths, paths);
  EXPECT_NE(run.log.find("0 jobs done, 5 from the store"), std::string::npos) << run.log;
}

TEST(PlanSwitching, StreamsTellChannelsApart) {
  RunOfPlan run, same;
  Outcomes apart = run.run(switchingJson());
  EXPECT_NE(trainedWeights(run, "linear/weights", 0), trainedWeights(run, "linear/weights", 1));
  Json plan = switchingJson();
  plan["jobs"][1]["stream"] = 1;
  Outcomes alike = same.run(plan);
  EXPECT_EQ(trainedWeights(same, "linear/weights", 0), trainedWeights(same, "linear/weights", 1));
  EXPECT_EQ(apart.trainings.at(0).epochLoss, alike.trainings.at(1).epochLoss);
}

TEST(PlanSwitching, TrainsOnFrozenBlocks) {
  RunOfPlan run, without, turned;
  Json plan = switchingJson(), alone = plan;
  alone["jobs"].erase(2);
  alone["jobs"][2]["id"] = 2;
  alone["jobs"][3]["id"] = 3;
  TrainOutcome tail = run.run(plan).trainings.at(2);
  EXPECT_LT(tail.epochLoss[2], tail.epochLoss[0]);
  EXPECT_EQ(trainedWeights(run, "tail/bias", 2).size(), 10u);
  // What is frozen stays: the other jobs find what they find without this training.
  EXPECT_EQ(run.run(plan).accuracies.at(3).correct, without.run(alone).accuracies.at(2).correct);
  EXPECT_EQ(trainedWeights(run), trainedWeights(without));
  // The frozen model is the one that the plan names, in its order.
  plan["models"].push_back(plan["models"][1]);
  plan["models"][2]["id"] = 2;
  for (Json &parameter : plan["models"][2]["parameters"])
    parameter["from"] = {1, 0};
  plan["jobs"][2]["frozen"] = 2;
  EXPECT_NE(turned.run(plan).trainings.at(2).epochLoss, tail.epochLoss);
}

TEST(PlanSwitching, KilledTrainingOnFrozenBlocksGoesOn) {
  RunOfPlan whole, killed;
  Outcomes expected = whole.run(switchingJson());
  Json plan = switchingJson();
  plan["jobs"][2]["step"]["scalars"]["kill_at"] = 9; // the second batch of the third epoch
  EXPECT_EXIT(killed.run(plan), ::testing::KilledBySignal(SIGKILL), "");
  int64_t trained = calls("train"), tuned = calls("tune");
  Outcomes outcomes = killed.run(switchingJson());
  EXPECT_EQ(calls("train"), trained);  // what is frozen comes from the store
  EXPECT_EQ(calls("tune"), tuned + 4); // the third epoch alone
  EXPECT_NE(killed.log.find("goes on after epoch 2 of 3"), std::string::npos) << killed.log;
  EXPECT_EQ(outcomes.trainings.at(2).epochLoss, expected.trainings.at(2).epochLoss);
  EXPECT_EQ(trainedWeights(killed, "tail/bias", 2), trainedWeights(whole, "tail/bias", 2));
}

TEST(PlanSwitching, KeysFollowWhatIsFrozenAndStacked) {
  RunOfPlan run;
  run.run(switchingJson());
  Json plan = switchingJson();
  plan["jobs"][1]["hash"] = "t1"; // the second channel alone
  run.run(plan);
  EXPECT_EQ(run.keys[0], run.keys[5]);
  for (size_t job : {1, 2, 3, 4})
    EXPECT_NE(run.keys[job], run.keys[job + 5]) << job;
}
