// The statements of attacks, layers, optimizers, schedules and losses: what they mean, and which variables a
// loop or branch carries (S1.3).

#ifndef SWITCHYARD_COMPILER_SEMANTICS_CHECKBODY_H
#define SWITCHYARD_COMPILER_SEMANTICS_CHECKBODY_H

#include "compiler/semantics/BodyTypes.h"

namespace switchyard {

class BodyChecker {
public:
  BodyChecker(Program &program, const ast::AttackDecl &attack);
  BodyChecker(Program &program, const ast::LayerDecl &layer);
  /// Finds its states.
  BodyChecker(Program &program, ast::OptimizerDecl &optimizer);
  BodyChecker(Program &program, const ast::ScheduleDecl &schedule);
  BodyChecker(Program &program, const ast::LossDecl &loss);

  void check(ast::Body &statements);
  void threat(ast::Threat &threat);
  /// The first loop over paths that was checked; null: none.
  const ast::RepeatStatement *loopOverPaths() const { return throughPaths; }

private:
  BodyChecker(Program &program, const ast::Decl &decl, BodyOf of);

  void parameter(const ast::Parameter &one);
  void given(const std::string &name, ast::Type type, bool fixed);
  void body(ast::Body &statements, bool top);
  void end(const ast::Body &statements);
  void assignment(ast::AssignStatement &one, bool top);
  void again(ast::AssignStatement &one, Variable &variable, ast::Type type, const Flow &flow);
  std::string fixedText(const Variable &variable) const;
  void steps(const ast::Expr &e, const std::string &where);
  void trained(const ast::AssignStatement &one, const ast::CallExpr &call);
  const ast::Expr *computedIn(const ast::Expr &e);
  void noneTrained(const ast::Expr &e);
  std::vector<std::string> carriedBy(const std::vector<const ast::Body *> &bodies);
  void member(ast::RepeatStatement &one);
  void repetition(ast::RepeatStatement &one);
  void renewBehind(const ast::RepeatStatement &loop, std::map<std::string, Flow> flows,
                   const std::map<std::string, int> &starts);
  void count(ast::RepeatStatement &one);
  void conditional(ast::IfStatement &one);
  void requirement(ast::RequireStatement &one, bool top);
  void result(ast::ReturnStatement &one, bool top, bool last);

  Program &program;
  const ast::Decl &decl;
  BodyOf of;
  Environment environment;
  ExpressionTyper typer;
  std::set<std::string> keptNames;
  const ast::RepeatStatement *throughPaths = nullptr;
};

} // namespace switchyard

#endif
