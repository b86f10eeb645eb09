// A reader must be able to take each note at its word: a range hides which cell has which number, so it
// stands only where a list of all would be longer than anyone reads, and names what it is about.
#include "runtime/report/Note.h"

#include <algorithm>
#include <cstdio>

namespace switchyard::rt {

static std::string fixed(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

static std::string inWords(const NoteNumber &number) {
  std::string low = fixed(number.low, number.digits), high = fixed(number.high, number.digits);
  return low == high ? low : low + " to " + high;
}

Note &Note::then(double number, const std::string &text, int digits) {
  numbers.push_back({number, number, digits});
  words.push_back(text);
  return *this;
}

std::string Note::text() const {
  std::string text = whose.empty() ? "" : whose + ": ";
  if (failure && cells > 1)
    text += attack + " failed, which takes " + std::to_string(cells) + " values; the first: ";
  text += words.front();
  for (size_t i = 0; i < numbers.size(); ++i)
    text += inWords(numbers[i]) + words[i + 1];
  return text;
}

bool Note::same(const Note &other) const {
  if (failure || other.failure)
    return failure == other.failure && attack == other.attack;
  return attack == other.attack && sameText(other);
}

bool Note::sameText(const Note &other) const {
  auto equal = [](const NoteNumber &a, const NoteNumber &b) { return a.low == b.low && a.high == b.high; };
  return words == other.words && whose == other.whose &&
         std::equal(numbers.begin(), numbers.end(), other.numbers.begin(), other.numbers.end(), equal);
}

void Note::include(const Note &other) {
  for (size_t i = 0; i < numbers.size(); ++i) {
    numbers[i].low = std::min(numbers[i].low, other.numbers[i].low);
    numbers[i].high = std::max(numbers[i].high, other.numbers[i].high);
  }
}

void addNotes(std::vector<Note> &notes, const std::vector<Note> &more) {
  for (const Note &note : more)
    if (std::none_of(notes.begin(), notes.end(), [&](const Note &known) { return known.same(note); }))
      notes.push_back(note);
}

/// What is the same, once.
static std::vector<Note> different(const std::vector<std::vector<Note>> &values) {
  std::vector<Note> notes;
  for (const std::vector<Note> &value : values)
    for (const Note &note : value) {
      auto same =
          std::find_if(notes.begin(), notes.end(), [&](const Note &known) { return known.same(note); });
      if (same == notes.end())
        notes.push_back(note);
      else
        same->cells += note.cells;
    }
  return notes;
}

NoteList::NoteList(const std::vector<std::vector<Note>> &values) {
  constexpr size_t many = 4;
  std::vector<Note> all = different(values);
  for (const Note &note : all) {
    if (tellerOf(note) < notes.size())
      continue;
    notes.push_back(note);
    std::vector<const Note *> alike;
    for (const Note &other : all)
      if (!note.failure && !note.attack.empty() && other.sameWords(note))
        alike.push_back(&other);
    if (alike.size() <= many)
      continue;
    notes.back().whose = note.attack;
    notes.back().range = true;
    for (const Note *other : alike)
      notes.back().include(*other);
  }
}

size_t NoteList::tellerOf(const Note &note) const {
  auto teller = std::find_if(notes.begin(), notes.end(), [&](const Note &known) {
    if (known.range)
      return known.sameWords(note);
    return known.same(note) || (!known.failure && !note.failure && known.sameText(note));
  });
  return size_t(teller - notes.begin());
}

} // namespace switchyard::rt
