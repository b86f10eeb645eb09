// Programs as text again: the one format, and the tree for `--emit=ast`.

#ifndef SWITCHYARD_COMPILER_SYNTAX_PRINT_H
#define SWITCHYARD_COMPILER_SYNTAX_PRINT_H

#include "compiler/syntax/Ast.h"

#include <string>

namespace switchyard {

/// The module in canonical format, without comments; parsing it gives the same module.
std::string format(const ast::Module &module);
/// The formatted text of a program with every comment of the text as written, each where it was.
std::string withComments(const std::string &formatted, const std::string &written);
/// One expression in canonical format.
std::string format(const ast::Expr &expression);
/// The tree, one node a line, without places: equal trees have equal text.
std::string dump(const ast::Module &module);

} // namespace switchyard

#endif
