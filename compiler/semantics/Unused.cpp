// What an attack is given or computes and never reads: a line that was forgotten, or an argument that changes
// nothing where the user thinks it does.

#include "compiler/semantics/Program.h"

#include <map>
#include <set>

namespace switchyard {

using namespace ast;

namespace {

class Reads {
public:
  explicit Reads(const AttackDecl &attack) {
    for (const Parameter &one : attack.parameters)
      read(one.byDefault.get());
    read(attack.threat.radius.get());
    read(attack.alias.get());
    body(attack.body);
  }

  bool has(const std::string &name) const { return names.count(name) > 0; }
  /// Where each variable that is assigned is first.
  const std::map<std::string, const AssignStatement *> &assigned() const { return variables; }

private:
  void body(const Body &statements) {
    for (auto &one : statements) {
      if (auto *assign = as<AssignStatement>(one.get())) {
        variables.insert({assign->variable, assign});
        read(assign->value.get());
      } else if (auto *repeat = as<RepeatStatement>(one.get())) {
        read(repeat->count.get());
        body(repeat->body);
      } else if (auto *condition = as<IfStatement>(one.get())) {
        read(condition->condition.get());
        body(condition->yes);
        body(condition->no);
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

void warnUnused(Program &program, const AttackDecl &attack) {
  Reads reads(attack);
  for (const Parameter &one : attack.parameters)
    if (!reads.has(one.name))
      program.diagnostics.warning(Id::UnusedParameter, one.location,
                                  "parameter `" + one.name + "` of attack `" + attack.name +
                                      "` is never used: no value of it changes anything");
  for (auto &[name, first] : reads.assigned())
    if (!reads.has(name))
      program.diagnostics.warning(Id::UnusedValue, first->location,
                                  (as<GradientExpr>(first->value.get()) ? "the gradient `" : "the value `") +
                                      name + "` is computed and never used");
}

} // namespace switchyard
