// What is shown of measures. No silent averaging (S5.6): an axis with more than one value must be
// named.

#include "compiler/semantics/AxisTable.h"
#include "compiler/semantics/ClauseTable.h"
#include "compiler/semantics/Clauses.h"
#include "compiler/semantics/ShowGrid.h"
#include "compiler/syntax/Writer.h"
#include "runtime/contract/Curves.h"
#include "runtime/contract/Grid.h"
#include "runtime/contract/Measures.h"

#include <algorithm>
#include <set>

namespace switchyard {

using namespace ast;

namespace {

using rt::findMeasure;
using rt::MeasureKind;
using rt::measureNames;

class ShowChecker {
public:
  ShowChecker(Program &program, const Clause &clause, const std::vector<resolved::Experiment> &settings,
              resolved::Show &result, const Elsewhere *elsewhere)
      : program(program), clause(clause), settings(settings), experiment(settings.front()), result(result),
        elsewhere(elsewhere), axes(settings), grid(settings) {
    if (elsewhere && elsewhere->axes.count("family"))
      axes.besideFamilies();
  }

  bool check() {
    int before = errorsBefore = program.diagnostics.troubles();
    if (!form())
      return false;
    if (clause.name == "examples")
      return resolveExamples(program, clause, settings, result);
    if (isAlongEpochs())
      return resolveCurves(program, clause, settings, result);
    result.kind = clause.name;
    result.location = clause.location;
    for (const ShowPart &one : clause.parts)
      part(one);
    if (result.kind == "plot" && result.against.empty())
      program.diagnostics.error(Id::PlotAgainst, clause.nameLocation,
                                "a plot says what it is drawn against: `against eps`");
    if (result.kind == "scatter" && result.against.empty())
      program.diagnostics.error(Id::ScatterAgainst, clause.nameLocation,
                                "a scatter plot has a second measure: `against accuracy_drop`");
    if (result.kind == "table" && !result.against.empty())
      program.diagnostics.error(Id::TableAgainst, clause.nameLocation,
                                "a table has rows and columns: `by` in place of `against`");
    draw();
    for (const ShowPart &one : clause.parts)
      if (one.kind == ShowPartKind::Against && result.againstMeasure)
        if (auto x = measure(one.against)) {
          result.againstAggregates = x->aggregates;
          result.againstArguments = x->arguments;
        }
    for (size_t i = 0; i < clause.measures.size(); ++i)
      if (elsewhere && elsewhere->meansNothing[i])
        result.measures.push_back({clause.measures[i].name, {}, {}, clause.measures[i].location});
      else if (auto y = measure(clause.measures[i]))
        result.measures.push_back(std::move(*y));
    everyAxisMatters();
    return program.diagnostics.troubles() == before;
  }

private:
  bool form() {
    std::vector<std::string> known;
    for (const ShowRow &row : showRows()) {
      known.push_back(row.word);
      if (row.word == clause.name && !row.notBuilt.empty())
        program.diagnostics.error(Id::NotBuilt, clause.nameLocation, notBuilt(row.word, row.notBuilt));
      if (row.word == clause.name)
        return row.notBuilt.empty();
    }
    program.diagnostics.error(Id::UnknownShow, clause.nameLocation,
                              "there is no `show " + clause.name + "`" + didYouMean(clause.name, known));
    return false;
  }

  /// An axis of that name is the program's own.
  bool isAlongEpochs() const {
    const std::vector<std::string> known = axes.names();
    return clause.name == "plot" && std::find(known.begin(), known.end(), rt::epochAxis) == known.end() &&
           std::any_of(clause.parts.begin(), clause.parts.end(), [](const ShowPart &one) {
             return one.kind == ShowPartKind::Against && one.against.name == rt::epochAxis;
           });
  }

  /// Across experiments an axis may be another one's.
  bool isElsewhere(const std::string &name) const {
    return elsewhere && !axes.has(name) && elsewhere->axes.count(name);
  }

  /// Panels may be of experiments, too.
  void draw() {
    const std::vector<std::string> own = result.forEach;
    if (elsewhere && result.forEach.empty() &&
        std::any_of(clause.parts.begin(), clause.parts.end(),
                    [](const ShowPart &one) { return one.kind == ShowPartKind::ForEach; }))
      result.forEach = {rt::experimentAxis};
    resolveDrawing(program, clause, grid, result);
    result.forEach = own;
  }

  void axis(const std::string &name, Location where) {
    auto known = axes.names();
    if (!isElsewhere(name) && !axes.has(name))
      program.diagnostics
          .error(Id::UnknownAxis, where,
                 "the experiment has no axis `" + name + "`" + didYouMean(name, known))
          .note("its axes are " + joined(known, ", "));
  }

  void part(const ShowPart &one) {
    if (one.kind == ShowPartKind::At) {
      program.diagnostics.error(Id::NotBuilt, one.location, notBuilt(ClausePart::ShowAt));
      return;
    }
    if (one.kind == ShowPartKind::First) {
      program.diagnostics.error(Id::ExamplesParts, one.location,
                                "`for first` belongs to `show examples of ATTACK for first 4 images`");
      return;
    }
    if (one.kind == ShowPartKind::From && !elsewhere) {
      program.diagnostics
          .error(Id::FromExperiments, one.location,
                 "`from` chooses among experiments, and this `show` is of its own")
          .note("a `show` that stands beside experiments, in none of them, is of several");
      return;
    }
    if (one.kind == ShowPartKind::With || one.kind == ShowPartKind::From)
      return; // once all else is known; experiments are chosen
    if (one.kind == ShowPartKind::Against)
      return against(one.against);
    auto &names = one.kind == ShowPartKind::By ? result.by : result.forEach;
    for (size_t i = 0; i < one.names.size(); ++i) {
      if (isElsewhere(one.names[i]))
        continue;
      axis(one.names[i], one.locations[i]);
      once(one.names[i], one.locations[i]);
      names.push_back(one.names[i]);
    }
  }

  /// An axis is a row, a column, a page or a side of the plot, not two of them.
  void once(const std::string &name, Location where) {
    if (!placed.insert(name).second)
      program.diagnostics.error(Id::ShownTwice, where, "`" + name + "` has its place already; name it once");
  }

  /// `against N`; the measures of a plot are looked at once all axes are named.
  void against(const Measure &one) {
    result.against = one.name;
    result.againstMeasure = findMeasure(one.name) != nullptr;
    if (result.againstMeasure)
      return;
    auto known = axes.names();
    bool isAxis = axes.has(one.name) || isElsewhere(one.name);
    if (result.kind != "scatter") {
      axis(one.name, one.location);
      once(one.name, one.location);
    } else if (isAxis)
      program.diagnostics.error(Id::ScatterAxis, one.location,
                                "a scatter plot has a measure on either axis; `show plot` draws against `" +
                                    one.name + "`");
    else
      program.diagnostics.error(Id::UnknownMeasure, one.location,
                                "there is no measure `" + one.name + "`" +
                                    didYouMean(one.name, measureNames()));
  }

  void everyAxisMatters() {
    axesOfMeasures();
    axesOfAttacks();
  }

  /// An axis of a measure tells nothing apart where that one is not shown.
  void axesOfMeasures() {
    std::set<std::string> shown = {result.against};
    for (const Measure &one : clause.measures)
      shown.insert(one.name);
    for (const ShowPart &one : clause.parts)
      if (one.kind == ShowPartKind::Against && !clause.measures.empty())
        ofShownMeasure(shown, one.against.name, one.against.location);
      else if (one.kind == ShowPartKind::By || one.kind == ShowPartKind::ForEach)
        for (size_t i = 0; i < one.names.size(); ++i)
          ofShownMeasure(shown, one.names[i], one.locations[i]);
  }

  void ofShownMeasure(const std::set<std::string> &shown, const std::string &axis, Location where) {
    const std::string measure = axes.measureOf(axis);
    if (!measure.empty() && !shown.count(measure))
      program.diagnostics.error(Id::AxisOfMeasure, where,
                                "`" + axis + "` belongs to `" + measure +
                                    "`, which is not shown here; leave it out");
  }

  /// An axis of attacks tells nothing apart where no measure is of attacks.
  void axesOfAttacks() {
    auto isOfAttacks = [](const Measure &one) {
      const MeasureKind *kind = findMeasure(one.name);
      return !kind || kind->ofAttacks;
    };
    bool any = std::any_of(clause.measures.begin(), clause.measures.end(), isOfAttacks);
    for (const ShowPart &one : clause.parts)
      any |= one.kind == ShowPartKind::Against && result.againstMeasure && isOfAttacks(one.against);
    if (any || clause.measures.empty())
      return;
    auto check = [&](const std::string &axis, Location where) {
      if (axes.isOfAttacks(axis))
        constantOver(clause.measures.front().name, axis, where);
    };
    for (const ShowPart &one : clause.parts) {
      if (one.kind == ShowPartKind::Against && result.kind != "scatter")
        check(one.against.name, one.against.location);
      else if (one.kind == ShowPartKind::By || one.kind == ShowPartKind::ForEach)
        for (size_t i = 0; i < one.names.size(); ++i)
          check(one.names[i], one.locations[i]);
    }
  }

  void constantOver(const std::string &measure, const std::string &axis, Location where) {
    program.diagnostics.error(Id::AxisOfAttacks, where,
                              "`" + measure + "` does not vary with `" + axis +
                                  "`, which belongs to the attacks; leave it out");
  }

  /// ", or all of them `by defense, radius`"
  std::string orByAxis(const std::string &measure) const {
    for (const std::string &axis : axes.names())
      if (axes.measureOf(axis) == measure)
        return ", or make `" + axis + "` a row or column";
    return "";
  }

  /// A measure that is measured several times, and never with its defaults, is shown with its arguments.
  void saysWhich(const Measure &shown) {
    int times = 0;
    bool byDefault = !shown.arguments.empty();
    for (const resolved::Measure &one : experiment.measures)
      if (one.name == shown.name) {
        ++times;
        byDefault |= std::none_of(one.arguments.begin(), one.arguments.end(),
                                  [](const NamedValue &value) { return value.written; });
      }
    if (times > 1 && !byDefault)
      program.diagnostics.error(Id::MeasureWhich, shown.location,
                                "`" + shown.name +
                                    "` is measured in several ways: say which of them is shown, as it stands "
                                    "behind `measure`" +
                                    orByAxis(shown.name));
  }

  /// Shown at each value of an axis of its own: its arguments without those.
  bool atEach(const Measure &one, const std::set<std::string> &named, resolved::Measure &resolved) const {
    if (!one.arguments.empty())
      return false;
    bool found = false;
    for (const std::string &axis : named)
      if (axes.measureOf(axis) == one.name) {
        auto isIt = [&](const NamedValue &value) { return value.name == axis; };
        resolved.arguments.erase(std::remove_if(resolved.arguments.begin(), resolved.arguments.end(), isIt),
                                 resolved.arguments.end());
        found = true;
      }
    return found;
  }

  /// Which of several values of an argument the measure is shown at.
  void whichValues(const Measure &one, std::set<std::string> named, resolved::Measure &resolved) {
    for (const Aggregate &aggregate : one.aggregates) // what is aggregated is refused as such
      named.insert(aggregate.over.begin(), aggregate.over.end());
    if (!atEach(one, named, resolved))
      saysWhich(one);
    for (const NamedValue &value : resolved.arguments)
      if (value.value.isList())
        program.diagnostics.error(Id::ShownList, one.location,
                                  "`" + one.name + "` is shown at one `" + value.name +
                                      "`, or at all that are measured where `" + value.name +
                                      "` is a row or column");
  }

  void aggregates(const Measure &one, const std::set<std::string> &named) {
    for (const Aggregate &aggregate : one.aggregates)
      for (const std::string &over : aggregate.over) {
        axis(over, aggregate.location);
        if (over == "attack")
          oneNorm(one, aggregate);
        if (named.count(over))
          program.diagnostics.error(Id::AggregatedAxis, aggregate.location,
                                    "`" + over + "` is aggregated, so it cannot be a row or column");
        if (!findMeasure(one.name)->ofAttacks && axes.isOfAttacks(over))
          constantOver(one.name, over, aggregate.location);
        if (result.kind == "scatter" && axes.isOfDefenses(over))
          program.diagnostics.error(Id::ScatterAggregate, aggregate.location,
                                    "each defense is a point of a scatter plot, so `" + over +
                                        "` cannot be aggregated");
      }
  }

  /// Successes in balls of several norms are answers to several questions; attacks that minimize a distance
  /// have no ball.
  void oneNorm(const Measure &one, const Aggregate &aggregate) {
    std::vector<std::string> norms;
    for (const resolved::Experiment &setting : settings)
      for (const resolved::Attack &attack : setting.attacks)
        if (attack.threat.kind == ThreatKind::Within &&
            std::find(norms.begin(), norms.end(), attack.threat.norm) == norms.end())
          norms.push_back(attack.threat.norm);
    if (norms.size() > 1 && findMeasure(one.name)->ofAttacks)
      program.diagnostics
          .warning(Id::AggregatedBalls, aggregate.location,
                   "`" + one.name + "(" + aggregate.how +
                       " over attack)` brings together attacks in balls of different norms: " +
                       joined(norms, ", "))
          .note("what they may change cannot be compared: put `attack` behind `by`, or the attacks of each "
                "norm in an "
                "experiment of their own");
  }

  void nothingUnnamed(const Measure &one, std::set<std::string> named) {
    if (result.kind == "scatter")
      named.insert("defense"); // each is a point
    for (const Aggregate &aggregate : one.aggregates)
      named.insert(aggregate.over.begin(), aggregate.over.end());
    for (const std::string &name : axes.unnamed(named, *findMeasure(one.name)))
      program.diagnostics
          .error(Id::SilentAverage, one.location,
                 "`" + one.name + "` varies with `" + name +
                     "`, which is no row, no column and not "
                     "aggregated")
          .note("add it behind `by` or `for each`" +
                (findMeasure(one.name)->ofDistances || !rt::mayBeAggregated(name)
                     ? std::string()
                     : ", or say `" + one.name + "(mean over " + name + ")`"));
  }

  /// An aggregate over an axis that only others have brings nothing together here.
  void withoutElsewhere(std::vector<resolved::Aggregate> &list) const {
    for (resolved::Aggregate &one : list)
      one.over.erase(std::remove_if(one.over.begin(), one.over.end(),
                                    [&](const std::string &axis) { return isElsewhere(axis); }),
                     one.over.end());
    list.erase(std::remove_if(list.begin(), list.end(),
                              [](const resolved::Aggregate &one) { return one.over.empty(); }),
               list.end());
  }

  std::optional<resolved::Measure> measure(const Measure &one) {
    std::set<std::string> named(result.by.begin(), result.by.end());
    named.insert(result.forEach.begin(), result.forEach.end());
    named.insert(result.against);
    resolved::Measure resolved;
    if (!resolveMeasure(program, one, experiment, resolved))
      return std::nullopt;
    withoutElsewhere(resolved.aggregates);
    whichValues(one, named, resolved);
    aggregates(one, named);
    nothingUnnamed(one, named);
    if (program.diagnostics.troubles() == errorsBefore)
      if (std::string problem = grid.problem(result, resolved); !problem.empty())
        program.diagnostics.error(Id::ShowRule, one.location, problem);
    return resolved;
  }

  Program &program;
  const Clause &clause;
  const std::vector<resolved::Experiment> &settings;
  const resolved::Experiment &experiment; // the first
  resolved::Show &result;
  const Elsewhere *elsewhere; // null: the show is the experiment's own
  AxisTable axes;
  ShowGrid grid;
  std::set<std::string> placed;
  int errorsBefore = 0;
};

} // namespace

bool resolveShow(Program &program, const Clause &clause, const std::vector<resolved::Experiment> &settings,
                 resolved::Show &result, const Elsewhere *elsewhere) {
  return ShowChecker(program, clause, settings, result, elsewhere).check();
}

} // namespace switchyard
