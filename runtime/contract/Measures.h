// The table of measures (measures.def) as the compiler and the runtime read it.
#ifndef SWITCHYARD_RUNTIME_CONTRACT_MEASURES_H
#define SWITCHYARD_RUNTIME_CONTRACT_MEASURES_H

#include <string>
#include <vector>

namespace switchyard::rt {

enum class MeasureUnit { Percent, Points, Number, Length };

struct MeasureArgument {
  std::string name, byDefault; // as the language writes it
  enum class Role { Own, Axis, Setting };
  Role role = Role::Own; // Axis: several of them are an axis; Setting: one for all of an experiment
};

struct MeasureBelow {
  std::string other, head, tail;
};

struct MeasureKind {
  std::string name, words, title;
  MeasureUnit unit = MeasureUnit::Percent;
  bool ofAttacks = false, needsBaseline = false, mayBeWorst = false, isShare = false, ofSuccess = false,
       isRatio = false, ofCleanImages = false, ofDistances = false, ofAnswers = false, ofWholeSet = false,
       ofCertificates = false;
  std::vector<MeasureArgument> arguments = {};
  std::vector<std::string> beside = {};
  std::vector<MeasureBelow> below = {};
};

const std::vector<MeasureKind> &measureKinds();
/// Null where there is none of that name.
const MeasureKind *findMeasure(const std::string &name);
std::vector<std::string> measureNames();
/// What a measure belongs to that is not built yet; empty where there is none of that name.
std::string unbuiltMeasure(const std::string &name);

/// Digits behind the point of a value as tables print it: of a length three count, be it 8/255 or 12.
int digitsOf(MeasureUnit unit, double value);
inline double factorOf(MeasureUnit unit) {
  return unit == MeasureUnit::Number || unit == MeasureUnit::Length ? 1 : 100;
}
/// " (%)", " (points)", "".
std::string inWords(MeasureUnit unit);

} // namespace switchyard::rt

#endif
