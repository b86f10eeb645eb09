// The one format of declarations: one layer, statement or rewrite a line.

#include "compiler/semantics/Catalog.h"
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

/// A layer as written, or with its defaults.
std::string layerText(const CallExpr &call, bool filled) {
  const LayerKind *kind = filled ? findLayer(call.name()) : nullptr;
  if (!kind || kind->parameters.empty())
    return callText(call);
  std::vector<std::string> parts;
  size_t position = 0;
  std::vector<std::pair<std::string, const Expr *>> given;
  for (const Argument &one : call.arguments)
    given.push_back({one.name.empty() ? kind->parameters[position++].name : one.name, one.value.get()});
  for (const CatalogParameter &one : kind->parameters) {
    std::string value = one.byDefault;
    for (auto &[name, expr] : given)
      if (name == one.name)
        value = format(*expr);
    parts.push_back(one.name + " = " + value);
  }
  return call.name() + "(" + joined(parts, ", ") + ")";
}

void writeLayers(Writer &out, const Layers &layers, bool filled) {
  std::string line;
  for (auto &layer : layers) {
    bool activation = !layer->parentheses && (layer->name() == "relu" || layer->name() == "tanh");
    if (!line.empty() && !activation) {
      out.line(line);
      line.clear();
    }
    line += (line.empty() ? "" : " ") + layerText(*layer, filled);
  }
  if (!line.empty())
    out.line(line);
}

} // namespace

void writeNetwork(Writer &out, const NetworkDecl &decl, bool filled) {
  out.comments(decl.comments);
  out.doc(decl.doc);
  out.open("network " + decl.name + (decl.parameters.empty() ? "" : parametersText(decl.parameters)));
  if (decl.input)
    out.line("input " + typeText(*decl.input) +
             (decl.low ? " range " + format(*decl.low) + " to " + format(*decl.high) : ""));
  if (decl.classes)
    out.line("classes " + format(*decl.classes));
  for (const BlockDecl &block : decl.blocks) {
    out.blank();
    out.open("block " + block.name);
    writeLayers(out, block.layers, filled);
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

void writeBody(Writer &out, const Body &body) {
  for (auto &one : body) {
    out.comments(one->comments);
    if (auto *assign = as<AssignStatement>(one.get())) {
      out.line(assign->variable + " = " + format(*assign->value));
    } else if (auto *repeat = as<RepeatStatement>(one.get())) {
      out.open("repeat " + format(*repeat->count) + " times");
      writeBody(out, repeat->body);
      out.close();
    } else if (auto *condition = as<IfStatement>(one.get())) {
      writeIf(out, *condition, "");
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
  if (decl.alias)
    return out.line(head + " = " + callText(*decl.alias));
  out.open(head);
  writeBody(out, decl.body);
  out.close();
}

std::string layersInline(const Layers &layers, bool filled) {
  std::vector<std::string> parts;
  for (auto &layer : layers)
    parts.push_back(layerText(*layer, filled));
  return parts.empty() ? "{ }" : "{ " + joined(parts, " ") + " }";
}

std::string placeText(const PlaceRef &place) {
  return placeText(Place{place.which, place.target});
}

std::string rewriteText(const Rewrite &one, bool filled) {
  switch (one.kind) {
  case RewriteKind::AtEnd:
    return "at end of " + placeText(one.place) + (one.replace.empty() ? "" : " replace " + one.replace) +
           " " + layersInline(one.layers, filled);
  case RewriteKind::Before:
    return "before " + placeText(one.place) + " " + layersInline(one.layers, filled);
  case RewriteKind::After:
    return "after " + placeText(one.place) + " " + layersInline(one.layers, filled);
  case RewriteKind::Mount:
    return "mount on " + one.target;
  case RewriteKind::Split:
    return "split network at " + format(*one.argument);
  case RewriteKind::Switch:
    return "switch every " + one.target + " over " + format(*one.argument);
  case RewriteKind::TrainAgainst:
    return "train against " + callText(*one.call) + (one.goal ? " " + goalText(*one.goal) : "");
  case RewriteKind::TrainRecipe:
    break;
  }
  bool plain = filled && one.call->arguments.empty() && one.call->name() == "bottom_up";
  return "train " + (plain ? "bottom_up(draw = per_example)" : callText(*one.call));
}

} // namespace

void writeDefense(Writer &out, const DefenseDecl &decl, bool filled) {
  out.comments(decl.comments);
  out.doc(decl.doc);
  std::string head =
      "defense " + decl.name + (decl.parameters.empty() ? "" : parametersText(decl.parameters));
  if (decl.rewrites.empty())
    return out.line(head + " { }");
  out.open(head);
  for (const Rewrite &one : decl.rewrites)
    out.line(rewriteText(one, filled));
  out.close();
}

void writeDeclaration(Writer &out, const Decl &decl) {
  if (auto *network = as<NetworkDecl>(&decl))
    return writeNetwork(out, *network, false);
  if (auto *defense = as<DefenseDecl>(&decl))
    return writeDefense(out, *defense, false);
  out.comments(decl.comments);
  out.doc(decl.doc);
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
  case DeclKind::Defense:
    return;
  case DeclKind::Objective:
    return writeObjective(out, *as<ObjectiveDecl>(&decl));
  case DeclKind::Attack:
    return writeAttack(out, *as<AttackDecl>(&decl));
  case DeclKind::Experiment:
    return writeExperiment(out, *as<ExperimentDecl>(&decl));
  }
}

std::string goalText(const Goal &goal) {
  if (goal.away)
    return "away from " + goal.choice;
  return "toward " + goal.choice + (goal.index ? " " + format(*goal.index) : "");
}

std::string format(const Module &module) {
  Writer out;
  out.comments(module.comments);
  DeclKind previous = DeclKind::Experiment;
  bool first = true;
  for (auto &decl : module.declarations) {
    bool together = !first && decl->kind == previous &&
                    (previous == DeclKind::Use || previous == DeclKind::Param) && decl->doc.empty();
    if (!together)
      out.blank();
    writeDeclaration(out, *decl);
    previous = decl->kind;
    first = false;
  }
  if (!module.trailingComments.empty()) {
    out.blank();
    out.comments(module.trailingComments);
  }
  return out.text();
}

} // namespace switchyard
