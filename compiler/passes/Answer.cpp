// A mean inside of a program, like an attack's `expected(softmax(model(x)))` but over draws of its own:
// answer a has draws a k to a k + k - 1 of its pass.
#include "compiler/passes/Answer.h"

#include "compiler/passes/Sampling.h"
#include "runtime/contract/limits.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {
namespace {

Value logProbabilities(OpBuilder &b, Location loc, Value logits) {
  return SubOp::create(b, loc, logits, LogSumExpOp::create(b, loc, logits));
}

/// Says of what stands between two places that its draws are the answer's. What a network decides by itself,
/// also by comparing a draw, is no end of any mean.
void markDraws(Block::iterator first, Block::iterator last) {
  auto mark = [](Operation *op) {
    auto flag = UnitAttr::get(op->getContext());
    if (drawsForModel(op) && !isa<RowsOfAnswerOp>(op))
      op->setAttr(ofAnswerAttribute, flag);
    if (op->hasTrait<Decides>())
      op->setAttr(ofModelAttribute, flag);
  };
  for (Operation &op : llvm::make_range(first, last))
    op.walk(mark);
}

/// Whether it draws where it is asked so: on a given path only its layers do.
bool drawsAnew(NetworkOp network, const Instantiation &how) {
  return how.mode != Instantiation::Mode::RandomnessOff &&
         (hasRandomLayers(network) || (pathsOf(network) > 1 && !how.onPath));
}

} // namespace

Value buildAnswer(OpBuilder &builder, NetworkOp network, Value example, ValueRange scalars,
                  const Instantiation &how, ChooseChannel choose) {
  AnswerAttr answer = network.getAnswerAttr();
  Location loc = network.getLoc();
  bool isRandom = hasRandomLayers(network) || pathsOf(network) > 1;
  if (!answer || answer.getBy() != AnswerKind::Mean || !isRandom)
    return buildNetwork(builder, network, example, scalars, how, choose);
  if (!drawsAnew(network, how))
    return logProbabilities(builder, loc, buildNetwork(builder, network, example, scalars, how, choose));
  Instantiation own = how;
  own.rows = RowsOfAnswerOp::create(builder, loc, how.rows.getType(), how.rows, answer.getDraws());
  Value logits = buildNetwork(builder, network, example, scalars, own, choose);
  markDraws(std::next(own.rows.getDefiningOp()->getIterator()), builder.getInsertionPoint());
  Value share = ExpOp::create(builder, loc, logProbabilities(builder, loc, logits));
  auto mean = ExpectedOp::create(builder, loc, share.getType(), share);
  mean->setAttr(ofAnswerAttribute, builder.getUnitAttr());
  Value least = realConstant(builder, loc, limits::smallestReal); // what no draw gives has a logarithm, too
  return LogOp::create(builder, loc, MaxOp::create(builder, loc, mean.getResult(), least));
}

} // namespace switchyard
