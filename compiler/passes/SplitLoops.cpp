// A gradient of what a loop has made (S2.2) becomes one of what is made of it, at what the loop gives, and a
// loop that goes back through the turns: each turn is computed again, and has the gradient of what it hands
// on, by the cotangents of the turn behind it. What a turn begins with comes from the turns before, which are
// computed again, too, where a derivative asks for them; a sum's asks for none. All of these are gradients as
// others are, which the estimator's draws are averaged in.
#include "compiler/passes/Dependence.h"
#include "compiler/passes/Passes.h"
#include "dialect/Remarks.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {
#define GEN_PASS_DEF_SPLITLOOPS
#include "compiler/passes/Passes.h.inc"
} // namespace switchyard

namespace {

bool isReal(Value value) {
  return isa<RankedTensorType>(value.getType()) && getElementTypeOrSelf(value.getType()).isF32();
}

/// Where derivatives go from an expression back to the points: to a point itself, or to what a loop gives.
struct Ways {
  Ways(GradientOp gradient, const switchyard::Dependence &dependent) {
    llvm::SetVector<Value> open;
    open.insert(gradient.getOf());
    for (size_t i = 0; i < open.size(); ++i) {
      Value value = open[i];
      Operation *op = value.getDefiningOp();
      if (llvm::is_contained(gradient.getAt(), value))
        points.insert(value);
      else if (auto loop = dyn_cast_or_null<scf::ForOp>(op))
        given.insert(value), loops.insert(loop);
      else if (isa_and_nonnull<DifferentiableOpInterface>(op) && !isa<StopGradientOp>(op))
        for (Value operand : op->getOperands())
          if (dependent.contains(operand) && isReal(operand))
            open.insert(operand);
    }
  }

  llvm::SetVector<Value> points, given;
  llvm::SetVector<scf::ForOp> loops;
};

/// One gradient that goes through loops.
class Splitting {
public:
  explicit Splitting(GradientOp gradient)
      : gradient(gradient), builder(gradient), loc(gradient.getLoc()), dependent(gradient.getAt()),
        ways(gradient, dependent) {}

  bool goesThroughLoops() const { return !ways.loops.empty(); }

  /// The gradients that take its place.
  FailureOr<SmallVector<GradientOp>> run() {
    SmallVector<Value> at(ways.points.begin(), ways.points.end());
    llvm::append_range(at, ways.given);
    GradientOp outer = take(gradient.getOf(), at, gradient.getSeed());
    for (auto [value, slope] : llvm::zip(at, outer.getResults()))
      cotangents[value] = slope;
    for (scf::ForOp loop : ways.loops)
      if (failed(goBack(loop)))
        return failure();
    gradient.replaceAllUsesWith(llvm::map_to_vector(gradient.getAt(), [&](Value point) {
      Value sum = cotangents.lookup(point);
      return sum ? sum : zero(point.getType());
    }));
    gradient.erase();
    return made;
  }

private:
  GradientOp take(Value of, ValueRange at, Value seed = {}) {
    auto one = GradientOp::create(builder, loc, at.getTypes(), of, at, seed, gradient.getWhere());
    one->setDiscardableAttrs(gradient->getDiscardableAttrDictionary());
    made.push_back(one);
    return one;
  }

  Value zero(Type type) {
    Value number = realConstant(builder, loc, 0);
    return number.getType() == type ? number : BroadcastOp::create(builder, loc, type, number).getResult();
  }

  /// Adds the points' gradients by way of what the loop gives.
  LogicalResult goBack(scf::ForOp loop) {
    if (getConstantIntValue(loop.getLowerBound()) != 0 || getConstantIntValue(loop.getStep()) != 1)
      return loop.emitError() << "a gradient cannot go through the turns of this loop";
    SmallVector<unsigned> carried; // that depend on a point
    for (OpResult result : loop.getResults())
      if (isReal(result) && dependent.contains(result))
        carried.push_back(result.getResultNumber());
    SmallVector<Value> starts;
    for (unsigned i : carried) {
      Value cotangent = cotangents.lookup(loop.getResult(i));
      starts.push_back(cotangent ? cotangent : zero(loop.getResult(i).getType()));
    }
    for (Value point : gradient.getAt())
      starts.push_back(zero(point.getType()));
    auto back =
        scf::ForOp::create(builder, loc, loop.getLowerBound(), loop.getUpperBound(), loop.getStep(), starts);
    {
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointToStart(back.getBody());
      turn(loop, carried, back);
    }
    for (auto [point, slope] :
         llvm::zip(gradient.getAt(), back.getResults().drop_front(static_cast<ptrdiff_t>(carried.size())))) {
      Value &sum = cotangents[point];
      sum = sum ? AddOp::create(builder, loc, sum, slope).getResult() : Value(slope);
    }
    return addStarts(loop, carried, back);
  }

  /// What the loop began with depends on the points in its own way.
  LogicalResult addStarts(scf::ForOp loop, ArrayRef<unsigned> carried, scf::ForOp back) {
    for (auto [place, i] : llvm::enumerate(carried)) {
      Value start = loop.getInitArgs()[i];
      SmallVector<Value> at = llvm::filter_to_vector(
          gradient.getAt(), [&](Value point) { return switchyard::Dependence(point).contains(start); });
      if (at.empty())
        continue;
      Value of = weighed(start, back.getResult(static_cast<unsigned>(place)));
      for (auto [point, slope] : llvm::zip(at, take(of, at).getResults()))
        cotangents[point] = AddOp::create(builder, loc, cotangents[point], slope);
    }
    return success();
  }

  /// The sum of a value's elements, each by a cotangent that is a number to it.
  Value weighed(Value value, Value cotangent) {
    Value fixed = StopGradientOp::create(builder, loc, cotangent.getType(), cotangent);
    Value product = MulOp::create(builder, loc, value, fixed);
    bool isNumber = cast<RankedTensorType>(product.getType()).getRank() == 0;
    return isNumber ? product : ReduceSumOp::create(builder, loc, product, 0).getResult();
  }

  /// One turn of the way back: computed again from what it begins with, then differentiated there.
  void turn(scf::ForOp loop, ArrayRef<unsigned> carried, scf::ForOp back) {
    Value one = arith::ConstantIndexOp::create(builder, loc, 1);
    Value last = arith::SubIOp::create(builder, loc, loop.getUpperBound(), one);
    Value number = arith::SubIOp::create(builder, loc, last, back.getInductionVar());
    IRMapping values;
    values.map(loop.getInductionVar(), number);
    SmallVector<Value> at(gradient.getAt());
    auto before = cast<scf::ForOp>(builder.clone(*loop));
    before.setUpperBound(number);
    for (auto [i, argument] : llvm::enumerate(loop.getRegionIterArgs())) {
      Value start = before.getResult(static_cast<unsigned>(i));
      if (llvm::is_contained(carried, i))
        at.push_back(start = VariableOp::create(builder, loc, start));
      values.map(argument, start);
    }
    Value of;
    copyTurn(loop, carried, values);
    for (auto [place, i] : llvm::enumerate(carried)) {
      Value next = values.lookupOrDefault(loop.getYieldedValues()[i]);
      Value part = weighed(next, back.getRegionIterArg(static_cast<unsigned>(place)));
      of = of ? AddOp::create(builder, loc, of, part).getResult() : part;
    }
    GradientOp slopes = take(of, at);
    size_t points = gradient.getAt().size();
    SmallVector<Value> ends(slopes.getResults().drop_front(static_cast<ptrdiff_t>(points)));
    for (auto [sum, slope] :
         llvm::zip(back.getRegionIterArgs().drop_front(carried.size()), slopes.getResults()))
      ends.push_back(AddOp::create(builder, loc, sum, slope));
    scf::YieldOp::create(builder, loc, ends);
  }

  /// Of a turn what makes the values that it hands on.
  void copyTurn(scf::ForOp loop, ArrayRef<unsigned> carried, IRMapping &values) {
    llvm::DenseSet<Operation *> needed;
    for (unsigned i : carried)
      needed.insert_range(switchyard::Slice(loop.getYieldedValues()[i]).operations);
    for (Operation &op : *loop.getBody())
      if (needed.contains(&op))
        builder.clone(op, values);
  }

  GradientOp gradient;
  OpBuilder builder;
  Location loc;
  switchyard::Dependence dependent; // on a point
  Ways ways;
  llvm::DenseMap<Value, Value> cotangents;
  SmallVector<GradientOp> made;
};

struct SplitLoopsPass : switchyard::impl::SplitLoopsBase<SplitLoopsPass> {
  void runOnOperation() override {
    int64_t split = 0;
    SmallVector<GradientOp> rest;
    getOperation().walk([&](GradientOp gradient) {
      if (gradient->getParentOfType<func::FuncOp>())
        rest.push_back(gradient);
    });
    while (!rest.empty()) {
      Splitting splitting(rest.pop_back_val());
      if (!splitting.goesThroughLoops())
        continue;
      FailureOr<SmallVector<GradientOp>> made = splitting.run();
      if (failed(made))
        return signalPassFailure();
      llvm::append_range(rest, *made);
      ++split;
    }
    switchyard::remarkCounts(getOperation(), "split-loops", {{"gradients through loops", split}});
  }
};

} // namespace
