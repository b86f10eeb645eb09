// Builds tables entry by entry; says below each how many images, pairs and draws stand behind it.
#include "runtime/report/Table.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>
#include <stdexcept>

namespace switchyard::rt {
namespace {

std::string joined(const std::vector<std::string> &words, const char *separator = ", ") {
  std::string text;
  for (const std::string &word : words)
    text += (text.empty() ? "" : separator) + word;
  return text;
}

std::string fixed(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  bool zero = std::all_of(text, text + std::char_traits<char>::length(text),
                          [](char c) { return c == '-' || c == '.' || c == '0'; });
  return zero && text[0] == '-' ? text + 1 : text; // no "-0.0"
}

std::string aggregatesInWords(const Measure &measure) {
  std::string words;
  for (const Aggregate &aggregate : measure.aggregates)
    words += ", " + aggregate.how + " over " + joined(aggregate.over);
  return words;
}

TableCell entry(const Score &score, const std::string &measure) {
  if (!score.defined)
    return {"-", "", "", "", score.note};
  int digits = isRatio(measure) ? 2 : 1;
  double unit = isRatio(measure) ? 1 : 100;
  TableCell cell{fixed(score.value * unit, digits), "", "", "", score.note};
  if (score.bounded) {
    cell.low = fixed(score.low * unit, digits);
    cell.high = fixed(score.high * unit, digits);
  } else {
    cell.remark = "unbounded";
  }
  return cell;
}

std::vector<std::string> texts(const Choice &choice) {
  std::vector<std::string> values;
  for (const auto &[axis, value] : choice)
    values.push_back(value.text);
  return values;
}

Choice together(Choice a, const Choice &b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

std::string withUnit(const Measure &measure) {
  return inWords(measure) + (isRatio(measure.name) ? "" : " (%)");
}

/// The least and the largest of a count over a table's entries: "20", "1 to 20".
struct Range {
  int64_t low = -1, high = -1;
  void add(int64_t value) {
    low = low < 0 ? value : std::min(low, value);
    high = std::max(high, value);
  }
  std::string text(const std::string &unit) const {
    std::string words = std::to_string(low) + (low == high ? "" : " to " + std::to_string(high)) + " " + unit;
    return high == 1 ? words : words + "s";
  }
};

/// Collects the counts behind one measure's entries.
struct Counts {
  Range images, pairs, draws;
  void add(const Score &score) {
    if (!score.defined)
      return;
    images.add(score.images);
    pairs.add(score.pairs);
    draws.add(score.draws);
  }
  std::string text(const std::string &measure) const {
    if (images.low < 0)
      return "";
    std::string words = images.text("image") + ", ";
    if (isOfAttacks(measure))
      words += pairs.text("pair") + ", ";
    return words + draws.text("draw");
  }
};

/// What the entries of one table must agree on: which cells each aggregate brings together (S5.6). Strengths
/// belong to a family, so they are compared within it.
class EqualSets {
public:
  EqualSets(const Scorer &scorer, const Measure &measure) : scorer(scorer), measure(measure) {}

  void check(const Choice &choice) {
    const Grid &grid = scorer.grid();
    std::vector<Point> points = select(isOfAttacks(measure.name) ? grid.cells : grid.defenses, choice);
    if (measure.aggregates.empty() || points.empty())
      return;
    std::set<std::string> cells;
    bool strengths = false;
    for (const Point &point : points) {
      std::string key;
      for (const Aggregate &aggregate : measure.aggregates)
        for (const std::string &axis : aggregate.over) {
          const AxisValue *value = point.coordinate(axis);
          key += (value ? value->text : "") + "\n";
          strengths = strengths || axis == "strength";
        }
      cells.insert(key);
    }
    std::string family = strengths ? points.front().coordinate("family")->text : "";
    auto [first, isNew] = seen.insert({family, {joined(texts(choice)), cells}});
    if (!isNew && first->second.second != cells)
      throw std::runtime_error("the entries \"" + first->second.first + "\" and \"" + joined(texts(choice)) +
                               "\" of " + inWords(measure) + " aggregate different sets of cells");
  }

private:
  const Scorer &scorer;
  const Measure &measure;
  std::map<std::string, std::pair<std::string, std::set<std::string>>> seen;
};

class Builder {
public:
  Builder(const Experiment &experiment, const Scorer &scorer, const Show &show)
      : experiment(experiment), scorer(scorer), show(show) {}

  Table build(const Choice &page) {
    bool single = show.measures.size() == 1;
    std::vector<std::string> rowAxes = show.by, columnAxes;
    if (single && !show.by.empty()) {
      rowAxes.resize(1);
      columnAxes.assign(show.by.begin() + 1, show.by.end());
    }
    Table table;
    table.title = title(page);
    table.rowAxes = rowAxes;
    table.columnAxes = joined(columnAxes);
    std::vector<Choice> columns = choices(scorer.grid(), columnAxes);
    if (single && !columnAxes.empty())
      for (const Choice &column : columns)
        table.columns.push_back(texts(column));
    else
      for (const Measure &measure : show.measures)
        table.columns.push_back({withUnit(sharedAggregates() ? Measure{measure.name, {}} : measure)});
    for (const Choice &row : choices(scorer.grid(), rowAxes))
      addRow(table, page, row, columns);
    table.captions = captions();
    return table;
  }

private:
  /// Whether all measures are aggregated alike; the title then says how, once.
  bool sharedAggregates() const {
    std::string first = aggregatesInWords(show.measures.front());
    return std::all_of(show.measures.begin(), show.measures.end(),
                       [&](const Measure &measure) { return aggregatesInWords(measure) == first; });
  }

  std::string title(const Choice &page) const {
    std::vector<std::string> measures;
    bool shared = sharedAggregates();
    for (const Measure &measure : show.measures)
      measures.push_back(inWords(shared ? Measure{measure.name, {}} : measure));
    if (show.measures.size() == 1 && isRatio(show.measures.front().name))
      measures = {"defense efficiency score (DES)"};
    std::string words = experiment.name + ": " + joined(measures, shared ? ", " : "; ");
    words += shared ? aggregatesInWords(show.measures.front()) : "";
    if (show.measures.size() == 1 && !isRatio(show.measures.front().name))
      words += " (%)";
    for (const auto &[axis, value] : page)
      words += ", " + axis + " " + value.text;
    return words;
  }

  void addRow(Table &table, const Choice &page, const Choice &row, const std::vector<Choice> &columns) {
    TableRow line;
    line.labels = texts(row);
    for (const Measure &measure : show.measures)
      for (const Choice &column : columns) {
        Choice choice = together(together(page, row), column);
        sets.try_emplace(&measure, scorer, measure).first->second.check(choice);
        Score score = scorer.score(measure, choice);
        counts[measure.name].add(score);
        if (measure.name == "attack_success_rate" || measure.name == "defense_rate")
          atZero.push_back(scorer.score({"success_at_zero", measure.aggregates}, choice));
        line.cells.push_back(entry(score, measure.name));
      }
    table.rows.push_back(line);
  }

  std::vector<std::string> captions() const {
    std::vector<std::pair<std::string, std::string>> lines; // measures, counts
    for (const Measure &measure : show.measures) {
      std::string line = counts.at(measure.name).text(measure.name);
      auto same = std::find_if(lines.begin(), lines.end(), [&](const auto &l) { return l.second == line; });
      std::string words = inWords({measure.name, {}});
      if (same != lines.end())
        same->first += same->first.find(words) == std::string::npos ? ", " + words : "";
      else if (!line.empty())
        lines.push_back({words, line});
    }
    std::vector<std::string> result;
    for (const auto &[measures, line] : lines)
      result.push_back(lines.size() == 1 ? line : measures + ": " + line);
    if (std::string line = zeroCaption(); !line.empty())
      result.push_back(line);
    if (!lines.empty())
      result.push_back("[low, high]: 95 % intervals over images, of these weights (one training)");
    return result;
  }

  /// Success at eps = 0 stands beside every rate of success (S2.4).
  std::string zeroCaption() const {
    double low = 1, high = 0;
    for (const Score &score : atZero)
      if (score.defined) {
        low = std::min(low, score.value);
        high = std::max(high, score.value);
      }
    if (low > high)
      return "";
    std::string range = fixed(100 * low, 1);
    if (std::string top = fixed(100 * high, 1); top != range)
      range += " to " + top;
    return "clean images (eps = 0) already count as success: " + range + " %";
  }

  const Experiment &experiment;
  const Scorer &scorer;
  const Show &show;
  std::map<std::string, Counts> counts;
  std::map<const Measure *, EqualSets> sets;
  std::vector<Score> atZero;
};

} // namespace

std::string inWords(const Measure &measure) {
  std::string words = measure.name == "des" ? "DES" : measure.name;
  std::replace(words.begin(), words.end(), '_', ' ');
  return words + aggregatesInWords(measure);
}

void checkAxes(const Grid &grid, const Show &show) {
  std::vector<std::string> used = show.by;
  used.insert(used.end(), show.forEach.begin(), show.forEach.end());
  for (const Measure &measure : show.measures)
    for (const Aggregate &aggregate : measure.aggregates)
      used.insert(used.end(), aggregate.over.begin(), aggregate.over.end());
  for (const std::string &axis : used)
    if (std::find(grid.axes.begin(), grid.axes.end(), axis) == grid.axes.end())
      throw std::runtime_error("there is no axis " + axis + "; the axes are " + joined(grid.axes));
}

std::vector<Choice> choices(const Grid &grid, const std::vector<std::string> &axes) {
  std::vector<Point> all = grid.defenses;
  all.insert(all.end(), grid.cells.begin(), grid.cells.end());
  std::vector<Choice> result = {{}};
  for (const std::string &axis : axes) {
    std::vector<Choice> longer;
    for (const Choice &choice : result)
      for (const AxisValue &value : axisValues(all, axis))
        longer.push_back(together(choice, {{axis, value}}));
    result = std::move(longer);
  }
  auto nowhere = [&](const Choice &choice) {
    return select(grid.defenses, choice).empty() && select(grid.cells, choice).empty();
  };
  result.erase(std::remove_if(result.begin(), result.end(), nowhere), result.end());
  return result;
}

std::vector<Table> tablesOf(const Experiment &experiment, const Scorer &scorer, const Show &show) {
  checkAxes(scorer.grid(), show);
  std::vector<Table> tables;
  for (const Choice &page : choices(scorer.grid(), show.forEach))
    tables.push_back(Builder(experiment, scorer, show).build(page));
  return tables;
}

} // namespace switchyard::rt
