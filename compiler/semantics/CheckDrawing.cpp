// How a plot is drawn (`with log(eps)`, `with panels`), and plots along the epochs of trainings.

#include "compiler/semantics/Clauses.h"
#include "compiler/semantics/ShowGrid.h"
#include "compiler/syntax/Print.h"
#include "compiler/syntax/Writer.h"
#include "runtime/contract/Curves.h"
#include "runtime/contract/ShowRules.h"

#include <algorithm>
#include <set>

namespace switchyard {

using namespace ast;

namespace {

/// What stands behind `with`.
class DrawingChecker {
public:
  DrawingChecker(Program &program, const Clause &clause, const ShowGrid &grid, resolved::Show &result)
      : diagnostics(program.diagnostics), clause(clause), grid(grid), result(result) {}

  void check(const ShowPart &one) {
    const std::string word = one.call->name();
    if (word == "log")
      return logarithms(one);
    if (word != "fit" && word != "panels") {
      diagnostics.error(
          Id::UnknownFit, one.call->location,
          "a plot comes `with log(eps)` or `with panels`, a scatter plot `with fit`, too, not with `" + word +
              "`" + didYouMean(word, {"fit", "log", "panels"}));
      return;
    }
    if (!one.call->arguments.empty())
      diagnostics.error(Id::DrawnPlain, one.call->location, "`with " + word + "` takes nothing");
    else if (word == "fit")
      fit(one);
    else
      panels(one);
  }

private:
  void fit(const ShowPart &one) {
    if (result.kind != "scatter")
      diagnostics.error(Id::FitOfScatter, one.location,
                        "a fit belongs to a scatter plot: `show scatter of defense_rate "
                        "against accuracy_drop with fit`");
    result.fit = true;
  }

  bool isPlot(const ShowPart &one) {
    if (result.kind != "table")
      return true;
    diagnostics.error(Id::DrawnPlain, one.location,
                      "`with " + format(*one.call) + "` belongs to a plot or a scatter plot");
    return false;
  }

  void panels(const ShowPart &one) {
    if (!isPlot(one))
      return;
    result.panels = true;
    const size_t pages = grid.pages(result);
    if (result.forEach.empty())
      diagnostics.error(Id::DrawnPanels, one.location,
                        "panels are of the values of an axis: `for each attack with panels`");
    else if (pages > static_cast<size_t>(rt::mostPanels))
      diagnostics.error(Id::DrawnPanels, one.location,
                        "a plot has at most " + std::to_string(rt::mostPanels) + " panels, these are " +
                            std::to_string(pages) + "; without `with panels` each is a file of its own");
  }

  /// Of what is drawn along either axis.
  void logarithms(const ShowPart &one) {
    if (!isPlot(one))
      return;
    const std::string along = result.kind == "curves" ? rt::epochAxis : result.against;
    std::vector<std::string> known = {along};
    for (const Measure &measure : clause.measures)
      known.push_back(measure.name);
    if (one.call->arguments.empty())
      diagnostics.error(Id::DrawnPlain, one.call->location,
                        "say which axis is logarithmic: `with log(" + along + ")`");
    for (const Argument &argument : one.call->arguments) {
      const std::string name = argument.name.empty() ? format(*argument.value) : argument.name;
      if (std::find(known.begin(), known.end(), name) == known.end())
        diagnostics
            .error(Id::DrawnLog, argument.location,
                   "`" + name + "` is no axis of this plot" + didYouMean(name, known))
            .note("its axes are " + joined(known, ", "));
      else if (name == along && result.kind == "plot" && !result.againstMeasure && !grid.isOfNumbers(name))
        diagnostics.error(Id::DrawnLog, argument.location,
                          "`" + name + "` has no numbers, of which there are logarithms");
      (name == along ? result.logX : result.logY) = true;
    }
  }

  Diagnostics &diagnostics;
  const Clause &clause;
  const ShowGrid &grid;
  resolved::Show &result;
};

/// `show plot of loss against epoch`
class CurvesChecker {
public:
  CurvesChecker(Program &program, const Clause &clause, const std::vector<resolved::Experiment> &settings,
                resolved::Show &result)
      : program(program), diagnostics(program.diagnostics), clause(clause), settings(settings),
        result(result), grid(settings) {}

  bool check() {
    const int before = diagnostics.troubles();
    result.kind = "curves";
    result.location = clause.location;
    for (const Measure &one : clause.measures)
      curve(one);
    for (const ShowPart &one : clause.parts)
      part(one);
    resolveDrawing(program, clause, grid, result);
    if (diagnostics.troubles() == before)
      if (std::string problem = grid.curvesProblem(result); !problem.empty())
        diagnostics.error(Id::ShowRule, clause.location, problem);
    return diagnostics.troubles() == before;
  }

private:
  void curve(const Measure &one) {
    const rt::CurveKind *kind = rt::findCurve(one.name);
    if (!kind)
      diagnostics
          .error(Id::UnknownMeasure, one.location,
                 "a training tells no `" + one.name + "` of each epoch" +
                     didYouMean(one.name, rt::curveNames()))
          .note("it tells " + joined(rt::curveNames(), ", "));
    else if (one.parentheses)
      diagnostics.error(Id::CurvesPlain, one.location,
                        "`" + one.name + "` of each epoch takes no arguments, and is not aggregated");
    else if (kind->ofHeldOut && !isValidated())
      diagnostics.error(
          Id::CurvesHeldOut, one.location,
          "the accuracy of each epoch is of images that are held out: `training sgd(...) { validate "
          "on last 500 training images }`");
    result.curves.push_back(one.name);
  }

  bool isValidated() const {
    return std::any_of(settings.begin(), settings.end(),
                       [](const resolved::Experiment &one) { return one.training.validation.has_value(); });
  }

  void part(const ShowPart &one) {
    if (one.kind == ShowPartKind::First || one.kind == ShowPartKind::At)
      diagnostics.error(Id::ExamplesParts, one.location,
                        "`for first` belongs to `show examples of ATTACK for first 4 images`");
    if (one.kind != ShowPartKind::By && one.kind != ShowPartKind::ForEach)
      return;
    auto &names = one.kind == ShowPartKind::By ? result.by : result.forEach;
    for (size_t i = 0; i < one.names.size(); ++i) {
      axis(one.names[i], one.locations[i]);
      names.push_back(one.names[i]);
    }
  }

  void axis(const std::string &name, Location where) {
    if (!placed.insert(name).second)
      diagnostics.error(Id::ShownTwice, where, "`" + name + "` has its place already; name it once");
    const std::vector<std::string> known = grid.axesOfDefenses();
    if (std::find(known.begin(), known.end(), name) == known.end())
      diagnostics
          .error(Id::UnknownAxis, where,
                 "trainings do not vary with `" + name + "`" + didYouMean(name, known))
          .note("their axes are " + joined(known, ", "));
  }

  Program &program;
  Diagnostics &diagnostics;
  const Clause &clause;
  const std::vector<resolved::Experiment> &settings;
  resolved::Show &result;
  ShowGrid grid;
  std::set<std::string> placed;
};

} // namespace

void resolveDrawing(Program &program, const Clause &clause, const ShowGrid &grid, resolved::Show &result) {
  DrawingChecker checker(program, clause, grid, result);
  for (const ShowPart &one : clause.parts)
    if (one.kind == ShowPartKind::With)
      checker.check(one);
  if (result.fit && (result.logX || result.logY))
    program.diagnostics.error(Id::DrawnLog, clause.location,
                              "a fit is a line on plain axes: `with fit` and `with log` exclude each other");
}

bool resolveCurves(Program &program, const Clause &clause, const std::vector<resolved::Experiment> &settings,
                   resolved::Show &result) {
  return CurvesChecker(program, clause, settings, result).check();
}

} // namespace switchyard
