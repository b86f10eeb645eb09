// See CheckBody.h.

#include "compiler/semantics/CheckBody.h"

#include "compiler/semantics/Evaluate.h"
#include "compiler/syntax/Print.h"
#include "compiler/syntax/Writer.h"
#include "runtime/contract/PlanFields.h"

#include <algorithm>

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

/// The variables of an optimizer that the weight keeps from step to step: those that the text reads before it
/// assigns them, and assigns.
class StateFinder {
public:
  explicit StateFinder(const Body &statements) {
    assignedIn(statements, written);
    body(statements);
  }
  std::vector<std::pair<std::string, Location>> states;

private:
  void body(const Body &statements) {
    for (auto &one : statements) {
      if (auto *assign = as<AssignStatement>(one.get())) {
        reads(*assign->value);
        assigned.insert(assign->variable);
      } else if (auto *condition = as<IfStatement>(one.get())) {
        reads(*condition->condition);
        body(condition->yes);
        body(condition->no);
      }
    }
  }

  void reads(const Expr &e) {
    auto *name = as<NameExpr>(&e);
    bool isLater = name && std::find(written.begin(), written.end(), name->path[0]) != written.end();
    if (isLater && assigned.insert(name->path[0]).second)
      states.push_back({name->path[0], e.location});
    for (const Expr *child : children(e))
      reads(*child);
  }

  std::vector<std::string> written;
  std::set<std::string> assigned;
};

} // namespace

/// What an attack calls the class that its image is of.
static const std::string labelName = "label";

static Type typeOf(const Parameter &parameter) {
  const std::string &name = parameter.type.name;
  return name == "real"        ? Type::Real
         : name == "int"       ? Type::Int
         : name == "bool"      ? Type::Bool
         : name == "objective" ? Type::Objective
         : name == "attack"    ? Type::Attack
                               : Type::Unknown;
}

BodyChecker::BodyChecker(Program &program, const Decl &decl, BodyOf of)
    : program(program), decl(decl), of(of), typer(program, program.home(decl), environment, of) {}

BodyChecker::BodyChecker(Program &program, const AttackDecl &attack)
    : BodyChecker(program, attack, BodyOf::Attack) {
  given("x0", Type::Image, true);
  for (const Parameter &one : attack.parameters)
    parameter(one);
  if (!environment.find(labelName))
    environment.declare(labelName, Type::Class, {}, Meaning::Label, true);
}

BodyChecker::BodyChecker(Program &program, const LayerDecl &layer)
    : BodyChecker(program, layer, BodyOf::Layer) {
  given("x", Type::Image, true);
  for (const Parameter &one : layer.parameters)
    parameter(one);
}

BodyChecker::BodyChecker(Program &program, OptimizerDecl &optimizer)
    : BodyChecker(program, optimizer, BodyOf::Optimizer) {
  for (const std::string &name : optimizerNames()) {
    bool isTensor = name == "w" || name == "g";
    given(name, isTensor ? Type::Image : Type::Real, !isTensor);
  }
  for (const Parameter &one : optimizer.parameters)
    parameter(one);
  optimizer.states.clear();
  for (auto &[name, where] : StateFinder(optimizer.body).states) {
    if (environment.find(name))
      continue;
    environment.declare(name, Type::Image, where);
    optimizer.states.push_back(name);
  }
}

BodyChecker::BodyChecker(Program &program, const ScheduleDecl &schedule)
    : BodyChecker(program, schedule, BodyOf::Schedule) {
  for (const std::string &name : scheduleNames())
    given(name, Type::Real, true);
  for (const Parameter &one : schedule.parameters) {
    if (one.byDefault)
      typer.expect(*one.byDefault, Type::Real, "the default of `" + one.name + "`");
    parameter(one);
  }
}

BodyChecker::BodyChecker(Program &program, const LossDecl &loss) : BodyChecker(program, loss, BodyOf::Loss) {
  given(lossNames()[0], Type::Image, true);
  given(lossNames()[1], Type::Class, true);
  for (const Parameter &one : loss.parameters)
    parameter(one);
}

void BodyChecker::given(const std::string &name, Type type, bool fixed) {
  environment.declare(name, type, {}, Meaning::Variable, fixed);
}

void BodyChecker::parameter(const Parameter &one) {
  environment.declare(one.name, typeOf(one), one.location,
                      one.type.name == "objective" ? Meaning::ObjectiveParameter : Meaning::Parameter, true);
}

void BodyChecker::check(Body &statements) {
  environment.enter();
  body(statements, true);
  end(statements);
}

/// What a body comes to: a `return`, but of an optimizer.
void BodyChecker::end(const Body &statements) {
  std::string what = std::string(spelling(decl.kind)) + " `" + decl.name + "`";
  std::vector<std::string> assigned;
  assignedIn(statements, assigned);
  if (of == BodyOf::Optimizer) {
    if (std::find(assigned.begin(), assigned.end(), "w") == assigned.end())
      program.diagnostics
          .error(Id::WeightNotAssigned, decl.location, what + " never assigns `w`, the weight that it trains")
          .note("such as `w = w - rate * g`");
  } else if (statements.empty() || statements.back()->kind != StatementKind::Return) {
    program.diagnostics.error(Id::NoReturn, decl.location,
                              what + " does not end in `return`, with " +
                                  (of == BodyOf::Layer      ? "what the layer makes of `x`"
                                   : of == BodyOf::Schedule ? "the number"
                                   : of == BodyOf::Loss     ? "the number that the training descends"
                                                            : "the finished example"));
  }
}

/// "`linf`, `l2`, `l1`, `l0`"
static std::string quotedNorms() {
  std::vector<std::string> names;
  for (const auto &[norm, name] : rt::Words<rt::Norm>::table())
    names.push_back("`" + std::string(name) + "`");
  return joined(names, ", ");
}

void BodyChecker::threat(Threat &threat) {
  if (threat.kind == ThreatKind::None) {
    program.diagnostics
        .error(Id::NoThreat, decl.location,
               "attack `" + decl.name + "` states no threat model: how far may an example be from its image?")
        .note("write `within linf(eps)`, `within l2(eps)` or `minimizes l2` behind its parameters");
    return;
  }
  if (!rt::normNamed(threat.norm))
    program.diagnostics.error(Id::UnknownNorm, threat.location,
                              "there is no norm `" + threat.norm + "`; known are " + quotedNorms());
  if (threat.radius)
    typer.expect(*threat.radius, Type::Real, "the radius of a ball");
}

void BodyChecker::body(Body &statements, bool top) {
  for (size_t i = 0; i < statements.size(); ++i) {
    Statement &one = *statements[i];
    if (auto *assign = as<AssignStatement>(&one))
      assignment(*assign, top);
    else if (auto *repeat = as<RepeatStatement>(&one))
      repetition(*repeat);
    else if (auto *condition = as<IfStatement>(&one))
      conditional(*condition);
    else if (auto *required = as<RequireStatement>(&one))
      requirement(*required, top);
    else
      result(*as<ReturnStatement>(&one), top, i + 1 == statements.size());
  }
}

static bool isTrained(const Expr &e) {
  auto *call = as<CallExpr>(&e);
  return call && call->builtin && call->builtin->keeps;
}

void BodyChecker::assignment(AssignStatement &one, bool top) {
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
  if (type == Type::Objective || type == Type::Attack || type == Type::Path)
    program.diagnostics.error(Id::ObjectiveInVariable, one.location,
                              std::string(spelling(type)) + " cannot be kept in a variable");
}

/// To a variable that there is.
void BodyChecker::again(AssignStatement &one, Variable &variable, Type type, const Flow &flow) {
  typer.refer(one.location, variable);
  one.type = variable.type;
  if (variable.fixed) {
    program.diagnostics.error(Id::FixedVariable, one.location,
                              "`" + one.variable + "` is " + fixedText(variable) +
                                  " and cannot be assigned; use a variable of your own");
    return;
  }
  if (variable.type == Type::Unknown)
    variable.type = one.type = type;
  if (type == Type::Unknown || type == variable.type)
    return environment.renew(variable, flow);
  Diagnostic &error = program.diagnostics.error(Id::VariableType, one.value->location,
                                                "`" + one.variable + "` is " + typer.said(variable.type) +
                                                    ", this is " + typer.said(type));
  if (of == BodyOf::Optimizer && variable.type == Type::Image && isScalar(type))
    error.note("`constant_like(w, number)` makes a tensor of a number");
  environment.renew(variable, flow);
}

/// What is given to a body, in a message.
std::string BodyChecker::fixedText(const Variable &variable) const {
  if (variable.meaning == Meaning::Label)
    return "the image's label";
  if (of == BodyOf::Attack && (variable.type == Type::Class || variable.type == Type::Path))
    return "what the loop goes through";
  if (variable.declared.valid())
    return std::string("a parameter") + (of == BodyOf::Layer ? " of the layer" : "");
  return of == BodyOf::Layer    ? "the layer's input"
         : of == BodyOf::Attack ? "the clean image"
                                : "given by the training";
}

/// `step` has an effect (S1.3), which must not be masked, differentiated or executed twice. `where`: what
/// stands around it.
void BodyChecker::steps(const Expr &e, const std::string &where) {
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

/// A value of the layer, by the name of its variable; it starts before any input is there.
void BodyChecker::trained(const AssignStatement &one, const CallExpr &call) {
  if (!keptNames.insert(one.variable).second)
    program.diagnostics.error(Id::TrainedValueTwice, one.location,
                              "the layer has a trained `" + one.variable + "` already");
  if (const Expr *wrong = call.bound.empty() ? nullptr : computedIn(*call.bound[0]))
    program.diagnostics.error(Id::TrainedStart, wrong->location,
                              "what is trained starts with numbers and parameters of the layer alone");
}

/// What no one knows before the body runs: a variable, a draw; in what an optimizer requires any call.
const Expr *BodyChecker::computedIn(const Expr &e) {
  auto *name = as<NameExpr>(&e);
  auto *call = as<CallExpr>(&e);
  bool isUnknown = call && (of == BodyOf::Optimizer || (call->builtin && call->builtin->draws));
  if ((name && name->meaning == Meaning::Variable) || isUnknown)
    return &e;
  for (const Expr *child : children(e))
    if (const Expr *found = computedIn(*child))
      return found;
  return nullptr;
}

void BodyChecker::noneTrained(const Expr &e) {
  if (of != BodyOf::Layer) // elsewhere none is at all
    return;
  if (isTrained(e))
    program.diagnostics.error(Id::TrainedPlace, e.location,
                              "a trained value has a name of its own and is one for all turns: write "
                              "`size = " +
                                  format(e) + "`, outside of `if` and `repeat`");
  for (const Expr *child : children(e))
    noneTrained(*child);
}

/// Outer variables that a body assigns.
std::vector<std::string> BodyChecker::carriedBy(const std::vector<const Body *> &bodies) {
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

/// What a turn of `for each` is about: the class, or the path.
void BodyChecker::member(RepeatStatement &one) {
  bool paths = one.over == LoopOver::Paths;
  if (one.except)
    typer.expect(*one.except, Type::Class, "what `except` leaves out");
  if (of != BodyOf::Attack)
    program.diagnostics.error(Id::ForEachPlace, one.location,
                              std::string("`for each ") + (paths ? "path" : "class") +
                                  "` is how attacks go through " +
                                  (paths ? "a random model's paths" : "the classes") + "; " +
                                  spelling(decl.kind) + " `" + decl.name + "` is none");
  if (paths && !throughPaths)
    throughPaths = &one;
}

void BodyChecker::repetition(RepeatStatement &one) {
  if (one.over != LoopOver::Times)
    member(one);
  else if (of == BodyOf::Optimizer || of == BodyOf::Schedule || of == BodyOf::Loss) {
    program.diagnostics.error(Id::LoopInOptimizer, one.location,
                              std::string(spelling(decl.kind)) + " `" + decl.name +
                                  "` has no loop: it is one step, which the training repeats");
    return;
  }
  if (one.over == LoopOver::Times)
    count(one);
  one.carried = carriedBy({&one.body});
  std::map<std::string, Flow> before;
  std::map<std::string, int> starts; // versions at the start of an iteration
  for (const std::string &name : one.carried) {
    Variable &variable = *environment.find(name);
    before[name] = variable.flow;
    environment.renew(variable, {}); // at the start of any iteration: a value of its own
    starts[name] = variable.version;
  }
  if (one.over != LoopOver::Times && environment.find(one.variable))
    program.diagnostics.error(Id::LoopVariable, one.variableLocation,
                              "`" + one.variable +
                                  "` has a meaning here already; call what the loop goes through "
                                  "otherwise, such as `k`");
  environment.enter();
  if (one.over != LoopOver::Times)
    environment.declare(one.variable, one.over == LoopOver::Paths ? Type::Path : Type::Class,
                        one.variableLocation, Meaning::Variable, true);
  body(one.body, false);
  environment.leave();
  renewBehind(one, before, starts);
}

/// What a loop carries depends on what it began with, on what a turn makes of it, and on all that a turn
/// makes of what it carries besides.
void BodyChecker::renewBehind(const RepeatStatement &loop, std::map<std::string, Flow> flows,
                              const std::map<std::string, int> &starts) {
  for (auto &[name, flow] : flows)
    flow.merge(environment.find(name)->flow);
  for (size_t round = 0; round < flows.size(); ++round)
    for (auto &[name, flow] : flows)
      for (auto &[other, start] : starts)
        if (flow.all().count(start))
          flow.merge(Flow(flows.at(other)));
  for (const std::string &name : loop.carried)
    environment.renew(*environment.find(name), flows.at(name));
}

void BodyChecker::count(RepeatStatement &one) {
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

void BodyChecker::conditional(IfStatement &one) {
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

/// It is asked where a layer, an optimizer or a loss is given its parameters, before anything runs.
void BodyChecker::requirement(RequireStatement &one, bool top) {
  if ((of != BodyOf::Optimizer && of != BodyOf::Layer && of != BodyOf::Loss) || !top) {
    program.diagnostics.error(Id::RequirePlace, one.location,
                              "`require` says what must hold of the parameters of a layer, an optimizer or "
                              "a loss; it stands in its body, outside of `if` and `repeat`");
    return;
  }
  if (!typer.expect(*one.condition, Type::Bool, "what is required"))
    return;
  if (const Expr *wrong = computedIn(*one.condition))
    program.diagnostics.error(Id::RequiredOfParameters, wrong->location,
                              "what is required is known before anything runs: it is about parameters and "
                              "numbers alone");
}

void BodyChecker::result(ReturnStatement &one, bool top, bool last) {
  if (of == BodyOf::Optimizer) {
    program.diagnostics.error(Id::ReturnInOptimizer, one.location,
                              "an optimizer returns nothing: it assigns `w`, the weight");
    return;
  }
  if (!top)
    program.diagnostics.error(Id::ReturnInside, one.location,
                              "`return` cannot stand inside `if` or `repeat`; keep the value in a "
                              "variable and return that at the end"); // S1.3
  else if (!last)
    program.diagnostics.error(Id::AfterReturn, one.location, "nothing can follow `return`");
  if (of == BodyOf::Schedule || of == BodyOf::Loss)
    typer.expect(*one.value, Type::Real, std::string("what a ") + spelling(decl.kind) + " returns");
  else
    typer.expect(*one.value, Type::Image,
                 of == BodyOf::Layer ? "what a layer returns" : "what an attack returns");
  steps(*one.value, "in `return`");
  noneTrained(*one.value);
}

} // namespace switchyard
