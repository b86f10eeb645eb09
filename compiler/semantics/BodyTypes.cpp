// One function a kind of expression. Whole numbers become real where they meet reals or tensors.

#include "compiler/semantics/BodyTypes.h"

#include "compiler/semantics/Arithmetic.h"
#include "compiler/semantics/Evaluate.h"
#include "compiler/syntax/Print.h"
#include "compiler/syntax/Writer.h"

#include <algorithm>
#include <cmath>

namespace switchyard {

using namespace ast;

Variable *Environment::find(const std::string &name) {
  for (auto scope = scopes.rbegin(); scope != scopes.rend(); ++scope)
    for (auto &[known, variable] : *scope)
      if (known == name)
        return &variable;
  return nullptr;
}

Variable &Environment::declare(const std::string &name, Type type, Location declared, Meaning meaning,
                               bool fixed) {
  Variable variable;
  variable.type = type;
  variable.version = ++versions;
  variable.flow.direct = {variable.version};
  variable.meaning = meaning;
  variable.fixed = fixed;
  variable.declared = declared;
  scopes.back().push_back({name, variable});
  return scopes.back().back().second;
}

void Environment::renew(Variable &variable, Flow flow) {
  variable.version = ++versions;
  flow.direct.insert(variable.version);
  variable.flow = std::move(flow);
}

std::vector<std::string> Environment::names() const {
  std::vector<std::string> result;
  for (auto &scope : scopes)
    for (auto &[name, variable] : scope)
      result.push_back(name);
  return result;
}

bool isScalar(Type type) {
  return type == Type::Real || type == Type::Int;
}
bool isNumeric(Type type) {
  return isScalar(type) || type == Type::Image || type == Type::Logits;
}
bool isTruth(Type type) {
  return type == Type::Bool || type == Type::Mask;
}

Type ExpressionTyper::fail(Id id, Location where, const std::string &message) {
  program.diagnostics.error(id, where, message);
  return Type::Unknown;
}

Type ExpressionTyper::failGot(Id id, Location where, const std::string &message, Type got) {
  Diagnostic &error = program.diagnostics.error(id, where, message + ", got " + spelling(got));
  if (got == Type::Mask)
    error.note(
        "a mask holds for some elements of an image: `if mask then a else b` chooses element by element, "
        "`sum(if mask then 1 else 0)` counts");
  return Type::Unknown;
}

/// Attacks compute in 32-bit reals, which end before the numbers of the language do.
void ExpressionTyper::warnRange(const Expr &e, const Number &value) {
  if (double size = std::fabs(value.value()); size > limits::largestReal)
    program.diagnostics
        .warning(Id::InfinityToAttacks, e.location,
                 "`" + format(e) + "` is infinity to an attack, whose numbers end at 3.4e38")
        .note("write `infinity` if that is meant");
  else if (size > 0 && size < limits::smallestReal)
    program.diagnostics.warning(Id::ZeroToAttacks, e.location,
                                "`" + format(e) + "` is 0 to an attack, whose numbers begin at 1.2e-38");
  else if (float kept = static_cast<float>(size);
           value.isInteger() && size <= limits::count && static_cast<double>(kept) != size)
    program.diagnostics.warning(Id::RoundedToAttacks, e.location,
                                "`" + format(e) + "` is " + Number(static_cast<int64_t>(kept)).text() +
                                    " to an attack, whose 32-bit reals hold every whole number up "
                                    "to 16777216, above that some");
}

Type ExpressionTyper::type(Expr &e) {
  switch (e.kind) {
  case ExprKind::Number:
    warnRange(e, as<NumberExpr>(&e)->value);
    return e.type = as<NumberExpr>(&e)->value.isInteger() ? Type::Int : Type::Real;
  case ExprKind::Bool:
    return e.type = Type::Bool;
  case ExprKind::Name:
    return e.type = name(*as<NameExpr>(&e));
  case ExprKind::Call:
    return e.type = call(*as<CallExpr>(&e));
  case ExprKind::Index:
    return e.type = index(*as<IndexExpr>(&e));
  case ExprKind::Unary:
    return e.type = unary(*as<UnaryExpr>(&e));
  case ExprKind::Binary:
    return e.type = binary(*as<BinaryExpr>(&e));
  case ExprKind::Choice:
    return e.type = choice(*as<ChoiceExpr>(&e));
  case ExprKind::Gradient:
    return e.type = gradient(*as<GradientExpr>(&e));
  default:
    return fail(Id::NoMeaningInBody, e.location,
                "`" + format(e) + "` has no meaning in the body of an attack, an objective or a layer");
  }
}

bool ExpressionTyper::expect(Expr &e, Type wanted, const std::string &what) {
  Type got = type(e);
  if (got == Type::Unknown || got == wanted || (wanted == Type::Real && got == Type::Int))
    return true;
  failGot(Id::WrongType, e.location, what + " must be " + spelling(wanted), got);
  return false;
}

void ExpressionTyper::refer(Location use, const Variable &variable) {
  bool given = variable.meaning == Meaning::Parameter || variable.meaning == Meaning::ObjectiveParameter;
  program.references.add(use, given ? Referent::Parameter : Referent::Variable, variable.declared);
}

Type ExpressionTyper::name(NameExpr &e) {
  std::string text = joined(e.path, ".");
  if (Variable *variable = environment.find(text)) {
    e.meaning = variable->meaning;
    refer(e.location, *variable);
    return variable->type;
  }
  if (text == "infinity") {
    e.meaning = Meaning::Constant;
    return Type::Real;
  }
  if (auto *decl = program.look(DeclKind::Objective, text, module)) {
    program.references.add(e.location, Referent::Objective, decl->location);
    e.meaning = Meaning::Objective;
    e.objective = as<ObjectiveDecl>(decl);
    return Type::Objective;
  }
  if (&module == &program.user() && program.params.count(text))
    return fail(Id::ParamInBody, e.location,
                "`" + text + "` is a param of the program; give the " +
                    (body == BodyOf::Layer ? "layer" : "attack") + " a parameter and pass it");
  if (program.mayBe(DeclKind::Objective, text, module)) {
    program.diagnostics.follow();
    return Type::Unknown;
  }
  return fail(Id::UnknownName, e.location,
              "there is no `" + text + "` here" + didYouMean(text, environment.names()));
}

Type ExpressionTyper::call(CallExpr &e) {
  std::string text = e.name();
  Variable *variable = environment.find(e.path[0]);
  if (e.path.size() == 2 && variable && variable->type == Type::Optimizer)
    return stepCall(e);
  bool isObjective = variable && variable->type == Type::Objective && e.path.size() == 1;
  if (isObjective) {
    e.meaning = Meaning::ObjectiveParameter;
    refer(e.location, *variable);
    return objectiveCall(e);
  }
  if (auto *decl = program.look(DeclKind::Objective, text, module)) {
    program.references.add(e.location, Referent::Objective, decl->location);
    e.meaning = Meaning::Objective;
    e.objective = as<ObjectiveDecl>(decl);
    return objectiveCall(e);
  }
  if (findFunction(text, e.arguments.size()))
    return builtinCall(e);
  if (program.mayBe(DeclKind::Objective, text, module)) {
    program.diagnostics.follow();
    return Type::Unknown;
  }
  std::vector<std::string> known = program.namesOf(DeclKind::Objective, module);
  for (const BuiltinFunction &one : builtinFunctions())
    known.push_back(one.name);
  return fail(Id::UnknownFunction, e.location,
              "there is no function or objective `" + text + "`" + didYouMean(text, known));
}

Type ExpressionTyper::objectiveCall(CallExpr &e) {
  if (body == BodyOf::Objective)
    return fail(Id::ObjectiveInObjective, e.location, "an objective cannot call another objective yet");
  if (body == BodyOf::Layer)
    return fail(Id::AttackFunctionInLayer, e.location,
                "a layer sees its input `x` only: objective `" + e.name() + "` belongs into an attack");
  if (e.arguments.size() != 1 || !e.arguments[0].name.empty() || e.arguments[0].except)
    return fail(Id::ObjectiveTakesLogits, e.location,
                "objective `" + e.name() + "` takes logits: `" + e.name() + "(model(x))`");
  expect(*e.arguments[0].value, Type::Logits, "the argument of objective `" + e.name() + "`");
  e.bound = {e.arguments[0].value.get()};
  return Type::Real;
}

Type ExpressionTyper::stepCall(CallExpr &e) {
  if (e.path[1] != "step" || e.arguments.size() != 2)
    return fail(Id::OptimizerFunction, e.location,
                "an optimizer has one function: `" + e.path[0] + ".step(w, g)`");
  for (const Argument &one : e.arguments)
    if (!one.name.empty() || one.except)
      return fail(Id::StepByPosition, one.location, "`step` takes a value and its gradient by position");
  e.meaning = Meaning::OptimizerStep;
  Type result = type(*e.arguments[0].value);
  Type gradientType = type(*e.arguments[1].value);
  e.bound = {e.arguments[0].value.get(), e.arguments[1].value.get()};
  if (result == Type::Unknown || gradientType == Type::Unknown)
    return result;
  return result == Type::Image && gradientType == Type::Image
             ? result
             : fail(Id::StepTypes, e.location,
                    std::string("`step` takes an image and its gradient, got ") + spelling(result) + " and " +
                        spelling(gradientType));
}

Type ExpressionTyper::argument(CallExpr &e, size_t i, Type wanted) {
  std::string what = "argument " + std::to_string(i + 1) + " of `" + e.name() + "`";
  if (e.arguments.size() == 1)
    what = "the argument of `" + e.name() + "`";
  Expr &value = *e.arguments[i].value;
  if (wanted != Type::Unknown) {
    expect(value, wanted, what);
    return value.type;
  }
  Type got = type(value);
  if (got != Type::Unknown && !isNumeric(got))
    return failGot(Id::NotNumeric, value.location, what + " must be a number, an image or logits", got);
  return got;
}

/// `each = column`: a word and no expression. Whether this argument is one.
bool ExpressionTyper::eachWord(const BuiltinFunction &function, Argument &one) {
  if (one.name != "each" || function.each.empty())
    return false;
  auto *word = as<NameExpr>(one.value.get());
  std::string text = format(*one.value);
  if (word && std::find(function.each.begin(), function.each.end(), text) != function.each.end())
    word->meaning = Meaning::Word;
  else
    program.diagnostics
        .error(Id::UnknownEach, one.value->location,
               "`" + function.name + "` has nothing for each `" + text + "`" +
                   didYouMean(text, function.each))
        .note("known are " + joined(function.each, ", "));
  return true;
}

/// `largest(z, k)`: the index is a part of the program, no value that it computes.
void ExpressionTyper::wholeConstant(const CallExpr &e) {
  const Expr &k = *e.arguments.back().value;
  auto *literal = as<NumberExpr>(&k);
  if (k.type == Type::Int && !(literal && literal->value.asCount() == literal->value.value()))
    fail(Id::LargestIndex, k.location,
         "`largest(z, k)` takes a whole number from 1 for k, written out, got `" + format(k) + "`");
}

static bool isNegative(const Expr &e) {
  auto known = constantOf(&e);
  return known && *known < Number(0);
}

bool ExpressionTyper::belongsHere(const CallExpr &e) {
  const BuiltinFunction &function = *e.builtin;
  if (body == BodyOf::Objective && (function.ofAttacks || function.draws))
    fail(Id::AttackFunctionInObjective, e.location,
         "an objective sees logits only: `" + function.name + "` belongs into an attack");
  else if (body != BodyOf::Layer && function.keeps)
    fail(Id::TrainedOutside, e.location,
         "`" + function.name + "` makes a value that training changes: it belongs into a layer");
  else if (body == BodyOf::Layer && function.ofAttacks)
    fail(Id::AttackFunctionInLayer, e.location,
         "a layer sees its input `x` only: `" + function.name + "` belongs into an attack");
  else
    return true;
  return false;
}

Type ExpressionTyper::builtinCall(CallExpr &e) {
  const BuiltinFunction &function = *findFunction(e.name(), e.arguments.size());
  e.meaning = Meaning::Builtin;
  program.references.add(e.location, Referent::Function);
  e.builtin = &function;
  if (!belongsHere(e))
    return Type::Unknown;
  if (!function.named.empty())
    return namedCall(e);
  size_t given = e.arguments.size();
  if (given > 0 && eachWord(function, e.arguments.back()))
    --given;
  if (function.parameters.size() != given)
    return fail(Id::ArgumentCount, e.location,
                "`" + function.name + "` takes " + std::to_string(function.parameters.size()) +
                    (function.parameters.size() == 1 ? " argument" : " arguments") + ", got " +
                    std::to_string(given));
  return argumentsByPosition(e, given);
}

Type ExpressionTyper::argumentsByPosition(CallExpr &e, size_t given) {
  const BuiltinFunction &function = *e.builtin;
  Type result = Type::Int;
  for (size_t i = 0; i < given; ++i) {
    const Argument &one = e.arguments[i];
    if (!one.name.empty())
      return fail(Id::ByPositionOnly, one.location,
                  "`" + function.name + "` takes its arguments by position");
    Type got = argument(e, i, function.parameters[i]);
    e.bound.push_back(one.value.get());
    if (one.except && !function.mayExcept)
      return fail(Id::ExceptOutsideMax, one.except->location,
                  "`except` has a meaning in `max(z except t)` only");
    if (one.except && got != Type::Logits && got != Type::Unknown)
      return fail(Id::ExceptOfLogits, one.value->location,
                  "`except` leaves a class out of logits, got " + std::string(spelling(got)));
    if (one.except)
      expect(*one.except, Type::Class, "what `except` leaves out");
    result = together(result, got, e.location, "`" + function.name + "`");
  }
  if (function.writtenOut)
    wholeConstant(e);
  if (given == 1 && function.noneBelowZero && isNegative(*e.arguments[0].value))
    return fail(Id::NoValue, e.location, "`" + format(e) + "` is no number");
  if (function.keeps && eachOf(e) == function.each.front())
    return Type::Real; // one for the layer
  return function.result == Type::Unknown ? (result == Type::Int ? Type::Real : result) : function.result;
}

Type ExpressionTyper::namedCall(CallExpr &e) {
  std::vector<std::string> names;
  std::vector<bool> required;
  for (const CatalogParameter &one : e.builtin->named) {
    names.push_back(one.name);
    required.push_back(one.byDefault.empty());
  }
  auto matched = matchArguments(program, e.arguments, e.location, names, required, "`" + e.name() + "`");
  if (!matched)
    return Type::Unknown;
  for (size_t i = 0; i < names.size(); ++i) {
    const Argument *one = (*matched)[i];
    e.bound.push_back(one ? one->value.get() : nullptr);
    if (one)
      expect(*one->value, Type::Real, "`" + names[i] + "` of `" + e.name() + "`");
    auto *literal = one ? as<NumberExpr>(one->value.get()) : nullptr;
    if (literal)
      convert(program, literal->value, e.builtin->named[i], literal->location, "`" + e.name() + "`");
  }
  return e.builtin->result;
}

Type ExpressionTyper::together(Type a, Type b, Location where, const std::string &what) {
  if (a == Type::Unknown || b == Type::Unknown)
    return Type::Unknown;
  if (!isNumeric(a) || !isNumeric(b)) // functions that take no numbers have checked their arguments
    return a == Type::Int ? b : a;
  if (a == b)
    return a;
  if (isScalar(a) && isScalar(b))
    return Type::Real;
  if (isScalar(a))
    return b;
  if (isScalar(b))
    return a;
  return fail(Id::CannotCombine, where, what + " cannot combine " + spelling(a) + " and " + spelling(b));
}

Type ExpressionTyper::unary(UnaryExpr &e) {
  Type operand = type(*e.operand);
  bool fits = e.op == UnaryOp::Not ? isTruth(operand) : isNumeric(operand);
  if (operand == Type::Unknown || fits)
    return operand;
  return failGot(Id::OperandType, e.operand->location,
                 std::string("`") + spelling(e.op) + "` needs " +
                     (e.op == UnaryOp::Not ? "a truth value" : "a number"),
                 operand);
}

/// `and`, `or`: a truth value holds for all elements of a mask beside it.
Type ExpressionTyper::logic(BinaryExpr &e, Type left, Type right) {
  if (isTruth(left) && isTruth(right))
    return left == Type::Mask ? left : right;
  bool wrongLeft = !isTruth(left);
  return failGot(Id::OperandType, wrongLeft ? e.left->location : e.right->location,
                 std::string("`") + spelling(e.op) + "` needs truth values", wrongLeft ? left : right);
}

/// Of two numbers a truth value; with an image on a side a mask.
Type ExpressionTyper::comparison(BinaryExpr &e, Type left, Type right) {
  auto fits = [](Type type) { return isScalar(type) || type == Type::Image; };
  if (fits(left) && fits(right))
    return isScalar(left) && isScalar(right) ? Type::Bool : Type::Mask;
  return fail(Id::CannotCompare, e.location,
              std::string("`") + spelling(e.op) + "` compares numbers or images, got " +
                  spelling(fits(left) ? right : left) + "; `sum`, `norm` or `max` make a number of it");
}

Type ExpressionTyper::binary(BinaryExpr &e) {
  Type left = type(*e.left), right = type(*e.right);
  if (left == Type::Unknown || right == Type::Unknown)
    return Type::Unknown;
  std::string sign = std::string("`") + spelling(e.op) + "`";
  if (e.op == BinaryOp::And || e.op == BinaryOp::Or)
    return logic(e, left, right);
  if (!isNumeric(left) || !isNumeric(right)) {
    bool wrongLeft = !isNumeric(left);
    return failGot(Id::OperandType, wrongLeft ? e.left->location : e.right->location, sign + " needs numbers",
                   wrongLeft ? left : right);
  }
  if (e.op >= BinaryOp::Less && e.op <= BinaryOp::NotEqual)
    return comparison(e, left, right);
  if (e.op == BinaryOp::Power && !isScalar(right))
    return fail(Id::ExponentType, e.right->location,
                std::string("an exponent must be a number, got ") + spelling(right));
  Type result = together(left, right, e.location, sign);
  if (result != Type::Int)
    return result == Type::Real ? knownNumber(e, result) : result;
  return knownNumber(e, e.op == BinaryOp::Divide || e.op == BinaryOp::Power ? Type::Real : Type::Int);
}

/// Of two numbers: where both are literals, the value says whether it is whole, and whether there is one.
Type ExpressionTyper::knownNumber(const BinaryExpr &e, Type otherwise) {
  auto left = constantOf(e.left.get()), right = constantOf(e.right.get());
  if (!left || !right)
    return otherwise;
  Computed result = compute(e.op, *left, *right);
  if (!result.why.empty())
    return fail(Id::NoValue, e.location, "`" + format(e) + "` " + result.why);
  return result.value.isInteger() ? Type::Int : Type::Real;
}

/// `if mask then a else b`: an image, element by element.
Type ExpressionTyper::maskedChoice(ChoiceExpr &e, Type yes, Type no) {
  for (auto [type, arm] : {std::pair(yes, e.yes.get()), {no, e.no.get()}})
    if (!isScalar(type) && type != Type::Image && type != Type::Unknown)
      return failGot(Id::MaskArms, arm->location, "a mask chooses between numbers or images", type);
  return Type::Image;
}

Type ExpressionTyper::choice(ChoiceExpr &e) {
  Type condition = type(*e.condition), yes = type(*e.yes), no = type(*e.no);
  if (condition == Type::Mask)
    return maskedChoice(e, yes, no);
  if (condition != Type::Bool && condition != Type::Unknown)
    fail(Id::ConditionType, e.condition->location,
         std::string("the condition of `if` must be a truth value or a mask, got ") + spelling(condition));
  if (yes == Type::Unknown || no == Type::Unknown || yes == no)
    return yes;
  if (isScalar(yes) && isScalar(no))
    return Type::Real;
  return fail(Id::ArmsDiffer, e.location,
              std::string("`then` and `else` must be alike, got ") + spelling(yes) + " and " + spelling(no));
}

Type ExpressionTyper::index(IndexExpr &e) {
  Type base = type(*e.base);
  expect(*e.index, Type::Class, "an index");
  if (base == Type::Unknown || base == Type::Logits)
    return Type::Real;
  return fail(Id::IndexedType, e.base->location,
              std::string("only logits can be indexed, got ") + spelling(base));
}

} // namespace switchyard
