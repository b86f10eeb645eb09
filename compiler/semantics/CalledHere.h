// Where evaluating what is called fails (a default, a body of another file), the call that asked for it is
// named.

#ifndef SWITCHYARD_COMPILER_SEMANTICS_CALLEDHERE_H
#define SWITCHYARD_COMPILER_SEMANTICS_CALLEDHERE_H

#include "compiler/semantics/Program.h"

namespace switchyard {

/// Names the call in each error that is reported while this lives and stands elsewhere.
class CalledHere {
public:
  CalledHere(Program &program, const ast::CallExpr &call)
      : program(program), call(call), before(program.diagnostics.reports()) {}
  ~CalledHere();
  CalledHere(const CalledHere &) = delete;
  CalledHere &operator=(const CalledHere &) = delete;

private:
  Program &program;
  const ast::CallExpr &call;
  size_t before;
};

} // namespace switchyard

#endif
