// Rows first, then what belongs to them.
#include "runtime/contract/Measures.h"

#include <cmath>

namespace switchyard::rt {

namespace {

enum Trait {
  None = 0,
  OfAttacks = 1,
  NeedsBaseline = 2,
  MayBeWorst = 4,
  Share = 8,
  OfSuccess = 16,
  Ratio = 32,
  OfCleanImages = 64,
  OfDistances = 128,
  OfAnswers = 256,
  OfWholeSet = 512,
  OfCertificates = 1024
};

std::vector<MeasureKind> rows() {
  std::vector<MeasureKind> kinds;
#define MEASURE(NAME, EVALUATOR, WORDS, TITLE, UNIT, TRAITS)                                                 \
  kinds.push_back({#NAME, WORDS, TITLE, MeasureUnit::UNIT, ((TRAITS) & OfAttacks) != 0,                      \
                   ((TRAITS) & NeedsBaseline) != 0, ((TRAITS) & MayBeWorst) != 0, ((TRAITS) & Share) != 0,   \
                   ((TRAITS) & OfSuccess) != 0, ((TRAITS) & Ratio) != 0, ((TRAITS) & OfCleanImages) != 0,    \
                   ((TRAITS) & OfDistances) != 0, ((TRAITS) & OfAnswers) != 0, ((TRAITS) & OfWholeSet) != 0, \
                   ((TRAITS) & OfCertificates) != 0});
#define ARGUMENT(NAME, DEFAULT) kinds.back().arguments.push_back({#NAME, #DEFAULT});
#define AXIS_ARGUMENT(NAME, DEFAULT)                                                                         \
  kinds.back().arguments.push_back({#NAME, #DEFAULT, MeasureArgument::Role::Axis});
#define SETTING(NAME, DEFAULT)                                                                               \
  kinds.back().arguments.push_back({#NAME, #DEFAULT, MeasureArgument::Role::Setting});
#define BESIDE(OTHER) kinds.back().beside.push_back(#OTHER);
#define BELOW(OTHER, HEAD, TAIL) kinds.back().below.push_back({#OTHER, HEAD, TAIL});
#include "runtime/contract/measures.def"
  return kinds;
}

} // namespace

const std::vector<MeasureKind> &measureKinds() {
  static const std::vector<MeasureKind> kinds = rows();
  return kinds;
}

const MeasureKind *findMeasure(const std::string &name) {
  for (const MeasureKind &kind : measureKinds())
    if (kind.name == name)
      return &kind;
  return nullptr;
}

std::vector<std::string> measureNames() {
  std::vector<std::string> names;
  for (const MeasureKind &kind : measureKinds())
    names.push_back(kind.name);
  return names;
}

std::string unbuiltMeasure(const std::string &name) {
#define NOT_BUILT(NAME, WHAT)                                                                                \
  if (name == #NAME)                                                                                         \
    return WHAT;
#include "runtime/contract/measures.def"
  return "";
}

int digitsOf(MeasureUnit unit, double value) {
  if (unit == MeasureUnit::Percent)
    return 1;
  const double size = std::abs(value);
  if (unit != MeasureUnit::Length || !(size > 1e-6) || size >= 1)
    return 2;
  return 2 - static_cast<int>(std::floor(std::log10(size)));
}

std::string inWords(MeasureUnit unit) {
  return factorOf(unit) == 1 ? "" : unit == MeasureUnit::Points ? " (points)" : " (%)";
}

} // namespace switchyard::rt
