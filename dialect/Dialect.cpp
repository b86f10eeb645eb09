// Registers the dialect's operations, types and attributes; the few rules on types that everything shares.
#include "dialect/Dialect.h"
#include "dialect/Semantics.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

#include "dialect/Dialect.cpp.inc"
#include "dialect/Enums.cpp.inc"
#include "dialect/Interfaces.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialect/Attributes.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "dialect/Types.cpp.inc"

namespace switchyard::swy {

void SwyDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialect/Attributes.cpp.inc"
      >();
  registerTypes();
  registerSwyDialectOperations(this);
}

void SwyDialect::registerTypes() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialect/Types.cpp.inc"
      >();
}

std::string SiteAttr::getKeyText() const {
  return getOwner() == Owner::Model ? getPlace().str() : "attack/draw#" + std::to_string(getNumber());
}

void SiteAttr::print(AsmPrinter &printer) const {
  printer << "<" << stringifyOwner(getOwner()) << ", ";
  if (getOwner() == Owner::Model)
    printer.printString(getPlace());
  else
    printer << getNumber();
  printer << ">";
}

Attribute SiteAttr::parse(AsmParser &parser, Type) {
  if (parser.parseLess())
    return {};
  FailureOr<Owner> owner = FieldParser<Owner>::parse(parser);
  if (failed(owner))
    return {};
  std::string place;
  int64_t number = 0;
  if (parser.parseComma() ||
      (*owner == Owner::Model ? parser.parseString(&place) : parser.parseInteger(number)) ||
      parser.parseGreater())
    return {};
  return get(parser.getContext(), *owner, place, number);
}

/// A parameter of a kind that is not here does not compile.
template <typename T> static void visit(const T &parameter, ParameterSink &sink) {
  if constexpr (std::is_enum_v<T> || std::is_integral_v<T>)
    sink.number(static_cast<int64_t>(parameter));
  else if constexpr (std::is_convertible_v<T, Attribute>)
    sink.attribute(parameter);
  else if constexpr (std::is_convertible_v<T, Type>)
    sink.type(parameter);
  else if constexpr (std::is_floating_point_v<T>)
    sink.number(static_cast<int64_t>(llvm::bit_cast<uint64_t>(static_cast<double>(parameter))));
  else if constexpr (std::is_convertible_v<T, StringRef>)
    sink.text(parameter);
  else {
    sink.number(static_cast<int64_t>(parameter.size()));
    for (const auto &element : parameter)
      visit(element, sink);
  }
}

template <typename Own> static bool visitOwn(Attribute attribute, ParameterSink &sink) {
  auto own = dyn_cast<Own>(attribute);
  if (!own)
    return false;
  sink.text(Own::getMnemonic());
  auto *storage = static_cast<const typename Own::ImplType *>(own.getAsOpaquePointer());
  std::apply([&](const auto &...parameters) { (visit(parameters, sink), ...); }, storage->getAsKey());
  return true;
}

template <typename... Own> static bool visitAny(Attribute attribute, ParameterSink &sink) {
  return (visitOwn<Own>(attribute, sink) || ...);
}

bool visitParameters(Attribute attribute, ParameterSink &sink) {
  return visitAny<
#define GET_ATTRDEF_LIST
#include "dialect/Attributes.cpp.inc"
      >(attribute, sink);
}

Type batchedType(Type type, int64_t batch) {
  auto tensor = cast<RankedTensorType>(type);
  SmallVector<int64_t> shape{batch};
  llvm::append_range(shape, tensor.getShape());
  return RankedTensorType::get(shape, tensor.getElementType());
}

RankedTensorType stackedType(RankedTensorType type, int64_t channels) {
  return cast<RankedTensorType>(batchedType(type, channels));
}

Type broadcastType(TypeRange operands) {
  auto longest = cast<RankedTensorType>(operands.front());
  Type element = longest.getElementType();
  for (Type type : operands.drop_front())
    if (auto tensor = cast<RankedTensorType>(type); tensor.getRank() > longest.getRank())
      longest = tensor;
  return longest.clone(element);
}

bool isPrefix(ArrayRef<int64_t> shorter, ArrayRef<int64_t> longer) {
  return shorter.size() <= longer.size() && longer.take_front(shorter.size()) == shorter;
}

Value realConstant(OpBuilder &builder, Location loc, double value) {
  auto type = RankedTensorType::get({}, builder.getF32Type());
  return arith::ConstantOp::create(builder, loc, DenseElementsAttr::get(type, static_cast<float>(value)));
}

static constexpr StringLiteral precisionAttribute = "swy.precision";

Precision precisionOf(Operation *function) {
  auto text = function->getAttrOfType<StringAttr>(precisionAttribute);
  return text ? symbolizePrecision(text.getValue()).value_or(Precision::Float32) : Precision::Float32;
}

void setPrecision(Operation *function, Precision precision) {
  if (precision == Precision::Float32)
    function->removeAttr(precisionAttribute);
  else
    function->setAttr(precisionAttribute,
                      StringAttr::get(function->getContext(), stringifyPrecision(precision)));
}

LogicalResult verifyBroadcast(Operation *op) {
  ArrayRef<int64_t> result = cast<RankedTensorType>(op->getResult(0).getType()).getShape();
  bool some = false;
  for (Value operand : op->getOperands()) {
    auto type = cast<RankedTensorType>(operand.getType());
    if (!isPrefix(type.getShape(), result))
      return op->emitOpError("operand of type ")
             << type << " does not broadcast to " << op->getResult(0).getType();
    some |= type.getShape() == result;
  }
  if (!some)
    return op->emitOpError("result has a shape that no operand has");
  return success();
}

} // namespace switchyard::swy
