// The generated definitions of the operations, in shards (CMakeLists.txt): one file alone would take a minute
// to compile. Each shard is this file behind the macro that chooses it.
#include "dialect/Dialect.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;

/// `@a with @b`: defenses in the order in which they rewrite.
[[maybe_unused]] static ParseResult parseComposition(OpAsmParser &parser, ArrayAttr &defenses) {
  SmallVector<Attribute> symbols;
  do {
    StringAttr name;
    if (parser.parseSymbolName(name))
      return failure();
    symbols.push_back(FlatSymbolRefAttr::get(name));
  } while (succeeded(parser.parseOptionalKeyword("with")));
  defenses = parser.getBuilder().getArrayAttr(symbols);
  return success();
}

[[maybe_unused]] static void printComposition(OpAsmPrinter &printer, Operation *, ArrayAttr defenses) {
  llvm::interleave(defenses, [&](Attribute one) { printer << one; }, [&] { printer << " with "; });
}

#include "dialect/Ops.cpp.inc"
