// Collects what there is to say about a program and prints it sorted by place: `file:line:col: error: ...`,
// the source line, a caret, notes. Every room reports through it, passes after defenses are applied included.

#ifndef SWITCHYARD_COMPILER_SYNTAX_DIAGNOSTICS_H
#define SWITCHYARD_COMPILER_SYNTAX_DIAGNOSTICS_H

#include "compiler/syntax/Source.h"

#include <deque>
#include <ostream>
#include <string>
#include <vector>

namespace switchyard {

enum class Severity { Error, Warning };

struct Note {
  Location location; ///< may be invalid: printed without a place
  std::string message;
};

struct Diagnostic {
  Severity severity = Severity::Error;
  Location location;
  std::string message;
  std::vector<Note> notes;

  Diagnostic &note(Location location, std::string message);
  /// Advice without a place, on a line of its own.
  Diagnostic &note(std::string message) { return note({}, std::move(message)); }
};

class Diagnostics {
public:
  static constexpr int limit = 100; ///< errors kept; the rest is counted

  Diagnostic &error(Location location, std::string message);
  Diagnostic &warning(Location location, std::string message);

  bool hasErrors() const { return errors > 0; }
  int errorCount() const { return errors; }
  const std::deque<Diagnostic> &all() const { return diagnostics; }
  /// Prints all, sorted by file and place, equal ones once.
  void print(const Sources &sources, std::ostream &out) const;

private:
  std::deque<Diagnostic> diagnostics; ///< stays in place: callers add notes
  Diagnostic dropped;                 ///< takes what is past the limit
  int errors = 0;
};

/// The candidate nearest to `name` by edit distance, if near enough to be meant; empty else.
std::string nearest(const std::string &name, const std::vector<std::string> &candidates);
/// ", did you mean `x`?" or nothing.
std::string didYouMean(const std::string &name, const std::vector<std::string> &candidates);

} // namespace switchyard

#endif
