// A network of layers as program-level operations inside a function under construction.
#ifndef SWITCHYARD_COMPILER_PASSES_NETWORKPROGRAM_H
#define SWITCHYARD_COMPILER_PASSES_NETWORKPROGRAM_H

#include "dialect/Experiment.h"

#include "llvm/ADT/StringSet.h"

#include <optional>

namespace switchyard {

/// A parameter of a network: one channel's, the number of the block it belongs to (from 0), and how many
/// channels that block has (0: it does not switch).
struct NetworkParameter : swy::KeptParameter {
  int64_t block, channels;

  /// As the protected network has it: a stack of all channels where the block switches.
  mlir::RankedTensorType wholeType() const { return channels ? swy::stackedType(type, channels) : type; }
};

/// `wanted`, with a number behind it if it is taken, which it is then.
std::string freshName(llvm::StringSet<> &taken, const std::string &wanted);

/// Where the `number`th member of a choice of networks at `path` stands: names of what is in it begin so.
std::string memberPrefix(llvm::StringRef path, size_t number);

/// How many parts a network is trained in: its blocks, or all of it where it has none.
int64_t partsOf(swy::NetworkOp network);

/// All parameters, in the order of the layers.
llvm::SmallVector<NetworkParameter> parametersOf(swy::NetworkOp network);

/// Whether it is what chains are made of: a layer, a residual, a choice.
bool isElement(mlir::Operation *op);
/// Of one of these, as places name it.
llvm::StringRef kindOf(mlir::Operation *element);
/// Whether a place of that kind means it: its own kind, or any `layer`.
bool isOfKind(mlir::Operation *element, llvm::StringRef kind);
/// Of an element its path in the network, of a block its name.
std::string pathOf(mlir::Operation *place);
void setPathOf(mlir::Operation *place, const std::string &path);
/// A kind as messages name it: "conv layer", "residual".
std::string elementText(llvm::StringRef kind);

/// Whether an attacker takes the layer's derivative for the identity.
bool isAsIdentity(mlir::Operation *layer, mlir::ArrayAttr kinds);

/// The blocks, in order.
llvm::SmallVector<swy::BlockOp> blocksOf(swy::NetworkOp network);

/// Whether layers draw at random at inference, switching aside.
bool hasRandomLayers(swy::NetworkOp network);

/// Where paths part: at a switching block, whose channels they go through, or at a choice of chains.
struct Fork {
  mlir::Operation *op;             // a swy.block with channels, or a swy.choose
  int64_t number;                  // among those of the network, from 0, in order
  int64_t part;                    // the number of the block that it is, or is in
  int64_t count;                   // of channels, or members
  mlir::DenseF64ArrayAttr chances; // null: equal ones

  bool isBlock() const { return mlir::isa<swy::BlockOp>(op); }
  /// Of its draws.
  std::string site() const;
};
llvm::SmallVector<Fork> forksOf(swy::NetworkOp network);

/// The ways from the image to the logits (Paths.h): 1 without forks; saturates at 2^31.
int64_t pathsOf(swy::NetworkOp network);
/// How often loops over all forks, one in the other, run: more than the paths where forks stand in members.
int64_t turnsOf(swy::NetworkOp network);

/// Which channel or member is taken: each example's own (`perExample`), or one for all. A switching block's
/// parameters are those of it, out of a stack.
struct Channel {
  mlir::Value value;
  bool perExample;
};

/// Says which way is taken at a fork; none, of a switching block: the program holds one channel's parameters
/// alone.
using ChooseChannel =
    llvm::function_ref<std::optional<Channel>(mlir::OpBuilder &, const Fork &, const swy::Instantiation &)>;

/// Blocks `first` to `last` - 1 of a network; layers outside of blocks belong to the block behind them.
struct BlockSpan {
  int64_t first = 0, last = INT64_MAX;
};

/// A number of the network's body, which depends on its scalars alone, in a function that has their values.
mlir::Value buildNumber(mlir::OpBuilder &builder, mlir::Value number, mlir::ValueRange scalars);

/// Builds what the blocks of `range` give for one example (for the whole network: logits, [classes]).
/// `scalars` are the values of the network's scalars, in order.
mlir::Value buildNetwork(mlir::OpBuilder &builder, swy::NetworkOp network, mlir::Value example,
                         mlir::ValueRange scalars, const swy::Instantiation &how, ChooseChannel choose,
                         BlockSpan range = {});

/// Builds what a chain of layers that stands by itself, without scalars, gives for `input`.
mlir::Value buildChain(mlir::OpBuilder &builder, mlir::Region &chain, mlir::Value input,
                       const swy::Instantiation &how, ChooseChannel choose);

/// The values that a training of the network's own (`train_against`, `train_by`) gives its attack or loss,
/// from those of the network's scalars.
llvm::SmallVector<mlir::Value> buildTrainingScalars(mlir::OpBuilder &builder, mlir::Operation *training,
                                                    mlir::ValueRange scalars);

} // namespace switchyard

#endif
