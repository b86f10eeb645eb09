// Which images an experiment's attacks run on, and whither.

#include "compiler/semantics/CheckGoals.h"
#include "compiler/semantics/Clauses.h"
#include "compiler/syntax/Writer.h"

#include <algorithm>

namespace switchyard {

using namespace ast;

namespace {

class ImagesChecker {
public:
  ImagesChecker(Program &program, resolved::Experiment &result)
      : program(program), diagnostics(program.diagnostics), decl(*result.decl), result(result),
        scope(topScope(program, program.user())), goals(program.diagnostics) {}

  void images() {
    const Clause *clause = find(ClauseKind::Images);
    if (!clause) {
      if (find(ClauseKind::Attack))
        diagnostics.error(Id::MissingClause, decl.location,
                          "experiment `" + decl.name +
                              "` lacks the images to attack: `on first 100 "
                              "test images, toward one_random_class`");
      return;
    }
    if (auto count = evaluateCount(program, *clause->count, scope, "images"))
      result.images = *count;
    if (clause->split != "test")
      diagnostics.error(Id::ImagesSplit, clause->nameLocation,
                        "attacks run on `test` images, not on `" + clause->split + "` images");
    result.randomImages = clause->random;
    correct(*clause);
    const Value *test = switchyard::find(result.dataset.arguments, "test");
    if (test && test->isNumber() && test->integer() < result.images)
      diagnostics.error(Id::TooManyImages, clause->count->location,
                        "data set `" + result.dataset.name + "` has " + test->text() +
                            " test images, asked for are " + std::to_string(result.images));
    if (clause->goal)
      goal(*clause->goal);
    else if (find(ClauseKind::Attack))
      diagnostics.error(Id::NoGoal, clause->location,
                        "the attacks have no goal: add `, toward one_random_class` or `, away from "
                        "label`");
    for (const resolved::Attack &attack : result.attacks)
      goals.check(clause->location, attack.location, attack, result.network, result.goal.away);
  }

private:
  const Clause *find(ClauseKind kind) const { return findClause(decl, kind); }

  /// Of the images those that `none`, or that each defense itself classifies correctly.
  void correct(const Clause &clause) {
    static const std::string own = "the defense";
    result.correctOnly = !clause.correctFor.empty();
    result.ownCorrect = clause.correctFor == own;
    if (result.correctOnly && !result.ownCorrect && clause.correctFor != "none")
      diagnostics.error(Id::CorrectFor, clause.location,
                        "images are chosen by what `none`, the unprotected model, classifies "
                        "correctly, or each defense itself, not by `" +
                            clause.correctFor + "`: `that none classifies correctly`, `that " + own +
                            " classifies correctly`");
    else if (result.correctOnly && !result.ownCorrect && result.baseline < 0)
      diagnostics.error(Id::CorrectNeedsNone, clause.location,
                        "what `none` classifies correctly is known once it is trained: put "
                        "`none` among the defenses");
  }

  void goal(const Goal &goal) {
    static const std::vector<std::string> choices = {"each_wrong_class", "one_random_class", "next_class"};
    result.goal.away = goal.away;
    if (goal.away) {
      if (goal.choice != "label")
        diagnostics.error(Id::AwayFrom, goal.location,
                          "an attack leads `away from label`, not from `" + goal.choice + "`");
      return;
    }
    result.goal.choice = goal.choice;
    if (!goal.index) {
      if (std::find(choices.begin(), choices.end(), goal.choice) == choices.end())
        diagnostics
            .error(Id::UnknownGoal, goal.location,
                   "there is no goal `" + goal.choice + "`" + didYouMean(goal.choice, choices))
            .note("known are " + joined(choices, ", ") + ", class K");
      return;
    }
    auto index = evaluate(program, *goal.index, scope);
    bool fits = index && index->isNumber() && index->number().isInteger() && index->real() >= 0 &&
                index->real() < static_cast<double>(result.network.classes);
    if (index && !fits)
      diagnostics.error(Id::ClassNumber, goal.index->location,
                        "classes are numbered 0 to " + std::to_string(result.network.classes - 1) + ", got " +
                            index->text());
    if (fits)
      result.goal.index = index->integer();
  }

  Program &program;
  Diagnostics &diagnostics;
  const ExperimentDecl &decl;
  resolved::Experiment &result;
  Scope scope;
  GoalChecker goals;
};

} // namespace

void resolveImages(Program &program, resolved::Experiment &experiment) {
  ImagesChecker(program, experiment).images();
}

} // namespace switchyard
