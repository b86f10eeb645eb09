// Experiments of the tree to AST nodes: clauses in the order written.

#include "compiler/syntax/parse/Builder.h"

namespace switchyard {

using namespace ast;

DeclPtr Builder::experiment(Parser::ExperimentDeclContext *tree) {
  auto decl = std::make_unique<ExperimentDecl>();
  decl->name = text(tree->name());
  decl->location = at(tree->name());
  decl->asPublished = tree->PUBLISHED() != nullptr;
  for (auto *one : tree->clause())
    decl->clauses.push_back(clause(one));
  return decl;
}

Clause Builder::clause(Parser::ClauseContext *tree) {
  Clause result;
  result.location = at(tree);
  if (!subjectClause(tree, result) && !settingClause(tree, result))
    resultClause(tree, result);
  return result;
}

/// What is compared: data, network, training, defenses, attacks.
bool Builder::subjectClause(Parser::ClauseContext *tree, Clause &result) {
  if (auto *data = dynamic_cast<Parser::DatasetClauseContext *>(tree)) {
    result.kind = ClauseKind::Dataset;
    result.name = text(data->qualified());
    result.nameLocation = at(data->qualified());
  } else if (auto *network = dynamic_cast<Parser::NetworkClauseContext *>(tree)) {
    result.kind = ClauseKind::Network;
    result.call = call(network->call());
  } else if (auto *training = dynamic_cast<Parser::TrainingClauseContext *>(tree)) {
    result.kind = ClauseKind::Training;
    result.call = call(training->call());
  } else if (auto *defend = dynamic_cast<Parser::DefendClauseContext *>(tree)) {
    result.kind = ClauseKind::Defend;
    result.group = group(defend->group());
  } else if (auto *attack = dynamic_cast<Parser::AttackClauseContext *>(tree)) {
    result.kind = ClauseKind::Attack;
    result.group = group(attack->group());
  } else if (auto *reprogramming = dynamic_cast<Parser::ReprogramClauseContext *>(tree)) {
    result.kind = ClauseKind::Reprogram;
    result.reprogram = reprogram(reprogramming);
  } else {
    return false;
  }
  return true;
}

/// How it is measured.
bool Builder::settingClause(Parser::ClauseContext *tree, Clause &result) {
  if (auto *gradients = dynamic_cast<Parser::GradientsClauseContext *>(tree)) {
    result.kind = ClauseKind::Gradients;
    for (auto *one : gradients->estimator()) {
      if (auto *transfer = dynamic_cast<Parser::TransferEstimatorContext *>(one))
        result.estimators.push_back({nullptr, composition(transfer->composition())});
      else
        result.estimators.push_back({call(dynamic_cast<Parser::DrawEstimatorContext *>(one)->call()), {}});
    }
  } else if (auto *images = dynamic_cast<Parser::ImagesClauseContext *>(tree)) {
    result.kind = ClauseKind::Images;
    result.count = expr(images->expr());
    result.split = text(images->name(0));
    result.nameLocation = at(images->name(0));
    if (images->name().size() > 1)
      result.correctFor = text(images->name(1));
    if (images->goal())
      result.goal = goal(images->goal());
  } else if (auto *probe = dynamic_cast<Parser::ProbeClauseContext *>(tree)) {
    result.kind = ClauseKind::Probe;
    result.name = text(probe->name());
    result.of = text(probe->qualified());
    result.count = expr(probe->expr());
  } else if (auto *judge = dynamic_cast<Parser::JudgeClauseContext *>(tree)) {
    result.kind = ClauseKind::Judge;
    result.call = call(judge->call());
  } else if (auto *precision = dynamic_cast<Parser::PrecisionClauseContext *>(tree)) {
    result.kind = ClauseKind::Precision;
    result.name = text(precision->name());
    result.nameLocation = at(precision->name());
  } else if (auto *repeat = dynamic_cast<Parser::RepeatClauseContext *>(tree)) {
    result.kind = ClauseKind::Repeat;
    result.name = repeat->what->getText();
    result.count = expr(repeat->expr());
  } else {
    return false;
  }
  return true;
}

/// What is shown of it.
void Builder::resultClause(Parser::ClauseContext *tree, Clause &result) {
  if (auto *compare = dynamic_cast<Parser::CompareClauseContext *>(tree)) {
    comparison(compare, result);
  } else if (auto *measures = dynamic_cast<Parser::MeasureClauseContext *>(tree)) {
    result.kind = ClauseKind::Measure;
    for (auto *one : measures->measure())
      result.measures.push_back(measure(one));
    if (measures->name())
      result.each = text(measures->name());
  } else if (auto *show = dynamic_cast<Parser::ShowClauseContext *>(tree)) {
    result.kind = ClauseKind::Show;
    result.name = text(show->name());
    result.nameLocation = at(show->name());
    for (auto *one : show->measure())
      result.measures.push_back(measure(one));
    for (auto *one : show->showPart())
      result.parts.push_back(showPart(one));
  }
}

Group Builder::group(Parser::GroupContext *tree) {
  Group result;
  for (auto *one : tree->item())
    result.items.push_back(item(one));
  result.loops = forIns(tree->forIn());
  return result;
}

Item Builder::item(Parser::ItemContext *tree) {
  Item result;
  result.location = at(tree);
  if (auto *family = dynamic_cast<Parser::FamilyItemContext *>(tree)) {
    result.family = text(family->name());
    result.location = at(family->name());
    result.items = std::make_unique<Group>();
    for (auto *one : family->item())
      result.items->items.push_back(item(one));
    return result;
  }
  auto *one = dynamic_cast<Parser::CallItemContext *>(tree);
  result.calls = composition(one->composition());
  result.location = result.calls.front()->location;
  result.loops = forIns(one->forIn());
  return result;
}

Composition Builder::composition(Parser::CompositionContext *tree) {
  Composition result;
  for (auto *one : tree->itemCall())
    result.push_back(itemCall(one));
  return result;
}

std::unique_ptr<CallExpr> Builder::itemCall(Parser::ItemCallContext *tree) {
  auto node = std::make_unique<CallExpr>();
  node->path.push_back(text(tree->itemName()));
  for (auto *name : tree->name())
    node->path.push_back(text(name));
  antlr4::ParserRuleContext *last = tree->itemName();
  if (!tree->name().empty())
    last = tree->name().back();
  node->location = at(tree->itemName());
  if (last->getStop()->getLine() == tree->getStart()->getLine())
    node->location.length = at(last).column + at(last).length - node->location.column;
  node->parentheses = tree->arguments() != nullptr;
  if (tree->arguments()) {
    warnContinuation(tree->arguments()->LPAREN()->getSymbol());
    node->arguments = arguments(tree->arguments());
  }
  return node;
}

/// `compare A with B`. A third side is a composition whose parentheses are missing.
void Builder::comparison(Parser::CompareClauseContext *tree, Clause &clause) {
  clause.kind = ClauseKind::Compare;
  clause.compared = compared(tree->compared(0));
  clause.with = compared(tree->compared(1));
  if (tree->compared().size() > 2)
    diagnostics
        .error(Id::ThirdComparison, at(tree->WITH(1)->getSymbol()),
               "`compare` takes two defenses, got a third behind this `with`")
        .note("a composed one stands in parentheses: `compare (A with B) with C`");
}

Composition Builder::compared(Parser::ComparedContext *tree) {
  if (tree->composition())
    return composition(tree->composition());
  Composition result;
  result.push_back(itemCall(tree->itemCall()));
  return result;
}

ForIn Builder::forIn(Parser::ForInContext *tree) {
  ForIn result;
  result.location = at(tree);
  for (auto *name : tree->name())
    result.variables.push_back(text(name));
  result.list = expr(tree->expr());
  return result;
}

std::vector<ForIn> Builder::forIns(const std::vector<Parser::ForInContext *> &trees) {
  std::vector<ForIn> result;
  for (auto *one : trees)
    result.push_back(forIn(one));
  return result;
}

Goal Builder::goal(Parser::GoalContext *tree) {
  Goal result;
  result.location = at(tree);
  if (auto *named = dynamic_cast<Parser::NamedGoalContext *>(tree)) {
    result.choice = named->IDENT()->getText();
  } else if (auto *one = dynamic_cast<Parser::ClassGoalContext *>(tree)) {
    result.choice = "class";
    result.index = expr(one->expr());
  } else {
    result.away = true;
    result.choice = text(dynamic_cast<Parser::AwayGoalContext *>(tree)->name());
  }
  return result;
}

Measure Builder::measure(Parser::MeasureContext *tree) {
  Measure result;
  result.location = at(tree);
  result.name = text(tree->name());
  result.parentheses = tree->LPAREN() != nullptr;
  Parser::MeasureArgsContext *rest = tree->measureArgs();
  while (auto *plain = dynamic_cast<Parser::PlainArgsContext *>(rest)) {
    result.arguments.push_back(argument(plain->argument()));
    rest = plain->measureArgs();
  }
  if (auto *aggregates = dynamic_cast<Parser::AggregatesContext *>(rest))
    for (auto *one : aggregates->aggregate())
      result.aggregates.push_back(aggregate(one));
  return result;
}

Aggregate Builder::aggregate(Parser::AggregateContext *tree) {
  Aggregate result;
  result.location = at(tree);
  result.how = text(tree->name());
  for (auto *name : tree->names()->name())
    result.over.push_back(text(name));
  return result;
}

ShowPart Builder::showPart(Parser::ShowPartContext *tree) {
  ShowPart result;
  result.location = at(tree);
  auto take = [&](Parser::NamesContext *names) {
    for (auto *name : names->name()) {
      result.names.push_back(text(name));
      result.locations.push_back(at(name));
    }
  };
  if (auto *against = dynamic_cast<Parser::AgainstPartContext *>(tree)) {
    result.kind = ShowPartKind::Against;
    result.against = measure(against->measure());
  } else if (auto *by = dynamic_cast<Parser::ByPartContext *>(tree)) {
    result.kind = ShowPartKind::By;
    take(by->names());
  } else if (auto *each = dynamic_cast<Parser::EachPartContext *>(tree)) {
    result.kind = ShowPartKind::ForEach;
    take(each->names());
  } else if (auto *with = dynamic_cast<Parser::WithPartContext *>(tree)) {
    result.kind = ShowPartKind::With;
    result.names = {text(with->name())};
    result.locations = {at(with->name())};
  } else {
    auto *pixel = dynamic_cast<Parser::PixelPartContext *>(tree);
    result.kind = ShowPartKind::At;
    result.at = call(pixel->call());
    result.image = expr(pixel->expr());
  }
  return result;
}

std::unique_ptr<Reprogram> Builder::reprogram(Parser::ReprogramClauseContext *tree) {
  auto result = std::make_unique<Reprogram>();
  result->dataset = text(tree->qualified());
  for (auto *part : tree->reprogramPart()) {
    if (auto *transform = dynamic_cast<Parser::TransformPartContext *>(part)) {
      result->hasTransform = true;
      for (auto &layer : layers(transform->layers()))
        result->transform.push_back(std::move(layer));
    } else if (auto *fit = dynamic_cast<Parser::FitPartContext *>(part)) {
      result->fit = call(fit->call());
    } else {
      result->labels = call(dynamic_cast<Parser::LabelsPartContext *>(part)->call());
    }
  }
  result->loops = forIns(tree->forIn());
  return result;
}

} // namespace switchyard
