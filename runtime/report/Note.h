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
  std::string ifAny = {}; // stands before it; where it is set and the number 0, all three are left out
};

struct Note {
  std::vector<std::string> words = {""}; // around the numbers, one more than those
  std::vector<NoteNumber> numbers = {};
  std::string whose = {};  // which of the cells behind a value; stands in front; empty: all of them
  std::string attack = {}; // whose work it is about; empty of what no attack did
  bool failure = false;    // of the attack: told once, with the words of the first
  int64_t cells = 1;       // of a failure: how many values it took
  enum class Range { None, OfAttack, OfAll };
  Range range = Range::None; // of notes of one kind that differ: all of the attack's, or all there are

  Note() = default;
  explicit Note(const std::string &text) : words{text} {}
  /// Goes on with a number and what stands behind it.
  Note &then(double number, const std::string &text, int digits = 0);
  /// Goes on with a number between two texts, where it is not 0.
  Note &thenIfAny(double number, const std::string &before, const std::string &after);

  /// "pgd: gradients were zero for 97 of 100 pairs", "... for 12 to 97 of 100 pairs"
  std::string text() const;
  /// They differ at most in numbers and in whose they are.
  bool sameKind(const Note &other) const { return words == other.words; }
  /// They say the same of the same thing.
  bool same(const Note &other) const;
  /// They read alike, whichever attack they are about.
  bool sameText(const Note &other) const;
  /// Widens the numbers to those of another one of the same words.
  void include(const Note &other);
};

/// Adds those that say something new.
void addNotes(std::vector<Note> &notes, const std::vector<Note> &more);

/// A note that goes on with what another one says.
Note together(Note front, const Note &rest);

/// All that is printed of many values together: what reads the same is told once, and so are failures of one
/// attack. Where more than four of one kind differ for one attack, its name and the range of their numbers
/// take their place; where still more than four of the kind are left, the range of all does.
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
