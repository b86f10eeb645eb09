// Places, constants, and layers, which become operations as their rows say.
#include "compiler/irgen/BodyGenerator.h"

#include "compiler/irgen/IRGen.h"
#include "compiler/semantics/Arithmetic.h"
#include "compiler/semantics/ShowGrid.h"
#include "dialect/layers/Layers.h"

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

SmallVector<mlir::Type> Generator::exampleTypes(ArrayRef<int64_t> image) {
  return {realType(image), intType(), intType({2}), RankedTensorType::get({}, builder.getI64Type())};
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

/// An argument that is known now, as an attribute.
static Attribute attributeOf(OpBuilder &b, LayerParameter::Kind kind, const Value &value) {
  switch (kind) {
  case LayerParameter::Count:
  case LayerParameter::Size:
    return b.getI64IntegerAttr(value.integer());
  case LayerParameter::When:
    return WhenAttr::get(b.getContext(), *symbolizeWhen(value.word()));
  case LayerParameter::Flag:
    return b.getBoolAttr(std::get<bool>(value.data));
  case LayerParameter::Numbers:
    return b.getDenseF64ArrayAttr(numbersOf(value));
  default:
    llvm_unreachable("reals are operands, and no layer reads a file");
  }
}

mlir::Value Generator::chain(const resolved::Chain &chain, mlir::Value input, Symbolic symbolic) {
  for (const resolved::Element &one : chain)
    input = one.layer()      ? layer(*one.layer(), input, symbolic)
            : one.residual() ? residual(*one.residual(), input, symbolic)
                             : choice(*one.choice(), input, symbolic);
  return input;
}

void Generator::chainBody(mlir::Region &region, const resolved::Chain &chain, mlir::Type input,
                          mlir::Location loc, Symbolic symbolic) {
  OpBuilder::InsertionGuard guard(builder);
  Block *body = builder.createBlock(&region, {}, input, loc);
  mlir::Value result = this->chain(chain, body->getArgument(0), symbolic);
  YieldOp::create(builder, loc, result);
}

mlir::Value Generator::residual(const resolved::Residual &residual, mlir::Value input, Symbolic symbolic) {
  mlir::Location loc = place(residual.location);
  auto op =
      ResidualOp::create(builder, loc, typeFrom(input.getType(), residual.output), input, residual.path);
  chainBody(op.getMain(), residual.main, input.getType(), loc, symbolic);
  chainBody(op.getShortcut(), residual.shortcut, input.getType(), loc, symbolic);
  return op.getResult();
}

mlir::Value Generator::choice(const resolved::Choice &choice, mlir::Value input, Symbolic symbolic) {
  mlir::Location loc = place(choice.location);
  auto chances = choice.chances.empty() ? DenseF64ArrayAttr() : builder.getDenseF64ArrayAttr(choice.chances);
  auto op = ChooseOp::create(builder, loc, typeFrom(input.getType(), choice.output), input, choice.path,
                             chances, static_cast<unsigned>(choice.members.size()));
  for (auto [region, member] : llvm::zip_equal(op.getMembers(), choice.members))
    chainBody(region, member, input.getType(), loc, symbolic);
  return op.getResult();
}

mlir::Value Generator::layer(const resolved::Layer &layer, mlir::Value input, Symbolic symbolic) {
  mlir::Location loc = place(layer.location);
  mlir::Type type = typeFrom(input.getType(), layer.output);
  if (layer.decl)
    return programLayer(layer, type, input, symbolic);
  const LayerKind &kind = *findLayer(layer.kind);
  SmallVector<OpFoldResult> arguments;
  for (auto [parameter, argument] : llvm::zip_equal(kind.parameters, layer.arguments)) {
    bool mayBeAbsent =
        parameter.kind == LayerParameter::TrainingRate || parameter.kind == LayerParameter::InferenceRate;
    if (argument.symbolic)
      arguments.push_back(symbolic(argument));
    else if (!parameter.isReal())
      arguments.push_back(attributeOf(builder, parameter.kind, argument.value));
    else if (mayBeAbsent && argument.value.number().isZero())
      arguments.push_back(mlir::Value());
    else
      arguments.push_back(real(loc, argument.value.real()));
  }
  mlir::Value result = createLayer(builder, loc, kind, type, input, arguments, layer.path);
  if (When when = *symbolizeWhen(layer.when); when != When::Always)
    result.getDefiningOp()->setAttr(whenAttribute, WhenAttr::get(builder.getContext(), when));
  return result;
}

mlir::Value Generator::programLayer(const resolved::Layer &layer, mlir::Type type, mlir::Value input,
                                    Symbolic symbolic) {
  mlir::Location loc = place(layer.location);
  SmallVector<mlir::Value> scalars;
  for (auto [parameter, argument] : llvm::zip_equal(layer.decl->parameters, layer.arguments))
    if (isRealParameter(parameter))
      scalars.push_back(argument.symbolic ? symbolic(argument) : real(loc, argument.value.real()));
  return ProgramLayerOp::create(builder, loc, type, input, scalars, layers.generate(*this, layer),
                                *symbolizeWhen(layer.when), layer.path);
}

mlir::Value Generator::dropLayer(mlir::Location loc, mlir::Value input, mlir::Value rate) {
  return ProgramLayerOp::create(builder, loc, input.getType(), input, rate, layers.generateDrop(*this, loc),
                                When::Always, "");
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

/// The show's text counts the experiments that the operation lists.
static void generateJointShow(Generator &g, rt::JointShow joint, const Location &location,
                              const std::vector<std::string> &symbols) {
  SmallVector<Attribute> experiments;
  for (rt::ShowPart &part : joint.parts) {
    experiments.push_back(
        FlatSymbolRefAttr::get(g.builder.getContext(), symbols.at(static_cast<size_t>(part.experiment))));
    part.experiment = static_cast<int64_t>(experiments.size()) - 1;
  }
  JointShowOp::create(g.builder, g.place(location), g.builder.getArrayAttr(experiments),
                      g.builder.getStringAttr(rt::jointShowText(std::move(joint))));
}

OwningOpRef<ModuleOp> generateIR(const CheckedProgram &program, const Sources &sources,
                                 MLIRContext &context) {
  context.loadDialect<SwyDialect, arith::ArithDialect, scf::SCFDialect, tensor::TensorDialect>();
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
  Generator g(*module, sources);
  AttackGenerator attacks(g);
  LossGenerator losses(g, attacks);
  DefenseGenerator defenses(g, attacks, losses);
  OptimizerGenerator optimizers(g);
  std::string whole;
  std::vector<const resolved::Experiment *> experiments; // of the settings of each the first
  std::vector<std::string> symbols;
  for (const resolved::Experiment &experiment : program.experiments) {
    generateExperiment(g, experiment, defenses, attacks, optimizers, losses, whole);
    if (experiment.setting && experiment.setting->number > 0)
      continue;
    experiments.push_back(&experiment);
    symbols.push_back(whole);
  }
  for (const resolved::JointShow &joint : program.jointShows)
    generateJointShow(g, contractShow(experiments, joint), joint.show.location, symbols);
  return module;
}

} // namespace switchyard
