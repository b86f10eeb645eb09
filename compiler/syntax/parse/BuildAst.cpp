// Declarations of the tree to AST nodes.

#include "compiler/syntax/parse/Builder.h"

namespace switchyard {

using namespace ast;

namespace {

/// The `///` lines before a declaration, without slashes and one blank.
std::string docBefore(const TokenList &tokens, size_t i) {
  std::string doc;
  for (; i > 0 && tokens[i - 1].getChannel() != antlr4::Token::DEFAULT_CHANNEL; --i) {
    if (tokens[i - 1].getChannel() != Lexer::DOCS)
      continue;
    std::string line = tokens[i - 1].getText().substr(3);
    if (!line.empty() && line[0] == ' ')
      line.erase(0, 1);
    doc = doc.empty() ? line : line + "\n" + doc;
  }
  return doc;
}

} // namespace

DeclPtr buildDeclaration(Parser::DeclarationContext *tree, const TokenList &tokens, Segment segment,
                         Diagnostics &diagnostics) {
  DeclPtr decl = Builder(tokens, segment, diagnostics).declaration(tree);
  decl->doc = docBefore(tokens, segment.begin);
  return decl;
}

DeclPtr Builder::declaration(Parser::DeclarationContext *tree) {
  if (auto *one = dynamic_cast<Parser::UseDeclContext *>(tree))
    return use(one);
  if (auto *one = dynamic_cast<Parser::ParamDeclContext *>(tree))
    return param(one);
  if (auto *one = dynamic_cast<Parser::DatasetDeclContext *>(tree))
    return dataset(one);
  if (auto *one = dynamic_cast<Parser::NetworkDeclContext *>(tree))
    return network(one);
  if (auto *one = dynamic_cast<Parser::ObjectiveDeclContext *>(tree))
    return objective(one);
  if (auto *one = dynamic_cast<Parser::AttackDeclContext *>(tree))
    return attack(one);
  if (auto *one = dynamic_cast<Parser::LayerDeclContext *>(tree))
    return layer(one);
  if (auto *one = dynamic_cast<Parser::PartDeclContext *>(tree))
    return part(one);
  if (auto *one = dynamic_cast<Parser::DefenseDeclContext *>(tree))
    return defense(one);
  if (auto *one = dynamic_cast<Parser::OptimizerDeclContext *>(tree))
    return optimizer(one);
  if (auto *one = dynamic_cast<Parser::ScheduleDeclContext *>(tree))
    return schedule(one);
  if (auto *one = dynamic_cast<Parser::LossDeclContext *>(tree))
    return loss(one);
  if (auto *one = dynamic_cast<Parser::ShowDeclContext *>(tree))
    return show(one);
  return experiment(dynamic_cast<Parser::ExperimentDeclContext *>(tree));
}

DeclPtr Builder::use(Parser::UseDeclContext *tree) {
  auto decl = std::make_unique<UseDecl>();
  decl->path = path(tree->qualified());
  decl->name = text(tree->qualified());
  decl->location = at(tree->qualified());
  return decl;
}

DeclPtr Builder::param(Parser::ParamDeclContext *tree) {
  auto decl = std::make_unique<ParamDecl>();
  decl->name = text(tree->name());
  decl->location = at(tree->name());
  decl->type = type(tree->type());
  decl->value = expr(tree->expr());
  return decl;
}

DeclPtr Builder::dataset(Parser::DatasetDeclContext *tree) {
  auto decl = std::make_unique<DatasetDecl>();
  decl->name = text(tree->name());
  decl->location = at(tree->name());
  decl->source = call(tree->call());
  return decl;
}

TypeName Builder::type(Parser::TypeContext *tree) {
  TypeName result;
  result.location = at(tree);
  result.name = text(tree->name());
  for (auto *argument : tree->typeArg()) {
    if (auto *nested = dynamic_cast<Parser::TypeTypeArgContext *>(argument))
      result.arguments.push_back(type(nested->type()));
    else
      result.shape = shape(argument->getStart());
  }
  return result;
}

std::vector<Parameter> Builder::parameters(Parser::ParametersContext *tree) {
  std::vector<Parameter> result;
  if (!tree)
    return result;
  for (auto *one : tree->parameter()) {
    Parameter parameter;
    parameter.name = text(one->name());
    parameter.location = at(one->name());
    parameter.type = type(one->type());
    if (one->entry())
      parameter.byDefault = sampled(entry(one->entry()), one->sampled());
    result.push_back(std::move(parameter));
  }
  return result;
}

DeclPtr Builder::network(Parser::NetworkDeclContext *tree) {
  auto decl = std::make_unique<NetworkDecl>();
  decl->name = text(tree->name());
  decl->location = at(tree->name());
  decl->parameters = parameters(tree->parameters());
  for (auto *part : tree->networkPart())
    networkPart(part, *decl);
  return decl;
}

void Builder::networkPart(Parser::NetworkPartContext *tree, NetworkDecl &network) {
  if (auto *input = dynamic_cast<Parser::InputPartContext *>(tree)) {
    if (network.input)
      diagnostics.error(Id::PartTwice, at(tree),
                        "the input of network `" + network.name + "` is given twice");
    network.input = type(input->type());
    if (!input->expr().empty()) {
      network.low = expr(input->expr(0));
      network.high = expr(input->expr(1));
    }
  } else if (auto *classes = dynamic_cast<Parser::ClassesPartContext *>(tree)) {
    if (network.classes)
      diagnostics.error(Id::PartTwice, at(tree),
                        "the classes of network `" + network.name + "` are given twice");
    network.classes = expr(classes->expr());
  } else if (auto *block = dynamic_cast<Parser::BlockPartContext *>(tree)) {
    network.blocks.push_back({text(block->name()), at(block->name()), layers(block->layers())});
  } else if (!network.hasStray) {
    network.hasStray = true; // one report for all
    diagnostics.error(Id::StrayLayer, at(tree), "`" + written(tree) + "` stands outside of a block")
        .note("layers stand in blocks, which defenses switch and name: `block features { " + written(tree) +
              " ... }`");
  }
}

Layers Builder::layers(Parser::LayersContext *tree) {
  Layers result;
  for (auto *one : tree->layerItem())
    result.push_back(layerItem(one));
  return result;
}

LayerItem Builder::layerItem(Parser::LayerItemContext *tree) {
  if (auto *chosen = dynamic_cast<Parser::ChosenItemContext *>(tree))
    return chosenLayers(chosen->chosenLayers());
  LayerItem item;
  item.location = at(tree->getStart());
  if (auto *residual = dynamic_cast<Parser::ResidualItemContext *>(tree)) {
    item.kind = LayerItemKind::Residual;
    item.layers = layers(residual->layers(0));
    if (residual->layers().size() > 1)
      item.otherwise = layers(residual->layers(1));
  } else if (auto *choose = dynamic_cast<Parser::ChooseItemContext *>(tree)) {
    item.kind = LayerItemKind::Choose;
    item.members = members(choose->member());
  } else if (auto *repeat = dynamic_cast<Parser::RepeatItemContext *>(tree)) {
    item.kind = LayerItemKind::Repeat;
    item.head = expr(repeat->expr());
    item.layers = layers(repeat->layers());
  } else {
    item.call = call(dynamic_cast<Parser::LayerCallContext *>(tree)->call());
    item.location = item.call->location;
  }
  return item;
}

/// `residual` and the braces behind it are two members to the grammar: what is meant is one chain.
std::vector<ChoiceMember> Builder::members(const std::vector<Parser::MemberContext *> &trees) {
  auto isWord = [&](size_t i, const std::string &word) {
    return i + 1 < trees.size() && trees[i]->memberCall() && trees[i]->memberCall()->getText() == word &&
           trees[i + 1]->layers() && !trees[i + 1]->expr();
  };
  std::vector<ChoiceMember> result;
  for (size_t i = 0; i < trees.size(); ++i) {
    result.push_back(member(trees[i]));
    if (!isWord(i, "residual"))
      continue;
    LayerItem &item = result.back().layers.front();
    diagnostics.error(Id::MemberBraces, item.location,
                      "a member that is more than a layer stands in braces: `" +
                          (trees[i]->expr() ? trees[i]->expr()->getText() + ": " : "") +
                          "{ residual { ... } }`");
    item.kind = LayerItemKind::Residual;
    item.call.reset();
    item.layers = layers(trees[++i]->layers());
    if (isWord(i + 1, "shortcut")) {
      item.otherwise = layers(trees[i + 2]->layers());
      i += 2;
    }
  }
  return result;
}

/// A call alone is a chain of one.
ChoiceMember Builder::member(Parser::MemberContext *tree) {
  ChoiceMember result;
  result.location = at(tree->getStart());
  if (tree->expr())
    result.chance = expr(tree->expr());
  if (tree->layers()) {
    result.layers = layers(tree->layers());
  } else {
    LayerItem item;
    item.call = call(tree->memberCall()->qualified(), tree->memberCall()->arguments());
    item.location = item.call->location;
    result.layers.push_back(std::move(item));
  }
  return result;
}

LayerItem Builder::chosenLayers(Parser::ChosenLayersContext *tree) {
  LayerItem item;
  item.kind = LayerItemKind::If;
  item.location = at(tree->getStart());
  item.head = expr(tree->expr());
  item.layers = layers(tree->layers(0));
  if (tree->layers().size() > 1)
    item.otherwise = layers(tree->layers(1));
  if (tree->chosenLayers())
    item.otherwise.push_back(chosenLayers(tree->chosenLayers()));
  return item;
}

DeclPtr Builder::objective(Parser::ObjectiveDeclContext *tree) {
  auto decl = std::make_unique<ObjectiveDecl>();
  decl->name = text(tree->name(0));
  decl->location = at(tree->name(0));
  decl->logits = text(tree->name(1));
  decl->logitsLocation = at(tree->name(1));
  for (auto *one : tree->goalCase()) {
    GoalCase goalCase;
    goalCase.location = at(one);
    if (auto *toward = dynamic_cast<Parser::TowardCaseContext *>(one)) {
      goalCase.variable = text(toward->name());
      goalCase.value = expr(toward->expr());
    } else if (auto *away = dynamic_cast<Parser::AwayCaseContext *>(one)) {
      goalCase.away = true;
      goalCase.variable = text(away->name());
      goalCase.value = expr(away->expr());
    }
    decl->cases.push_back(std::move(goalCase));
  }
  return decl;
}

DeclPtr Builder::attack(Parser::AttackDeclContext *tree) {
  auto decl = std::make_unique<AttackDecl>();
  decl->name = text(tree->name());
  decl->location = at(tree->name());
  decl->parameters = parameters(tree->parameters());
  if (tree->threat())
    decl->threat = threat(tree->threat());
  if (auto *own = dynamic_cast<Parser::OwnBodyContext *>(tree->definition()))
    decl->body = body(own->body());
  else if (auto *alias = dynamic_cast<Parser::AsCallContext *>(tree->definition()))
    decl->alias.call = call(alias->call());
  else if (auto *set = dynamic_cast<Parser::AsSetContext *>(tree->definition()))
    members(*decl, set);
  return decl;
}

void Builder::members(AttackDecl &decl, Parser::AsSetContext *tree) {
  decl.isSet = true;
  if (text(tree->name()) != "worst")
    diagnostics.error(Id::SetWord, at(tree->name()),
                      "of several attacks an example has the worst: write `worst of { ... }`");
  else if (tree->call().empty())
    diagnostics.error(Id::EmptySet, at(tree->name()), "the worst of no attacks: list some in the braces");
  for (auto *one : tree->call())
    decl.members.push_back({call(one), nullptr});
}

DeclPtr Builder::layer(Parser::LayerDeclContext *tree) {
  return program<LayerDecl>(tree);
}
DeclPtr Builder::optimizer(Parser::OptimizerDeclContext *tree) {
  return program<OptimizerDecl>(tree);
}
DeclPtr Builder::schedule(Parser::ScheduleDeclContext *tree) {
  return program<ScheduleDecl>(tree);
}
DeclPtr Builder::loss(Parser::LossDeclContext *tree) {
  return program<LossDecl>(tree);
}

DeclPtr Builder::part(Parser::PartDeclContext *tree) {
  auto decl = std::make_unique<PartDecl>();
  decl->name = text(tree->name());
  decl->location = at(tree->name());
  decl->parameters = parameters(tree->parameters());
  decl->layers = layers(tree->layers());
  return decl;
}

Threat Builder::threat(Parser::ThreatContext *tree) {
  Threat result;
  result.location = at(tree);
  if (auto *minimizes = dynamic_cast<Parser::MinimizesNormContext *>(tree)) {
    result.kind = ThreatKind::Minimizes;
    result.norm = text(minimizes->name());
    return result;
  }
  auto *within = dynamic_cast<Parser::WithinBallContext *>(tree);
  result.kind = ThreatKind::Within;
  auto ball = call(within->call());
  result.norm = ball->name();
  result.unclipped = within->UNCLIPPED() != nullptr;
  if (ball->arguments.size() == 1 && ball->arguments[0].name.empty() && !ball->arguments[0].except)
    result.radius = std::move(ball->arguments[0].value);
  else
    diagnostics.error(Id::BallRadius, ball->location,
                      "a ball takes its radius: `within " + result.norm + "(eps)`");
  return result;
}

DeclPtr Builder::defense(Parser::DefenseDeclContext *tree) {
  auto decl = std::make_unique<DefenseDecl>();
  decl->name = text(tree->name());
  decl->location = at(tree->name());
  decl->parameters = parameters(tree->parameters());
  for (auto *one : tree->rewrite())
    decl->rewrites.push_back(rewrite(one));
  decl->chooses = tree->CHOOSE() != nullptr;
  for (auto *one : tree->chosenDefense())
    decl->members.push_back({one->expr() ? expr(one->expr()) : nullptr, composition(one->composition()),
                             at(one->composition()->itemCall(0)->itemName())});
  return decl;
}

PlaceRef Builder::place(Parser::PlaceContext *tree) {
  if (tree->layerPlace())
    return layerPlace(tree->layerPlace());
  return {Place::Named, text(tree->name()), at(tree)};
}

PlaceRef Builder::layerPlace(Parser::LayerPlaceContext *tree) {
  if (auto *first = dynamic_cast<Parser::FirstPlaceContext *>(tree))
    return {Place::First, first->qualified()->getText(), at(tree)};
  auto *every = dynamic_cast<Parser::EveryPlaceContext *>(tree);
  return {every->LATER() ? Place::EveryLater : Place::Every, every->qualified()->getText(), at(tree)};
}

void Builder::trainRewrite(Parser::RecipeContext *tree, Rewrite &result) {
  if (auto *against = dynamic_cast<Parser::AdversarialContext *>(tree)) {
    result.kind = RewriteKind::TrainAgainst;
    result.call = call(against->call());
    if (auto *how = against->sampled())
      result.call->estimator = call(how->call());
    if (against->goal())
      result.goal = goal(against->goal());
    return;
  }
  if (auto *by = dynamic_cast<Parser::ByLossContext *>(tree)) {
    result.kind = RewriteKind::TrainBy;
    result.call = call(by->call());
    return;
  }
  auto *named = dynamic_cast<Parser::NamedRecipeContext *>(tree);
  result.kind = RewriteKind::TrainRecipe;
  result.call = std::make_unique<CallExpr>();
  result.call->location = at(tree);
  result.call->path = {named->IDENT()->getText()};
  result.call->parentheses = named->arguments() != nullptr;
  if (named->arguments())
    result.call->arguments = arguments(named->arguments());
}

void Builder::onWeights(Parser::WeightsRewriteContext *tree, Rewrite &result) {
  result.kind = RewriteKind::OnWeights;
  if (std::string word = text(tree->name()); word != "weights")
    diagnostics.error(Id::OnWeightsWord, at(tree->name()),
                      "layers stand `on weights of` a place, not `on " + word + " of` it");
  result.place = place(tree->place());
  result.layers = layers(tree->layers());
}

void Builder::answerBy(Parser::AnswerRewriteContext *tree, Rewrite &result) {
  result.kind = RewriteKind::Answer;
  result.target = text(tree->name());
  if (result.target != "majority" && result.target != "mean")
    diagnostics.error(Id::AnswerKind, at(tree->name()),
                      "an answer is made `by majority of` or `by mean of` draws, not `by " + result.target +
                          " of` them" + didYouMean(result.target, {"majority", "mean"}));
  result.argument = expr(tree->expr());
}

Rewrite Builder::rewrite(Parser::RewriteContext *tree) {
  Rewrite result;
  result.location = at(tree);
  if (auto *end = dynamic_cast<Parser::EndRewriteContext *>(tree)) {
    result.place = place(end->place());
    result.layers = layers(end->layers());
    if (auto *kind = end->name())
      std::tie(result.replace, result.replaceLocation) = std::pair(text(kind), at(kind));
  } else if (auto *side = dynamic_cast<Parser::SideRewriteContext *>(tree)) {
    result.kind = side->side->getType() == Lexer::BEFORE ? RewriteKind::Before : RewriteKind::After;
    result.place = place(side->place());
    result.layers = layers(side->layers());
  } else if (auto *replacing = dynamic_cast<Parser::ReplaceRewriteContext *>(tree)) {
    result.kind = RewriteKind::Replace;
    result.place = place(replacing->place());
    result.layers = layers(replacing->layers());
  } else if (auto *weights = dynamic_cast<Parser::WeightsRewriteContext *>(tree)) {
    onWeights(weights, result);
  } else if (auto *drop = dynamic_cast<Parser::DropRewriteContext *>(tree)) {
    result.kind = RewriteKind::Drop;
    result.place = place(drop->place());
    result.argument = expr(drop->expr());
  } else if (auto *mount = dynamic_cast<Parser::MountRewriteContext *>(tree)) {
    result.kind = RewriteKind::Mount;
    result.target = text(mount->name());
  } else if (auto *split = dynamic_cast<Parser::SplitRewriteContext *>(tree)) {
    result.kind = RewriteKind::Split;
    result.argument = expr(split->expr());
  } else if (auto *choose = dynamic_cast<Parser::SwitchRewriteContext *>(tree)) {
    result.kind = RewriteKind::Switch;
    result.target = text(choose->name());
    result.argument = expr(choose->expr());
  } else if (auto *answer = dynamic_cast<Parser::AnswerRewriteContext *>(tree)) {
    answerBy(answer, result);
  } else {
    trainRewrite(dynamic_cast<Parser::TrainRewriteContext *>(tree)->recipe(), result);
  }
  return result;
}

} // namespace switchyard
