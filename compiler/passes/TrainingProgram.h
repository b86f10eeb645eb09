// The functions of a training: what weights begin with, and one step.
#ifndef SWITCHYARD_COMPILER_PASSES_TRAININGPROGRAM_H
#define SWITCHYARD_COMPILER_PASSES_TRAININGPROGRAM_H

#include "compiler/passes/EntryFunction.h"

namespace switchyard {

/// What trains a network beside what the network says itself; all but the first two may be null.
struct TrainingRecipe {
  swy::TrainingAttr training;
  swy::OptimizerOp optimizer;
  swy::AugmentationOp augmentation;
  swy::LossOp loss;
  swy::AttackOp validatedAgainst;
  swy::SampleSetAttr sampled; // by that attack
};

/// The parameters from `block` on and what the optimizer keeps for them, before the first step.
mlir::func::FuncOp buildInit(mlir::ModuleOp module, swy::NetworkOp network, swy::OptimizerOp optimizer,
                             int64_t block, llvm::StringRef name);

/// One step. Trains one channel of `block` and of the blocks behind it; those before it are frozen and switch
/// (S3.4).
mlir::func::FuncOp buildTrainStep(mlir::ModuleOp module, swy::NetworkOp network, int64_t block,
                                  llvm::StringRef name, const TrainingRecipe &recipe);

/// What the network answers while `block` is trained, one draw for each image, attacked first where the
/// recipe says so.
mlir::func::FuncOp buildValidate(mlir::ModuleOp module, swy::NetworkOp network, int64_t block,
                                 llvm::StringRef name, const TrainingRecipe &recipe);

} // namespace switchyard

#endif
