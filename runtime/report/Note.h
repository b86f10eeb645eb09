// What has to be said beside a value, in one sentence.
#ifndef SWITCHYARD_RUNTIME_REPORT_NOTE_H
#define SWITCHYARD_RUNTIME_REPORT_NOTE_H

#include <cstdint>
#include <string>
#include <vector>

namespace switchyard::rt {

/// A number within a sentence; where several are told together, the least and the largest.
struct NoteNumber {
  double low = 0, high = 0;
  int digits = 0;
};

struct Note {
  std::vector<std::string> words = {""}; // around the numbers, one more than those
  std::vector<NoteNumber> numbers = {};
  std::string whose = {};  // which of the cells behind a value; stands in front; empty: all of them
  std::string attack = {}; // whose work it is about; empty of what no attack did
  bool failure = false;    // of the attack: told once, with the words of the first
  int64_t cells = 1;       // of a failure: how many values it took
  bool range = false;      // of several cells of the attack, whose numbers differ

  Note() = default;
  explicit Note(const std::string &text) : words{text} {}
  /// Goes on with a number and what stands behind it.
  Note &then(double number, const std::string &text, int digits = 0);

  /// "pgd: gradients were zero for 97 of 100 pairs", "... for 12 to 97 of 100 pairs"
  std::string text() const;
  /// They differ in numbers at most.
  bool sameWords(const Note &other) const { return words == other.words && attack == other.attack; }
  /// They say the same of the same thing.
  bool same(const Note &other) const;
  /// They read alike, whichever attack they are about.
  bool sameText(const Note &other) const;
  /// Widens the numbers to those of another one of the same words.
  void include(const Note &other);
};

/// Adds those that say something new.
void addNotes(std::vector<Note> &notes, const std::vector<Note> &more);

/// All that is printed of many values together: what reads the same is told once, and so are failures of one
/// attack; where more than four differ in nothing but the numbers for one attack, its name and their range
/// take their place.
class NoteList {
public:
  /// Of each value its notes.
  explicit NoteList(const std::vector<std::vector<Note>> &values);
  const std::vector<Note> &told() const { return notes; }
  /// Which of them tells one of a value's.
  size_t tellerOf(const Note &note) const;

private:
  std::vector<Note> notes;
};

} // namespace switchyard::rt

#endif
