// How an experiment is evaluated: estimators of gradients, the judge of finished examples, settings such as
// the precision of arithmetic, repetitions and paired comparisons.

#include "compiler/semantics/ClauseTable.h"
#include "compiler/semantics/Clauses.h"
#include "compiler/semantics/Estimators.h"
#include "compiler/semantics/Layers.h"
#include "compiler/syntax/Print.h"
#include "compiler/syntax/Writer.h"
#include "runtime/contract/PlanFields.h"

#include <algorithm>
#include <set>

namespace switchyard {

using namespace ast;

namespace {

class EvaluationChecker {
public:
  EvaluationChecker(Program &program, resolved::Experiment &result)
      : program(program), diagnostics(program.diagnostics), result(result),
        scope(topScope(program, program.user())) {}

  void estimators() {
    const Clause *clause = findClause(*result.decl, ClauseKind::Gradients);
    if (!clause) {
      result.estimators.push_back({resolved::EstimatorKind::OneDraw, "one_draw", result.location});
      return;
    }
    for (const Estimator &one : clause->estimators) {
      Point point{callsOf(one.source), scope, {}, "", ""};
      if (one.call)
        point.calls = {one.call.get()};
      expand(program, one.loops, point,
             [&](const Point &at) { one.call ? drawEstimator(one, at) : transferEstimator(one, at); });
    }
    for (const resolved::Attack &attack : result.attacks)
      for (const NamedValue &axis : attack.axes)
        isNoAxisOfAttacks(axis.name, *clause);
  }

  /// All judges look at the same answers (S5.8): as many as `expected` says, else 20 or what the others need.
  void judges() {
    const Clause *clause = findClause(*result.decl, ClauseKind::Judge);
    if (!clause)
      return;
    std::vector<std::pair<rt::Verdict, const CallExpr *>> all;
    int64_t needed = result.judge.draws;
    for (auto &call : clause->judges)
      if (std::optional<rt::Verdict> verdict = verdictOf(*call)) {
        differs(*verdict, all, *call, clause->judges.size());
        all.push_back({*verdict, call.get()});
        needed = std::max(needed, verdict->answers);
      }
    result.judge.draws = collected.value_or(needed);
    if (!all.empty())
      result.judge.verdicts.clear();
    for (auto &[verdict, call] : all) {
      enoughAnswers(verdict, *call);
      result.judge.verdicts.push_back(verdict);
    }
  }

  /// What certified accuracies are told from: one set of votes for all radii.
  void certificate() {
    for (const resolved::Measure &one : result.measures)
      certificate(one);
    for (const resolved::Show &show : result.shows)
      for (const resolved::Measure &one : show.measures)
        certificate(one);
  }

  /// `precision tf32` and the like: each of the table, in its order.
  void settings() {
    for (const SettingRow &row : settingRows()) {
      const Clause *clause = findSetting(*result.decl, row.name);
      Word word{clause ? setting(row, *clause->value) : row.byDefault};
      result.settings.push_back({row.name, Value(word), clause != nullptr});
    }
  }

  void repeats() {
    for (const Clause &clause : result.decl->clauses)
      if (clause.kind == ClauseKind::Repeat)
        repeat(clause);
  }

  void comparisons() {
    for (const Clause &clause : result.decl->clauses)
      if (clause.kind == ClauseKind::Compare)
        comparison(clause);
  }

private:
  using Kind = rt::Verdict::Kind;
  using Verdicts = std::vector<std::pair<rt::Verdict, const CallExpr *>>;

  std::optional<Kind> kindOfJudge(const CallExpr &call) {
    const std::string name = call.name();
    std::vector<std::string> known;
    for (auto &[kind, word] : rt::Words<Kind>::table()) {
      if (name == word)
        return kind;
      known.push_back(word);
    }
    diagnostics.error(Id::UnknownJudge, call.location,
                      "attacks are judged by `expected(draws = 20)`, `any_of(10)`, `majority(11)`, "
                      "`same_draw` or `one_draw`, not by `" +
                          name + "`" + didYouMean(name, known));
    return std::nullopt;
  }

  /// A judge as it is written; how many answers are collected is kept aside.
  std::optional<rt::Verdict> verdictOf(const CallExpr &call) {
    std::optional<Kind> kind = kindOfJudge(call);
    if (!kind)
      return std::nullopt;
    std::vector<CatalogParameter> parameters;
    if (*kind != Kind::OneDraw && *kind != Kind::SameDraw)
      parameters = {{"draws", CatalogParameter::Count, *kind == Kind::Expected ? "20" : "",
                     *kind == Kind::Majority ? limits::votes : limits::draws}};
    auto values = bindArguments(program, call.arguments, call.location, parameters, scope,
                                "judge `" + call.name() + "`");
    if (!values)
      return std::nullopt;
    const int64_t draws = values->empty() ? 1 : values->front().value.integer();
    if (*kind == Kind::Expected && !call.arguments.empty())
      collected = draws;
    if (*kind == Kind::SameDraw)
      keepsItsDraw(call);
    return rt::Verdict{*kind, *kind == Kind::Expected ? 1 : draws};
  }

  /// Only an attack that keeps one draw knows which.
  void keepsItsDraw(const CallExpr &call) {
    bool any = std::any_of(result.estimators.begin(), result.estimators.end(),
                           [](const auto &one) { return one.kind == resolved::EstimatorKind::FrozenDraw; });
    if (!any)
      diagnostics
          .error(Id::SameDrawOfNone, call.location,
                 "`same_draw` judges by the draw that an attack has kept, and no estimator here keeps one")
          .note("add the one that does: `gradients frozen_draw`");
  }

  void differs(const rt::Verdict &verdict, const Verdicts &others, const CallExpr &call, size_t judges) {
    for (auto &[one, at] : others)
      if (one == verdict)
        diagnostics
            .error(Id::JudgeTwice, call.location, "`" + rt::verdictText(verdict) + "` judges here twice")
            .note(at->location, "first here");
    if (verdict.kind == Kind::OneDraw && judges > 1 &&
        (others.empty() || others.back().first.kind != Kind::OneDraw))
      diagnostics
          .error(Id::OneDrawBesideOthers, call.location,
                 "`one_draw` collects a single answer, and stands alone")
          .note("`expected` is the mean of what `one_draw` says, over all draws: leave `one_draw` out");
  }

  /// So many of the answers that are collected are taken without replacement.
  void enoughAnswers(const rt::Verdict &verdict, const CallExpr &call) {
    if (!collected || verdict.answers <= *collected)
      return;
    const std::string needed = std::to_string(verdict.answers), there = std::to_string(*collected);
    diagnostics
        .error(Id::TooFewAnswers, call.location,
               "`" + rt::verdictText(verdict) + "` looks at " + needed +
                   " answers, and `expected(draws = " + there + ")` collects " + there)
        .note("write `expected(draws = " + needed + ")` or more, or leave the number out");
  }

  void certificate(const resolved::Measure &measure) {
    if (!rt::findMeasure(measure.name)->ofCertificates)
      return;
    std::optional<int64_t> draws = votes(measure, "draws"), selection = votes(measure, "selection");
    if (!draws || !selection)
      return;
    resolved::Certificate wanted{*selection, *draws, result.images};
    if (result.certificate &&
        (result.certificate->draws != *draws || result.certificate->selection != *selection)) {
      if (!refused.insert({*draws, *selection}).second)
        return; // said where it is measured
      diagnostics
          .error(Id::CertificateVotes, measure.location,
                 "an experiment counts one set of votes: " + std::to_string(result.certificate->draws) +
                     " draws behind a selection of " + std::to_string(result.certificate->selection) +
                     ", here " + std::to_string(*draws) + " behind " + std::to_string(*selection))
          .note("say them once: what one of its certified accuracies says holds for the others");
      return;
    }
    if (*draws + *selection > limits::draws) {
      diagnostics.error(Id::CertificateVotes, measure.location,
                        "a certificate has " + std::to_string(limits::draws) +
                            " draws at most, its selection among them");
      return;
    }
    result.certificate = wanted;
  }

  static constexpr int64_t fewest = 10; ///< of n equal votes the bound is 0.001^(1 / n)

  /// A number of draws; nothing with an error reported.
  std::optional<int64_t> votes(const resolved::Measure &measure, const std::string &name) {
    const Value *value = find(measure.arguments, name);
    if (!value || !value->isNumber())
      return std::nullopt; // has its error
    if (name == "draws" && value->real() >= 1 && value->real() < fewest) {
      diagnostics.error(Id::CertificateVotes, measure.location,
                        "fewer than " + std::to_string(fewest) +
                            " votes certify nothing: their bound stays below a half, whatever they say");
      return std::nullopt;
    }
    if (value->number().isInteger() && value->real() >= 1 && value->real() <= double(limits::draws))
      return value->integer();
    diagnostics.error(Id::CertificateVotes, measure.location,
                      "`" + name + "` of `" + measure.name + "` is a whole number of draws from 1 to " +
                          std::to_string(limits::draws) + ", got " + value->text());
    return std::nullopt;
  }

  static bool sameValues(const resolved::Axes &a, const resolved::Axes &b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const NamedValue &one, const NamedValue &other) {
                        return one.name == other.name && one.value.text() == other.value.text();
                      });
  }

  std::set<std::string> saidTwice;               ///< axes
  std::set<std::pair<int64_t, int64_t>> refused; ///< votes, with those of the selection
  std::optional<int64_t> collected;              ///< what `expected(draws = n)` asks for

  /// What is written, said where it is none of the setting's words.
  std::string setting(const SettingRow &row, const Expr &written) {
    std::string word = format(written);
    if (std::find(row.words.begin(), row.words.end(), word) == row.words.end())
      diagnostics
          .error(row.unknown, written.location,
                 "there is no " + row.name + " `" + word + "`" + didYouMean(word, row.words))
          .note("known are " + joined(row.words, ", "));
    return word;
  }

  /// `eot([1, 5])`: several settings, each of which is an estimator.
  bool isOneSetting(const Point &point) {
    for (const Argument &one : point.call().arguments) {
      auto value = diagnostics.quietly([&] { return evaluate(program, *one.value, point.scope); });
      if (!value || !value->isList())
        continue;
      diagnostics
          .error(Id::SettingsOfEstimator, one.value->location,
                 "`" + point.call().name() + "` takes one number of draws, got a list")
          .note("for a row of each: `" + point.call().name() + "(n) for n in " + format(*one.value) + "`");
      return false;
    }
    return true;
  }

  void drawEstimator(const Estimator &written, const Point &point) {
    if (!isEstimator(program, point.call()) || !isOneSetting(point))
      return;
    auto estimator = resolveEstimator(program, point.call(), point.scope);
    if (!estimator)
      return;
    const auto &arguments = point.call().arguments;
    if (!arguments.empty() && mentionsAxis(*arguments.front().value, point.scope))
      estimator->label = point.call().name();
    estimator->axes = point.axes;
    for (const NamedLayer &layer : written.asIdentity)
      if (isLayer(layer) && isSomewhere(layer))
        estimator->asIdentity.push_back(layer.name);
    estimator->label += identitiesText(written);
    addEstimator(*estimator);
  }

  /// Whether a model of the experiment has it; else a warning: its rows would be dashes.
  bool isSomewhere(const NamedLayer &layer) {
    auto isIt = [&](const resolved::Layer &one) { return one.kind == layer.name; };
    bool found = std::any_of(result.network.blocks.begin(), result.network.blocks.end(),
                             [&](const resolved::Block &block) { return anyLayer(block.layers, isIt); });
    for (const resolved::Defense &defense : result.defenses)
      defense.forEachModel([&](const resolved::Defense &model) {
        for (const resolved::DefensePart &part : model.parts)
          for (const resolved::Rewrite &rewrite : part.rewrites)
            found |= anyLayer(rewrite.layers, isIt);
      });
    if (!found && saidTwice.insert("layer " + layer.name).second)
      diagnostics.warning(Id::IdentityNowhere, layer.location,
                          "no model of this experiment has a layer `" + layer.name +
                              "`: there is no derivative that could be the identity");
    return true;
  }

  /// By its name: one of the program, or a built-in one.
  bool isLayer(const NamedLayer &layer) {
    return isBuiltIn(layer.name) || program.find<LayerDecl>(layer.name, program.user(), layer.location);
  }

  /// A setting has one value on an axis.
  void isNoAxisOfAttacks(const std::string &name, const Clause &clause) {
    for (const Estimator &one : clause.estimators)
      for (const ForIn &loop : one.loops)
        if (std::find(loop.variables.begin(), loop.variables.end(), name) != loop.variables.end())
          axisTwice(loop.location, name);
  }

  void axisTwice(Location where, const std::string &name) {
    if (saidTwice.insert(name).second)
      diagnostics.error(Id::AxisTwice, where, "`" + name + "` already stands for an axis of the attacks");
  }

  /// `transfer from D`: D is a defense of this experiment, written with the same arguments, or any `of` a
  /// network (S4.4).
  void transferEstimator(const Estimator &written, const Point &point) {
    if (written.of) {
      if (auto estimator = resolveSource(program, written, point, result))
        addEstimator(std::move(*estimator));
      return;
    }
    resolved::Defense wanted;
    int source = defenseOf(written.source, wanted,
                           "examples are transferred from a model that the experiment trains", &point.scope);
    if (source >= 0)
      addEstimator({resolved::EstimatorKind::Transfer,
                    "transfer from " + result.defenses[static_cast<size_t>(source)].label, wanted.location, 1,
                    source, -1, point.axes});
  }

  void addEstimator(resolved::Estimator estimator) {
    for (const resolved::Estimator &one : result.estimators)
      if (one.label == estimator.label && sameValues(one.axes, estimator.axes))
        diagnostics.error(Id::EstimatorTwice, estimator.location,
                          "`" + estimator.label + "` stands here twice");
    result.estimators.push_back(std::move(estimator));
  }

  /// The index of the experiment's defense that is written; -1 with an error reported, which `why` explains.
  int defenseOf(const Composition &written, resolved::Defense &wanted, const std::string &why,
                const Scope *inside = nullptr) {
    if (!makeDefense(program, Point{callsOf(written), inside ? *inside : scope, {}, "", ""}, result.network,
                     wanted))
      return -1;
    std::vector<std::string> labels;
    for (const resolved::Defense &one : result.defenses)
      labels.push_back(one.written);
    auto found = std::find(labels.begin(), labels.end(), wanted.label);
    if (found != labels.end())
      return static_cast<int>(found - labels.begin());
    diagnostics
        .error(Id::NotOfExperiment, wanted.location,
               "`" + wanted.label + "` is no defense of this experiment" + didYouMean(wanted.label, labels))
        .note(why + ": add it to `defend with`");
    return -1;
  }

  /// `repeat training 3 times` (S5.3)
  void repeat(const Clause &clause) {
    constexpr int64_t most = limits::repetitions;
    for (const Clause &first : result.decl->clauses)
      if (&first == &clause) {
        break;
      } else if (first.kind == ClauseKind::Repeat && first.name == clause.name) {
        diagnostics.error(Id::RepeatTwice, clause.location, "`repeat " + clause.name + "` stands here twice")
            .note(first.location, "first here");
        return;
      }
    if (clause.name == "attack" && !findClause(*result.decl, ClauseKind::Attack))
      diagnostics.error(Id::NothingToRepeat, clause.location,
                        "there is no attack to repeat: add `attack with { ... }`");
    auto times = evaluateCount(program, *clause.count, scope, "times");
    if (times && *times > most)
      diagnostics.error(Id::TooManyRepeats, clause.count->location,
                        "a repetition runs at most " + std::to_string(most) + " times, got " +
                            std::to_string(*times));
    else if (times)
      (clause.name == "training" ? result.repeatTraining : result.repeatAttack) = *times;
  }

  /// `compare A with B`: two defenses of this experiment (S5.3).
  void comparison(const Clause &clause) {
    resolved::Defense first, second;
    std::string why = "what is compared is trained and attacked";
    int a = defenseOf(clause.compared, first, why), b = defenseOf(clause.with, second, why);
    if (a < 0 || b < 0)
      return;
    if (a == b)
      diagnostics.error(Id::ComparedWithItself, second.location,
                        "`" + second.label + "` is compared with itself");
    std::pair<int, int> pair(a, b);
    if (std::find(result.comparisons.begin(), result.comparisons.end(), pair) != result.comparisons.end())
      diagnostics.error(Id::ComparisonTwice, clause.location, "this comparison stands here twice");
    result.comparisons.push_back(pair);
  }

  Program &program;
  Diagnostics &diagnostics;
  resolved::Experiment &result;
  Scope scope;
};

} // namespace

const Clause *findClause(const ExperimentDecl &decl, ClauseKind kind) {
  for (const Clause &one : decl.clauses)
    if (one.kind == kind)
      return &one;
  return nullptr;
}

const Clause *findSetting(const ExperimentDecl &decl, const std::string &name) {
  for (const Clause &one : decl.clauses)
    if (one.kind == ClauseKind::Setting && one.name == name)
      return &one;
  return nullptr;
}

void resolveCertificate(Program &program, resolved::Experiment &experiment) {
  EvaluationChecker(program, experiment).certificate();
}

void resolveEstimators(Program &program, resolved::Experiment &experiment) {
  EvaluationChecker(program, experiment).estimators();
}

void resolveSettings(Program &program, resolved::Experiment &experiment) {
  EvaluationChecker checker(program, experiment);
  checker.judges();
  checker.settings();
  checker.repeats();
  checker.comparisons();
}

} // namespace switchyard
