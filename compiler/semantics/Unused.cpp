// What an attack, a defense or a network is given or computes and never reads: a line that was forgotten, or
// an argument that changes nothing where the user thinks it does.

#include "compiler/semantics/Program.h"

#include <map>
#include <set>

namespace switchyard {

using namespace ast;

namespace {

class Reads {
public:
  explicit Reads(const AttackDecl &attack) {
    defaults(attack.parameters);
    read(attack.threat.radius.get());
    for (const CalledAttack *one : attack.calls())
      read(one->call.get());
    body(attack.body);
  }

  explicit Reads(const LayerDecl &layer) : Reads(layer.parameters, layer.body) {}
  explicit Reads(const ScheduleDecl &schedule) : Reads(schedule.parameters, schedule.body) {}
  explicit Reads(const LossDecl &loss) : Reads(loss.parameters, loss.body) {}
  /// The training reads the weight, and what the weight keeps is read at the next step.
  explicit Reads(const OptimizerDecl &optimizer) : Reads(optimizer.parameters, optimizer.body) {
    names.insert("w");
  }

  explicit Reads(const NetworkDecl &network) {
    defaults(network.parameters);
    for (const ExprPtr *one : {&network.low, &network.high, &network.classes})
      read(one->get());
    for (const BlockDecl &block : network.blocks)
      layers(block.layers);
  }

  explicit Reads(const PartDecl &part) {
    defaults(part.parameters);
    layers(part.layers);
  }

  /// A place is named by a parameter of type block.
  explicit Reads(const DefenseDecl &defense) {
    defaults(defense.parameters);
    for (const Rewrite &one : defense.rewrites) {
      names.insert({one.place.target, one.target});
      layers(one.layers);
      read(one.argument.get());
      read(one.call.get());
      if (one.call)
        names.insert(one.call->name());
      if (one.goal)
        read(one.goal->index.get());
    }
    for (const ChosenDefense &one : defense.members) {
      read(one.chance.get());
      for (auto &call : one.calls)
        read(call.get());
    }
  }

  bool has(const std::string &name) const { return names.count(name) > 0; }
  /// Where each variable that is assigned is first.
  const std::map<std::string, const AssignStatement *> &assigned() const { return variables; }

private:
  Reads(const std::vector<Parameter> &parameters, const Body &statements) {
    defaults(parameters);
    body(statements);
  }

  void defaults(const std::vector<Parameter> &parameters) {
    for (const Parameter &one : parameters)
      read(one.byDefault.get());
  }

  void layers(const Layers &items) {
    for (const LayerItem &one : items) {
      read(one.call.get());
      forEachPart(one, [&](const Expr &e) { read(&e); }, [&](const Layers &inner) { layers(inner); });
    }
  }

  void body(const Body &statements) {
    for (auto &one : statements) {
      if (auto *assign = as<AssignStatement>(one.get())) {
        variables.insert({assign->variable, assign});
        read(assign->value.get());
      } else if (auto *repeat = as<RepeatStatement>(one.get())) {
        read(repeat->count.get());
        read(repeat->except.get());
        body(repeat->body);
      } else if (auto *condition = as<IfStatement>(one.get())) {
        read(condition->condition.get());
        body(condition->yes);
        body(condition->no);
      } else if (auto *required = as<RequireStatement>(one.get())) {
        read(required->condition.get());
      } else if (auto *result = as<ReturnStatement>(one.get())) {
        read(result->value.get());
      }
    }
  }

  /// A call reads what its name begins with: an objective that is a parameter, an optimizer.
  void read(const Expr *e) {
    if (!e)
      return;
    if (auto *name = as<NameExpr>(e))
      names.insert(name->path.front());
    if (auto *call = as<CallExpr>(e))
      names.insert(call->path.front());
    if (auto *gradient = as<GradientExpr>(e))
      names.insert(gradient->at);
    for (const Expr *child : children(*e))
      read(child);
  }

  std::set<std::string> names;
  std::map<std::string, const AssignStatement *> variables;
};

} // namespace

static void warnParameters(Program &program, const std::vector<Parameter> &parameters, const Reads &reads,
                           const std::string &what) {
  for (const Parameter &one : parameters)
    if (!reads.has(one.name))
      program.diagnostics.warning(Id::UnusedParameter, one.location,
                                  "parameter `" + one.name + "` of " + what +
                                      " is never used: no value of it changes anything");
}

static void warnValues(Program &program, const Reads &reads) {
  for (auto &[name, first] : reads.assigned())
    if (!reads.has(name))
      program.diagnostics.warning(Id::UnusedValue, first->location,
                                  (as<GradientExpr>(first->value.get()) ? "the gradient `" : "the value `") +
                                      name + "` is computed and never used");
}

void warnUnused(Program &program, const AttackDecl &attack) {
  Reads reads(attack);
  warnParameters(program, attack.parameters, reads, "attack `" + attack.name + "`");
  warnValues(program, reads);
}

/// Of a layer, an optimizer, a schedule, a loss.
template <typename T> static void warnProgram(Program &program, const T &decl) {
  Reads reads(decl);
  warnParameters(program, decl.parameters, reads, std::string(spelling(decl.kind)) + " `" + decl.name + "`");
  warnValues(program, reads);
}
void warnUnused(Program &program, const LayerDecl &layer) {
  warnProgram(program, layer);
}
void warnUnused(Program &program, const OptimizerDecl &optimizer) {
  warnProgram(program, optimizer);
}
void warnUnused(Program &program, const ScheduleDecl &schedule) {
  warnProgram(program, schedule);
}
void warnUnused(Program &program, const LossDecl &loss) {
  warnProgram(program, loss);
}

void warnUnused(Program &program, const PartDecl &part) {
  warnParameters(program, part.parameters, Reads(part), "part `" + part.name + "`");
}

void warnUnused(Program &program, const DefenseDecl &defense) {
  warnParameters(program, defense.parameters, Reads(defense), "defense `" + defense.name + "`");
}

void warnUnused(Program &program, const NetworkDecl &network) {
  warnParameters(program, network.parameters, Reads(network), "network `" + network.name + "`");
}

} // namespace switchyard
