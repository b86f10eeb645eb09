// Tables: the golden text of one, the layout of headings, notes and blocks, and what a table refuses.
#include "runtime/report/Plot.h"
#include "runtime/report/Svg.h"
#include "runtime/report/Table.h"
#include "test/unit/report_fixture.h"

#include <gtest/gtest.h>

#include <sstream>

using namespace switchyard::rt;

namespace {

class Tables : public testing::Test {
protected:
  std::vector<Table> build(const Show &show) {
    return tablesOf(run.experiment(), Scorer(run.plan, run.experiment(), run.outcomes), show);
  }
  std::string complaint(const Show &show) {
    try {
      build(show);
    } catch (const std::runtime_error &error) {
      return error.what();
    }
    return "no error";
  }
  static std::string print(const Table &table, Style style = Style::Plain) {
    std::ostringstream out;
    printTable(table, style, out);
    return out.str();
  }

  SmallRun run;
  const Measure worst = {"defense_rate", {{"worst", {"attack", "gradients"}}}};
};

TEST_F(Tables, rows_of_an_axis_that_is_none) {
  EXPECT_NE(
      complaint({"table", {worst}, "", {"defense", "rate"}, {}}).find("there is no axis rate; the axes are "),
      std::string::npos);
}

// A second experiment without `none`, with another judge and one attack: values are each one's own, what one
// lacks is a dash with its reason, and in what they differ is told.
TEST_F(Tables, across_experiments) {
  run.plan.experiments.push_back(run.experiment());
  Experiment &other = run.plan.experiments[1];
  other.name = "other";
  other.settings[0].baseline.reset();
  other.judges = {{Verdict::Kind::OneDraw, 1}};
  other.cells.erase(std::remove_if(other.cells.begin(), other.cells.end(),
                                   [](const Cell &cell) { return cell.attack == "pgd"; }),
                    other.cells.end());
  const std::vector<Measure> measures = {{"accuracy", {}}, {"accuracy_drop", {}}, worst};
  const Show part = {"table", measures, "", {"defense", "eps"}, {}};
  Show whole = part;
  whole.by = {"experiment", "defense", "eps"};
  std::vector<Scorer> scorers;
  scorers.reserve(2);
  for (const Experiment &one : run.plan.experiments)
    scorers.emplace_back(run.plan, one, run.outcomes);
  std::vector<ShownPart> parts = {{&run.plan.experiments[0], &scorers[0], part, {"", "", ""}},
                                  {&other, &scorers[1], part, {"", "no baseline", ""}}};
  const Table table = tablesOf(Shown(parts, whole)).at(0);
  EXPECT_EQ(table.title, "small, other: accuracy; accuracy drop; defense rate, worst over attack, gradients");
  ASSERT_EQ(table.rows.size(), 8u);
  const Table own = build(part).at(0);
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(table.rows[i].labels[0], "small");
    EXPECT_EQ(table.rows[4 + i].labels[0], "other");
    for (size_t j = 0; j < 3; ++j)
      EXPECT_EQ(table.rows[i].cells[j].value, own.rows[i].cells[j].value) << i << " " << j;
    EXPECT_EQ(table.rows[4 + i].cells[0].value, own.rows[i].cells[0].value);
    EXPECT_EQ(table.rows[4 + i].cells[1].value, "-");
    EXPECT_EQ(table.rows[4 + i].cells[1].note, "no baseline");
    const Score alone = scorers[1].score(worst, {{"defense", {NAN, table.rows[4 + i].labels[1]}},
                                                 {"eps", {NAN, table.rows[4 + i].labels[2]}}});
    EXPECT_EQ(table.rows[4 + i].cells[2].value, tableCell(alone, MeasureUnit::Percent).value);
  }
  const std::string text = print(table);
  EXPECT_NE(text.find("attack: fgsm, pgd in small; fgsm in other\n"), std::string::npos) << text;
  EXPECT_NE(text.find("judge: expected in small; one_draw in other\n"), std::string::npos) << text;
}

TEST_F(Tables, across_experiments_what_lacks_an_axis_stands_beside) {
  run.plan.experiments.push_back(run.experiment());
  Experiment &other = run.plan.experiments[1];
  other.name = "other";
  other.cells.erase(std::remove_if(other.cells.begin(), other.cells.end(),
                                   [](const Cell &cell) { return cell.axes[0].second.text == "16/255"; }),
                    other.cells.end());
  for (Cell &cell : other.cells)
    cell.axes.clear();
  const Show whole = {"table", {worst}, "", {"experiment", "defense", "eps"}, {}};
  Show own = whole, others = whole;
  own.by = {"defense", "eps"};
  others.by = {"defense"};
  const Scorer first(run.plan, run.experiment(), run.outcomes), second(run.plan, other, run.outcomes);
  const Shown shown({{&run.experiment(), &first, own, {""}}, {&other, &second, others, {""}}}, whole);
  const Table table = tablesOf(shown).at(0); // a row for each experiment
  ASSERT_EQ(table.rows.size(), 2u);
  ASSERT_EQ(table.columns.size(), 6u);
  EXPECT_EQ(table.columns[2], (std::vector<std::string>{"none", "-"}));
  EXPECT_EQ(table.rows[0].cells[2].note, "not in the grid");
  EXPECT_EQ(table.rows[1].cells[0].note, "not in the grid");
  const Score there = second.score(worst, {{"defense", {NAN, "none"}}});
  EXPECT_EQ(table.rows[1].cells[2].value, tableCell(there, MeasureUnit::Percent).value);
  EXPECT_NE(print(table).find("-: without eps\n"), std::string::npos);
}

TEST_F(Tables, across_experiments_a_defense_in_no_family_is_one_of_its_own) {
  run.plan.experiments.push_back(run.experiment());
  Experiment &other = run.plan.experiments[1];
  other.name = "other";
  run.experiment().defenses[1].family = "noise";
  const Show whole = {"table", {{"accuracy", {}}, {"accuracy_drop", {}}}, "", {"experiment", "family"}, {}};
  Show part = whole;
  part.by = {"family"};
  const Scorer first(run.plan, run.experiment(), run.outcomes), second(run.plan, other, run.outcomes);
  const Shown shown({{&run.experiment(), &first, part, {"", ""}}, {&other, &second, part, {"", ""}}}, whole);
  const Table table = tablesOf(shown).at(0);
  ASSERT_EQ(table.rows.size(), 4u);
  EXPECT_EQ(table.rows[1].labels, (std::vector<std::string>{"small", "noise"}));
  EXPECT_EQ(table.rows[3].labels, (std::vector<std::string>{"other", "noise(s = 0.1)"}));
  for (size_t measure = 0; measure < 2; ++measure) {
    EXPECT_NE(table.rows[1].cells[measure].value, "-");
    EXPECT_EQ(table.rows[1].cells[measure].value, table.rows[3].cells[measure].value);
  }
}

TEST_F(Tables, across_experiments_with_other_arguments) {
  run.plan.experiments.push_back(run.experiment());
  run.plan.experiments[1].name = "other";
  const Show whole = {
      "table", {{"des", {}}}, "", {"experiment", "defense", "eps", "attack", "gradients"}, {}};
  std::vector<Scorer> scorers;
  scorers.reserve(2);
  std::vector<ShownPart> parts;
  for (const Experiment &one : run.plan.experiments) {
    Show part = whole;
    part.by.erase(part.by.begin());
    if (parts.empty())
      part.measures[0].arguments["offset"] = 0.01;
    parts.push_back({&one, &scorers.emplace_back(run.plan, one, run.outcomes), part, {""}});
  }
  EXPECT_EQ(Shown(parts, whole).differences(),
            std::vector<std::string>{"DES: offset = 0.01 in small; offset = 0.002 in other"});
}

// 75.0: success (0.5, 0) of two images, v = 1/16, n_eff = 3, t(1) = 12.706.
TEST_F(Tables, golden) {
  std::vector<Table> tables = build({"table", {worst}, "", {"defense", "eps"}, {}});
  ASSERT_EQ(tables.size(), 1u);
  EXPECT_EQ(print(tables[0]), R"(small: defense rate, worst over attack, gradients (%)

                 eps
defense          16/255               32/255
--------------------------------------------------------
none             50.0 [0.2, 99.8] a    0.0 [0.0, 98.8] a
noise(s = 0.1)   75.0 [0.9, 99.9]     50.0 [0.6, 99.4]

2 images, 2 pairs, 1 to 4 draws
clean images (eps = 0) already count as success: 25.0 %
[low, high]: 95 % intervals over images, of these weights (one training)
a  left out of the worst: nothing is random
)");
}

TEST_F(Tables, several_measures_are_columns) {
  std::vector<Table> tables = build({"table", {{"accuracy", {}}, worst}, "", {"defense", "eps"}, {}});
  const Table &table = tables.at(0);
  EXPECT_EQ(table.rowAxes, (std::vector<std::string>{"defense", "eps"}));
  EXPECT_EQ(table.columns.size(), 2u);
  ASSERT_EQ(table.rows.size(), 4u);
  EXPECT_EQ(table.rows[3].labels, (std::vector<std::string>{"noise(s = 0.1)", "32/255"}));
  EXPECT_EQ(table.rows[3].cells[0].value, "62.5"); // the accuracy stands in every row of eps
  EXPECT_EQ(table.rows[3].cells[1].value, "50.0");
}

TEST_F(Tables, for_each_gives_one_table_a_value) {
  std::vector<Table> tables = build(
      {"table", {{"attack_success_rate", {{"worst", {"gradients"}}}}}, "", {"defense", "eps"}, {"attack"}});
  ASSERT_EQ(tables.size(), 2u);
  EXPECT_EQ(tables[1].title, "small: attack success rate, worst over gradients (%), attack pgd");
}

TEST_F(Tables, what_is_in_no_family_is_one_of_its_own) {
  run.experiment().defenses[1].family = "noise";
  run.experiment().defenses[1].strength = "0.1";
  std::vector<Table> tables = build({"table", {{"accuracy", {}}}, "", {"family", "strength"}, {}});
  ASSERT_EQ(tables[0].rows.size(), 2u);
  EXPECT_EQ(tables[0].rows[0].labels[0], "none");
  EXPECT_EQ(tables[0].rows[1].labels[0], "noise");
  EXPECT_EQ(tables[0].columns, (std::vector<std::vector<std::string>>{{"-"}, {"0.1"}}));
  EXPECT_EQ(tables[0].rows[0].cells[0].value, "100.0");
  EXPECT_EQ(tables[0].rows[1].cells[1].value, "62.5");
  EXPECT_EQ(tables[0].rows[0].cells[1].note, "not in the grid");
  EXPECT_NE(print(tables[0]).find("\n-: without strength\n"), std::string::npos);
}

/// fgsm(eps) beside pgd(steps).
TEST_F(Tables, a_setting_without_an_axis_stands_beside_its_values) {
  run.giveSteps();
  const Measure measure = {"attack_success_rate", {{"worst", {"gradients"}}}};
  std::vector<Table> tables = build({"table", {measure}, "", {"defense", "attack", "eps", "steps"}, {}});
  EXPECT_EQ(tables[0].columns,
            (std::vector<std::vector<std::string>>{
                {"fgsm", "16/255", "-"}, {"fgsm", "32/255", "-"}, {"pgd", "-", "5"}, {"pgd", "-", "10"}}));
  // The better of each image: 0.75 and 0.25.
  EXPECT_EQ(tables[0].rows[1].cells[1].value, "50.0");
  EXPECT_EQ(tables[0].rows[1].cells[2].value, "25.0");
}

/// fgsm(eps) beside pgd(steps): one height at whatever steps, beside the curve of pgd.
TEST_F(Tables, and_is_a_level_in_plots) {
  run.giveSteps();
  const Scorer scorer(run.plan, run.experiment(), run.outcomes);
  Show show = {"plot",
               {{"attack_success_rate", {{"worst", {"gradients"}}}}},
               "steps",
               {"defense", "attack", "eps"},
               {}};
  Plot plot = plotsOf(run.experiment(), scorer, show)[0];
  EXPECT_TRUE(plot.categories.empty());
  const std::vector<PlotSeries> &series = plot.pages[0].series;
  ASSERT_EQ(series.size(), 6u);
  EXPECT_TRUE(series[0].level);
  EXPECT_EQ(series[0].name(), "none, fgsm, 16/255");
  EXPECT_FALSE(series[2].level);
  EXPECT_EQ(series[2].name(), "none, pgd, -");
  EXPECT_EQ(series[2].points.size(), 2u);
  EXPECT_NE(plotCsv(plot).find("\nnone,fgsm,"), std::string::npos);
  EXPECT_NE(plotCsv(plot).find(",,attack_success_rate,"), std::string::npos) << "no steps";
  std::string svg = plotSvg(plot, plot.pages[0]);
  // noise, fgsm, 32/255: 50 % from edge to edge.
  EXPECT_NE(svg.find("x1=\"70\" y1=\"190\" x2=\"530\" y2=\"190\" stroke=\"#cc79a7\""), std::string::npos)
      << svg;
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  show = {"plot",
          {{"attack_success_rate", {{"worst", {"attack", "gradients", "eps"}}}}},
          "steps",
          {"defense"},
          {}};
  plot = plotsOf(run.experiment(), scorer, show)[0];
  EXPECT_EQ(plot.pages[0].series[0].name(), "none");
  EXPECT_EQ(plot.pages[0].series[1].name(), "none, without steps");
}

TEST_F(Tables, unequal_sets_of_cells_are_refused) {
  run.experiment().cells.pop_back(); // noise under pgd at 32/255 without randomness_off
  std::string text = complaint({"table", {worst}, "", {"defense", "eps"}, {}});
  EXPECT_NE(
      text.find("bring together different settings: \"none, 16/255\" has attack, gradients fgsm, one_draw, "),
      std::string::npos)
      << text;
  EXPECT_NE(text.find("\"noise(s = 0.1), 32/255\" has "), std::string::npos) << text;
}

TEST_F(Tables, unknown_axis_is_refused) {
  std::string text = complaint({"table", {worst}, "", {"defence"}, {}});
  EXPECT_NE(
      text.find("no axis defence; the axes are defense, family, strength, attack, gradients, judge, eps"),
      std::string::npos)
      << text;
}

TEST_F(Tables, unfinished_cells_are_dashes_with_a_reason) {
  run.outcomes.attacks.clear();
  std::string text = print(build({"table", {worst}, "", {"defense", "eps"}, {}})[0]);
  EXPECT_NE(text.find("- a"), std::string::npos) << text;
  EXPECT_NE(text.find("a  not finished"), std::string::npos) << text;
}

TEST_F(Tables, unbounded_is_said) {
  std::string text =
      print(build({"table", {{"des", {{"worst", {"attack", "gradients"}}}}}, "", {"defense", "eps"}, {}})[0]);
  EXPECT_NE(text.find("1.33 unbounded"), std::string::npos) << text;
}

TEST(TextTable, utf8_labels_and_outer_headings_align) {
  Table table = {"t",
                 "attack, eps",
                 {"défense"},
                 {{"a long attack", "1"}, {"a long attack", "2"}, {"b", "1"}},
                 {{{"é"}, {{"1", "", "", "", ""}, {"22", "", "", "", ""}, {"-", "", "", "", "why"}}}},
                 {}};
  std::ostringstream out;
  printTable(table, Style::Plain, out);
  EXPECT_EQ(out.str(), "t\n\n"
                       "          attack, eps\n"
                       "          a long attack   b\n"
                       "défense   1   2           1\n"
                       "-----------------------------\n"
                       "é         1   22          - a\n"
                       "\n"
                       "a  why\n");
}

TEST(TextTable, notes_of_whole_rows_and_columns_stand_at_their_names) {
  Table table = {"t", "", {"row"}, {{"one"}, {"two"}}, {{{"r"}, {{"1"}, {"2"}}, {Note("of the row")}}}, {}};
  table.columnNotes = {{}, {Note("of two")}};
  std::ostringstream out;
  printTable(table, Style::Plain, out);
  EXPECT_EQ(out.str(), "t\n\n"
                       "row   one   two a\n"
                       "-----------------\n"
                       "r b   1     2\n"
                       "\n"
                       "a  of two\n"
                       "b  of the row\n");
}

TEST(TextTable, of_distances_three_digits_count) {
  EXPECT_EQ(digitsOf(MeasureUnit::Length, 8.0 / 255), 4);
  EXPECT_EQ(digitsOf(MeasureUnit::Length, 1.0 / 255), 5);
  EXPECT_EQ(digitsOf(MeasureUnit::Length, 0.5), 3);
  EXPECT_EQ(digitsOf(MeasureUnit::Length, 12), 2);
  EXPECT_EQ(digitsOf(MeasureUnit::Length, 0), 2);
  Score score;
  score.defined = true;
  score.value = 8.0 / 255;
  score.low = 7.5 / 255;
  score.high = score.value;
  TableCell cell = tableCell(score, MeasureUnit::Length);
  EXPECT_EQ(cell.value + " " + cell.low + " " + cell.high, "0.0314 0.0294 0.0314");
}

TEST(TextTable, wide_tables_go_on_below) {
  Table table = {"t", "", {"row"}, {}, {{{"r"}, {}}}, {}};
  for (int i = 0; i < 10; ++i) {
    table.columns.push_back({"column " + std::to_string(i)});
    table.rows[0].cells.push_back({"50.0", "40.0", "60.0", "", ""});
  }
  std::ostringstream out;
  printTable(table, Style::Plain, out);
  std::istringstream lines(out.str());
  int labels = 0;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 120u);
    labels += line.rfind("row ", 0) == 0;
  }
  EXPECT_EQ(labels, 2);
}

TEST(TextTable, escapes_only_on_a_terminal) {
  Table table = {"t", "", {"row"}, {{"c"}}, {{{"r"}, {{"1", "0", "2", "", ""}}}}, {"caption"}};
  std::ostringstream plain, terminal;
  printTable(table, Style::Plain, plain);
  printTable(table, Style::Terminal, terminal);
  EXPECT_EQ(plain.str().find('\033'), std::string::npos);
  EXPECT_NE(terminal.str().find("\033[1mt\033[0m"), std::string::npos);
}

} // namespace
