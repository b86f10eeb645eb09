// Program-level operations to linalg on tensors of physical shape; the patterns are in the files Lower*.cpp.
#include "compiler/lowering/LowerToLinalg.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Pass/Pass.h"

using namespace mlir;

namespace switchyard {

#define GEN_PASS_DEF_LOWERTOLINALG
#include "compiler/lowering/Passes.h.inc"

Value floatConstant(OpBuilder &builder, Location loc, double value) {
  return arith::ConstantOp::create(builder, loc, builder.getF32FloatAttr(static_cast<float>(value)));
}

Value intConstant(OpBuilder &builder, Location loc, int64_t value, unsigned bits) {
  // Truncation is wanted: constants such as 0x9e3779b9 are written as unsigned numbers.
  return arith::ConstantOp::create(
      builder, loc, builder.getIntegerAttr(builder.getIntegerType(bits), APInt(bits, value, false, true)));
}

SmallVector<Value> currentIndices(OpBuilder &builder, Location loc, RankedTensorType physical) {
  SmallVector<Value> indices;
  for (int64_t i = 0; i < physical.getRank(); ++i)
    indices.push_back(linalg::IndexOp::create(builder, loc, i));
  return indices;
}

Value affineIndex(OpBuilder &builder, Location loc, AffineExpr of, Value index) {
  return affine::AffineApplyOp::create(builder, loc, AffineMap::get(1, 0, of), index);
}

Value emptyTensor(OpBuilder &builder, Location loc, RankedTensorType type) {
  RankedTensorType physical = physicalType(type);
  return tensor::EmptyOp::create(builder, loc, physical.getShape(), physical.getElementType());
}

Value filledTensor(OpBuilder &builder, Location loc, RankedTensorType type, TypedAttr value) {
  Value scalar = arith::ConstantOp::create(builder, loc, value);
  return linalg::FillOp::create(builder, loc, scalar, emptyTensor(builder, loc, type)).getResult(0);
}

/// The scalar that a splat constant repeats, or null.
static TypedAttr splatOf(Value value) {
  DenseElementsAttr elements;
  if (!matchPattern(value, m_Constant(&elements)) || !elements.isSplat())
    return {};
  return cast<TypedAttr>(elements.getSplatValue<Attribute>());
}

Value buildElementwise(OpBuilder &builder, Location loc, RankedTensorType result, ValueRange operands,
                       TypeRange types, ScalarBody body) {
  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  SmallVector<TypedAttr> splats;
  for (auto [operand, type] : llvm::zip_equal(operands, types)) {
    splats.push_back(splatOf(operand));
    if (splats.back())
      continue;
    inputs.push_back(operand);
    maps.push_back(broadcastMap(cast<RankedTensorType>(type), result));
  }
  RankedTensorType physical = physicalType(result);
  maps.push_back(builder.getMultiDimIdentityMap(physical.getRank()));
  SmallVector<utils::IteratorType> loops(physical.getRank(), utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      builder, loc, TypeRange(physical), inputs, ValueRange(emptyTensor(builder, loc, result)), maps, loops,
      [&](OpBuilder &inner, Location place, ValueRange arguments) {
        SmallVector<Value> scalars;
        unsigned next = 0;
        for (TypedAttr splat : splats)
          scalars.push_back(splat ? Value(arith::ConstantOp::create(inner, place, splat))
                                  : arguments[next++]);
        linalg::YieldOp::create(inner, place, body(inner, place, scalars));
      });
  return generic.getResult(0);
}

SmallVector<Value> buildReduction(OpBuilder &builder, Location loc, ValueRange inputs, int64_t keep,
                                  ValueRange inits, ReductionBody body) {
  unsigned rank = cast<RankedTensorType>(inputs[0].getType()).getRank();
  auto leading = [&](unsigned count) { // (d0, ..., dn) -> (d0, ..., dcount-1)
    auto all = builder.getMultiDimIdentityMap(rank);
    return AffineMap::get(rank, 0, all.getResults().take_front(count), builder.getContext());
  };
  SmallVector<AffineMap> maps;
  for (Value input : inputs) {
    unsigned inputRank = cast<RankedTensorType>(input.getType()).getRank();
    maps.push_back(inputRank == rank ? builder.getMultiDimIdentityMap(rank) : leading(inputRank));
  }
  maps.append(inits.size(), leading(keep));
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::reduction);
  std::fill(loops.begin(), loops.begin() + keep, utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(builder, loc, inits.getTypes(), inputs, inits, maps, loops,
                                           [&](OpBuilder &b, Location place, ValueRange v) {
                                             linalg::YieldOp::create(b, place, body(b, place, v));
                                           });
  return SmallVector<Value>(generic.getResults());
}

namespace {

struct LowerToLinalgPass : impl::LowerToLinalgBase<LowerToLinalgPass> {
  void runOnOperation() override {
    TypeConverter types;
    types.addConversion([](Type type) { return type; });
    types.addConversion(
        [](RankedTensorType type) -> Type { return type.getEncoding() ? physicalType(type) : type; });
    ConversionTarget target(getContext());
    target.addIllegalDialect<swy::SwyDialect>();
    target.addLegalOp<swy::PrepareOp, swy::LibraryCallOp, swy::SortRowsOp, swy::ScatterSamplesOp,
                      swy::ReleaseOp>();
    target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
    RewritePatternSet patterns(&getContext());
    populateElementwisePatterns(types, patterns);
    populateReductionPatterns(types, patterns);
    populateBallPatterns(types, patterns);
    populateGroupPatterns(types, patterns);
    populateLocalConvPatterns(types, patterns);
    populatePoolingPatterns(types, patterns);
    populateResizingPatterns(types, patterns);
    populateSamplingPatterns(types, patterns);
    populateRandomPatterns(types, patterns);
    populateLibraryPatterns(types, patterns);
    populateSwitchingPatterns(types, patterns);
    populateTallyPatterns(types, patterns);
    if (failed(applyPartialConversion(getOperation(), target, std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace switchyard
