// What trainings are made of, optimizers, schedules and losses: that their declarations are whole. Their
// statements: CheckBody.cpp.

#include "compiler/semantics/CheckBody.h"
#include "compiler/semantics/Training.h"

#include <algorithm>
#include <map>

namespace switchyard {

using namespace ast;

namespace {

constexpr int mostScheduleCalls = 100; ///< of schedules in one, each inlined where it stands

/// Reports parameters of names that are taken.
void checkNames(Program &program, const std::vector<Parameter> &parameters,
                const std::vector<std::string> &taken, const std::string &how) {
  for (const Parameter &one : parameters)
    if (std::find(taken.begin(), taken.end(), one.name) != taken.end())
      program.diagnostics.error(Id::ParameterTwice, one.location,
                                how + " `" + one.name + "`; use another name");
}

/// The schedules that a schedule calls: a way back to it, and how many calls it comes to.
class ScheduleCalls {
public:
  ScheduleCalls(Program &program, const ScheduleDecl &start) : program(program), start(start) {}

  /// The call that begins it, or null.
  const CallExpr *find() { return in(start); }

  /// Of schedules without a circle: how many calls one comes to, each inlined where it stands.
  double callsIn(const ScheduleDecl &decl) {
    auto [known, isNew] = counts.insert({&decl, 0});
    if (!isNew)
      return known->second;
    calls.clear();
    statements(decl.body);
    double count = 0;
    for (const CallExpr *call : std::vector<const CallExpr *>(calls))
      if (auto *next = as<ScheduleDecl>(program.look(DeclKind::Schedule, call->name(), program.home(decl))))
        count += 1 + callsIn(*next);
    return counts[&decl] = count;
  }

private:
  const CallExpr *in(const ScheduleDecl &decl) {
    if (!seen.insert(&decl).second)
      return nullptr;
    calls.clear();
    statements(decl.body);
    for (const CallExpr *call : std::vector<const CallExpr *>(calls)) {
      auto *next = as<ScheduleDecl>(program.look(DeclKind::Schedule, call->name(), program.home(decl)));
      if (next && (next == &start || in(*next)))
        return call;
    }
    return nullptr;
  }

  void statements(const Body &body) {
    for (auto &one : body) {
      if (auto *assign = as<AssignStatement>(one.get()))
        expression(*assign->value);
      else if (auto *result = as<ReturnStatement>(one.get()))
        expression(*result->value);
      else if (auto *condition = as<IfStatement>(one.get())) {
        expression(*condition->condition);
        statements(condition->yes);
        statements(condition->no);
      }
    }
  }

  void expression(const Expr &e) {
    if (auto *call = as<CallExpr>(&e))
      calls.push_back(call);
    for (const Expr *child : children(e))
      expression(*child);
  }

  Program &program;
  const ScheduleDecl &start;
  std::set<const ScheduleDecl *> seen;
  std::map<const ScheduleDecl *, double> counts;
  std::vector<const CallExpr *> calls;
};

constexpr int mostAnswers = 64; ///< of the model in one loss: each has a pass, and attacks have others

/// How often the text asks the model.
int answersIn(const Expr &e) {
  auto *call = as<CallExpr>(&e);
  int count = call && call->builtin && call->builtin->function == Function::Model;
  for (const Expr *child : children(e))
    count += answersIn(*child);
  return count;
}

int answersIn(const Body &body) {
  int count = 0;
  for (auto &one : body) {
    if (auto *assign = as<AssignStatement>(one.get()))
      count += answersIn(*assign->value);
    if (auto *result = as<ReturnStatement>(one.get()))
      count += answersIn(*result->value);
    if (auto *condition = as<IfStatement>(one.get()))
      count += answersIn(*condition->condition) + answersIn(condition->yes) + answersIn(condition->no);
  }
  return count;
}

} // namespace

void checkOptimizer(Program &program, OptimizerDecl &decl) {
  checkParameters(program, decl.parameters, {"real", "int", "bool"});
  checkNames(program, decl.parameters, optimizerNames(), "the training gives every optimizer");
  checkNames(program, decl.parameters, trainingArguments(), "every training has an argument");
  BodyChecker(program, decl).check(decl.body);
}

void checkLoss(Program &program, LossDecl &decl) {
  checkParameters(program, decl.parameters, {"real", "int", "bool", "attack"});
  checkNames(program, decl.parameters, lossNames(), "the training gives every loss");
  int before = program.diagnostics.troubles();
  BodyChecker(program, decl).check(decl.body);
  if (program.diagnostics.troubles() > before)
    return;
  int answers = answersIn(decl.body);
  if (answers == 0)
    program.diagnostics
        .error(Id::LossWithoutModel, decl.location,
               "loss `" + decl.name + "` never asks `model`: nothing of it changes with the weights")
        .note("such as `return cross_entropy(model(x))`");
  else if (answers > mostAnswers)
    program.diagnostics.error(Id::LossTooLong, decl.location,
                              "loss `" + decl.name + "` asks `model` " + std::to_string(answers) +
                                  " times, and " + std::to_string(mostAnswers) +
                                  " at most have draws of their own");
}

void checkSchedule(Program &program, ScheduleDecl &decl) {
  checkParameters(program, decl.parameters, {"real"});
  checkNames(program, decl.parameters, scheduleNames(), "the training gives every schedule");
  if (findFunction(decl.name, 0))
    program.diagnostics.error(Id::DeclaredTwice, decl.location,
                              "`" + decl.name + "` is a function of the language; use another name");
  BodyChecker(program, decl).check(decl.body);
  ScheduleCalls calls(program, decl);
  if (const CallExpr *circle = calls.find())
    program.diagnostics.error(Id::CircularSchedule, circle->location,
                              "schedule `" + decl.name + "` calls itself");
  else if (calls.callsIn(decl) > mostScheduleCalls)
    program.diagnostics.error(Id::ScheduleTooLarge, decl.location,
                              "more than " + std::to_string(mostScheduleCalls) +
                                  " calls of schedules come of `" + decl.name + "`");
}

} // namespace switchyard
