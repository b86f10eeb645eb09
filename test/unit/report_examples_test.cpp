// What became of single examples: the files of pairs and images, and scores of the images of one class or of
// one answer.
#include "runtime/report/ExampleFiles.h"
#include "runtime/report/Results.h"
#include "test/unit/report_fixture.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace switchyard::rt;
namespace fs = std::filesystem;

namespace {

/// Three classes; images 0 to 3 are of class 0, 1, 1 and 2, pairs of class 0 and 1.
struct Classes : ::testing::Test {
  SmallRun run;

  Classes() {
    run.plan.datasets[0].classes = 3;
    for (auto &[job, accuracy] : run.outcomes.accuracies) {
      accuracy.labels = {0, 1, 1, 2};
      accuracy.answers = {{1, 1, 2, 1}, {0, 1, 0, 1, 1}, {1, 1, 0.5, 0.5, 1}};
    }
    for (auto &[job, attack] : run.outcomes.attacks) {
      attack.pairs[0].label = 0;
      attack.pairs[0].goal = 1;
      attack.pairs[1].label = 1;
      attack.pairs[1].goal = 2;
      attack.answers = {0, 1, 0, 0.25, 0.25, 0.5};
      attack.answersAtZero = {1, 0, 0, 0, 1, 0};
    }
  }

  Score score(const Measure &measure, const Choice &choice) {
    return Scorer(run.plan, run.experiment(), run.outcomes).score(measure, choice);
  }

  std::string file(const std::string &name) {
    const fs::path folder =
        fs::temp_directory_path() / ("switchyard-examples-test-" + std::to_string(getpid()));
    writeExampleFiles(run.plan, run.outcomes, folder.string());
    std::ifstream in(folder / name, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    fs::remove_all(folder);
    return text;
  }
};

AxisValue text(const std::string &value) {
  return {std::nan(""), value};
}
AxisValue number(int64_t value) {
  return {double(value), std::to_string(value)};
}

TEST_F(Classes, PairsHaveRows) {
  run.experiment().judges = {{Verdict::Kind::Expected}, {Verdict::Kind::AnyOf, 2}};
  const std::string pairs = file("pairs.csv");
  EXPECT_EQ(
      pairs.find(
          "experiment,defense,family,attack,gradients,judge,eps,training_run,attack_run,image,label,goal,"
          "success,success_at_zero,distance,unmoved,answer_0,answer_1,answer_2\r\n"
          "small,none,,fgsm,one_draw,expected,0.06274509803921569,1,1,0,0,1,0,0,0.1,0,0,1,0\r\n"),
      0u)
      << pairs;
  // of 4 draws: any of two succeeds where one of four does in half of all choices
  EXPECT_NE(pairs.find("small,noise(s = 0.1),,fgsm,one_draw,any_of(2),0.12549019607843137,1,1,1,1,2,0.5,"),
            std::string::npos)
      << pairs;
}

TEST_F(Classes, ImagesHaveRows) {
  EXPECT_EQ(file("images.csv")
                .find("experiment,defense,family,training_run,image,label,correct\r\n"
                      "small,none,,1,0,0,1\r\n"),
            0u);
  EXPECT_NE(file("images.csv").find("small,noise(s = 0.1),,1,2,1,0.5\r\n"), std::string::npos);
}

TEST_F(Classes, WhatEarlierVersionsDidNotKeepIsEmpty) {
  for (auto &[job, accuracy] : run.outcomes.accuracies)
    accuracy.labels.clear();
  for (auto &[job, attack] : run.outcomes.attacks)
    attack.answers.clear();
  EXPECT_NE(file("images.csv").find("small,none,,1,0,,1\r\n"), std::string::npos);
  EXPECT_NE(file("pairs.csv").find(",0.1,0,,,\r\n"), std::string::npos);
  run.outcomes.attacks.clear();
  EXPECT_EQ(file("pairs.csv").find("small"), std::string::npos);
}

TEST_F(Classes, AnAxisMayBeCalledAsAColumn) {
  for (Cell &cell : run.experiment().cells)
    cell.axes.front().first = "image";
  EXPECT_NE(file("pairs.csv").find(",judge,axis.image,training_run,"), std::string::npos);
}

TEST_F(Classes, AScoreOfOneClassIsOverItsImages) {
  const Choice noise{{"defense", text("noise(s = 0.1)")}};
  EXPECT_EQ(score({"accuracy", {}}, noise).value, 0.625);
  const Choice ones{{"defense", text("noise(s = 0.1)")}, {"class", number(1)}};
  EXPECT_EQ(score({"accuracy", {}}, ones).value, 0.75);
  EXPECT_EQ(score({"accuracy", {}}, ones).images, 2);
  const Choice far{{"defense", text("noise(s = 0.1)")},
                   {"attack", text("pgd")},
                   {"gradients", text("one_draw")},
                   {"eps", text("32/255")},
                   {"class", number(1)}};
  EXPECT_EQ(score({"attack_success_rate", {}}, far).value, 0.25);
  Choice none = far;
  none.back().second = number(2);
  EXPECT_FALSE(score({"attack_success_rate", {}}, none).defined);
  EXPECT_EQ(score({"attack_success_rate", {}}, none).note, "no image of this class was attacked");
}

TEST_F(Classes, SharesAreOfOneAnswer) {
  const Choice answer{{"defense", text("noise(s = 0.1)")}, {"answer", number(1)}};
  EXPECT_EQ(score({"confusion", {}}, answer).value, (0 + 1 + 0.5 + 1) / 4);
  EXPECT_FALSE(score({"confusion", {}}, {answer.front()}).defined);
  const Choice attacked{{"defense", text("none")},       {"attack", text("pgd")},
                        {"gradients", text("one_draw")}, {"eps", text("32/255")},
                        {"judge", text("expected")},     {"answer", number(1)}};
  EXPECT_EQ(score({"answer_share", {}}, attacked).value, (1 + 0.25) / 2);
}

TEST_F(Classes, ResultsHaveARowForEach) {
  run.experiment().measures = {{"accuracy", {}}, {"confusion", {}}};
  run.experiment().shows = {{"table", {{"accuracy", {}}}, "", {"defense", "class"}, {}}};
  std::map<std::string, int> rows;
  for (const ResultRow &row : resultsOf(run.plan, run.outcomes)) {
    std::string name = row.measure;
    for (const auto &[axis, value] : row.axes)
      name += " " + axis;
    ++rows[name];
  }
  EXPECT_EQ(rows["accuracy"], 2);
  EXPECT_EQ(rows["accuracy class"], 6);
  EXPECT_EQ(rows["confusion answer"], 6);
  EXPECT_EQ(rows.count("confusion"), 0u);
}

} // namespace
