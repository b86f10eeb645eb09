// What may be shown on a grid, without outcomes: S5.6 and S5.5.
#include "report_fixture.h"
#include "runtime/contract/ShowRules.h"

#include <gtest/gtest.h>

namespace switchyard::rt {
namespace {

struct ShowRules : ::testing::Test {
  SmallRun run;
  Show show{"table", {}, "", {"defense", "eps"}, {}};

  std::string problem(const Measure &measure) { return showProblem(gridOf(run.experiment()), show, measure); }
};

TEST_F(ShowRules, AllIsToldApart) {
  EXPECT_EQ(problem({"defense_rate", {{"worst", {"attack", "gradients"}}}}), "");
  EXPECT_EQ(problem({"accuracy", {}}), "");
}

TEST_F(ShowRules, ClassesNeedNoNameAndAnswersDo) {
  show.by = {"defense", "class"};
  EXPECT_EQ(problem({"accuracy", {}}), "");
  EXPECT_EQ(problem({"draw_deviation", {}}),
            "`draw_deviation` is of the whole test set and of no class; leave `class` out");
  EXPECT_EQ(problem({"confusion", {}}),
            "`confusion` is of one class among the answers; make `answer` a row or column");
  EXPECT_EQ(problem({"accuracy", {{"mean", {"class"}}}}),
            "`accuracy(mean over class)` is over all images where `class` is no row and no column; leave "
            "`mean over "
            "class` out");
  show.by = {"answer", "class", "defense"};
  EXPECT_EQ(problem({"confusion", {}}), "");
  EXPECT_EQ(problem({"accuracy", {}}), "`accuracy` does not vary with `answer`, which belongs to "
                                       "`answer_share` and `confusion`; leave it out, or "
                                       "show these in a table of their own");
  EXPECT_EQ(problem({"answer_share", {{"mean", {"eps"}}, {"mean", {"attack"}}}}),
            "`answer_share(mean over eps, mean over attack)` varies with `gradients` (one_draw, "
            "randomness_off), which "
            "is no row, no column and not aggregated");
}

TEST_F(ShowRules, AnAxisThatNothingNames) {
  EXPECT_EQ(
      problem({"defense_rate", {{"worst", {"gradients"}}}}),
      "`defense_rate(worst over gradients)` varies with `attack` (fgsm, pgd), which is no row, no column "
      "and not aggregated");
}

TEST_F(ShowRules, WhatHasNoneOfAnAxisIsToldApartByOthers) {
  for (Cell &cell : run.experiment().cells)
    if (cell.attack == "pgd")
      cell.axes.push_back({"steps", {5, "5"}});
  show.by = {"defense", "eps", "steps"};
  Measure measure{"defense_rate", {{"worst", {"gradients"}}}};
  EXPECT_EQ(problem(measure), "") << "fgsm alone has no steps";
  for (const char *eps : {"16/255", "32/255"})
    run.addCell(0, "square", "one_draw", eps, {1, 1}, 1);
  EXPECT_EQ(problem(measure),
            "`defense_rate(worst over gradients)` varies with `attack` (fgsm, square), which is no row, "
            "no column and not aggregated");
}

TEST_F(ShowRules, AverageOverUnequalSets) {
  show.by = {"defense", "attack"};
  Measure mean{"defense_rate", {{"mean", {"eps"}}, {"worst", {"gradients"}}}};
  EXPECT_EQ(problem(mean), "");
  run.addCell(0, "pgd", "one_draw", "48/255", {1, 1}, 1);
  run.addCell(1, "pgd", "one_draw", "48/255", {1, 1}, 1);
  std::string text = problem(mean);
  EXPECT_NE(text.find("would bring together different settings: \"none, fgsm\" has eps, gradients"),
            std::string::npos)
      << text;
  show.by = {"defense", "attack", "eps", "gradients"};
  mean.aggregates.clear();
  EXPECT_EQ(problem(mean), "") << "each eps is an entry";
}

TEST_F(ShowRules, ARatioTakesAWorstFirstAndOfOneDefense) {
  show.by = {"defense"};
  EXPECT_EQ(problem({"des", {{"worst", {"attack", "gradients"}}, {"mean", {"eps"}}}}), "");
  EXPECT_EQ(
      problem({"des", {{"mean", {"eps"}}, {"worst", {"attack", "gradients"}}}}),
      "`des(mean over eps, worst over attack, gradients)` takes a worst over a mean, which is not a value of "
      "any example; name the worst first");
  show.by = {};
  Measure measure{"des", {{"worst", {"attack", "gradients", "eps", "defense"}}}};
  EXPECT_EQ(problem(measure), "`des(worst over attack, gradients, eps, defense)` belongs to one defense "
                              "each, of which there is no worst; make `defense` a row or column");
  measure.name = "defense_rate";
  EXPECT_EQ(problem(measure), "");
}

TEST_F(ShowRules, ARatioToTheBaselineHasNoMeanWithIt) {
  show.by = {"eps"};
  Measure measure{"des", {{"worst", {"attack", "gradients"}}, {"mean", {"defense"}}}};
  EXPECT_EQ(
      problem(measure),
      "`des(worst over attack, gradients, mean over defense)` would bring together `none`, which has none, "
      "with the defenses that are compared with it; make `defense` a row or column, or take the mean over "
      "the strengths of a family");
  run.experiment().settings[0].baseline = std::nullopt;
  EXPECT_EQ(problem(measure), "");
}

TEST_F(ShowRules, DistancesOfSeveralSettingsAreOfOtherExamples) {
  show.by = {"defense", "attack", "gradients"};
  EXPECT_EQ(problem({"distance", {{"mean", {"eps"}}}}),
            "`distance(mean over eps)` would bring together other examples at each setting: a distance is of "
            "those that succeed; make `eps` a row or column");
  show.by = {"defense", "attack", "gradients", "eps"};
  EXPECT_EQ(problem({"distance", {}}), "");
}

} // namespace
} // namespace switchyard::rt
