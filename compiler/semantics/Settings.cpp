// What the defenses of an experiment are applied to: every data set with every network and every training,
// each at every value of its variables.

#include "compiler/semantics/ClauseTable.h"
#include "compiler/semantics/Clauses.h"
#include "compiler/syntax/Writer.h"

#include <algorithm>
#include <map>

namespace switchyard {

using namespace ast;

namespace {

constexpr size_t mostSettings = 1000;

/// Clauses whose items are settings, in the order of their axes.
const std::vector<ClauseKind> chosenKinds = {ClauseKind::Dataset, ClauseKind::Network, ClauseKind::Training};

/// Where the clause's items stand; one that is nowhere without the clause.
std::vector<std::optional<Point>> pointsOf(Program &program, const ExperimentDecl &decl, ClauseKind kind) {
  const Clause *clause = findClause(decl, kind);
  if (!clause)
    return {std::nullopt};
  if (clause->group.items.empty())
    program.diagnostics.error(Id::NothingChosen, clause->location,
                              "experiment `" + decl.name + "` lacks " + rowOf(kind).lacking +
                                  ": nothing stands in these braces");
  std::vector<std::optional<Point>> points;
  expand(program, clause->group, [&](const Point &point) { points.push_back(point); });
  return points;
}

/// Visits the variables of a group, those of its items included.
void forEachVariable(const Group &group, const std::function<void(const std::string &, Location)> &visit) {
  auto each = [&](const std::vector<ForIn> &loops) {
    for (const ForIn &loop : loops)
      for (const std::string &name : loop.variables)
        visit(name, loop.location);
  };
  each(group.loops);
  for (const Item &item : group.items) {
    each(item.loops);
    if (item.items)
      forEachVariable(*item.items, visit);
  }
}

void forEachVariable(const Clause &clause, const std::function<void(const std::string &, Location)> &visit) {
  forEachVariable(clause.group, visit);
  for (const Estimator &one : clause.estimators)
    for (const ForIn &loop : one.loops)
      for (const std::string &name : loop.variables)
        visit(name, loop.location);
}

/// A variable of networks, or of trainings, is an axis of nothing else.
void axesApart(Program &program, const ExperimentDecl &decl) {
  std::map<std::string, ClauseKind> known;
  for (ClauseKind kind : chosenKinds)
    if (const Clause *clause = findClause(decl, kind))
      forEachVariable(*clause, [&](const std::string &name, Location where) {
        auto [first, isNew] = known.insert({name, kind});
        if (!isNew && first->second != kind)
          program.diagnostics.error(Id::AxisTwice, where,
                                    "`" + name + "` already stands for an axis of the networks");
      });
  for (const Clause &clause : decl.clauses)
    if (std::find(chosenKinds.begin(), chosenKinds.end(), clause.kind) == chosenKinds.end())
      forEachVariable(clause, [&](const std::string &name, Location where) {
        if (auto found = known.find(name); found != known.end())
          program.diagnostics.error(Id::AxisTwice, where,
                                    "`" + name + "` already stands for an axis of the " +
                                        (found->second == ClauseKind::Network ? "networks" : "trainings"));
      });
}

} // namespace

bool hasSettings(const ExperimentDecl &decl) {
  for (ClauseKind kind : chosenKinds)
    if (const Clause *clause = findClause(decl, kind))
      if (!clause->group.isSingle() || !clause->group.items.front().loops.empty())
        return true;
  return false;
}

std::vector<SettingPoint> settingsOf(Program &program, const ExperimentDecl &decl) {
  axesApart(program, decl);
  std::vector<SettingPoint> settings;
  auto data = pointsOf(program, decl, ClauseKind::Dataset),
       networks = pointsOf(program, decl, ClauseKind::Network),
       trainings = pointsOf(program, decl, ClauseKind::Training);
  if (data.size() * networks.size() * trainings.size() > mostSettings) {
    program.diagnostics.error(Id::TooManyCombinations, decl.location,
                              "data sets, networks and trainings together make more than " +
                                  std::to_string(mostSettings) + " combinations");
    return {};
  }
  for (size_t d = 0; d < data.size(); ++d)
    for (size_t n = 0; n < networks.size(); ++n)
      for (size_t t = 0; t < trainings.size(); ++t)
        settings.push_back({data[d], networks[n], trainings[t], d, n, t});
  return settings;
}

static void addAxes(std::vector<std::string> &parts, const resolved::Axes &axes) {
  for (const NamedValue &axis : axes)
    parts.push_back(axis.name + " = " + axis.value.text());
}

/// The network, and what the experiment has several of.
static std::string titleOf(const SettingPoint &at, const SettingPoint &last,
                           const resolved::Setting &setting) {
  std::vector<std::string> parts{setting.network};
  addAxes(parts, at.network->axes);
  if (last.data > 0)
    parts.push_back(setting.dataset);
  if (last.trainings > 0)
    parts.push_back(setting.training);
  addAxes(parts, at.training->axes);
  return joined(parts, ", ");
}

/// Says that the point is called as another one of its clause is; `known` are those before it.
static void isNew(Program &program, const std::string &label, const Point &point,
                  std::map<std::string, Location> &known) {
  std::vector<std::string> parts{label};
  addAxes(parts, point.axes);
  auto [first, isNew] = known.insert({joined(parts, ", "), point.call().location});
  if (isNew)
    return;
  Diagnostic &error =
      program.diagnostics
          .error(Id::SettingTwice, point.call().location, "`" + first->first + "` stands here twice")
          .note(first->second, "first here");
  if (point.title.empty())
    error.note("names for tables tell them apart: `\"first\": " + point.call().name() + "`");
}

bool nameSettings(Program &program, const std::vector<SettingPoint> &points,
                  std::vector<resolved::Experiment> &settings) {
  int before = program.diagnostics.troubles();
  std::map<std::string, Location> data, networks, trainings;
  for (size_t i = 0; i < points.size() && settings.front().setting; ++i) {
    const SettingPoint &at = points[i];
    resolved::Setting &setting = *settings[i].setting;
    setting.number = i;
    setting.title = titleOf(at, points.back(), setting);
    if (at.networks == 0 && at.trainings == 0)
      isNew(program, setting.dataset, *at.dataset, data);
    if (at.data == 0 && at.trainings == 0)
      isNew(program, setting.network, *at.network, networks);
    if (at.data == 0 && at.networks == 0)
      isNew(program, setting.training, *at.training, trainings);
  }
  return program.diagnostics.troubles() == before;
}

} // namespace switchyard
