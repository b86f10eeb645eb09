// `print --resolved`: the user's file with every default filled in, every count rounded, every param replaced
// by its value. `for`s stay, since they name the axes of the results. Printing the result again changes
// nothing.

#include "compiler/semantics/FormatResolved.h"

#include "compiler/semantics/Evaluate.h"
#include "compiler/semantics/FilledCalls.h"
#include "compiler/semantics/OpenCounts.h"
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
      : checked(checked), user(*checked.modules.front()), calls(checked),
        program{sources, diagnostics, options, {}, {}, {}, checked.params, {}, {}} {}

  std::string print() {
    DeclKind previous = DeclKind::Use;
    bool first = true;
    for (auto &decl : user.declarations) {
      bool together = decl->kind == previous && (previous == DeclKind::Use || previous == DeclKind::Param ||
                                                 previous == DeclKind::Show);
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
      return writeNetwork(out, *network, calls.layer());
    if (auto *part = as<PartDecl>(&decl))
      return writePart(out, *part, calls.layer());
    if (auto *defense = as<DefenseDecl>(&decl))
      return writeDefense(out, *defense, calls.layer(), calls.recipe(*defense), calls.defense());
    auto *one = as<ExperimentDecl>(&decl);
    if (!one)
      return writeDeclaration(out, decl);
    settings.clear();
    for (const resolved::Experiment &experiment : checked.experiments)
      if (experiment.decl == one)
        settings.push_back(&experiment);
    if (!settings.empty())
      experiment(*one, *settings.front()); // the others have the same, but for what they are applied to
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

  /// The first setting in which a call stands for what it is applied to.
  template <typename Applied> const resolved::Experiment &settingOf(const CallExpr &call, Applied applied) {
    for (const resolved::Experiment *one : settings)
      if (applied(*one).location == call.location)
        return *one;
    return *settings.front();
  }

  /// The items of a clause, each with the scope of its variables and the text of their loops; `varies`: there
  /// are some.
  using WriteChosen = std::function<void(const Item &, const std::string &before, const Scope &inside,
                                         bool varies, const std::string &behind)>;
  void chosen(const std::string &word, const Group &group, const WriteChosen &write) {
    Scope outer = scope();
    std::string ofAll = loops(group.loops, outer);
    writeChosen(out, word, group, ofAll, [&](const Item &item, const std::string &before) {
      Scope inside = outer;
      std::string behind = loops(item.loops, inside);
      write(item, before, inside, !group.loops.empty() || !item.loops.empty(), behind);
    });
  }

  void networks(const Group &group) {
    chosen("network", group,
           [this](const Item &item, const std::string &before, const Scope &inside, bool varies,
                  const std::string &behind) {
             const resolved::Network &network =
                 settingOf(item.call(), [](auto &one) -> auto & { return one.network; }).network;
             out.line(before +
                      (varies ? call(item.call(), inside, &network.decl->parameters)
                              : item.call().name() + valuesText(network.arguments)) +
                      behind);
           });
  }

  void trainings(const Group &group) {
    chosen("training", group,
           [this](const Item &item, const std::string &before, const Scope &inside, bool varies,
                  const std::string &behind) {
             const resolved::Training &training =
                 settingOf(item.call(), [](auto &one) -> auto & { return one.training; }).training;
             auto loss = [&](const CallExpr &written) {
               return varies ? call(written, inside, &training.loss->decl->parameters)
                             : lossText(*training.loss);
             };
             auto validation = [&](const Validation &written) {
               return varies ? validationText(written, inside) : validationText(*training.validation);
             };
             writeTraining(out, before + trainingText(training, item.call(), inside), item.training, loss,
                           validation, behind);
           });
  }

  void clause(const Clause &one, const resolved::Experiment &resolved) {
    switch (one.kind) {
    case ClauseKind::Network:
      return networks(one.group);
    case ClauseKind::Training:
      return trainings(one.group);
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

  /// What is computed at each step, or varies along an axis, stays an expression, with params replaced.
  std::string trainingText(const resolved::Training &training, const CallExpr &call, const Scope &inside) {
    std::map<std::string, const Expr *> varying;
    size_t position = 0;
    for (const Argument &one : call.arguments) {
      const std::string name = one.name.empty() ? training.arguments[position++].name : one.name;
      if (mentionsAxis(*one.value, inside))
        varying[name] = one.value.get();
    }
    std::vector<std::string> parts;
    auto add = [&](const std::string &name, const Expr *expression, const std::string &value) {
      auto found = varying.find(name);
      expression = found != varying.end() ? found->second : expression;
      parts.push_back(name + " = " + (expression ? withParams(*expression, inside) : value));
    };
    for (const resolved::TrainingArgument &one : training.arguments)
      add(one.name, one.schedule, one.schedule ? "" : one.value.text());
    add("batch", nullptr, std::to_string(training.batch));
    add("epochs", nullptr, std::to_string(training.epochs));
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

  /// Along axes.
  std::string validationText(const Validation &one, const Scope &inside) {
    std::string against;
    if (one.against)
      against = " against " + call(*one.against, inside, attackParameters(*one.against)) +
                (one.against->estimator ? " with " + callText(*one.against->estimator) : "");
    return "validate on last " + text(*one.images, inside) + " training images" + against +
           (one.best.empty() ? "" : ", keep best " + one.best) +
           (one.patience ? ", stop after " + text(*one.patience, inside) + " epochs" : "");
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
    auto *attack = calls.declared<AttackDecl>(call.name());
    return attack ? &attack->parameters : nullptr;
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
                          &call == one.of.get() ? calls.parametersOf<NetworkDecl>(call)
                          : one.of              ? calls.parametersOf<DefenseDecl>(call)
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
    return withParams(e, inside);
  }

  std::string withParams(const Expr &e, const Scope &inside) const {
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
                : parameter.type.name == "attack" ? calls.parametersOf<AttackDecl>(*handed)
                : parameter.type.name == "loss"   ? calls.parametersOf<LossDecl>(*handed)
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
  FilledCalls calls;
  std::vector<const resolved::Experiment *> settings; // of the experiment that is printed
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
