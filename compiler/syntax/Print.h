// Programs as text again: the one format, the resolved program, and the tree for `--emit=ast`.

#ifndef SWITCHYARD_COMPILER_SYNTAX_PRINT_H
#define SWITCHYARD_COMPILER_SYNTAX_PRINT_H

#include "compiler/semantics/Check.h"

#include <string>

namespace switchyard {

/// The module in canonical format; parsing it gives the same module. Of its comments only those before
/// declarations, clauses and statements: withComments() puts in all.
std::string format(const ast::Module &module);
/// The formatted text of a program with every comment of the text as written, each where it was.
std::string withComments(const std::string &formatted, const std::string &written);
/// One expression in canonical format.
std::string format(const ast::Expr &expression);
/// A program without defaults, `for` and `use`, equal in meaning: checks, and prints back as itself.
std::string formatResolved(const CheckedProgram &program);
/// The tree, one node a line, without places: equal trees have equal text.
std::string dump(const ast::Module &module);

} // namespace switchyard

#endif
