// Arithmetic on numbers that are known: what an operation makes of two of them, or why it makes none. The
// language's rules (S1.11) stand here once, for arguments, for attacks and for the generator.

#ifndef SWITCHYARD_COMPILER_SEMANTICS_ARITHMETIC_H
#define SWITCHYARD_COMPILER_SEMANTICS_ARITHMETIC_H

#include "compiler/syntax/Ast.h"

#include <optional>

namespace switchyard {

struct Computed {
  Number value;
  std::string why; ///< behind "`a / b` ": why there is no value; empty: there is one
};

/// `op` is one of + - * / ^.
Computed compute(ast::BinaryOp op, const Number &left, const Number &right);

/// The value of a name that stands for a number everywhere, or none: `infinity`, `pi`.
std::optional<Number> constantNamed(const std::string &name);

/// The value of a checked expression of literals and such names, or none.
std::optional<Number> constantOf(const ast::Expr *expr);

} // namespace switchyard

#endif
