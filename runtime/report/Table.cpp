// Builds tables entry by entry; says below each how many images, pairs and draws stand behind it.
#include "runtime/report/Table.h"

#include "runtime/report/Certified.h"

#include "runtime/report/Csv.h"

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

std::string withUnit(const Measure &measure) {
  return inWords(measure) + inWords(kindOf(measure).unit);
}

Measure withoutAggregates(Measure measure) {
  measure.aggregates.clear();
  return measure;
}

/// "20 draws", "1 to 20 draws"
std::string inWords(const CountRange &range, const std::string &unit) {
  std::string words = std::to_string(range.low);
  if (range.low != range.high)
    words += " to " + std::to_string(range.high);
  return words + " " + unit + (range.high == 1 ? "" : "s");
}

/// Collects the counts behind one measure's entries.
struct Counts {
  CountRange images, pairs, draws, paths;
  void add(const Score &score) {
    if (!score.defined)
      return;
    images.add(score.images);
    pairs.add(score.pairs);
    draws.add(score.draws);
    paths.add(score.paths);
  }
  std::string text(bool ofAttacks) const {
    if (images.high == 0)
      return "";
    std::string words = inWords(images, "image") + ", ";
    if (ofAttacks)
      words += inWords(pairs, "pair") + ", ";
    if (draws.high == 0)
      return words + inWords(paths, "path");
    return words + inWords(draws, "draw") + (paths.high == 0 ? "" : " or " + inWords(paths, "path"));
  }
};

class Builder {
public:
  explicit Builder(const Shown &shown) : shown(shown), show(shown.show()) {}

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
    std::vector<Choice> columns = placesOn(page, columnAxes);
    if (single && !columnAxes.empty())
      for (const Choice &column : columns)
        table.columns.push_back(texts(column));
    else
      for (const Measure &measure : show.measures)
        table.columns.push_back({withUnit(sharedAggregates() ? withoutAggregates(measure) : measure)});
    for (const Choice &row : placesOn(page, rowAxes))
      addRow(table, page, row, columns);
    auto ofExamples = [](const std::vector<std::string> &axes) {
      return !axes.empty() && std::all_of(axes.begin(), axes.end(), isOfExamples);
    };
    if (ofExamples(columnAxes))
      shareAlongRows(table);
    else if (ofExamples(rowAxes))
      shareAlongColumns(table);
    table.captions = captions();
    if (std::string axes = axesWithout(show.by); !axes.empty())
      table.captions.push_back("-: without " + axes);
    return table;
  }

private:
  struct Below {
    MeasureBelow text;
    bool ofAttacks = false;
    std::vector<Score> scores;
  };
  /// Of the entries of one experiment.
  struct Beneath {
    std::map<std::string, Counts> counts;
    std::set<Covers> covers; // what the intervals cover; none in a table of deviations alone
    std::vector<Below> below;
  };

  /// Whether all measures are aggregated alike; the title then says how, once.
  bool sharedAggregates() const {
    std::string first = aggregatesInWords(show.measures.front());
    return std::all_of(show.measures.begin(), show.measures.end(),
                       [&](const Measure &measure) { return aggregatesInWords(measure) == first; });
  }

  /// Those of the axes that the page has.
  std::vector<Choice> placesOn(const Choice &page, const std::vector<std::string> &axes) const {
    std::vector<Choice> places = choices(shown.grid(), axes);
    auto isElsewhere = [&](const Choice &place) { return !shown.has(together(page, place)); };
    places.erase(std::remove_if(places.begin(), places.end(), isElsewhere), places.end());
    return places;
  }

  std::string title(const Choice &page) const {
    std::vector<std::string> measures;
    bool shared = sharedAggregates();
    for (const Measure &measure : show.measures)
      measures.push_back(inWords(shared ? withoutAggregates(measure) : measure));
    if (show.measures.size() == 1)
      measures = {kindOf(show.measures.front()).title + argumentsInWords(show.measures.front())};
    std::string words = shown.name() + ": " + joined(measures, shared ? ", " : "; ");
    words += shared ? aggregatesInWords(show.measures.front()) : "";
    if (show.measures.size() == 1)
      words += rt::inWords(kindOf(show.measures.front()).unit);
    for (const auto &[axis, value] : page)
      words += ", " + axis + " " + value.text;
    return words;
  }

  void addRow(Table &table, const Choice &page, const Choice &row, const std::vector<Choice> &columns) {
    TableRow line;
    line.labels = texts(row);
    for (size_t i = 0; i < show.measures.size(); ++i)
      for (const Choice &column : columns) {
        Choice choice = together(together(page, row), column);
        Score score = shown.score(i, choice);
        Beneath &its = beneath[&shown.partOf(choice)];
        its.counts[show.measures[i].name].add(score);
        line.cells.push_back(tableCell(score, kindOf(show.measures[i]).unit));
        if (score.defined && !std::isnan(score.low))
          its.covers.insert(score.covers);
        addBelow(i, choice, its.below);
      }
    table.rows.push_back(line);
  }

  /// Takes out of the cells what has to be said of all that have a value. Classes are parts of one cell of
  /// the grid, whose notes are theirs.
  static std::vector<Note> sharedNotes(const std::vector<TableCell *> &cells) {
    std::vector<TableCell *> measured;
    std::copy_if(cells.begin(), cells.end(), std::back_inserter(measured),
                 [](const TableCell *cell) { return cell->value != "-"; });
    std::vector<Note> shared;
    for (const Note &note : measured.size() > 1 ? measured.front()->notes : std::vector<Note>()) {
      auto isIt = [&](const Note &other) { return other.same(note); };
      if (!std::all_of(measured.begin(), measured.end(), [&](const TableCell *cell) {
            return std::any_of(cell->notes.begin(), cell->notes.end(), isIt);
          }))
        continue;
      shared.push_back(note);
    }
    for (const Note &note : shared)
      for (TableCell *cell : measured)
        cell->notes.erase(std::remove_if(cell->notes.begin(), cell->notes.end(),
                                         [&](const Note &other) { return other.same(note); }),
                          cell->notes.end());
    return shared;
  }

  static void shareAlongRows(Table &table) {
    for (TableRow &row : table.rows) {
      std::vector<TableCell *> cells;
      for (TableCell &cell : row.cells)
        cells.push_back(&cell);
      row.notes = sharedNotes(cells);
    }
  }

  static void shareAlongColumns(Table &table) {
    for (size_t i = 0; i < table.columns.size(); ++i) {
      std::vector<TableCell *> cells;
      for (TableRow &row : table.rows)
        cells.push_back(&row.cells[i]);
      table.columnNotes.push_back(sharedNotes(cells));
    }
  }

  /// The axes on which some settings of the grid have no value.
  std::string axesWithout(const std::vector<std::string> &axes) const {
    std::vector<std::string> names;
    std::copy_if(axes.begin(), axes.end(), std::back_inserter(names), [&](const std::string &axis) {
      const std::vector<Choice> places = choices(shown.grid(), {axis});
      return std::any_of(places.begin(), places.end(),
                         [](const Choice &at) { return isWithoutValue(at.front().second); });
    });
    return joined(names);
  }

  /// What stands below tables of a measure; a deviation is none of an aggregate.
  void addBelow(size_t number, const Choice &choice, std::vector<Below> &below) const {
    const Measure &measure = show.measures[number];
    for (const MeasureBelow &one : kindOf(measure).below)
      if (bool ofAttacks = kindOf(measure).ofAttacks; ofAttacks || measure.aggregates.empty()) {
        auto known = std::find_if(below.begin(), below.end(),
                                  [&](const Below &b) { return b.text.other == one.other; });
        if (known == below.end())
          known = below.insert(below.end(), {one, ofAttacks, {}});
        known->scores.push_back(shown.scoreBelow(number, one.other, choice));
      }
  }

  std::vector<std::string> captions() const {
    std::vector<Shown::Lines> lines;
    for (const ShownPart &part : shown.parts())
      if (auto its = beneath.find(&part); its != beneath.end())
        lines.push_back({&part, captionsOf(part, its->second)});
    std::vector<std::string> result = shown.together(lines);
    for (const std::string &line : shown.differences())
      result.push_back(line);
    return result;
  }

  /// How many images, pairs and draws stand behind each measure's entries.
  std::vector<std::string> countsOf(const std::map<std::string, Counts> &counts) const {
    std::vector<std::pair<std::string, std::string>> lines; // measures, counts
    for (const Measure &measure : show.measures) {
      std::string line = counts.at(measure.name).text(kindOf(measure).ofAttacks);
      auto same = std::find_if(lines.begin(), lines.end(), [&](const auto &l) { return l.second == line; });
      std::string words = kindOf(measure).words;
      if (same != lines.end())
        same->first += same->first.find(words) == std::string::npos ? ", " + words : "";
      else if (!line.empty())
        lines.push_back({words, line});
    }
    std::vector<std::string> result;
    for (const auto &[measures, line] : lines)
      result.push_back(lines.size() == 1 ? line : measures + ": " + line);
    return result;
  }

  /// What stands below the entries of one experiment.
  std::vector<std::string> captionsOf(const ShownPart &part, const Beneath &its) const {
    std::vector<std::string> result = countsOf(its.counts);
    auto add = [&](const std::string &line) {
      if (!line.empty())
        result.push_back(line);
    };
    add(belowCaption(its.below, false));
    add(exactCaption(its.counts));
    add(belowCaption(its.below, true));
    if (std::any_of(its.counts.begin(), its.counts.end(), [](const auto &one) {
          const MeasureKind &kind = kindOf({one.first, {}});
          return kind.ofAttacks && !kind.ofAnswers; // answers are single whatever the judge
        })) {
      add(part.scorer->ownImagesNote());
      for (const Verdict &verdict : part.experiment->judges)
        add(judgeCaption(verdict));
    }
    add(certificateCaption(its.counts));
    if (names(classAxis))
      result.push_back("class: the label of the images, from 0");
    if (names(answerAxis))
      result.push_back("answer: a class that the model answers");
    for (const std::string &line : intervalCaptions(*part.experiment, its.covers))
      result.push_back(line);
    return result;
  }

  bool names(const std::string &axis) const {
    auto isIt = [&](const std::string &one) { return one == axis; };
    return std::any_of(show.by.begin(), show.by.end(), isIt) ||
           std::any_of(show.forEach.begin(), show.forEach.end(), isIt);
  }

  /// The deviation of an accuracy between draws, or between paths (S5.4); success at eps = 0 (S2.4).
  static std::string belowCaption(const std::vector<Below> &below, bool ofAttacks) {
    std::string words, head;
    for (const Below &one : below) {
      std::string range = rangeText(one.scores, kindOf({one.text.other, {}}).unit);
      if (one.ofAttacks != ofAttacks || range.empty())
        continue;
      words +=
          (words.empty() ? "" : ", ") + (one.text.head == head ? "" : one.text.head) + range + one.text.tail;
      head = one.text.head;
    }
    return words;
  }

  /// Exactness is claimed for the finished example only (S5.1).
  static std::string exactCaption(const std::map<std::string, Counts> &counts) {
    CountRange paths;
    for (const auto &[measure, count] : counts)
      if (kindOf({measure, {}}).ofAttacks)
        paths.add(count.paths);
    return paths.high == 0 ? ""
                           : "success of a finished example is exact over " + inWords(paths, "path") +
                                 "; training, attack and choice of images remain random";
  }

  /// What a certificate says, and how far one can reach at most.
  static std::string certificateCaption(const std::map<std::string, Counts> &counts) {
    int64_t draws = 0;
    for (const auto &[measure, count] : counts)
      if (kindOf({measure, {}}).ofCertificates)
        draws = std::max(draws, count.draws.high);
    if (draws == 0)
      return "";
    const double most = *certifiedRadius({0, 0, int32_t(draws)}, draws, 1);
    return "certified: the class that the model answers most often, drawn anew each time, is the label on "
           "every image "
           "within the radius (l2); a certificate is wrong with a chance of 0.1 % at most; of " +
           std::to_string(draws) + " votes none reaches beyond " + fixed(most, 2) +
           " deviations of the noise";
  }

  /// What a judge of several answers says (S5.8).
  static std::string judgeCaption(const Verdict &verdict) {
    const std::string answers = std::to_string(verdict.answers), name = verdictText(verdict);
    if (verdict.kind == Verdict::Kind::AnyOf)
      return name + ": the chance that at least one of " + answers +
             " answers to the finished example is fooled";
    if (verdict.kind == Verdict::Kind::Majority)
      return name + ": the chance that the class most often among " + answers +
             " answers to the finished example is fooled (of equally many the first class)";
    if (verdict.kind == Verdict::Kind::SameDraw)
      return name + ": whether the model is fooled under the draw that the attack kept";
    return "";
  }

  /// The least and the largest of the defined scores, in points.
  static std::string rangeText(const std::vector<Score> &scores, MeasureUnit unit) {
    std::vector<double> values;
    for (const Score &score : scores)
      if (score.defined)
        values.push_back(factorOf(unit) * score.value);
    if (values.empty())
      return "";
    auto [low, high] = std::minmax_element(values.begin(), values.end());
    std::string from = fixed(*low, digitsOf(unit, *low)), to = fixed(*high, digitsOf(unit, *high));
    return from == to ? from : from + " to " + to;
  }

  const Shown &shown;
  const Show &show;
  std::map<const ShownPart *, Beneath> beneath;
};

} // namespace

std::string argumentsInWords(const Measure &measure) {
  std::string words;
  for (const MeasureArgument &one : kindOf(measure).arguments)
    if (double value = argument(measure, one.name);
        one.role != MeasureArgument::Role::Setting && value != std::stod(one.byDefault))
      words += (words.empty() ? "" : ", ") + one.name + " = " + numberText(value);
  return words.empty() ? "" : "(" + words + ")";
}

std::string inWords(const Measure &measure) {
  return kindOf(measure).words + argumentsInWords(measure) + aggregatesInWords(measure);
}

TableCell tableCell(const Score &score, MeasureUnit kind) {
  if (!score.defined && !score.failed.empty())
    return {"-", "", "", "", "", "", "", {score.reason()}};
  if (!score.defined)
    return {"-", "", "", "", score.note, "", "", score.notes};
  int digits = digitsOf(kind, score.value);
  double unit = factorOf(kind);
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

std::vector<Table> tablesOf(const Shown &shown) {
  shown.check();
  std::vector<Table> tables;
  for (const Choice &page : choices(shown.grid(), shown.show().forEach))
    tables.push_back(Builder(shown).build(page));
  return tables;
}

std::vector<Table> tablesOf(const Experiment &experiment, const Scorer &scorer, const Show &show) {
  return tablesOf(Shown(experiment, scorer, show));
}

} // namespace switchyard::rt
