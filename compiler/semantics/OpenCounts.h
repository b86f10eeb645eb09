// Counts of a call whose values a resolved program cannot show: variables of `for`, parameters of a defense.
// They are rounded where they are bound (S1.5), and a default that is made of them is made of what they are
// then. Written out with the argument in its place it would be made of what was not rounded; so it stays a
// default.

#ifndef SWITCHYARD_COMPILER_SEMANTICS_OPENCOUNTS_H
#define SWITCHYARD_COMPILER_SEMANTICS_OPENCOUNTS_H

#include "compiler/semantics/Evaluate.h"

#include <algorithm>

namespace switchyard {

/// A count, or a list of them, as it is bound.
inline Value rounded(const Value &value) {
  if (value.isNumber())
    return value.number().isInteger() ? value : Value(Number(value.number().asCount()));
  if (!value.isList())
    return value;
  Value::List list;
  for (const Value &one : value.list())
    list.push_back(rounded(one));
  return list;
}

class OpenCounts {
public:
  /// Whether the parameter, which is given or not, is left out of the call that is shown.
  bool leavesOut(const ast::Parameter &parameter, bool isGiven) {
    if (isGiven || !parameter.byDefault)
      return false;
    std::vector<const ast::NameExpr *> names;
    collectNames(*parameter.byDefault, names);
    bool isOpen = std::any_of(names.begin(), names.end(), [&](const ast::NameExpr *one) {
      return std::find(open.begin(), open.end(), one->path.back()) != open.end();
    });
    if (isOpen)
      open.push_back(parameter.name);
    return isOpen;
  }

  /// What is given for a parameter: `isShown`, where it is a whole number as it will be.
  void add(const ast::Parameter &parameter, bool isShown) {
    if (!isShown && (parameter.type.name == "int" || parameter.type.isListOf("int")))
      open.push_back(parameter.name);
  }

private:
  std::vector<std::string> open;
};

} // namespace switchyard

#endif
