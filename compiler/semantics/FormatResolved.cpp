// `print --resolved`: the user's file with every default filled in, every count rounded, every param replaced
// by its value. `for`s stay, since they name the axes of the results. Printing the result again changes
// nothing.

#include "compiler/semantics/FormatResolved.h"
#include "compiler/semantics/OpenCounts.h"

#include "compiler/semantics/Evaluate.h"
#include "compiler/syntax/Clone.h"
#include "compiler/syntax/Print.h"
#include "compiler/syntax/Writer.h"

#include <algorithm>
#include <functional>
#include <set>

namespace switchyard {

using namespace ast;

namespace {

/// How the head of a resolved program begins.
constexpr const char *headWords = "// Every default filled in. Seed ";

/// The program's text without the head that printing it put there.
std::string withoutHead(const std::string &text) {
  if (text.rfind(headWords, 0) != 0)
    return text;
  return text.substr(std::min(text.find('\n'), text.size()));
}

class ResolvedFormatter {
public:
  explicit ResolvedFormatter(const CheckedProgram &checked)
      : checked(checked), user(*checked.modules.front()),
        program{sources, diagnostics, options, {}, {}, {}, checked.params, {}, {}} {}

  std::string print() {
    DeclKind previous = DeclKind::Use;
    bool first = true;
    for (auto &decl : user.declarations) {
      bool together = decl->kind == previous && (previous == DeclKind::Use || previous == DeclKind::Param);
      if (!first && !together)
        out.blank();
      declaration(*decl);
      previous = decl->kind;
      first = false;
    }
    return out.text();
  }

private:
  void declaration(const Decl &decl) {
    if (auto *param = as<ParamDecl>(&decl))
      return out.line("param " + decl.name + ": " + param->type.name + " = " +
                      checked.params.at(decl.name).text());
    if (auto *dataset = as<DatasetDecl>(&decl))
      return out.line("dataset " + decl.name + " = " + source(*dataset));
    if (auto *network = as<NetworkDecl>(&decl))
      return writeNetwork(out, *network, layerText());
    if (auto *part = as<PartDecl>(&decl))
      return writePart(out, *part, layerText());
    if (auto *defense = as<DefenseDecl>(&decl))
      return writeDefense(out, *defense, layerText(), recipeText(*defense), defenseText());
    auto *one = as<ExperimentDecl>(&decl);
    if (!one)
      return writeDeclaration(out, decl);
    for (const resolved::Experiment &experiment : checked.experiments)
      if (experiment.decl == one)
        this->experiment(*one, experiment);
  }

  /// A layer or a part with its defaults.
  CallText layerText() const {
    return [this](const CallExpr &call) {
      const LayerKind *kind = findLayer(call.name());
      if (!kind)
        return filled(call, layerParameters(call.name()));
      std::vector<std::pair<std::string, std::string>> parameters;
      for (const CatalogParameter &one : kind->parameters)
        parameters.push_back({one.name, one.byDefault});
      return filled(call, std::move(parameters));
    };
  }

  /// How a defense trains.
  RecipeText recipeText(const DefenseDecl &defense) const {
    return [this, &defense](const Rewrite &one) {
      if (std::any_of(defense.parameters.begin(), defense.parameters.end(),
                      [&](const Parameter &parameter) { return parameter.name == one.call->name(); }))
        return callText(*one.call);
      if (one.kind == RewriteKind::TrainRecipe)
        return one.call->arguments.empty() ? one.call->name() + "(draw = per_example)" : callText(*one.call);
      return one.kind == RewriteKind::TrainBy ? filled(*one.call, parametersOf<LossDecl>(*one.call))
                                              : filled(*one.call, parametersOf<AttackDecl>(*one.call));
    };
  }

  /// A defense with its defaults.
  CallText defenseText() const {
    return [this](const CallExpr &call) { return filled(call, parametersOf<DefenseDecl>(call)); };
  }

  template <typename T> const std::vector<Parameter> *parametersOf(const CallExpr &call) const {
    auto *decl = declared<T>(call.name());
    return decl ? &decl->parameters : nullptr;
  }

  const std::vector<Parameter> *layerParameters(const std::string &name) const {
    if (auto *layer = declared<LayerDecl>(name))
      return &layer->parameters;
    auto *part = declared<PartDecl>(name);
    return part ? &part->parameters : nullptr;
  }

  /// A call of what is declared; a default that other parameters are in has what is given for them.
  std::string filled(const CallExpr &call, const std::vector<Parameter> *parameters) const {
    if (!parameters || parameters->empty())
      return callText(call);
    std::map<std::string, const Expr *> given;
    std::vector<std::string> parts;
    size_t position = 0;
    for (const Argument &one : call.arguments)
      given[one.name.empty() ? (*parameters)[position++].name : one.name] = one.value.get();
    Substitution values;
    OpenCounts counts;
    for (const Parameter &one : *parameters) {
      if (counts.leavesOut(one, given.count(one.name)))
        continue;
      auto found = given.find(one.name);
      ExprPtr value = found != given.end() ? clone(*found->second, {})
                      : one.byDefault      ? clone(*one.byDefault, values)
                                           : nullptr;
      if (!value)
        continue;
      auto *number = as<NumberExpr>(value.get());
      counts.add(one, number && number->value.isInteger());
      parts.push_back(one.name + " = " + valueText(one, *value));
      values[one.name] = std::move(value);
    }
    for (const Argument &one : call.arguments)
      if (!one.name.empty() && !values.count(one.name)) // `when`
        parts.push_back(one.name + " = " + format(*one.value));
    return call.name() + "(" + joined(parts, ", ") + ")" +
           (call.estimator ? " with " + callText(*call.estimator) : "");
  }

  /// An attack or a loss that is handed on has its defaults, too.
  std::string valueText(const Parameter &parameter, const Expr &value) const {
    auto *call = as<CallExpr>(&value);
    if (call && parameter.type.name == "attack")
      return filled(*call, parametersOf<AttackDecl>(*call));
    if (call && parameter.type.name == "loss")
      return filled(*call, parametersOf<LossDecl>(*call));
    return format(value);
  }

  static std::string filled(const CallExpr &call,
                            std::vector<std::pair<std::string, std::string>> parameters) {
    std::vector<std::string> parts;
    size_t position = 0;
    auto find = [&](const std::string &name) {
      return std::find_if(parameters.begin(), parameters.end(), [&](auto &p) { return p.first == name; });
    };
    std::set<std::string> given;
    for (const Argument &one : call.arguments) {
      std::string name = one.name.empty() ? parameters[position++].first : one.name,
                  value = format(*one.value);
      given.insert(name);
      auto known = find(name);
      if (known == parameters.end())
        parameters.push_back({name, value}); // `when`
      else
        known->second = value;
    }
    for (auto &[name, value] : parameters) {
      if (auto followed = find(value); !given.count(name) && followed != parameters.end())
        value = followed->second;
      parts.push_back(name + " = " + value);
    }
    return parts.empty() ? callText(call) : call.name() + "(" + joined(parts, ", ") + ")";
  }

  static std::string valuesText(const NamedValues &values) {
    std::vector<std::string> parts;
    for (const NamedValue &one : values)
      parts.push_back(one.name + " = " + one.value.text());
    return parts.empty() ? "" : "(" + joined(parts, ", ") + ")";
  }

  std::string source(const DatasetDecl &decl) {
    auto values = bindSource(program, decl, scope());
    return values && !values->empty() ? decl.source->name() + valuesText(*values) : callText(*decl.source);
  }

  Scope scope() {
    Scope result(user);
    for (auto &[name, value] : checked.params)
      result.set(name, value);
    return result;
  }

  void experiment(const ExperimentDecl &decl, const resolved::Experiment &resolved) {
    out.open("experiment " + decl.name + (decl.asPublished ? " as published" : ""));
    for (const Clause &one : decl.clauses)
      clause(one, resolved);
    if (resolved.images > 0 && !has(decl, ClauseKind::Gradients))
      out.line("gradients one_draw");
    if (resolved.images > 0 && !has(decl, ClauseKind::Judge))
      out.line("judge " + judges(resolved.judge));
    for (const NamedValue &one : resolved.settings)
      if (!one.written)
        setting(one);
    out.close();
  }

  /// With their numbers of answers; that of all draws stands with the judge by the success expected.
  static std::string judges(const resolved::Judge &judge) {
    std::vector<std::string> parts;
    for (const rt::Verdict &one : judge.verdicts) {
      bool several = one.kind == rt::Verdict::Kind::AnyOf || one.kind == rt::Verdict::Kind::Majority;
      int64_t draws = several ? one.answers : judge.draws;
      bool asks = several || one.kind == rt::Verdict::Kind::Expected;
      parts.push_back(rt::verdictWord(one.kind) + (asks ? "(draws = " + std::to_string(draws) + ")" : ""));
    }
    return joined(parts, ", ");
  }

  static bool has(const ExperimentDecl &decl, ClauseKind kind) {
    for (const Clause &one : decl.clauses)
      if (one.kind == kind)
        return true;
    return false;
  }

  void training(const TrainingParts &parts, const resolved::Training &resolved) {
    writeTraining(
        out, trainingText(resolved), parts, [&](const CallExpr &) { return lossText(*resolved.loss); },
        [&](const Validation &) { return validationText(*resolved.validation); });
  }

  void clause(const Clause &one, const resolved::Experiment &resolved) {
    switch (one.kind) {
    case ClauseKind::Network:
      return out.line("network " + one.call->name() + valuesText(resolved.network.arguments));
    case ClauseKind::Training:
      return training(one.training, resolved.training);
    case ClauseKind::Defend:
      return group("defend with", one.group,
                   [&](const CallExpr &call) { return defenseParameters(call, resolved); });
    case ClauseKind::Gradients:
      return out.line("gradients " + estimators(one, resolved));
    case ClauseKind::Compare:
      return out.line("compare " + sideText(one.compared, filledDefense(resolved)) + " with " +
                      sideText(one.with, filledDefense(resolved)));
    case ClauseKind::Attack:
      return group("attack with", one.group, [&](const CallExpr &call) { return attackParameters(call); });
    case ClauseKind::Images:
      return images(one, resolved);
    case ClauseKind::Judge:
      return out.line("judge " + judges(resolved.judge));
    case ClauseKind::Repeat:
      return out.line(
          "repeat " + one.name + " " +
          std::to_string(one.name == "training" ? resolved.repeatTraining : resolved.repeatAttack) +
          " times");
    case ClauseKind::Setting:
      for (const NamedValue &value : resolved.settings)
        if (value.name == one.name)
          setting(value);
      return;
    case ClauseKind::Measure:
      return out.line("measure " + measures(one, resolved));
    default:
      return writeClause(out, one);
    }
  }

  /// What is computed at each step stays an expression, with params replaced.
  std::string trainingText(const resolved::Training &training) const {
    Substitution names;
    for (auto &[name, value] : checked.params)
      names[name] = literal(value);
    std::vector<std::string> parts;
    for (const resolved::TrainingArgument &one : training.arguments)
      parts.push_back(one.name + " = " +
                      (one.schedule ? format(*clone(*one.schedule, names)) : one.value.text()));
    parts.push_back("batch = " + std::to_string(training.batch));
    parts.push_back("epochs = " + std::to_string(training.epochs));
    return training.optimizer + "(" + joined(parts, ", ") + ")";
  }

  std::string attackText(const resolved::TrainingAttack &one) {
    return call(*one.call, scope(), attackParameters(*one.call)) +
           (one.estimator ? " with " + one.estimator->label : "");
  }

  std::string validationText(const resolved::Validation &one) {
    return "validate on last " + std::to_string(one.images) + " training images" +
           (one.against ? " against " + attackText(*one.against) : "") +
           (one.keepsBest ? ", keep best accuracy" : "") +
           (one.patience ? ", stop after " + std::to_string(one.patience) + " epochs" : "");
  }

  std::string lossText(const resolved::Loss &loss) {
    std::map<std::string, std::string> given;
    for (const resolved::TrainingScalar &one : loss.numbers)
      given[one.name] = one.value.text();
    for (const resolved::TrainingAttack &one : loss.attacks)
      given[one.name] = attackText(one);
    std::vector<std::string> parts;
    for (const Parameter &one : loss.decl->parameters)
      parts.push_back(one.name + " = " + given.at(one.name));
    return loss.name + (parts.empty() ? "" : "(" + joined(parts, ", ") + ")");
  }

  void setting(const NamedValue &one) { out.line(one.name + " " + one.value.text()); }

  static const std::vector<Parameter> *defenseParameters(const CallExpr &call,
                                                         const resolved::Experiment &resolved) {
    for (const resolved::Defense &defense : resolved.defenses)
      for (const resolved::DefensePart &part : defense.parts)
        if (part.name == call.name())
          return &part.decl->parameters;
    return nullptr;
  }

  /// The attack's own parameters, not those of what it stands for.
  const std::vector<Parameter> *attackParameters(const CallExpr &call) const {
    auto *attack = declared<AttackDecl>(call.name());
    return attack ? &attack->parameters : nullptr;
  }

  /// What a name of the user's program stands for; null where there is none of that kind.
  template <typename T> const T *declared(const std::string &name) const {
    for (auto &module : checked.modules)
      for (auto &decl : module->declarations) {
        std::string prefix = module->namespaceOf.empty() ? "" : module->namespaceOf + ".";
        if (auto *one = as<T>(decl.get()); one && prefix + one->name == name)
          return one;
      }
    return nullptr;
  }

  /// A defense outside of the group is written as there, so that it names the same one.
  std::function<std::string(const CallExpr &)> filledDefense(const resolved::Experiment &resolved) {
    return [this, &resolved](const CallExpr &one) {
      return call(one, scope(), defenseParameters(one, resolved));
    };
  }

  std::string estimators(const Clause &clause, const resolved::Experiment &resolved) {
    std::vector<std::string> parts;
    for (const Estimator &one : clause.estimators) {
      Scope inside = scope();
      std::string behind = loops(one.loops, inside);
      auto filled = [&](const CallExpr &call) {
        return this->call(call, inside,
                          &call == one.of.get() ? parametersOf<NetworkDecl>(call)
                          : one.of              ? parametersOf<DefenseDecl>(call)
                                                : defenseParameters(call, resolved));
      };
      parts.push_back((one.call ? callText(*one.call) : transferText(one, filled)) + identitiesText(one) +
                      behind);
    }
    return joined(parts, ", ");
  }

  void images(const Clause &one, const resolved::Experiment &resolved) {
    std::string goal = resolved.goal.away         ? "away from label"
                       : resolved.goal.index >= 0 ? "toward class " + std::to_string(resolved.goal.index)
                                                  : "toward " + resolved.goal.choice;
    out.line("on " + countText(std::to_string(resolved.images), one.random) + " " + one.split + " images" +
             (one.correctFor.empty() ? "" : " that " + one.correctFor + " classifies correctly") +
             (one.goal ? ", " + goal : ""));
  }

  std::string measures(const Clause &one, const resolved::Experiment &resolved) {
    std::vector<std::string> parts;
    for (const Measure &written : one.measures)
      for (const resolved::Measure &measure : resolved.measures)
        if (measure.location == written.location)
          parts.push_back(measure.name + valuesText(measure.arguments));
    return joined(parts, ", ");
  }

  template <typename F> void group(const std::string &head, const Group &group, F parametersOf) {
    Scope inside = scope();
    std::string behind = loops(group.loops, inside);
    out.open(head);
    items(group.items, inside, parametersOf);
    out.close(behind);
  }

  template <typename F> void items(const std::vector<Item> &items_, const Scope &outer, F parametersOf) {
    for (const Item &one : items_) {
      if (one.items) {
        out.open("family " + one.family);
        items(one.items->items, outer, parametersOf);
        out.close();
        continue;
      }
      Scope inside = outer;
      std::string behind = loops(one.loops, inside);
      auto filled = [&](const CallExpr &one) { return call(one, inside, parametersOf(one)); };
      out.line(titleText(one) + compositionText(one.calls, filled) + behind);
    }
  }

  std::string loops(const std::vector<ForIn> &loops, Scope &inside) {
    std::string result;
    for (const ForIn &one : loops) {
      result += " for " + joined(one.variables, ", ") + " in " + text(*one.list, inside);
      for (const std::string &name : one.variables)
        inside.setAxis(name, Value());
    }
    return result;
  }

  /// An expression of the experiment: its value, or with an axis in it, itself with params replaced.
  std::string text(const Expr &e, const Scope &inside) {
    if (auto *choice = as<ChoiceExpr>(&e); choice && !mentionsAxis(*choice->condition, inside))
      if (auto holds = evaluateTruth(program, *choice->condition, inside))
        return text(*holds ? *choice->yes : *choice->no, inside);
    if (!mentionsAxis(e, inside)) {
      auto value =
          e.kind == ExprKind::Name && !inside.find(format(e)) ? std::nullopt : evaluate(program, e, inside);
      return value ? value->text() : format(e);
    }
    Substitution names;
    for (auto &[name, value] : checked.params)
      if (!inside.isAxis(name))
        names[name] = literal(value);
    return format(*clone(e, names));
  }

  std::string call(const CallExpr &call, const Scope &inside, const std::vector<Parameter> *parameters) {
    if (!parameters || parameters->empty())
      return call.name();
    std::vector<std::string> parts;
    Substitution bound;
    size_t position = 0;
    std::map<std::string, const Expr *> given;
    for (const Argument &one : call.arguments)
      given[one.name.empty() ? (*parameters)[position++].name : one.name] = one.value.get();
    OpenCounts counts;
    for (const Parameter &one : *parameters) {
      if (counts.leavesOut(one, given.count(one.name)))
        continue;
      ExprPtr value = given.count(one.name) ? clone(*given[one.name], {}) : clone(*one.byDefault, bound);
      counts.add(one, !mentionsAxis(*value, inside));
      if ((one.type.name == "int" || one.type.isListOf("int")) && !mentionsAxis(*value, inside))
        value = counted(std::move(value), inside);
      parts.push_back(one.name + " = " + handedText(one, *value, inside));
      bound[one.name] = std::move(value);
    }
    return call.name() + "(" + joined(parts, ", ") + ")";
  }

  /// A value; of an attack or a loss that is handed on, its call with its own defaults.
  std::string handedText(const Parameter &parameter, const Expr &value, const Scope &inside) {
    auto *handed = as<CallExpr>(&value);
    auto *own = !handed                           ? nullptr
                : parameter.type.name == "attack" ? parametersOf<AttackDecl>(*handed)
                : parameter.type.name == "loss"   ? parametersOf<LossDecl>(*handed)
                                                  : nullptr;
    if (!own)
      return text(value, inside);
    return call(*handed, inside, own) + (handed->estimator ? " with " + callText(*handed->estimator) : "");
  }

  /// Counts given as reals are rounded (S1.5), also for defaults that follow them.
  ExprPtr counted(ExprPtr e, const Scope &inside) {
    auto value = evaluate(program, *e, inside);
    return value ? literal(rounded(*value)) : std::move(e);
  }

  const CheckedProgram &checked;
  const Module &user;
  // The program has been checked: what is evaluated again cannot fail, so nobody reads these.
  Sources sources;
  Diagnostics diagnostics;
  CheckOptions options;
  Program program;
  Writer out;
};

} // namespace

std::string formatResolved(const CheckedProgram &program, const Sources &sources) {
  uint64_t seed = program.experiments.empty() ? 1 : program.experiments.front().seed;
  std::string head = headWords + std::to_string(seed) + ".\n\n";
  const std::string &written = sources[program.modules.front()->file].text;
  return head + withComments(ResolvedFormatter(program).print(), withoutHead(written));
}

} // namespace switchyard
