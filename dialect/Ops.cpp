// The generated definitions of all operations, compiled once.
#include "dialect/Dialect.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;

#define GET_OP_CLASSES
#include "dialect/Ops.cpp.inc"

namespace switchyard::swy {

void SwyDialect::registerOperations() {
  addOperations<
#define GET_OP_LIST
#include "dialect/Ops.cpp.inc"
      >();
}

} // namespace switchyard::swy
