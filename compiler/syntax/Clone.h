// Copies of expressions with names replaced.

#ifndef SWITCHYARD_COMPILER_SYNTAX_CLONE_H
#define SWITCHYARD_COMPILER_SYNTAX_CLONE_H

#include "compiler/syntax/Ast.h"

#include <map>

namespace switchyard {

using Substitution = std::map<std::string, ast::ExprPtr>;

/// A copy of an expression known before the run, with names replaced.
ast::ExprPtr clone(const ast::Expr &e, const Substitution &names);
/// A value as an expression that stands safely inside others.
ast::ExprPtr literal(const Value &value);

} // namespace switchyard

#endif
