// See CalledHere.h.

#include "compiler/semantics/CalledHere.h"

#include "compiler/syntax/Print.h"

namespace switchyard {

using namespace ast;

static void collectPlaces(const Expr &e, std::vector<Location> &places) {
  places.push_back(e.location);
  if (auto *call = as<CallExpr>(&e))
    for (const Argument &one : call->arguments) // with its name
      places.push_back(one.location);
  for (const Expr *child : children(e))
    collectPlaces(*child, places);
}

CalledHere::~CalledHere() {
  if (program.diagnostics.reports() <= before)
    return;
  std::vector<Location> places; // the call's own is the first
  collectPlaces(call, places);
  program.diagnostics.nameSince(before, places, "in `" + format(call) + "`, called here");
}

} // namespace switchyard
