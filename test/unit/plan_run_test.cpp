// Whole runs of a plan: train, accuracy, attack; the store; failures; independence of batch sizes.
#include "plan_fixture.h"

#include <cmath>
#include <csignal>
#include <fstream>

using namespace switchyard::rt;
using namespace switchyard::rt::test;

namespace fs = std::filesystem;

static void useBatch(Json &plan, const std::string &batch) {
  for (Json &job : plan["jobs"]) {
    if (job.contains("predict"))
      job["predict"]["function"] = "predict_" + batch;
    if (job.contains("attack"))
      job["attack"]["function"] = "attack_" + batch;
  }
}

static void expectEqual(const AttackOutcome &a, const AttackOutcome &b) {
  ASSERT_EQ(a.pairs.size(), b.pairs.size());
  for (size_t i = 0; i < a.pairs.size(); ++i) {
    EXPECT_EQ(a.pairs[i].image, b.pairs[i].image);
    EXPECT_EQ(a.pairs[i].goal, b.pairs[i].goal);
    EXPECT_EQ(a.pairs[i].success, b.pairs[i].success);
    EXPECT_EQ(a.pairs[i].successAtZero, b.pairs[i].successAtZero);
    EXPECT_EQ(a.pairs[i].distance, b.pairs[i].distance);
  }
}

TEST(PlanRun, TrainsMeasuresAndAttacks) {
  RunOfPlan run;
  Outcomes outcomes = run.run(planJson());
  const TrainOutcome &training = outcomes.trainings.at(0);
  ASSERT_EQ(training.epochLoss.size(), 3u);
  EXPECT_LT(training.epochLoss[2], 0.5 * training.epochLoss[0]);
  const AccuracyOutcome &plain = outcomes.accuracies.at(1), &noisy = outcomes.accuracies.at(2);
  EXPECT_EQ(plain.correct.size(), 25u);
  ASSERT_EQ(plain.drawAccuracy.size(), 1u); // nothing random: one draw
  EXPECT_GT(plain.drawAccuracy[0], 0.9);
  ASSERT_EQ(noisy.drawAccuracy.size(), 5u);
  EXPECT_LT(noisy.drawAccuracy[0], plain.drawAccuracy[0]);
  double byImage = 0, byDraw = 0;
  for (float fraction : noisy.correct)
    byImage += fraction / 25;
  for (double fraction : noisy.drawAccuracy)
    byDraw += fraction / 5;
  EXPECT_NEAR(byImage, byDraw, 1e-6);
  const AttackOutcome &attack = outcomes.attacks.at(3);
  ASSERT_EQ(attack.pairs.size(), 10u);
  EXPECT_EQ(attack.draws, 5);
  double success = 0, atZero = 0;
  for (const AttackPair &pair : attack.pairs) {
    EXPECT_NE(pair.goal, pair.label);
    EXPECT_GT(pair.distance, 0.1f);
    EXPECT_LE(pair.distance, 0.3f + 1e-6f);
    success += pair.success;
    atZero += pair.successAtZero;
  }
  EXPECT_GT(success, atZero + 2);
  ASSERT_EQ(attack.gradients.size(), 10u);
  for (const std::vector<GradientTally> &pair : attack.gradients) {
    ASSERT_EQ(pair.size(), 2u);
    EXPECT_EQ(pair[0].evaluations, 1);
    EXPECT_EQ(pair[0].zero, 0);
    EXPECT_EQ(pair[1].evaluations, 3);
    EXPECT_EQ(pair[1].zero, 1);
    EXPECT_EQ(pair[1].zeroAtEnd, 1);
  }
}

TEST(PlanRun, AGradientThatIsNotFiniteNamesItsLineAndTheImage) {
  RunOfPlan run;
  Json plan = planJson();
  plan["jobs"][3]["attack"]["scalars"]["overshoot"] = -1;
  std::string message = run.fail(plan);
  EXPECT_NE(message.find("linear.swy:3:7: this gradient, or what it is of, is infinite or no number in 1 of "
                         "1 evaluation, for test image "
                         "0 toward class "),
            std::string::npos)
      << message;
}

TEST(PlanRun, AnImageThatCameBackAsItWentIsKnown) {
  RunOfPlan run;
  Json plan = planJson();
  plan["jobs"][3]["attack"]["scalars"]["eps"] = 0;
  const Outcomes still = run.run(plan);
  for (const AttackPair &pair : still.attacks.at(3).pairs)
    EXPECT_TRUE(pair.unmoved);
  plan["jobs"][3]["attack"]["scalars"]["eps"] = 0.3;
  plan["jobs"][3]["hash"] = "moves";
  const Outcomes moved = run.run(plan);
  for (const AttackPair &pair : moved.attacks.at(3).pairs)
    EXPECT_FALSE(pair.unmoved);
}

TEST(PlanRun, BatchSizesOfAttackAndJudgingChangeNothing) {
  RunOfPlan seven, one, sixteen;
  Json plan = planJson();
  useBatch(plan, "7");
  Outcomes first = seven.run(plan);
  useBatch(plan, "1");
  Outcomes second = one.run(plan);
  useBatch(plan, "16");
  Outcomes third = sixteen.run(plan);
  EXPECT_EQ(first.accuracies.at(2).correct, second.accuracies.at(2).correct);
  EXPECT_EQ(first.accuracies.at(2).correct, third.accuracies.at(2).correct);
  expectEqual(first.attacks.at(3), second.attacks.at(3));
  expectEqual(first.attacks.at(3), third.attacks.at(3));
}

TEST(PlanRun, PaddingWeighsNothing) {
  // Five images fill neither a batch of 7 nor one of 16.
  RunOfPlan seven, sixteen;
  seven.dataset = sixteen.dataset = stripesDataset(5);
  Json plan = planJson();
  Outcomes first = sixteen.run(plan);
  plan["jobs"][0]["step"]["function"] = "train_7";
  plan["jobs"][0]["batch"] = 7;
  Outcomes second = seven.run(plan);
  EXPECT_EQ(first.trainings.at(0).epochLoss, second.trainings.at(0).epochLoss);
  EXPECT_EQ(trainedWeights(seven), trainedWeights(sixteen));
}

TEST(PlanRun, SecondRunOnlyReads) {
  RunOfPlan run;
  Outcomes first = run.run(planJson());
  int64_t trained = calls("train"), predicted = calls("predict"), attacked = calls("attack");
  Outcomes second = run.run(planJson());
  EXPECT_EQ(calls("train"), trained);
  EXPECT_EQ(calls("predict"), predicted);
  EXPECT_EQ(calls("attack"), attacked);
  EXPECT_EQ(first.trainings.at(0).epochLoss, second.trainings.at(0).epochLoss);
  EXPECT_EQ(first.accuracies.at(2).correct, second.accuracies.at(2).correct);
  EXPECT_EQ(first.accuracies.at(2).drawAccuracy, second.accuracies.at(2).drawAccuracy);
  expectEqual(first.attacks.at(3), second.attacks.at(3));
  EXPECT_NE(run.log.find("[4/4] attack step, noise: success"), std::string::npos) << run.log;
  EXPECT_NE(run.log.find("0 jobs done, 4 from the store"), std::string::npos) << run.log;
}

// Data that is known by its identity is not read where all results are there.
TEST(PlanRun, KnownDataIsReadOnlyForWork) {
  RunOfPlan run;
  int read = 0;
  std::string identity = "d1";
  run.loader = [&](const DatasetSpec &) {
    ++read;
    return run.dataset;
  };
  run.identify = [&](const DatasetSpec &) { return identity; };
  run.dataset.note = "clipped";
  Outcomes first = run.run(planJson());
  EXPECT_EQ(read, 1);
  Outcomes second = run.run(planJson());
  EXPECT_EQ(read, 1);
  EXPECT_EQ(second.datasets.at(0).digest, first.datasets.at(0).digest);
  EXPECT_EQ(second.datasets.at(0).testClasses, first.datasets.at(0).testClasses);
  EXPECT_EQ(
      std::accumulate(first.datasets.at(0).testClasses.begin(), first.datasets.at(0).testClasses.end(), 0),
      run.dataset.test.count);
  EXPECT_NE(run.log.find("clipped"), std::string::npos);
  expectEqual(first.attacks.at(3), second.attacks.at(3));
  // New work reads it, once; data that is not what it was known for is an error.
  Json plan = planJson();
  plan["jobs"][3]["hash"] = "new";
  run.run(plan);
  EXPECT_EQ(read, 2);
  run.dataset.digest = "other";
  plan["jobs"][3]["hash"] = "newer";
  EXPECT_NE(run.fail(plan).find("has changed since this run began; run it again"), std::string::npos);
  // What changes while it is read has no identity that could be kept.
  identity = "d2";
  run.loader = [&](const DatasetSpec &) {
    identity = "d3";
    return run.dataset;
  };
  run.run(planJson());
  identity = "d2";
  run.loader = [&](const DatasetSpec &) -> Dataset { throw std::runtime_error("read again"); };
  EXPECT_NE(run.fail(planJson()).find("read again"), std::string::npos);
}

TEST(PlanRun, KeysFollowHashDataAndUpstream) {
  RunOfPlan run;
  run.run(planJson());
  Json plan = planJson();
  plan["jobs"][0]["hash"] = "b0"; // another training: everything built on it is other work
  run.run(plan);
  for (size_t job = 0; job < 4; ++job)
    EXPECT_NE(run.keys[job], run.keys[job + 4]) << job;
  run.dataset.digest = "other pixels";
  run.run(plan);
  for (size_t job = 0; job < 4; ++job)
    EXPECT_NE(run.keys[job + 4], run.keys[job + 8]) << job;
  plan["jobs"][3]["hash"] = "b3"; // nothing is built on the attack
  run.run(plan);
  for (size_t job = 0; job < 3; ++job)
    EXPECT_EQ(run.keys[job + 8], run.keys[job + 12]) << job;
  EXPECT_NE(run.keys[11], run.keys[15]);
}

TEST(PlanRun, DamagedEntryIsReportedAndDoneAgain) {
  RunOfPlan run;
  Outcomes first = run.run(planJson());
  std::string path = run.storePath(3);
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(-100, std::ios::end);
    file.put('!');
  }
  int64_t trained = calls("train"), attacked = calls("attack");
  Outcomes second = run.run(planJson());
  EXPECT_EQ(calls("train"), trained);
  EXPECT_EQ(calls("attack"), attacked + 2); // ten pairs in batches of seven
  EXPECT_NE(run.log.find("warning: store entry " + path +
                         " is damaged (its checksum does not match); doing "
                         "its work again"),
            std::string::npos)
      << run.log;
  expectEqual(first.attacks.at(3), second.attacks.at(3));
  run.run(planJson());
  EXPECT_EQ(run.log.find("warning"), std::string::npos) << run.log;
}

TEST(PlanRun, ADamagedCheckpointIsReportedAndNotGoneOnFrom) {
  RunOfPlan whole, killed;
  Outcomes expected = whole.run(planJson());
  Json plan = planJson();
  plan["jobs"][0]["step"]["scalars"]["kill_at"] = 9;
  EXPECT_EXIT(killed.run(plan), ::testing::KilledBySignal(SIGKILL), "");
  killed.fail([&] { // learns the key
    Json other = planJson();
    other["jobs"][0]["step"]["scalars"]["poison_at"] = 8;
    return other;
  }());
  for (const auto &file : fs::recursive_directory_iterator(killed.storeDirectory()))
    if (file.path().extension() == ".checkpoint")
      std::ofstream(file.path()) << "no entry";
  Outcomes outcomes = killed.run(planJson());
  EXPECT_NE(killed.log.find("is damaged (it does not begin like an entry); training from the beginning"),
            std::string::npos)
      << killed.log;
  EXPECT_EQ(outcomes.trainings.at(0).epochLoss, expected.trainings.at(0).epochLoss);
}

TEST(PlanRun, WhatIsFinishedBeforeAFailureIsKept) {
  RunOfPlan run;
  Json broken = planJson();
  broken["jobs"][3]["attack"]["scalars"]["overshoot"] = 0.2;
  run.fail(broken);
  int64_t trained = calls("train"), predicted = calls("predict");
  run.run(planJson());
  EXPECT_EQ(calls("train"), trained);
  EXPECT_EQ(calls("predict"), predicted + 4 + 3 + 1); // 50 clean answers, then 35 and 15, in batches of 16
}

TEST(PlanRun, KilledTrainingGoesOnFromItsCheckpoint) {
  RunOfPlan whole, killed;
  Outcomes expected = whole.run(planJson());
  Json plan = planJson();
  plan["jobs"][0]["step"]["scalars"]["kill_at"] = 9; // the second batch of the third epoch
  EXPECT_EXIT(killed.run(plan), ::testing::KilledBySignal(SIGKILL), "");
  int64_t trained = calls("train");
  Outcomes outcomes = killed.run(planJson());
  EXPECT_EQ(calls("train"), trained + 4); // the third epoch alone
  EXPECT_NE(killed.log.find("goes on after epoch 2 of 3"), std::string::npos) << killed.log;
  EXPECT_EQ(outcomes.trainings.at(0).epochLoss, expected.trainings.at(0).epochLoss);
  EXPECT_EQ(trainedWeights(killed), trainedWeights(whole));
  EXPECT_FALSE(fs::exists(killed.storePath(0) + ".checkpoint"));
  expectEqual(outcomes.attacks.at(3), expected.attacks.at(3));
}

TEST(PlanRun, LossThatIsNotANumberFails) {
  RunOfPlan run;
  Json plan = planJson();
  plan["jobs"][0]["step"]["scalars"]["poison_at"] = 6;
  std::string message = run.fail(plan);
  EXPECT_EQ(message.find(
                "train linear, none: the loss is not a number in epoch 2 of 3, batch 3 of 4 (training image"),
            0u)
      << message;
}

TEST(PlanRun, ExampleOutsideTheBallFails) {
  RunOfPlan run;
  Json plan = planJson();
  plan["jobs"][3]["attack"]["scalars"]["overshoot"] = 0.2;
  std::string message = run.fail(plan);
  EXPECT_EQ(message.find("attack step, noise: the finished example of test image "), 0u) << message;
  EXPECT_NE(message.find("outside the ball of radius 0.3"), std::string::npos) << message;
}

TEST(PlanRun, JudgeOneDrawAndDeterministicModelsTakeOneDraw) {
  RunOfPlan run;
  Json plan = planJson();
  plan["jobs"][3]["judge"]["kind"] = "one_draw";
  plan["jobs"].push_back(plan["jobs"][3]);
  plan["jobs"][4]["id"] = 4;
  plan["jobs"][4]["hash"] = "a4";
  plan["jobs"][4]["judge"]["kind"] = "expected";
  plan["jobs"][4]["random"] = false;
  Outcomes outcomes = run.run(plan);
  for (int64_t job : {3, 4}) {
    EXPECT_EQ(outcomes.attacks.at(job).draws, 1);
    for (const AttackPair &pair : outcomes.attacks.at(job).pairs)
      EXPECT_TRUE(pair.success == 0 || pair.success == 1);
  }
}

TEST(PlanRun, AttacksOnlyWhatTheBaselineClassifiesCorrectly) {
  RunOfPlan run;
  run.dataset.test.labels[4] = (run.dataset.test.labels[4] + 1) % 10; // cannot be right
  Json plan = planJson();
  plan["jobs"][3]["correct_only"] = true;
  Outcomes outcomes = run.run(plan);
  ASSERT_EQ(outcomes.accuracies.at(1).correct[4], 0);
  for (const AttackPair &pair : outcomes.attacks.at(3).pairs)
    EXPECT_EQ(outcomes.accuracies.at(1).correct[size_t(pair.image)], 1) << pair.image;
  EXPECT_GE(outcomes.attacks.at(3).pairs.size(), 7u);
  EXPECT_LE(outcomes.attacks.at(3).pairs.size(), 9u);
}

TEST(PlanRun, NoImageIsLeftWhereTheBaselineIsAlwaysWrong) {
  RunOfPlan run;
  for (int32_t &label : run.dataset.test.labels)
    label = (label + 5) % 10;
  run.dataset.train = run.dataset.test;
  for (int32_t &label : run.dataset.train.labels)
    label = (label + 5) % 10; // trained on other labels
  Json plan = planJson();
  plan["jobs"][3]["correct_only"] = true;
  std::string message = run.fail(plan);
  EXPECT_NE(message.find("no image is left to attack among the first 10 test images"), std::string::npos)
      << message;
}

TEST(PlanRun, AnAnswerThatIsNotANumberIsAnError) {
  RunOfPlan run;
  run.dataset.test.images[0] = std::nanf("");
  EXPECT_NE(run.fail(planJson()).find("the model's answer to test image 0 is not a number (class 0)"),
            std::string::npos);
}

TEST(PlanRun, FailureInTheRuntimeNamesFunctionAndMessage) {
  RunOfPlan run;
  Json plan = planJson();
  plan["jobs"][0]["init"]["function"] = "broken";
  std::string message = run.fail(plan);
  EXPECT_EQ(message.find("train linear, none: compiled function \"broken\": "), 0u) << message;
  EXPECT_NE(message.find("the handle is null"), std::string::npos) << message;
  run.run(planJson()); // the context forgets the error
}

TEST(PlanRun, MissingFunctionIsNamed) {
  RunOfPlan run;
  Json plan = planJson();
  plan["functions"][2]["name"] = "train_9";
  plan["functions"][4]["name"] = "train_1";
  plan["jobs"][0]["step"]["function"] = "train_9";
  plan["jobs"][0]["batch"] = 1;
  std::string message = run.fail(plan);
  EXPECT_NE(message.find("has no symbol \"train_9\""), std::string::npos) << message;
}

TEST(PlanRun, FractionForAnIntegerScalarIsAnError) {
  RunOfPlan run;
  Json plan = planJson();
  plan["jobs"][0]["step"]["scalars"]["poison_at"] = 1.5;
  std::string message = run.fail(plan);
  EXPECT_NE(message.find("takes scalar \"poison_at\" as an integer of 32 bits, the plan gives 1.5"),
            std::string::npos)
      << message;
}

TEST(PlanRun, DataThatDoesNotFitTheProgramIsAnError) {
  RunOfPlan run;
  run.dataset.classes = 12;
  EXPECT_NE(run.fail(planJson()).find("12 classes, the program says [1, 28, 28] and 10"), std::string::npos);
}

TEST(Artifact, SaysWhatCannotBeOpened) {
  auto message = [](const std::string &path) -> std::string {
    try {
      Artifact opened(path);
    } catch (const std::exception &error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(message("nowhere.swyo"), "cannot open artifact nowhere.swyo: no such file");
  ScratchDirectory directory;
  std::ofstream(directory.path("text")) << "not an object\n";
  EXPECT_EQ(message(directory.path("text")),
            "cannot open artifact " + directory.path("text") +
                ": it is no whole artifact of `switchyard compile`; compile the program again");
  EXPECT_NE(message(OLD_ARTIFACT)
                .find("speaks version 0 of the runtime's interface, this switchyard-run speaks version " +
                      std::to_string(SWY_ABI_VERSION) + "; compile the program again"),
            std::string::npos)
      << message(OLD_ARTIFACT);
}

/// The loader would map what is not there and die of SIGBUS.
TEST(Artifact, CutShortIsNoticedWhereverItIsCut) {
  ScratchDirectory directory;
  const std::string path = directory.path("cut.so");
  const size_t whole = size_t(fs::file_size(PLAN_ARTIFACT));
  for (size_t size : {size_t(0), size_t(3), size_t(100), size_t(3000), whole / 2, whole - 1}) {
    fs::copy_file(PLAN_ARTIFACT, path, fs::copy_options::overwrite_existing);
    fs::resize_file(path, size);
    try {
      Artifact opened(path);
      FAIL() << size << " bytes were opened";
    } catch (const std::exception &error) {
      EXPECT_EQ(std::string(error.what()), "cannot open artifact " + path +
                                               ": it is no whole artifact of `switchyard compile`; compile "
                                               "the program again");
    }
  }
}
