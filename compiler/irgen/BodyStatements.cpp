// The statements of a body. Variables are SSA values; `repeat` becomes a loop that carries the variables it
// assigns, in a layer its turns one after the other; `if` executes both arms and selects (S1.3). Each
// `model(...)` is a call site of its own, counted for the pass of its draws (S3.1).
#include "compiler/irgen/BodyGenerator.h"
#include "compiler/syntax/Print.h"

#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {

BodyGenerator::BodyGenerator(Generator &g, const resolved::Attack &attack, const resolved::Network &network,
                             bool away, Block &block, ValueRange numbers, SiteCounters sites)
    : g(g), b(g.builder), arguments(attack.arguments), attack(&attack), network(&network), away(away),
      input(block.getArgument(0)), goal(block.getArgument(1)), rows(block.getArgument(2)),
      stream(block.getArgument(3)), sites(sites) {
  variables["x0"] = input;
  variables["label"] = goal;
  for (auto [scalar, number] : llvm::zip_equal(scalarsOf(attack), numbers))
    variables[scalar.name] = number;
}

BodyGenerator::BodyGenerator(Generator &g, const resolved::Loss &loss, const NamedValues &arguments,
                             const resolved::Network &network, AttackGenerator &attacks, Block &block,
                             ValueRange numbers)
    : g(g), b(g.builder), arguments(arguments), network(&network), loss(&loss), attacks(&attacks),
      input(block.getArgument(0)), goal(block.getArgument(1)), rows(block.getArgument(2)),
      stream(block.getArgument(3)) {
  variables[lossNames()[0]] = input;
  variables[lossNames()[1]] = goal;
  for (const resolved::TrainingScalar &one : loss.numbers)
    if (!find(arguments, one.name)) {
      variables[one.name] = numbers.front();
      numbers = numbers.drop_front();
    }
  for (const resolved::TrainingAttack &one : loss.attacks) {
    size_t count = scalarsOf(one.attack).size();
    attackNumbers[one.name] = SmallVector<mlir::Value>(numbers.take_front(count));
    numbers = numbers.drop_front(count);
  }
}

BodyGenerator::BodyGenerator(Generator &g, const resolved::Layer &layer, const NamedValues &arguments,
                             Block &block, ArrayRef<StringRef> scalars)
    : g(g), b(g.builder), arguments(arguments), counts(&layer.counts), input(block.getArgument(0)),
      rows(block.getArgument(1)), stream(block.getArgument(2)), pass(block.getArgument(3)) {
  variables["x"] = input;
  for (auto [name, argument] : llvm::zip(scalars, block.getArguments().drop_front(4)))
    variables[name] = argument;
}

BodyGenerator::BodyGenerator(Generator &g, const NamedValues &arguments,
                             llvm::StringMap<mlir::Value> variables,
                             const std::map<const ast::Expr *, bool> *decided)
    : g(g), b(g.builder), arguments(arguments), decided(decided), variables(std::move(variables)) {}

void BodyGenerator::statements(const ast::Body &body) {
  for (const ast::StatementPtr &statement : body) {
    if (auto *assign = ast::as<ast::AssignStatement>(statement.get()))
      this->assign(*assign);
    else if (auto *repeat = ast::as<ast::RepeatStatement>(statement.get()))
      this->repeat(*repeat);
    else if (auto *condition = ast::as<ast::IfStatement>(statement.get()))
      this->condition(*condition);
    else if (auto *result = ast::as<ast::ReturnStatement>(statement.get()))
      finish(*result);
  }
}

void BodyGenerator::finish(const ast::ReturnStatement &result) {
  mlir::Location loc = g.place(result.location);
  if (isSchedule) {
    returned = realExpression(result.value.get());
    return;
  }
  mlir::Value value = expression(result.value.get());
  YieldOp::create(b, loc, attack ? finished(loc, value) : value);
}

/// Says where the example may lie that an attack gives.
mlir::Value BodyGenerator::finished(mlir::Location loc, mlir::Value example) {
  const resolved::Threat &threat = attack->threat;
  bool isBall = threat.kind == ast::ThreatKind::Within;
  mlir::Value radius = isBall ? realExpression(threat.radiusExpression) : mlir::Value();
  auto end = [&](const Number &number) {
    return threat.clipped ? b.getF64FloatAttr(number.value()) : FloatAttr();
  };
  return FinishedOp::create(b, loc, example.getType(), example, radius,
                            isBall ? *symbolizeNorm(threat.norm) : Norm::FreeL2, end(network->low),
                            end(network->high));
}

void BodyGenerator::assign(const ast::AssignStatement &statement) {
  if (statement.type == ast::Type::Optimizer)
    return makeOptimizer(statement.variable, *ast::as<ast::CallExpr>(statement.value.get()));
  auto *call = ast::as<ast::CallExpr>(statement.value.get());
  bool keeps = call && call->builtin && call->builtin->keeps;
  mlir::Value value = keeps ? trained(statement.variable, *call) : expression(statement.value.get());
  bool whole = isa<IntegerType>(getElementTypeOrSelf(value.getType())) && statement.type == ast::Type::Real;
  variables[statement.variable] = ownVariable(whole ? asReal(value) : value);
}

/// A value that the layer keeps, by the name of its variable.
mlir::Value BodyGenerator::trained(const std::string &name, const ast::CallExpr &call) {
  mlir::Location loc = g.place(call.location);
  mlir::Value start = realExpression(call.bound[0]);
  auto each = llvm::StringSwitch<Each>(eachOf(call))
                  .Case("channel", Each::Channel)
                  .Case("element", Each::Element)
                  .Default(Each::Layer);
  mlir::Type type = each == Each::Layer ? start.getType() : input.getType();
  return TrainedOp::create(b, loc, type, name, start, each);
}

/// A value that another variable has as well becomes one of its own: after `x = x0` a gradient at x is none
/// at the clean image (S2.2).
mlir::Value BodyGenerator::ownVariable(mlir::Value value) {
  bool isAnothers = llvm::any_of(variables, [&](const auto &entry) { return entry.second == value; });
  if (!isAnothers || !isa<FloatType>(getElementTypeOrSelf(value.getType())))
    return value;
  return VariableOp::create(b, value.getLoc(), value);
}

/// A layer's turns are known, and a gradient goes through each.
void BodyGenerator::unroll(const ast::RepeatStatement &statement) {
  int64_t times = find(*counts, format(*statement.count))->integer();
  llvm::StringMap<mlir::Value> before = variables;
  for (int64_t i = 0; i < times; ++i)
    statements(statement.body);
  for (const std::string &name : statement.carried)
    before[name] = variables[name];
  variables = std::move(before);
}

void BodyGenerator::repeat(const ast::RepeatStatement &statement) {
  if (counts)
    return unroll(statement);
  mlir::Location loc = g.place(statement.location);
  mlir::Value times = turns(statement);
  mlir::Value low = arith::ConstantIndexOp::create(b, loc, 0),
              step = arith::ConstantIndexOp::create(b, loc, 1);
  mlir::Value high = arith::IndexCastOp::create(b, loc, b.getIndexType(), times);
  SmallVector<std::string> carried = slots(statement.carried);
  SmallVector<mlir::Value> starts;
  for (const std::string &name : carried)
    starts.push_back(variables[name]);
  auto loop = scf::ForOp::create(b, loc, low, high, step, starts);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    mlir::Value outer = iteration;
    mlir::Value index = arith::IndexCastOp::create(b, loc, b.getI32Type(), loop.getInductionVar());
    iteration =
        outer ? arith::AddIOp::create(b, loc, arith::MulIOp::create(b, loc, outer, times), index) : index;
    llvm::StringMap<mlir::Value> before = variables;
    for (auto [name, value] : llvm::zip(carried, loop.getRegionIterArgs()))
      variables[name] = value;
    enterTurn(statement, index);
    statements(statement.body);
    SmallVector<mlir::Value> ends;
    for (const std::string &name : carried)
      ends.push_back(variables[name]);
    if (loop.getBody()->mightHaveTerminator())
      loop.getBody()->getTerminator()->erase();
    scf::YieldOp::create(b, loc, ends);
    variables = std::move(before);
    iteration = outer;
  }
  for (auto [name, value] : llvm::zip(carried, loop.getResults()))
    variables[name] = value;
}

/// How often a loop turns, as an i32.
mlir::Value BodyGenerator::turns(const ast::RepeatStatement &loop) {
  mlir::Location loc = g.place(loop.location);
  if (loop.over == ast::LoopOver::Times)
    return count(loop.count.get());
  if (loop.over == ast::LoopOver::Paths)
    return tensor::ExtractOp::create(b, loc, PathCountOp::create(b, loc, g.intType()), ValueRange());
  int64_t classes = network->classes - (loop.except ? 1 : 0);
  return arith::ConstantOp::create(b, loc, b.getI32IntegerAttr(static_cast<int32_t>(classes)));
}

/// Gives the variable of `for each` the class or path of this turn.
void BodyGenerator::enterTurn(const ast::RepeatStatement &loop, mlir::Value index) {
  if (loop.over == ast::LoopOver::Times)
    return;
  mlir::Location loc = g.place(loop.location);
  mlir::Value number = tensor::FromElementsOp::create(b, loc, g.intType(), index);
  if (loop.over == ast::LoopOver::Paths)
    number = PathOp::create(b, loc, number, loop.descending);
  else if (loop.except)
    number = OtherClassOp::create(b, loc, number, expression(loop.except.get()));
  variables[loop.variable] = number;
}

/// What a condition comes to where that is known.
std::optional<bool> BodyGenerator::known(const ast::Expr *condition) const {
  if (!decided)
    return std::nullopt;
  auto found = decided->find(condition);
  return found == decided->end() ? std::nullopt : std::optional<bool>(found->second);
}

/// The arm that is taken, whose own variables nobody sees behind it.
void BodyGenerator::takeArm(const ast::IfStatement &statement, const ast::Body &arm) {
  llvm::StringMap<mlir::Value> before = variables;
  statements(arm);
  for (const std::string &name : statement.carried)
    before[name] = variables[name];
  variables = std::move(before);
}

void BodyGenerator::condition(const ast::IfStatement &statement) {
  if (auto outcome = known(statement.condition.get()))
    return takeArm(statement, *outcome ? statement.yes : statement.no);
  mlir::Location loc = g.place(statement.location);
  mlir::Value holds = expression(statement.condition.get());
  llvm::StringMap<mlir::Value> before = variables;
  arms.emplace_back(holds, true);
  statements(statement.yes);
  llvm::StringMap<mlir::Value> yes = std::move(variables);
  variables = before;
  arms.back().second = false;
  statements(statement.no);
  arms.pop_back();
  llvm::StringMap<mlir::Value> no = std::move(variables);
  variables = std::move(before);
  for (const std::string &name : slots(statement.carried))
    variables[name] = yes[name] == no[name] ? yes[name] : select(loc, holds, yes[name], no[name]);
}

/// Whether all arms around are those that count, one truth value for the example; null outside of all.
mlir::Value BodyGenerator::active(mlir::Location loc) {
  mlir::Value all;
  for (auto [holds, arm] : arms) {
    if (auto type = cast<RankedTensorType>(holds.getType()); type.getRank() > 0)
      continue; // a mask: some pixels' arms count
    mlir::Value own = arm ? holds : NotOp::create(b, loc, holds).getResult();
    all = all ? AndOp::create(b, loc, all, own).getResult() : own;
  }
  return all;
}

/// A select whose condition is one truth value for the example, or a mask.
mlir::Value BodyGenerator::select(mlir::Location loc, mlir::Value condition, mlir::Value yes,
                                  mlir::Value no) {
  mlir::Type type = broadcastType({yes.getType(), no.getType(), condition.getType()});
  return SelectOp::create(b, loc, type, condition, yes, no);
}

/// A number of repetitions as an i32: an argument where it is made of whole parameters, else computed and
/// rounded (S1.5).
mlir::Value BodyGenerator::count(const ast::Expr *expr) {
  mlir::Location loc = g.place(expr->location);
  mlir::Value known = variables.lookup(format(*expr)), value = known ? known : expression(expr);
  if (isa<IntegerType>(getElementTypeOrSelf(value.getType())))
    return tensor::ExtractOp::create(b, loc, value, ValueRange());
  mlir::Value real = tensor::ExtractOp::create(b, loc, value, ValueRange());
  mlir::Value half = arith::ConstantOp::create(b, loc, b.getF32FloatAttr(0.5f));
  mlir::Value one = arith::ConstantOp::create(b, loc, b.getI32IntegerAttr(1));
  mlir::Value rounded =
      arith::FPToSIOp::create(b, loc, b.getI32Type(), arith::AddFOp::create(b, loc, real, half));
  return arith::MaxSIOp::create(b, loc, rounded, one);
}

/// The pass of the next call site: site << 24 | flattened index of the loops around it.
mlir::Value BodyGenerator::nextPass(mlir::Location loc) {
  int32_t site = sites.models++ << 24;
  if (!iteration)
    return g.integer(loc, site);
  mlir::Value base = arith::ConstantOp::create(b, loc, b.getI32IntegerAttr(site));
  mlir::Value pass = arith::OrIOp::create(b, loc, base, iteration);
  return tensor::FromElementsOp::create(b, loc, g.intType(), pass);
}

} // namespace switchyard
