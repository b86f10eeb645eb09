// The one format of expressions and declarations. Parentheses are put where precedence asks for them, so that
// parsing the result gives the same tree.

#include "compiler/frontend/Print.h"
#include "compiler/frontend/Writer.h"

#include <algorithm>

namespace switchyard {

using namespace ast;

namespace {

// The grammar's levels, loosest first.
enum Level { Expression, OrLevel, AndLevel, Test, Sum, Product, Factor, Primary };

Level levelOf(BinaryOp op) {
  switch (op) {
  case BinaryOp::Or: return OrLevel;
  case BinaryOp::And: return AndLevel;
  case BinaryOp::Add: case BinaryOp::Subtract: return Sum;
  case BinaryOp::Multiply: case BinaryOp::Divide: return Product;
  case BinaryOp::Power: return Factor;
  default: return Test;
  }
}

Level levelOf(const Expr &e) {
  if (auto *binary = as<BinaryExpr>(&e))
    return levelOf(binary->op);
  if (auto *unary = as<UnaryExpr>(&e))
    return unary->op == UnaryOp::Minus ? Factor : Test;
  if (e.kind == ExprKind::Choice)
    return Expression;
  return Primary;
}

std::string text(const Expr &e, Level wanted);

std::string binaryText(const BinaryExpr &e) {
  Level level = levelOf(e.op);
  // Left-associative but for `^`; comparisons do not chain; the operands of `^` are an element and a factor.
  Level left = e.op == BinaryOp::Power ? Primary : level == Test ? Sum : level;
  Level right = e.op == BinaryOp::Power ? Factor : level == Test ? Sum : static_cast<Level>(level + 1);
  bool tight = e.op == BinaryOp::Power ||
               (e.op == BinaryOp::Divide && e.left->kind != ExprKind::Name && e.right->kind == ExprKind::Number &&
                (e.left->kind == ExprKind::Number || e.left->kind == ExprKind::List ||
                 e.left->kind == ExprKind::Range));
  std::string sign = spelling(e.op);
  return text(*e.left, left) + (tight ? sign : " " + sign + " ") + text(*e.right, right);
}

std::string unwrapped(const Expr &e) {
  switch (e.kind) {
  case ExprKind::Number:
    return as<NumberExpr>(&e)->value.text();
  case ExprKind::Bool:
    return as<BoolExpr>(&e)->value ? "true" : "false";
  case ExprKind::String:
    return "\"" + as<StringExpr>(&e)->value + "\"";
  case ExprKind::Shape:
    return shapeText(as<ShapeExpr>(&e)->dimensions);
  case ExprKind::Name:
    return joined(as<NameExpr>(&e)->path, ".");
  case ExprKind::Call:
    return callText(*as<CallExpr>(&e));
  case ExprKind::Index: {
    auto &index = *as<IndexExpr>(&e);
    return text(*index.base, Primary) + "[" + text(*index.index, Expression) + "]";
  }
  case ExprKind::Unary: {
    auto &unary = *as<UnaryExpr>(&e);
    bool twice = unary.op == UnaryOp::Not && unary.operand->kind == ExprKind::Unary;
    return unary.op == UnaryOp::Minus ? "-" + text(*unary.operand, Factor)
                                      : "not " + text(*unary.operand, twice ? Sum : Test);
  }
  case ExprKind::Binary:
    return binaryText(*as<BinaryExpr>(&e));
  case ExprKind::Choice: {
    auto &choice = *as<ChoiceExpr>(&e);
    return "if " + text(*choice.condition, Expression) + " then " + text(*choice.yes, Expression) + " else " +
           text(*choice.no, Expression);
  }
  case ExprKind::Gradient: {
    auto &gradient = *as<GradientExpr>(&e);
    return "gradient of (" + text(*gradient.of, Expression) + ") at " + gradient.at;
  }
  case ExprKind::List: {
    std::vector<std::string> parts;
    for (auto &one : as<ListExpr>(&e)->elements)
      parts.push_back(text(*one, Expression));
    return "[" + joined(parts, ", ") + "]";
  }
  case ExprKind::Range: {
    auto &range = *as<RangeExpr>(&e);
    return "[" + text(*range.from, Expression) + " to " + text(*range.to, Expression) +
           (range.by ? " by " + text(*range.by, Expression) : "") + "]";
  }
  }
  return "";
}

std::string text(const Expr &e, Level wanted) {
  std::string plain = unwrapped(e);
  return levelOf(e) < wanted ? "(" + plain + ")" : plain;
}

} // namespace

std::string format(const Expr &expression) { return text(expression, Expression); }

std::string joined(const std::vector<std::string> &parts, const std::string &separator) {
  std::string result;
  for (const std::string &part : parts)
    result += (result.empty() ? "" : separator) + part;
  return result;
}

std::string shapeText(const std::vector<int64_t> &shape) {
  std::vector<std::string> parts;
  for (int64_t one : shape)
    parts.push_back(std::to_string(one));
  return joined(parts, "x");
}

std::string argumentsText(const std::vector<Argument> &arguments) {
  std::vector<std::string> parts;
  for (const Argument &one : arguments)
    parts.push_back((one.name.empty() ? "" : one.name + " = ") + format(*one.value) +
                    (one.except ? " except " + format(*one.except) : ""));
  return joined(parts, ", ");
}

std::string callText(const CallExpr &call) {
  return call.name() + (call.parentheses ? "(" + argumentsText(call.arguments) + ")" : "");
}

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
    parts.push_back(one.name + ": " + typeText(one.type) + (one.byDefault ? " = " + format(*one.byDefault) : ""));
  return "(" + joined(parts, ", ") + ")";
}

void writeLayers(Writer &out, const Layers &layers) {
  std::string line;
  for (auto &layer : layers) {
    bool activation = !layer->parentheses && (layer->name() == "relu" || layer->name() == "tanh");
    if (!line.empty() && !activation) {
      out.line(line);
      line.clear();
    }
    line += (line.empty() ? "" : " ") + callText(*layer);
  }
  if (!line.empty())
    out.line(line);
}

void writeNetwork(Writer &out, const NetworkDecl &decl) {
  out.open("network " + decl.name + (decl.parameters.empty() ? "" : parametersText(decl.parameters)));
  if (decl.input)
    out.line("input " + typeText(*decl.input) +
             (decl.low ? " range " + format(*decl.low) + " to " + format(*decl.high) : ""));
  if (decl.classes)
    out.line("classes " + format(*decl.classes));
  for (const BlockDecl &block : decl.blocks) {
    out.blank();
    out.open("block " + block.name);
    writeLayers(out, block.layers);
    out.close();
  }
  out.close();
}

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
    head += " within " + decl.threat.norm + "(" + (decl.threat.radius ? format(*decl.threat.radius) : "") + ")" +
            (decl.threat.unclipped ? " unclipped" : "");
  else if (decl.threat.kind == ThreatKind::Minimizes)
    head += " minimizes " + decl.threat.norm;
  if (decl.alias)
    return out.line(head + " = " + callText(*decl.alias));
  out.open(head);
  writeBody(out, decl.body);
  out.close();
}

std::string layersInline(const Layers &layers) {
  std::vector<std::string> parts;
  for (auto &layer : layers)
    parts.push_back(callText(*layer));
  return parts.empty() ? "{ }" : "{ " + joined(parts, " ") + " }";
}

std::string placeText(const PlaceRef &place) {
  switch (place.which) {
  case Place::First: return "first " + place.target;
  case Place::Every: return "every " + place.target;
  case Place::EveryLater: return "every later " + place.target;
  case Place::Named: break;
  }
  return place.target;
}

std::string rewriteText(const Rewrite &one) {
  switch (one.kind) {
  case RewriteKind::AtEnd:
    return "at end of " + placeText(one.place) + (one.replace.empty() ? "" : " replace " + one.replace) + " " +
           layersInline(one.layers);
  case RewriteKind::Before: return "before " + placeText(one.place) + " " + layersInline(one.layers);
  case RewriteKind::After: return "after " + placeText(one.place) + " " + layersInline(one.layers);
  case RewriteKind::Mount: return "mount on " + one.target;
  case RewriteKind::Split: return "split network at " + format(*one.argument);
  case RewriteKind::Switch: return "switch every " + one.target + " over " + format(*one.argument);
  case RewriteKind::TrainAgainst:
    return "train against " + callText(*one.call) + (one.goal ? " " + goalText(*one.goal) : "");
  case RewriteKind::TrainRecipe: break;
  }
  return "train " + callText(*one.call);
}

void writeDefense(Writer &out, const DefenseDecl &decl) {
  std::string head = "defense " + decl.name + (decl.parameters.empty() ? "" : parametersText(decl.parameters));
  if (decl.rewrites.empty())
    return out.line(head + " { }");
  out.open(head);
  for (const Rewrite &one : decl.rewrites)
    out.line(rewriteText(one));
  out.close();
}

void writeDecl(Writer &out, const Decl &decl) {
  out.comments(decl.comments);
  out.doc(decl.doc);
  switch (decl.kind) {
  case DeclKind::Use: return out.line("use " + decl.name);
  case DeclKind::Param: {
    auto &param = *as<ParamDecl>(&decl);
    return out.line("param " + param.name + ": " + typeText(param.type) + " = " + format(*param.value));
  }
  case DeclKind::Dataset:
    return out.line("dataset " + decl.name + " = " + callText(*as<DatasetDecl>(&decl)->source));
  case DeclKind::Network: return writeNetwork(out, *as<NetworkDecl>(&decl));
  case DeclKind::Objective: return writeObjective(out, *as<ObjectiveDecl>(&decl));
  case DeclKind::Attack: return writeAttack(out, *as<AttackDecl>(&decl));
  case DeclKind::Defense: return writeDefense(out, *as<DefenseDecl>(&decl));
  case DeclKind::Experiment: return writeExperiment(out, *as<ExperimentDecl>(&decl));
  }
}

} // namespace

std::string goalText(const Goal &goal) {
  if (goal.away)
    return "away from " + goal.choice;
  return "toward " + goal.choice + (goal.index ? " " + format(*goal.index) : "");
}

void writeDeclaration(Writer &out, const Decl &decl) { writeDecl(out, decl); }

std::string format(const Module &module) {
  Writer out;
  out.comments(module.comments);
  DeclKind previous = DeclKind::Experiment;
  bool first = true;
  for (auto &decl : module.declarations) {
    bool together = !first && decl->kind == previous && (previous == DeclKind::Use || previous == DeclKind::Param) &&
                    decl->doc.empty();
    if (!together)
      out.blank();
    writeDecl(out, *decl);
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
