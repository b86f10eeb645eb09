// Lays a table out as text: numbers right-aligned part by part (value, low, high), notes as letters below.
#ifndef SWITCHYARD_RUNTIME_REPORT_TEXTTABLE_H
#define SWITCHYARD_RUNTIME_REPORT_TEXTTABLE_H

#include "runtime/report/Note.h"

#include <iosfwd>
#include <string>
#include <vector>

namespace switchyard::rt {

struct TableCell {
  std::string value;               // "98.7", or "-"
  std::string low = {}, high = {}; // empty where there is no interval
  std::string remark = {};         // in the interval's place: "unbounded"
  std::string note = {};           // explained below the table under a letter; empty for none
  std::string spread = {};         // deviations between runs, printed behind the interval; empty for one run
  std::string over = {};           // what the interval is over where that is not plain: "images only"
  std::vector<Note> notes = {};    // what else has to be said, each under a letter of its kind
};

struct TableRow {
  std::vector<std::string> labels;
  std::vector<TableCell> cells;
  std::vector<Note> notes = {}; // of all cells: their letters stand at the last label
};

struct Table {
  std::string title;
  std::string columnAxes;           // stands above the columns; may be empty
  std::vector<std::string> rowAxes; // headings of the labels
  std::vector<std::vector<std::string>>
      columns; // of each column its headings, the outermost first; equal many
  std::vector<TableRow> rows;
  std::vector<std::string> captions; // lines below: counts and what the intervals mean
  std::vector<std::vector<Note>> columnNotes =
      {}; // of all cells of each column, at its heading; or none at all
};

enum class Style { Plain, Terminal }; // Terminal: bold and faint by escape sequences

/// Columns beyond 120 characters go into further blocks below, with the labels again.
void printTable(const Table &table, Style style, std::ostream &out);

} // namespace switchyard::rt

#endif
