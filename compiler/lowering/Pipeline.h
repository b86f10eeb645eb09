// The way from program-level swy functions to the LLVM dialect.
#ifndef SWITCHYARD_COMPILER_LOWERING_PIPELINE_H
#define SWITCHYARD_COMPILER_LOWERING_PIPELINE_H

#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringSet.h"

namespace switchyard {

/// What a function's buffers are in, and what runs its loops.
enum class Device { Cpu, Cuda };

struct LoweringOptions {
  Device device = Device::Cpu;
  /// Optimizations to leave out, by the names of --disable (see loweringOptimizations).
  llvm::StringSet<> disabled;
};

/// The names that `disabled` knows.
llvm::ArrayRef<llvm::StringLiteral> loweringOptimizations();

/// From a module of program-level functions (entry functions carry `swy.entry`) to linalg on tensors, fused.
void buildLinalgPipeline(mlir::OpPassManager &manager, const LoweringOptions &options);

/// From there to planned memory: entry functions of memrefs, without allocations.
void buildBufferPipeline(mlir::OpPassManager &manager, Device device);

/// All the way to the LLVM dialect. The context needs registerLoweringDialects (Passes.h).
void buildLoweringPipeline(mlir::OpPassManager &manager, const LoweringOptions &options);

/// Device functions instead: to kernels in a gpu.module, and host code that launches them.
void buildDevicePipeline(mlir::OpPassManager &manager, const LoweringOptions &options);

/// From a module with a gpu.module of kernels to kernels in the NVVM dialect; for one that holds nothing else
/// of interest, since the host's code stays as it is.
void buildKernelPipeline(mlir::OpPassManager &manager);

/// How the dialects of kernels become LLVM's: conversion to NVVM finds it by itself, and goes wrong without a
/// word where it is missing.
void registerKernelConversions(mlir::DialectRegistry &registry);

/// What is left of the host's code once kernels are launched by name, to the LLVM dialect.
void buildHostPipeline(mlir::OpPassManager &manager);

} // namespace switchyard
#endif
