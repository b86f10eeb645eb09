// Two passes: measure every part of every column, then print. Widths count code points, so that labels may be
// any UTF-8 text.
#include "runtime/report/TextTable.h"

#include <algorithm>
#include <ostream>

namespace switchyard::rt {
namespace {

size_t widthOf(const std::string &text) {
  return std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xc0) != 0x80; });
}
std::string spaces(size_t wanted, const std::string &text) {
  size_t width = widthOf(text);
  return std::string(wanted > width ? wanted - width : 0, ' ');
}
std::string left(const std::string &text, size_t width) { return text + spaces(width, text); }
std::string right(const std::string &text, size_t width) { return spaces(width, text) + text; }

/// The letters of notes, in order of appearance: a to z, then aa, ab, ...
class Notes {
public:
  std::string letter(const std::string &note) {
    if (note.empty())
      return "";
    size_t at = std::find(notes.begin(), notes.end(), note) - notes.begin();
    if (at == notes.size())
      notes.push_back(note);
    return name(at);
  }
  static std::string name(size_t at) { return (at < 26 ? "" : name(at / 26 - 1)) + static_cast<char>('a' + at % 26); }

  std::vector<std::string> notes;
};

struct ColumnWidths {
  size_t value = 0, low = 0, high = 0, remark = 0, letter = 0, heading = 0;

  size_t interval() const { return std::max(low + high == 0 ? 0 : low + high + 5, remark == 0 ? 0 : remark + 1); }
  size_t letters() const { return letter == 0 ? 0 : letter + 1; }
  size_t total() const { return std::max(value + interval() + letters(), heading); }
};

class Printer {
public:
  Printer(const Table &table, Style style, std::ostream &out) : table(table), style(style), out(out) {
    for (size_t i = 0; i < table.rowAxes.size(); ++i) {
      labels.push_back(widthOf(table.rowAxes[i]));
      for (const TableRow &row : table.rows)
        labels[i] = std::max(labels[i], widthOf(row.labels[i]));
    }
    for (size_t i = 0; i < table.columns.size(); ++i)
      columns.push_back(measure(i));
  }

  void print() {
    out << styled("1", table.title) << "\n\n";
    printHeadings();
    for (const TableRow &row : table.rows)
      printRow(row);
    out << "\n";
    for (const std::string &caption : table.captions)
      out << styled("2", caption) << "\n";
    for (size_t i = 0; i < notes.notes.size(); ++i)
      out << styled("2", Notes::name(i) + "  " + notes.notes[i]) << "\n";
  }

private:
  static constexpr const char *gap = "   ";

  std::string styled(const char *code, const std::string &text) const {
    return style == Style::Plain || text.empty() ? text : std::string("\033[") + code + "m" + text + "\033[0m";
  }

  ColumnWidths measure(size_t column) {
    ColumnWidths widths;
    widths.heading = widthOf(table.columns[column]);
    for (const TableRow &row : table.rows) {
      const TableCell &cell = row.cells[column];
      widths.value = std::max(widths.value, widthOf(cell.value));
      widths.low = std::max(widths.low, widthOf(cell.low));
      widths.high = std::max(widths.high, widthOf(cell.high));
      widths.remark = std::max(widths.remark, widthOf(cell.remark));
      widths.letter = std::max(widths.letter, widthOf(notes.letter(cell.note)));
    }
    return widths;
  }

  void printLine(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << "\n";
  }

  void printHeadings() {
    std::string above, heads;
    size_t total = 0;
    for (size_t i = 0; i < labels.size(); ++i)
      heads += (i == 0 ? "" : gap) + left(table.rowAxes[i], labels[i]);
    above = std::string(widthOf(heads), ' ') + gap + table.columnAxes;
    for (size_t i = 0; i < columns.size(); ++i)
      heads += gap + left(table.columns[i], columns[i].total());
    total = widthOf(heads);
    if (!table.columnAxes.empty())
      printLine(above);
    printLine(heads);
    std::string rule;
    for (size_t i = 0; i < total; ++i)
      rule += style == Style::Terminal ? "\u2500" : "-";
    out << rule << "\n";
  }

  std::string cellText(const TableCell &cell, const ColumnWidths &widths) {
    std::string interval;
    if (!cell.low.empty())
      interval = " [" + right(cell.low, widths.low) + ", " + right(cell.high, widths.high) + "]";
    else if (!cell.remark.empty())
      interval = " " + cell.remark;
    std::string letter = notes.letter(cell.note);
    std::string text = right(cell.value, widths.value) + styled("2", left(interval, widths.interval()));
    if (!letter.empty())
      text += " " + letter;
    size_t used = widths.value + widths.interval() + (letter.empty() ? 0 : 1 + widthOf(letter));
    return text + std::string(widths.total() > used ? widths.total() - used : 0, ' ');
  }

  void printRow(const TableRow &row) {
    std::string line;
    for (size_t i = 0; i < labels.size(); ++i)
      line += (i == 0 ? "" : gap) + left(row.labels[i], labels[i]);
    for (size_t i = 0; i < columns.size(); ++i)
      line += gap + cellText(row.cells[i], columns[i]);
    printLine(line);
  }

  const Table &table;
  Style style;
  std::ostream &out;
  Notes notes;
  std::vector<size_t> labels;
  std::vector<ColumnWidths> columns;
};

} // namespace

void printTable(const Table &table, Style style, std::ostream &out) { Printer(table, style, out).print(); }

} // namespace switchyard::rt
