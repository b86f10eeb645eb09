// What stands in `attack with`: each item is one attack, and no two have the same row of the results.

#include "compiler/semantics/Clauses.h"
#include "compiler/syntax/Print.h"

#include <algorithm>

namespace switchyard {

bool isOneAttack(Diagnostics &diagnostics, const Point &item) {
  if (item.calls.size() == 1)
    return true;
  diagnostics
      .error(Id::ComposedAttacks, item.calls[1]->location, "attacks are not composed: `with` joins defenses")
      .note("list attacks one after another; each is a row of the results")
      .note("how their gradients are estimated on a random model stands beside them: `gradients eot(10)`");
  return false;
}

void reportAlike(Diagnostics &diagnostics, const Point &item, const resolved::Attack &first,
                 const resolved::Attack &second) {
  const bool same = std::equal(first.arguments.begin(), first.arguments.end(), second.arguments.begin(),
                               second.arguments.end(), [](const NamedValue &a, const NamedValue &b) {
                                 return a.name == b.name && a.value.text() == b.value.text();
                               });
  auto &error =
      diagnostics.error(Id::AttackTwice, second.location,
                        same ? "attack `" + second.label + "` stands here twice"
                             : "two attacks are called `" + second.label +
                                   "` at the same values of the axes: nothing would tell their rows apart");
  error.note(first.location, "the other one");
  if (!same)
    error.note("a name for tables does: `\"half of eps\": " + format(item.call()) + "`");
}

} // namespace switchyard
