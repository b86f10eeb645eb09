// Files first: whatever is wrong with a table, what was measured is on disk.
#include "runtime/report/Report.h"

#include "runtime/files/WholeFile.h"
#include "runtime/report/Comparison.h"
#include "runtime/report/Csv.h"
#include "runtime/report/ExampleFiles.h"
#include "runtime/report/ExampleSheets.h"
#include "runtime/report/FileNames.h"
#include "runtime/report/Plot.h"
#include "runtime/report/Results.h"
#include "runtime/report/Svg.h"
#include "runtime/report/Table.h"
#include "runtime/report/TrainingCurves.h"

#include <unistd.h>

#include <iostream>
#include <stdexcept>

namespace switchyard::rt {
namespace {

class ReportWriter {
public:
  ReportWriter(const Plan &plan, const Outcomes &outcomes, const std::string &directory)
      : plan(plan), outcomes(outcomes), directory(directory) {}

  void write(const Experiment &experiment, const Scorer &scorer) {
    for (const Show &show : experiment.shows)
      guarded("experiment " + experiment.name, show, [&] { write(experiment, scorer, show); });
    for (const auto &comparison : experiment.comparisons)
      print(Shown(experiment, scorer, {}), comparisonTable(experiment, scorer, comparison));
  }

  /// What is shown across experiments, each with its scorer.
  void write(const JointShow &joint, const std::vector<Scorer> &scorers) {
    std::vector<ShownPart> parts;
    for (const ShowPart &part : joint.parts)
      parts.push_back({&plan.experiments.at(size_t(part.experiment)), &scorers.at(size_t(part.experiment)),
                       part.show, part.missing});
    const Shown shown(std::move(parts), joint.show);
    guarded(shown.name(), joint.show, [&] { write(shown); });
  }

  Report report;

private:
  /// A show that cannot be is a complaint; the others are written.
  template <typename Write> void guarded(const std::string &where, const Show &show, Write write) {
    try {
      write();
    } catch (const std::runtime_error &error) {
      report.complaints +=
          (report.complaints.empty() ? "" : "\n") + where + ", " + inWords(show) + ": " + error.what();
    }
  }

  /// What readers of any result of these experiments should know.
  std::vector<std::string> notesBelow(const Shown &shown) const {
    std::vector<Shown::Lines> lines;
    for (const ShownPart &part : shown.parts())
      lines.push_back({&part, notesOf(plan, outcomes, *part.experiment)});
    return shown.together(lines);
  }

  void print(const Shown &shown, Table table) {
    for (const std::string &note : notesBelow(shown))
      table.captions.push_back(note);
    report.tables.push_back(std::move(table));
  }

  static std::string inWords(const Show &show) {
    std::string words = "show " + show.kind + " of ";
    for (size_t i = 0; i < show.measures.size(); ++i)
      words += (i == 0 ? "" : "; ") + rt::inWords(show.measures[i]);
    for (size_t i = 0; i < show.attacks.size(); ++i)
      words += (i == 0 ? "" : ", ") + show.attacks[i].attack;
    for (size_t i = 0; i < show.by.size(); ++i)
      words += (i == 0 ? " by " : ", ") + show.by[i];
    return words;
  }

  void write(const Experiment &experiment, const Scorer &scorer, const Show &show) {
    if (show.kind == "examples")
      return writeExampleSheets(plan, outcomes, experiment, show, directory + "/plots", names,
                                noteOf(plan, outcomes, experiment));
    const Shown shown(experiment, scorer, show);
    if (show.kind != "curves")
      return write(shown);
    for (const Plot &plot : trainingCurves(plan, outcomes, experiment, show)) {
      const std::string unique = names.take(plot.name);
      writeWhole(directory + "/plots/" + unique + ".csv",
                 trainingCurvesCsv(plan, outcomes, experiment, show, plot));
      draw(plot, unique, inOneText(notesBelow(shown)));
    }
  }

  void write(const Shown &shown) {
    if (shown.show().kind == "table") {
      for (const Table &table : tablesOf(shown))
        print(shown, table);
      return;
    }
    if (shown.show().kind != "plot" && shown.show().kind != "scatter")
      throw std::runtime_error("this runtime shows tables, plots, scatter plots, examples and curves");
    for (const Plot &plot : plotsOf(shown)) {
      const std::string unique = names.take(plot.name);
      writeWhole(directory + "/plots/" + unique + ".csv", plotCsv(plot));
      if (plot.fit) {
        writeWhole(directory + "/plots/" + names.take(unique + "-fit") + ".csv", fitCsv(plot));
        print(shown, fitTable(plot));
      }
      draw(plot, unique, inOneText(notesOfPlot(shown)));
    }
  }

  std::vector<std::string> notesOfPlot(const Shown &shown) const {
    std::vector<Shown::Lines> lines;
    for (const ShownPart &part : shown.parts())
      if (std::string own = part.scorer->ownImagesNote(); !own.empty())
        lines.push_back({&part, {own}});
    std::vector<std::string> notes = notesBelow(shown);
    for (const std::string &line : shown.together(lines))
      notes.push_back(line);
    return notes;
  }

  void draw(const Plot &plot, const std::string &unique, const std::string &note) {
    if (plot.panels)
      return writeWhole(directory + "/plots/" + unique + ".svg", panelsSvg(plot, note));
    for (const Plot::Page &page : plot.pages) {
      std::string ending;
      for (const auto &[axis, value] : page.forEach)
        ending += "-" + value.text;
      const std::string own = ending.empty() ? unique : names.take(unique + ending);
      writeWhole(directory + "/plots/" + own + ".svg", plotSvg(plot, page, note));
    }
  }

  const Plan &plan;
  const Outcomes &outcomes;
  const std::string &directory;
  FileNames names; // of the plots' folder
};

} // namespace

Report writeFiles(const Plan &plan, const Outcomes &outcomes, const std::string &outDirectory, bool pairs) {
  std::vector<ResultRow> rows = resultsOf(plan, outcomes);
  writeWhole(outDirectory + "/results.csv", resultsCsv(rows));
  writeWhole(outDirectory + "/results.json", resultsJson(plan, outcomes, rows));
  writeExampleFiles(plan, outcomes, outDirectory, pairs);
  ReportWriter writer(plan, outcomes, outDirectory);
  std::vector<Scorer> scorers; // of all experiments
  scorers.reserve(plan.experiments.size());
  for (const Experiment &experiment : plan.experiments)
    writer.write(experiment, scorers.emplace_back(plan, experiment, outcomes));
  for (const JointShow &joint : plan.shows)
    writer.write(joint, scorers);
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
