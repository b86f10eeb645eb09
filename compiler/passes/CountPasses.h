// How often an attack asks the network for one pair, as its text says: what users compare attacks at. What
// compiled code shares (an expression that stands twice, the forward pass of a gradient) counts each time it
// is written.
#ifndef SWITCHYARD_COMPILER_PASSES_COUNTPASSES_H
#define SWITCHYARD_COMPILER_PASSES_COUNTPASSES_H

#include "dialect/Experiment.h"

namespace switchyard {

/// Through the network: its answers, and gradients through these.
struct NetworkPasses {
  int64_t forward = 0, backward = 0;
};

/// What the attack is run with: the values of its scalars, how many answers a call of the model averages, how
/// many one on a path does, and the network's paths.
struct PassSetting {
  mlir::DictionaryAttr scalars;
  int64_t sampled = 1, onPath = 1, paths = 1;
};

/// Nothing where a loop's turns are not known, or there are more than 2^62.
std::optional<NetworkPasses> passesOf(swy::AttackOp attack, const PassSetting &setting);

} // namespace switchyard

#endif
