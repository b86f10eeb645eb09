// Objectives, attacks and layers: what their statements mean, which variables a loop or branch carries
// (S1.3), and what an attack that is another attack with fixed arguments calls.

#include "compiler/semantics/BodyTypes.h"
#include "compiler/semantics/Layers.h"
#include "compiler/syntax/Print.h"
#include "compiler/syntax/Writer.h"

#include <algorithm>
#include <set>

namespace switchyard {

using namespace ast;

namespace {

void add(std::vector<std::string> &names, const std::string &name) {
  if (std::find(names.begin(), names.end(), name) == names.end())
    names.push_back(name);
}

/// Optimizers that an expression advances (S1.3). As written: their meaning may not be known yet.
void steppedIn(const Expr &e, std::vector<std::string> &names) {
  if (auto *call = as<CallExpr>(&e); call && call->path.size() == 2 && call->path[1] == "step")
    add(names, call->path[0]);
  for (const Expr *child : children(e))
    steppedIn(*child, names);
}

/// Variables assigned or advanced anywhere in a body, in order of first assignment.
void assignedIn(const Body &body, std::vector<std::string> &names) {
  for (auto &one : body) {
    if (auto *assign = as<AssignStatement>(one.get())) {
      steppedIn(*assign->value, names);
      add(names, assign->variable);
    }
    if (auto *repeat = as<RepeatStatement>(one.get()))
      assignedIn(repeat->body, names);
    if (auto *condition = as<IfStatement>(one.get())) {
      assignedIn(condition->yes, names);
      assignedIn(condition->no, names);
    }
  }
}

class BodyChecker {
public:
  BodyChecker(Program &program, const AttackDecl &attack)
      : BodyChecker(program, attack, BodyOf::Attack, "x0", attack.parameters) {}
  BodyChecker(Program &program, const LayerDecl &layer)
      : BodyChecker(program, layer, BodyOf::Layer, "x", layer.parameters) {}

  void check(Body &statements) {
    environment.enter();
    body(statements, true);
    bool returns = !statements.empty() && statements.back()->kind == StatementKind::Return;
    if (!returns)
      program.diagnostics.error(
          Id::NoReturn, decl.location,
          std::string(spelling(decl.kind)) + " `" + decl.name + "` does not end in `return`, with " +
              (of == BodyOf::Layer ? "what the layer makes of `x`" : "the finished example"));
  }

  void threat(Threat &threat) {
    if (threat.kind == ThreatKind::None) {
      program.diagnostics
          .error(Id::NoThreat, decl.location,
                 "attack `" + decl.name +
                     "` states no threat model: how far may an example be from its image?")
          .note("write `within linf(eps)`, `within l2(eps)` or `minimizes l2` behind its parameters");
      return;
    }
    if (threat.norm != "linf" && threat.norm != "l2")
      program.diagnostics.error(Id::UnknownNorm, threat.location,
                                "there is no norm `" + threat.norm + "`; known are `linf` and `l2`");
    if (threat.radius)
      typer.expect(*threat.radius, Type::Real, "the radius of a ball");
  }

private:
  BodyChecker(Program &program, const Decl &decl, BodyOf of, const std::string &input,
              const std::vector<Parameter> &parameters)
      : program(program), decl(decl), of(of), typer(program, program.home(decl), environment, of) {
    environment.declare(input, Type::Image, {}, Meaning::Variable, true);
    for (const Parameter &one : parameters)
      environment.declare(one.name, typeOf(one), one.location,
                          one.type.name == "objective" ? Meaning::ObjectiveParameter : Meaning::Parameter,
                          true);
  }

  static Type typeOf(const Parameter &parameter) {
    const std::string &name = parameter.type.name;
    return name == "real"        ? Type::Real
           : name == "int"       ? Type::Int
           : name == "bool"      ? Type::Bool
           : name == "objective" ? Type::Objective
                                 : Type::Unknown;
  }

  void body(Body &statements, bool top) {
    for (size_t i = 0; i < statements.size(); ++i) {
      Statement &one = *statements[i];
      if (auto *assign = as<AssignStatement>(&one))
        assignment(*assign, top);
      else if (auto *repeat = as<RepeatStatement>(&one))
        repetition(*repeat);
      else if (auto *condition = as<IfStatement>(&one))
        conditional(*condition);
      else
        result(*as<ReturnStatement>(&one), top, i + 1 == statements.size());
    }
  }

  void assignment(AssignStatement &one, bool top) {
    Type type = typer.type(*one.value);
    Flow flow = typer.flow(*one.value);
    steps(*one.value, "");
    if (top && isTrained(*one.value))
      trained(one, *as<CallExpr>(one.value.get()));
    else
      noneTrained(*one.value);
    if (type == Type::Optimizer && !as<CallExpr>(one.value.get()))
      program.diagnostics.error(Id::OptimizerCopied, one.value->location,
                                "an optimizer is made by `adam(rate)`; its state cannot be copied "
                                "or chosen");
    if (type == Type::Int)
      type = Type::Real;
    Variable *variable = environment.find(one.variable);
    one.first = !variable;
    if (variable)
      return again(one, *variable, type, flow);
    one.type = type;
    environment.renew(environment.declare(one.variable, type, one.location), flow);
    if (type == Type::Objective)
      program.diagnostics.error(Id::ObjectiveInVariable, one.location,
                                "an objective cannot be kept in a variable");
  }

  /// To a variable that there is.
  void again(AssignStatement &one, Variable &variable, Type type, const Flow &flow) {
    typer.refer(one.location, variable);
    one.type = variable.type;
    if (variable.fixed) {
      program.diagnostics.error(Id::FixedVariable, one.location,
                                "`" + one.variable + "` is " +
                                    (!variable.declared.valid() ? inputText()
                                     : of == BodyOf::Layer      ? "a parameter of the layer"
                                                                : "a parameter") +
                                    " and cannot be assigned; use a variable of your own");
      return;
    }
    if (variable.type == Type::Unknown)
      variable.type = one.type = type;
    if (type != Type::Unknown && type != variable.type)
      program.diagnostics.error(Id::VariableType, one.value->location,
                                "`" + one.variable + "` is " + spelling(variable.type) + ", this is " +
                                    spelling(type));
    environment.renew(variable, flow);
  }

  std::string inputText() const { return of == BodyOf::Layer ? "the layer's input" : "the clean image"; }

  /// `step` has an effect (S1.3), which must not be masked, differentiated or executed twice. `where`: what
  /// stands around it.
  void steps(const Expr &e, const std::string &where) {
    auto *call = as<CallExpr>(&e);
    if (call && call->meaning == Meaning::OptimizerStep && !where.empty())
      program.diagnostics.error(Id::StepPlace, call->location,
                                "`step` advances its optimizer and cannot stand " + where +
                                    "; keep its result in a variable before");
    std::string inside = e.kind == ExprKind::Choice     ? "inside `if ... then ... else`"
                         : e.kind == ExprKind::Gradient ? "inside a gradient"
                                                        : where;
    for (const Expr *child : children(e))
      steps(*child, inside);
  }

  static bool isTrained(const Expr &e) {
    auto *call = as<CallExpr>(&e);
    return call && call->builtin && call->builtin->keeps;
  }

  /// A value of the layer, by the name of its variable; it starts before any input is there.
  void trained(const AssignStatement &one, const CallExpr &call) {
    if (!keptNames.insert(one.variable).second)
      program.diagnostics.error(Id::TrainedValueTwice, one.location,
                                "the layer has a trained `" + one.variable + "` already");
    if (const Expr *wrong = call.bound.empty() ? nullptr : computedIn(*call.bound[0]))
      program.diagnostics.error(Id::TrainedStart, wrong->location,
                                "what is trained starts with numbers and parameters of the layer alone");
  }

  /// What no one knows before the layer runs: a variable, a draw.
  const Expr *computedIn(const Expr &e) {
    auto *name = as<NameExpr>(&e);
    auto *call = as<CallExpr>(&e);
    if ((name && name->meaning == Meaning::Variable) || (call && call->builtin && call->builtin->draws))
      return &e;
    for (const Expr *child : children(e))
      if (const Expr *found = computedIn(*child))
        return found;
    return nullptr;
  }

  void noneTrained(const Expr &e) {
    if (isTrained(e))
      program.diagnostics.error(Id::TrainedPlace, e.location,
                                "a trained value has a name of its own and is one for all turns: write "
                                "`size = " +
                                    format(e) + "`, outside of `if` and `repeat`");
    for (const Expr *child : children(e))
      noneTrained(*child);
  }

  /// Outer variables that a body assigns.
  std::vector<std::string> carriedBy(const std::vector<const Body *> &bodies) {
    std::vector<std::string> assigned, carried;
    for (const Body *one : bodies)
      assignedIn(*one, assigned);
    for (const std::string &name : environment.names()) {
      Variable *variable = environment.find(name);
      bool isAssigned = std::find(assigned.begin(), assigned.end(), name) != assigned.end();
      if (isAssigned && !variable->fixed && std::find(carried.begin(), carried.end(), name) == carried.end())
        carried.push_back(name);
    }
    return carried;
  }

  void repetition(RepeatStatement &one) {
    count(one);
    one.carried = carriedBy({&one.body});
    std::map<std::string, Flow> before;
    for (const std::string &name : one.carried) {
      Variable &variable = *environment.find(name);
      before[name] = variable.flow;
      environment.renew(variable, {}); // at the start of any iteration: a value of its own
    }
    environment.enter();
    body(one.body, false);
    environment.leave();
    for (const std::string &name : one.carried) {
      Variable &variable = *environment.find(name);
      Flow flow, inner = variable.flow;
      inner.merge(before[name]);
      flow.throughLoop = inner.all();
      flow.throughLoop.insert(inner.throughLoop.begin(), inner.throughLoop.end());
      flow.throughGradient = inner.throughGradient;
      environment.renew(variable, flow);
    }
  }

  void count(RepeatStatement &one) {
    if (!typer.expect(*one.count, Type::Real, "the number of repetitions"))
      return;
    noneTrained(*one.count);
    std::vector<const NameExpr *> names;
    collectNames(*one.count, names);
    for (const NameExpr *name : names)
      if (name->meaning == Meaning::Variable)
        program.diagnostics.error(Id::RepetitionsUnknown, name->location,
                                  "the number of repetitions must be known before the " +
                                      std::string(spelling(decl.kind)) + " runs; `" + name->path[0] +
                                      "` is computed by it");
  }

  void conditional(IfStatement &one) {
    typer.expect(*one.condition, Type::Bool, "the condition of `if`");
    steps(*one.condition, "in a condition");
    noneTrained(*one.condition);
    one.carried = carriedBy({&one.yes, &one.no});
    std::map<std::string, Flow> before, afterYes;
    for (const std::string &name : one.carried)
      before[name] = environment.find(name)->flow;
    environment.enter();
    body(one.yes, false);
    environment.leave();
    for (const std::string &name : one.carried) {
      afterYes[name] = environment.find(name)->flow;
      environment.renew(*environment.find(name), before[name]);
    }
    environment.enter();
    body(one.no, false);
    environment.leave();
    for (const std::string &name : one.carried) {
      Variable &variable = *environment.find(name);
      Flow flow = variable.flow;
      flow.merge(afterYes[name]);
      environment.renew(variable, flow);
    }
  }

  void result(ReturnStatement &one, bool top, bool last) {
    if (!top)
      program.diagnostics.error(Id::ReturnInside, one.location,
                                "`return` cannot stand inside `if` or `repeat`; keep the value in a "
                                "variable and return that at the end"); // S1.3
    else if (!last)
      program.diagnostics.error(Id::AfterReturn, one.location, "nothing can follow `return`");
    typer.expect(*one.value, Type::Image,
                 of == BodyOf::Layer ? "what a layer returns" : "what an attack returns");
    steps(*one.value, "in `return`");
    noneTrained(*one.value);
  }

  Program &program;
  const Decl &decl;
  BodyOf of;
  Environment environment;
  ExpressionTyper typer;
  std::set<std::string> keptNames;
};

/// What the checked body of a layer asks of its input, and whether it draws.
struct BodyUses {
  bool draws = false, learns = false;
  const CallExpr *image = nullptr; ///< a function that has a meaning for images only

  explicit BodyUses(const Body &body) { statements(body); }

private:
  void statements(const Body &body) {
    for (auto &one : body) {
      if (auto *assign = as<AssignStatement>(one.get()))
        expression(*assign->value);
      else if (auto *result = as<ReturnStatement>(one.get()))
        expression(*result->value);
      else if (auto *repeat = as<RepeatStatement>(one.get()))
        statements(repeat->body);
      else if (auto *condition = as<IfStatement>(one.get())) {
        expression(*condition->condition);
        statements(condition->yes);
        statements(condition->no);
      }
    }
  }

  void expression(const Expr &e) {
    if (auto *call = as<CallExpr>(&e); call && call->builtin) {
      draws |= call->builtin->draws;
      learns |= call->builtin->keeps;
      bool byPlace = !call->builtin->each.empty() && eachOf(*call) != "element" && eachOf(*call) != "layer";
      if (!image && (call->builtin->dimension || byPlace))
        image = call;
    }
    for (const Expr *child : children(e))
      expression(*child);
  }
};

/// `attack a(...) = pgd(...)`: the attack called, and that the arguments fit it.
void checkAlias(Program &program, AttackDecl &attack) {
  const Module &home = program.home(attack);
  auto *target = program.find<AttackDecl>(attack.alias->name(), home, attack.alias->location);
  if (!target)
    return;
  const AttackDecl *walk = target;
  std::set<const AttackDecl *> seen; // a circle that begins further on is the error of those in it
  while (walk && walk->alias && seen.insert(walk).second) {
    if (walk == &attack) {
      program.diagnostics.error(Id::CircularAlias, attack.alias->location,
                                "attack `" + attack.name + "` is declared by itself");
      return;
    }
    walk = as<AttackDecl>(program.look(DeclKind::Attack, walk->alias->name(), program.home(*walk)));
  }
  if (attack.threat.kind != ThreatKind::None)
    program.diagnostics.error(Id::BallOfAlias, attack.threat.location,
                              "the ball of `" + attack.name + "` is that of `" + target->name +
                                  "`; leave it out here");
  std::vector<std::string> names;
  std::vector<bool> required;
  for (const Parameter &one : target->parameters) {
    names.push_back(one.name);
    required.push_back(!one.byDefault);
  }
  auto matched = matchArguments(program, attack.alias->arguments, attack.alias->location, names, required,
                                "attack `" + target->name + "`");
  if (!matched)
    return;
  for (const Argument *one : *matched)
    attack.alias->bound.push_back(one ? one->value.get() : nullptr);
  attack.aliased = target;
}

} // namespace

void checkParameters(Program &program, const std::vector<Parameter> &parameters,
                     const std::vector<std::string> &types) {
  for (size_t i = 0; i < parameters.size(); ++i) {
    const Parameter &one = parameters[i];
    for (size_t j = 0; j < i; ++j)
      if (parameters[j].name == one.name)
        program.diagnostics.error(Id::ParameterTwice, one.location,
                                  "parameter `" + one.name + "` is declared twice");
    if (std::find(types.begin(), types.end(), one.type.name) == types.end())
      program.diagnostics
          .error(Id::UnknownType, one.type.location,
                 "there is no type `" + one.type.name + "` here" + didYouMean(one.type.name, types))
          .note("known are " + joined(types, ", "));
    else if (one.type.name == "list" && one.type.arguments.size() != 1)
      program.diagnostics.error(Id::ListOfWhat, one.type.location, "a list says of what: `list<int>`");
  }
}

void checkObjective(Program &program, ObjectiveDecl &decl) {
  for (GoalCase &one : decl.cases) {
    Environment environment;
    environment.declare(decl.logits, Type::Logits, decl.logitsLocation, Meaning::Variable, true);
    environment.declare(one.variable, Type::Class, one.location, Meaning::Variable, true);
    ExpressionTyper typer(program, program.home(decl), environment, BodyOf::Objective);
    bool isNumber = typer.expect(*one.value, Type::Real, "what an objective descends");
    int logits = environment.find(decl.logits)->version;
    one.constant = isNumber && !typer.flow(*one.value).direct.count(logits);
    const GoalCase *first = one.away ? decl.away() : decl.toward();
    if (first != &one)
      program.diagnostics.error(Id::FormTwice, one.location,
                                std::string("`") + (one.away ? "away from" : "toward") +
                                    "` is given twice in objective `" + decl.name + "`");
  }
}

void checkAttack(Program &program, AttackDecl &decl) {
  checkParameters(program, decl.parameters, {"real", "int", "bool", "objective"});
  if (decl.alias)
    return checkAlias(program, decl);
  BodyChecker checker(program, decl);
  checker.threat(decl.threat);
  checker.check(decl.body);
}

void checkLayer(Program &program, LayerDecl &decl) {
  checkParameters(program, decl.parameters, {"real", "int", "bool"});
  for (const Parameter &one : decl.parameters)
    if (one.name == whenParameter)
      program.diagnostics.error(
          Id::ParameterTwice, one.location,
          "every layer has the parameter `when`, which says when it acts; use another name");
  if (isBuiltIn(decl.name))
    program.diagnostics.error(Id::DeclaredTwice, decl.location,
                              "layer `" + decl.name + "` is built in; use another name");
  BodyChecker(program, decl).check(decl.body);
  BodyUses uses(decl.body);
  decl.draws = uses.draws;
  decl.learns = uses.learns;
  decl.asksForImage = uses.image;
}

} // namespace switchyard
