// An experiment from its clauses: first data, network and training, then what is compared on them, then how
// it is measured, at last what is shown, since each needs what comes before.

#include "compiler/semantics/CalledHere.h"
#include "compiler/semantics/CheckGoals.h"
#include "compiler/semantics/ClauseTable.h"
#include "compiler/semantics/Clauses.h"
#include "compiler/semantics/Layers.h"
#include "compiler/semantics/Loss.h"
#include "compiler/semantics/Training.h"
#include "compiler/syntax/Print.h"
#include "compiler/syntax/Writer.h"

#include <algorithm>
#include <set>

namespace switchyard {

using namespace ast;

namespace {

/// Of one data set, network and training all but what is shown.
class SettingChecker {
public:
  SettingChecker(Program &program, const ExperimentDecl &decl, const SettingPoint &at,
                 resolved::Experiment &result)
      : program(program), diagnostics(program.diagnostics), decl(decl), at(at), result(result),
        scope(topScope(program, program.user())), goals(program.diagnostics) {}

  /// Whether its axes are known.
  bool check() {
    int before = diagnostics.troubles();
    result.decl = &decl;
    result.name = decl.name;
    result.asPublished = decl.asPublished;
    result.seed = program.options.seed;
    result.location = decl.location;
    if (hasSettings(decl))
      result.setting.emplace();
    dataset();
    network();
    training();
    if (result.network.blocks.empty()) {
      names(); // there is nothing to protect or attack
      return false;
    }
    if (at.training) {
      resolveAugmentation(program, *at.training, result);
      trainingLoss(*at.training);
      resolveValidation(program, *at.training, result);
      const Location where = findClause(decl, ClauseKind::Training)->location;
      if (result.training.validation && result.training.validation->against)
        goals.check(where, where, result.training.validation->against->attack, result.network, true);
    }
    defenses();
    somethingLearns();
    attacks();
    estimators();
    bool axesKnown = diagnostics.troubles() == before;
    resolveImages(program, result);
    resolveSettings(program, result);
    measures();
    return axesKnown;
  }

private:
  const Clause *find(ClauseKind kind) const { return findClause(decl, kind); }

  const Clause *need(ClauseKind kind) {
    if (const Clause *clause = find(kind))
      return clause;
    diagnostics.error(Id::MissingClause, decl.location,
                      "experiment `" + decl.name + "` lacks " + rowOf(kind).lacking);
    return nullptr;
  }

  void dataset() {
    if (!need(ClauseKind::Dataset))
      return;
    const CallExpr &call = at.dataset->call();
    auto *data = program.find<DatasetDecl>(call.name(), program.user(), call.location);
    if (!data)
      return;
    auto arguments = bindSource(program, *data, topScope(program, program.home(*data)));
    const NamedRecipe &source = *findDataSource(*data->source);
    if (arguments)
      result.dataset = {call.name(), source.name, *arguments,     source.input,
                        0,           1,           source.classes, call.location};
    if (result.setting)
      result.setting->dataset = at.dataset->title.empty() ? call.name() : at.dataset->title;
  }

  void network() {
    if (!need(ClauseKind::Network))
      return;
    const CallExpr &call = at.network->call();
    auto *net = program.find<NetworkDecl>(call.name(), program.user(), call.location);
    if (!net)
      return;
    auto arguments = bindArguments(program, call, net->parameters, at.network->scope, program.home(*net),
                                   "network `" + call.name() + "`", {}, Counts::Whole);
    if (!arguments)
      return;
    if (result.setting) {
      result.setting->network = labelOf(*at.network, net->parameters, *arguments);
      result.setting->axes = at.network->axes;
    }
    CalledHere named(program, call);
    result.network = instantiate(program, *net, *arguments, call.location);
    result.network.name = call.name();
    meetsData(call.location);
  }

  void meetsData(Location where) {
    resolved::Dataset &data = result.dataset;
    const resolved::Network &net = result.network;
    if (data.source.empty() || net.blocks.empty())
      return;
    if (data.input.empty()) { // compared once the files are read
      data.input = net.input;
      data.low = net.low;
      data.high = net.high;
      data.classes = net.classes;
      return;
    }
    auto clash = [&](const std::string &what, const std::string &of, const std::string &has) {
      Diagnostic &error = diagnostics
                              .error(Id::NetworkMeetsData, where,
                                     "network `" + net.name + "` takes " + what + " " + of + ", data set `" +
                                         data.name + "` has " + has)
                              .note(net.decl->location, "network declared here");
      if (result.setting)
        error.note(data.location, "every network of an experiment is trained on every data set of it: others "
                                  "belong to another experiment");
    };
    if (data.input != net.input)
      clash("images of", shapeText(net.input), shapeText(data.input));
    if (data.classes != net.classes)
      clash("classes:", std::to_string(net.classes), std::to_string(data.classes));
    if (!(data.low == net.low) || !(data.high == net.high))
      rangesMeet(where);
  }

  /// Reported at the network's `range`, which is to be changed; all data sets keep theirs.
  void rangesMeet(Location where) {
    const resolved::Dataset &data = result.dataset;
    const NetworkDecl &net = *result.network.decl;
    std::string images = data.low.text() + " to " + data.high.text();
    diagnostics
        .error(Id::RangesDiffer, net.low ? net.low->location : net.location,
               "network `" + net.name + "` takes the range " + result.network.low.text() + " to " +
                   result.network.high.text() + ", the images of data set `" + data.name + "` are in " +
                   images + "; write `range " + images + "`")
        .note(where, "they meet here");
  }

  void training() {
    if (!need(ClauseKind::Training))
      return;
    if (auto training = resolveTraining(program, *at.training))
      result.training = std::move(*training);
    if (!result.setting)
      return;
    result.setting->training = result.training.label;
    const resolved::Axes &axes = at.training->axes;
    result.setting->axes.insert(result.setting->axes.end(), axes.begin(), axes.end());
  }

  void trainingLoss(const Point &training) {
    const auto &losses = training.item->training.losses;
    for (auto &call : losses)
      if (call == losses.front())
        result.training.loss = resolveLoss(program, *call, {training.scope, {}, result.network});
      else
        diagnostics.error(Id::LossTwice, call->location, "this training has two losses")
            .note(losses.front()->location, "first here; a loss of your own may add several");
    if (result.training.loss)
      goals.check(result.training.loss->location, *result.training.loss, result.network);
  }

  /// The attacks and objectives of its training, `where` it is used.
  void trainedWith(Location where, const resolved::Rewrite &rewrite) {
    if (rewrite.against)
      goals.check(where, where, rewrite.against->attack, result.network, true);
    if (rewrite.against && result.training.loss && !result.training.loss->attacks.empty())
      diagnostics
          .error(Id::AttackedTwice, where,
                 "this is trained against an attack, and the training's loss attacks its images, too")
          .note(result.training.loss->location, "that loss is given here");
    if (rewrite.loss)
      goals.check(where, *rewrite.loss, result.network);
  }

  void trainedWith(const resolved::Defense &defense) {
    defense.forEachModel([&](const resolved::Defense &model) {
      for (const resolved::DefensePart &part : model.parts)
        for (const resolved::Rewrite &one : part.rewrites)
          trainedWith(part.location, one);
    });
  }

  void estimators() {
    resolveEstimators(program, result);
    for (const resolved::Source &source : result.sources)
      trainedWith(source.defense);
  }

  void defenses() {
    const Clause *clause = need(ClauseKind::Defend);
    if (!clause)
      return;
    std::map<std::string, Location> labels, written;
    std::set<Location> failed; // one report a call, not one a point
    expand(program, clause->group, [&](const Point &point) {
      resolved::Defense defense;
      if (failed.count(point.call().location) || !makeDefense(program, point, result.network, defense)) {
        failed.insert(point.call().location);
        return;
      }
      trainedWith(defense);
      auto [first, isNew] = labels.insert({defense.label, defense.location});
      auto [same, isOther] = written.insert({defense.written, defense.location});
      if ((!isNew || !isOther) && failed.insert(defense.location).second)
        diagnostics
            .error(Id::DefenseTwice, defense.location, "defense `" + defense.label + "` stands here twice")
            .note(isNew ? same->second : first->second, "first here");
      if (defense.isBaseline() && !defense.family.empty())
        diagnostics.error(Id::BaselineInFamily, defense.location,
                          "`" + defense.label + "` belongs to no family"); // S5.6
      if (defense.isBaseline() && result.baseline < 0)
        result.baseline = static_cast<int>(result.defenses.size());
      else if (defense.isBaseline())
        diagnostics.warning(Id::DefenseChangesNothing, defense.location,
                            "defense `" + defense.label + "` changes nothing: it is the same as `" +
                                result.defenses[size_t(result.baseline)].label + "`");
      result.defenses.push_back(std::move(defense));
    });
    if (clause->group.items.empty())
      diagnostics.error(Id::NoDefense, clause->location,
                        "there is no defense here; the unprotected model is `none`");
  }

  /// Without protection it is trained as it is.
  void somethingLearns() {
    auto learns = [](const resolved::Layer &layer) { return layer.learns(); };
    if (result.baseline < 0 ||
        std::any_of(
            result.network.blocks.begin(), result.network.blocks.end(),
            [&](const resolved::Block &block) { return anyLayer(block.layers, learns); }))
      return;
    diagnostics
        .error(Id::NothingLearns, at.network->call().location,
               "network `" + result.network.name + "` has nothing to train: none of its layers learns")
        .note("layers that learn are `dense`, `conv` and the like, and those of your own with `trained` "
              "values");
  }

  /// That what is compared is declared.
  void names() {
    if (const Clause *clause = find(ClauseKind::Defend))
      namesIn<DefenseDecl>(clause->group);
    if (const Clause *clause = find(ClauseKind::Attack))
      namesIn<AttackDecl>(clause->group);
  }

  template <typename T> void namesIn(const Group &group) {
    for (const Item &item : group.items) {
      if (item.items)
        namesIn<T>(*item.items);
      for (auto &call : item.calls)
        program.find<T>(call->name(), program.user(), call->location);
    }
  }

  void attacks() {
    const Clause *clause = find(ClauseKind::Attack);
    if (!clause)
      return;
    if (clause->group.items.empty())
      diagnostics.error(Id::NoAttack, clause->location,
                        "there is no attack here; leave the clause out to measure accuracy alone");
    std::map<std::pair<std::string, std::string>, size_t> seen; // by name and axes
    std::set<Location> failed;
    expand(program, clause->group, [&](const Point &point) {
      resolved::Attack attack;
      if (failed.count(point.call().location) || !isOneAttack(diagnostics, point) ||
          !makeAttack(program, point, result.network, attack)) {
        failed.insert(point.call().location);
        return;
      }
      std::string axes;
      for (const NamedValue &one : attack.axes)
        axes += one.name + " = " + one.value.text() + "; ";
      auto [first, isNew] = seen.insert({{attack.label, axes}, result.attacks.size()});
      if (!isNew && failed.insert(attack.location).second)
        reportAlike(diagnostics, point, result.attacks[first->second], attack);
      result.attacks.push_back(std::move(attack));
    });
  }

  void measures() {
    for (const Clause &clause : decl.clauses) {
      if (clause.kind != ClauseKind::Measure)
        continue;
      if (!clause.each.empty())
        diagnostics.error(Id::NotBuilt, clause.location, notBuilt(ClausePart::MeasureEach));
      for (const Measure &one : clause.measures) {
        resolved::Measure measure;
        if (!one.aggregates.empty())
          diagnostics.error(Id::MeasuredAggregate, one.location,
                            "what is measured is every cell; aggregates belong behind `show`");
        if (resolveMeasure(program, one, result, measure))
          for (resolved::Measure &each : eachOf(measure))
            if (isNew(each))
              result.measures.push_back(std::move(each));
      }
    }
    shareSettings(result);
    need(ClauseKind::Measure);
  }

  bool isNew(const resolved::Measure &measure) {
    auto same = [](const NamedValue &a, const NamedValue &b) {
      return a.name == b.name && !(a.value.number() < b.value.number()) &&
             !(b.value.number() < a.value.number());
    };
    for (const resolved::Measure &known : result.measures)
      if (known.name == measure.name &&
          std::equal(known.arguments.begin(), known.arguments.end(), measure.arguments.begin(),
                     measure.arguments.end(), same)) {
        diagnostics.error(Id::MeasuredTwice, measure.location, "`" + measure.name + "` is measured twice")
            .note(known.location, "here it is measured already");
        return false;
      }
    return true;
  }

  Program &program;
  Diagnostics &diagnostics;
  const ExperimentDecl &decl;
  const SettingPoint &at;
  resolved::Experiment &result;
  Scope scope;
  GoalChecker goals;
};

/// All settings, and what is shown of them together.
class ExperimentChecker {
public:
  ExperimentChecker(Program &program, const ExperimentDecl &decl)
      : program(program), diagnostics(program.diagnostics), decl(decl) {}

  std::vector<resolved::Experiment> check() {
    int before = diagnostics.troubles();
    clauses();
    const std::vector<SettingPoint> points = settingsOf(program, decl);
    settings.resize(points.size());
    bool axesKnown = !points.empty();
    for (size_t i = 0; i < points.size(); ++i)
      axesKnown = SettingChecker(program, decl, points[i], settings[i]).check() && axesKnown;
    if (axesKnown && nameSettings(program, points, settings)) {
      shows();
      resolveCertificate(program, settings.front());
      for (resolved::Experiment &one : settings)
        one.certificate = settings.front().certificate;
      checkClaims(program, settings);
    }
    return diagnostics.troubles() == before ? std::move(settings) : std::vector<resolved::Experiment>();
  }

private:
  void clauses() {
    for (const Clause &one : decl.clauses)
      once(one);
    for (const Clause &clause : decl.clauses)
      if (clause.kind != ClauseKind::Setting && !rowOf(clause.kind).notBuilt.empty())
        diagnostics.error(Id::NotBuilt, clause.location,
                          notBuilt(rowOf(clause.kind).word, rowOf(clause.kind).notBuilt));
  }

  void once(const Clause &clause) {
    bool isSetting = clause.kind == ClauseKind::Setting;
    const Clause *first = isSetting ? findSetting(decl, clause.name) : findClause(decl, clause.kind);
    if (first != &clause && (isSetting || !rowOf(clause.kind).many))
      diagnostics
          .error(Id::ClauseTwice, clause.location,
                 "this clause stands twice in experiment `" + decl.name + "`")
          .note(first->location, "first here");
  }

  void shows() {
    for (const Clause &clause : decl.clauses) {
      resolved::Show show;
      if (clause.kind == ClauseKind::Show && resolveShow(program, clause, settings, show))
        settings.front().shows.push_back(std::move(show));
    }
  }

  Program &program;
  Diagnostics &diagnostics;
  const ExperimentDecl &decl;
  std::vector<resolved::Experiment> settings;
};

} // namespace

std::vector<resolved::Experiment> resolveExperiment(Program &program, const ExperimentDecl &decl) {
  return ExperimentChecker(program, decl).check();
}

} // namespace switchyard
