// From a file to a checked program: reads it and what it uses, checks every declaration, resolves every
// experiment. An error in one keeps the others; what leans on it says nothing more.

#ifndef SWITCHYARD_COMPILER_SEMANTICS_CHECK_H
#define SWITCHYARD_COMPILER_SEMANTICS_CHECK_H

#include "compiler/semantics/References.h"
#include "compiler/semantics/Resolved.h"
#include "compiler/syntax/Ast.h"
#include "compiler/syntax/Diagnostics.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace switchyard {

struct CheckOptions {
  std::vector<std::string> sets; ///< `name=value`, for the program's `param`s
  uint64_t seed = 1;
  std::string standardLibrary; ///< folder that holds `std`'s files; see standardLibraryFolder()
};

struct CheckedProgram {
  /// The user's file first, then what it uses, in the order met.
  std::vector<std::unique_ptr<ast::Module>> modules;
  std::vector<resolved::Experiment> experiments; ///< settings of one follow each other
  std::vector<resolved::JointShow> jointShows;   ///< of several, or beside them
  std::map<std::string, Value> params;           ///< of the user's file, --set applied
  std::vector<ast::ExprPtr> expressions;         ///< what was made of those in the modules
};

/// What is known of a program, also where it has errors: declarations and experiments without any are whole.
struct Analysis {
  CheckedProgram program; ///< no modules: the file could not be read
  References references;
};

/// Parses, checks and resolves `path`.
Analysis analyze(const std::string &path, const CheckOptions &options, Sources &sources,
                 Diagnostics &diagnostics);
/// The program. Null if there were errors.
std::unique_ptr<CheckedProgram> checkFile(const std::string &path, const CheckOptions &options,
                                          Sources &sources, Diagnostics &diagnostics);

/// $SWITCHYARD_STDLIB, or `stdlib` of the build tree or installation around `executable`; empty: not found.
std::string standardLibraryFolder(const std::string &executable);

} // namespace switchyard

#endif
