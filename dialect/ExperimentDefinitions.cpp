// The generated definitions of experiment level: enumerations, attributes, operations, and their
// registration.
#include "dialect/Experiment.h"

#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

#include "dialect/ExperimentEnums.cpp.inc"

#include "dialect/JobInterfaces.cpp.inc"

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
#include "dialect/ExperimentOps.cpp.inc"

namespace switchyard::swy {

void SwyDialect::registerExperimentLevel() {
  addOperations<
#define GET_OP_LIST
#include "dialect/ExperimentOps.cpp.inc"
      >();
}

} // namespace switchyard::swy
