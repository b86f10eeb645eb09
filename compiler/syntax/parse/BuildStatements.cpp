// Statements of the tree to AST nodes.

#include "compiler/syntax/parse/Builder.h"

namespace switchyard {

using namespace ast;

void Builder::checkSeparation(const std::vector<Parser::StatementContext *> &statements) {
  for (size_t i = 1; i < statements.size(); ++i) {
    antlr4::Token *last = statements[i - 1]->getStop(), *next = statements[i]->getStart();
    size_t before = tokens.previous(index(next));
    if (last->getLine() == next->getLine() && tokens[before].getType() != Lexer::SEMI)
      diagnostics.error(Id::SecondStatement, at(next),
                        "a second statement on the line; put a line break or `;` before it"); // S1.6
  }
}

Body Builder::body(Parser::BodyContext *tree) {
  checkSeparation(tree->statement());
  Body result;
  for (auto *one : tree->statement())
    result.push_back(statement(one));
  return result;
}

StatementPtr Builder::statement(Parser::StatementContext *tree) {
  if (auto *condition = dynamic_cast<Parser::ConditionContext *>(tree))
    return conditional(condition->conditional());
  if (auto *assignment = dynamic_cast<Parser::AssignmentContext *>(tree)) {
    auto node = std::make_unique<AssignStatement>();
    node->location = at(assignment->name());
    node->variable = text(assignment->name());
    node->value = expr(assignment->expr());
    return node;
  }
  if (auto *repetition = dynamic_cast<Parser::RepetitionContext *>(tree)) {
    auto node = std::make_unique<RepeatStatement>();
    node->location = at(tree);
    node->count = expr(repetition->expr());
    node->body = body(repetition->body());
    return node;
  }
  if (auto *loop = dynamic_cast<Parser::ForEachContext *>(tree))
    return forEach(loop);
  if (auto *requirement = dynamic_cast<Parser::RequirementContext *>(tree)) {
    auto node = std::make_unique<RequireStatement>();
    node->location = at(tree);
    node->condition = expr(requirement->expr());
    return node;
  }
  auto node = std::make_unique<ReturnStatement>();
  node->location = at(tree);
  node->value = expr(dynamic_cast<Parser::ResultContext *>(tree)->expr());
  return node;
}

/// `for each class k except label`, `for each path p by descending chance`
StatementPtr Builder::forEach(Parser::ForEachContext *tree) {
  auto node = std::make_unique<RepeatStatement>();
  node->location = at(tree);
  std::string what = text(tree->name(0));
  node->over = what == "path" ? LoopOver::Paths : LoopOver::Classes;
  node->variable = text(tree->name(1));
  node->variableLocation = at(tree->name(1));
  node->body = body(tree->body());
  if (what != "path" && what != "class")
    diagnostics.error(Id::ForEachWhat, at(tree->name(0)),
                      "a loop goes through each `class` or each `path`, got `" + what + "`");
  if (tree->expr()) {
    node->except = expr(tree->expr());
    if (node->over == LoopOver::Paths)
      diagnostics.error(Id::ForEachExcept, node->except->location, "`except` leaves out a class, not a path");
  }
  if (!tree->IDENT().empty()) {
    node->descending = true;
    bool fits = tree->IDENT(0)->getText() == "descending" && tree->IDENT(1)->getText() == "chance";
    if (!fits || node->over == LoopOver::Classes)
      diagnostics.error(Id::ForEachOrder, at(tree->IDENT(0)->getSymbol()),
                        aboutOrder(node->over == LoopOver::Classes));
  }
  return node;
}

StatementPtr Builder::conditional(Parser::ConditionalContext *tree) {
  auto node = std::make_unique<IfStatement>();
  node->location = at(tree);
  node->condition = expr(tree->expr());
  node->yes = body(tree->body(0));
  if (tree->body().size() > 1)
    node->no = body(tree->body(1));
  if (tree->conditional())
    node->no.push_back(conditional(tree->conditional()));
  return node;
}

} // namespace switchyard
