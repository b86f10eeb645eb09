// The table of clauses (compiler/syntax/clauses.def) as checks read it.

#ifndef SWITCHYARD_COMPILER_SEMANTICS_CLAUSETABLE_H
#define SWITCHYARD_COMPILER_SEMANTICS_CLAUSETABLE_H

#include "compiler/semantics/Catalog.h"
#include "compiler/syntax/Diagnostics.h"

namespace switchyard {

struct ClauseRow {
  std::string word;
  bool many;            ///< may stand more than once
  std::string lacking;  ///< what an experiment without it lacks; empty: nothing
  std::string notBuilt; ///< empty: it is built
};
/// Not of settings.
const ClauseRow &rowOf(ast::ClauseKind kind);

/// A clause of its name and one of some words.
struct SettingRow {
  std::string name;
  std::vector<std::string> words;
  std::string byDefault;
  Id unknown; ///< that it is none of `words`
};
const std::vector<SettingRow> &settingRows();

struct ShowRow {
  std::string word, notBuilt;
};
const std::vector<ShowRow> &showRows();

/// Why parts of clauses cannot be used yet.
enum class ClausePart {
#define PART(NAME, TEXT, NOT_BUILT) NAME,
#include "compiler/syntax/clauses.def"
};
std::string notBuilt(ClausePart part);

} // namespace switchyard

#endif
