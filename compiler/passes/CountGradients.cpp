// An attack whose gradients are zero stands still, and its low success says nothing of the defense (S2.2);
// one that does so inside a training trains on clean images. So each attack keeps a tally of its gradients,
// threaded through its loops, and of what it compares: by what is no number it decides nothing. Every turn of
// a loop begins one of its own and joins it to the loop's, so that turns that need nothing of each other
// still need nothing of each other.
#include "compiler/passes/Confinement.h"
#include "compiler/passes/Dependence.h"
#include "compiler/passes/Passes.h"

#include "dialect/Places.h"
#include "dialect/Remarks.h"
#include "dialect/Roles.h"
#include "runtime/contract/Tally.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace switchyard;
using namespace switchyard::swy;

namespace switchyard {
#define GEN_PASS_DEF_COUNTGRADIENTS
#include "compiler/passes/Passes.h.inc"
} // namespace switchyard

namespace {

/// "file:line:column" of what the user wrote.
std::string placeOf(Location loc) {
  FileLineColRange place = firstPlace(loc);
  return place ? (place.getFilename().getValue() + ":" + Twine(place.getStartLine()) + ":" +
                  Twine(place.getStartColumn()))
                     .str()
               : "";
}

class Counting {
public:
  explicit Counting(func::FuncOp function) : function(function), rewriter(function.getContext()) {
    function.walk([&](GradientOp gradient) {
      if (isOfExamples(gradient))
        numbers.try_emplace(gradient, numbers.size());
    });
    gradients = static_cast<int64_t>(numbers.size());
    function.walk([&](ComparedOp value) { numbers.try_emplace(value, numbers.size()); });
    finishes = static_cast<int64_t>(numbers.size());
    findEnds();
  }

  /// How many gradients the function's tally has; behind them stand what is compared, and where attacks end.
  int64_t run(Value rows) {
    if (numbers.empty())
      return 0;
    prepare();
    Builder b(function.getContext());
    this->rows = rows;
    int64_t all = finishes + static_cast<int64_t>(ends.size()) * rt::tally::ofEnd;
    type = RankedTensorType::get({all, rt::tally::columns}, b.getI32Type());
    setPlaces(b);
    Block &body = function.getBody().front();
    Value tally = countIn(body);
    Operation *exit = body.getTerminator();
    unsigned place = exit->getNumOperands();
    exit->insertOperands(place, tally);
    (void)function.insertResult(
        place, type,
        b.getDictionaryAttr(b.getNamedAttr(roleAttribute, roleAttr(b, rt::Role::GradientTally))));
    return gradients;
  }

private:
  /// Where an attack inside a training ends, and the image that a loss gives it; null: the training does.
  struct End {
    ConfinedOp confined;
    GivenOp given;
  };

  /// An end has several numbers, beginning with its own.
  void findEnds() {
    GivenOp given;
    for (Operation &op : function.getBody().front()) {
      if (auto image = dyn_cast<GivenOp>(op))
        given = image;
      auto confined = dyn_cast<ConfinedOp>(op);
      if (!confined)
        continue;
      numbers.try_emplace(&op, finishes + static_cast<int64_t>(ends.size()) * rt::tally::ofEnd);
      ends.push_back({confined, given});
      given = {};
    }
  }

  /// What is counted where, in the order of the tally.
  void setPlaces(Builder &b) {
    SmallVector<Attribute> places(finishes), where, givens;
    for (auto [counted, number] : numbers)
      if (number < finishes)
        places[number] = b.getStringAttr(placeOf(counted->getLoc()));
    for (End &end : ends) {
      where.push_back(b.getStringAttr(placeOf(end.confined.getLoc())));
      givens.push_back(b.getStringAttr(end.given ? placeOf(end.given.getLoc()) : ""));
    }
    function->setAttr(gradientsAttribute, b.getArrayAttr(ArrayRef(places).take_front(gradients)));
    if (finishes > gradients)
      function->setAttr(comparisonsAttribute, b.getArrayAttr(ArrayRef(places).drop_front(gradients)));
    if (ends.empty())
      return;
    function->setAttr(finishesAttribute, b.getArrayAttr(where));
    if (llvm::any_of(ends, [](const End &end) { return end.given; }))
      function->setAttr(givensAttribute, b.getArrayAttr(givens));
  }

  /// A gradient, and of it what comes through the model.
  struct Parts {
    Value whole, through;
  };

  /// Whether each example has a gradient of its own: one at what a batch shares (a parameter) is their sum.
  bool isOfExamples(GradientOp gradient) {
    return llvm::none_of(gradient.getAt(), [&](Value at) {
      auto argument = dyn_cast<BlockArgument>(at);
      if (!argument || argument.getOwner() != &function.getBody().front())
        return false;
      std::optional<rt::Role> role = roleOf(argument, function);
      return role && !rt::ruleOf(*role).isOfExamples();
    });
  }

  /// The tally of the block's gradients, made at its end: what is done with a gradient comes first, so that
  /// it may be done where the gradient is computed.
  Value countIn(Block &block) {
    SmallVector<std::pair<Operation *, Value>> turns; // what is counted, or the tally of a loop
    for (Operation &op : llvm::make_early_inc_range(block))
      if (numbers.contains(&op))
        turns.emplace_back(&op, Value());
      else if (auto loop = dyn_cast<scf::ForOp>(op); loop && hasCounted(loop))
        turns.emplace_back(nullptr, countTurns(loop));
    rewriter.setInsertionPoint(block.getTerminator());
    Value tally = EmptyTallyOp::create(rewriter, function.getLoc(), type, rows);
    for (auto [op, turn] : turns)
      tally = op ? add(tally, op) : JoinTalliesOp::create(rewriter, turn.getLoc(), tally, turn).getResult();
    return tally;
  }

  bool hasCounted(Operation *op) const {
    return llvm::any_of(numbers, [&](const auto &entry) { return op->isProperAncestor(entry.first); });
  }

  Value add(Value tally, Operation *op) {
    int64_t number = numbers.lookup(op);
    if (auto compared = dyn_cast<ComparedOp>(op))
      return TallyNumberOp::create(rewriter, op->getLoc(), type, tally, compared, compared.getWhere(),
                                   number);
    if (auto confined = dyn_cast<ConfinedOp>(op))
      return addEnd(tally, confined, number);
    auto gradient = cast<GradientOp>(op);
    auto count = [&](Value value) {
      return TallyGradientOp::create(rewriter, op->getLoc(), type, tally, value, gradient.getWhere(), number);
    };
    if (auto found = parts.find(op); found != parts.end())
      return count(counted(found->second));
    for (Value result : gradient.getResults())
      tally = count(result);
    return tally;
  }

  /// Whether the example is finite, whether the image that it is made of lies in the range, and where it lies
  /// itself.
  Value addEnd(Value tally, ConfinedOp confined, int64_t number) {
    Location loc = confined.getLoc();
    tally = TallyGradientOp::create(rewriter, loc, type, tally, confined.getInput(), Value(),
                                    number + rt::tally::EndFinite);
    for (End &end : ends)
      if (end.confined == confined && end.given)
        tally = TallyNumberOp::create(rewriter, loc, type, tally, buildEscape(rewriter, end.given), Value(),
                                      number + rt::tally::EndGiven);
    return TallyNumberOp::create(rewriter, loc, type, tally, confined.getEscape(), Value(),
                                 number + rt::tally::EndInside);
  }

  /// Where an expression has terms beside the model, which would hide that nothing comes through the model,
  /// that part is asked whether it is zero; the whole where it is not finite.
  Value counted(const Parts &parts) {
    Location loc = parts.whole.getLoc();
    Value rest = SubOp::create(rewriter, loc, parts.whole, parts.whole),
          zero = realConstant(rewriter, loc, 0);
    Type truth = withElement(parts.whole.getType(), rewriter.getI1Type());
    Value finite = CompareOp::create(rewriter, loc, truth, Comparison::Equal, rest, zero);
    return SelectOp::create(rewriter, loc, parts.whole.getType(), finite, parts.through, parts.whole);
  }

  /// The same gradients, of expressions that are no number where their value is none: a slope can be a number
  /// there (of a logarithm below 0), and be followed. And at what the model takes, too, where terms beside
  /// the model depend on the variable.
  void prepare() {
    llvm::MapVector<Operation *, int64_t> prepared;
    for (auto [op, number] : numbers) {
      auto gradient = dyn_cast<GradientOp>(op);
      if (!gradient) {
        prepared.insert({op, number});
        continue;
      }
      SmallVector<Value> at(gradient.getAt()), passes;
      if (at.size() == 1)
        passes = passesBesideTerms(gradient);
      llvm::append_range(at, passes);
      rewriter.setInsertionPoint(gradient);
      auto next = GradientOp::create(rewriter, gradient.getLoc(), ValueRange(at).getTypes(),
                                     noneWhereNone(gradient), at, gradient.getSeed(), gradient.getWhere());
      next->setDiscardableAttrs(gradient->getDiscardableAttrDictionary());
      if (passes.empty())
        gradient.replaceAllUsesWith(next.getResults());
      else
        gradient.getResult(0).replaceAllUsesWith((parts[next] = withPasses(next, passes)).whole);
      gradient.erase();
      prepared.insert({next, number});
    }
    numbers = std::move(prepared);
  }

  /// At several values each is a variable of its own: what comes through the passes is added, the cotangents
  /// there taken back to the variable.
  Parts withPasses(GradientOp gradient, ValueRange passes) {
    Location loc = gradient.getLoc();
    Value total, at = gradient.getAt().front();
    for (auto [pass, cotangent] : llvm::zip(passes, gradient.getResults().drop_front())) {
      Value fixed = StopGradientOp::create(rewriter, loc, cotangent.getType(), cotangent);
      Value product = ReduceSumOp::create(rewriter, loc, MulOp::create(rewriter, loc, pass, fixed), 0);
      total = total ? AddOp::create(rewriter, loc, total, product).getResult() : product;
    }
    auto through = GradientOp::create(rewriter, loc, TypeRange(at.getType()), total, at, Value());
    through->setDiscardableAttrs(gradient->getDiscardableAttrDictionary());
    return {AddOp::create(rewriter, loc, gradient.getResult(0), through.getResult(0)), through.getResult(0)};
  }

  /// of * (1 + 0 of): the second factor is 1, or no number where `of` is infinite or none.
  Value noneWhereNone(GradientOp gradient) {
    Location loc = gradient.getLoc();
    Value of = gradient.getOf(), zero = realConstant(rewriter, loc, 0), one = realConstant(rewriter, loc, 1);
    Value factor = AddOp::create(rewriter, loc, one, MulOp::create(rewriter, loc, zero, of));
    return MulOp::create(rewriter, loc, of, StopGradientOp::create(rewriter, loc, factor.getType(), factor));
  }

  /// What the model takes, where the expression also depends on the variable in another way. A way is one
  /// that a derivative goes: a comparison has none.
  static SmallVector<Value> passesBesideTerms(GradientOp gradient) {
    Value at = gradient.getAt().front();
    Dependence onVariable(at);
    llvm::SetVector<Value> passes, open;
    bool beside = false;
    open.insert(gradient.getOf());
    for (size_t i = 0; i < open.size(); ++i) {
      Value value = open[i];
      beside |= value == at;
      Operation *op = value.getDefiningOp();
      if (value == at || !isa_and_nonnull<DifferentiableOpInterface>(op) || isa<StopGradientOp>(op))
        continue;
      if (isa<ModelInputOp>(op))
        passes.insert(value);
      else
        for (Value operand : op->getOperands())
          if (onVariable.contains(operand) && getElementTypeOrSelf(operand.getType()).isF32())
            open.insert(operand);
    }
    return beside ? SmallVector<Value>(passes.getArrayRef()) : SmallVector<Value>();
  }

  /// The loop with a tally of its own, which joins those of its turns.
  Value countTurns(scf::ForOp loop) {
    rewriter.setInsertionPoint(loop);
    Value start = EmptyTallyOp::create(rewriter, loop.getLoc(), type, rows);
    auto attributes = llvm::to_vector(loop->getDiscardableAttrs());
    FailureOr<LoopLikeOpInterface> counting = loop.replaceWithAdditionalYields(
        rewriter, start, /*replaceInitOperandUsesInLoop=*/false,
        [&](OpBuilder &, Location loc, ArrayRef<BlockArgument> carried) -> SmallVector<Value> {
          Value turn = countIn(*loop.getBody());
          return {JoinTalliesOp::create(rewriter, loc, carried.front(), turn).getResult()};
        });
    assert(succeeded(counting) && "a loop takes one more value");
    for (NamedAttribute attribute : attributes)
      (*counting)->setDiscardableAttr(attribute.getName(), attribute.getValue());
    return (*counting)->getResults().back();
  }

  func::FuncOp function;
  IRRewriter rewriter;
  llvm::MapVector<Operation *, int64_t> numbers; // of gradients, then of what is compared, then of ends
  llvm::DenseMap<Operation *, Parts> parts;      // of gradients that are taken at passes, too
  SmallVector<End> ends;
  int64_t gradients = 0, finishes = 0; // where gradients end, and where ends begin
  Value rows;
  RankedTensorType type;
};

struct CountGradientsPass : switchyard::impl::CountGradientsBase<CountGradientsPass> {
  void runOnOperation() override {
    int64_t counted = 0;
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (Value rows = rowsToCount(function))
        counted += Counting(function).run(rows);
      function.walk([](GradientOp gradient) { gradient.getWhereMutable().clear(); });
      function.walk([](ComparedOp value) { value.getWhereMutable().clear(); });
    }
    remarkCounts(getOperation(), "count-gradients", {{"gradients of attacks counted", counted}});
  }

  /// Null where the function is neither an attack that a job runs nor a step of training or its validation,
  /// which may hold one.
  static Value rowsToCount(func::FuncOp function) {
    if (gives(function, rt::Role::Adversarial) || gives(function, rt::Role::Loss) ||
        gives(function, rt::Role::Logits))
      for (BlockArgument argument : function.getArguments())
        if (roleOf(argument, function) == rt::Role::Rows)
          return argument;
    return {};
  }
};

} // namespace
