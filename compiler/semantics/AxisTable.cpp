// Axes of settings, of defenses, of attacks with estimators and judges, and of measures.
#include "compiler/semantics/AxisTable.h"

#include "runtime/contract/Grid.h"

#include <algorithm>

namespace switchyard {

using rt::findMeasure;
using rt::MeasureKind;

using Table = std::map<std::string, std::set<std::string>>;

static void add(Table &table, const std::string &name, const std::string &value) {
  table[name].insert(value);
}

static size_t size(const Table &table, const std::string &name) {
  auto found = table.find(name);
  return found == table.end() ? 0 : found->second.size();
}

AxisTable::AxisTable(const std::vector<resolved::Experiment> &settings) {
  for (const resolved::Experiment &one : settings)
    addSetting(one);
  const resolved::Experiment &experiment = settings.front(); // others have the same of all else
  for (const resolved::Defense &one : experiment.defenses) {
    add(defense, "defense", one.label);
    add(defense, "family", one.family);
    add(defense, "strength", one.strength);
    for (const NamedValue &axis : one.axes)
      add(defenseAxes, axis.name, axis.value.text());
    hasFamilies |= !one.family.empty();
  }
  for (const resolved::Attack &one : experiment.attacks) {
    add(attack, "attack", one.label);
    for (const NamedValue &axis : one.axes)
      add(attack, axis.name, axis.value.text());
  }
  for (const resolved::Estimator &one : experiment.estimators) {
    add(attack, "gradients", one.label);
    for (const NamedValue &axis : one.axes)
      add(attack, axis.name, axis.value.text());
  }
  for (const rt::Verdict &one : experiment.judge.verdicts)
    add(attack, "judge", rt::verdictText(one));
  for (const resolved::Measure &one : experiment.measures)
    for (const rt::MeasureArgument &argument : findMeasure(one.name)->arguments)
      if (argument.role == rt::MeasureArgument::Role::Axis && !attack.count(argument.name) &&
          !defenseAxes.count(argument.name))
        measures[argument.name] = one.name;
}

std::vector<std::string> AxisTable::names() const {
  std::vector<std::string> result;
  for (auto *table : {&setting, &defense, &defenseAxes, &attack})
    for (auto &[name, values] : *table)
      if (hasFamilies || familiesKnown || (name != "family" && name != "strength"))
        result.push_back(name);
  for (auto &[name, measure] : measures)
    result.push_back(name);
  result.insert(result.end(), {rt::classAxis, rt::answerAxis}); // of the examples in any cell
  return result;
}

bool AxisTable::has(const std::string &name) const {
  const std::vector<std::string> known = names();
  return std::find(known.begin(), known.end(), name) != known.end();
}

std::vector<std::string> AxisTable::unnamed(const std::set<std::string> &named,
                                            const MeasureKind &measure) const {
  std::vector<std::string> result;
  for (auto &[name, values] : setting)
    if (values.size() > 1 && !named.count(name))
      result.push_back(name);
  bool defenseNamed =
      named.count("defense") || (named.count("family") && (named.count("strength") || !hasFamilies));
  if (!defenseNamed && size(defense, "defense") > 1) {
    if (named.count("family") || named.count("strength"))
      result.push_back(named.count("family") ? "strength" : "family");
    else
      result.push_back("defense");
  }
  for (auto &[name, values] : attack)
    if (measure.ofAttacks && values.size() > 1 && !named.count(name) &&
        !(measure.ofAnswers && name == "judge"))
      result.push_back(name);
  return result;
}

bool AxisTable::isOfAttacks(const std::string &name) const {
  return attack.count(name) && !defense.count(name) && !defenseAxes.count(name);
}

std::string AxisTable::measureOf(const std::string &name) const {
  auto found = measures.find(name);
  return found == measures.end() ? "" : found->second;
}

bool AxisTable::isOfDefenses(const std::string &name) const {
  return !attack.count(name) && (setting.count(name) || defense.count(name) || defenseAxes.count(name));
}

void AxisTable::addSetting(const resolved::Experiment &one) {
  if (!one.setting)
    return;
  add(setting, rt::datasetAxis, one.setting->dataset);
  add(setting, rt::networkAxis, one.setting->network);
  add(setting, rt::trainingAxis, one.setting->training);
  for (const NamedValue &axis : one.setting->axes)
    add(setting, axis.name, axis.value.text());
}

} // namespace switchyard
