// One row for each.
#include "runtime/contract/Curves.h"

namespace switchyard::rt {

const std::vector<CurveKind> &curveKinds() {
  static const std::vector<CurveKind> kinds = {
      {"loss", "mean loss of the training images", MeasureUnit::Number},
      {"accuracy", "accuracy of the images held out", MeasureUnit::Percent, true, true},
  };
  return kinds;
}

const CurveKind *findCurve(const std::string &name) {
  for (const CurveKind &kind : curveKinds())
    if (kind.name == name)
      return &kind;
  return nullptr;
}

std::vector<std::string> curveNames() {
  std::vector<std::string> names;
  for (const CurveKind &kind : curveKinds())
    names.push_back(kind.name);
  return names;
}

} // namespace switchyard::rt
