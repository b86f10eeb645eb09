// The generated definitions of all operations, compiled once.
#include "dialect/Dialect.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;

/// `@a with @b`: defenses in the order in which they rewrite.
static ParseResult parseComposition(OpAsmParser &parser, ArrayAttr &defenses) {
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

static void printComposition(OpAsmPrinter &printer, Operation *, ArrayAttr defenses) {
  llvm::interleave(defenses, [&](Attribute one) { printer << one; }, [&] { printer << " with "; });
}

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
