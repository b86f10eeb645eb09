// Two passes: measure every part of every column, then print. Widths count code points, so that labels may be
// any UTF-8 text.
#include "runtime/report/TextTable.h"

#include <algorithm>
#include <ostream>
#include <set>

namespace switchyard::rt {
namespace {

size_t widthOf(const std::string &text) {
  return std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xc0) != 0x80; });
}
std::string spaces(size_t wanted, const std::string &text) {
  size_t width = widthOf(text);
  return std::string(wanted > width ? wanted - width : 0, ' ');
}
std::string left(const std::string &text, size_t width) {
  return text + spaces(width, text);
}
std::string right(const std::string &text, size_t width) {
  return spaces(width, text) + text;
}

/// All that has to be said of a cell.
std::vector<Note> saidOf(const TableCell &cell) {
  std::vector<Note> notes;
  if (!cell.note.empty())
    notes.push_back(Note(cell.note));
  addNotes(notes, cell.notes);
  return notes;
}

/// The letters of notes, in order of appearance as one reads: a to z, then aa, ab, ...
class Letters {
public:
  explicit Letters(const Table &table) : list(notesOf(table)) {}
  /// "a", "a,c"; of very many the first, and how many there are more: "a,c,d+3"
  std::string of(const TableCell &cell) const { return of(saidOf(cell)); }
  std::string of(const std::vector<Note> &notes) const {
    std::set<size_t> numbers; // several may be told as one
    for (const Note &note : notes)
      numbers.insert(list.tellerOf(note));
    const size_t named = numbers.size() > most ? most - 1 : numbers.size();
    std::string text;
    size_t letters = 0;
    for (auto number = numbers.begin(); letters < named; ++number, ++letters)
      text += (text.empty() ? "" : ",") + name(*number);
    return named == numbers.size() ? text : text + "+" + std::to_string(numbers.size() - named);
  }
  /// What "+3" means, where it stands in the table.
  std::string ofMore(const Table &table) const {
    for (const TableRow &row : table.rows)
      for (const TableCell &cell : row.cells)
        if (of(cell).find('+') != std::string::npos)
          return "+  so many notes more, which results.csv has";
    return "";
  }
  static std::string name(size_t at) {
    return (at < 26 ? "" : name(at / 26 - 1)) + static_cast<char>('a' + at % 26);
  }
  const std::vector<Note> &told() const { return list.told(); }

private:
  static constexpr size_t most = 4; // letters of a cell

  static std::vector<std::vector<Note>> notesOf(const Table &table) {
    std::vector<std::vector<Note>> notes = table.columnNotes;
    for (const TableRow &row : table.rows) {
      notes.push_back(row.notes);
      for (const TableCell &cell : row.cells)
        notes.push_back(saidOf(cell));
    }
    return notes;
  }

  NoteList list;
};

struct ColumnWidths {
  size_t value = 0, low = 0, high = 0, over = 0, remark = 0, spread = 0, letter = 0, heading = 0;

  size_t interval() const {
    size_t words = over == 0 ? 0 : over + 1;
    return std::max(low + high == 0 ? 0 : low + high + 5 + words, remark == 0 ? 0 : remark + 1);
  }
  size_t spreads() const { return spread == 0 ? 0 : spread + 3; }
  size_t letters() const { return letter == 0 ? 0 : letter + 1; }
  size_t total() const { return std::max(value + interval() + spreads() + letters(), heading); }
};

/// The table with the letters of whole rows and columns behind their names.
Table named(Table table, const Letters &letters) {
  auto add = [](std::vector<std::string> &names, const std::string &letter) {
    if (!names.empty() && !letter.empty())
      names.back() += " " + letter;
  };
  for (TableRow &row : table.rows)
    add(row.labels, letters.of(row.notes));
  for (size_t i = 0; i < table.columnNotes.size(); ++i)
    add(table.columns[i], letters.of(table.columnNotes[i]));
  return table;
}

class Printer {
public:
  Printer(const Table &given, Style style, std::ostream &out)
      : style(style), out(out), letters(given), table(named(given, letters)) {
    for (size_t i = 0; i < table.rowAxes.size(); ++i) {
      labels.push_back(widthOf(table.rowAxes[i]));
      for (const TableRow &row : table.rows)
        labels[i] = std::max(labels[i], widthOf(row.labels[i]));
      stub += (i == 0 ? 0 : gap) + labels[i];
    }
    for (size_t i = 0; i < table.columns.size(); ++i)
      columns.push_back(measure(i));
  }

  void print() {
    out << styled("1", table.title) << "\n\n";
    for (size_t begin = 0; begin < columns.size();) {
      size_t end = endOfBlock(begin);
      widenForOuterHeadings(begin, end);
      printHeadings(begin, end);
      for (const TableRow &row : table.rows)
        printRow(row, begin, end);
      out << "\n";
      begin = end;
    }
    for (const std::string &caption : table.captions)
      out << styled("2", caption) << "\n";
    for (size_t i = 0; i < letters.told().size(); ++i)
      out << styled("2", Letters::name(i) + "  " + letters.told()[i].text()) << "\n";
    if (std::string more = letters.ofMore(table); !more.empty())
      out << styled("2", more) << "\n";
  }

private:
  static constexpr size_t gap = 3, widest = 120;

  std::string styled(const char *code, const std::string &text) const {
    return style == Style::Plain || text.empty() ? text
                                                 : std::string("\033[") + code + "m" + text + "\033[0m";
  }

  ColumnWidths measure(size_t column) {
    ColumnWidths widths;
    widths.heading = widthOf(table.columns[column].back());
    for (const TableRow &row : table.rows) {
      const TableCell &cell = row.cells[column];
      widths.value = std::max(widths.value, widthOf(cell.value));
      widths.low = std::max(widths.low, widthOf(cell.low));
      widths.high = std::max(widths.high, widthOf(cell.high));
      widths.over = std::max(widths.over, widthOf(cell.over));
      widths.remark = std::max(widths.remark, widthOf(cell.remark));
      widths.spread = std::max(widths.spread, widthOf(cell.spread));
      widths.letter = std::max(widths.letter, widthOf(letters.of(cell)));
    }
    return widths;
  }

  /// The first column that no longer fits beside those from `begin`.
  size_t endOfBlock(size_t begin) const {
    size_t end = begin, width = stub;
    while (end < columns.size() && (end == begin || width + gap + columns[end].total() <= widest))
      width += gap + columns[end++].total();
    if (end == columns.size())
      return end;
    size_t group = begin; // keep the columns of one outermost heading together where that is possible
    while (endOfGroup(group, columns.size(), 0) <= end)
      group = endOfGroup(group, columns.size(), 0);
    return table.columns[begin].size() > 1 && group > begin ? group : end;
  }

  /// One past the last column that shares the headings of `column` down to `level`.
  size_t endOfGroup(size_t column, size_t end, size_t level) const {
    auto same = [&](size_t other) {
      return std::equal(table.columns[column].begin(), table.columns[column].begin() + level + 1,
                        table.columns[other].begin());
    };
    size_t last = column + 1;
    while (last < end && same(last))
      ++last;
    return last;
  }

  size_t groupWidth(size_t begin, size_t end) const {
    size_t width = (end - begin - 1) * gap;
    for (size_t i = begin; i < end; ++i)
      width += columns[i].total();
    return width;
  }

  void widenForOuterHeadings(size_t begin, size_t end) {
    for (size_t level = table.columns[begin].size() - 1; level-- > 0;)
      for (size_t i = begin, next; i < end; i = next) {
        next = endOfGroup(i, end, level);
        size_t heading = widthOf(table.columns[i][level]), width = groupWidth(i, next);
        if (heading > width)
          columns[next - 1].heading = columns[next - 1].total() + heading - width;
      }
  }

  void printLine(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << "\n";
  }

  void printHeadings(size_t begin, size_t end) {
    if (!table.columnAxes.empty())
      printLine(std::string(stub + gap, ' ') + table.columnAxes);
    size_t levels = table.columns[begin].size();
    for (size_t level = 0; level < levels; ++level) {
      bool last = level + 1 == levels;
      std::string line = last ? labelText(table.rowAxes) : std::string(stub, ' ');
      for (size_t i = begin, next; i < end; i = next) {
        next = last ? i + 1 : endOfGroup(i, end, level);
        line += std::string(gap, ' ') + left(table.columns[i][level], groupWidth(i, next));
      }
      printLine(line);
    }
    for (size_t i = 0; i < stub + gap + groupWidth(begin, end); ++i)
      out << (style == Style::Terminal ? "\u2500" : "-");
    out << "\n";
  }

  std::string labelText(const std::vector<std::string> &texts) const {
    std::string line;
    for (size_t i = 0; i < labels.size(); ++i)
      line += std::string(i == 0 ? 0 : gap, ' ') + left(texts[i], labels[i]);
    return line;
  }

  std::string cellText(const TableCell &cell, const ColumnWidths &widths) {
    std::string interval;
    if (!cell.low.empty())
      interval = " [" + right(cell.low, widths.low) + ", " + right(cell.high, widths.high) + "]" +
                 (cell.over.empty() ? "" : " " + cell.over);
    else if (!cell.remark.empty())
      interval = " " + cell.remark;
    std::string letter = letters.of(cell);
    size_t width = interval.empty() ? 0 : widths.interval(); // the letter of a dash stands beside it
    std::string text = right(cell.value, widths.value) + styled("2", left(interval, width));
    if (!cell.spread.empty()) {
      text += styled("2", left(" (" + cell.spread + ")", widths.spreads()));
      width += widths.spreads();
    }
    if (!letter.empty())
      text += " " + letter;
    size_t used = widths.value + width + (letter.empty() ? 0 : 1 + widthOf(letter));
    return text + std::string(widths.total() > used ? widths.total() - used : 0, ' ');
  }

  void printRow(const TableRow &row, size_t begin, size_t end) {
    std::string line = labelText(row.labels);
    for (size_t i = begin; i < end; ++i)
      line += std::string(gap, ' ') + cellText(row.cells[i], columns[i]);
    printLine(line);
  }

  Style style;
  std::ostream &out;
  Letters letters;
  Table table;
  std::vector<size_t> labels; // widths
  size_t stub = 0;            // of all labels together
  std::vector<ColumnWidths> columns;
};

} // namespace

void printTable(const Table &table, Style style, std::ostream &out) {
  Printer(table, style, out).print();
}

} // namespace switchyard::rt
