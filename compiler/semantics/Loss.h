// The losses of trainings, and attacks on their images, with arguments bound.

#ifndef SWITCHYARD_COMPILER_SEMANTICS_LOSS_H
#define SWITCHYARD_COMPILER_SEMANTICS_LOSS_H

#include "compiler/semantics/Expand.h"

namespace switchyard {

/// Where the calls of a training stand.
struct TrainingPlace {
  const Scope &scope;
  std::vector<std::string> symbols; ///< parameters of the defense, which stay symbolic
  const resolved::Network &network;
};

/// The attack that the call means, which must be one within a ball; false with errors.
bool resolveTrainingAttack(Program &program, const ast::CallExpr &call, const TrainingPlace &place,
                           resolved::TrainingAttack &result);

/// The loss that the call means; nothing with errors.
std::optional<resolved::Loss> resolveLoss(Program &program, const ast::CallExpr &call,
                                          const TrainingPlace &place);

} // namespace switchyard

#endif
