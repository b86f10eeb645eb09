// Values get numbers in the order they appear; constants appear where they are first used, since where they
// stand depends on how the network was taken apart. Versions: when an operation's meaning changes, its entry
// in `semanticsVersion` goes up, and results computed under the old meaning are no longer found.
#include "compiler/passes/CanonicalText.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OperationSupport.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace switchyard {
namespace {

/// Raised when what an operation computes changes; 1 for all that never did.
int semanticsVersion(StringRef operation) {
  return llvm::StringSwitch<int>(operation).Default(1);
}

class Writer {
public:
  std::string write(Operation *function) {
    for (Region &region : function->getRegions())
      writeRegion(region);
    return std::move(stream.str());
  }

  void writeAttribute(Attribute attribute) {
    if (auto dictionary = dyn_cast<DictionaryAttr>(attribute)) { // sorted by name already
      stream << "{";
      for (NamedAttribute entry : dictionary) {
        stream << entry.getName().getValue() << "=";
        writeAttribute(entry.getValue());
        stream << ";";
      }
      stream << "}";
    } else if (auto array = dyn_cast<ArrayAttr>(attribute)) {
      stream << "[";
      for (Attribute element : array) {
        writeAttribute(element);
        stream << ",";
      }
      stream << "]";
    } else if (auto real = dyn_cast<FloatAttr>(attribute)) {
      stream << "0x" << llvm::utohexstr(real.getValue().bitcastToAPInt().getZExtValue());
    } else {
      attribute.print(stream);
    }
  }

  std::string take() { return std::move(stream.str()); }

private:
  void writeRegion(Region &region) {
    for (Block &block : region) {
      stream << "block(";
      for (BlockArgument argument : block.getArguments())
        define(argument);
      stream << ")\n";
      for (Operation &op : block)
        if (!op.hasTrait<OpTrait::ConstantLike>())
          writeOperation(op);
    }
  }

  void writeOperation(Operation &op) {
    for (Value operand : op.getOperands())
      if (Operation *source = operand.getDefiningOp(); source && !numbers.contains(operand))
        writeOperation(*source);
    stream << op.getName().getStringRef() << "/" << semanticsVersion(op.getName().getStringRef()) << "(";
    for (Value operand : op.getOperands())
      stream << numbers.lookup(operand) << ",";
    stream << ")->(";
    for (Value result : op.getResults())
      define(result);
    stream << ")";
    writeAttribute(op.getPropertiesAsAttribute() ? op.getPropertiesAsAttribute()
                                                 : Attribute(op.getAttrDictionary()));
    stream << "\n";
    for (Region &region : op.getRegions())
      writeRegion(region);
  }

  void define(Value value) {
    numbers[value] = next;
    stream << next++ << ":" << value.getType() << ",";
  }

  std::string text;
  llvm::raw_string_ostream stream{text};
  llvm::DenseMap<Value, int64_t> numbers;
  int64_t next = 1;
};

} // namespace

std::string canonicalText(Operation *function) {
  return Writer().write(function);
}

std::string canonicalText(Attribute attribute) {
  Writer writer;
  writer.writeAttribute(attribute);
  return writer.take();
}

std::string sha256(StringRef text) {
  llvm::SHA256 hash;
  hash.update(text);
  return llvm::toHex(hash.final(), /*LowerCase=*/true);
}

} // namespace switchyard
