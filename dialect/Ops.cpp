// The generated definitions of the operations of program level, in shards (CMakeLists.txt): one file alone
// would take a minute to compile. Each shard is this file behind the macro that chooses it.
#include "dialect/Dialect.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;

#include "dialect/Ops.cpp.inc"
