// Defenses are rewrites: layers put before, after or at the end of places in a network. Each pair of network
// and defense gives a network of its own; what the inserted layers read of the defense's parameters becomes
// the new network's scalars. A composition rewrites what the defenses before have made of the network, so
// that each stays one operation, whatever it is composed with.
#include "compiler/passes/ChosenNetwork.h"
#include "compiler/passes/InferTypes.h"
#include "compiler/passes/Models.h"
#include "compiler/passes/NetworkProgram.h"
#include "compiler/passes/Passes.h"
#include "compiler/passes/SwitchBlocks.h"
#include "compiler/passes/WeightChain.h"
#include "dialect/Remarks.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/StringSet.h"

#include <map>

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {
#define GEN_PASS_DEF_APPLYDEFENSES
#include "compiler/passes/Passes.h.inc"
} // namespace switchyard

namespace {

/// All elements and blocks of a network of one kind, in order. What stands on weights is no part of the
/// chains.
SmallVector<Operation *> placesOfKind(NetworkOp network, StringRef kind) {
  SmallVector<Operation *> places;
  network.getBody().walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (switchyard::isElement(op) ? switchyard::isOfKind(op, kind) : kind == "block" && isa<BlockOp>(op))
      places.push_back(op);
    return isa<LayerOpInterface>(op) ? WalkResult::skip() : WalkResult::advance();
  });
  return places;
}

/// The places an insertion means; an error at the insertion where there is none, but for the later ones of
/// one. `name` is the base network's.
FailureOr<SmallVector<Operation *>> selectPlaces(NetworkOp network, InsertOp insert, StringRef name) {
  SmallVector<Operation *> found;
  if (insert.getWhich() == Which::Named) {
    for (Operation *block : placesOfKind(network, "block"))
      if (cast<BlockOp>(block).getName() == insert.getTarget())
        found.push_back(block);
  } else {
    found = placesOfKind(network, insert.getTarget());
    if (insert.getWhich() == Which::First && found.size() > 1)
      found.truncate(1);
    if (insert.getWhich() == Which::EveryLater && !found.empty())
      return SmallVector<Operation *>(llvm::drop_begin(found));
  }
  if (found.empty()) {
    InFlightDiagnostic error = insert.emitError() << "network `" << name << "` has no ";
    if (insert.getWhich() == Which::Named)
      error << "block named `" << insert.getTarget() << "`";
    else
      error << (insert.getTarget() == "block" ? "block" : switchyard::elementText(insert.getTarget()))
            << " for this rewrite";
    return failure();
  }
  return found;
}

/// The chain at whose end a place has its end: its own, or the one that it stands in.
Block &chainAt(Operation *place) {
  if (auto block = dyn_cast<BlockOp>(place))
    return block.getBody().front();
  if (auto residual = dyn_cast<ResidualOp>(place))
    return residual.getMain().front();
  return *place->getBlock();
}

/// One defense applied to one network, built as a new network.
class Application {
public:
  /// `written` is the network as messages name it, `name` the new one's symbol.
  Application(NetworkOp network, DefenseOp defense, StringRef written, StringRef name)
      : builder(network), defense(defense), written(written) {
    builder.setInsertionPointAfter(network);
    result = cast<NetworkOp>(builder.clone(*network));
    result.setSymName(name);
    result.removeDeclaredAttr(); // it is another network now
    result.walk([&](Operation *op) {
      if (switchyard::isElement(op))
        paths.insert(switchyard::pathOf(op));
    });
  }

  FailureOr<NetworkOp> run() {
    addScalars();
    for (Operation &op : defense.getBody().front()) {
      if (failed(apply(op)))
        return abandon();
    }
    if (failed(somethingIsDone()) || failed(shapesFit()) || failed(everyParameterIsTrained()))
      return abandon();
    auto logits = cast<RankedTensorType>(result.getBody().front().back().getOperand(0).getType());
    if (logits.getShape() != ArrayRef<int64_t>{static_cast<int64_t>(result.getClasses())}) {
      defense.emitError() << "after this defense network `" << written << "` gives "
                          << switchyard::shapeText(logits) << " instead of " << result.getClasses()
                          << " logits";
      return abandon();
    }
    return result;
  }

private:
  FailureOr<NetworkOp> abandon() {
    result.erase();
    return failure();
  }

  /// A rewrite that finds no later layer does nothing; where the whole defense does, its name is a lie.
  LogicalResult somethingIsDone() {
    for (InsertOp insert : withoutPlace) {
      InFlightDiagnostic problem = isChanged ? insert.emitWarning() : insert.emitError();
      problem << "network `" << written << "` has no later "
              << (insert.getTarget() == "block" ? "block" : switchyard::elementText(insert.getTarget()))
              << ": nothing is put in here";
      if (!isChanged) {
        problem << ", and defense `" << declared() << "` changes nothing";
        return problem;
      }
    }
    return success();
  }

  /// What does not fit is told at the rewrite that made it so, where it is no layer that the rewrite puts in.
  LogicalResult shapesFit() {
    std::optional<Location> where;
    std::string what;
    {
      ScopedDiagnosticHandler handler(builder.getContext(), [&](Diagnostic &diagnostic) {
        if (!changed.empty() && isOfNetwork(diagnostic.getLocation())) {
          where = diagnostic.getLocation();
          what = diagnostic.str();
        }
        return success(where.has_value());
      });
      if (succeeded(switchyard::inferTypes(result.getBody().front())))
        return success();
    }
    if (!where)
      return failure();
    InFlightDiagnostic error = rewriteBefore(*where).emitError() << "after this rewrite: " << what;
    error.attachNote(*where) << "here, in network `" << written << "`";
    return error;
  }

  /// Whether what stands there was in the network before.
  bool isOfNetwork(Location where) {
    return !defense
                .walk([&](Operation *op) {
                  return op->getLoc() == where ? WalkResult::interrupt() : WalkResult::advance();
                })
                .wasInterrupted();
  }

  /// Of what it has put in last before that place, or in what stands there; else the last that changed
  /// anything.
  InsertOp rewriteBefore(Location where) {
    InsertOp found;
    result.walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (InsertOp own = madeBy.lookup(op))
        found = own;
      if (op->getLoc() != where)
        return WalkResult::advance();
      op->walk([&](Operation *inner) {
        if (InsertOp own = madeBy.lookup(inner))
          found = own;
      });
      return WalkResult::interrupt();
    });
    return found ? found : changed.back();
  }

  /// Bottom-up training goes through the blocks: it would pass by what stands between them.
  LogicalResult everyParameterIsTrained() {
    if (!result.getBottomUp())
      return success();
    WalkResult outside = result.getBody().walk<WalkOrder::PreOrder>([](Operation *op) {
      auto layer = dyn_cast<LayerOpInterface>(op);
      if (isa<BlockOp>(op))
        return WalkResult::skip();
      if (!layer || layer.getParameters().empty())
        return WalkResult::advance();
      layer->emitError()
          << "this " << layer.getKind()
          << " layer stands outside of the switching blocks, whose channels alone are trained; "
             "put it into a block, such as `at end of BLOCK { ... }`";
      return WalkResult::interrupt();
    });
    return success(!outside.wasInterrupted());
  }

  /// Sites of draws and scalars are named by it.
  StringRef declared() { return defense.getDeclaredName(); }

  /// The defense's parameters become arguments of the network, named defense.parameter.
  void addScalars() {
    Block &body = result.getBody().front();
    SmallVector<Attribute> names(result.getScalars().begin(), result.getScalars().end());
    llvm::StringSet<> scalarNames;
    for (StringRef name : result.getScalars().getAsValueRange<StringAttr>())
      scalarNames.insert(name);
    for (auto [name, argument] :
         llvm::zip(defense.getScalars().getAsRange<StringAttr>(), defense.getBody().getArguments())) {
      names.push_back(builder.getStringAttr(
          switchyard::freshName(scalarNames, (declared() + "." + name.getValue()).str())));
      scalars.map(argument, body.addArgument(argument.getType(), argument.getLoc()));
    }
    result.setScalarsAttr(builder.getArrayAttr(names));
  }

  LogicalResult apply(Operation &op) {
    if (auto insert = dyn_cast<InsertOp>(op))
      return applyInsert(insert);
    isChanged |= isa<SplitOp, SwitchOp, BottomUpOp, TrainAgainstOp, TrainByOp, AnswerOp>(op);
    if (auto split = dyn_cast<SplitOp>(op))
      return switchyard::applySplit(result, split, written);
    if (auto channels = dyn_cast<SwitchOp>(op))
      return switchyard::applySwitch(result, channels, written);
    if (auto training = dyn_cast<BottomUpOp>(op))
      result.setBottomUp(training.getDraw());
    else if (auto answer = dyn_cast<AnswerOp>(op))
      result.setAnswerAttr(answer.getHow());
    else
      copyArithmetic(op);
    return success();
  }

  /// On the parameters, and what trains by them: at the body's start, one after the other. What stood there
  /// is not to be relied on, a split takes it apart.
  void copyArithmetic(Operation &op) {
    if (arithmetic)
      builder.setInsertionPointAfter(arithmetic);
    else
      builder.setInsertionPointToStart(&result.getBody().front());
    arithmetic = builder.clone(op, scalars);
  }

  LogicalResult applyInsert(InsertOp insert) {
    FailureOr<SmallVector<Operation *>> places = selectPlaces(result, insert, written);
    if (failed(places))
      return failure();
    isChanged |= !places->empty();
    (places->empty() ? withoutPlace : changed).push_back(insert);
    if (insert.getWhere() == Where::Instead)
      return replaceAll(insert, *places);
    for (Operation *place : *places)
      if (failed(insertAt(insert, place)))
        return failure();
    return success();
  }

  /// What stands in one that is replaced goes with it.
  LogicalResult replaceAll(InsertOp insert, ArrayRef<Operation *> places) {
    SmallVector<Operation *> outermost;
    for (Operation *place : places)
      if (llvm::none_of(outermost, [&](Operation *other) { return other->isAncestor(place); }))
        outermost.push_back(place);
    OpBuilder::InsertionGuard guard(builder);
    for (Operation *place : outermost) {
      if (LayerOpInterface layer = anothersIn(place))
        return replacesAnothers(insert, layer);
      builder.setInsertionPoint(place);
      place->getResult(0).replaceAllUsesWith(
          copyLayers(insert, place->getOperand(0), switchyard::pathOf(place)));
      place->erase();
    }
    return success();
  }

  /// What another defense has put in stays: the model would not be what its name says.
  bool isAnothers(LayerOpInterface layer) const { return layer.getInsertedBy() && !own.contains(layer); }
  /// The first such layer of an element; null: there is none.
  LayerOpInterface anothersIn(Operation *element) const {
    LayerOpInterface found;
    element->walk([&](LayerOpInterface layer) {
      if (!isAnothers(layer))
        return WalkResult::advance();
      found = layer;
      return WalkResult::interrupt();
    });
    return found;
  }
  LogicalResult replacesAnothers(InsertOp insert, LayerOpInterface layer) {
    return insert.emitError() << "this would replace the " << layer.getKind()
                              << " that a defense before it has put in: keep one of the two, or give them "
                                 "places of their own";
  }

  LogicalResult insertAt(InsertOp insert, Operation *place) {
    OpBuilder::InsertionGuard guard(builder);
    if (insert.getWhere() == Where::EndOf) {
      Block &body = chainAt(place);
      if (failed(removeReplaced(insert, body)))
        return failure();
      Operation *yield = body.getTerminator();
      builder.setInsertionPoint(yield);
      yield->setOperand(0, copyLayers(insert, yield->getOperand(0), switchyard::pathOf(place) + "/end"));
    } else if (insert.getWhere() == Where::OnWeights) {
      return putOnWeights(insert, cast<LayerOpInterface>(place));
    } else if (insert.getWhere() == Where::Before) {
      builder.setInsertionPoint(place);
      place->setOperand(0, copyLayers(insert, place->getOperand(0), switchyard::pathOf(place)));
    } else {
      builder.setInsertionPointAfter(place);
      Value before = place->getResult(0);
      SmallVector<OpOperand *> uses;
      for (OpOperand &use : before.getUses())
        uses.push_back(&use);
      Value after = copyLayers(insert, before, switchyard::pathOf(place));
      for (OpOperand *use : uses)
        use->set(after);
    }
    return success();
  }

  /// Behind what stands on them already. Types come when they are inferred.
  LogicalResult putOnWeights(InsertOp insert, LayerOpInterface layer) {
    if (!layer.takesWeightChain())
      return insert.emitError() << "a " << layer.getKind() << " layer has no weights for layers to stand on";
    Operation *yield = switchyard::chainOnWeights(builder, layer, insert.getLoc()).getTerminator();
    builder.setInsertionPoint(yield);
    yield->setOperand(0, copyLayers(insert, yield->getOperand(0), switchyard::pathOf(layer) + "/weights"));
    return success();
  }

  /// With `replace`, the layer of that kind that ends the block goes.
  LogicalResult removeReplaced(InsertOp insert, Block &body) {
    Operation *last = body.getTerminator()->getOperand(0).getDefiningOp();
    auto layer = dyn_cast_or_null<LayerOpInterface>(last);
    if (!insert.getReplace() || !layer || !switchyard::isOfKind(last, *insert.getReplace()))
      return success();
    if (isAnothers(layer))
      return replacesAnothers(insert, layer);
    last->getResult(0).replaceAllUsesWith(last->getOperand(0));
    last->erase();
    return success();
  }

  Value copyLayers(InsertOp insert, Value value, const std::string &place) {
    IRMapping mapping = scalars;
    Block &body = insert.getBody().front();
    mapping.map(body.getArgument(0), value);
    for (Operation &op : body.without_terminator()) {
      Operation *copy = builder.clone(op, mapping);
      copy->walk<WalkOrder::PreOrder>([&](Operation *inner) { settle(insert, inner, place); });
    }
    return mapping.lookup(body.getTerminator()->getOperand(0));
  }

  /// Gives a copied element its path. Types are unranked until inferTypes runs: it takes its
  /// input's so that verifiers can read it meanwhile.
  void settle(InsertOp insert, Operation *op, const std::string &place) {
    if (!switchyard::isElement(op))
      return;
    std::string path =
        switchyard::freshName(paths, (place + "+" + declared() + "." + switchyard::kindOf(op)).str());
    switchyard::setPathOf(op, path);
    madeBy[op] = insert;
    if (auto layer = dyn_cast<LayerOpInterface>(op)) {
      layer.setInsertedBy(FlatSymbolRefAttr::get(defense.getSymNameAttr()));
      own.insert(op);
    }
    op->getResult(0).setType(op->getOperand(0).getType());
  }

  OpBuilder builder;
  NetworkOp result;
  DefenseOp defense;
  StringRef written;
  IRMapping scalars;
  llvm::StringSet<> paths;                      // of all layers: a path names a site of draws and parameters
  llvm::DenseSet<Operation *> own;              // the layers put in here
  llvm::DenseMap<Operation *, InsertOp> madeBy; // layers, residuals and choices put in here
  SmallVector<InsertOp> withoutPlace, changed;
  Operation *arithmetic = nullptr; // the last that was copied
  bool isChanged = false;
};

struct ApplyDefensesPass : switchyard::impl::ApplyDefensesBase<ApplyDefensesPass> {
  void runOnOperation() override {
    applied.clear();
    choices.clear();
    made = 0;
    SymbolTable symbols(getOperation());
    bool failedAny = false;
    getOperation().walk([&](DefendWithOp use) { failedAny |= failed(protect(symbols, use)); });
    if (failedAny)
      return signalPassFailure();
    switchyard::remarkCounts(getOperation(), "apply-defenses", {{"networks rewritten", made}});
  }

  LogicalResult protect(SymbolTable &symbols, DefendWithOp use) {
    auto network = symbols.lookup<NetworkOp>(use.protectedNetwork());
    std::string written = network.getDeclaredName().str();
    bool composed = use.getDefenses().size() > 1;
    ScopedDiagnosticHandler handler(&getContext(), [&](Diagnostic &diagnostic) {
      if (composed || diagnostic.getSeverity() == DiagnosticSeverity::Warning)
        diagnostic.attachNote(use.getLoc()) << "in `" << use.getLabel() << "`";
      return failure(); // goes on to the printer
    });
    if (std::vector<DefendWithOp> members = use.choices(); !members.empty()) {
      if (llvm::any_of(members, [](DefendWithOp member) { return !member.getNetwork(); }))
        return failure(); // reported there
      network = choiceOf(symbols, network, use, members);
    }
    for (auto [index, symbol] : llvm::enumerate(use.getDefenses().getAsValueRange<FlatSymbolRefAttr>())) {
      auto defense = symbols.lookup<DefenseOp>(symbol);
      if (defense.getBody().front().empty() && !use.choices().empty())
        continue; // the choice itself, which is made
      std::string name = (network.getSymName() + (index ? "+" : ".") + symbol).str();
      network = apply(symbols, network, defense, written, name);
      if (!network)
        return failure();
      written += (" with " + defense.getDeclaredName()).str();
    }
    use.setNetwork(network.getSymName());
    return success();
  }

  /// The network that is drawn among those of the members. Equal members make one, whatever their numbers.
  NetworkOp choiceOf(SymbolTable &symbols, NetworkOp base, DefendWithOp use, ArrayRef<DefendWithOp> members) {
    std::vector<Operation *> networks;
    for (DefendWithOp member : members)
      networks.push_back(symbols.lookup<NetworkOp>(*member.getNetwork()));
    const void *chances = use.getChancesAttr() ? use.getChancesAttr().getAsOpaquePointer() : nullptr;
    auto [entry, isNew] = choices.try_emplace({base, networks, chances});
    if (isNew) {
      auto declared = symbols.lookup<DefenseOp>(cast<FlatSymbolRefAttr>(use.getDefenses()[0]).getValue());
      std::string name = (base.getSymName() + ".choice").str();
      entry->second =
          switchyard::chosenNetwork(base, networks, use.getChancesAttr(), declared.getDeclaredName(), name);
      symbols.insert(entry->second);
      ++made;
    }
    return entry->second;
  }

  /// What the defense makes of the network, once; null where it cannot. `name` is for readers.
  NetworkOp apply(SymbolTable &symbols, NetworkOp network, DefenseOp defense, StringRef written,
                  StringRef name) {
    auto [entry, isNew] = applied.try_emplace({network, defense});
    if (!isNew)
      return entry->second;
    FailureOr<NetworkOp> result = Application(network, defense, written, name).run();
    if (failed(result))
      return {};
    symbols.insert(*result);
    ++made;
    return applied[{network, defense}] = *result;
  }

  llvm::DenseMap<std::pair<Operation *, Operation *>, NetworkOp> applied; // null: reported
  std::map<std::tuple<Operation *, std::vector<Operation *>, const void *>, NetworkOp> choices;
  int64_t made = 0; // networks
};

} // namespace
