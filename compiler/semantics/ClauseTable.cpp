// Rows of clauses.def, in its order.

#include "compiler/semantics/ClauseTable.h"

#include "runtime/contract/Precision.h"

namespace switchyard {

const ClauseRow &rowOf(ast::ClauseKind kind) {
  constexpr bool Once = false, Many = true;
  static const std::vector<ClauseRow> rows = {
#define CLAUSE(NAME, WORD, TIMES, LACKING, NOT_BUILT) {WORD, TIMES, LACKING, NOT_BUILT},
#include "compiler/syntax/clauses.def"
  };
  return rows[static_cast<size_t>(kind)];
}

const std::vector<SettingRow> &settingRows() {
  static const std::vector<SettingRow> rows = {
#define SETTING(NAME, ID, WORDS, DEFAULT) {#NAME, WORDS, DEFAULT, Id::ID},
#include "compiler/syntax/clauses.def"
  };
  return rows;
}

const std::vector<ShowRow> &showRows() {
  static const std::vector<ShowRow> rows = {
#define SHOW(WORD, NOT_BUILT) {WORD, NOT_BUILT},
#include "compiler/syntax/clauses.def"
  };
  return rows;
}

std::string notBuilt(ClausePart part) {
  static const std::vector<std::pair<std::string, std::string>> rows = {
#define PART(NAME, TEXT, NOT_BUILT) {TEXT, NOT_BUILT},
#include "compiler/syntax/clauses.def"
  };
  auto &[text, what] = rows[static_cast<size_t>(part)];
  return notBuilt(text, what);
}

} // namespace switchyard
