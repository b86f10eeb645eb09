// Expansion of `for`.

#include "compiler/semantics/Expand.h"

#include "compiler/syntax/Print.h"
#include "compiler/syntax/Writer.h"

#include <algorithm>

namespace switchyard {

using namespace ast;

namespace {

constexpr size_t maxPoints = 100000;

void addNames(const Group &group, std::vector<const NameExpr *> &names);

void addNames(const std::vector<ForIn> &loops, std::vector<const NameExpr *> &names) {
  for (const ForIn &one : loops)
    collectNames(*one.list, names);
}

void addNames(const Item &item, std::vector<const NameExpr *> &names) {
  for (auto &call : item.calls)
    collectNames(*call, names);
  addNames(item.loops, names);
  if (item.items)
    addNames(*item.items, names);
}

void addNames(const Group &group, std::vector<const NameExpr *> &names) {
  for (const Item &one : group.items)
    addNames(one, names);
  addNames(group.loops, names);
}

bool anyIsOf(const std::vector<const NameExpr *> &names, const ForIn &loop) {
  return std::any_of(names.begin(), names.end(), [&](const NameExpr *one) {
    auto &known = loop.variables;
    return std::find(known.begin(), known.end(), joined(one->path, ".")) != known.end();
  });
}

/// Whether an item has a value on the axes of its group's `for`: one that does not use it is the same at all
/// of them, and has none, unless no item uses it, or its strength in a family is of these.
bool standsAt(const Item &item, const ForIn &loop, const Group &group, const std::string &family) {
  std::vector<const NameExpr *> own, all;
  addNames(item, own);
  addNames(group.loops, own);
  addNames(group, all);
  return !family.empty() || item.items || anyIsOf(own, loop) || !anyIsOf(all, loop);
}

std::string written(const Item &item) {
  std::vector<std::string> calls;
  for (auto &call : item.calls)
    calls.push_back(format(*call));
  return joined(calls, " with ");
}

class Expander {
public:
  Expander(Program &program, const std::function<void(const Point &)> &visit)
      : program(program), visit(visit) {}

  void group(const Group &group, const std::vector<const ForIn *> &outer, const std::string &family) {
    for (const Item &one : group.items) {
      std::vector<const ForIn *> loops = outer;
      for (const ForIn &loop : group.loops)
        if (standsAt(one, loop, group, family))
          loops.push_back(&loop);
      if (one.items) {
        this->group(*one.items, loops, one.family);
        continue;
      }
      for (const ForIn &loop : one.loops)
        loops.push_back(&loop);
      Scope scope = topScope(program, program.user());
      for (const Item &other : group.items)
        for (const ForIn &loop : other.loops)
          for (const std::string &name : loop.variables)
            scope.beside[name] = {loop.location, "this `for` belongs to `" + written(other) +
                                                     "` alone; for all of them it stands behind `}`"};
      at(Point{callsOf(one.calls), std::move(scope), {}, family, "", one.title, &one}, loops);
    }
  }

  void at(Point point, const std::vector<const ForIn *> &loops) {
    checkVariables(loops);
    axis(point, loops, 0, 0);
  }

private:
  void checkVariables(const std::vector<const ForIn *> &loops) {
    std::vector<std::string> seen;
    static const std::vector<std::string> columns = {
#define COLUMN(NAME, FIELD) #NAME,
#define AXIS(NAME) #NAME,
#include "runtime/contract/columns.def"
    };
    for (const ForIn *loop : loops)
      for (const std::string &name : loop->variables) {
        if (std::find(seen.begin(), seen.end(), name) != seen.end())
          program.diagnostics.error(Id::AxisTwice, loop->location,
                                    "`" + name + "` already stands for another axis here");
        if (std::find(columns.begin(), columns.end(), name) != columns.end())
          program.diagnostics.error(Id::AxisName, loop->location,
                                    "an axis cannot be called `" + name +
                                        "`: the results have a column "
                                        "of that name");
        seen.push_back(name);
      }
  }

  /// Sets the variables of loop `i` from `variable` on to every value of its list, then goes on with the
  /// next.
  void axis(Point &point, const std::vector<const ForIn *> &loops, size_t i, size_t variable) {
    if (i == loops.size())
      return finish(point);
    const ForIn &loop = *loops[i];
    if (variable == loop.variables.size())
      return axis(point, loops, i + 1, 0);
    auto list = evaluate(program, *loop.list, point.scope);
    if (!list)
      return;
    if (!list->isList() || list->list().empty()) {
      program.diagnostics.error(Id::ForOverNoList, loop.list->location,
                                list->isList() ? "`for` over an empty list"
                                               : "`for` runs over a list, got " + list->text());
      return;
    }
    const std::string &name = loop.variables[variable];
    for (const Value &value : list->list()) {
      if (points > maxPoints) // said; there may be very many more
        return;
      point.scope.setAxis(name, value, loop.location);
      point.axes.push_back({name, value});
      axis(point, loops, i, variable + 1);
      point.axes.pop_back();
    }
  }

  void finish(Point &point) {
    if (++points > maxPoints) {
      if (points == maxPoints + 1)
        program.diagnostics.error(Id::TooManyCombinations, point.call().location,
                                  "this expands to more than " + std::to_string(maxPoints) + " combinations");
      return;
    }
    std::vector<std::string> strength;
    for (const NamedValue &one : point.axes)
      strength.push_back(one.name + " = " + one.value.text());
    point.strength = point.family.empty() ? "" : joined(strength, ", ");
    visit(point);
  }

  Program &program;
  const std::function<void(const Point &)> &visit;
  size_t points = 0;
};

} // namespace

std::vector<const CallExpr *> callsOf(const Composition &composition) {
  std::vector<const CallExpr *> calls;
  for (auto &one : composition)
    calls.push_back(one.get());
  return calls;
}

std::string labelOf(const Point &point, const std::vector<Parameter> &parameters,
                    const NamedValues &arguments) {
  std::vector<std::string> parts;
  size_t position = 0;
  std::map<std::string, const Expr *> given;
  for (const Argument &one : point.call().arguments)
    given[one.name.empty() ? parameters[position++].name : one.name] = one.value.get();
  for (const NamedValue &one : arguments)
    if (one.written && !mentionsAxis(*given.at(one.name), point.scope))
      parts.push_back(one.name + " = " + one.value.text());
  if (!point.title.empty())
    return point.title;
  return point.call().name() + (parts.empty() ? "" : "(" + joined(parts, ", ") + ")");
}

void expand(Program &program, const std::vector<ForIn> &loops, Point point,
            const std::function<void(const Point &)> &visit) {
  std::vector<const ForIn *> all;
  for (const ForIn &one : loops)
    all.push_back(&one);
  Expander(program, visit).at(std::move(point), all);
}

void expand(Program &program, const Group &group, const std::function<void(const Point &)> &visit) {
  Expander(program, visit).group(group, {}, "");
}

} // namespace switchyard
