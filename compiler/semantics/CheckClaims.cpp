// What an experiment is about to claim, held against how it measures: a random defense that no attack adapts
// to, success judged by one draw, too few images for the differences shown (S5.7). Found before anything
// runs.

#include "compiler/semantics/Clauses.h"
#include "compiler/syntax/Writer.h"
#include "runtime/contract/Grid.h"
#include "runtime/contract/Measures.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

namespace switchyard {

using namespace ast;

namespace {

/// Whether the layer draws when a finished model answers (S3.3).
bool drawsAtInference(const resolved::Layer &layer) {
  return layer.draws(/*training=*/false);
}

/// Half the width of a 95 % interval at 50 % over `images` images, in points: Wilson's, as S5.2 has it. The t
/// quantile by the Cornish-Fisher series, which is good to a point from three images on.
double halfWidth(int64_t images) {
  if (images < 2)
    return 50;
  const double z = 1.959964, n = static_cast<double>(images), v = n - 1;
  double t = z + (std::pow(z, 3) + z) / (4 * v) +
             (5 * std::pow(z, 5) + 16 * std::pow(z, 3) + 3 * z) / (96 * v * v) +
             (3 * std::pow(z, 7) + 19 * std::pow(z, 5) + 17 * std::pow(z, 3) - 15 * z) / (384 * v * v * v);
  return 50 * t / std::sqrt(n + t * t);
}

/// Whether it asks the model on no path of its own choice: on what the estimator draws.
bool asksADraw(const Expr &e) {
  auto *call = as<CallExpr>(&e);
  std::vector<const Expr *> inner = children(e);
  return (call && call->builtin && call->builtin->function == Function::Model) ||
         std::any_of(inner.begin(), inner.end(), [](const Expr *one) { return asksADraw(*one); });
}

bool asksADraw(const Body &body) {
  return std::any_of(body.begin(), body.end(), [](const StatementPtr &one) {
    if (auto *repeat = as<RepeatStatement>(one.get()))
      return asksADraw(repeat->body) || (repeat->except && asksADraw(*repeat->except));
    if (auto *condition = as<IfStatement>(one.get()))
      return asksADraw(*condition->condition) || asksADraw(condition->yes) || asksADraw(condition->no);
    if (auto *result = as<ReturnStatement>(one.get()))
      return asksADraw(*result->value);
    auto *assign = as<AssignStatement>(one.get());
    return assign && asksADraw(*assign->value);
  });
}

class ClaimChecker {
public:
  ClaimChecker(Program &program, const resolved::Experiment &experiment, const std::set<std::string> &apart)
      : diagnostics(program.diagnostics), experiment(experiment), decl(*experiment.decl),
        settingsApart(apart) {}

  void check() {
    std::string measure = attackMeasure();
    if (!measure.empty()) {
      adaptiveAttack(measure);
      oneDrawJudge();
    }
    enoughImages();
    answers();
  }

private:
  static bool isOfAttacks(const std::string &name) {
    const rt::MeasureKind *kind = rt::findMeasure(name);
    return kind && kind->ofAttacks;
  }
  static bool isOfSuccess(const std::string &name) {
    const rt::MeasureKind *kind = rt::findMeasure(name);
    return kind && kind->ofSuccess;
  }

  /// The first measure of attacks that is measured or shown; empty: none.
  std::string attackMeasure() const {
    for (const Clause &clause : decl.clauses) {
      for (const Measure &one : clause.measures)
        if (isOfAttacks(one.name))
          return one.name;
      for (const ShowPart &part : clause.parts)
        if (isOfAttacks(part.against.name))
          return part.against.name;
    }
    return "";
  }

  using Holds = std::function<bool(const resolved::Element &)>;

  /// Whether it is so of an element of one of the networks that a defense makes.
  bool anyElement(const resolved::Defense &defense, const Holds &holds) const {
    bool found = false;
    defense.forEachModel([&](const resolved::Defense &model) { found |= anyElementOf(model, holds); });
    return found;
  }

  /// Of what is put in, or of what is left of the network's own.
  bool anyElementOf(const resolved::Defense &model, const Holds &holds) const {
    std::set<std::string> gone;
    for (const resolved::DefensePart &part : model.parts)
      for (const resolved::Rewrite &rewrite : part.rewrites) {
        if (anyOf(rewrite.layers, {}, holds))
          return true;
        gone.insert(rewrite.replace);
        if (rewrite.kind == RewriteKind::Replace && rewrite.place.which == Place::Every)
          gone.insert(rewrite.place.target);
      }
    return std::any_of(experiment.network.blocks.begin(), experiment.network.blocks.end(),
                       [&](const resolved::Block &block) { return anyOf(block.layers, gone, holds); });
  }

  /// What stands in one that is gone is gone with it.
  static bool anyOf(const resolved::Chain &chain, const std::set<std::string> &gone, const Holds &holds) {
    return std::any_of(chain.begin(), chain.end(), [&](const resolved::Element &one) {
      if (std::any_of(gone.begin(), gone.end(), [&](const std::string &kind) { return one.isOf(kind); }))
        return false;
      std::vector<const resolved::Chain *> chains = one.chains();
      return holds(one) || std::any_of(chains.begin(), chains.end(), [&](const resolved::Chain *inner) {
               return anyOf(*inner, gone, holds);
             });
    });
  }

  static bool anyRewrite(const resolved::Defense &defense, RewriteKind kind) {
    bool found = false;
    defense.forEachModel([&](const resolved::Defense &model) {
      for (const resolved::DefensePart &part : model.parts)
        for (const resolved::Rewrite &one : part.rewrites)
          found |= one.kind == kind;
    });
    return found;
  }

  /// Whether there are paths: channels, or members that are chosen from.
  bool switches(const resolved::Defense &defense) const {
    return !defense.members.empty() || anyRewrite(defense, RewriteKind::Switch) ||
           anyElement(defense, [](const resolved::Element &one) { return one.choice() != nullptr; });
  }

  /// Whether the protected network has layers that draw when it answers.
  bool hasRandomLayers(const resolved::Defense &defense) const {
    return anyRewrite(defense, RewriteKind::Drop) || anyElement(defense, [](const resolved::Element &one) {
             return one.layer() && drawsAtInference(*one.layer());
           });
  }

  bool isRandom(const resolved::Defense &defense) const {
    return switches(defense) || hasRandomLayers(defense);
  }

  /// Whether some estimator follows the expectation over the model's draws and not a few of them.
  bool isAdaptedTo(const resolved::Defense &defense) const {
    return std::any_of(experiment.estimators.begin(), experiment.estimators.end(),
                       [&](const resolved::Estimator &e) {
                         return (e.kind == resolved::EstimatorKind::Eot && e.draws > 1) ||
                                (e.kind == resolved::EstimatorKind::AllPaths && switches(defense) &&
                                 (!hasRandomLayers(defense) || e.draws > 0));
                       });
  }

  std::vector<const resolved::Defense *> defensesWhere(bool (ClaimChecker::*holds)(const resolved::Defense &)
                                                           const) {
    std::vector<const resolved::Defense *> result;
    for (const resolved::Defense &one : experiment.defenses)
      if ((this->*holds)(one))
        result.push_back(&one);
    return result;
  }

  /// Whether some attack asks every path by itself and draws none, and there is nothing random but these.
  bool isGoneThrough(const resolved::Defense &defense) const {
    return switches(defense) && !hasRandomLayers(defense) &&
           std::any_of(experiment.attacks.begin(), experiment.attacks.end(), [](const resolved::Attack &one) {
             bool found = false;
             one.forEachPart([&](const resolved::Attack &part) {
               found |= part.decl->throughPaths && !asksADraw(part.decl->body);
             });
             return found;
           });
  }

  bool isAttackedWeakly(const resolved::Defense &defense) const {
    return isRandom(defense) && !isAdaptedTo(defense) && !isGoneThrough(defense);
  }

  static std::string naming(const std::vector<const resolved::Defense *> &defenses) {
    std::string text = "`" + defenses.front()->label + "`";
    if (size_t more = defenses.size() - 1)
      text += " and " + std::to_string(more) + " other" + (more > 1 ? "s" : "");
    return text;
  }

  /// An error, or a warning in an experiment that repeats what was published (S5.7).
  Diagnostic &weak(Id id, Location where, const std::string &message) {
    return decl.asPublished ? diagnostics.warning(id, where, message) : diagnostics.error(id, where, message);
  }

  void waiver(Diagnostic &complaint) {
    if (!decl.asPublished)
      complaint.note("an evaluation that was published so may be repeated: `experiment " + decl.name +
                     " as published`");
  }

  void adaptiveAttack(const std::string &measure) {
    auto weakly = defensesWhere(&ClaimChecker::isAttackedWeakly);
    const Clause *clause = findClause(decl, ClauseKind::Gradients);
    clause = clause ? clause : findClause(decl, ClauseKind::Attack);
    if (weakly.empty() || !clause)
      return;
    std::vector<std::string> written;
    for (const resolved::Estimator &one : experiment.estimators)
      written.push_back(one.label);
    bool paths = std::all_of(weakly.begin(), weakly.end(),
                             [&](auto *one) { return switches(*one) && !hasRandomLayers(*one); });
    Diagnostic &complaint = weak(Id::NotAdaptive, clause->location,
                                 "`" + measure +
                                     "` of a random model needs an attack that expects its randomness; none "
                                     "of `" +
                                     joined(written, "`, `") + "` does for " + naming(weakly));
    complaint.note("add one that averages over draws: `gradients " + joined(written, ", ") + ", eot(10)`" +
                   (paths ? ", or over every path: `all_paths`" : ""));
    waiver(complaint);
  }

  void oneDrawJudge() {
    auto random = defensesWhere(&ClaimChecker::isRandom);
    bool oneAnswer = experiment.judge.oneDraw() || experiment.judge.draws == 1;
    if (!oneAnswer || experiment.judge.verdicts.size() > 1 || random.empty())
      return;
    Diagnostic &complaint =
        weak(Id::OneDrawJudge, findClause(decl, ClauseKind::Judge)->judges.front()->location,
             "one draw cannot tell how often an attack succeeds on a random model such as " +
                 naming({random.front()}));
    complaint.note(
        "leave `judge` out for the expected success over 20 draws, or write `judge expected(draws = 20)`");
    waiver(complaint);
  }

  /// Of answers that are made of several draws: whether these differ, and whether the counter of draws has
  /// them all (S5.8).
  void answers() {
    for (const resolved::Defense &one : experiment.defenses)
      if (const resolved::Rewrite *answer = one.answer())
        answers(one, *answer);
  }

  void answers(const resolved::Defense &defense, const resolved::Rewrite &answer) {
    if (!isRandom(defense))
      diagnostics
          .warning(Id::OneAnswerOfDraws, defense.location,
                   "`" + defense.label + "` draws nothing when it answers: all of its " +
                       std::to_string(answer.draws) + " draws are the same")
          .note(answer.location, "so many are asked for here");
    int64_t most = experiment.judge.draws;
    for (const resolved::Estimator &one : experiment.estimators)
      most = std::max(most, one.draws);
    if (answer.byMean && most * answer.draws > limits::draws)
      diagnostics
          .error(Id::TooManyDraws, defense.location,
                 "an answer of `" + defense.label + "` is made of " + std::to_string(answer.draws) +
                     " draws, and this experiment asks for " + std::to_string(most) +
                     ": all together are at most " + std::to_string(limits::draws))
          .note(answer.location, "so many are asked for here");
  }

  /// Whether rows, columns or lines of the show stand for several defenses, or for several attacks.
  bool compares(const resolved::Show &show) const {
    std::set<std::string> named(show.by.begin(), show.by.end());
    named.insert(show.forEach.begin(), show.forEach.end());
    named.insert(show.against);
    bool defensesApart =
        show.kind == "scatter" || named.count("defense") || named.count("family") || named.count("strength");
    for (const resolved::Defense &one : experiment.defenses)
      for (const NamedValue &axis : one.axes)
        defensesApart |= named.count(axis.name) > 0;
    bool estimatorsApart = false;
    for (const resolved::Estimator &one : experiment.estimators)
      for (const NamedValue &axis : one.axes)
        estimatorsApart |= named.count(axis.name) > 0;
    std::set<std::string> attacks;
    for (const resolved::Attack &one : experiment.attacks)
      attacks.insert(one.label);
    auto isNamed = [&](const std::string &axis) { return named.count(axis) > 0; };
    bool several = std::any_of(settingsApart.begin(), settingsApart.end(), isNamed) ||
                   (defensesApart && experiment.defenses.size() > 1) ||
                   (named.count("attack") && attacks.size() > 1) ||
                   (named.count("gradients") && experiment.estimators.size() > 1) || estimatorsApart ||
                   (named.count("judge") && experiment.judge.verdicts.size() > 1);
    bool ofAttacks = std::any_of(show.measures.begin(), show.measures.end(),
                                 [](const resolved::Measure &one) { return isOfSuccess(one.name); });
    return several && (ofAttacks || isOfSuccess(show.against));
  }

  /// The goals of an image succeed and fail together, so that images count, not pairs (S5.2).
  void enoughImages() {
    constexpr double fine = 10; // points
    const Clause *clause = findClause(decl, ClauseKind::Images);
    auto show = std::find_if(experiment.shows.begin(), experiment.shows.end(),
                             [&](const resolved::Show &one) { return compares(one); });
    if (!clause || experiment.images < 1 || show == experiment.shows.end() ||
        halfWidth(experiment.images) <= fine)
      return;
    int64_t enough = experiment.images;
    while (halfWidth(enough) > fine)
      ++enough;
    std::string width = std::to_string(std::lround(halfWidth(experiment.images)));
    diagnostics
        .warning(Id::FewImages, clause->count->location,
                 std::to_string(experiment.images) +
                     (experiment.images == 1 ? " image gives" : " images give") + " intervals of about +-" +
                     width + " points at 50 %: smaller differences cannot be seen")
        .note(show->location, "compared here")
        .note("at least " + std::to_string(enough) + " images give +-10 points");
  }

  Diagnostics &diagnostics;
  const resolved::Experiment &experiment;
  const ExperimentDecl &decl;
  const std::set<std::string> &settingsApart; ///< axes of settings
};

/// The axes by which a show sets settings side by side.
std::set<std::string> axesApart(const std::vector<resolved::Experiment> &settings) {
  std::set<std::string> axes;
  if (settings.size() > 1)
    axes = {rt::datasetAxis, rt::networkAxis, rt::trainingAxis};
  for (const resolved::Experiment &one : settings)
    for (const NamedValue &axis : one.setting ? one.setting->axes : resolved::Axes())
      axes.insert(axis.name);
  return axes;
}

} // namespace

void checkClaims(Program &program, const std::vector<resolved::Experiment> &settings) {
  const std::set<std::string> apart = axesApart(settings);
  for (const resolved::Experiment &one : settings)
    ClaimChecker(program, one, apart).check();
}

} // namespace switchyard
