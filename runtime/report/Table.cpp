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

std::string unitOf(const std::string &measure) {
  return isPlainNumber(measure) ? "" : isDeviation(measure) ? " (points)" : " (%)";
}

std::string withUnit(const Measure &measure) {
  return inWords(measure) + unitOf(measure.name);
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
  Range images, pairs, draws, paths;
  void add(const Score &score) {
    if (!score.defined)
      return;
    images.add(score.images);
    pairs.add(score.pairs);
    if (score.draws > 0)
      draws.add(score.draws);
    if (score.paths > 0)
      paths.add(score.paths);
  }
  std::string text(const std::string &measure) const {
    if (images.low < 0)
      return "";
    std::string words = images.text("image") + ", ";
    if (isOfAttacks(measure))
      words += pairs.text("pair") + ", ";
    if (draws.low < 0)
      return words + paths.text("path");
    return words + draws.text("draw") + (paths.low < 0 ? "" : " or " + paths.text("path"));
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
    if (show.measures.size() == 1 && show.measures.front().name == "des")
      measures = {"defense efficiency score (DES)"};
    std::string words = experiment.name + ": " + joined(measures, shared ? ", " : "; ");
    words += shared ? aggregatesInWords(show.measures.front()) : "";
    if (show.measures.size() == 1)
      words += unitOf(show.measures.front().name);
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
        line.cells.push_back(tableCell(score, measure.name));
        if (score.defined && !std::isnan(score.low))
          covers.insert(score.covers);
        if (measure.name == "accuracy" && measure.aggregates.empty())
          for (const char *name : {"draw_deviation", "path_deviation"})
            deviations[name].push_back(scorer.score({name, {}}, choice));
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
    for (const std::string &line : {deviationCaption(), exactCaption(), zeroCaption()})
      if (!line.empty())
        result.push_back(line);
    for (const std::string &line : intervalCaptions(experiment, covers))
      result.push_back(line);
    return result;
  }

  /// The deviation of an accuracy between draws, or between paths, stands beside it (S5.4).
  std::string deviationCaption() const {
    std::string words;
    for (const auto &[name, scores] : deviations)
      if (std::string range = rangeText(scores, 2); !range.empty())
        words += (words.empty() ? "" : ", ") + range + " points between " +
                 (name == "path_deviation" ? "paths" : "draws of the whole test set");
    return words.empty() ? "" : "standard deviation of the accuracy: " + words;
  }

  /// Exactness is claimed for the finished example only (S5.1).
  std::string exactCaption() const {
    Range paths;
    for (const auto &[measure, count] : counts)
      if (isOfAttacks(measure) && count.paths.high > 0)
        for (int64_t value : {count.paths.low, count.paths.high})
          paths.add(value);
    return paths.low < 0 ? ""
                         : "success of a finished example is exact over " + paths.text("path") +
                               "; training, attack and choice of images remain random";
  }

  /// Success at eps = 0 stands beside every rate of success (S2.4).
  std::string zeroCaption() const {
    std::string range = rangeText(atZero, 1);
    return range.empty() ? "" : "clean images (eps = 0) already count as success: " + range + " %";
  }

  /// The least and the largest of the defined scores, in points.
  static std::string rangeText(const std::vector<Score> &scores, int digits) {
    std::vector<double> values;
    for (const Score &score : scores)
      if (score.defined)
        values.push_back(100 * score.value);
    if (values.empty())
      return "";
    auto [low, high] = std::minmax_element(values.begin(), values.end());
    std::string from = fixed(*low, digits), to = fixed(*high, digits);
    return from == to ? from : from + " to " + to;
  }

  const Experiment &experiment;
  const Scorer &scorer;
  const Show &show;
  std::map<std::string, Counts> counts;
  std::map<const Measure *, EqualSets> sets;
  std::set<Covers> covers; // what the intervals cover; none in a table of deviations alone
  std::vector<Score> atZero;
  std::map<std::string, std::vector<Score>> deviations; // of accuracies, by measure
};

} // namespace

std::string inWords(const Measure &measure) {
  std::string words = measure.name == "des" ? "DES" : measure.name;
  std::replace(words.begin(), words.end(), '_', ' ');
  return words + aggregatesInWords(measure);
}

TableCell tableCell(const Score &score, const std::string &measure) {
  if (!score.defined)
    return {"-", "", "", "", score.note, "", "", score.notes};
  int digits = isPlainNumber(measure) || isDeviation(measure) ? 2 : 1;
  double unit = isPlainNumber(measure) ? 1 : 100;
  TableCell cell{fixed(score.value * unit, digits), "", "", "", score.note, "", "", score.notes};
  if (!score.bounded) {
    cell.remark = "unbounded";
  } else if (!std::isnan(score.low)) {
    cell.low = fixed(score.low * unit, digits);
    cell.high = fixed(score.high * unit, digits);
    if (score.covers == Covers::ImagesOnly)
      cell.over = inWords(score.covers);
  }
  for (double deviation : {score.betweenTrainings, score.betweenAttacks})
    if (!std::isnan(deviation))
      cell.spread += (cell.spread.empty() ? "" : ", ") + fixed(deviation * unit, digits);
  return cell;
}

/// What intervals are over that do not cover trainings.
static std::string overImages(const Experiment &experiment) {
  std::string trainings = std::to_string(experiment.repeatTraining) + " trainings",
              attacks = std::to_string(experiment.repeatAttack) + " attack runs";
  bool ofTrainings = experiment.repeatTraining > 1;
  std::string line = "[low, high]: 95 % intervals over images, of ";
  line += ofTrainings ? "the means over " + trainings : "these weights (one training)";
  if (experiment.repeatAttack > 1)
    line += std::string(ofTrainings ? " and " : ", means over ") + attacks + (ofTrainings ? " on each" : "");
  return line;
}

/// What deviations are between; empty where nothing is repeated.
static std::string between(const Experiment &experiment) {
  std::string trainings = std::to_string(experiment.repeatTraining) + " trainings",
              attacks = std::to_string(experiment.repeatAttack) + " attack runs";
  bool ofTrainings = experiment.repeatTraining > 1, ofAttacks = experiment.repeatAttack > 1;
  if (!ofTrainings && !ofAttacks)
    return "";
  std::string line = "(deviation): standard deviation between ";
  if (ofTrainings && ofAttacks)
    return line + trainings + "; of attacks also between " + attacks + " on one model";
  return line + (ofTrainings ? trainings : attacks);
}

std::vector<std::string> intervalCaptions(const Experiment &experiment, const std::set<Covers> &covers) {
  std::vector<std::string> lines;
  if (covers.count(Covers::Images) || covers.count(Covers::ImagesOnly))
    lines.push_back(overImages(experiment));
  if (covers.count(Covers::ImagesOnly))
    lines.push_back("images only: a difference between models that were trained apart, once each; other "
                    "trainings would move it, too (`repeat training 3 times` covers them)");
  if (covers.count(Covers::TrainingsAndImages))
    lines.push_back(std::string("[low, high]") + (lines.empty() ? "" : " of differences and DES") +
                    ": 95 % intervals over trainings and images, of models that were trained apart, " +
                    std::to_string(experiment.repeatTraining) + " times each");
  if (std::string line = between(experiment); !lines.empty() && !line.empty())
    lines.push_back(line);
  return lines;
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
