// Spellings of the tree's enumerations.

#include "compiler/syntax/Ast.h"

namespace switchyard::ast {

std::string CallExpr::name() const {
  std::string text;
  for (const std::string &part : path)
    text += (text.empty() ? "" : ".") + part;
  return text;
}

const GoalCase *ObjectiveDecl::toward() const {
  for (const GoalCase &one : cases)
    if (!one.away)
      return &one;
  return nullptr;
}

const GoalCase *ObjectiveDecl::away() const {
  for (const GoalCase &one : cases)
    if (one.away)
      return &one;
  return nullptr;
}

std::vector<const CalledAttack *> AttackDecl::calls() const {
  std::vector<const CalledAttack *> result;
  if (alias.call)
    result.push_back(&alias);
  for (const CalledAttack &one : members)
    result.push_back(&one);
  return result;
}

const std::vector<std::string> &settingWords() {
  static const std::vector<std::string> words = {
#define SETTING(NAME, ID, WORDS, DEFAULT) #NAME,
#include "compiler/syntax/clauses.def"
  };
  return words;
}

static std::vector<std::string> allClauseWords() {
  std::vector<std::string> words = {
#define CLAUSE(NAME, WORD, TIMES, LACKING, NOT_BUILT) WORD,
#include "compiler/syntax/clauses.def"
  };
  words.insert(words.end(), settingWords().begin(), settingWords().end());
  return words;
}

const std::vector<std::string> &clauseWords() {
  static const std::vector<std::string> words = allClauseWords();
  return words;
}

std::vector<const Expr *> children(const Expr &e) {
  std::vector<const Expr *> result;
  auto add = [&](const ExprPtr &child) {
    if (child)
      result.push_back(child.get());
  };
  if (auto *call = as<CallExpr>(&e)) {
    for (const Argument &one : call->arguments) {
      add(one.value);
      add(one.except);
    }
    if (call->estimator)
      result.push_back(call->estimator.get());
  }
  if (auto *index = as<IndexExpr>(&e))
    for (const ExprPtr *one : {&index->base, &index->index})
      add(*one);
  if (auto *unary = as<UnaryExpr>(&e))
    add(unary->operand);
  if (auto *binary = as<BinaryExpr>(&e))
    for (const ExprPtr *one : {&binary->left, &binary->right})
      add(*one);
  if (auto *choice = as<ChoiceExpr>(&e))
    for (const ExprPtr *one : {&choice->condition, &choice->yes, &choice->no})
      add(*one);
  if (auto *gradient = as<GradientExpr>(&e))
    add(gradient->of);
  if (auto *list = as<ListExpr>(&e))
    for (const ExprPtr &one : list->elements)
      add(one);
  if (auto *range = as<RangeExpr>(&e))
    for (const ExprPtr *one : {&range->from, &range->to, &range->by})
      add(*one);
  return result;
}

const char *spelling(UnaryOp op) {
  return op == UnaryOp::Minus ? "-" : "not";
}

const char *spelling(BinaryOp op) {
  static const char *const signs[] = {"+", "-", "*", "/", "^", "<", "<=", ">", ">=", "==", "!=", "and", "or"};
  return signs[static_cast<int>(op)];
}

const char *spelling(Type type) {
  static const char *const words[] = {
      "something unknown", "a number", "a whole number", "a truth value", "a mask",       "a text",
      "an image",          "logits",   "a class",        "an objective",  "an optimizer", "a list",
      "a place",           "a draw",   "an attack",      "probabilities", "a path"};
  static_assert(std::size(words) == static_cast<size_t>(Type::Path) + 1);
  return words[static_cast<int>(type)];
}

} // namespace switchyard::ast
