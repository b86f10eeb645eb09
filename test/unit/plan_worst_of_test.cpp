// A set of attacks takes each pair from one of its parts.
#include "runtime/plan/WorstOf.h"

#include <gtest/gtest.h>

using namespace switchyard::rt;

namespace {

/// One pair in each place: its success and distance; answers are told apart by the part's number.
AttackOutcome part(int number, const std::vector<std::pair<double, float>> &pairs) {
  AttackOutcome outcome;
  for (const auto &[success, distance] : pairs) {
    AttackPair pair;
    pair.image = int32_t(outcome.pairs.size());
    pair.success = success;
    pair.successAtZero = 0.25;
    pair.distance = distance;
    outcome.pairs.push_back(pair);
    outcome.answers.insert(outcome.answers.end(), {double(number), success});
    outcome.answersAtZero.insert(outcome.answersAtZero.end(), {-1, 0.25});
  }
  outcome.gradients.resize(pairs.size());
  outcome.seconds = number;
  return outcome;
}

AttackOutcome worst(Threat threat, const std::vector<AttackOutcome> &parts) {
  AttackJob set;
  set.threat = threat;
  DatasetSpec dataset;
  dataset.low = 0;
  dataset.high = 1;
  std::vector<const AttackOutcome *> all;
  for (const AttackOutcome &one : parts)
    all.push_back(&one);
  return worstOf(set, dataset, all);
}

/// Which part each pair is from; -1: none, the clean image.
std::vector<int> chosen(const AttackOutcome &outcome) {
  std::vector<int> parts;
  for (size_t i = 0; i < outcome.pairs.size(); ++i)
    parts.push_back(int(outcome.answers[2 * i]));
  return parts;
}

const Threat ball{Threat::Kind::Linf, 0.1, true};

TEST(WorstOf, TakesWhatSucceedsMostThenTheNearestThenTheFirst) {
  AttackOutcome outcome = worst(ball, {part(1, {{0.5, 0.1f}, {1, 0.1f}, {1, 0.05f}, {0, 0.1f}}),
                                       part(2, {{0.6, 0.1f}, {1, 0.04f}, {1, 0.05f}, {0, 0.02f}})});
  EXPECT_EQ(chosen(outcome), (std::vector<int>{2, 2, 1, 1}));
  EXPECT_EQ(outcome.pairs[0].success, 0.6);
  EXPECT_EQ(outcome.pairs[1].distance, 0.04f);
  EXPECT_EQ(outcome.answers[1], 0.6);
  EXPECT_EQ(outcome.seconds, 3);
  EXPECT_TRUE(outcome.gradients.empty());
}

TEST(WorstOf, WhatLiesOutsideOfTheBallIsNoExample) {
  AttackOutcome outcome = worst(ball, {part(1, {{0.5, 0.1f}, {1, 0.3f}, {0.1, 0.1f}}),
                                       part(2, {{1, 0.2f}, {1, 0.2f}, {0, 0.1000005f}})});
  EXPECT_EQ(chosen(outcome), (std::vector<int>{1, -1, 1}));
  EXPECT_EQ(outcome.pairs[1].success, 0.25); // of the clean image
  EXPECT_EQ(outcome.pairs[1].distance, 0);
  EXPECT_TRUE(outcome.pairs[1].unmoved);
  EXPECT_FALSE(outcome.pairs[0].unmoved);
}

TEST(WorstOf, WithoutABallAllExamplesCount) {
  Threat near{Threat::Kind::FreeL2, 0, true};
  EXPECT_EQ(chosen(worst(near, {part(1, {{1, 7}, {0.5, 1}}), part(2, {{1, 3}, {1, 9}})})),
            (std::vector<int>{2, 2}));
}

TEST(WorstOf, OneAttackIsItself) {
  AttackOutcome only = part(1, {{0.5, 0.1f}, {0.1, 0.02f}});
  AttackOutcome outcome = worst(ball, {only});
  EXPECT_EQ(outcome.answers, only.answers);
  EXPECT_EQ(outcome.pairs[1].success, 0.1); // below the clean image's: still what the attack made
}

} // namespace
