// An attack's restarts need nothing of each other but that the best of them stays. As rows of one batch they
// fill a GPU that a few images leave idle. What a turn computes on its own is told apart from what joins the
// turns; the first is done once for all rows, the second turn by turn, reading each turn from the row that
// did it.
#include "compiler/passes/Dependence.h"
#include "compiler/passes/Expectation.h"
#include "compiler/passes/Passes.h"
#include "dialect/Remarks.h"
#include "dialect/Roles.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace switchyard;
using namespace switchyard::swy;

namespace switchyard {
#define GEN_PASS_DEF_RESTARTSTOROWS
#include "compiler/passes/Passes.h.inc"
} // namespace switchyard

namespace {

/// Whether the operation is what makes attacks long: a loop, a gradient, a layer.
bool isWork(Operation *op) {
  auto known = dyn_cast<CostOpInterface>(op);
  return op->getNumRegions() || (known && known.getCost() == Cost::Work);
}

/// Arithmetic that all rows may well repeat for every turn.
bool isCheap(Operation *op) {
  auto known = dyn_cast<CostOpInterface>(op);
  return known ? known.getCost() == Cost::Arithmetic
               : isa<arith::ArithDialect, tensor::TensorDialect>(op->getDialect());
}

/// Which scalar says how often the loop turns, or the number itself; null where it is computed.
Attribute countOf(scf::ForOp loop) {
  auto cast = loop.getUpperBound().getDefiningOp<arith::IndexCastOp>();
  auto extract = cast ? cast.getIn().getDefiningOp<tensor::ExtractOp>() : tensor::ExtractOp();
  if (!extract)
    return {};
  DenseIntElementsAttr constant;
  if (matchPattern(extract.getTensor(), m_Constant(&constant))) {
    int64_t count = constant.getSplatValue<APInt>().getSExtValue();
    return count > 1 ? Builder(loop.getContext()).getI64IntegerAttr(count) : Attribute();
  }
  auto argument = dyn_cast<BlockArgument>(extract.getTensor());
  auto function = argument ? dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp()) : func::FuncOp();
  return function ? function.getArgAttr(argument.getArgNumber(), nameAttribute) : Attribute();
}

/// The passes of one loop's call sites, which all depend on the loop's number.
class Passes {
public:
  /// Fails where the number is used for anything else, or a pass does not grow evenly with it.
  LogicalResult find(scf::ForOp loop) {
    number = loop.getInductionVar();
    counts.insert(number);
    return failure(loop.getBody()->walk([&](Operation *op) { return visit(op); }).wasInterrupted());
  }

  ArrayRef<tensor::FromElementsOp> all() const { return passes; }

  /// By how much the pass grows from one turn to the next, at the builder's place.
  Value stride(OpBuilder &b, Value pass) const {
    Location loc = pass.getLoc();
    if (!counts.contains(pass))
      return {};
    if (auto product = pass.getDefiningOp<arith::MulIOp>()) {
      bool first = counts.contains(product.getLhs());
      Value inner = stride(b, first ? product.getLhs() : product.getRhs());
      return arith::MulIOp::create(b, loc, inner, first ? product.getRhs() : product.getLhs());
    }
    if (isa<arith::AddIOp, arith::OrIOp>(pass.getDefiningOp()))
      for (Value operand : pass.getDefiningOp()->getOperands())
        if (Value inner = stride(b, operand))
          return inner;
    return arith::ConstantOp::create(b, loc, b.getI32IntegerAttr(1)); // the number itself
  }

private:
  WalkResult visit(Operation *op) {
    int64_t counted = llvm::count_if(op->getOperands(), [&](Value v) { return counts.contains(v); });
    if (counted == 0)
      return WalkResult::advance();
    auto isOfDraws = [](Operation *user) { return isa<DrawOpInterface, RowsOfPassOp>(user); };
    if (auto pass = dyn_cast<tensor::FromElementsOp>(op);
        pass && pass.getElements().size() == 1 && llvm::all_of(pass->getUsers(), isOfDraws))
      passes.push_back(pass);
    else if (counted == 1 && isEven(op))
      counts.insert(op->getResult(0));
    else
      return WalkResult::interrupt();
    return WalkResult::advance();
  }

  /// A site's bits do not meet those of the loops (docs/artifact.md), so that `or` is a sum.
  bool isEven(Operation *op) const {
    if (isa<arith::OrIOp>(op))
      return matchPattern(op->getOperand(0), m_Constant()) || matchPattern(op->getOperand(1), m_Constant());
    return isa<arith::MulIOp, arith::AddIOp>(op) ||
           (isa<arith::IndexCastOp>(op) && op->getOperand(0) == number);
  }

  Value number;
  llvm::DenseSet<Value> counts; // scalars that grow with it
  SmallVector<tensor::FromElementsOp> passes;
};

/// One attack and its loop over restarts.
class Restarts {
public:
  explicit Restarts(func::FuncOp function) : function(function) {}

  /// Whether the attack is nothing but such a loop, with the work in what a turn does alone.
  bool find() {
    if (function->hasAttr(oneDrawAttribute)) // each turn is a pass with draws of its own
      return fails("its turns draw weights that all rows of a batch share");
    for (Operation &op : function.getBody().front()) {
      auto inner = dyn_cast<scf::ForOp>(op);
      if (inner && inner->hasAttr(expectationAttribute))
        inner = {}; // a gradient's, or a mean's
      if (!isWork(&op))
        continue;
      if (!inner || loop)
        return fails(inner ? "every row would repeat its other loop"
                           : "every row would repeat the layers or gradients outside of its loop");
      loop = inner;
    }
    if (!loop || !loop.getNumResults())
      return fails("it has no loop of restarts");
    count = countOf(loop);
    if (!count)
      return fails("how often its loop turns is computed: only whole parameters, what is made of them, and "
                   "numbers can be told to "
                   "the runtime");
    if (!split())
      return false;
    return succeeded(passes.find(loop)) || fails("the number of the turn is used for more than random draws");
  }

  const char *whyNot() const { return reason; }

  void toRows() {
    function->setAttr(restartsAttribute, count);
    OpBuilder b(loop);
    auto integer = RankedTensorType::get({}, b.getI32Type());
    restart = addArgument(integer, rt::Role::Restart);
    Value width = asIndex(b, addArgument(integer, rt::Role::RestartsTogether));
    makePassesOfRows();
    split(); // with what they are made of
    findOwn();
    Location loc = loop.getLoc();
    Value high = loop.getUpperBound(), chunks = arith::CeilDivSIOp::create(b, loc, high, width);
    auto outer = scf::ForOp::create(b, loc, loop.getLowerBound(), chunks, loop.getStep(), loop.getInitArgs());
    b.setInsertionPointToStart(outer.getBody());
    IRMapping values;
    Value first = arith::MulIOp::create(b, loc, outer.getInductionVar(), width);
    values.map(loop.getInductionVar(), first);
    for (Operation *op : alone)
      b.clone(*op, values);
    Value turns = arith::MinSIOp::create(b, loc, width, arith::SubIOp::create(b, loc, high, first));
    scf::ForOp inner = join(b, turns, outer.getRegionIterArgs(), values);
    finish(b, outer, inner.getResults());
    loop.replaceAllUsesWith(outer.getResults());
    loop.erase();
  }

private:
  /// Tells what depends on turns before from what does not; false where the first is more than arithmetic, or
  /// the second nothing that is worth it.
  bool split() {
    alone.clear();
    joining.clear();
    switchyard::Dependence carried(loop.getRegionIterArgs());
    bool worth = false;
    for (Operation &op : loop.getBody()->without_terminator()) {
      bool joins = carried.isReadBy(&op);
      (joins ? joining : alone).push_back(&op);
      if (joins && !isCheap(&op))
        return fails("a turn of its loop goes on from where the turn before it ended");
      worth |= !joins && isWork(&op);
    }
    return worth || fails("a turn of its loop has too little to compute");
  }

  bool fails(const char *why) {
    reason = why;
    return false;
  }

  Value addArgument(Type type, rt::Role role) {
    Builder b(function.getContext());
    unsigned place = function.getNumArguments();
    (void)function.insertArgument(place, type,
                                  b.getDictionaryAttr(b.getNamedAttr(roleAttribute, roleAttr(b, role))),
                                  function.getLoc());
    return function.getArgument(place);
  }

  Value asIndex(OpBuilder &b, Value scalar) {
    Value value = tensor::ExtractOp::create(b, loop.getLoc(), scalar, ValueRange());
    return arith::IndexCastOp::create(b, loop.getLoc(), b.getIndexType(), value);
  }

  Value asTensor(OpBuilder &b, Value scalar) {
    return tensor::FromElementsOp::create(b, loop.getLoc(), RankedTensorType::get({}, scalar.getType()),
                                          scalar);
  }

  void makePassesOfRows() {
    for (tensor::FromElementsOp pass : passes.all()) {
      OpBuilder b(pass->getContext());
      b.setInsertionPointAfter(pass);
      Value stride = asTensor(b, passes.stride(b, pass.getElements().front()));
      auto own = RestartPassOp::create(b, pass.getLoc(), restart.getType(), pass, restart, stride);
      pass.getResult().replaceAllUsesExcept(own.getResult(), own);
    }
  }

  /// The values of a turn that differ from another's.
  void findOwn() {
    switchyard::Dependence reached(restart);
    auto note = [&](Value value) {
      if (reached.contains(value) && llvm::is_contained(alone, value.getDefiningOp()))
        own.insert(value);
    };
    for (Operation *op : joining)
      llvm::for_each(op->getOperands(), note);
    llvm::for_each(loop.getBody()->getTerminator()->getOperands(), note);
  }

  /// The loop over an example's turns in this batch; `values` has what they computed.
  scf::ForOp join(OpBuilder &b, Value turns, ValueRange starts, IRMapping values) {
    Location loc = loop.getLoc();
    auto inner = scf::ForOp::create(b, loc, loop.getLowerBound(), turns, loop.getStep(), starts);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(inner.getBody());
    Value number = asTensor(b, arith::IndexCastOp::create(b, loc, b.getI32Type(), inner.getInductionVar()));
    for (Value value : own) {
      Value here = values.lookup(value);
      values.map(value, FromRestartOp::create(b, loc, here.getType(), here, restart, number).getResult());
    }
    values.map(loop.getRegionIterArgs(), inner.getRegionIterArgs());
    for (Operation *op : joining)
      b.clone(*op, values);
    SmallVector<Value> next;
    for (Value value : loop.getBody()->getTerminator()->getOperands())
      next.push_back(values.lookupOrDefault(value));
    finish(b, inner, next);
    return inner;
  }

  void finish(OpBuilder &b, scf::ForOp made, ValueRange next) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToEnd(made.getBody());
    scf::YieldOp::create(b, loop.getLoc(), next);
  }

  func::FuncOp function;
  const char *reason = "";
  scf::ForOp loop;
  Attribute count;
  Passes passes;
  SmallVector<Operation *> alone, joining;
  Value restart;
  llvm::SetVector<Value> own;
};

/// An attack that a job runs, not one that a train step holds.
bool isAttack(func::FuncOp function) {
  return gives(function, rt::Role::Adversarial);
}

struct RestartsToRowsPass : switchyard::impl::RestartsToRowsBase<RestartsToRowsPass> {
  static constexpr StringLiteral name = "restarts-to-rows";

  void runOnOperation() override {
    int64_t rows = 0, turns = 0;
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (!isAttack(function))
        continue;
      Restarts restarts(function);
      ++turns;
      if (precisionOf(function) == Precision::ExactOrder) {
        remarkMissed(function, name, "restarts take turns: precision exact_order");
      } else if (restarts.find()) {
        restarts.toRows();
        ++rows;
        remarkApplied(function, name, "its restarts run side by side, as rows of a batch");
      } else {
        remarkMissed(function, name, Twine("runs by turns: ") + restarts.whyNot());
      }
    }
    remarkCounts(getOperation(), name, {{"attacks run restarts as rows", rows}, {"by turns", turns - rows}});
  }
};

} // namespace
