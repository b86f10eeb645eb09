// Writes entry functions and their roles.
#include "compiler/passes/EntryFunction.h"
#include "compiler/passes/Confinement.h"
#include "dialect/Vjp.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {

EntryFunction::EntryFunction(ModuleOp module, Location loc, StringRef name, int64_t batch)
    : builder(module.getContext()), loc(loc) {
  builder.setInsertionPointToEnd(module.getBody());
  function = func::FuncOp::create(builder, loc, name, builder.getFunctionType({}, {}));
  function->setAttr(entryAttribute, builder.getUnitAttr());
  function->setAttr(batchAttribute, builder.getI64IntegerAttr(batch));
  builder.setInsertionPointToStart(function.addEntryBlock());
}

Value EntryFunction::argument(RankedTensorType type, rt::Role role, StringRef name) {
  arguments.push_back(attributes(role, name));
  return function.getBody().front().addArgument(type, loc);
}

Value EntryFunction::scalar(RankedTensorType type, StringRef name, Owner owner) {
  Value value = argument(type, rt::Role::Scalar, name);
  arguments.back().push_back(
      builder.getNamedAttr(ownerAttribute, OwnerAttr::get(builder.getContext(), owner)));
  return value;
}

void EntryFunction::result(Value value, rt::Role role, StringRef name, Value into) {
  values.push_back(value);
  results.push_back(attributes(role, name));
  targets.push_back(into);
}

func::FuncOp EntryFunction::close() {
  dropUnusedScalars();
  Block &body = function.getBody().front();
  func::ReturnOp::create(builder, loc, values);
  function.setFunctionType(builder.getFunctionType(body.getArgumentTypes(), ValueRange(values).getTypes()));
  for (auto [result, into] : llvm::zip(results, targets))
    if (into)
      result.push_back(builder.getNamedAttr(
          intoAttribute, builder.getI64IntegerAttr(cast<BlockArgument>(into).getArgNumber())));
  auto dictionaries = [&](ArrayRef<SmallVector<NamedAttribute>> lists) {
    return llvm::map_to_vector(lists, [&](const SmallVector<NamedAttribute> &list) -> Attribute {
      return builder.getDictionaryAttr(list);
    });
  };
  if (function.walk([](RowsOfPassOp) { return WalkResult::interrupt(); }).wasInterrupted())
    function->setAttr(oneDrawAttribute, builder.getUnitAttr());
  function.setArgAttrsAttr(builder.getArrayAttr(dictionaries(arguments)));
  function.setResAttrsAttr(builder.getArrayAttr(dictionaries(results)));
  return function;
}

Value EntryFunction::integers(ArrayRef<int32_t> values, bool scalar) {
  auto type = scalar ? integer() : integer({static_cast<int64_t>(values.size())});
  return arith::ConstantOp::create(builder, loc, DenseElementsAttr::get(type, values));
}

SmallVector<NamedAttribute> EntryFunction::attributes(rt::Role role, StringRef name) {
  SmallVector<NamedAttribute> list{builder.getNamedAttr(roleAttribute, roleAttr(builder, role))};
  if (!name.empty())
    list.push_back(builder.getNamedAttr(nameAttribute, builder.getStringAttr(name)));
  return list;
}

/// Numbers that nothing reads are no arguments, so that they are no part of a job's name either.
void EntryFunction::dropUnusedScalars() {
  Block &body = function.getBody().front();
  for (int64_t i = body.getNumArguments() - 1; i >= 0; --i) {
    std::optional<rt::Role> role = roleOf(builder.getDictionaryAttr(arguments[i]));
    bool isNumber = role == rt::Role::Scalar || role == rt::Role::Iteration || role == rt::Role::Progress;
    if (!isNumber || !body.getArgument(i).use_empty())
      continue;
    body.eraseArgument(i);
    arguments.erase(arguments.begin() + i);
  }
}

RankedTensorType exampleType(NetworkOp network) {
  return cast<RankedTensorType>(network.getBody().front().getArgument(0).getType());
}

Channel drawChannel(OpBuilder &b, const Fork &fork, const Instantiation &how) {
  auto type = RankedTensorType::get({}, b.getI32Type());
  auto site = SiteAttr::get(b.getContext(), fork.site());
  return {RandomChannelOp::create(b, fork.op->getLoc(), type, how.stream, how.rows, how.pass, site,
                                  fork.count, fork.chances),
          true};
}

Value inlineAttack(EntryFunction &p, AttackOp attack, ValueRange given, ValueRange scalars, Confined confined,
                   llvm::function_ref<Value(OpBuilder &, ModelOp)> answer) {
  Block &body = attack.getBody().front();
  IRMapping values;
  values.map(body.getArguments().take_front(4), given);
  values.map(body.getArguments().drop_front(4), scalars);
  for (Operation &op : body.without_terminator()) {
    auto finished = dyn_cast<FinishedOp>(op);
    if (!finished) {
      p.builder.clone(op, values);
      continue;
    }
    Value example = values.lookup(finished.getInput());
    if (confined == Confined::ByTally) {
      Value radius = values.lookupOrNull(finished.getRadius());
      Value escape = buildEscape(p.builder, finished, example, given[0], radius);
      example = ConfinedOp::create(p.builder, op.getLoc(), example.getType(), example, escape);
    }
    values.map(finished.getResult(), example);
  }
  p.builder.getBlock()->walk([&](ModelOp model) {
    OpBuilder builder(model);
    model.setOperand(0, ModelInputOp::create(builder, model.getLoc(), model.getInput()));
    model.getLogits().replaceAllUsesWith(answer(builder, model));
    model.erase();
  });
  return values.lookup(body.back().getOperand(0));
}

NetworkArguments::NetworkArguments(EntryFunction &program, NetworkOp network) {
  rows = program.argument(program.integer({2}), rt::Role::Rows);
  stream = program.argument(program.integer({}, 64), rt::Role::Stream);
  for (StringRef name : network.getScalars().getAsValueRange<StringAttr>())
    scalars.push_back(program.scalar(program.real(), name, Owner::Model));
}

void NetworkArguments::addWeights(EntryFunction &program, NetworkOp network, BlockSpan range) {
  for (const NetworkParameter &parameter : parametersOf(network))
    if (parameter.block >= range.first && parameter.block < range.last)
      parameters[parameter.name] = program.argument(parameter.wholeType(), rt::Role::Weight, parameter.name);
}

void NetworkArguments::addTrained(EntryFunction &program, ArrayRef<NetworkParameter> trained) {
  for (const NetworkParameter &parameter : trained)
    parameters[parameter.name] = program.argument(parameter.type, rt::Role::Parameter, parameter.name);
}

Instantiation NetworkArguments::instantiation(Instantiation::Mode mode, Value pass) const {
  Instantiation how;
  how.mode = mode;
  how.parameter = [this](StringRef name) { return parameters.lookup(name); };
  how.stream = stream;
  how.rows = rows;
  how.pass = pass;
  how.step = step;
  return how;
}

} // namespace switchyard
