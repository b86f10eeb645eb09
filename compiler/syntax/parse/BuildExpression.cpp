// Expressions of the tree to AST nodes. Parentheses vanish; numbers and shapes that ANTLR lets pass but the
// language refuses (`.05`, `10.`, `0x10`) are reported here, with the right spelling.

#include "compiler/syntax/Print.h"
#include "compiler/syntax/parse/Builder.h"

#include <algorithm>
#include <cmath>

namespace switchyard {

using namespace ast;

Location Builder::at(antlr4::ParserRuleContext *tree) const {
  antlr4::Token *first = tree->getStart(), *last = tree->getStop();
  Location place = at(first);
  if (!last || last->getTokenIndex() < first->getTokenIndex())
    return place;
  size_t end = index(first); // the last token in the first line
  for (size_t i = end; i <= index(last); ++i)
    if (tokens[i].getLine() == first->getLine() && tokens[i].getChannel() == antlr4::Token::DEFAULT_CHANNEL)
      end = i;
  Location there = tokens.location(end);
  place.length = there.column + there.length - place.column;
  if (end == index(last))
    return place;
  place.endLine = at(last).line;
  place.endColumn = at(last).column + at(last).length;
  return place;
}

void Builder::warnContinuation(antlr4::Token *sign) {
  size_t i = index(sign);
  size_t before = tokens.previous(i);
  if (before == tokens.size() || tokens[before].getLine() == sign->getLine())
    return;
  diagnostics
      .warning(Id::Continuation, at(sign),
               "`" + sign->getText() + "` at the start of a line continues the line above")
      .note("put it at the end of that line if this is meant");
}

std::vector<std::string> Builder::path(Parser::QualifiedContext *tree) {
  std::vector<std::string> names;
  for (auto *name : tree->name())
    names.push_back(text(name));
  return names;
}

ExprPtr Builder::expr(Parser::ExprContext *tree) {
  if (auto *plain = dynamic_cast<Parser::PlainContext *>(tree))
    return logic(plain->logic());
  auto *choice = dynamic_cast<Parser::ChoiceContext *>(tree);
  auto node = std::make_unique<ChoiceExpr>();
  node->location = at(tree);
  node->condition = expr(choice->expr(0));
  node->yes = expr(choice->expr(1));
  node->no = expr(choice->expr(2));
  return node;
}

ExprPtr Builder::entry(Parser::EntryContext *tree) {
  if (tree->expr())
    return expr(tree->expr());
  PlaceRef written = layerPlace(tree->layerPlace());
  auto node = std::make_unique<PlaceExpr>();
  node->location = at(tree);
  node->place = {written.which, written.target};
  return node;
}

ExprPtr Builder::binary(antlr4::ParserRuleContext *tree, BinaryOp op, antlr4::Token *sign, ExprPtr left,
                        ExprPtr right) {
  if (op == BinaryOp::Subtract)
    warnContinuation(sign);
  auto node = std::make_unique<BinaryExpr>();
  node->location = at(tree);
  node->op = op;
  node->left = std::move(left);
  node->right = std::move(right);
  return node;
}

ExprPtr Builder::logic(Parser::LogicContext *tree) {
  if (auto *test = dynamic_cast<Parser::TestContext *>(tree))
    return logicAtom(test->logicAtom());
  if (auto *both = dynamic_cast<Parser::ConjunctionContext *>(tree))
    return binary(tree, BinaryOp::And, nullptr, logic(both->logic(0)), logic(both->logic(1)));
  if (auto *any = dynamic_cast<Parser::DisjunctionContext *>(tree))
    return binary(tree, BinaryOp::Or, nullptr, logic(any->logic(0)), logic(any->logic(1)));
  auto node = std::make_unique<UnaryExpr>();
  node->location = at(tree);
  node->op = UnaryOp::Not;
  node->operand = logicAtom(dynamic_cast<Parser::NegationContext *>(tree)->logicAtom());
  return node;
}

ExprPtr Builder::logicAtom(Parser::LogicAtomContext *tree) {
  ExprPtr left = arith(tree->arith(0));
  if (!tree->op)
    return left;
  static const std::vector<std::pair<size_t, BinaryOp>> signs = {
      {Lexer::LT, BinaryOp::Less},         {Lexer::LE, BinaryOp::LessEqual}, {Lexer::GT, BinaryOp::Greater},
      {Lexer::GE, BinaryOp::GreaterEqual}, {Lexer::EQ, BinaryOp::Equal},     {Lexer::NE, BinaryOp::NotEqual}};
  auto sign =
      std::find_if(signs.begin(), signs.end(), [&](auto &s) { return s.first == tree->op->getType(); });
  return binary(tree, sign->second, tree->op, std::move(left), arith(tree->arith(1)));
}

ExprPtr Builder::arith(Parser::ArithContext *tree) {
  if (auto *operand = dynamic_cast<Parser::OperandContext *>(tree))
    return factor(operand->factor());
  if (auto *sum = dynamic_cast<Parser::SumContext *>(tree))
    return binary(tree, sum->op->getType() == Lexer::PLUS ? BinaryOp::Add : BinaryOp::Subtract, sum->op,
                  arith(sum->arith(0)), arith(sum->arith(1)));
  auto *product = dynamic_cast<Parser::ProductContext *>(tree);
  return binary(tree, product->op->getType() == Lexer::STAR ? BinaryOp::Multiply : BinaryOp::Divide,
                product->op, arith(product->arith(0)), arith(product->arith(1)));
}

ExprPtr Builder::factor(Parser::FactorContext *tree) {
  if (auto *minus = dynamic_cast<Parser::MinusContext *>(tree)) {
    auto node = std::make_unique<UnaryExpr>();
    node->location = at(tree);
    node->operand = factor(minus->factor());
    return node;
  }
  auto *power = dynamic_cast<Parser::PowerContext *>(tree);
  ExprPtr base = element(power->element());
  if (!power->factor())
    return base;
  return binary(tree, BinaryOp::Power, nullptr, std::move(base), factor(power->factor()));
}

ExprPtr Builder::element(Parser::ElementContext *tree) {
  ExprPtr base = primary(tree->primary());
  for (size_t i = 0; i < tree->expr().size(); ++i) {
    warnContinuation(tree->LBRACK(i)->getSymbol());
    auto node = std::make_unique<IndexExpr>();
    node->location = at(tree);
    node->base = std::move(base);
    node->index = expr(tree->expr(i));
    base = std::move(node);
  }
  return base;
}

ExprPtr Builder::primary(Parser::PrimaryContext *tree) {
  if (auto *gradientOf = dynamic_cast<Parser::GradientOfContext *>(tree))
    return gradient(gradientOf);
  if (auto *function = dynamic_cast<Parser::FunctionOfContext *>(tree))
    return functionOf(function);
  if (auto *name = dynamic_cast<Parser::ReferenceContext *>(tree))
    return reference(name->call());
  if (auto *group = dynamic_cast<Parser::Group_Context *>(tree))
    return expr(group->expr());
  if (auto *elements = dynamic_cast<Parser::ListContext *>(tree))
    return list(elements);
  if (auto *value = dynamic_cast<Parser::LiteralContext *>(tree))
    return literal(value);
  return malformed(dynamic_cast<Parser::MalformedContext *>(tree));
}

ExprPtr Builder::gradient(Parser::GradientOfContext *tree) {
  auto node = std::make_unique<GradientExpr>();
  node->location = at(tree);
  node->of = expr(tree->expr());
  node->at = text(tree->name());
  node->atLocation = at(tree->name());
  return node;
}

/// `chance of p`
ExprPtr Builder::functionOf(Parser::FunctionOfContext *tree) {
  auto node = std::make_unique<CallExpr>();
  node->location = at(tree);
  node->path = {tree->IDENT()->getText() + " of"};
  node->of = true;
  auto name = std::make_unique<NameExpr>();
  name->location = at(tree->name());
  name->path = {text(tree->name())};
  node->arguments.emplace_back();
  node->arguments.back().location = name->location;
  node->arguments.back().value = std::move(name);
  return node;
}

ExprPtr Builder::list(Parser::ListContext *tree) {
  if (auto *tail = dynamic_cast<Parser::RangeTailContext *>(tree->listTail())) {
    auto node = std::make_unique<RangeExpr>();
    node->location = at(tree);
    node->from = entry(tree->entry());
    node->to = expr(tail->expr(0));
    if (tail->expr().size() > 1)
      node->by = expr(tail->expr(1));
    return node;
  }
  auto node = std::make_unique<ListExpr>();
  node->location = at(tree);
  if (tree->entry())
    node->elements.push_back(entry(tree->entry()));
  if (auto *tail = dynamic_cast<Parser::ElementsTailContext *>(tree->listTail()))
    for (auto *one : tail->entry())
      node->elements.push_back(entry(one));
  return node;
}

ExprPtr Builder::literal(Parser::LiteralContext *tree) {
  antlr4::Token *token = tree->getStart();
  std::string word = token->getText();
  ExprPtr result;
  if (token->getType() == Lexer::INT || token->getType() == Lexer::REAL) {
    auto node = std::make_unique<NumberExpr>();
    node->value = Number::parse(word);
    bool anyDigit = word.substr(0, word.find_first_of("eE")).find_first_of("123456789") != std::string::npos;
    if (std::isinf(node->value.value()))
      diagnostics.error(Id::LiteralRange, at(token),
                        "`" + word + "` is larger than the largest number, 1.8e308");
    else if (node->value.isZero() && anyDigit)
      diagnostics.error(Id::LiteralRange, at(token),
                        "`" + word + "` is smaller than the smallest number above 0, 4.9e-324");
    result = std::move(node);
  } else if (token->getType() == Lexer::SHAPE) {
    auto node = std::make_unique<ShapeExpr>();
    node->dimensions = shape(token);
    result = std::move(node);
  } else if (token->getType() == Lexer::STRING) {
    auto node = std::make_unique<StringExpr>();
    node->value = word.substr(1, word.size() - 2);
    result = std::move(node);
  } else {
    auto node = std::make_unique<BoolExpr>();
    node->value = word == "true";
    result = std::move(node);
  }
  result->location = at(token);
  return result;
}

ExprPtr Builder::malformed(Parser::MalformedContext *tree) {
  antlr4::Token *token = tree->getStart();
  if (token->getType() == Lexer::BAD_NUMBER) // of a text without an end tokenize() has spoken
    refuseNumber(token);
  auto node = std::make_unique<NumberExpr>();
  node->location = at(token);
  return node;
}

void Builder::refuseNumber(antlr4::Token *token) {
  std::string word = token->getText();
  std::string message = "`" + word + "` is no number";
  if (word[0] == '.' && word.find_first_not_of("0123456789.") == std::string::npos &&
      std::count(word.begin(), word.end(), '.') == 1)
    message += "; write `0" + word + "`: digits stand on both sides of the point";
  else if (word.back() == '.' && std::count(word.begin(), word.end(), '.') == 1)
    message += "; write `" + word + "0`: digits stand on both sides of the point";
  else if (size_t sign = word.find_first_not_of("0123456789"); sign != std::string::npos && word[sign] == 'x')
    message = "`" + word + "` is no shape; an image's shape is written 1x28x28, in whole numbers from 1";
  else
    message += "; a name starts with a letter, a number has digits only";
  diagnostics.error(Id::MalformedNumber, at(token), message);
}

std::vector<int64_t> Builder::shape(antlr4::Token *token) {
  std::vector<int64_t> dimensions;
  std::string word = token->getText();
  if (token->getType() == Lexer::BAD_NUMBER) {
    refuseNumber(token);
    return {};
  }
  size_t start = 0;
  while (start <= word.size()) {
    size_t end = std::min(word.find('x', start), word.size());
    std::string digits = word.substr(start, end - start);
    start = end + 1;
    if (digits.find_first_not_of('0') == std::string::npos || digits.size() > 6) {
      diagnostics.error(Id::MalformedShape, at(token),
                        digits.size() > 6 ? "`" + word + "` is larger than an image can be"
                                          : "`" + word + "` is no shape: each dimension is at least 1");
      return {};
    }
    dimensions.push_back(std::stoll(digits));
  }
  return dimensions;
}

ExprPtr Builder::reference(Parser::CallContext *tree) {
  if (tree->arguments())
    return call(tree);
  auto node = std::make_unique<NameExpr>();
  node->location = at(tree);
  node->path = path(tree->qualified());
  return node;
}

std::unique_ptr<CallExpr> Builder::call(Parser::QualifiedContext *name, Parser::ArgumentsContext *given) {
  auto node = std::make_unique<CallExpr>();
  node->location = at(name);
  node->path = path(name);
  node->parentheses = given != nullptr;
  if (given) {
    warnContinuation(given->LPAREN()->getSymbol());
    node->arguments = arguments(given);
  }
  return node;
}

std::vector<Argument> Builder::arguments(Parser::ArgumentsContext *tree) {
  std::vector<Argument> result;
  for (auto *one : tree->argument())
    result.push_back(argument(one));
  return result;
}

ExprPtr Builder::sampled(ExprPtr attack, Parser::SampledContext *tree) {
  if (!tree || !attack)
    return attack;
  if (auto *name = as<NameExpr>(attack.get())) { // of an attack that is a parameter
    auto called = std::make_unique<CallExpr>();
    called->location = name->location;
    called->path = name->path;
    called->parentheses = false;
    attack = std::move(called);
  }
  if (auto *called = as<CallExpr>(attack.get()))
    called->estimator = call(tree->call());
  else
    diagnostics.error(Id::SampledNoAttack, at(tree),
                      "`with` says how an attack inside a training estimates its gradients, and `" +
                          format(*attack) + "` is none");
  return attack;
}

Argument Builder::argument(Parser::ArgumentContext *tree) {
  Argument result;
  result.location = at(tree);
  if (auto *named = dynamic_cast<Parser::NamedArgContext *>(tree)) {
    result.name = text(named->name());
    result.value = sampled(entry(named->entry()), named->sampled());
    return result;
  }
  auto *value = dynamic_cast<Parser::ValueArgContext *>(tree);
  result.value = sampled(entry(value->entry()), value->sampled());
  if (value->expr())
    result.except = expr(value->expr());
  return result;
}

} // namespace switchyard
