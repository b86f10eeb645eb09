// The table of mathematical functions. One that is not here is a polynomial.
#include "compiler/lowering/MathFunctions.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace switchyard {
namespace {

/// Scalar operations of a polynomial, roughly; square roots take as long.
constexpr int64_t manyOperations = 20;

struct Instruction {
  StringLiteral operation, intrinsic;
  int64_t cost;
};

constexpr Instruction instructions[] = {{"math.absf", "llvm.fabs", 1},
                                        {"math.copysign", "llvm.copysign", 1},
                                        {"math.floor", "llvm.floor", 1},
                                        {"math.fma", "llvm.fma", 1},
                                        {"math.sqrt", "llvm.sqrt", manyOperations}};

const Instruction *find(StringRef operation) {
  return llvm::find_if(instructions, [&](const Instruction &one) { return one.operation == operation; });
}

} // namespace

StringRef instructionOf(StringRef operation) {
  const Instruction *found = find(operation);
  return found == std::end(instructions) ? StringRef() : StringRef(found->intrinsic);
}

int64_t costOf(Operation *op) {
  if (!isa<math::MathDialect>(op->getDialect()))
    return 1;
  const Instruction *found = find(op->getName().getStringRef());
  return found == std::end(instructions) ? manyOperations : found->cost;
}

bool isCostly(Operation *op) {
  return costOf(op) > 1;
}

} // namespace switchyard
