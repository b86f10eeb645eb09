// Functions without an instruction (exponentials, logarithms, tanh, ...) as MLIR's polynomials, which
// vectorize; for kernels, which have no C library to call, powers by way of them.
#include "compiler/lowering/MathFunctions.h"
#include "compiler/lowering/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <limits>

using namespace mlir;

namespace switchyard {

#define GEN_PASS_DEF_APPROXIMATEMATH
#include "compiler/lowering/Passes.h.inc"

namespace {

Value floatConstant(OpBuilder &b, Location loc, const APFloat &value) {
  return arith::ConstantOp::create(b, loc, b.getFloatAttr(b.getF32Type(), value));
}

/// x^y = exp(y log |x|) with the sign of x for odd y, and IEEE 754's answers where that has none.
struct ExpandPower : OpRewritePattern<math::PowFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(math::PowFOp op, PatternRewriter &b) const override {
    Location loc = op.getLoc();
    Value x = op.getLhs(), y = op.getRhs(), size = math::AbsFOp::create(b, loc, x);
    auto number = [&](float value) { return floatConstant(b, loc, APFloat(value)); };
    auto is = [&](arith::CmpFPredicate how, Value lhs, Value rhs) -> Value {
      return arith::CmpFOp::create(b, loc, how, lhs, rhs);
    };
    Value zero = number(0), one = number(1), infinity = number(std::numeric_limits<float>::infinity());
    Value exponent = arith::MulFOp::create(b, loc, y, math::LogOp::create(b, loc, size));
    Value power = math::ExpOp::create(b, loc, exponent);
    power = arith::SelectOp::create(b, loc, is(arith::CmpFPredicate::OEQ, size, one), one, power);
    Value half = arith::MulFOp::create(b, loc, y, number(0.5f));
    Value fraction = is(arith::CmpFPredicate::ONE, math::FloorOp::create(b, loc, y), y);
    Value uneven = is(arith::CmpFPredicate::ONE, math::FloorOp::create(b, loc, half), half);
    Value signedPower = math::CopySignOp::create(b, loc, power, x);
    Value odd = arith::SelectOp::create(b, loc, uneven, signedPower, power);
    power = arith::SelectOp::create(b, loc, fraction, power, odd);
    Value below = arith::AndIOp::create(b, loc, is(arith::CmpFPredicate::OLT, x, zero),
                                        is(arith::CmpFPredicate::ONE, size, infinity));
    Value undefined = arith::AndIOp::create(b, loc, below, fraction);
    Value none = floatConstant(b, loc, APFloat::getNaN(APFloat::IEEEsingle()));
    b.replaceOpWithNewOp<arith::SelectOp>(op, undefined, none, power);
    return success();
  }
};

struct ApproximateMathPass : impl::ApproximateMathBase<ApproximateMathPass> {
  using ApproximateMathBase::ApproximateMathBase;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    if (powers)
      patterns.add<ExpandPower>(&getContext());
    populateMathPolynomialApproximationPatterns(patterns,
                                                [](StringRef name) { return instructionOf(name).empty(); });
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace switchyard
