// A gradient that goes through a mean, `expected(E)` (S4.5), becomes one of what is made of the mean, at the
// mean, and one of each of the mean's values, whose cotangent that is: these are averaged as any other.
#include "compiler/passes/Dependence.h"
#include "compiler/passes/SampleSet.h"

using namespace mlir;
using namespace switchyard;
using namespace switchyard::swy;

namespace {

/// Takes one gradient through the means of values that it is of, `expected(E)` (S4.5): what it is of has a
/// gradient at such a mean, and with that as the cotangent the mean's values have theirs at the point, which
/// is averaged as any.
class Splitting {
public:
  Splitting(GradientOp gradient, SampleSet &set)
      : set(set), gradient(gradient), builder(gradient), loc(gradient.getLoc()) {}

  /// The gradients that take its place; none, it goes through no mean.
  SmallVector<GradientOp> run() {
    findMeans();
    if (means.empty())
      return {};
    SmallVector<Value> at(means.begin(), means.end());
    size_t points = 0;
    for (Value point : gradient.getAt())
      if (dependsDirectly(point))
        at.insert(at.begin() + static_cast<std::ptrdiff_t>(points++), point);
    GradientOp outer = take(gradient.getOf(), at);
    llvm::DenseMap<Value, Value> sums;
    for (auto [point, slope] : llvm::zip(ValueRange(at).take_front(points), outer.getResults()))
      sums[point] = slope;
    for (auto [mean, cotangent] : llvm::zip(means, outer.getResults().drop_front(points)))
      addInner(cast<ExpectedOp>(mean.getDefiningOp()).getInput(), cotangent, sums);
    gradient.replaceAllUsesWith(
        llvm::map_to_vector(gradient.getAt(), [&](Value point) { return sums.lookup(point); }));
    gradient.erase();
    return made;
  }

private:
  /// The means that what the gradient is of reads and that depend on where it is taken.
  void findMeans() {
    Dependence dependent(gradient.getAt());
    auto isMean = [&](Value value) {
      return isMeanOfSet(value.getDefiningOp()) && dependent.contains(value) &&
             !llvm::is_contained(gradient.getAt(), value);
    };
    SmallVector<Value> ends(gradient.getAt());
    gradient->getParentOfType<func::FuncOp>().walk([&](Operation *op) {
      if (isMeanOfSet(op) || isa<StopGradientOp, GradientOp>(op)) // the last two are constants to it
        llvm::append_range(ends, op->getResults());
    });
    if (isMean(gradient.getOf()))
      means.insert(gradient.getOf());
    for (Operation *op : Slice(gradient.getOf(), ends).operations)
      for (Value operand : op->getOperands())
        if (isMean(operand))
          means.insert(operand);
  }

  bool isMeanOfSet(Operation *op) const { return isa_and_nonnull<ExpectedOp>(op) && set.has(op); }

  bool dependsDirectly(Value point) {
    Dependence own(point, Turns::This,
                   [&](OpOperand &use, OpResult) { return !isMeanOfSet(use.getOwner()); });
    return own.contains(gradient.getOf());
  }

  GradientOp take(Value of, ValueRange at) {
    auto one = GradientOp::create(builder, loc, at.getTypes(), of, at, Value(), gradient.getWhere());
    if (Attribute number = gradient->getAttr(sampleSetAttribute))
      one->setAttr(sampleSetAttribute, number);
    made.push_back(one);
    return one;
  }

  /// Adds the gradients of a mean's values, whose cotangent is given.
  void addInner(Value value, Value cotangent, llvm::DenseMap<Value, Value> &sums) {
    Value fixed = StopGradientOp::create(builder, loc, cotangent.getType(), cotangent);
    set.cotangents.push_back(fixed);
    Value product = MulOp::create(builder, loc, value, fixed);
    if (cast<RankedTensorType>(product.getType()).getRank() > 0)
      product = ReduceSumOp::create(builder, loc, product, 0);
    SmallVector<Value> at = llvm::filter_to_vector(
        gradient.getAt(), [&](Value point) { return Dependence(point).contains(value); });
    for (auto [point, slope] : llvm::zip(at, take(product, at).getResults())) {
      Value &sum = sums[point];
      sum = sum ? AddOp::create(builder, loc, sum, slope).getResult() : Value(slope);
    }
  }

  SampleSet &set;
  GradientOp gradient;
  OpBuilder builder;
  Location loc;
  llvm::SetVector<Value> means;
  SmallVector<GradientOp> made;
};

} // namespace

void switchyard::splitAtExpected(func::FuncOp function, SampleSet &set) {
  SmallVector<GradientOp> rest;
  function.walk([&](GradientOp gradient) {
    if (set.has(gradient))
      rest.push_back(gradient);
  });
  while (!rest.empty())
    llvm::append_range(rest, Splitting(rest.pop_back_val(), set).run());
}
