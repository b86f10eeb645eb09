// Files of results: CSV that reads back, JSON with its origin, plots.
#include "runtime/report/Csv.h"
#include "runtime/report/Plot.h"
#include "runtime/report/Report.h"
#include "runtime/report/Results.h"
#include "runtime/report/Scale.h"
#include "runtime/report/Svg.h"
#include "test/unit/report_fixture.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace switchyard::rt;
namespace fs = std::filesystem;

namespace {

/// A reader of RFC 4180, written apart from the writer.
std::vector<std::vector<std::string>> readCsv(const std::string &text) {
  std::vector<std::vector<std::string>> records(1, {""});
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    std::string &field = records.back().back();
    if (quoted && text[i] == '"' && i + 1 < text.size() && text[i + 1] == '"')
      field += text[++i];
    else if (text[i] == '"')
      quoted = !quoted;
    else if (!quoted && text[i] == ',')
      records.back().push_back("");
    else if (!quoted && text.compare(i, 2, "\r\n") == 0)
      ++i, records.push_back({""});
    else
      field += text[i];
  }
  records.pop_back();
  return records;
}

std::string readFile(const fs::path &path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class Folder : public testing::Test {
protected:
  Folder() { fs::remove_all(path); }
  ~Folder() override { fs::remove_all(path); }
  fs::path path = fs::temp_directory_path() / ("switchyard-report-test-" + std::to_string(getpid()));
};

TEST(Csv, quotes_what_needs_it) {
  EXPECT_EQ(csvRecord({"plain", "a, b", "say \"x\"", ""}), "plain,\"a, b\",\"say \"\"x\"\"\",\r\n");
  std::vector<std::string> fields = {"two\nlines", "\"", ",", "pgd(steps = 20, loss = margin)"};
  EXPECT_EQ(readCsv(csvRecord(fields)), std::vector<std::vector<std::string>>{fields});
}

TEST(Csv, numbers_read_back) {
  for (double value : {0.1, 1.0 / 3, 16 / 255.0, 1e-300, -2.5})
    EXPECT_EQ(std::stod(numberText(value)), value);
  EXPECT_EQ(numberText(-INFINITY), "-inf");
  EXPECT_EQ(numberText(NAN), "");
}

TEST(Results, one_row_for_each_measured_cell) {
  SmallRun run;
  std::vector<std::vector<std::string>> csv = readCsv(resultsCsv(resultsOf(run.plan, run.outcomes)));
  EXPECT_EQ(csv[0], (std::vector<std::string>{"experiment",
                                              "dataset",
                                              "defense",
                                              "family",
                                              "attack",
                                              "gradients",
                                              "judge",
                                              "eps",
                                              "measure",
                                              "compared_with",
                                              "value",
                                              "low",
                                              "high",
                                              "interval_over",
                                              "images",
                                              "pairs",
                                              "draws",
                                              "paths",
                                              "training_run",
                                              "attack_run",
                                              "between_trainings",
                                              "between_attacks",
                                              "seed",
                                              "job",
                                              "forward_passes",
                                              "backward_passes",
                                              "notes"}));
  // Two defenses by accuracy and its drop; sixteen cells by success, defense rate, DES and success at eps =
  // 0.
  EXPECT_EQ(csv.size(), 1 + 2 * 2 + 16 * 4u);
  EXPECT_EQ(csv[3], (std::vector<std::string>{"small",    "digits", "noise(s = 0.1)",
                                              "",         "",       "",
                                              "",         "",       "accuracy",
                                              "",         "0.625",  csv[3][11],
                                              csv[3][12], "images", "4",
                                              "4",        "2",      "0",
                                              "",         "",       "",
                                              "",         "1",      "hash1",
                                              "",         "",       ""}));
}

TEST(Results, a_cell_that_means_nothing_says_why) {
  SmallRun run;
  for (const ResultRow &row : resultsOf(run.plan, run.outcomes))
    if (row.defense == "none" && row.gradients == "randomness_off" && row.measure == "defense_rate") {
      EXPECT_FALSE(row.score.defined);
      EXPECT_EQ(row.score.note, "nothing is random");
      EXPECT_EQ(row.job, "");
    }
}

TEST(Results, an_axis_that_is_no_number_keeps_its_text) {
  EXPECT_EQ(axisText({0.25, "0.25"}), "0.25");
  EXPECT_EQ(axisText({16 / 255.0, "16/255"}), numberText(16 / 255.0));
  EXPECT_EQ(axisText({NAN, "margin"}), "margin");
  EXPECT_EQ(axisText({NAN, "3x3"}), "3x3");
}

TEST(Results, json_carries_program_data_and_rows) {
  SmallRun run;
  std::vector<ResultRow> rows = resultsOf(run.plan, run.outcomes);
  nlohmann::json json = nlohmann::json::parse(resultsJson(run.plan, run.outcomes, rows));
  EXPECT_EQ(json["program"]["file"], "small.swy");
  EXPECT_EQ(json["program"]["seed"], 7);
  EXPECT_EQ(json["datasets"][0]["sha256"], "abc");
  ASSERT_EQ(json["results"].size(), rows.size());
  EXPECT_EQ(json["results"][2]["value"], 0.625);
  const nlohmann::json &last = json["results"].back();
  EXPECT_EQ(last["axes"]["eps"]["text"], "32/255");
  EXPECT_EQ(last["judge"], "expected");
  EXPECT_TRUE(last["training_run"].is_null());
  EXPECT_TRUE(last["between_trainings"].is_null());
}

Show plotShow() {
  return {"plot", {{"attack_success_rate", {{"worst", {"gradients"}}}}}, "eps", {"defense"}, {"attack"}};
}

TEST(Plots, one_line_for_each_setting_sorted_by_x) {
  SmallRun run;
  std::vector<Plot> plots =
      plotsOf(run.experiment(), Scorer(run.plan, run.experiment(), run.outcomes), plotShow());
  ASSERT_EQ(plots.size(), 1u);
  EXPECT_EQ(plots[0].name, "small-attack_success_rate-against-eps");
  ASSERT_EQ(plots[0].pages.size(), 2u);
  ASSERT_EQ(plots[0].pages[1].series.size(), 2u);
  const std::vector<PlotPoint> &points = plots[0].pages[1].series[1].points; // pgd on noise
  ASSERT_EQ(points.size(), 2u);
  EXPECT_LT(points[0].x, points[1].x);
  EXPECT_DOUBLE_EQ(points[1].score.value, 0.5);
  std::vector<std::vector<std::string>> csv = readCsv(plotCsv(plots[0]));
  EXPECT_EQ(csv[0],
            (std::vector<std::string>{"attack", "defense", "eps", "measure", "value", "low", "high", "images",
                                      "pairs", "draws", "paths", "interval_over", "notes"}));
  EXPECT_EQ(csv.size(), 1 + 2 * 2 * 2u);
}

TEST(Plots, against_a_measure_each_setting_is_a_point) {
  SmallRun run;
  Show show = {"plot",
               {{"defense_rate", {{"worst", {"attack", "gradients", "eps"}}}}},
               "accuracy_drop",
               {"defense"},
               {}};
  std::vector<Plot> plots = plotsOf(run.experiment(), Scorer(run.plan, run.experiment(), run.outcomes), show);
  const PlotSeries &noise = plots[0].pages[0].series[1];
  ASSERT_EQ(noise.points.size(), 1u);
  EXPECT_DOUBLE_EQ(noise.points[0].x, 0.375);
  show.against = "epss";
  EXPECT_THROW(plotsOf(run.experiment(), Scorer(run.plan, run.experiment(), run.outcomes), show),
               std::runtime_error);
}

Show scatterShow() {
  Show show{
      "scatter", {{"defense_rate", {{"worst", {"gradients", "eps"}}}}}, "accuracy_drop", {}, {"attack"}};
  show.fit = true;
  return show;
}

TEST(Scatter, every_defense_is_a_point_with_intervals_both_ways) {
  SmallRun run;
  Plot plot = plotsOf(run.experiment(), Scorer(run.plan, run.experiment(), run.outcomes), scatterShow())[0];
  ASSERT_EQ(plot.pages.size(), 2u);
  ASSERT_EQ(plot.pages[0].series.size(), 1u);
  const std::vector<PlotPoint> &points = plot.pages[0].series[0].points;
  ASSERT_EQ(points.size(), 2u);
  EXPECT_EQ(points[1].defense, "noise(s = 0.1)");
  EXPECT_DOUBLE_EQ(points[1].x, 0.375);
  EXPECT_LT(points[1].xScore.low, 0.375);
  EXPECT_GT(points[1].xScore.high, 0.375);
  std::vector<std::vector<std::string>> csv = readCsv(plotCsv(plot));
  EXPECT_EQ(csv[0], (std::vector<std::string>{"attack", "defense", "accuracy_drop", "x_low", "x_high",
                                              "x_interval_over", "measure", "value", "low", "high", "images",
                                              "pairs", "draws", "paths", "interval_over", "notes"}));
  EXPECT_EQ(csv.size(), 1 + 2 * 2u);
}

TEST(Scatter, an_axis_says_what_its_bars_leave_out) {
  SmallRun run;
  run.trainApart(1);
  Plot plot = plotsOf(run.experiment(), Scorer(run.plan, run.experiment(), run.outcomes), scatterShow())[0];
  EXPECT_NE(plotSvg(plot, plot.pages[0], "").find("accuracy drop (%), bars over images only<"),
            std::string::npos);
  EXPECT_EQ(readCsv(plotCsv(plot))[2][5], "images only");
}

TEST(Scatter, the_measure_on_the_x_axis_is_among_the_results) {
  SmallRun run;
  run.experiment().measures = {{"defense_rate", {}}};
  run.experiment().shows = {scatterShow()};
  std::vector<std::string> names;
  for (const Measure &measure : measuresOf(run.experiment(), run.experiment().shows))
    names.push_back(measure.name);
  EXPECT_EQ(names, (std::vector<std::string>{"defense_rate", "accuracy_drop", "success_at_zero"}));
}

TEST(Scatter, a_point_without_a_value_is_left_out_with_its_reason) {
  SmallRun run;
  Show show = scatterShow();
  show.measures = {{"draw_deviation", {}}}; // `none` has none
  show.forEach = {};
  Plot plot = plotsOf(run.experiment(), Scorer(run.plan, run.experiment(), run.outcomes), show)[0];
  ASSERT_EQ(plot.pages[0].series[0].drawn(), 1);
  EXPECT_TRUE(std::isnan(plot.pages[0].series[0].fit().slope)); // no line through one point
  Table table = fitTable(plot);
  EXPECT_EQ(table.rows[0].cells[0].value, "-");
  EXPECT_EQ(table.rows[0].cells[0].note, "no line: 1 of 2 points have values");
  EXPECT_EQ(table.rows[0].cells[0].notes[0].text(),
            "not among the points: none: nothing deviates: one answer for each image");
  EXPECT_EQ(readCsv(fitCsv(plot))[1],
            (std::vector<std::string>{"accuracy_drop", "draw_deviation", "", "", "1"}));
  EXPECT_NE(plotSvg(plot, plot.pages[0]).find("not drawn: none: nothing deviates: one answer for each image"),
            std::string::npos);
  std::vector<std::vector<std::string>> csv = readCsv(plotCsv(plot));
  ASSERT_EQ(csv.size(), 3u);
  EXPECT_EQ(csv[1][0], "none");
  EXPECT_EQ(csv[1][6], "");
  EXPECT_EQ(csv[1].back(), "nothing deviates: one answer for each image");
}

TEST(Scatter, a_line_says_which_points_it_lacks) {
  SmallRun run;
  for (const Cell &cell : run.experiment().cells)
    for (int64_t job : cell.jobs) {
      run.outcomes.attacks.erase(job);
      run.outcomes.failures[job] = {"attack " + std::to_string(job) + ": outside", job};
    }
  Plot plot = plotsOf(run.experiment(), Scorer(run.plan, run.experiment(), run.outcomes), scatterShow())[0];
  Table table = fitTable(plot);
  for (const TableRow &row : table.rows)
    EXPECT_EQ(row.cells[0].note, "no line: 0 of 2 points have values");
  std::ostringstream text;
  printTable(table, Style::Plain, text);
  EXPECT_NE(text.str().find("fgsm failed, which takes 2 values; the first: attack "), std::string::npos)
      << text.str();
  EXPECT_EQ(text.str().find("no two points differ"), std::string::npos);
}

TEST(Scatter, x_values_that_differ_by_rounding_are_one) {
  SmallRun run;
  Plot plot = plotsOf(run.experiment(), Scorer(run.plan, run.experiment(), run.outcomes), scatterShow())[0];
  std::vector<PlotPoint> &points = plot.pages[0].series[0].points;
  points[1].x = std::nextafter(points[0].x, 1);
  points[0].xScore.bounded = points[1].xScore.bounded = false;
  EXPECT_TRUE(std::isnan(plot.pages[0].series[0].fit().slope));
  EXPECT_NE(plotSvg(plot, plot.pages[0]).find("</svg>"), std::string::npos);
}

TEST(Plots, failed_cells_say_why) {
  SmallRun run;
  for (const Cell &cell : run.experiment().cells)
    if (cell.attack == "pgd")
      for (int64_t job : cell.jobs) {
        run.outcomes.attacks.erase(job);
        run.outcomes.failures[job] = {"attack " + std::to_string(job) + ": outside", job};
      }
  Show show = {"plot", {{"attack_success_rate", {}}}, "eps", {"attack", "defense", "gradients"}, {}};
  Plot plot = plotsOf(run.experiment(), Scorer(run.plan, run.experiment(), run.outcomes), show)[0];
  std::string svg = plotSvg(plot, plot.pages[0]);
  EXPECT_NE(svg.find("not drawn: pgd, none, one_draw, 16/255, pgd, none, one_draw, 32/255 and 4 more: pgd "
                     "failed, which takes 6 values; the first: attack "),
            std::string::npos)
      << svg;
  EXPECT_EQ(readCsv(plotCsv(plot)).size(), 1 + 16u);
}

TEST(Plots, an_axis_without_numbers_has_its_values_side_by_side) {
  SmallRun run;
  Show show = {"plot", {{"accuracy", {}}}, "defense", {}, {}};
  Plot plot = plotsOf(run.experiment(), Scorer(run.plan, run.experiment(), run.outcomes), show)[0];
  EXPECT_EQ(plot.categories, (std::vector<std::string>{"none", "noise(s = 0.1)"}));
  std::string svg = plotSvg(plot, plot.pages[0]);
  EXPECT_NE(svg.find(">noise(s = 0.1)<"), std::string::npos);
  EXPECT_NE(svg.find("cx=\"185\""), std::string::npos) << svg; // 70 + 460 / 4
  EXPECT_NE(svg.find("cx=\"415\""), std::string::npos);
  EXPECT_EQ(svg.find("<polyline"), std::string::npos) << "there is nothing between them";
  EXPECT_EQ(readCsv(plotCsv(plot))[2][0], "noise(s = 0.1)");
}

TEST(Scales, have_ticks_whatever_the_values) {
  auto ticks = [](std::vector<double> values, double least) {
    Scale scale;
    for (double value : values)
      scale.add(value);
    scale.close(0.05, least);
    for (double value : values)
      EXPECT_TRUE(scale.at(value) >= 0 && scale.at(value) <= 1);
    return scale.ticks(1);
  };
  const double most = std::numeric_limits<double>::max(), small = std::numeric_limits<double>::denorm_min();
  for (double least : {0.0, 1.0})
    for (const std::vector<double> &values : std::vector<std::vector<double>>{{},
                                                                              {0},
                                                                              {3},
                                                                              {0.3, std::nextafter(0.3, 1)},
                                                                              {1, 1 + 1e-9},
                                                                              {1e16, 1e16 + 2},
                                                                              {-most, most},
                                                                              {most},
                                                                              {small},
                                                                              {0, small},
                                                                              {1e-14, 1e-13},
                                                                              {INFINITY, 1, 2},
                                                                              {NAN, -INFINITY}}) {
      std::vector<Tick> found = ticks(values, least);
      EXPECT_GE(found.size(), 3u) << values.size();
      EXPECT_LE(found.size(), 12u) << values.size();
      for (size_t i = 1; i < found.size(); ++i)
        EXPECT_NE(found[i].text, found[i - 1].text);
    }
  EXPECT_EQ(ticks({0, 1}, 1)[1].text, "0.2");
  EXPECT_EQ(ticks({1e-14, 1e-13}, 0)[0].text, "2e-14");
}

TEST(Scatter, a_measure_on_the_x_axis_may_be_aggregated) {
  SmallRun run;
  Show show = {"scatter", {{"accuracy", {}}}, "attack_success_rate", {}, {}};
  show.againstAggregates = {{"worst", {"attack", "gradients", "eps"}}};
  Plot plot = plotsOf(run.experiment(), Scorer(run.plan, run.experiment(), run.outcomes), show)[0];
  ASSERT_EQ(plot.pages[0].series[0].points.size(), 2u);
  EXPECT_DOUBLE_EQ(plot.pages[0].series[0].points[1].x, 1); // `none`: both images fooled
}

TEST(Scatter, the_fit_is_drawn_printed_and_in_a_file) {
  SmallRun run;
  Plot plot = plotsOf(run.experiment(), Scorer(run.plan, run.experiment(), run.outcomes), scatterShow())[0];
  const std::vector<PlotPoint> &points = plot.pages[1].series[0].points;
  Line line = plot.pages[1].series[0].fit();
  EXPECT_NEAR(line.slope, (points[1].score.value - points[0].score.value) / 0.375, 1e-12);
  EXPECT_NEAR(line.intercept, points[0].score.value, 1e-12);
  Table table = fitTable(plot);
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_EQ(table.rows[1].labels, (std::vector<std::string>{"pgd"}));
  EXPECT_EQ(table.rows[1].cells[2].value, "2");
  EXPECT_EQ(table.rows[1].cells[0].note, "");
  EXPECT_EQ(readCsv(fitCsv(plot))[0],
            (std::vector<std::string>{"attack", "x", "measure", "slope", "intercept", "points"}));
  std::string svg = plotSvg(plot, plot.pages[1]);
  EXPECT_NE(svg.find("stroke-dasharray"), std::string::npos);
  EXPECT_NE(svg.find(">slope "), std::string::npos);
  EXPECT_NE(svg.find("<title>noise(s = 0.1)</title>"), std::string::npos);
  EXPECT_EQ(svg.find("<polyline"), std::string::npos);
  EXPECT_EQ(svg.find("nan"), std::string::npos);
}

TEST(Plots, svg_has_a_line_for_each_series_and_escapes_labels) {
  SmallRun run;
  run.experiment().defenses[1].label = "a<b";
  Plot plot = plotsOf(run.experiment(), Scorer(run.plan, run.experiment(), run.outcomes), plotShow())[0];
  std::string svg = plotSvg(plot, plot.pages[1]);
  auto count = [&](const std::string &what) {
    int found = 0;
    for (size_t at = svg.find(what); at != std::string::npos; at = svg.find(what, at + 1))
      ++found;
    return found;
  };
  EXPECT_EQ(count("<polyline"), 2);
  EXPECT_EQ(count("stroke-dasharray"), 2) << "the second curve and its legend, for a copy in grey";
  EXPECT_EQ(count("<circle"), 4);
  EXPECT_EQ(count(">16/255<"), 1);
  EXPECT_EQ(count(">a&lt;b<"), 1);
  // Success 0.5 lies half way up the frame, which spans 40 to 340.
  EXPECT_EQ(count("cy=\"190\""), 2);
}

TEST(Plots, a_deviation_has_a_scale_of_its_own_and_no_bars) {
  SmallRun run;
  run.outcomes.accuracies.at(run.accuracyOf(1).id).drawAccuracy = {0.5, 0.75};
  Show show = {"plot", {{"draw_deviation", {}}}, "accuracy", {"defense"}, {}};
  Plot plot = plotsOf(run.experiment(), Scorer(run.plan, run.experiment(), run.outcomes), show)[0];
  std::string svg = plotSvg(plot, plot.pages[0]);
  EXPECT_NE(svg.find("<circle"), std::string::npos);
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  EXPECT_EQ(svg.find("stroke-opacity"), std::string::npos);
}

TEST_F(Folder, a_report_is_files_and_tables) {
  SmallRun run;
  run.experiment().shows = {
      {"table", {{"accuracy", {}}}, "", {"defense"}, {}}, plotShow(), plotShow(), scatterShow()};
  std::ostringstream tables;
  writeReport(run.plan, run.outcomes, path.string(), tables);
  EXPECT_NE(tables.str().find("noise(s = 0.1)    62.5 ["), std::string::npos) << tables.str();
  EXPECT_EQ(readFile(path / "results.csv"), resultsCsv(resultsOf(run.plan, run.outcomes)));
  EXPECT_TRUE(fs::exists(path / "results.json"));
  EXPECT_TRUE(fs::exists(path / "plots/small-attack_success_rate-against-eps.csv"));
  EXPECT_TRUE(fs::exists(path / "plots/small-attack_success_rate-against-eps-pgd.svg"));
  EXPECT_TRUE(fs::exists(path / "plots/small-attack_success_rate-against-eps-2.csv"));
  EXPECT_TRUE(fs::exists(path / "plots/small-defense_rate-against-accuracy_drop-pgd.svg"));
  EXPECT_TRUE(fs::exists(path / "plots/small-defense_rate-against-accuracy_drop-fit.csv"));
  EXPECT_NE(
      tables.str().find("small: defense rate, worst over gradients, eps against accuracy drop, linear fit"),
      std::string::npos)
      << tables.str();
}

TEST_F(Folder, a_note_on_the_data_stands_in_every_file_and_table) {
  SmallRun run;
  run.outcomes.datasets[0].note = "not the original pixels";
  run.experiment().shows = {{"table", {{"accuracy", {}}}, "", {"defense"}, {}}, plotShow(), scatterShow()};
  std::ostringstream tables;
  writeReport(run.plan, run.outcomes, path.string(), tables);
  const std::string note = "data set digits: not the original pixels";
  size_t first = tables.str().find(note);
  ASSERT_NE(first, std::string::npos) << tables.str();
  EXPECT_NE(tables.str().find(note, first + 1), std::string::npos) << "below the fitted lines, too";
  EXPECT_NE(readFile(path / "plots/small-attack_success_rate-against-eps-pgd.svg").find(note),
            std::string::npos);
  nlohmann::json json = nlohmann::json::parse(readFile(path / "results.json"));
  EXPECT_EQ(json["datasets"][0]["note"], "not the original pixels");
  for (const auto &row : json["results"])
    EXPECT_NE(row["notes"].dump().find(note), std::string::npos) << row;
}

TEST_F(Folder, a_precision_other_than_float32_stands_in_every_file_and_table) {
  SmallRun run;
  run.experiment().shows = {{"table", {{"accuracy", {}}}, "", {"defense"}, {}}};
  std::ostringstream plain, tables;
  writeReport(run.plan, run.outcomes, path.string(), plain);
  EXPECT_EQ(plain.str().find("precision"), std::string::npos);
  EXPECT_FALSE(nlohmann::json::parse(readFile(path / "results.json"))["results"][0].contains("precision"));
  for (Job &job : run.plan.jobs)
    job.precision = Precision::Tf32;
  writeReport(run.plan, run.outcomes, path.string(), tables);
  EXPECT_NE(tables.str().find("precision tf32: a GPU may round"), std::string::npos) << tables.str();
  const auto results = nlohmann::json::parse(readFile(path / "results.json"));
  for (const auto &row : results["results"])
    EXPECT_EQ(row["precision"], "tf32") << row;
}

TEST_F(Folder, a_show_of_another_kind_is_refused) {
  SmallRun run;
  run.experiment().shows = {{"histogram", {{"accuracy", {}}}, "", {"defense"}, {}}};
  std::ostringstream tables;
  try {
    writeReport(run.plan, run.outcomes, path.string(), tables);
    FAIL() << "no error";
  } catch (const std::runtime_error &error) {
    EXPECT_STREQ(error.what(), "experiment small, show histogram of accuracy by defense: this runtime shows "
                               "tables, plots, scatter plots, examples and curves");
  }
}

TEST_F(Folder, a_table_that_cannot_be_made_leaves_the_rest) {
  SmallRun run;
  run.experiment().shows = {{"table", {{"defense_rate", {}}}, "", {"defense"}, {}},
                            {"table", {{"accuracy", {}}}, "", {"defense"}, {}}};
  std::ostringstream tables;
  try {
    writeReport(run.plan, run.outcomes, path.string(), tables);
    FAIL() << "no error";
  } catch (const std::runtime_error &error) {
    EXPECT_NE(std::string(error.what())
                  .find("experiment small, show table of defense rate by defense: `defense_rate` varies with "
                        "`attack`"),
              std::string::npos)
        << error.what();
  }
  EXPECT_NE(tables.str().find("small: accuracy (%)"), std::string::npos);
  EXPECT_TRUE(fs::exists(path / "results.csv"));
}

} // namespace
