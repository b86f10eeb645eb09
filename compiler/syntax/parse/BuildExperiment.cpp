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
  auto take = [&](ClauseKind kind, auto *one) {
    result.kind = kind;
    fill(result, one);
  };
#define CLAUSE(NAME, WORD, TIMES, LACKING, NOT_BUILT)                                                        \
  if (auto *one = dynamic_cast<Parser::NAME##ClauseContext *>(tree))                                         \
    take(ClauseKind::NAME, one);
#include "compiler/syntax/clauses.def"
  if (auto *one = dynamic_cast<Parser::SettingClauseContext *>(tree))
    take(ClauseKind::Setting, one);
  return result;
}

/// A data set has its arguments where it is declared.
void Builder::withoutArguments(const CallExpr &data, Parser::ArgumentsContext *given) {
  if (given)
    diagnostics
        .error(Id::DatasetArguments, at(given),
               "an experiment names a data set that is declared, with its arguments, before it")
        .note("write `dataset images = " + data.name() + written(given) +
              "` outside, and `dataset images` here");
}

Item Builder::item(std::unique_ptr<CallExpr> call, antlr4::tree::TerminalNode *name,
                   const std::vector<Parser::ForInContext *> &loops) {
  Item result;
  result.location = call->location;
  result.calls.push_back(std::move(call));
  if (name)
    result.title = title(name);
  result.loops = forIns(loops);
  return result;
}

void Builder::fill(Clause &clause, Parser::DatasetClauseContext *tree) {
  if (tree->call()) {
    clause.group.items.push_back(item(call(tree->call())));
    withoutArguments(clause.group.items.back().call(), tree->call()->arguments());
  }
  for (auto *one : tree->chosenData()) {
    clause.group.items.push_back(item(itemCall(one->itemCall()), one->STRING()));
    withoutArguments(clause.group.items.back().call(), one->itemCall()->arguments());
  }
}

void Builder::fill(Clause &clause, Parser::NetworkClauseContext *tree) {
  if (tree->call())
    clause.group.items.push_back(item(call(tree->call()), nullptr, tree->forIn()));
  else
    clause.group.loops = forIns(tree->forIn());
  for (auto *one : tree->chosenNetwork())
    clause.group.items.push_back(item(itemCall(one->itemCall()), one->STRING(), one->forIn()));
}

void Builder::fill(Clause &clause, Parser::TrainingClauseContext *tree) {
  std::vector<Item> &items = clause.group.items;
  if (tree->call()) {
    items.push_back(item(call(tree->call()), nullptr, tree->forIn()));
    items.back().training = trainingParts(tree->trainingParts());
  } else {
    clause.group.loops = forIns(tree->forIn());
  }
  for (auto *one : tree->chosenTraining()) {
    items.push_back(item(itemCall(one->itemCall()), one->STRING(), one->forIn()));
    items.back().training = trainingParts(one->trainingParts());
  }
}

TrainingParts Builder::trainingParts(Parser::TrainingPartsContext *tree) {
  TrainingParts parts;
  if (!tree)
    return parts;
  for (auto *part : tree->trainingPart())
    if (auto *loss = dynamic_cast<Parser::LossPartContext *>(part))
      parts.losses.push_back(call(loss->call()));
    else if (auto *validate = dynamic_cast<Parser::ValidatePartContext *>(part))
      parts.validations.push_back(validation(validate));
    else
      parts.augment.push_back({layers(dynamic_cast<Parser::AugmentPartContext *>(part)->layers()), at(part)});
  return parts;
}

Validation Builder::validation(Parser::ValidatePartContext *tree) {
  Validation result;
  result.location = at(tree);
  result.images = expr(tree->expr());
  result.split = text(tree->name());
  result.splitLocation = at(tree->name());
  if (tree->call())
    result.against = call(tree->call());
  if (tree->sampled())
    result.against->estimator = call(tree->sampled()->call());
  for (auto *end : tree->validationEnd()) {
    auto *best = dynamic_cast<Parser::KeepBestContext *>(end);
    auto *stop = dynamic_cast<Parser::StopAfterContext *>(end);
    if ((best && !result.best.empty()) || (stop && result.patience))
      diagnostics.error(Id::ValidationTwice, at(end), "this is said twice");
    if (best) {
      result.best = text(best->name());
      result.bestLocation = at(best->name());
    } else if (stop) {
      result.patience = expr(stop->expr());
      result.unit = text(stop->name());
    }
  }
  return result;
}

void Builder::fill(Clause &clause, Parser::DefendClauseContext *tree) {
  clause.group = group(tree->group());
}

void Builder::fill(Clause &clause, Parser::AttackClauseContext *tree) {
  clause.group = group(tree->group());
}

void Builder::fill(Clause &clause, Parser::GradientsClauseContext *tree) {
  for (auto *one : tree->sampledBy()) {
    Estimator estimator;
    if (auto *transfer = dynamic_cast<Parser::TransferEstimatorContext *>(one->estimator())) {
      estimator.source = composition(transfer->composition());
      if (transfer->call())
        estimator.of = call(transfer->call());
    } else
      fill(estimator, dynamic_cast<Parser::DrawEstimatorContext *>(one->estimator()));
    estimator.loops = forIns(one->forIn());
    clause.estimators.push_back(std::move(estimator));
  }
}

/// `eot(10) with quantize as identity`
void Builder::fill(Estimator &estimator, Parser::DrawEstimatorContext *tree) {
  estimator.call = call(tree->call());
  for (size_t i = 0; i < tree->qualified().size(); ++i) {
    estimator.asIdentity.push_back({text(tree->qualified(i)), at(tree->qualified(i))});
    if (text(tree->name(i)) != "identity")
      diagnostics.error(Id::AsIdentity, at(tree->name(i)),
                        "an attacker takes a layer's derivative `as identity`, as nothing else");
  }
}

void Builder::fill(Clause &clause, Parser::ImagesClauseContext *tree) {
  clause.count = expr(tree->expr());
  clause.random = tree->FIRST() == nullptr;
  if (clause.random && (!tree->IDENT() || tree->IDENT()->getText() != "random"))
    diagnostics.error(Id::ImagesWord, tree->IDENT() ? at(tree->IDENT()->getSymbol()) : at(tree->expr()),
                      "which images? `on first 200 test images`, or `on 200 random test images`");
  clause.split = text(tree->name(0));
  clause.nameLocation = at(tree->name(0));
  for (size_t i = 1; i < tree->name().size(); ++i)
    clause.correctFor += (i > 1 ? " " : "") + text(tree->name(i));
  if (tree->goal())
    clause.goal = goal(tree->goal());
}

void Builder::fill(Clause &clause, Parser::ReprogramClauseContext *tree) {
  clause.reprogram = reprogram(tree);
}

void Builder::fill(Clause &clause, Parser::ProbeClauseContext *tree) {
  clause.name = text(tree->name());
  clause.of = text(tree->qualified());
  clause.count = expr(tree->expr());
}

void Builder::fill(Clause &clause, Parser::JudgeClauseContext *tree) {
  for (auto *one : tree->call())
    clause.judges.push_back(call(one));
}

void Builder::fill(Clause &clause, Parser::RepeatClauseContext *tree) {
  clause.name = tree->what->getText();
  clause.count = expr(tree->expr());
}

/// `compare A with B`. A third side is a composition whose parentheses are missing.
void Builder::fill(Clause &clause, Parser::CompareClauseContext *tree) {
  clause.compared = compared(tree->compared(0));
  clause.with = compared(tree->compared(1));
  if (tree->compared().size() > 2)
    diagnostics
        .error(Id::ThirdComparison, at(tree->WITH(1)->getSymbol()),
               "`compare` takes two defenses, got a third behind this `with`")
        .note("a composed one stands in parentheses: `compare (A with B) with C`");
}

void Builder::fill(Clause &clause, Parser::MeasureClauseContext *tree) {
  for (auto *one : tree->measure())
    clause.measures.push_back(measure(one));
  if (tree->name())
    clause.each = text(tree->name());
}

void Builder::fill(Clause &clause, Parser::ShowClauseContext *tree) {
  show(clause, tree->show());
}

DeclPtr Builder::show(Parser::ShowDeclContext *tree) {
  auto decl = std::make_unique<ShowDecl>();
  decl->location = at(tree);
  decl->clause.location = decl->location;
  decl->clause.kind = ClauseKind::Show;
  show(decl->clause, tree->show());
  return decl;
}

void Builder::show(Clause &clause, Parser::ShowContext *tree) {
  clause.name = text(tree->name());
  clause.nameLocation = at(tree->name());
  for (auto *one : tree->measure())
    clause.measures.push_back(measure(one));
  for (auto *one : tree->showPart())
    clause.parts.push_back(showPart(one));
}

void Builder::fill(Clause &clause, Parser::SettingClauseContext *tree) {
  clause.name = tree->SETTING()->getText();
  clause.nameLocation = at(tree->SETTING()->getSymbol());
  clause.value = expr(tree->expr());
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
  if (auto *name = one->STRING())
    result.title = title(name);
  result.location = result.calls.front()->location;
  result.loops = forIns(one->forIn());
  return result;
}

/// `"HRS 5x5": hrs([5, 5])`
std::string Builder::title(antlr4::tree::TerminalNode *token) {
  std::string written = token->getText(), name = written.substr(1, written.size() - 2);
  if (name.find_first_not_of(' ') == std::string::npos)
    diagnostics.error(Id::ItemName, at(token->getSymbol()),
                      "a name for tables stands between quotes and is not empty: `\"HRS 5x5\": hrs([5, 5])`");
  return name;
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
  } else if (auto *away = dynamic_cast<Parser::AwayGoalContext *>(tree)) {
    result.away = true;
    result.choice = text(away->name());
  } else {
    noGoal(tree);
    result.away = true; // as if that had been written
    result.choice = "label";
  }
  return result;
}

void Builder::noGoal(Parser::GoalContext *tree) {
  diagnostics.error(Id::GoalWord, at(tree), "`" + written(tree) + "` is no goal of an attack")
      .note("`away from label` is any class but the right one (untargeted)")
      .note("a class to be reached (targeted): `toward one_random_class`, `next_class`, `each_wrong_class` "
            "or `class 3`");
}

Measure Builder::measure(Parser::MeasureContext *tree) {
  Measure result;
  result.location = at(tree);
  result.name = text(tree->qualified());
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
  } else if (auto *first = dynamic_cast<Parser::FirstPartContext *>(tree)) {
    result.kind = ShowPartKind::First;
    result.count = expr(first->expr());
  } else if (auto *from = dynamic_cast<Parser::FromPartContext *>(tree)) {
    result.kind = ShowPartKind::From;
    take(from->names());
  } else if (auto *with = dynamic_cast<Parser::WithPartContext *>(tree)) {
    result.kind = ShowPartKind::With;
    result.call = call(with->call());
  } else {
    auto *pixel = dynamic_cast<Parser::PixelPartContext *>(tree);
    result.kind = ShowPartKind::At;
    result.call = call(pixel->call());
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
