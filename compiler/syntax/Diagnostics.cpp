// Printing of diagnostics, and the edit distance behind "did you mean".

#include "compiler/syntax/Diagnostics.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace switchyard {
namespace {

/// Bytes of the line's first `characters` code points.
size_t bytesOf(std::string_view line, int characters) {
  size_t i = 0;
  while (i < line.size() && characters > 0) {
    ++i;
    while (i < line.size() && (static_cast<unsigned char>(line[i]) & 0xc0) == 0x80)
      ++i;
    --characters;
  }
  return i;
}

int charactersOf(std::string_view text) {
  return static_cast<int>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// The source line with a caret below; long lines are cut around it, control characters shown as blanks.
void printLine(const Sources &sources, const Location &place, std::ostream &out) {
  constexpr int before = 80, width = 160;
  std::string_view line = sources[place.file].line(place.line);
  int total = charactersOf(line), skip = place.column > width ? place.column - before : 0;
  std::string shown(line.substr(bytesOf(line, skip)));
  shown.resize(bytesOf(shown, width));
  std::string margin;
  for (char c : shown.substr(0, bytesOf(shown, place.column - 1 - skip)))
    if ((static_cast<unsigned char>(c) & 0xc0) != 0x80)
      margin += c == '\t' ? '\t' : ' ';
  for (char &c : shown)
    if (static_cast<unsigned char>(c) < 32 && c != '\t')
      c = ' ';
  int room = std::max(1, std::min(total, skip + width) - place.column + 1);
  out << shown << "\n"
      << margin << "^" << std::string(std::max(0, std::min(place.length, room) - 1), '~') << "\n";
}

void printOne(const Sources &sources, const Location &place, const char *kind, const std::string &message,
              std::ostream &out) {
  if (place.valid()) {
    out << sources[place.file].path << ":";
    if (place.line > 0)
      out << place.line << ":" << place.column << ":";
    out << " ";
  } else {
    out << (std::string(kind) == "note" ? "  " : "switchyard: ");
  }
  out << kind << ": " << message << "\n";
  if (place.valid() && place.line > 0)
    printLine(sources, place, out);
}

/// Edit distance with transpositions of neighbours.
size_t distance(const std::string &a, const std::string &b) {
  std::vector<std::vector<size_t>> table(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i)
    table[i][0] = i;
  std::iota(table[0].begin(), table[0].end(), 0);
  for (size_t i = 1; i <= a.size(); ++i)
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t change = table[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
      table[i][j] = std::min({table[i - 1][j] + 1, table[i][j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        table[i][j] = std::min(table[i][j], table[i - 2][j - 2] + 1);
    }
  return table[a.size()][b.size()];
}

} // namespace

std::string idName(Id id) {
  static const char *const names[] = {
#define DIAGNOSTIC(NAME) #NAME,
#include "compiler/syntax/diagnostics.def"
  };
  std::string result;
  for (char c : std::string(names[static_cast<int>(id)])) {
    bool begins = c >= 'A' && c <= 'Z';
    if (begins && !result.empty())
      result += '-';
    result += begins ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return result;
}

Diagnostic &Diagnostic::note(Location location, std::string message) {
  notes.push_back({location, std::move(message)});
  return *this;
}

Diagnostic &Diagnostics::error(Id id, Location location, std::string message) {
  if (++errors > limit)
    return dropped;
  return diagnostics.emplace_back(Diagnostic{Severity::Error, id, location, std::move(message), {}});
}

Diagnostic &Diagnostics::warning(Id id, Location location, std::string message) {
  return diagnostics.emplace_back(Diagnostic{Severity::Warning, id, location, std::move(message), {}});
}

void Diagnostics::noteSince(size_t before, Location location, const std::string &message) {
  for (size_t i = before; i < diagnostics.size(); ++i)
    diagnostics[i].note(location, message);
}

void Diagnostics::nameSince(size_t before, const std::vector<Location> &places, const std::string &message) {
  auto isNamed = [&](const Location &one) {
    return std::find(places.begin(), places.end(), one) != places.end();
  };
  for (size_t i = before; i < diagnostics.size(); ++i) {
    Diagnostic &one = diagnostics[i];
    bool named =
        isNamed(one.location) || std::any_of(one.notes.begin(), one.notes.end(),
                                             [&](const Note &note) { return isNamed(note.location); });
    if (one.severity == Severity::Error && !named)
      one.note(places.front(), message);
  }
}

void Diagnostics::print(const Sources &sources, std::ostream &out, bool ids) const {
  std::vector<const Diagnostic *> sorted;
  for (const Diagnostic &one : diagnostics)
    sorted.push_back(&one);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Diagnostic *a, const Diagnostic *b) { return a->location < b->location; });
  std::set<std::pair<Location, std::string>> seen;
  for (const Diagnostic *one : sorted) {
    if (!seen.insert({one->location, one->message}).second)
      continue;
    printOne(sources, one->location, one->severity == Severity::Error ? "error" : "warning",
             one->message + (ids ? " [" + idName(one->id) + "]" : ""), out);
    std::set<std::pair<Location, std::string>> noted;
    for (const Diagnostic *other : sorted) // one at a time would hide by whom else it was asked for
      if (other->location == one->location && other->message == one->message)
        for (const Note &note : other->notes)
          if (noted.insert({note.location, note.message}).second)
            printOne(sources, note.location, "note", note.message, out);
  }
  if (errors > limit)
    out << "switchyard: " << errors - limit << " more errors not shown\n";
}

static std::string lowered(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::string nearest(const std::string &name, const std::vector<std::string> &candidates) {
  std::string best;
  size_t bestDistance = std::max<size_t>(1, name.size() / 3); // near enough: a third of the letters, or one
  if (name.size() > 64)
    return best;
  for (const std::string &candidate : candidates) {
    if (candidate.size() > 64)
      continue;
    bool isCase = name != candidate && lowered(name) == lowered(candidate); // `AdamW`
    size_t d = isCase ? 1 : distance(name, candidate);
    if (d > 0 && d <= bestDistance && d < std::max(name.size(), candidate.size()) &&
        (best.empty() || d < bestDistance)) {
      best = candidate;
      bestDistance = d;
    }
  }
  return best;
}

std::string didYouMean(const std::string &name, const std::vector<std::string> &candidates) {
  std::string best = nearest(name, candidates);
  return best.empty() ? "" : ", did you mean `" + best + "`?";
}

} // namespace switchyard
