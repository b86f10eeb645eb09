// Spellings of the tree's enumerations.

#include "compiler/frontend/Ast.h"

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

const char *spelling(UnaryOp op) {
  return op == UnaryOp::Minus ? "-" : "not";
}

const char *spelling(BinaryOp op) {
  static const char *const signs[] = {"+", "-", "*", "/", "^", "<", "<=", ">", ">=", "==", "!=", "and", "or"};
  return signs[static_cast<int>(op)];
}

const char *spelling(Type type) {
  static const char *const words[] = {
      "something unknown", "a number",     "a whole number", "a truth value", "a text",  "an image", "logits",
      "a class",           "an objective", "an optimizer",   "a list",        "a place", "a draw"};
  return words[static_cast<int>(type)];
}

} // namespace switchyard::ast
