// The generated definitions of all types and attributes, what their syntax needs beside it, and how their
// parameters are visited: their storage is known here alone.
#include "dialect/Experiment.h"
#include "dialect/Semantics.h"

#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace switchyard::swy {

static FailureOr<Real> parseReal(AsmParser &parser) {
  llvm::APFloat value(0.0);
  if (parser.parseFloat(value.getSemantics(), value))
    return failure();
  return Real(value.convertToDouble());
}

/// So that it is read as it was.
static void printReal(AsmPrinter &printer, Real real) {
  printer.printFloat(llvm::APFloat(real.value));
}

static FailureOr<bool> parseFlag(AsmParser &parser) {
  StringRef word;
  if (parser.parseOptionalKeyword(&word, {"true", "false"}))
    return parser.emitError(parser.getCurrentLocation(), "expected true or false");
  return word == "true";
}

template <typename Element> static FailureOr<SmallVector<Element>> parseList(AsmParser &parser) {
  SmallVector<Element> list;
  auto element = [&]() -> ParseResult {
    FailureOr<Element> one = FieldParser<Element>::parse(parser);
    if (failed(one))
      return failure();
    list.push_back(*one);
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, element))
    return failure();
  return list;
}

template <typename Element> static void printList(AsmPrinter &printer, ArrayRef<Element> list) {
  printer << "[";
  llvm::interleaveComma(list, printer.getStream(),
                        [&](const Element &one) { printer.printStrippedAttrOrType(one); });
  printer << "]";
}

} // namespace switchyard::swy

#define GET_ATTRDEF_CLASSES
#include "dialect/AllAttributes.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "dialect/Types.cpp.inc"

namespace switchyard::swy {

void SwyDialect::registerTypes() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialect/Types.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialect/AllAttributes.cpp.inc"
      >();
}

std::string SiteAttr::getKeyText() const {
  std::string number = std::to_string(getNumber());
  if (getOwner() == Owner::Attack)
    return "attack/draw#" + number;
  return getPlace().str() + (getNumber() ? "/draw#" + number : "");
}

void SiteAttr::print(AsmPrinter &printer) const {
  printer << "<" << stringifyOwner(getOwner()) << ", ";
  if (getOwner() == Owner::Model)
    printer.printString(getPlace());
  if (getOwner() == Owner::Model && getNumber())
    printer << ", ";
  if (getOwner() == Owner::Attack || getNumber())
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
  bool isModel = *owner == Owner::Model;
  if (parser.parseComma() || (isModel ? parser.parseString(&place) : parser.parseInteger(number)))
    return {};
  if (isModel && succeeded(parser.parseOptionalComma()) && parser.parseInteger(number))
    return {};
  if (parser.parseGreater())
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
  else if constexpr (std::is_same_v<T, Real>)
    sink.number(static_cast<int64_t>(parameter.bits()));
  else if constexpr (std::is_convertible_v<T, StringRef>)
    sink.text(parameter);
  else {
    sink.number(static_cast<int64_t>(parameter.size()));
    for (const auto &element : parameter)
      visit(element, sink);
  }
}

/// Visits an attribute's parameters. A last text that may be left out is not there where it is: what does not
/// have it keeps its name.
template <typename Key, size_t... I>
static void visitAll(const Key &key, ParameterSink &sink, std::index_sequence<I...>) {
  auto one = [&](const auto &parameter, bool isLast) {
    if constexpr (std::is_same_v<std::decay_t<decltype(parameter)>, StringRef>)
      if (isLast && parameter.empty())
        return;
    visit(parameter, sink);
  };
  (one(std::get<I>(key), I + 1 == sizeof...(I)), ...);
}

template <typename Own> static bool visitOwn(Attribute attribute, ParameterSink &sink) {
  auto own = dyn_cast<Own>(attribute);
  if (!own)
    return false;
  sink.text(Own::getMnemonic());
  auto key = static_cast<const typename Own::ImplType *>(own.getAsOpaquePointer())->getAsKey();
  visitAll(key, sink, std::make_index_sequence<std::tuple_size_v<decltype(key)>>());
  return true;
}

template <typename... Own> static bool visitAny(Attribute attribute, ParameterSink &sink) {
  return (visitOwn<Own>(attribute, sink) || ...);
}

bool visitParameters(Attribute attribute, ParameterSink &sink) {
  return visitAny<
#define GET_ATTRDEF_LIST
#include "dialect/AllAttributes.cpp.inc"
      >(attribute, sink);
}

} // namespace switchyard::swy
