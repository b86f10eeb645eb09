// The part of a defense that switches: cutting a network into blocks, and giving each its channels.
#ifndef SWITCHYARD_COMPILER_PASSES_SWITCHBLOCKS_H
#define SWITCHYARD_COMPILER_PASSES_SWITCHBLOCKS_H

#include "dialect/Experiment.h"

namespace switchyard {

/// Joins the network's blocks and cuts them anew; an error at the split for a place that the network has not
/// or that would leave a block empty. `name` is the network's, for messages.
llvm::LogicalResult applySplit(swy::NetworkOp network, swy::SplitOp split, llvm::StringRef name);

/// Gives every block its number of channels; an error at the switch where there are more or fewer numbers.
llvm::LogicalResult applySwitch(swy::NetworkOp network, swy::SwitchOp how, llvm::StringRef name);

} // namespace switchyard

#endif
