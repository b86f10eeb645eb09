// What all chosen points have in common need not be said, nor what follows from what was said.
#include "runtime/report/PointNames.h"

#include <algorithm>
#include <map>
#include <set>

namespace switchyard::rt {
namespace {

std::string valueAt(const Point &point, const std::string &axis) {
  const AxisValue *value = point.coordinate(axis);
  return value ? value->text : "";
}

void addOnce(std::vector<std::string> &words, const std::string &word) {
  if (std::find(words.begin(), words.end(), word) == words.end())
    words.push_back(word);
}

/// Whether points that agree on the one axis agree on the other.
bool follows(const std::vector<Point> &points, const std::string &from, const std::string &axis) {
  std::map<std::string, std::string> known;
  return std::all_of(points.begin(), points.end(), [&](const Point &point) {
    return known.insert({valueAt(point, from), valueAt(point, axis)}).first->second == valueAt(point, axis);
  });
}

/// The axes that tell the points apart, none that another one implies.
std::vector<std::string> axesOf(const std::vector<Point> &points) {
  std::vector<std::string> axes;
  for (const Point &point : points)
    for (const auto &[axis, value] : point.coordinates)
      addOnce(axes, axis);
  std::vector<std::string> told;
  for (const std::string &axis : axes) {
    bool differs = std::any_of(points.begin(), points.end(), [&](const Point &point) {
      return valueAt(point, axis) != valueAt(points.front(), axis);
    });
    bool implied = std::any_of(told.begin(), told.end(),
                               [&](const std::string &other) { return follows(points, other, axis); });
    if (differs && !implied)
      told.push_back(axis);
  }
  return told;
}

std::vector<std::string> valuesOf(const std::vector<Point> &points, const std::vector<size_t> &chosen,
                                  const std::string &axis) {
  std::vector<std::string> values;
  for (size_t one : chosen)
    addOnce(values, valueAt(points[one], axis));
  return values;
}

/// Whether all points whose values are among those of the chosen ones are chosen.
bool isProduct(const std::vector<Point> &points, const std::vector<size_t> &chosen,
               const std::vector<std::string> &axes) {
  size_t inside = 0;
  for (const Point &point : points)
    inside += std::all_of(axes.begin(), axes.end(), [&](const std::string &axis) {
      std::vector<std::string> values = valuesOf(points, chosen, axis);
      return std::find(values.begin(), values.end(), valueAt(point, axis)) != values.end();
    });
  return inside == chosen.size();
}

std::string joined(const std::vector<std::string> &words) {
  std::string text;
  for (const std::string &word : words)
    if (!word.empty())
      text += (text.empty() ? "" : ", ") + word;
  return text;
}

} // namespace

std::string listed(const std::vector<std::string> &words) {
  constexpr size_t most = 3;
  size_t shown = words.size() > most ? most - 1 : words.size();
  std::string text;
  for (size_t i = 0; i < shown; ++i)
    text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
  return shown < words.size() ? text + " and " + std::to_string(words.size() - shown) + " more" : text;
}

std::string namesOf(const std::vector<Point> &points, const std::vector<size_t> &chosen) {
  if (chosen.size() == points.size())
    return "";
  std::vector<std::string> axes = axesOf(points), parts;
  if (isProduct(points, chosen, axes)) {
    std::vector<size_t> all(points.size());
    for (size_t i = 0; i < all.size(); ++i)
      all[i] = i;
    for (const std::string &axis : axes)
      if (std::vector<std::string> values = valuesOf(points, chosen, axis);
          values.size() < valuesOf(points, all, axis).size())
        parts.push_back(listed(values));
    return joined(parts);
  }
  constexpr size_t most = 2;
  std::string text;
  for (size_t i = 0; i < chosen.size() && i < most; ++i) {
    std::vector<std::string> label;
    for (const std::string &axis : axes)
      label.push_back(valueAt(points[chosen[i]], axis));
    text += (i ? "; " : "") + joined(label);
  }
  if (chosen.size() > most)
    text += " and " + std::to_string(chosen.size() - most) + " more of " + std::to_string(points.size());
  return text;
}

} // namespace switchyard::rt
