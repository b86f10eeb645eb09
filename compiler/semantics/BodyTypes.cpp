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
bool isOfClasses(Type type) {
  return type == Type::Logits || type == Type::Probabilities;
}
bool isNumeric(Type type) {
  return isScalar(type) || type == Type::Image || isOfClasses(type);
}
bool isTruth(Type type) {
  return type == Type::Bool || type == Type::Mask;
}

const char *ExpressionTyper::said(Type type) const {
  return body == BodyOf::Optimizer && type == Type::Image ? "a tensor" : spelling(type);
}

Type ExpressionTyper::fail(Id id, Location where, const std::string &message) {
  program.diagnostics.error(id, where, message);
  return Type::Unknown;
}

Type ExpressionTyper::failGot(Id id, Location where, const std::string &message, Type got, Type wanted) {
  Diagnostic &error = program.diagnostics.error(id, where, message + ", got " + said(got));
  if (got == Type::Probabilities)
    error.note("`softmax` stands for itself: objectives, `divergence` and `log_sum_exp` take logits and make "
               "probabilities of them");
  if (got == Type::Class)
    error.note(
        "classes index logits, and `except` leaves one out; whether an answer is wrong is `margin(z) <= 0`");
  if (wanted == Type::Class && got == Type::Int)
    error.note(
        "classes have no numbers here: they are what the goal, `label`, `answer(z)` or `for each class k` "
        "gives");
  if (got == Type::Path)
    error.note("a path is for `model(x, p)`, and its chance is `chance of p`");
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
    return fail(Id::NoMeaningInBody, e.location, "`" + format(e) + "` has no meaning in a body");
  }
}

bool ExpressionTyper::expect(Expr &e, Type wanted, const std::string &what) {
  Type got = type(e);
  if (got == Type::Unknown || got == wanted || (wanted == Type::Real && got == Type::Int))
    return true;
  failGot(Id::WrongType, e.location, what + " must be " + said(wanted), got, wanted);
  return false;
}

void ExpressionTyper::refer(Location use, const Variable &variable) {
  bool given = variable.meaning == Meaning::Parameter || variable.meaning == Meaning::ObjectiveParameter;
  program.references.add(use, given ? Referent::Parameter : Referent::Variable, variable.declared);
}

static const char *bodyWord(BodyOf body) {
  static const char *const words[] = {"attack", "attack", "layer", "optimizer", "schedule", "loss"};
  static_assert(std::size(words) == static_cast<size_t>(BodyOf::Loss) + 1);
  return words[static_cast<int>(body)];
}

Type ExpressionTyper::name(NameExpr &e) {
  std::string text = joined(e.path, ".");
  if (Variable *variable = environment.find(text)) {
    e.meaning = variable->meaning;
    refer(e.location, *variable);
    return variable->type;
  }
  if (constantNamed(text)) {
    e.meaning = Meaning::Constant;
    return Type::Real;
  }
  if (auto *decl = program.look(DeclKind::Objective, text, module)) {
    program.references.add(e.location, Referent::Objective, decl->location);
    e.meaning = Meaning::Objective;
    e.objective = as<ObjectiveDecl>(decl);
    return Type::Objective;
  }
  if (program.paramsOf(module).count(text))
    return fail(Id::ParamInBody, e.location,
                "`" + text + "` is a param of the program; give the " + bodyWord(body) +
                    " a parameter and pass it");
  if (program.mayBe(DeclKind::Objective, text, module)) {
    program.diagnostics.follow();
    return Type::Unknown;
  }
  Diagnostic &error = program.diagnostics.error(
      Id::UnknownName, e.location, "there is no `" + text + "` here" + didYouMean(text, environment.names()));
  noteSchedules(error, text);
  return Type::Unknown;
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
  return fail(Id::CannotCombine, where, what + " cannot combine " + said(a) + " and " + said(b));
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
  if ((yes == Type::Image && isScalar(no)) || (isScalar(yes) && no == Type::Image))
    return Type::Image;           // the number at each element
  if (condition == Type::Unknown) // what it is may be a mask
    return Type::Unknown;
  return fail(Id::ArmsDiffer, e.location,
              std::string("`then` and `else` must be alike, got ") + spelling(yes) + " and " + spelling(no));
}

Type ExpressionTyper::index(IndexExpr &e) {
  Type base = type(*e.base);
  expect(*e.index, Type::Class, "an index");
  if (base == Type::Unknown || isOfClasses(base))
    return Type::Real;
  return fail(Id::IndexedType, e.base->location,
              std::string("only logits can be indexed, got ") + spelling(base));
}

} // namespace switchyard
