// The lowering's order, with the reason for each step's place.
#include "compiler/lowering/Pipeline.h"

#include "compiler/lowering/Passes.h"

#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassOptions.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace switchyard {

// The generated registration has the name of ours.
namespace generated {
#define GEN_PASS_REGISTRATION
#include "compiler/lowering/Passes.h.inc"
} // namespace generated

static constexpr StringLiteral optimizations[] = {"fuse-activations", "assign-layouts", "pack-weights",
                                                  "fuse"};

ArrayRef<StringLiteral> loweringOptimizations() {
  return optimizations;
}

void buildLinalgPipeline(OpPassManager &manager, const LoweringOptions &options) {
  auto enabled = [&](StringRef name) { return !options.disabled.contains(name); };
  // Equal operations become one, before layouts and fusion look at how often a value is used.
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  // Activations join layers while they are still operations of their own.
  bool cpu = options.device == Device::Cpu;
  if (enabled("fuse-activations"))
    manager.addPass(createFuseActivations({/*intoLayers=*/cpu}));
  // Channels become groups of rows, whatever else is done.
  manager.addNestedPass<func::FuncOp>(createGroupRows());
  // Layouts are types of program-level values; below this they are shapes.
  if (enabled("assign-layouts"))
    manager.addNestedPass<func::FuncOp>(createAssignLayouts({/*channelsLast=*/!cpu}));
  manager.addNestedPass<func::FuncOp>(createLowerToLinalg());
  // Preparing moves out of loops while weights are still values, which do not change.
  if (enabled("pack-weights"))
    manager.addNestedPass<func::FuncOp>(createPackWeights());
  manager.addPass(createCanonicalizerPass());
  if (enabled("fuse"))
    manager.addPass(createFuseElementwise({/*intoIndexedReads=*/!cpu}));
  // After fusion: what is cheap has joined its consumer and should not be kept in memory over a loop.
  manager.addPass(createLoopInvariantCodeMotionPass());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
}

void buildBufferPipeline(OpPassManager &manager, Device device) {
  // Results get their buffers first, so that bufferization can write straight into them.
  manager.addPass(createAssignDestinations());
  bufferization::OneShotBufferizePassOptions bufferize;
  bufferize.bufferizeFunctionBoundaries = true;
  bufferize.functionBoundaryTypeConversion = bufferization::LayoutMapOption::IdentityLayoutMap;
  manager.addPass(bufferization::createOneShotBufferizePass(bufferize));
  // Removes copies of a buffer onto itself and loop-carried buffers that never change.
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  // Every result is an argument's buffer now; the other buffers get their places.
  manager.addPass(createPlanArena({/*runsTogether=*/device == Device::Cuda}));
}

void buildLoweringPipeline(OpPassManager &manager, const LoweringOptions &options) {
  buildLinalgPipeline(manager, options);
  buildBufferPipeline(manager, options.device);
  // Polynomials before loops, while each exponential stands once.
  manager.addPass(createApproximateMath());
  manager.addPass(createOutlineLoops());
  buildHostPipeline(manager);
}

void buildHostPipeline(OpPassManager &manager) {
  // Subscripts become arithmetic, loops branches, views pointers.
  manager.addPass(createLowerAffinePass());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  manager.addPass(createSCFToControlFlowPass());
  manager.addPass(memref::createExpandStridedMetadataPass());
  manager.addPass(createLowerAffinePass());
  manager.addPass(arith::createArithExpandOpsPass());
  manager.addPass(createLowerToLLVM());
  manager.addPass(createReconcileUnrealizedCastsPass());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
}

namespace {

struct PipelineOptions : PassPipelineOptions<PipelineOptions> {
  ListOption<std::string> disable{*this, "disable", llvm::cl::desc("optimizations to leave out, by name")};

  LoweringOptions read() const {
    LoweringOptions options;
    for (const std::string &name : disable)
      options.disabled.insert(name);
    return options;
  }
};

} // namespace

void registerSwyLoweringPasses() {
  generated::registerSwyLoweringPasses();
  PassPipelineRegistration<PipelineOptions>("swy-lower-to-fused-linalg",
                                            "Program-level functions to fused linalg on tensors",
                                            [](OpPassManager &manager, const PipelineOptions &options) {
                                              buildLinalgPipeline(manager, options.read());
                                            });
  PassPipelineRegistration<PipelineOptions>("swy-lower-to-buffers",
                                            "Program-level functions to linalg on planned memory",
                                            [](OpPassManager &manager, const PipelineOptions &options) {
                                              buildLinalgPipeline(manager, options.read());
                                              buildBufferPipeline(manager, Device::Cpu);
                                            });
  PassPipelineRegistration<PipelineOptions>("swy-lower-to-kernels",
                                            "Program-level functions to GPU kernels and their launches",
                                            [](OpPassManager &manager, const PipelineOptions &options) {
                                              LoweringOptions cuda = options.read();
                                              cuda.device = Device::Cuda;
                                              buildDevicePipeline(manager, cuda);
                                            });
  PassPipelineRegistration<>("swy-lower-kernels-to-nvvm", "GPU kernels to the NVVM dialect",
                             buildKernelPipeline);
  PassPipelineRegistration<PipelineOptions>("swy-lower-all", "Program-level functions to the LLVM dialect",
                                            [](OpPassManager &manager, const PipelineOptions &options) {
                                              buildLoweringPipeline(manager, options.read());
                                            });
}

} // namespace switchyard
