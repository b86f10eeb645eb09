// Collects what there is to say about a program and prints it sorted by place: `file:line:col: error: ...`,
// the source line, a caret, notes. Every room reports through it, passes after defenses are applied included.

#ifndef SWITCHYARD_COMPILER_SYNTAX_DIAGNOSTICS_H
#define SWITCHYARD_COMPILER_SYNTAX_DIAGNOSTICS_H

#include "compiler/syntax/Source.h"

#include <deque>
#include <ostream>
#include <string>
#include <tuple>
#include <vector>

namespace switchyard {

enum class Severity { Error, Warning };

/// What a message is about, whatever its words: diagnostics.def.
enum class Id {
#define DIAGNOSTIC(NAME) NAME,
#include "compiler/syntax/diagnostics.def"
};
/// As users see it: `unknown-layer`.
std::string idName(Id id);

struct Note {
  Location location; ///< may be invalid: printed without a place
  std::string message;
};

struct Diagnostic {
  Severity severity = Severity::Error;
  Id id{};
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

  Diagnostic &error(Id id, Location location, std::string message);
  Diagnostic &warning(Id id, Location location, std::string message);

  /// What `body` returns; what it reports is forgotten.
  template <typename Body> auto quietly(Body body) {
    const std::tuple before(diagnostics.size(), errors, followed);
    auto result = body();
    diagnostics.resize(std::get<0>(before));
    std::tie(std::ignore, errors, followed) = before;
    return result;
  }

  /// Notes that something came to nothing because of an error that was reported where it was made.
  void follow() { ++followed; }

  size_t reports() const { return diagnostics.size(); }
  /// Adds a note to all that was reported after the first `before`.
  void noteSince(size_t before, Location location, const std::string &message);
  /// Adds a note at the first of `places` to each error after the first `before` that names none of them.
  void nameSince(size_t before, const std::vector<Location> &places, const std::string &message);

  bool hasErrors() const { return errors > 0; }
  int errorCount() const { return errors; }
  /// Errors, and what came to nothing because of them.
  int troubles() const { return errors + followed; }
  const std::deque<Diagnostic> &all() const { return diagnostics; }
  /// Prints all, sorted by file and place, equal ones once, with the notes of all; with their ids where they
  /// are asked for.
  void print(const Sources &sources, std::ostream &out, bool ids = false) const;

private:
  std::deque<Diagnostic> diagnostics; ///< stays in place: callers add notes
  Diagnostic dropped;                 ///< takes what is past the limit
  int errors = 0, followed = 0;
};

/// The candidate nearest to `name` by edit distance, if near enough to be meant; empty else.
std::string nearest(const std::string &name, const std::vector<std::string> &candidates);
/// ", did you mean `x`?" or nothing.
std::string didYouMean(const std::string &name, const std::vector<std::string> &candidates);

} // namespace switchyard

#endif
