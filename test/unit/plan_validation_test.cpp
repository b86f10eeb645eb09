// Trainings that hold images out: what they train on, which weights stay, when they end, and that a killed
// one goes on as if nothing had been.
#include "plan_fixture.h"

#include <csignal>

using namespace switchyard::rt;
using namespace switchyard::rt::test;

namespace {

/// So many of the images are held out; noise in the answers makes epochs differ.
Json validated(int64_t images, bool keepBest, int64_t patience, int64_t epochs = 3) {
  Json plan = planJson();
  Json &training = plan["jobs"][0];
  training["epochs"] = epochs;
  training["validation"] = {{"call", {{"function", "predict_7"}, {"scalars", {{"rate", 3}}}}},
                            {"images", images},
                            {"keep_best", keepBest},
                            {"patience", patience}};
  return plan;
}

TEST(PlanValidation, WhatIsHeldOutIsNotTrainedOn) {
  RunOfPlan whole, fewer;
  whole.dataset = stripesDataset(60);
  fewer.dataset = stripesDataset(60);
  fewer.dataset.train.count = 40;
  fewer.dataset.train.images.resize(size_t(40) * 784);
  fewer.dataset.train.labels.resize(40);
  TrainOutcome held = whole.run(validated(20, false, 0)).trainings.at(0),
               left = fewer.run(planJson()).trainings.at(0);
  EXPECT_EQ(held.epochLoss, left.epochLoss);
  EXPECT_EQ(trainedWeights(whole), trainedWeights(fewer)); // the last weights stay
  ASSERT_EQ(held.validation.size(), 3u);
  EXPECT_TRUE(left.validation.empty());
}

TEST(PlanValidation, TheBestWeightsAreThoseOfTheirEpoch) {
  RunOfPlan run;
  run.dataset = stripesDataset(60);
  TrainOutcome outcome = run.run(validated(20, true, 0, 8)).trainings.at(0);
  ASSERT_EQ(outcome.validation.size(), 8u);
  int64_t best = *outcome.bestEpoch();
  for (size_t i = 0; i < 8; ++i)
    EXPECT_LE(outcome.validation[i], outcome.validation[size_t(best)]);
  RunOfPlan upTo;
  upTo.dataset = stripesDataset(60);
  upTo.run(validated(20, false, 0, best + 1));
  EXPECT_EQ(trainedWeights(run), trainedWeights(upTo));
  EXPECT_LT(best, 7) << "the last epoch is the best: this test sees nothing";
}

TEST(PlanValidation, TooLongWithoutABetterEpochEndsIt) {
  RunOfPlan all, stopped;
  all.dataset = stopped.dataset = stripesDataset(60);
  std::vector<double> whole = all.run(validated(20, true, 0, 12)).trainings.at(0).validation;
  TrainOutcome outcome = stopped.run(validated(20, true, 2, 12)).trainings.at(0);
  size_t epochs = 0, best = 0;
  for (; epochs < whole.size() && epochs < best + 3; ++epochs)
    best = whole[epochs] > whole[best] ? epochs : best;
  EXPECT_EQ(outcome.validation, std::vector<double>(whole.begin(), whole.begin() + long(epochs)));
  EXPECT_EQ(outcome.epochLoss.size(), outcome.validation.size());
  EXPECT_LT(outcome.epochLoss.size(), 12u) << "nothing ended it: this test sees nothing";
}

TEST(PlanValidation, AKilledTrainingKeepsWhatWasBest) {
  RunOfPlan whole, killed;
  whole.dataset = killed.dataset = stripesDataset(60);
  Json plan = validated(20, true, 0, 8), dies = plan;
  Outcomes expected = whole.run(plan);
  dies["jobs"][0]["step"]["scalars"]["kill_at"] = 20; // of three steps an epoch: in the last but one
  EXPECT_EXIT(killed.run(dies), ::testing::KilledBySignal(SIGKILL), "");
  Outcomes outcomes = killed.run(plan);
  EXPECT_NE(killed.log.find("goes on after epoch 6 of 8"), std::string::npos) << killed.log;
  EXPECT_EQ(outcomes.trainings.at(0).validation, expected.trainings.at(0).validation);
  EXPECT_EQ(trainedWeights(killed), trainedWeights(whole));
}

TEST(PlanValidation, NothingLeftToTrainOnIsAnError) {
  RunOfPlan run;
  run.dataset = stripesDataset(60);
  EXPECT_EQ(run.fail(validated(60, false, 0)),
            "train linear, none: of 60 training images 60 are held out: none is left to train on");
}

} // namespace
