// The one format of declarations: one layer, statement or rewrite a line.

#include "compiler/syntax/Print.h"
#include "compiler/syntax/Writer.h"

namespace switchyard {

using namespace ast;

namespace {

std::string typeText(const TypeName &type) {
  std::vector<std::string> parts;
  for (const TypeName &one : type.arguments)
    parts.push_back(typeText(one));
  if (!type.shape.empty())
    parts.push_back(shapeText(type.shape));
  return type.name + (parts.empty() ? "" : "<" + joined(parts, ", ") + ">");
}

std::string parametersText(const std::vector<Parameter> &parameters) {
  std::vector<std::string> parts;
  for (const Parameter &one : parameters)
    parts.push_back(one.name + ": " + typeText(one.type) +
                    (one.byDefault ? " = " + format(*one.byDefault) : ""));
  return "(" + joined(parts, ", ") + ")";
}

/// What stands before an item's braces.
std::string headOf(const LayerItem &item) {
  switch (item.kind) {
  case LayerItemKind::Repeat:
    return "repeat " + format(*item.head) + " times";
  case LayerItemKind::If:
    return "if " + format(*item.head);
  default:
    return item.kind == LayerItemKind::Choose ? "choose" : "residual";
  }
}

std::string layersInline(const Layers &layers, const CallText &text);

/// A call alone needs no braces.
std::string memberText(const ChoiceMember &one, const CallText &text) {
  const CallExpr *alone = one.layers.size() == 1 ? one.layers[0].call.get() : nullptr;
  return (one.chance ? format(*one.chance) + ": " : "") +
         (alone ? text(*alone) : layersInline(one.layers, text));
}

/// `else if`, as an item alone in the other arm.
const LayerItem *elseIf(const LayerItem &item) {
  bool alone = item.kind == LayerItemKind::If && item.otherwise.size() == 1;
  return alone && item.otherwise[0].kind == LayerItemKind::If ? &item.otherwise[0] : nullptr;
}

void writeItem(Writer &out, const LayerItem &item, const CallText &text, const std::string &before = "") {
  out.open(before + headOf(item));
  writeLayers(out, item.layers, text);
  for (const ChoiceMember &one : item.members)
    out.line(memberText(one, text));
  if (item.otherwise.empty())
    return out.close();
  out.unindent();
  if (const LayerItem *next = elseIf(item))
    return writeItem(out, *next, text, "} else ");
  out.open(item.kind == LayerItemKind::If ? "} else" : "} shortcut");
  writeLayers(out, item.otherwise, text);
  out.close();
}

} // namespace

void writeLayers(Writer &out, const Layers &layers, const CallText &text) {
  std::string line;
  auto flush = [&] {
    if (!line.empty())
      out.line(line);
    line.clear();
  };
  for (const LayerItem &item : layers) {
    const CallExpr *call = item.call.get();
    bool activation = call && !call->parentheses && (call->name() == "relu" || call->name() == "tanh");
    if (!activation)
      flush();
    if (call)
      line += (line.empty() ? "" : " ") + text(*call);
    else
      writeItem(out, item, text);
  }
  flush();
}

void writeNetwork(Writer &out, const NetworkDecl &decl, const CallText &layer) {
  out.open("network " + decl.name + (decl.parameters.empty() ? "" : parametersText(decl.parameters)));
  if (decl.input)
    out.line("input " + typeText(*decl.input) +
             (decl.low ? " range " + format(*decl.low) + " to " + format(*decl.high) : ""));
  if (decl.classes)
    out.line("classes " + format(*decl.classes));
  for (const BlockDecl &block : decl.blocks) {
    out.blank();
    out.open("block " + block.name);
    writeLayers(out, block.layers, layer);
    out.close();
  }
  out.close();
}

namespace {

void writeObjective(Writer &out, const ObjectiveDecl &decl) {
  out.open("objective " + decl.name + "(" + decl.logits + ")");
  for (const GoalCase &one : decl.cases)
    out.line((one.away ? "away from " : "toward ") + one.variable + ": " + format(*one.value));
  out.close();
}

void writeBody(Writer &out, const Body &body);

void writeIf(Writer &out, const IfStatement &statement, const std::string &before) {
  out.open(before + "if " + format(*statement.condition));
  writeBody(out, statement.yes);
  if (statement.no.empty())
    return out.close();
  auto *elseIf = statement.no.size() == 1 ? as<IfStatement>(statement.no[0].get()) : nullptr;
  if (elseIf) {
    out.unindent();
    return writeIf(out, *elseIf, "} else ");
  }
  out.unindent();
  out.open("} else");
  writeBody(out, statement.no);
  out.close();
}

std::string loopText(const RepeatStatement &loop) {
  if (loop.over == LoopOver::Times)
    return "repeat " + format(*loop.count) + " times";
  return std::string("for each ") + (loop.over == LoopOver::Paths ? "path " : "class ") + loop.variable +
         (loop.except ? " except " + format(*loop.except) : "") +
         (loop.descending ? " by descending chance" : "");
}

void writeBody(Writer &out, const Body &body) {
  for (auto &one : body) {
    if (auto *assign = as<AssignStatement>(one.get())) {
      out.line(assign->variable + " = " + format(*assign->value));
    } else if (auto *repeat = as<RepeatStatement>(one.get())) {
      out.open(loopText(*repeat));
      writeBody(out, repeat->body);
      out.close();
    } else if (auto *condition = as<IfStatement>(one.get())) {
      writeIf(out, *condition, "");
    } else if (auto *requirement = as<RequireStatement>(one.get())) {
      out.line("require " + format(*requirement->condition));
    } else {
      out.line("return " + format(*as<ReturnStatement>(one.get())->value));
    }
  }
}

void writeAttack(Writer &out, const AttackDecl &decl) {
  std::string head = "attack " + decl.name + parametersText(decl.parameters);
  if (decl.threat.kind == ThreatKind::Within)
    head += " within " + decl.threat.norm + "(" + (decl.threat.radius ? format(*decl.threat.radius) : "") +
            ")" + (decl.threat.unclipped ? " unclipped" : "");
  else if (decl.threat.kind == ThreatKind::Minimizes)
    head += " minimizes " + decl.threat.norm;
  if (decl.alias.call)
    return out.line(head + " = " + callText(*decl.alias.call));
  if (decl.isSet) {
    out.open(head + " = worst of");
    for (const CalledAttack &one : decl.members)
      out.line(callText(*one.call));
    return out.close();
  }
  out.open(head);
  writeBody(out, decl.body);
  out.close();
}

/// A layer, an optimizer, a schedule, a loss.
template <typename T> void writeProgram(Writer &out, const std::string &word, const T &decl) {
  out.open(word + " " + decl.name + parametersText(decl.parameters));
  writeBody(out, decl.body);
  out.close();
}

std::string itemInline(const LayerItem &item, const CallText &text) {
  if (item.call)
    return text(*item.call);
  if (item.kind == LayerItemKind::Choose) {
    std::string shown = headOf(item) + " {";
    for (const ChoiceMember &one : item.members)
      shown += " " + memberText(one, text);
    return shown + " }";
  }
  std::string shown = headOf(item) + " " + layersInline(item.layers, text);
  if (item.otherwise.empty())
    return shown;
  if (const LayerItem *next = elseIf(item))
    return shown + " else " + itemInline(*next, text);
  return shown + (item.kind == LayerItemKind::If ? " else " : " shortcut ") +
         layersInline(item.otherwise, text);
}

std::string layersInline(const Layers &layers, const CallText &text) {
  std::vector<std::string> parts;
  for (const LayerItem &item : layers)
    parts.push_back(itemInline(item, text));
  return parts.empty() ? "{ }" : "{ " + joined(parts, " ") + " }";
}

std::string placeText(const PlaceRef &place) {
  return placeText(Place{place.which, place.target});
}

std::string rewriteText(const Rewrite &one, const CallText &layer, const RecipeText &recipe) {
  switch (one.kind) {
  case RewriteKind::AtEnd:
    return "at end of " + placeText(one.place) + (one.replace.empty() ? "" : " replace " + one.replace) +
           " " + layersInline(one.layers, layer);
  case RewriteKind::Before:
    return "before " + placeText(one.place) + " " + layersInline(one.layers, layer);
  case RewriteKind::After:
    return "after " + placeText(one.place) + " " + layersInline(one.layers, layer);
  case RewriteKind::Replace:
    return "replace " + placeText(one.place) + " " + layersInline(one.layers, layer);
  case RewriteKind::OnWeights:
    return "on weights of " + placeText(one.place) + " " + layersInline(one.layers, layer);
  case RewriteKind::Drop:
    return "drop " + placeText(one.place) + " (" + format(*one.argument) + ")";
  case RewriteKind::Mount:
    return "mount on " + one.target;
  case RewriteKind::Split:
    return "split network at " + format(*one.argument);
  case RewriteKind::Switch:
    return "switch every " + one.target + " over " + format(*one.argument);
  case RewriteKind::TrainAgainst:
    return "train against " + recipe(one) + (one.goal ? " " + goalText(*one.goal) : "");
  case RewriteKind::TrainBy:
    return "train by " + recipe(one);
  case RewriteKind::Answer:
    return "answer by " + one.target + " of " + format(*one.argument) + " draws";
  case RewriteKind::TrainRecipe:
    break;
  }
  return "train " + recipe(one);
}

} // namespace

void writeDefense(Writer &out, const DefenseDecl &decl, const CallText &layer, const RecipeText &recipe,
                  const CallText &member) {
  std::string head =
      "defense " + decl.name + (decl.parameters.empty() ? "" : parametersText(decl.parameters));
  if (decl.chooses) {
    out.open(head + " = choose");
    for (const ChosenDefense &one : decl.members)
      out.line((one.chance ? format(*one.chance) + ": " : "") + compositionText(one.calls, member));
    return out.close();
  }
  if (decl.rewrites.empty())
    return out.line(head + " { }");
  out.open(head);
  for (const Rewrite &one : decl.rewrites)
    out.line(rewriteText(one, layer, recipe));
  out.close();
}

void writePart(Writer &out, const PartDecl &decl, const CallText &layer) {
  out.open("part " + decl.name + (decl.parameters.empty() ? "" : parametersText(decl.parameters)));
  writeLayers(out, decl.layers, layer);
  out.close();
}

void writeDeclaration(Writer &out, const Decl &decl) {
  if (auto *network = as<NetworkDecl>(&decl))
    return writeNetwork(out, *network, callText);
  if (auto *part = as<PartDecl>(&decl))
    return writePart(out, *part, callText);
  if (auto *defense = as<DefenseDecl>(&decl))
    return writeDefense(
        out, *defense, callText, [](const Rewrite &one) { return callText(*one.call); }, callText);
  switch (decl.kind) {
  case DeclKind::Use:
    return out.line("use " + decl.name);
  case DeclKind::Param: {
    auto &param = *as<ParamDecl>(&decl);
    return out.line("param " + param.name + ": " + typeText(param.type) + " = " + format(*param.value));
  }
  case DeclKind::Dataset:
    return out.line("dataset " + decl.name + " = " + callText(*as<DatasetDecl>(&decl)->source));
  case DeclKind::Network:
  case DeclKind::Part:
  case DeclKind::Defense:
    return;
  case DeclKind::Objective:
    return writeObjective(out, *as<ObjectiveDecl>(&decl));
  case DeclKind::Attack:
    return writeAttack(out, *as<AttackDecl>(&decl));
  case DeclKind::Layer:
    return writeProgram(out, "layer", *as<LayerDecl>(&decl));
  case DeclKind::Optimizer:
    return writeProgram(out, "optimizer", *as<OptimizerDecl>(&decl));
  case DeclKind::Schedule:
    return writeProgram(out, "schedule", *as<ScheduleDecl>(&decl));
  case DeclKind::Loss:
    return writeProgram(out, "loss", *as<LossDecl>(&decl));
  case DeclKind::Experiment:
    return writeExperiment(out, *as<ExperimentDecl>(&decl));
  case DeclKind::Show:
    return writeClause(out, as<ShowDecl>(&decl)->clause);
  }
}

std::string goalText(const Goal &goal) {
  if (goal.away)
    return "away from " + goal.choice;
  return "toward " + goal.choice + (goal.index ? " " + format(*goal.index) : "");
}

std::string format(const Module &module) {
  Writer out;
  DeclKind previous = DeclKind::Experiment;
  bool first = true;
  for (auto &decl : module.declarations) {
    bool together =
        !first && decl->kind == previous &&
        (previous == DeclKind::Use || previous == DeclKind::Param || previous == DeclKind::Show) &&
        decl->doc.empty();
    if (!together)
      out.blank();
    writeDeclaration(out, *decl);
    previous = decl->kind;
    first = false;
  }
  return out.text();
}

} // namespace switchyard
