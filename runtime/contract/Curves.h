// What trainings keep of each epoch, and `show plot of ... against epoch` draws.
#ifndef SWITCHYARD_RUNTIME_CONTRACT_CURVES_H
#define SWITCHYARD_RUNTIME_CONTRACT_CURVES_H

#include "runtime/contract/Measures.h"

namespace switchyard::rt {

constexpr char epochAxis[] = "epoch";

struct CurveKind {
  std::string name, words;
  MeasureUnit unit = MeasureUnit::Number;
  bool isShare = false;   // lies between 0 and 1
  bool ofHeldOut = false; // of images that a training holds out: `validate`
};

const std::vector<CurveKind> &curveKinds();
/// Null where there is none of that name.
const CurveKind *findCurve(const std::string &name);
std::vector<std::string> curveNames();

} // namespace switchyard::rt

#endif
