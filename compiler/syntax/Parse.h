// From a file's text to its tree.

#ifndef SWITCHYARD_COMPILER_SYNTAX_PARSE_H
#define SWITCHYARD_COMPILER_SYNTAX_PARSE_H

#include "compiler/syntax/Ast.h"
#include "compiler/syntax/Diagnostics.h"

#include <memory>
#include <string>

namespace switchyard {

/// Parses one file, from disk or what lies over it. Errors are in `diagnostics`; declarations without any are
/// in the module beside them. Null if there is nothing to read.
std::unique_ptr<ast::Module> parseFile(const std::string &path, Sources &sources, Diagnostics &diagnostics);

} // namespace switchyard

#endif
