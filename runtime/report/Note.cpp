// Counts that differ from cell to cell are told as a range, so that a table has a note for each kind.
#include "runtime/report/Note.h"

#include <algorithm>

namespace switchyard::rt {

std::string Note::text() const {
  if (of == 0)
    return before;
  std::string count = std::to_string(low) + (low == high ? "" : " to " + std::to_string(high));
  return before + count + " of " + std::to_string(of) + after;
}

void addNotes(std::vector<Note> &notes, const std::vector<Note> &more) {
  for (const Note &note : more) {
    auto same =
        std::find_if(notes.begin(), notes.end(), [&](const Note &known) { return known.sameKind(note); });
    if (same == notes.end()) {
      notes.push_back(note);
      continue;
    }
    same->low = std::min(same->low, note.low);
    same->high = std::max(same->high, note.high);
  }
}

} // namespace switchyard::rt
