// What has to be said beside a value, in one sentence.
#ifndef SWITCHYARD_RUNTIME_REPORT_NOTE_H
#define SWITCHYARD_RUNTIME_REPORT_NOTE_H

#include <cstdint>
#include <string>
#include <vector>

namespace switchyard::rt {

/// Notes that differ in nothing but how many of how many are of one kind, and are told together.
struct Note {
  std::string before, after; // what stands around "97 of 100"; without `of`, `before` is all
  int64_t low = 0, high = 0; // the least and the largest count of those told together
  int64_t of = 0;

  /// "gradients were zero for 97 of 100 pairs", "... for 12 to 97 of 100 pairs"
  std::string text() const;
  bool sameKind(const Note &other) const {
    return before == other.before && after == other.after && of == other.of;
  }
};

/// Adds notes to others, those of one kind together.
void addNotes(std::vector<Note> &notes, const std::vector<Note> &more);

} // namespace switchyard::rt

#endif
