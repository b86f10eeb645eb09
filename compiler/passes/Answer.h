// What a protected network answers where it is asked: its logits, or where it answers by the mean of several
// draws (S5.8) the logarithms of their mean probabilities.
#ifndef SWITCHYARD_COMPILER_PASSES_ANSWER_H
#define SWITCHYARD_COMPILER_PASSES_ANSWER_H

#include "compiler/passes/NetworkProgram.h"

namespace switchyard {

/// As buildNetwork, of the whole network at inference. The draws of a mean are marked as the answer's:
/// `swy-expand-expectation` makes loops of them.
mlir::Value buildAnswer(mlir::OpBuilder &builder, swy::NetworkOp network, mlir::Value example,
                        mlir::ValueRange scalars, const swy::Instantiation &how, ChooseChannel choose);

} // namespace switchyard

#endif
