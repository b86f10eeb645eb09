// See Clone.h.

#include "compiler/syntax/Clone.h"

#include "compiler/syntax/Writer.h"

namespace switchyard {

using namespace ast;

namespace {

template <typename T> std::unique_ptr<T> blank(const Expr &e) {
  auto node = std::make_unique<T>();
  node->location = e.location;
  return node;
}

ExprPtr cloneName(const NameExpr &e, const Substitution &names) {
  auto found = names.find(joined(e.path, "."));
  if (found != names.end())
    return clone(*found->second, {});
  auto node = blank<NameExpr>(e);
  node->path = e.path;
  return node;
}

ExprPtr cloneList(const Expr &e, const Substitution &names) {
  if (auto *range = as<RangeExpr>(&e)) {
    auto node = blank<RangeExpr>(e);
    node->from = clone(*range->from, names);
    node->to = clone(*range->to, names);
    node->by = range->by ? clone(*range->by, names) : nullptr;
    return node;
  }
  auto node = blank<ListExpr>(e);
  for (auto &one : as<ListExpr>(&e)->elements)
    node->elements.push_back(clone(*one, names));
  return node;
}

ExprPtr cloneOperator(const Expr &e, const Substitution &names) {
  if (auto *unary = as<UnaryExpr>(&e)) {
    auto node = blank<UnaryExpr>(e);
    node->op = unary->op;
    node->operand = clone(*unary->operand, names);
    return node;
  }
  if (auto *choice = as<ChoiceExpr>(&e)) {
    auto node = blank<ChoiceExpr>(e);
    node->condition = clone(*choice->condition, names);
    node->yes = clone(*choice->yes, names);
    node->no = clone(*choice->no, names);
    return node;
  }
  auto *binary = as<BinaryExpr>(&e);
  auto node = blank<BinaryExpr>(e);
  node->op = binary->op;
  node->left = clone(*binary->left, names);
  node->right = clone(*binary->right, names);
  return node;
}

/// Between commas a value needs no parentheses, which printing again would take away.
ExprPtr bare(ExprPtr e) {
  auto *number = as<NumberExpr>(e.get());
  std::string text = number ? number->value.text() : "";
  if (text.size() > 2 && text.front() == '(' && text.back() == ')')
    number->value = number->value.withText(text.substr(1, text.size() - 2));
  return e;
}

std::unique_ptr<CallExpr> cloneCall(const CallExpr &e, const Substitution &names) {
  auto node = blank<CallExpr>(e);
  node->path = e.path;
  node->parentheses = e.parentheses;
  for (const Argument &one : e.arguments)
    node->arguments.push_back({one.name, bare(clone(*one.value, names)), nullptr, one.location});
  if (e.estimator)
    node->estimator = cloneCall(*e.estimator, names);
  return node;
}

} // namespace

ExprPtr clone(const Expr &e, const Substitution &names) {
  if (auto *number = as<NumberExpr>(&e)) {
    auto node = blank<NumberExpr>(e);
    node->value = number->value;
    return node;
  }
  if (auto *truth = as<BoolExpr>(&e)) {
    auto node = blank<BoolExpr>(e);
    node->value = truth->value;
    return node;
  }
  if (auto *place = as<PlaceExpr>(&e)) {
    auto node = blank<PlaceExpr>(e);
    node->place = place->place;
    return node;
  }
  if (e.kind == ExprKind::List || e.kind == ExprKind::Range)
    return cloneList(e, names);
  if (auto *call = as<CallExpr>(&e))
    return cloneCall(*call, names);
  if (auto *name = as<NameExpr>(&e))
    return cloneName(*name, names);
  return cloneOperator(e, names);
}

ExprPtr literal(const Value &value) {
  if (value.isNumber()) {
    auto node = std::make_unique<NumberExpr>();
    std::string text = value.text();
    bool atomic = text.find_first_of("/-") == std::string::npos;
    node->value = atomic ? value.number() : value.number().withText("(" + text + ")");
    return node;
  }
  auto node = std::make_unique<NameExpr>();
  node->path = {value.text()};
  return node;
}

} // namespace switchyard
