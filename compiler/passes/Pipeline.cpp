// The order of the passes from what the user wrote to functions of static shape.
#include "compiler/passes/Passes.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace switchyard {

void buildProgramPipeline(OpPassManager &manager, const ProgramOptions &options) {
  // Each defense rewrites the network; what only the rewritten network shows is reported here.
  manager.addPass(createApplyDefenses());
  // The grid becomes jobs (what runs) and cells (what is reported).
  manager.addPass(createExpandGrid());
  // Jobs get their functions, still for one example and with gradients as one operation.
  manager.addPass(createBuildPrograms(BuildProgramsOptions{options.batch}));
  // Names come before any optimization, so that none of them changes a name.
  manager.addPass(createNameJobs());
  // What becomes of gradients is no part of a name. Counted is what the attack reads: the mean that comes
  // next.
  manager.addPass(createCountGradients());
  // A gradient through a loop becomes gradients in its turns, which are averaged as any.
  manager.addPass(createSplitLoops());
  // eot(n) averages gradients over draws, in a loop.
  manager.addPass(createExpandExpectation());
  // What is compared is a mean now; what is left in a loop over restarts is theirs.
  if (options.restartsToRows)
    manager.addPass(createRestartsToRows());
  if (options.fitBatches)
    manager.addPass(createFitBatches());
  // One example becomes a batch, and only then are gradients made (S1.1).
  manager.addPass(createBatch({options.scalarsPerRow}));
  if (options.hoistExpectation)
    manager.addPass(createHoistExpectation());
  // While gradients are operations: what becomes of them is of the folded network.
  if (options.foldScales)
    manager.addNestedPass<func::FuncOp>(createFoldScales());
  manager.addPass(createDifferentiate());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
}

} // namespace switchyard
