// From checked programs to the swy dialect's experiment level. Nothing is checked here: the tree is right.
#ifndef SWITCHYARD_COMPILER_IRGEN_IRGEN_H
#define SWITCHYARD_COMPILER_IRGEN_IRGEN_H

#include "compiler/semantics/Check.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace switchyard {

/// One module with every experiment and the networks, defenses and attacks they use. Every operation carries
/// the place in the source it comes from.
mlir::OwningOpRef<mlir::ModuleOp> generateIR(const CheckedProgram &program, const Sources &sources,
                                             mlir::MLIRContext &context);

} // namespace switchyard

#endif
