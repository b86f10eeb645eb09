// The executor's own arithmetic: goals, shuffling, the threat model's check, scalars of time.
#include "runtime/kernels/Philox.h"
#include "runtime/plan/Draws.h"
#include "runtime/plan/Goals.h"
#include "runtime/plan/Progress.h"
#include "runtime/plan/Threat.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <set>
#include <sstream>

using namespace switchyard::rt;

static Job attackJob(Goal::Choice choice, int64_t images) {
  AttackJob attack;
  attack.pairs.goal.choice = choice;
  attack.pairs.images = images;
  attack.threat = {Threat::Kind::Linf, 0.25, true};
  Job job;
  job.work = attack;
  return job;
}

static Split labelled(std::vector<int32_t> labels) {
  Split split;
  split.count = int64_t(labels.size());
  split.labels = std::move(labels);
  return split;
}

static std::vector<std::pair<int, int>> pairsOf(const Job &job, const Split &split, int64_t classes,
                                                const AccuracyOutcome *baseline = nullptr) {
  std::vector<std::pair<int, int>> pairs;
  for (const AttackPair &pair : enumeratePairs(job, split, classes, baseline)) {
    EXPECT_EQ(pair.label, split.labels[size_t(pair.image)]);
    pairs.emplace_back(pair.image, pair.goal);
  }
  return pairs;
}

using Goals = std::vector<std::pair<int, int>>;

TEST(Goals, EachWrongClass) {
  EXPECT_EQ(pairsOf(attackJob(Goal::Choice::EachWrongClass, 2), labelled({1, 0, 2}), 3),
            (Goals{{0, 0}, {0, 2}, {1, 1}, {1, 2}}));
}

TEST(Goals, NextClassWrapsAround) {
  EXPECT_EQ(pairsOf(attackJob(Goal::Choice::NextClass, 3), labelled({1, 0, 2}), 3),
            (Goals{{0, 2}, {1, 1}, {2, 0}}));
}

/// The images of one pair each.
static std::vector<int> imagesOf(const Job &job, int64_t count) {
  std::vector<int> images;
  for (const AttackPair &pair :
       enumeratePairs(job, labelled(std::vector<int32_t>(size_t(count), 1)), 3, nullptr))
    images.push_back(pair.image);
  return images;
}

TEST(Goals, RandomImagesAreDrawnByTheSeedWithoutReplacement) {
  Job job = attackJob(Goal::Choice::NextClass, 20);
  job.as<AttackJob>().pairs.random = true;
  job.seed = 5;
  std::vector<int> twenty = imagesOf(job, 1000);
  EXPECT_EQ(std::set<int>(twenty.begin(), twenty.end()).size(), 20u);
  EXPECT_TRUE(std::is_sorted(twenty.begin(), twenty.end()));
  EXPECT_GT(twenty.back(), 500); // not the first ones
  EXPECT_EQ(imagesOf(job, 1000), twenty);
  job.as<AttackJob>().seed = 7; // a repeated attack meets the same
  EXPECT_EQ(imagesOf(job, 1000), twenty);
  job.as<AttackJob>().pairs.images = 10; // fewer are some of them
  std::vector<int> ten = imagesOf(job, 1000);
  EXPECT_TRUE(std::includes(twenty.begin(), twenty.end(), ten.begin(), ten.end()));
  job.as<AttackJob>().pairs.images = 20;
  job.seed = 6;
  EXPECT_NE(imagesOf(job, 1000), twenty);
  job.as<AttackJob>().pairs.images = 1000; // all there are
  EXPECT_EQ(imagesOf(job, 1000).size(), 1000u);
}

TEST(Goals, OneClassSkipsImagesThatHaveIt) {
  Job job = attackJob(Goal::Choice::Class, 3);
  job.as<AttackJob>().pairs.goal.klass = 2;
  EXPECT_EQ(pairsOf(job, labelled({1, 2, 0}), 3), (Goals{{0, 2}, {2, 2}}));
}

TEST(Goals, AwayLeavesTheLabel) {
  Job job = attackJob(Goal::Choice::OneRandomClass, 2);
  job.as<AttackJob>().pairs.goal.toward = false;
  EXPECT_EQ(pairsOf(job, labelled({1, 2}), 3), (Goals{{0, 1}, {1, 2}}));
}

TEST(Goals, RandomClassIsWrongAndEvenlySpread) {
  const int images = 9000;
  std::vector<int32_t> labels;
  for (int i = 0; i < images; ++i)
    labels.push_back(i % 2 ? 3 : 9);
  std::vector<int> count(10, 0);
  for (auto [image, goal] : pairsOf(attackJob(Goal::Choice::OneRandomClass, images), labelled(labels), 10)) {
    EXPECT_NE(goal, labels[size_t(image)]);
    ++count[size_t(goal)];
  }
  for (int goal = 0; goal < 10; ++goal) // five standard deviations
    EXPECT_NEAR(count[size_t(goal)], goal == 3 || goal == 9 ? 500 : 1000, 150) << goal;
}

TEST(Goals, RandomClassBelongsToTheImage) {
  EXPECT_EQ(randomWrongClass(1, 17, 3, 10), randomWrongClass(1, 17, 3, 10));
  std::set<int32_t> seeds;
  for (int64_t seed = 0; seed < 20; ++seed)
    seeds.insert(randomWrongClass(seed, 17, 3, 10));
  EXPECT_GT(seeds.size(), 3u);
}

TEST(Goals, CorrectOnlyCountsImagesFirst) {
  Job job = attackJob(Goal::Choice::NextClass, 3);
  job.as<AttackJob>().pairs.correctOnly = true;
  AccuracyOutcome baseline;
  baseline.correct = {1, 0, 1, 1};
  EXPECT_EQ(pairsOf(job, labelled({0, 0, 0, 0}), 2, &baseline), (Goals{{0, 1}, {2, 1}}));
}

TEST(Goals, TooFewImagesIsAnError) {
  try {
    pairsOf(attackJob(Goal::Choice::NextClass, 3), labelled({0, 1}), 2);
    FAIL() << "accepted";
  } catch (const std::runtime_error &error) {
    EXPECT_STREQ(error.what(), "the program attacks the first 3 test images, the data set has 2");
  }
}

TEST(Shuffle, IsAPermutationOfItsOwnForEachEpochSeedAndChannel) {
  auto shuffled = [](uint64_t seed, uint64_t epoch, uint64_t channel = 0) {
    return shuffledOrder(int64_t(philoxStream(seed, purposeShuffling, epoch, channel)), 1000);
  };
  std::vector<int64_t> order = shuffled(1, 0), sorted = order;
  std::sort(sorted.begin(), sorted.end());
  for (int64_t i = 0; i < 1000; ++i)
    ASSERT_EQ(sorted[size_t(i)], i);
  EXPECT_EQ(order, shuffled(1, 0));
  EXPECT_NE(order, shuffled(1, 1));
  EXPECT_NE(order, shuffled(2, 0));
  EXPECT_NE(order, shuffled(1, 0, 1)); // another channel of a switching block
  // The first half of the images is spread over the order: mean position near the middle.
  double mean = 0;
  for (size_t place = 0; place < 1000; ++place)
    mean += order[place] < 500 ? double(place) / 500 : 0;
  EXPECT_NEAR(mean, 500, 50);
}

class ThreatCheck : public ::testing::Test {
protected:
  std::string message(std::vector<float> adversarial) {
    try {
      distance = checkExample(attack, dataset, pair, clean.data(), adversarial.data(), int64_t(clean.size()));
      return "";
    } catch (const std::runtime_error &error) {
      return error.what();
    }
  }
  AttackJob attack = attackJob(Goal::Choice::NextClass, 1).as<AttackJob>();
  DatasetSpec dataset{"digits", "synthetic_digits", {}, {}, {1, 1, 3}};
  AttackPair pair{4, 0, 1, 0, 0, 0};
  std::vector<float> clean = {0.5f, 0.1f, 0.9f};
  double distance = 0;
};

TEST_F(ThreatCheck, LinfBall) {
  EXPECT_EQ(message({0.75f, 0.0f, 1.0f}), "");
  EXPECT_EQ(distance, 0.25);
  EXPECT_EQ(message({0.75f + 5e-7f, 0.1f, 0.9f}), "");
  EXPECT_EQ(message({0.75f + 5e-6f, 0.1f, 0.9f})
                .find("the finished example of test image 4 toward class 1 is 0.250005"),
            0u);
}

TEST_F(ThreatCheck, L2Ball) {
  attack.threat.kind = Threat::Kind::L2;
  EXPECT_EQ(message({0.65f, 0.3f, 0.9f}), "");
  EXPECT_NEAR(distance, 0.25, 1e-6);
  EXPECT_NE(message({0.7f, 0.3f, 0.9f}).find("in l2, outside the ball of radius 0.25"), std::string::npos);
}

TEST_F(ThreatCheck, L1Ball) {
  attack.threat.kind = Threat::Kind::L1;
  attack.threat.radius = 0.35;
  EXPECT_EQ(message({0.65f, 0.3f, 0.9f}), "");
  EXPECT_NEAR(distance, 0.35, 1e-6);
  EXPECT_NE(message({0.65f, 0.3f, 0.8999f}).find("in l1, outside the ball of radius 0.35"),
            std::string::npos);
}

TEST_F(ThreatCheck, L0BallCountsPixelsWhateverTheirChannels) {
  attack.threat.kind = Threat::Kind::L0;
  attack.threat.radius = 1;
  dataset.input = {2, 1, 2};
  clean = {0.5f, 0.1f, 0.9f, 0.3f}; // two channels of two pixels
  EXPECT_EQ(message({0.6f, 0.1f, 0.2f, 0.3f}), "");
  EXPECT_EQ(distance, 1);
  EXPECT_NE(message({0.6f, 0.1f, 0.9f, 0.30001f}).find("is 2 from the clean image in l0"), std::string::npos);
}

TEST_F(ThreatCheck, NoBallStillMeasures) {
  attack.threat.kind = Threat::Kind::FreeL2;
  attack.threat.radius = 0;
  EXPECT_EQ(message({0.8f, 0.5f, 0.9f}), "");
  EXPECT_NEAR(distance, 0.5, 1e-6);
}

TEST_F(ThreatCheck, RangeUnlessUnclipped) {
  std::vector<float> below = {0.5f, -0.05f, 0.9f};
  EXPECT_NE(message(below).find("leaves the input's range 0 to 1 (pixel 1: -0.05"), std::string::npos)
      << message(below);
  attack.threat.clipped = false;
  EXPECT_EQ(message(below), "");
}

TEST_F(ThreatCheck, PixelsAreNumbers) {
  attack.threat.clipped = false;
  EXPECT_NE(message({0.5f, NAN, 0.9f}).find("has a pixel that is not finite"), std::string::npos);
  attack.threat.kind = Threat::Kind::FreeL2;
  EXPECT_NE(message({0.5f, 0.1f, INFINITY}).find("has a pixel that is not finite"), std::string::npos);
}

TEST_F(ThreatCheck, ToleranceFollowsTheRange) {
  dataset.high = 255;
  clean = {200.1f, 3, 4};
  attack.threat.radius = 8;
  EXPECT_EQ(message({208.1f + 1e-4f, 3, 4}), "");
  EXPECT_NE(message({208.2f, 3, 4}), "");
}

TEST(Progress, DurationsReadWell) {
  EXPECT_EQ(durationText(0.84), "0.8 s");
  EXPECT_EQ(durationText(59.96), "1 min 00 s");
  EXPECT_EQ(durationText(192), "3 min 12 s");
  EXPECT_EQ(durationText(7500), "2 h 05 min");
}

TEST(Progress, TerminalHasOneLiveLine) {
  std::ostringstream out;
  {
    Progress progress(out, true, 2);
    progress.start("train net");
    progress.advance(50, 100, "images", "epoch 1 of 2");
    progress.detail("epoch 1 of 2: loss 1");
    progress.finish("loss 1 after 1 epoch");
  }
  EXPECT_EQ(out.str().find("[1/2] train net, epoch 1 of 2   50 %  "), 0u) << out.str();
  EXPECT_NE(out.str().find(" images/s"), std::string::npos);
  EXPECT_NE(out.str().find(" left\r\033[K[1/2] train net: loss 1 after 1 epoch, 0.0 s\n"), std::string::npos)
      << out.str();
}

TEST(Progress, LogHasPlainLines) {
  std::ostringstream out;
  Progress progress(out, false, 2);
  progress.start("train net");
  progress.advance(50, 100, "images");
  progress.detail("epoch 1 of 1: loss 1");
  progress.finish("loss 1 after 1 epoch");
  progress.found("attack net", "success 1.0 %");
  EXPECT_EQ(out.str(), "[1/2] train net\n      epoch 1 of 1: loss 1\n      loss 1 after 1 epoch, 0.0 s\n"
                       "[2/2] attack net: success 1.0 %, from the store\n");
}
