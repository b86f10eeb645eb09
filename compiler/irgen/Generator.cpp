// Places, constants, and the one table that turns the language's layers into operations.
#include "compiler/irgen/AttackBody.h"

#include "compiler/irgen/IRGen.h"
#include "compiler/semantics/Arithmetic.h"

#include "mlir/IR/Location.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {

mlir::Location Generator::place(const Location &location) {
  if (!location.valid())
    return builder.getUnknownLoc();
  return FileLineColRange::get(builder.getStringAttr(sources[location.file].path), location.line,
                               location.column, location.line, location.column + location.length);
}

RankedTensorType Generator::realType(ArrayRef<int64_t> shape) {
  return RankedTensorType::get(shape, builder.getF32Type());
}
RankedTensorType Generator::intType(ArrayRef<int64_t> shape) {
  return RankedTensorType::get(shape, builder.getI32Type());
}

mlir::Value Generator::real(mlir::Location loc, double value) {
  return realConstant(builder, loc, value);
}
mlir::Value Generator::integer(mlir::Location loc, int32_t value) {
  return arith::ConstantOp::create(builder, loc, DenseElementsAttr::get(intType(), value));
}

std::string Generator::freshSymbol(const std::string &wanted) {
  std::string symbol = wanted;
  for (int n = 2; !symbols.insert(symbol).second; ++n)
    symbol = wanted + "#" + std::to_string(n);
  return symbol;
}

bool isRealParameter(const ast::Parameter &parameter) {
  return parameter.type.name == "real";
}
bool isIntParameter(const ast::Parameter &parameter) {
  return parameter.type.name == "int";
}

static When whenOf(const std::string &word) {
  return word == "training" ? When::Training : word == "inference" ? When::Inference : When::Always;
}

mlir::Value Generator::layer(const resolved::Layer &layer, mlir::Value input, const std::string &path,
                             llvm::function_ref<mlir::Value(const resolved::LayerArgument &)> symbolic) {
  mlir::Location loc = place(layer.location);
  // In a network the shape is known; in a rewrite it is inferred where the layer lands.
  mlir::Type type = layer.output.empty() ? input.getType() : mlir::Type(realType(layer.output));
  auto count = [&](const char *name) { return layer[name].integer(); };
  auto when = [&] { return whenOf(layer["when"].word()); };
  auto rate = [&](const char *name) -> mlir::Value {
    for (const resolved::LayerArgument &argument : layer.arguments)
      if (argument.name == name) {
        if (argument.symbolic)
          return symbolic(argument);
        return argument.value.number().isZero() ? mlir::Value() : real(loc, argument.value.real());
      }
    return {};
  };
  if (layer.kind == "conv")
    return ConvLayerOp::create(builder, loc, type, input, count("channels"), count("kernel"), count("stride"),
                               count("padding"), path);
  if (layer.kind == "dense")
    return DenseLayerOp::create(builder, loc, type, input, count("units"), path);
  if (layer.kind == "tanh")
    return TanhLayerOp::create(builder, loc, type, input, path);
  if (layer.kind == "sap")
    return SapLayerOp::create(builder, loc, type, input, rate("samples_per_unit"), when(), path);
  if (layer.kind == "relu")
    return ReluLayerOp::create(builder, loc, type, input, path);
  if (layer.kind == "flatten")
    return FlattenLayerOp::create(builder, loc, type, input, path);
  if (layer.kind == "max_pool")
    return MaxPoolLayerOp::create(builder, loc, type, input, count("size"), path);
  if (layer.kind == "dropout")
    return DropoutLayerOp::create(builder, loc, type, input, rate("training"), rate("inference"), path);
  if (layer.kind == "gaussian_noise") {
    mlir::Value deviation = rate("deviation");
    deviation = deviation ? deviation : real(loc, 0);
    return GaussianNoiseLayerOp::create(builder, loc, type, input, deviation, when(), path);
  }
  llvm_unreachable("the checker lets through only layers that are built");
}

mlir::Value buildPower(Generator &g, mlir::Location loc, mlir::Value base, const ast::Expr *exponent,
                       llvm::function_ref<mlir::Value()> buildExponent) {
  std::optional<Number> constant = constantOf(exponent);
  if (!constant || !constant->isInteger() || constant->value() < 1 || constant->value() > 15)
    return PowOp::create(g.builder, loc, base, buildExponent());
  mlir::Value result, square = base;
  for (auto n = static_cast<unsigned>(constant->value()); n; n /= 2) {
    if (n % 2)
      result = result ? MulOp::create(g.builder, loc, result, square) : square;
    if (n > 1)
      square = MulOp::create(g.builder, loc, square, square);
  }
  return result;
}

OwningOpRef<ModuleOp> generateIR(const CheckedProgram &program, const Sources &sources,
                                 MLIRContext &context) {
  context.loadDialect<SwyDialect, arith::ArithDialect, scf::SCFDialect, tensor::TensorDialect>();
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
  Generator g(*module, sources);
  AttackGenerator attacks(g);
  DefenseGenerator defenses(g, attacks);
  for (const resolved::Experiment &experiment : program.experiments)
    generateExperiment(g, experiment, defenses, attacks);
  return module;
}

} // namespace switchyard
