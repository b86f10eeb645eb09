// Runs passes of Switchyard and of MLIR on textual IR: the tool of the compiler's tests.
#include "compiler/lowering/Passes.h"
#include "compiler/passes/Passes.h"
#include "dialect/Dialect.h"

#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  registry.insert<switchyard::swy::SwyDialect>();
  switchyard::registerLoweringDialects(registry);
  mlir::registerAllPasses();
  switchyard::registerSwyPasses();
  switchyard::registerSwyLoweringPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "Switchyard's optimizer driver\n", registry));
}
