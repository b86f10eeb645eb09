// The builder of AST nodes, one function a grammar rule. Its functions are spread over three files by level:
// declarations, experiments, expressions.

#ifndef SWITCHYARD_COMPILER_SYNTAX_PARSE_BUILDER_H
#define SWITCHYARD_COMPILER_SYNTAX_PARSE_BUILDER_H

#include "compiler/syntax/parse/Tree.h"

namespace switchyard {

class Builder {
public:
  Builder(const TokenList &tokens, Segment segment, Diagnostics &diagnostics)
      : tokens(tokens), segment(segment), diagnostics(diagnostics) {}

  ast::DeclPtr declaration(Parser::DeclarationContext *tree);

private:
  // Declarations (BuildAst.cpp)
  ast::DeclPtr use(Parser::UseDeclContext *tree);
  ast::DeclPtr param(Parser::ParamDeclContext *tree);
  ast::DeclPtr dataset(Parser::DatasetDeclContext *tree);
  ast::DeclPtr network(Parser::NetworkDeclContext *tree);
  ast::DeclPtr objective(Parser::ObjectiveDeclContext *tree);
  ast::DeclPtr attack(Parser::AttackDeclContext *tree);
  void members(ast::AttackDecl &decl, Parser::AsSetContext *tree);
  ast::DeclPtr layer(Parser::LayerDeclContext *tree);
  ast::DeclPtr part(Parser::PartDeclContext *tree);
  ast::DeclPtr defense(Parser::DefenseDeclContext *tree);
  ast::DeclPtr optimizer(Parser::OptimizerDeclContext *tree);
  ast::DeclPtr schedule(Parser::ScheduleDeclContext *tree);
  ast::DeclPtr loss(Parser::LossDeclContext *tree);
  ast::TypeName type(Parser::TypeContext *tree);
  std::vector<ast::Parameter> parameters(Parser::ParametersContext *tree);
  void networkPart(Parser::NetworkPartContext *tree, ast::NetworkDecl &network);
  ast::Threat threat(Parser::ThreatContext *tree);
  ast::Rewrite rewrite(Parser::RewriteContext *tree);
  void trainRewrite(Parser::RecipeContext *tree, ast::Rewrite &result);
  void onWeights(Parser::WeightsRewriteContext *tree, ast::Rewrite &result);
  void answerBy(Parser::AnswerRewriteContext *tree, ast::Rewrite &result);
  ast::PlaceRef place(Parser::PlaceContext *tree);
  ast::PlaceRef layerPlace(Parser::LayerPlaceContext *tree);
  /// What is a name, parameters and statements.
  template <typename T, typename Tree> std::unique_ptr<T> program(Tree *tree) {
    auto decl = std::make_unique<T>();
    decl->name = text(tree->name());
    decl->location = at(tree->name());
    decl->parameters = parameters(tree->parameters());
    decl->body = body(tree->body());
    return decl;
  }
  ast::Layers layers(Parser::LayersContext *tree);
  ast::LayerItem layerItem(Parser::LayerItemContext *tree);
  std::vector<ast::ChoiceMember> members(const std::vector<Parser::MemberContext *> &trees);
  ast::ChoiceMember member(Parser::MemberContext *tree);
  ast::LayerItem chosenLayers(Parser::ChosenLayersContext *tree);
  ast::Body body(Parser::BodyContext *tree);
  ast::StatementPtr statement(Parser::StatementContext *tree);
  ast::StatementPtr conditional(Parser::ConditionalContext *tree);
  ast::StatementPtr forEach(Parser::ForEachContext *tree);
  void checkSeparation(const std::vector<Parser::StatementContext *> &statements);

  // Experiments (BuildExperiment.cpp)
  ast::DeclPtr experiment(Parser::ExperimentDeclContext *tree);
  ast::DeclPtr show(Parser::ShowDeclContext *tree);
  void show(ast::Clause &clause, Parser::ShowContext *tree);
  ast::Clause clause(Parser::ClauseContext *tree);
#define CLAUSE(NAME, WORD, TIMES, LACKING, NOT_BUILT)                                                        \
  void fill(ast::Clause &clause, Parser::NAME##ClauseContext *tree);
#include "compiler/syntax/clauses.def"
  void fill(ast::Clause &clause, Parser::SettingClauseContext *tree);
  ast::Validation validation(Parser::ValidatePartContext *tree);
  ast::Group group(Parser::GroupContext *tree);
  ast::Item item(Parser::ItemContext *tree);
  ast::Item item(std::unique_ptr<ast::CallExpr> call, antlr4::tree::TerminalNode *name = nullptr,
                 const std::vector<Parser::ForInContext *> &loops = {});
  void withoutArguments(const ast::CallExpr &data, Parser::ArgumentsContext *given);
  ast::TrainingParts trainingParts(Parser::TrainingPartsContext *tree);
  void fill(ast::Estimator &estimator, Parser::DrawEstimatorContext *tree);
  std::string title(antlr4::tree::TerminalNode *token);
  ast::Composition composition(Parser::CompositionContext *tree);
  std::unique_ptr<ast::CallExpr> itemCall(Parser::ItemCallContext *tree);
  ast::Composition compared(Parser::ComparedContext *tree);
  ast::ForIn forIn(Parser::ForInContext *tree);
  std::vector<ast::ForIn> forIns(const std::vector<Parser::ForInContext *> &trees);
  ast::Goal goal(Parser::GoalContext *tree);
  void noGoal(Parser::GoalContext *tree);
  ast::Measure measure(Parser::MeasureContext *tree);
  ast::Aggregate aggregate(Parser::AggregateContext *tree);
  ast::ShowPart showPart(Parser::ShowPartContext *tree);
  std::unique_ptr<ast::Reprogram> reprogram(Parser::ReprogramClauseContext *tree);

  // Expressions (BuildExpression.cpp)
  ast::ExprPtr expr(Parser::ExprContext *tree);
  ast::ExprPtr entry(Parser::EntryContext *tree);
  ast::ExprPtr logic(Parser::LogicContext *tree);
  ast::ExprPtr logicAtom(Parser::LogicAtomContext *tree);
  ast::ExprPtr arith(Parser::ArithContext *tree);
  ast::ExprPtr factor(Parser::FactorContext *tree);
  ast::ExprPtr element(Parser::ElementContext *tree);
  ast::ExprPtr primary(Parser::PrimaryContext *tree);
  ast::ExprPtr gradient(Parser::GradientOfContext *tree);
  ast::ExprPtr functionOf(Parser::FunctionOfContext *tree);
  ast::ExprPtr list(Parser::ListContext *tree);
  ast::ExprPtr literal(Parser::LiteralContext *tree);
  ast::ExprPtr malformed(Parser::MalformedContext *tree);
  ast::ExprPtr reference(Parser::CallContext *tree);
  ast::ExprPtr binary(antlr4::ParserRuleContext *tree, ast::BinaryOp op, antlr4::Token *sign,
                      ast::ExprPtr left, ast::ExprPtr right);
  std::unique_ptr<ast::CallExpr> call(Parser::CallContext *tree) {
    return call(tree->qualified(), tree->arguments());
  }
  std::unique_ptr<ast::CallExpr> call(Parser::QualifiedContext *name, Parser::ArgumentsContext *given);
  std::vector<ast::Argument> arguments(Parser::ArgumentsContext *tree);
  ast::Argument argument(Parser::ArgumentContext *tree);
  /// The attack with how it estimates its gradients, where that is said.
  ast::ExprPtr sampled(ast::ExprPtr attack, Parser::SampledContext *tree);
  std::vector<int64_t> shape(antlr4::Token *token);
  void refuseNumber(antlr4::Token *token);

  // Words and places
  std::string text(antlr4::ParserRuleContext *tree) { return tree->getText(); }
  /// With the spaces of the source.
  std::string written(antlr4::ParserRuleContext *tree) {
    return tree->getStart()->getInputStream()->getText(
        antlr4::misc::Interval(tree->getStart()->getStartIndex(), tree->getStop()->getStopIndex()));
  }
  std::vector<std::string> path(Parser::QualifiedContext *tree);
  size_t index(antlr4::Token *token) const { return segment.begin + token->getTokenIndex(); }
  Location at(antlr4::Token *token) const { return locationOf(*token, tokens.file); }
  /// From the first token to the last.
  Location at(antlr4::ParserRuleContext *tree) const;
  /// A sign that opens a line is read as part of the line above; says so.
  void warnContinuation(antlr4::Token *sign);

  const TokenList &tokens;
  Segment segment;
  Diagnostics &diagnostics;
};

} // namespace switchyard

#endif
