// Where an attack inside a training may leave an example, as the step finds out by itself (S2.3).
#ifndef SWITCHYARD_COMPILER_PASSES_CONFINEMENT_H
#define SWITCHYARD_COMPILER_PASSES_CONFINEMENT_H

#include "dialect/Experiment.h"

namespace switchyard {

/// 0, or no number where the example lies outside of what `finished` says, around `clean`, or is none itself.
/// `radius` is null without a norm.
mlir::Value buildEscape(mlir::OpBuilder &builder, swy::FinishedOp finished, mlir::Value example,
                        mlir::Value clean, mlir::Value radius);

/// The same of an image that a loss gives to an attack, and of the input's range.
mlir::Value buildEscape(mlir::OpBuilder &builder, swy::GivenOp given);

} // namespace switchyard

#endif
