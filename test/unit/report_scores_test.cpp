// Scores of the small run, worked out by hand.
#include "runtime/report/Results.h"
#include "runtime/report/Table.h"
#include "test/unit/report_fixture.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace switchyard::rt;

namespace {

class Scores : public testing::Test {
protected:
  Score of(const Measure &measure, const std::vector<std::pair<std::string, std::string>> &at) {
    Choice choice;
    for (const auto &[axis, text] : at)
      choice.push_back({axis, {0, text}});
    return Scorer(run.plan, run.experiment(), run.outcomes).score(measure, choice);
  }
  std::string complaint(const Measure &measure, const std::vector<std::pair<std::string, std::string>> &at) {
    try {
      of(measure, at);
    } catch (const std::runtime_error &error) {
      return error.what();
    }
    return "no error";
  }

  SmallRun run;
  const std::string noise = "noise(s = 0.1)";
};

TEST_F(Scores, accuracy) {
  Score score = of({"accuracy", {}}, {{"defense", noise}});
  EXPECT_TRUE(score.defined);
  EXPECT_DOUBLE_EQ(score.value, 0.625);
  EXPECT_EQ(score.images, 4);
  EXPECT_EQ(score.draws.low, 2);
  EXPECT_LT(score.low, 0.625);
  EXPECT_GT(score.high, 0.625);
}

TEST_F(Scores, accuracy_drop_is_paired) {
  Score score = of({"accuracy_drop", {}}, {{"defense", noise}});
  EXPECT_DOUBLE_EQ(score.value, 0.375);
  // Differences 0, 0, 1/2, 1: variance 0.229167, standard error 0.239357, t(3) = 3.182446.
  EXPECT_NEAR(score.low, 0.375 - 3.182446 * 0.239357, 1e-5);
  Score base = of({"accuracy_drop", {}}, {{"defense", "none"}});
  EXPECT_EQ(base.value, 0);
  EXPECT_EQ(base.high, 0);
}

TEST_F(Scores, distance_is_of_the_examples_that_succeed) {
  AttackOutcome &attack = run.outcomes.attacks.at(run.experiment().cells[0].jobs[0]);
  attack.pairs = {
      {0, 3, 4, 1, 0, 1.5f}, {0, 3, 5, 0.5f, 0, 2.5f}, {1, 7, 2, 1, 0, 3}, {2, 7, 2, 0.25f, 0, 9}};
  std::vector<std::pair<std::string, std::string>> cell = {
      {"defense", "none"}, {"attack", "fgsm"}, {"gradients", "one_draw"}, {"eps", "16/255"}};
  Score score = of({"distance", {}}, cell);
  EXPECT_DOUBLE_EQ(score.value, 7.0 / 3);
  EXPECT_EQ(score.pairs, 3);
  EXPECT_EQ(score.images, 2);
  // Sums less the mean: -2/3 and 2/3; variance 2 / 1 * (8/9) / 9, t(1) = 12.7062.
  EXPECT_NEAR(score.high - score.value, 12.7062 * std::sqrt(16.0 / 81), 1e-4);
  for (AttackPair &pair : attack.pairs)
    pair.success = 0;
  EXPECT_EQ(of({"distance", {}}, cell).note, "no example succeeds");
  EXPECT_NE(complaint({"distance", {{"worst", {"attack"}}}}, cell).find("worst is taken per example"),
            std::string::npos);
}

TEST_F(Scores, success_and_defense_rate_of_one_cell) {
  std::vector<std::pair<std::string, std::string>> cell = {
      {"defense", noise}, {"attack", "pgd"}, {"gradients", "one_draw"}, {"eps", "32/255"}};
  Score success = of({"attack_success_rate", {}}, cell), defended = of({"defense_rate", {}}, cell);
  EXPECT_DOUBLE_EQ(success.value, 0.375);
  EXPECT_DOUBLE_EQ(defended.value, 0.625);
  EXPECT_DOUBLE_EQ(defended.low, 1 - success.high);
  EXPECT_EQ(success.images, 2);
  EXPECT_EQ(success.pairs, 2);
  EXPECT_EQ(success.draws.low, 4);
  EXPECT_DOUBLE_EQ(of({"success_at_zero", {}}, cell).value, 0.25);
}

TEST_F(Scores, worst_is_per_example) {
  // Image 0: max(0.5, 0.75); image 1: 0.25. The mean of maxima, not the maximum of means (0.375).
  Measure worst = {"attack_success_rate", {{"worst", {"attack", "gradients"}}}};
  EXPECT_DOUBLE_EQ(of(worst, {{"defense", noise}, {"eps", "32/255"}}).value, 0.5);
  worst.name = "defense_rate";
  EXPECT_DOUBLE_EQ(of(worst, {{"defense", noise}, {"eps", "32/255"}}).value, 0.5);
}

TEST_F(Scores, worst_leaves_out_what_means_nothing_and_says_so) {
  Score score = of({"attack_success_rate", {{"worst", {"attack", "gradients"}}}},
                   {{"defense", "none"}, {"eps", "16/255"}});
  EXPECT_DOUBLE_EQ(score.value, 0.5);
  EXPECT_EQ(score.note, "left out of the worst: nothing is random");
}

TEST_F(Scores, mean_over_cells) {
  // one_draw, pgd: (0.25 + 0.375) / 2.
  Measure mean = {"attack_success_rate", {{"mean", {"eps"}}}};
  EXPECT_DOUBLE_EQ(of(mean, {{"defense", noise}, {"attack", "pgd"}, {"gradients", "one_draw"}}).value,
                   0.3125);
}

TEST_F(Scores, mean_of_worst) {
  // 16/255: images max(0.5, 0) and 0; 32/255: 0.5 as above.
  Measure both = {"attack_success_rate", {{"worst", {"attack", "gradients"}}, {"mean", {"eps"}}}};
  EXPECT_DOUBLE_EQ(of(both, {{"defense", noise}}).value, (0.25 + 0.5) / 2);
}

TEST_F(Scores, a_mean_over_what_means_nothing_is_a_dash) {
  Score score = of({"attack_success_rate", {{"mean", {"gradients"}}}},
                   {{"defense", "none"}, {"attack", "fgsm"}, {"eps", "16/255"}});
  EXPECT_FALSE(score.defined);
  EXPECT_EQ(score.note, "nothing is random");
}

TEST_F(Scores, unfinished_work_is_a_dash_even_in_a_worst) {
  run.outcomes.attacks.erase(run.experiment().cells.back().jobs[0]);
  Score score =
      of({"defense_rate", {{"worst", {"attack", "gradients"}}}}, {{"defense", noise}, {"eps", "32/255"}});
  EXPECT_FALSE(score.defined);
  EXPECT_EQ(score.note, "not finished");
}

TEST_F(Scores, failed_work_is_a_dash_with_the_reason) {
  int64_t job = run.experiment().cells.back().jobs[0];
  run.outcomes.attacks.erase(job);
  run.outcomes.failures[job] = {"train net, none: the loss is not a number", 0};
  Score score =
      of({"defense_rate", {{"worst", {"attack", "gradients"}}}}, {{"defense", noise}, {"eps", "32/255"}});
  EXPECT_FALSE(score.defined);
  EXPECT_EQ(score.note, "train net, none: the loss is not a number");
}

TEST_F(Scores, des) {
  // Gain 1 - 0.375 over a drop of 0.375 + 0.002; four images can't tell the drop from zero.
  Score score =
      of({"des", {}}, {{"defense", noise}, {"attack", "pgd"}, {"gradients", "one_draw"}, {"eps", "32/255"}});
  EXPECT_TRUE(score.defined);
  EXPECT_NEAR(score.value, 0.625 / 0.377, 1e-12);
  EXPECT_FALSE(score.bounded);
}

TEST_F(Scores, des_compares_a_random_estimator_with_the_deterministic_baseline) {
  Score score =
      of({"des", {}},
         {{"defense", noise}, {"attack", "pgd"}, {"gradients", "randomness_off"}, {"eps", "32/255"}});
  EXPECT_NEAR(score.value, (1 - 0.375) / 0.377, 1e-12);
}

TEST_F(Scores, des_of_a_worst) {
  // Baseline's worst at 32/255: both images; the defense's 0.5.
  Score score = of({"des", {{"worst", {"attack", "gradients"}}}}, {{"defense", noise}, {"eps", "32/255"}});
  EXPECT_NEAR(score.value, (1 - 0.5) / 0.377, 1e-12);
}

TEST_F(Scores, mean_of_des_has_the_pooled_ratio_beside_it) {
  // Gains 0.5 - 0.25 and 1 - 0.375 over the same drop.
  Score score =
      of({"des", {{"mean", {"eps"}}}}, {{"defense", noise}, {"attack", "pgd"}, {"gradients", "one_draw"}});
  EXPECT_NEAR(score.value, (0.25 + 0.625) / 2 / 0.377, 1e-12);
  EXPECT_EQ(score.note, "mean of 2; pooled ratio 1.16");
}

TEST_F(Scores, des_without_a_loss_of_accuracy_is_undefined_or_ruled_by_the_offset) {
  std::vector<std::pair<std::string, std::string>> cell = {
      {"defense", noise}, {"attack", "pgd"}, {"gradients", "one_draw"}, {"eps", "32/255"}};
  run.outcomes.accuracies[0].correct = {0, 0, 0, 0};
  EXPECT_EQ(of({"des", {}}, cell).note, "undefined: the defense loses no accuracy");
  run.outcomes.accuracies[0].correct = run.outcomes.accuracies[1].correct;
  Score score = of({"des", {}}, cell);
  EXPECT_NEAR(score.value, 0.625 / 0.002, 1e-9);
  EXPECT_EQ(score.note, "the offset is more than half of the denominator");
}

TEST_F(Scores, des_of_the_baseline_and_without_one) {
  std::vector<std::pair<std::string, std::string>> cell = {
      {"defense", "none"}, {"attack", "pgd"}, {"gradients", "one_draw"}, {"eps", "32/255"}};
  EXPECT_EQ(of({"des", {}}, cell).note, "the baseline itself");
  run.experiment().settings[0].baseline = std::nullopt;
  EXPECT_EQ(of({"des", {}}, cell).note, "no defense `none` to compare with");
  EXPECT_EQ(of({"accuracy_drop", {}}, {{"defense", noise}}).note, "no defense `none` to compare with");
}

// Where each defense is attacked on images of its own, a comparison is over those of both.
TEST_F(Scores, a_comparison_is_over_the_images_in_common) {
  Experiment &experiment = run.experiment();
  const Grid grid = gridOf(experiment);
  const Point &a = grid.cells.at(0), &other = grid.cells.at(2); // fgsm at 16/255 on `none` and on noise
  ASSERT_EQ(other.defense, 1);
  auto outcome = [&](const Point &point) -> AttackOutcome & {
    return run.outcomes.attacks.at(point.cell->jobs.front());
  };
  outcome(a).pairs = {{0, 3, 4, 1, 0, 0.1f}, {1, 7, 2, 1, 0, 0.1f}, {3, 7, 2, 0, 0, 0.1f}};
  outcome(other).pairs = {{1, 7, 2, 0.25f, 0, 0.1f}, {2, 7, 2, 1, 0, 0.1f}, {3, 7, 2, 0, 0, 0.1f}};
  Scorer scorer(run.plan, experiment, run.outcomes);
  Score score = scorer.difference(a, other);
  EXPECT_NEAR(score.value, (1 - 0.25 + 0) / 2, 1e-6);
  EXPECT_EQ(score.images, 2);
  EXPECT_EQ(score.note, "over the images that both are attacked on");
  outcome(other).pairs = {{2, 7, 2, 1, 0, 0.1f}};
  EXPECT_EQ(scorer.difference(a, other).note, "no image is attacked under both");
}

// A second network, on the same images, with a `none` of its own.
class Settings : public Scores {
protected:
  Settings() {
    Experiment &experiment = run.experiment();
    for (const char *network : {"small", "large"}) {
      Setting setting{0, {}, "digits", network, "sgd"};
      setting.baseline = network[0] == 's' ? 0 : 2;
      if (network[0] == 'l')
        setting.axes = {{"w", {2, "2"}}};
      experiment.settings.push_back(setting);
    }
    experiment.settings.erase(experiment.settings.begin());
    run.addDefense("none", {1, 1, 1, 0}, 1);
    run.addDefense(noise, {1, 1, 0, 0}, 2);
    for (int64_t defense : {2, 3})
      experiment.defenses[size_t(defense)].setting = 1;
    run.addCell(2, "pgd", "one_draw", "32/255", {1, 0.5}, 1);
    run.addCell(3, "pgd", "one_draw", "32/255", {0.5, 0}, 4);
    run.trainApart(2);
    run.accuracyOf(3).as<AccuracyJob>().model.weights = run.accuracyOf(2).as<AccuracyJob>().model.weights;
  }
};

TEST_F(Settings, a_defense_is_compared_with_none_of_its_own_setting) {
  EXPECT_DOUBLE_EQ(of({"accuracy_drop", {}}, {{"defense", noise}, {"network", "small"}}).value, 0.375);
  EXPECT_DOUBLE_EQ(of({"accuracy_drop", {}}, {{"defense", noise}, {"network", "large"}}).value, 0.25);
  EXPECT_EQ(of({"accuracy_drop", {}}, {{"defense", "none"}, {"network", "large"}}).high, 0);
  std::vector<std::pair<std::string, std::string>> cell = {{"defense", noise},
                                                           {"attack", "pgd"},
                                                           {"gradients", "one_draw"},
                                                           {"eps", "32/255"},
                                                           {"network", "large"}};
  EXPECT_NEAR(of({"des", {}}, cell).value, 0.5 / 0.252, 1e-12);
}

TEST_F(Settings, a_mean_over_networks_pairs_within_each) {
  const std::vector<Aggregate> networks = {{"mean", {"network", "w"}}};
  Score drop = of({"accuracy_drop", networks}, {{"defense", noise}});
  const Estimate differences = clusteredMean({{0, {}, 0}, {1, {}, 0}, {2, {}, 0.75}, {3, {}, 0.5}});
  EXPECT_DOUBLE_EQ(drop.value, 0.3125);
  EXPECT_NEAR(drop.low, differenceInterval(differences).low, 1e-12);
  EXPECT_EQ(drop.covers, Covers::Images);
  Score ratio = of({"des", networks},
                   {{"defense", noise}, {"attack", "pgd"}, {"gradients", "one_draw"}, {"eps", "32/255"}});
  EXPECT_NEAR(ratio.value, (0.625 / 0.377 + 0.5 / 0.252) / 2, 1e-12);
  EXPECT_DOUBLE_EQ(of({"accuracy", networks}, {{"defense", "none"}}).value, 0.875);
}

TEST_F(Settings, a_setting_without_a_variable_stands_beside_those_that_have_it) {
  const Grid grid = gridOf(run.experiment());
  std::vector<std::string> places;
  for (const Choice &choice : choices(grid, {"network", "w"}))
    places.push_back(choice[0].second.text + "/" + choice[1].second.text);
  EXPECT_EQ(places, (std::vector<std::string>{"small/-", "large/2"}));
}

// A measure with its arguments is a value of its own.
TEST_F(Scores, des_of_another_offset) {
  Choice cell = {{"defense", {0, "noise(s = 0.1)"}},
                 {"attack", {0, "pgd"}},
                 {"gradients", {0, "one_draw"}},
                 {"eps", {0, "32/255"}}};
  Scorer scorer(run.plan, run.experiment(), run.outcomes);
  double gain = scorer.score({"des", {}}, cell).value * (0.375 + 0.002);
  EXPECT_NEAR(scorer.score({"des", {}, {{"offset", 0.1}}}, cell).value, gain / 0.475, 1e-12);
  EXPECT_EQ(inWords({"des", {}, {{"offset", 0.1}}}), "DES(offset = 0.1)");
  EXPECT_EQ(inWords({"des", {}, {{"offset", 0.002}}}), "DES");
  run.experiment().measures = {{"des", {}}, {"des", {}, {{"offset", 0.1}}}};
  EXPECT_EQ(measuresOf(run.experiment(), run.experiment().shows).size(), 2u);
}

TEST_F(Scores, an_axis_left_over_is_an_error) {
  std::string text = complaint({"defense_rate", {}}, {{"defense", noise}, {"eps", "32/255"}});
  EXPECT_NE(text.find("attack takes 2 values (fgsm, pgd)"), std::string::npos) << text;
  EXPECT_NE(text.find("worst over attack"), std::string::npos) << text;
}

TEST_F(Scores, a_setting_that_the_grid_holds_twice_is_an_error) {
  run.experiment().cells.push_back(run.experiment().cells.back());
  std::string text = complaint({"defense_rate", {{"worst", {"attack"}}}},
                               {{"defense", noise}, {"eps", "32/255"}, {"gradients", "randomness_off"}});
  EXPECT_NE(text.find("the grid holds the setting \""), std::string::npos) << text;
}

TEST_F(Scores, aggregates_over_different_images_are_dashes) {
  run.outcomes.attacks[run.experiment().cells.back().jobs[0]].pairs[1].image = 3;
  Score score = Scorer(run.plan, run.experiment(), run.outcomes)
                    .score({"defense_rate", {{"worst", {"attack", "gradients"}}}},
                           {{"defense", {0, noise}}, {"eps", {0, "32/255"}}});
  EXPECT_FALSE(score.defined);
  EXPECT_EQ(score.note,
            "worst over attack, gradients: the settings were measured on different images or goals, so "
            "that no value stands for an example");
}

TEST_F(Scores, unknown_measures_and_senseless_aggregates) {
  EXPECT_NE(complaint({"robustness", {}}, {}).find("no measure robustness"), std::string::npos);
  EXPECT_NE(complaint({"defense_rate", {{"median", {"eps"}}}}, {}).find("no aggregate median"),
            std::string::npos);
  EXPECT_NE(complaint({"accuracy", {{"worst", {"defense"}}}}, {}).find("worst is taken per example"),
            std::string::npos);
  EXPECT_NE(complaint({"des", {{"mean", {"eps"}}, {"worst", {"attack"}}}}, {{"defense", noise}})
                .find("name the worst first"),
            std::string::npos);
}

} // namespace
