// The tree as text for `--emit=ast`: one node a line, two blanks a level, no places, so that equal trees give
// equal text.

#include "compiler/syntax/Print.h"
#include "compiler/syntax/Writer.h"

namespace switchyard {

using namespace ast;

namespace {

class Dumper {
public:
  std::string text;

  void module(const Module &module) {
    node("module", [&] {
      for (auto &decl : module.declarations)
        declaration(*decl);
    });
  }

private:
  template <typename F> void node(const std::string &head, F children) {
    line(head);
    ++depth;
    children();
    --depth;
  }
  void line(const std::string &content) { text += std::string(2 * depth, ' ') + content + "\n"; }

  void expr(const Expr &e);
  void list(const Expr &e);
  void choice(const ChoiceExpr &e);
  void child(const std::string &role, const ExprPtr &e) {
    if (e)
      node(role, [&] { expr(*e); });
  }
  void call(const CallExpr &e);
  void callChild(const std::string &role, const std::unique_ptr<CallExpr> &e) {
    if (e)
      node(role, [&] { call(*e); });
  }
  void argument(const Argument &one);
  void layers(const Layers &layers) {
    for (const LayerItem &one : layers)
      layerItem(one);
  }
  void layerItem(const LayerItem &item);
  void estimator(const Estimator &one);
  void body(const std::string &role, const Body &body);
  void statement(const Statement &statement);
  void type(const TypeName &type);
  void parameters(const std::vector<Parameter> &parameters);
  /// A layer, an optimizer, a schedule.
  template <typename T> void program(const std::string &word, const T &decl) {
    node(word + " " + decl.name, [&] {
      parameters(decl.parameters);
      body("body", decl.body);
    });
  }
  void rewrite(const Rewrite &rewrite);
  void goal(const Goal &goal) {
    node(std::string("goal ") + (goal.away ? "away " : "toward ") + goal.choice,
         [&] { child("class", goal.index); });
  }
  void declaration(const Decl &decl);
  void experiment(const ExperimentDecl &decl);
  void network(const NetworkDecl &decl);
  void attack(const AttackDecl &decl);
  void part(const PartDecl &decl);
  void defense(const DefenseDecl &decl);
  void composition(const Composition &composition) {
    call(*composition.front());
    for (size_t i = 1; i < composition.size(); ++i)
      node("with", [&] { call(*composition[i]); });
  }
  void loops(const std::vector<ForIn> &loops) {
    for (const ForIn &one : loops)
      node("for " + joined(one.variables, ", "), [&] { expr(*one.list); });
  }
  void group(const Group &group);
  void measure(const Measure &measure);
  void clause(const Clause &clause);
  void training(const TrainingParts &parts);
  void chosen(const Item &item);
  void clauseParts(const Clause &clause);

  int depth = 0;
};

void Dumper::argument(const Argument &one) {
  node("argument" + (one.name.empty() ? "" : " " + one.name), [&] {
    expr(*one.value);
    child("except", one.except);
  });
}

void Dumper::call(const CallExpr &e) {
  node("call " + e.name() + (e.parentheses ? "()" : ""), [&] {
    for (const Argument &one : e.arguments)
      argument(one);
    callChild("with", e.estimator);
  });
}

void Dumper::list(const Expr &e) {
  if (auto *list = as<ListExpr>(&e))
    return node("list", [&] {
      for (auto &one : list->elements)
        expr(*one);
    });
  auto *range = as<RangeExpr>(&e);
  node("range", [&] {
    expr(*range->from);
    expr(*range->to);
    child("by", range->by);
  });
}

void Dumper::choice(const ChoiceExpr &e) {
  node("if", [&] {
    expr(*e.condition);
    expr(*e.yes);
    expr(*e.no);
  });
}

void Dumper::expr(const Expr &e) {
  switch (e.kind) {
  case ExprKind::Number:
    return line("number " + as<NumberExpr>(&e)->value.text());
  case ExprKind::Bool:
    return line(as<BoolExpr>(&e)->value ? "true" : "false");
  case ExprKind::String:
    return line("string \"" + as<StringExpr>(&e)->value + "\"");
  case ExprKind::Shape:
    return line("shape " + shapeText(as<ShapeExpr>(&e)->dimensions));
  case ExprKind::Name:
    return line("name " + joined(as<NameExpr>(&e)->path, "."));
  case ExprKind::Call:
    return call(*as<CallExpr>(&e));
  case ExprKind::Index:
    return node("index", [&] {
      expr(*as<IndexExpr>(&e)->base);
      expr(*as<IndexExpr>(&e)->index);
    });
  case ExprKind::Unary:
    return node(spelling(as<UnaryExpr>(&e)->op), [&] { expr(*as<UnaryExpr>(&e)->operand); });
  case ExprKind::Binary:
    return node(spelling(as<BinaryExpr>(&e)->op), [&] {
      expr(*as<BinaryExpr>(&e)->left);
      expr(*as<BinaryExpr>(&e)->right);
    });
  case ExprKind::Choice:
    return choice(*as<ChoiceExpr>(&e));
  case ExprKind::Gradient:
    return node("gradient at " + as<GradientExpr>(&e)->at, [&] { expr(*as<GradientExpr>(&e)->of); });
  case ExprKind::List:
  case ExprKind::Range:
    return list(e);
  case ExprKind::Place:
    return line("place " + placeText(as<PlaceExpr>(&e)->place));
  }
}

void Dumper::body(const std::string &role, const Body &body) {
  node(role, [&] {
    for (auto &one : body)
      statement(*one);
  });
}

static std::string loop(const RepeatStatement &repeat) {
  if (repeat.over == LoopOver::Times)
    return "repeat";
  return std::string("for each ") + (repeat.over == LoopOver::Paths ? "path " : "class ") + repeat.variable +
         (repeat.descending ? ", likeliest first" : "");
}

void Dumper::statement(const Statement &one) {
  if (auto *assign = as<AssignStatement>(&one))
    return node("assign " + assign->variable, [&] { expr(*assign->value); });
  if (auto *repeat = as<RepeatStatement>(&one))
    return node(loop(*repeat), [&] {
      child("count", repeat->count);
      child("except", repeat->except);
      body("body", repeat->body);
    });
  if (auto *condition = as<IfStatement>(&one))
    return node("if", [&] {
      child("condition", condition->condition);
      body("then", condition->yes);
      if (!condition->no.empty())
        body("else", condition->no);
    });
  if (auto *requirement = as<RequireStatement>(&one))
    return node("require", [&] { expr(*requirement->condition); });
  node("return", [&] { expr(*as<ReturnStatement>(&one)->value); });
}

void Dumper::layerItem(const LayerItem &item) {
  static const char *const words[] = {"call", "residual", "choose", "repeat", "if"};
  if (item.kind == LayerItemKind::Call)
    return call(*item.call);
  node(words[static_cast<int>(item.kind)], [&] {
    child(item.kind == LayerItemKind::If ? "condition" : "count", item.head);
    for (const ChoiceMember &one : item.members)
      node("member", [&] {
        child("chance", one.chance);
        layers(one.layers);
      });
    if (item.kind != LayerItemKind::Choose)
      node("layers", [&] { layers(item.layers); });
    if (!item.otherwise.empty())
      node(item.kind == LayerItemKind::If ? "else" : "shortcut", [&] { layers(item.otherwise); });
  });
}

void Dumper::type(const TypeName &one) {
  node("type " + one.name + (one.shape.empty() ? "" : " " + shapeText(one.shape)), [&] {
    for (const TypeName &argument : one.arguments)
      type(argument);
  });
}

void Dumper::parameters(const std::vector<Parameter> &parameters) {
  for (const Parameter &one : parameters)
    node("parameter " + one.name, [&] {
      type(one.type);
      child("default", one.byDefault);
    });
}

void Dumper::rewrite(const Rewrite &one) {
  static const char *const kinds[] = {"at_end",   "before", "after",    "replace", "on_weights",
                                      "drop",     "mount",  "split",    "switch",  "train_against",
                                      "train_by", "train",  "answer_by"};
  static_assert(std::size(kinds) == static_cast<size_t>(RewriteKind::Answer) + 1);
  static const char *const which[] = {"first ", "every ", "every later ", ""};
  std::string head = kinds[static_cast<int>(one.kind)];
  if (!one.place.target.empty())
    head += std::string(" ") + which[one.place.which] + one.place.target;
  if (!one.target.empty())
    head += " " + one.target;
  node(head + (one.replace.empty() ? "" : " replace " + one.replace), [&] {
    layers(one.layers);
    if (one.argument)
      expr(*one.argument);
    if (one.call)
      call(*one.call);
    if (one.goal)
      goal(*one.goal);
  });
}

void Dumper::network(const NetworkDecl &decl) {
  node("network " + decl.name, [&] {
    parameters(decl.parameters);
    if (decl.input)
      node("input", [&] { type(*decl.input); });
    child("low", decl.low);
    child("high", decl.high);
    child("classes", decl.classes);
    for (const BlockDecl &block : decl.blocks)
      node("block " + block.name, [&] { layers(block.layers); });
  });
}

void Dumper::attack(const AttackDecl &decl) {
  node("attack " + decl.name, [&] {
    parameters(decl.parameters);
    if (decl.threat.kind == ThreatKind::Within)
      node("within " + decl.threat.norm + (decl.threat.unclipped ? " unclipped" : ""),
           [&] { expr(*decl.threat.radius); });
    if (decl.threat.kind == ThreatKind::Minimizes)
      line("minimizes " + decl.threat.norm);
    if (decl.alias.call)
      callChild("alias", decl.alias.call);
    else if (decl.isSet)
      node("worst of", [&] {
        for (const CalledAttack &one : decl.members)
          callChild("member", one.call);
      });
    else
      body("body", decl.body);
  });
}

void Dumper::part(const PartDecl &decl) {
  node("part " + decl.name, [&] {
    parameters(decl.parameters);
    layers(decl.layers);
  });
}

void Dumper::defense(const DefenseDecl &decl) {
  node("defense " + decl.name, [&] {
    parameters(decl.parameters);
    for (const Rewrite &one : decl.rewrites)
      rewrite(one);
    for (const ChosenDefense &one : decl.members)
      node("member", [&] {
        child("chance", one.chance);
        for (auto &called : one.calls)
          call(*called);
      });
  });
}

void Dumper::declaration(const Decl &decl) {
  if (!decl.doc.empty())
    line("doc " + decl.doc.substr(0, decl.doc.find('\n')));
  if (decl.kind == DeclKind::Use)
    return line("use " + decl.name);
  if (auto *param = as<ParamDecl>(&decl))
    return node("param " + decl.name, [&] {
      type(param->type);
      expr(*param->value);
    });
  if (auto *dataset = as<DatasetDecl>(&decl))
    return node("dataset " + decl.name, [&] { call(*dataset->source); });
  if (auto *one = as<NetworkDecl>(&decl))
    return network(*one);
  if (auto *objective = as<ObjectiveDecl>(&decl))
    return node("objective " + decl.name + "(" + objective->logits + ")", [&] {
      for (const GoalCase &one : objective->cases)
        child((one.away ? "away from " : "toward ") + one.variable, one.value);
    });
  if (auto *one = as<AttackDecl>(&decl))
    return attack(*one);
  if (auto *layer = as<LayerDecl>(&decl))
    return program("layer", *layer);
  if (auto *optimizer = as<OptimizerDecl>(&decl))
    return program("optimizer", *optimizer);
  if (auto *schedule = as<ScheduleDecl>(&decl))
    return program("schedule", *schedule);
  if (auto *loss = as<LossDecl>(&decl))
    return program("loss", *loss);
  if (auto *one = as<PartDecl>(&decl))
    return part(*one);
  if (auto *one = as<DefenseDecl>(&decl))
    return defense(*one);
  if (auto *show = as<ShowDecl>(&decl))
    return clause(show->clause);
  experiment(*as<ExperimentDecl>(&decl));
}

void Dumper::experiment(const ExperimentDecl &decl) {
  node("experiment " + decl.name + (decl.asPublished ? " as published" : ""), [&] {
    for (const Clause &one : decl.clauses)
      clause(one);
  });
}

void Dumper::group(const Group &one) {
  for (const Item &item : one.items) {
    if (item.items)
      node("family " + item.family, [&] { group(*item.items); });
    else
      node("item", [&] {
        if (!item.title.empty())
          line("title " + item.title);
        chosen(item);
      });
  }
  loops(one.loops);
}

void Dumper::chosen(const Item &item) {
  composition(item.calls);
  training(item.training);
  loops(item.loops);
}

void Dumper::measure(const Measure &one) {
  node("measure " + one.name, [&] {
    for (const Argument &argument_ : one.arguments)
      argument(argument_);
    for (const Aggregate &aggregate : one.aggregates)
      line(aggregate.how + " over " + joined(aggregate.over, ", "));
  });
}

void Dumper::clause(const Clause &one) {
  static const std::vector<std::string> kinds = {
#define CLAUSE(NAME, WORD, TIMES, LACKING, NOT_BUILT) #NAME,
#include "compiler/syntax/clauses.def"
      "Setting"};
  std::string head = kinds[static_cast<size_t>(one.kind)];
  head[0] = static_cast<char>(std::tolower(head[0]));
  for (const std::string *word : {&one.name, &one.of, &one.split, &one.correctFor, &one.each})
    if (!word->empty())
      head += " " + *word;
  if (one.kind == ClauseKind::Dataset && one.group.isSingle())
    head += " " + one.group.items.front().call().name();
  head += one.random ? " random" : "";
  node(head, [&] { clauseParts(one); });
}

void Dumper::training(const TrainingParts &parts) {
  for (const Augmentation &augment : parts.augment)
    node("augment", [&] { layers(augment.layers); });
  for (auto &loss : parts.losses)
    callChild("loss", loss);
  for (const Validation &one : parts.validations)
    node("validate " + one.split + (one.best.empty() ? "" : " best " + one.best), [&] {
      expr(*one.images);
      callChild("against", one.against);
      child("patience", one.patience);
    });
}

void Dumper::estimator(const Estimator &one) {
  if (one.call)
    callChild("estimator", one.call);
  else
    node("transfer", [&] {
      composition(one.source);
      callChild("of", one.of);
    });
  for (const NamedLayer &layer : one.asIdentity)
    line("identity " + layer.name);
  loops(one.loops);
}

void Dumper::clauseParts(const Clause &one) {
  bool applied = one.kind == ClauseKind::Network || one.kind == ClauseKind::Training;
  for (const Composition *side : {&one.compared, &one.with})
    if (!side->empty())
      composition(*side);
  if (!one.group.isSingle() || one.kind == ClauseKind::Defend || one.kind == ClauseKind::Attack)
    group(one.group);
  else if (applied) // a data set is in the head
    chosen(one.group.items.front());
  for (const Estimator &each : one.estimators)
    estimator(each);
  for (auto &judge : one.judges)
    call(*judge);
  child("count", one.count);
  child("value", one.value);
  if (one.goal)
    goal(*one.goal);
  if (one.reprogram)
    node("to " + one.reprogram->dataset, [&] {
      node("transform", [&] { layers(one.reprogram->transform); });
      callChild("fit", one.reprogram->fit);
      callChild("labels", one.reprogram->labels);
      loops(one.reprogram->loops);
    });
  for (const Measure &each : one.measures)
    measure(each);
  static const char *const parts[] = {"against", "by", "for_each", "with", "at", "first", "from"};
  for (const ShowPart &part : one.parts)
    node(std::string(parts[static_cast<int>(part.kind)]) +
             (part.names.empty() ? "" : " " + joined(part.names, ", ")),
         [&] {
           if (part.kind == ShowPartKind::Against)
             measure(part.against);
           if (part.call)
             call(*part.call);
           child("image", part.image);
           child("count", part.count);
         });
}

} // namespace

std::string dump(const Module &module) {
  Dumper dumper;
  dumper.module(module);
  return dumper.text;
}

} // namespace switchyard
