// Chances of what is chosen from, and choices of whole defenses (S3.8): each member is a defense of its own,
// trained as if it stood alone.

#include "compiler/semantics/Expand.h"
#include "compiler/semantics/Program.h"
#include "compiler/syntax/Writer.h"
#include "runtime/contract/limits.h"

#include <cmath>
#include <numeric>

namespace switchyard {

using namespace ast;

/// Makes their sum 1 in the last bit, one after the other; those whose is stay as they are written.
static void addUpToOne(std::vector<double> &chances) {
  double sum = std::accumulate(chances.begin(), chances.end(), 0.0);
  if (chances.empty() || sum == 1)
    return;
  for (double &one : chances)
    one /= sum;
  chances.back() = 1 - std::accumulate(chances.begin(), chances.end() - 1, 0.0);
}

std::vector<double> evaluateChances(Program &program, const std::vector<const Expr *> &written,
                                    Location where, const Scope &scope) {
  std::vector<double> chances;
  Number sum;
  for (const Expr *one : written) {
    if (!one)
      continue;
    auto value = evaluate(program, *one, scope);
    if (!value)
      return {};
    if (!value->isNumber() || !(value->real() > 0 && value->real() <= 1)) {
      program.diagnostics.error(Id::ChoiceChance, one->location,
                                "a member's chance is above 0 and at most 1, got " + value->text());
      return {};
    }
    chances.push_back(value->real());
    sum = sum + value->number();
  }
  if (!chances.empty() && chances.size() != written.size()) {
    program.diagnostics
        .error(Id::ChoiceChance, where, "some members of this `choose` have a chance and some have none")
        .note("give each one its chance, `0.5: relu`, or none: then all are equally likely");
    return {};
  }
  if (!chances.empty() && std::abs(sum.value() - 1) > limits::chancesOff)
    program.diagnostics.error(Id::ChoiceChance, where,
                              "the chances of this `choose` add up to " + sum.text() + ", not to 1");
  addUpToOne(chances);
  return chances;
}

bool makeChoice(Program &program, const DefenseDecl &decl, const Scope &inside,
                const resolved::Network &network, resolved::Defense &result) {
  int before = program.diagnostics.troubles();
  size_t reports = program.diagnostics.reports();
  std::vector<const Expr *> chances;
  for (const ChosenDefense &one : decl.members) {
    chances.push_back(one.chance.get());
    resolved::Defense &member = result.members.emplace_back();
    if (!makeDefense(program, Point{callsOf(one.calls), inside, {}, "", ""}, network, member))
      program.diagnostics.follow();
    else if (const resolved::Rewrite *answer = member.answer())
      program.diagnostics
          .error(Id::ChoiceMemberAnswers, member.location,
                 "a member of a choice is one draw of it, and `" + member.label + "` is made of " +
                     std::to_string(answer->draws))
          .note(answer->location, "said here")
          .note("the whole choice may answer so: `" + decl.name + " with ...`");
  }
  result.chances = evaluateChances(program, chances, decl.location, inside);
  program.diagnostics.noteSince(reports, result.location, "in choice `" + result.label + "`");
  return program.diagnostics.troubles() == before;
}

void checkChoice(Program &program, const DefenseDecl &decl,
                 const std::function<void(const Expr &)> &checkNames) {
  const Module &home = program.home(decl);
  if (decl.members.size() < 2)
    program.diagnostics
        .error(Id::ChoiceMembers, decl.location,
               decl.members.empty() ? "nothing is in this `choose`" : "one defense is no choice")
        .note("write at least two: `choose { 0.5: none  0.5: gaussian(0.2, 0.1) }`");
  for (const ChosenDefense &one : decl.members) {
    if (one.chance)
      checkNames(*one.chance);
    for (auto &call : one.calls) {
      for (const Argument &argument : call->arguments) {
        auto *name =
            as<NameExpr>(argument.value.get()); // alone it may be a block's, of an experiment's network
        if (!name || program.look(DeclKind::Param, joined(name->path, "."), home))
          checkNames(*argument.value);
      }
      auto *chosen = program.find<DefenseDecl>(call->name(), home, call->location);
      if (chosen && chosen->chooses)
        program.diagnostics
            .error(Id::ChoiceOfChoices, call->location,
                   "`" + call->name() + "` is a choice itself, and a choice has no other in it")
            .note(chosen->location,
                  "declared here: write its members into this one, with the products of chances");
    }
  }
}

} // namespace switchyard
