// Exact success over paths, deviations of accuracy, repeated runs and paired comparisons, worked out by hand.
#include "runtime/report/Comparison.h"
#include "runtime/report/Report.h"
#include "runtime/report/Results.h"
#include "runtime/report/Table.h"
#include "test/unit/report_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <sstream>

using namespace switchyard::rt;

namespace {

const Choice noise = {{"defense", {0, "noise(s = 0.1)"}}};
const Choice pgdCell = {{"defense", {0, "noise(s = 0.1)"}},
                        {"attack", {0, "pgd"}},
                        {"gradients", {0, "one_draw"}},
                        {"eps", {0, "32/255"}}};

class Runs : public testing::Test {
protected:
  Score of(const std::string &measure, const Choice &choice) {
    return Scorer(run.plan, run.experiment(), run.outcomes).score({measure, {}}, choice);
  }
  std::string print(const Show &show) {
    std::ostringstream out;
    for (const Table &table :
         tablesOf(run.experiment(), Scorer(run.plan, run.experiment(), run.outcomes), show))
      printTable(table, Style::Plain, out);
    return out.str();
  }
  AccuracyOutcome &accuracyOfNoise() { return run.outcomes.accuracies.at(run.accuracyOf(1).id); }
  int64_t copyOf(int64_t job) {
    int64_t copy = run.addJob(run.plan.jobs.at(size_t(job)).work);
    if (run.outcomes.attacks.count(job))
      run.outcomes.attacks[copy] = run.outcomes.attacks.at(job);
    else
      run.outcomes.accuracies[copy] = run.outcomes.accuracies.at(job);
    return copy;
  }
  /// Makes every attack on noise, and its clean answers, exact over 4 paths.
  void makeExact() {
    accuracyOfNoise().drawAccuracy.clear();
    accuracyOfNoise().pathAccuracy = {0.5, 0.5, 0.75, 0.75};
    for (Cell &cell : run.experiment().cells)
      if (cell.defense == 1) {
        int64_t job = cell.jobs.front();
        run.outcomes.attacks.at(job).draws = 0;
        run.outcomes.attacks.at(job).paths = 4;
        run.plan.jobs.at(size_t(job)).as<AttackJob>().model.stages.resize(2);
      }
  }
  /// Two trainings, two attacks on each; the second training's model is right on one image less and lets more
  /// attacks of the first run through.
  void repeat() {
    Experiment &experiment = run.experiment();
    experiment.repeatTraining = experiment.repeatAttack = 2;
    for (DefenseEntry &defense : experiment.defenses) {
      defense.accuracies.push_back(copyOf(defense.accuracies.front()));
      run.outcomes.accuracies.at(defense.accuracies[1]).correct[1] = 0;
    }
    for (Cell &cell : experiment.cells)
      if (cell.meansSomething()) {
        while (cell.jobs.size() < 4)
          cell.jobs.push_back(copyOf(cell.jobs.front()));
        run.outcomes.attacks.at(cell.jobs[2]).pairs[1].success = 1;
      }
  }

  SmallRun run;
};

TEST_F(Runs, an_aggregate_counts_all_that_entered_it) {
  makeExact();
  for (const Cell &cell : run.experiment().cells)
    if (cell.defense == 1 && cell.axes[0].second.text == "32/255")
      run.outcomes.attacks.at(cell.jobs.front()).paths = 9;
  Measure mean = {"defense_rate", {{"mean", {"eps"}}, {"mean", {"defense"}}}};
  std::string text = print({"table", {mean}, "", {"attack"}, {"gradients"}});
  EXPECT_NE(text.find("2 images, 2 pairs, 1 draw or 4 to 9 paths\n"
                      "success of a finished example is exact over 4 to 9 paths; "),
            std::string::npos)
      << text;
  Score des = Scorer(run.plan, run.experiment(), run.outcomes)
                  .score({"des", {{"mean", {"eps"}}}}, {pgdCell[0], pgdCell[1], pgdCell[2]});
  ASSERT_TRUE(des.defined);
  EXPECT_EQ(des.paths.low, 4);
  EXPECT_EQ(des.paths.high, 9);
  EXPECT_EQ(des.draws.high, 0);
}

TEST_F(Runs, exact_success_counts_paths_and_no_draws) {
  makeExact();
  Score score = of("attack_success_rate", pgdCell);
  EXPECT_DOUBLE_EQ(score.value, 0.375);
  EXPECT_EQ(score.draws.high, 0);
  EXPECT_EQ(score.paths.low, 4);
  std::string text =
      print({"table", {{"defense_rate", {{"worst", {"attack", "gradients"}}}}}, "", {"defense", "eps"}, {}});
  EXPECT_NE(
      text.find("2 images, 2 pairs, 1 draw or 4 paths\n"
                "success of a finished example is exact over 4 paths; training, attack and choice of images "
                "remain random\n"),
      std::string::npos)
      << text;
  for (const ResultRow &row : resultsOf(run.plan, run.outcomes))
    EXPECT_TRUE(row.judge.empty() || row.judge == (row.defense == "none" ? "expected" : "all_paths"));
}

TEST_F(Runs, deviations_of_accuracy) {
  accuracyOfNoise().drawAccuracy = {0.5, 0.75};
  Score draws = of("draw_deviation", noise), paths = of("path_deviation", noise);
  EXPECT_NEAR(draws.value, 0.25 / std::sqrt(2), 1e-12); // of a sample
  EXPECT_TRUE(std::isnan(draws.low));
  EXPECT_EQ(draws.images, 4);
  EXPECT_EQ(paths.note, "paths cannot be enumerated: not only paths are random, or there are more than 4096");
  EXPECT_EQ(of("draw_deviation", {{"defense", {0, "none"}}}).note,
            "nothing deviates: one answer for each image");
  std::string text = print({"table", {{"accuracy", {}}}, "", {"defense"}, {}});
  EXPECT_NE(
      text.find("standard deviation of the accuracy: 17.68 points between draws of the whole test set\n"),
      std::string::npos)
      << text;

  makeExact();
  EXPECT_DOUBLE_EQ(of("path_deviation", noise).value, 0.125); // of all paths there are
  EXPECT_EQ(of("draw_deviation", noise).note, "exact over 4 paths: see path deviation");
  text = print({"table", {{"accuracy", {}}, {"path_deviation", {}}}, "", {"defense"}, {}});
  EXPECT_NE(text.find("accuracy (%)          path deviation (points)"), std::string::npos) << text;
  EXPECT_NE(text.find("]   12.50\n"), std::string::npos) << text;
  text = print({"table", {{"path_deviation", {}}}, "", {"defense"}, {}});
  EXPECT_EQ(text.find("95 % intervals"), std::string::npos) << text;
}

TEST_F(Runs, mean_of_deviations) {
  makeExact();
  run.experiment().defenses[0].family = "a";
  accuracyOfNoise().pathAccuracy = {0.5, 0.75};
  run.outcomes.accuracies.at(run.accuracyOf(0).id).pathAccuracy = {1, 1};
  Score mean = Scorer(run.plan, run.experiment(), run.outcomes)
                   .score({"path_deviation", {{"mean", {"defense"}}}}, Choice());
  EXPECT_DOUBLE_EQ(mean.value, 0.0625);
}

// Success of the four runs: 0.375, 0.375, 0.75, 0.375.
TEST_F(Runs, values_are_means_over_runs) {
  repeat();
  Score success = of("attack_success_rate", pgdCell);
  EXPECT_DOUBLE_EQ(success.value, 0.46875);
  EXPECT_EQ(success.images, 2);
  EXPECT_EQ(success.pairs, 2);
  EXPECT_NEAR(success.betweenTrainings, 0.1875 / std::sqrt(2), 1e-12);          // 0.375 and 0.5625
  EXPECT_NEAR(success.betweenAttacks, std::sqrt(0.375 * 0.375 / 2 / 2), 1e-12); // pooled over both trainings
  Score accuracy = of("accuracy", noise);
  EXPECT_DOUBLE_EQ(accuracy.value, 0.5); // 0.625 and 0.375
  EXPECT_NEAR(accuracy.betweenTrainings, 0.25 / std::sqrt(2), 1e-12);
  EXPECT_TRUE(std::isnan(accuracy.betweenAttacks));
  Score drop = of("accuracy_drop", noise);
  EXPECT_DOUBLE_EQ(drop.value, 0.375); // both lose the same image
  EXPECT_DOUBLE_EQ(drop.betweenTrainings, 0);
}

TEST_F(Runs, one_run_has_no_deviation) {
  EXPECT_TRUE(std::isnan(of("attack_success_rate", pgdCell).betweenTrainings));
}

TEST_F(Runs, des_is_the_ratio_of_means) {
  repeat();
  Score score = of("des", pgdCell);
  double gain = 1 - 0.46875, drop = 0.375;
  EXPECT_NEAR(score.value, gain / (drop + 0.002), 1e-12);
  EXPECT_GT(score.betweenTrainings, 0);
}

TEST_F(Runs, different_images_in_each_run_are_averaged) {
  repeat();
  for (Cell &cell : run.experiment().cells)
    if (cell.meansSomething())
      run.outcomes.attacks.at(cell.jobs[3]).pairs[1].image = 3; // another image is classified correctly there
  Score score = of("attack_success_rate", pgdCell);
  EXPECT_EQ(score.images, 3);
  EXPECT_EQ(score.pairs, 3);
  EXPECT_DOUBLE_EQ(score.value, 0.46875);
  EXPECT_EQ(of("des", pgdCell).images, 3);
  EXPECT_EQ(of("des", pgdCell).pairs, 3);
  Scorer scorer(run.plan, run.experiment(), run.outcomes);
  int differences = 0;
  for (const ComparedPoints &one : comparedPoints(scorer.grid(), {0, 1}))
    if (Score difference = scorer.difference(one.first, one.second); one.first.cell && difference.defined) {
      ++differences;
      EXPECT_EQ(difference.images, 3);
      EXPECT_EQ(difference.pairs, 3);
    }
  EXPECT_EQ(differences, 4);
}

TEST_F(Runs, an_unfinished_run_is_a_dash) {
  repeat();
  run.outcomes.attacks.erase(run.experiment().cells.back().jobs.back());
  EXPECT_EQ(of("attack_success_rate", {{"defense", {0, "noise(s = 0.1)"}},
                                       {"attack", {0, "pgd"}},
                                       {"gradients", {0, "randomness_off"}},
                                       {"eps", {0, "32/255"}}})
                .note,
            "not finished");
}

TEST_F(Runs, tables_say_what_stands_in_parentheses) {
  repeat();
  std::string text = print(
      {"table", {{"attack_success_rate", {{"worst", {"attack"}}}}}, "", {"defense", "eps"}, {"gradients"}});
  EXPECT_NE(text.find("(13.3, 18.7)"), std::string::npos) << text;
  EXPECT_NE(
      text.find("[low, high]: 95 % intervals over images, of the means over 2 trainings and 2 attack runs on "
                "each\n(deviation): standard deviation between 2 trainings; of attacks also between 2 attack "
                "runs on one model\n"),
      std::string::npos)
      << text;
  text = print({"table", {{"accuracy", {}}}, "", {"defense"}, {}});
  EXPECT_NE(text.find("] (17.7)\n"), std::string::npos) << text;
}

TEST_F(Runs, files_have_the_mean_and_every_run) {
  repeat();
  int means = 0, runs = 0;
  for (const ResultRow &row : resultsOf(run.plan, run.outcomes)) {
    EXPECT_TRUE(row.measure != "accuracy" || row.attackRun == 0);
    if (row.measure != "attack_success_rate" || row.defense == "none" || row.attack != "pgd" ||
        row.gradients != "one_draw" || row.axes[0].second.text != "32/255")
      continue;
    bool mean = row.trainingRun == 0;
    ++(mean ? means : runs);
    EXPECT_EQ(row.job.empty(), mean);
    EXPECT_DOUBLE_EQ(row.score.value, mean                                         ? 0.46875
                                      : row.trainingRun == 2 && row.attackRun == 1 ? 0.75
                                                                                   : 0.375);
    EXPECT_EQ(std::isnan(row.score.betweenTrainings), !mean);
  }
  EXPECT_EQ(means, 1);
  EXPECT_EQ(runs, 4);
}

// Accuracy differs by 0, 0, 1/2, 1 on the four images; success under pgd at 32/255 by 1/2 and 3/4.
TEST_F(Runs, comparison_is_paired) {
  run.experiment().comparisons = {{0, 1}};
  Scorer scorer(run.plan, run.experiment(), run.outcomes);
  std::vector<ComparedPoints> points = comparedPoints(scorer.grid(), {0, 1});
  ASSERT_EQ(points.size(), 1 + 8u);
  Score accuracy = scorer.difference(points[0].first, points[0].second);
  EXPECT_DOUBLE_EQ(accuracy.value, 0.375);
  EXPECT_NEAR(accuracy.low, 0.375 - 3.182446 * 0.239357, 1e-5);
  auto pgd = [](const ComparedPoints &one) {
    return one.first.cell && one.first.cell->attack == "pgd" && one.first.cell->gradients == "one_draw" &&
           one.first.cell->axes[0].second.text == "32/255";
  };
  const ComparedPoints &cell = *std::find_if(points.begin(), points.end(), pgd);
  Score success = scorer.difference(cell.first, cell.second);
  EXPECT_DOUBLE_EQ(success.value, 0.625);
  EXPECT_EQ(success.images, 2);
  EXPECT_NEAR(success.high, std::min(1.0, 0.625 + 12.7062 * 0.125), 1e-4);
}

TEST_F(Runs, comparisons_stand_behind_the_tables_and_in_the_files) {
  run.experiment().comparisons = {{0, 1}};
  Scorer scorer(run.plan, run.experiment(), run.outcomes);
  std::ostringstream out;
  printTable(comparisonTable(run.experiment(), scorer, {0, 1}), Style::Plain, out);
  EXPECT_EQ(out.str().substr(0, out.str().find("attack success   pgd")),
            R"(small: none compared with noise(s = 0.1) (%)

measure          attack   gradients        eps      first     second   difference
---------------------------------------------------------------------------------------------
accuracy                                            100.0     62.5     37.5 [ -38.7, 100.0]
attack success   fgsm     one_draw         16/255     0.0      0.0      0.0 [ -98.8,  98.8]
attack success   fgsm     randomness_off   16/255       - a    0.0        - a
attack success   fgsm     one_draw         32/255    50.0     12.5     37.5 [-100.0, 100.0]
attack success   fgsm     randomness_off   32/255       - a   37.5        - a
)");
  int differences = 0;
  for (const ResultRow &row : resultsOf(run.plan, run.outcomes))
    if (!row.comparedWith.empty()) {
      ++differences;
      EXPECT_EQ(row.defense, "none");
      EXPECT_EQ(row.comparedWith, "noise(s = 0.1)");
      EXPECT_TRUE(row.measure == "accuracy_difference" || row.measure == "attack_success_difference")
          << row.measure;
    }
  EXPECT_EQ(differences, 9);
}

// `noise` from a training of its own, once: what brackets leave out stands beside them.
TEST_F(Runs, a_difference_between_two_trainings_says_what_it_leaves_out) {
  run.trainApart(1);
  run.experiment().comparisons = {{0, 1}};
  EXPECT_EQ(of("accuracy_drop", noise).covers, Covers::ImagesOnly);
  EXPECT_EQ(of("accuracy", noise).covers, Covers::Images);
  EXPECT_EQ(of("accuracy_drop", {{"defense", {0, "none"}}}).covers, Covers::Images);
  std::string text = print({"table", {{"accuracy", {}}, {"accuracy_drop", {}}}, "", {"defense"}, {}});
  EXPECT_NE(text.find("[-38.7, 100.0] images only\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\nimages only: a difference between models that were trained apart, once each; other "
                      "trainings would move it, too"),
            std::string::npos)
      << text;
  std::ostringstream compared;
  Scorer scorer(run.plan, run.experiment(), run.outcomes);
  printTable(comparisonTable(run.experiment(), scorer, {0, 1}), Style::Plain, compared);
  EXPECT_NE(compared.str().find("37.5 [ -38.7, 100.0] images only\n"), std::string::npos) << compared.str();
  for (const ResultRow &row : resultsOf(run.plan, run.outcomes))
    EXPECT_EQ(intervalOver(row.score) == "images only",
              row.score.defined && row.defense + row.comparedWith != "none" &&
                  (!row.comparedWith.empty() || row.measure == "accuracy_drop" || row.measure == "des"))
        << row.measure << " of " << row.defense;
}

TEST_F(Runs, a_difference_between_two_trainings_of_each_covers_them) {
  run.trainApart(1);
  repeat();
  EXPECT_EQ(of("accuracy_drop", noise).covers, Covers::TrainingsAndImages);
  EXPECT_EQ(of("des", pgdCell).covers, Covers::TrainingsAndImages);
  std::string text = print({"table", {{"accuracy", {}}, {"accuracy_drop", {}}}, "", {"defense"}, {}});
  EXPECT_NE(
      text.find("[low, high] of differences and DES: 95 % intervals over trainings and images, of models "
                "that were trained apart, 2 times each\n"),
      std::string::npos)
      << text;
  EXPECT_EQ(text.find("images only"), std::string::npos) << text;
}

// The compiler says what shares weights by the jobs that they come from, not by names.
TEST_F(Runs, mounted_defenses_stay_paired) {
  repeat();
  EXPECT_EQ(of("accuracy_drop", noise).covers, Covers::Images);
  EXPECT_EQ(of("des", pgdCell).covers, Covers::Images);
}

} // namespace
