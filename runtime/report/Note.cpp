// A reader must be able to take each note at its word: a range hides which cell has which number, so it
// stands only where a list of all would be longer than anyone reads, and names what it is about. The files of
// results have each cell's own words.
#include "runtime/report/Note.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <tuple>

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

Note &Note::thenIfAny(double number, const std::string &before, const std::string &after) {
  then(number, after);
  numbers.back().ifAny = before;
  return *this;
}

std::string Note::text() const {
  std::string text = whose.empty() ? "" : whose + ": ";
  if (failure && cells > 1)
    text += attack + " failed, which takes " + std::to_string(cells) + " values; the first: ";
  text += words.front();
  for (size_t i = 0; i < numbers.size(); ++i)
    if (numbers[i].ifAny.empty() || numbers[i].high > 0)
      text += numbers[i].ifAny + inWords(numbers[i]) + words[i + 1];
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

Note together(Note front, const Note &rest) {
  front.words.back() += rest.words.front();
  front.words.insert(front.words.end(), rest.words.begin() + 1, rest.words.end());
  front.numbers.insert(front.numbers.end(), rest.numbers.begin(), rest.numbers.end());
  std::tie(front.whose, front.attack) = std::tie(rest.whose, rest.attack);
  return front;
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

/// How many of one kind are told apart.
constexpr size_t many = 4;

static std::string namesOf(const std::vector<std::string> &attacks) {
  constexpr size_t few = 3;
  const size_t named = attacks.size() > few ? few - 1 : attacks.size();
  std::string text;
  for (size_t i = 0; i < named; ++i)
    text += (i == 0 ? "" : i + 1 == attacks.size() ? " and " : ", ") + attacks[i];
  return named == attacks.size() ? text : text + " and " + std::to_string(attacks.size() - named) + " more";
}

/// One for all of them, with the ranges of their numbers.
static Note rangeOf(const std::vector<Note> &notes, Note::Range range) {
  Note one = notes.front();
  one.range = range;
  std::vector<std::string> attacks;
  bool someSettings = false;
  for (const Note &note : notes) {
    one.include(note);
    someSettings |= !note.whose.empty() && note.whose != note.attack;
    if (!note.attack.empty() && std::find(attacks.begin(), attacks.end(), note.attack) == attacks.end())
      attacks.push_back(note.attack);
  }
  one.whose = namesOf(attacks);
  if (someSettings)
    one.whose += one.whose.empty() ? "some settings" : ", some settings";
  return one;
}

/// How a note is told among all others.
static Note howTold(const Note &note, const std::vector<Note> &all) {
  if (note.failure)
    return note;
  std::vector<Note> ofKind;
  std::map<std::string, std::vector<Note>> ofAttacks; // what reads differently
  for (const Note &other : all) {
    if (other.failure || !other.sameKind(note))
      continue;
    ofKind.push_back(other);
    ofAttacks[other.attack].push_back(other);
  }
  size_t letters = 0;
  for (const auto &[attack, notes] : ofAttacks)
    letters += notes.size() > many ? 1 : notes.size();
  if (letters > many)
    return rangeOf(ofKind, Note::Range::OfAll);
  const std::vector<Note> &alike = ofAttacks.at(note.attack);
  return alike.size() > many ? rangeOf(alike, Note::Range::OfAttack) : note;
}

NoteList::NoteList(const std::vector<std::vector<Note>> &values) {
  const std::vector<Note> all = different(values);
  for (const Note &note : all)
    if (tellerOf(note) == notes.size())
      notes.push_back(howTold(note, all));
}

size_t NoteList::tellerOf(const Note &note) const {
  auto teller = std::find_if(notes.begin(), notes.end(), [&](const Note &known) {
    if (known.failure || note.failure)
      return known.same(note);
    if (known.range != Note::Range::None)
      return known.sameKind(note) && (known.range == Note::Range::OfAll || known.attack == note.attack);
    return known.sameText(note);
  });
  return size_t(teller - notes.begin());
}

} // namespace switchyard::rt
