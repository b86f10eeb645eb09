// Of several experiments every entry is asked of its own scorer, in the words of its own axes.
#include "runtime/report/Shown.h"

#include "runtime/contract/ShowRules.h"
#include "runtime/report/Csv.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace switchyard::rt {

static std::string joined(const std::vector<std::string> &words, const char *separator = ", ") {
  std::string text;
  for (const std::string &word : words)
    text += (text.empty() ? "" : separator) + word;
  return text;
}

static bool lists(const std::vector<std::string> &names, const std::string &name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

static bool isOn(const std::vector<Point> &points, const std::string &axis) {
  return std::any_of(points.begin(), points.end(), [&](const Point &point) { return point.place(axis); });
}

/// All settings, with all their axes.
static const std::vector<Point> &settingsOf(const Grid &grid) {
  return grid.cells.empty() ? grid.defenses : grid.cells;
}

/// The settings of all parts, each on the axis `experiment`, and beside the axes that its part lacks.
static Grid jointGrid(const std::vector<ShownPart> &parts) {
  Grid joint;
  joint.axes.push_back(experimentAxis);
  for (const ShownPart &part : parts) {
    const Grid &its = part.scorer->grid();
    joint.classes = std::max(joint.classes, its.classes);
    for (const std::string &axis : its.axes)
      if (!lists(joint.axes, axis))
        joint.axes.push_back(axis);
    for (Point point : settingsOf(its)) {
      point.coordinates.insert(point.coordinates.begin(),
                               {experimentAxis, {std::nan(""), part.experiment->name}});
      joint.cells.push_back(std::move(point));
    }
    for (const auto &[axis, values] : its.ofMeasures) {
      auto known = std::find_if(joint.ofMeasures.begin(), joint.ofMeasures.end(),
                                [&, name = axis](const auto &one) { return one.first == name; });
      if (known == joint.ofMeasures.end())
        known = joint.ofMeasures.insert(joint.ofMeasures.end(), {axis, {}});
      for (const AxisValue &value : values)
        if (std::none_of(known->second.begin(), known->second.end(),
                         [&](const AxisValue &one) { return one.text == value.text; }))
          known->second.push_back(value);
    }
  }
  placeBeside(joint.cells, joint.axes);
  return joint;
}

Shown::Shown(const Experiment &experiment, const Scorer &scorer, const Show &show)
    : shown(show), all{{&experiment, &scorer, show}}, isJoint(false) {}

Shown::Shown(std::vector<ShownPart> parts, const Show &show)
    : shown(show), all(std::move(parts)), isJoint(true), joint(jointGrid(all)) {
  for (const ShownPart &part : all)
    for (const Point &point : part.scorer->grid().defenses)
      for (const auto &[axis, value] : point.coordinates)
        ofDefenses.insert(axis);
}

std::string Shown::name(const char *separator) const {
  std::vector<std::string> names;
  for (const ShownPart &part : all)
    names.push_back(part.experiment->name);
  return names.size() > 3 ? std::to_string(names.size()) + " experiments" : joined(names, separator);
}

bool Shown::has(const Choice &choice) const {
  return !isJoint || !select(joint.cells, choice).empty();
}

const ShownPart &Shown::partOf(const Choice &choice) const {
  for (const auto &[axis, value] : choice)
    for (const ShownPart &part : all)
      if (isJoint && axis == experimentAxis && part.experiment->name == value.text)
        return part;
  return all.front();
}

std::optional<Choice> Shown::ofPart(const ShownPart &part, const MeasureKind &kind,
                                    const Choice &choice) const {
  if (!isJoint)
    return choice;
  const Grid &grid = part.scorer->grid();
  Choice own;
  for (const auto &one : choice) {
    const auto &[axis, value] = one;
    const bool ofMeasure = valuesOfMeasures(joint, axis) != nullptr;
    if (isOfExamples(axis) || ofMeasure || isOn(pointsOf(grid, kind), axis))
      own.push_back(one);
    else if (axis == "family") // without families, each defense is one of its own
      own.push_back({"defense", value});
    else if (axis != experimentAxis && !isWithoutValue(value) && (kind.ofAttacks || ofDefenses.count(axis)))
      return std::nullopt;
  }
  return own;
}

Score Shown::score(const ShownPart &part, const Measure &measure, const Choice &choice) const {
  std::optional<Choice> own = ofPart(part, kindOf(measure), choice);
  if (own)
    return part.scorer->score(measure, *own);
  Score none;
  none.note = "not in the grid";
  return none;
}

Score Shown::score(size_t measure, const Choice &choice) const {
  const ShownPart &part = partOf(choice);
  if (measure >= part.missing.size() || part.missing[measure].empty())
    return score(part, part.show.measures.at(measure), choice);
  Score none;
  none.note = part.missing[measure];
  return none;
}

Score Shown::scoreBelow(size_t measure, const std::string &other, const Choice &choice) const {
  const ShownPart &part = partOf(choice);
  return score(part, {other, part.show.measures.at(measure).aggregates}, choice);
}

static Measure againstOf(const Show &show) {
  return {show.against, show.againstAggregates, show.againstArguments};
}

Score Shown::scoreAgainst(const Choice &choice) const {
  const ShownPart &part = partOf(choice);
  return score(part, againstOf(part.show), choice);
}

bool Shown::isThere(const ShownPart &part, const Measure &measure, const Choice &choice) const {
  const std::optional<Choice> own = ofPart(part, kindOf(measure), choice);
  return own && !select(pointsOf(part.scorer->grid(), kindOf(measure)), *own).empty();
}

bool Shown::isThere(size_t measure, const Choice &choice) const {
  const ShownPart &part = partOf(choice);
  return isThere(part, part.show.measures.at(measure), choice);
}

bool Shown::isThereAgainst(const Choice &choice) const {
  const ShownPart &part = partOf(choice);
  return isThere(part, againstOf(part.show), choice);
}

std::vector<AxisValue> Shown::defensesAt(const Choice &choice) const {
  const ShownPart &part = partOf(choice);
  std::vector<AxisValue> defenses;
  static const MeasureKind &ofDefenses = *findMeasure("accuracy");
  if (std::optional<Choice> own = ofPart(part, ofDefenses, choice))
    for (const Point &point : select(part.scorer->grid().defenses, *own))
      defenses.push_back(*point.coordinate("defense"));
  return defenses;
}

void Shown::check() const {
  for (const std::vector<std::string> *named : {&shown.by, &shown.forEach})
    for (const std::string &axis : *named)
      if (!lists(grid().axes, axis))
        throw std::runtime_error("there is no axis " + axis + "; the axes are " + joined(grid().axes));
  for (const ShownPart &part : all) {
    std::vector<Measure> measures;
    for (size_t i = 0; i < part.show.measures.size(); ++i)
      if (i >= part.missing.size() || part.missing[i].empty())
        measures.push_back(part.show.measures[i]);
    if (findMeasure(part.show.against))
      measures.push_back(againstOf(part.show));
    for (const Measure &measure : measures) {
      for (const Aggregate &aggregate : measure.aggregates)
        for (const std::string &axis : aggregate.over)
          if (!lists(part.scorer->grid().axes, axis))
            throw std::runtime_error("there is no axis " + axis + "; the axes are " +
                                     joined(part.scorer->grid().axes));
      if (std::string problem = showProblem(part.scorer->grid(), part.show, measure); !problem.empty())
        throw std::runtime_error(problem);
    }
  }
}

std::vector<std::string> Shown::together(const std::vector<Lines> &lines) const {
  std::vector<std::pair<std::string, std::vector<std::string>>> known; // a line, and whose it is
  for (const auto &[part, its] : lines)
    for (const std::string &line : its) {
      auto same =
          std::find_if(known.begin(), known.end(), [&](const auto &one) { return one.first == line; });
      if (same == known.end())
        same = known.insert(known.end(), {line, {}});
      same->second.push_back(part->experiment->name);
    }
  std::vector<std::string> result;
  for (const auto &[line, names] : known)
    result.push_back(names.size() == lines.size() ? line : joined(names) + ": " + line);
  return result;
}

/// "expected in a, b; any_of(5) in c"; empty where all have the same, or only one has any.
std::string Shown::inWords(const std::vector<std::pair<std::string, std::string>> &values) const {
  std::vector<std::pair<std::string, std::vector<std::string>>> known; // a value, and whose it is
  for (const auto &[name, value] : values) {
    auto same = std::find_if(known.begin(), known.end(),
                             [&, text = value](const auto &one) { return one.first == text; });
    if (same == known.end())
      same = known.insert(known.end(), {value, {}});
    same->second.push_back(name);
  }
  std::vector<std::string> words;
  for (const auto &[value, names] : known)
    words.push_back(value + " in " + joined(names));
  return words.size() < 2 ? "" : joined(words, "; ");
}

std::string Shown::differenceOn(const std::string &axis) const {
  constexpr size_t most = 4; // values that are told of each
  std::vector<std::pair<std::string, std::string>> values;
  for (const ShownPart &part : all) {
    std::vector<std::string> texts;
    for (const AxisValue &value : axisValues(part.scorer->grid().cells, axis))
      texts.push_back(value.text);
    if (texts.empty())
      continue;
    const size_t more = texts.size() > most ? texts.size() - most : 0;
    texts.resize(texts.size() - more);
    values.push_back(
        {part.experiment->name, joined(texts) + (more ? " and " + std::to_string(more) + " more" : "")});
  }
  return inWords(values);
}

/// "the first 200 test images, away from label"
static std::string imagesOf(const Pairs &pairs) {
  std::string text =
      pairs.random ? std::to_string(pairs.images) + " random" : "the first " + std::to_string(pairs.images);
  text += " test images";
  if (pairs.correctOnly)
    text += std::string(" that ") + (pairs.ownCorrect ? "the defense" : "none") + " classifies correctly";
  const Goal &goal = pairs.goal;
  return text + ", " + (goal.toward ? "toward " + goalWord(goal.choice) : "away from label") +
         (goal.klass ? " " + std::to_string(*goal.klass) : "");
}

std::string Shown::differenceOfImages() const {
  std::vector<std::pair<std::string, std::string>> values;
  for (const ShownPart &part : all)
    for (const Cell &cell : part.experiment->cells)
      if (cell.meansSomething()) {
        const Job &job = part.scorer->wholePlan().jobs.at(size_t(cell.jobs.front()));
        values.push_back({part.experiment->name, imagesOf(job.as<AttackJob>().pairs)});
        break; // all cells of an experiment have the same
      }
  return inWords(values);
}

std::string Shown::differenceOfArguments(size_t measure) const {
  std::vector<std::pair<std::string, std::string>> values;
  for (const ShownPart &part : all) {
    if (measure < part.missing.size() && !part.missing[measure].empty())
      continue;
    const Measure &its = part.show.measures.at(measure);
    std::vector<std::string> texts;
    for (const MeasureArgument &one : kindOf(its).arguments)
      texts.push_back(one.name + " = " + numberText(argument(its, one.name)));
    values.push_back({part.experiment->name, joined(texts)});
  }
  return inWords(values);
}

std::vector<std::string> Shown::differences() const {
  std::vector<std::string> lines;
  for (size_t i = 0; i < shown.measures.size() && all.size() > 1; ++i)
    if (std::string words = differenceOfArguments(i); !words.empty())
      lines.push_back(kindOf(shown.measures[i]).words + ": " + words);
  const bool ofAttacks = std::any_of(shown.measures.begin(), shown.measures.end(),
                                     [](const Measure &one) { return kindOf(one).ofAttacks; });
  if (!ofAttacks || all.size() < 2)
    return lines;
  std::vector<std::string> named = shown.by;
  named.insert(named.end(), shown.forEach.begin(), shown.forEach.end());
  named.push_back(shown.against);
  for (const std::string &axis : joint.axes)
    if (!lists(named, axis) && !ofDefenses.count(axis) && axis != experimentAxis && !isOfExamples(axis))
      if (std::string words = differenceOn(axis); !words.empty())
        lines.push_back(axis + ": " + words);
  if (std::string words = differenceOfImages(); !words.empty())
    lines.push_back("attacked are " + words);
  return lines;
}

} // namespace switchyard::rt
