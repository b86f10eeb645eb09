// The axes of an experiment's results, as shows name them.
#ifndef SWITCHYARD_COMPILER_SEMANTICS_AXISTABLE_H
#define SWITCHYARD_COMPILER_SEMANTICS_AXISTABLE_H

#include "compiler/semantics/Resolved.h"
#include "runtime/contract/Measures.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace switchyard {

/// How many values each axis has.
class AxisTable {
public:
  explicit AxisTable(const std::vector<resolved::Experiment> &settings);

  /// Others have families: then each defense here is one of its own.
  void besideFamilies() { familiesKnown = true; }

  std::vector<std::string> names() const;
  bool has(const std::string &name) const;

  /// Axes with several values that a measure has and `named` does not name.
  std::vector<std::string> unnamed(const std::set<std::string> &named, const rt::MeasureKind &measure) const;

  /// Whether the axis belongs to attacks alone.
  bool isOfAttacks(const std::string &name) const;
  /// Whether the axis belongs to defenses alone.
  bool isOfDefenses(const std::string &name) const;
  /// The measure whose own axis it is; empty where it is none of a measure.
  std::string measureOf(const std::string &name) const;

private:
  using Table = std::map<std::string, std::set<std::string>>;
  void addSetting(const resolved::Experiment &one);

  Table setting, defense, defenseAxes, attack;
  std::map<std::string, std::string> measures; // of axes of measures
  bool hasFamilies = false, familiesKnown = false;
};

} // namespace switchyard

#endif
