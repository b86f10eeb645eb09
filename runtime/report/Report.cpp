// Files first: whatever is wrong with a table, what was measured is on disk.
#include "runtime/report/Report.h"

#include "runtime/files/WholeFile.h"
#include "runtime/report/Comparison.h"
#include "runtime/report/Csv.h"
#include "runtime/report/ExampleFiles.h"
#include "runtime/report/ExampleSheets.h"
#include "runtime/report/Plot.h"
#include "runtime/report/Results.h"
#include "runtime/report/Svg.h"
#include "runtime/report/Table.h"
#include "runtime/report/TrainingCurves.h"

#include <unistd.h>

#include <iostream>
#include <set>
#include <stdexcept>

namespace switchyard::rt {
namespace {

class ReportWriter {
public:
  ReportWriter(const Plan &plan, const Outcomes &outcomes, const std::string &directory)
      : plan(plan), outcomes(outcomes), directory(directory) {}

  void write(const Experiment &experiment) {
    Scorer scorer(plan, experiment, outcomes);
    for (const Show &show : experiment.shows)
      try {
        write(experiment, scorer, show);
      } catch (const std::runtime_error &error) {
        report.complaints +=
            (report.complaints.empty() ? "" : "\n") + inWords(experiment, show) + ": " + error.what();
      }
    for (const auto &comparison : experiment.comparisons) {
      print(experiment, comparisonTable(experiment, scorer, comparison));
    }
  }

  Report report;

private:
  void print(const Experiment &experiment, Table table) {
    for (const std::string &note : notesOf(plan, outcomes, experiment))
      table.captions.push_back(note);
    report.tables.push_back(std::move(table));
  }

  static std::string inWords(const Experiment &experiment, const Show &show) {
    std::string words = "experiment " + experiment.name + ", show " + show.kind + " of ";
    for (size_t i = 0; i < show.measures.size(); ++i)
      words += (i == 0 ? "" : "; ") + rt::inWords(show.measures[i]);
    for (size_t i = 0; i < show.attacks.size(); ++i)
      words += (i == 0 ? "" : ", ") + show.attacks[i].attack;
    for (size_t i = 0; i < show.by.size(); ++i)
      words += (i == 0 ? " by " : ", ") + show.by[i];
    return words;
  }

  void write(const Experiment &experiment, const Scorer &scorer, const Show &show) {
    if (show.kind == "table") {
      for (const Table &table : tablesOf(experiment, scorer, show))
        print(experiment, table);
      return;
    }
    if (show.kind == "examples")
      return writeExampleSheets(plan, outcomes, experiment, show, directory + "/plots",
                                uniqueName(sheetName(experiment, show)), noteOf(plan, outcomes, experiment));
    const bool ofTrainings = show.kind == "curves";
    if (show.kind != "plot" && show.kind != "scatter" && !ofTrainings)
      throw std::runtime_error("this runtime shows tables, plots, scatter plots, examples and curves");
    for (const Plot &plot :
         ofTrainings ? trainingCurves(plan, outcomes, experiment, show) : plotsOf(experiment, scorer, show)) {
      const std::string unique = uniqueName(plot.name);
      std::string note = noteOf(plan, outcomes, experiment);
      if (std::string own = ofTrainings ? "" : scorer.ownImagesNote(); !own.empty())
        note += (note.empty() ? "" : "; ") + own;
      writeWhole(directory + "/plots/" + unique + ".csv",
                 ofTrainings ? trainingCurvesCsv(plan, outcomes, experiment, show, plot) : plotCsv(plot));
      if (plot.fit) {
        writeWhole(directory + "/plots/" + unique + "-fit.csv", fitCsv(plot));
        print(experiment, fitTable(plot));
      }
      if (plot.panels) {
        writeWhole(directory + "/plots/" + unique + ".svg", panelsSvg(plot, note));
        continue;
      }
      for (const Plot::Page &page : plot.pages) {
        std::string ending;
        for (const auto &[axis, value] : page.forEach)
          ending += "-" + value.text;
        writeWhole(directory + "/plots/" + fileName(unique + ending) + ".svg", plotSvg(plot, page, note));
      }
    }
  }

  /// A file's name that no other show has.
  std::string uniqueName(const std::string &text) {
    const std::string name = fileName(text);
    std::string unique = name;
    for (int i = 2; !names.insert(unique).second; ++i)
      unique = name + "-" + std::to_string(i);
    return unique;
  }

  const Plan &plan;
  const Outcomes &outcomes;
  const std::string &directory;
  std::set<std::string> names;
};

} // namespace

Report writeFiles(const Plan &plan, const Outcomes &outcomes, const std::string &outDirectory, bool pairs) {
  std::vector<ResultRow> rows = resultsOf(plan, outcomes);
  writeWhole(outDirectory + "/results.csv", resultsCsv(rows));
  writeWhole(outDirectory + "/results.json", resultsJson(plan, outcomes, rows));
  writeExampleFiles(plan, outcomes, outDirectory, pairs);
  ReportWriter writer(plan, outcomes, outDirectory);
  for (const Experiment &experiment : plan.experiments)
    writer.write(experiment);
  return writer.report;
}

void printReport(const Report &report, std::ostream &out) {
  Style style = &out == &std::cout && isatty(STDOUT_FILENO) ? Style::Terminal : Style::Plain;
  for (const Table &table : report.tables) {
    out << "\n";
    printTable(table, style, out);
  }
  out.flush();
  if (!report.complaints.empty())
    throw std::runtime_error(report.complaints);
}

void writeReport(const Plan &plan, const Outcomes &outcomes, const std::string &outDirectory,
                 std::ostream &tables) {
  printReport(writeFiles(plan, outcomes, outDirectory), tables);
}

} // namespace switchyard::rt
