// The swy dialect: its name, its one attribute (activation layouts), and the base classes of its operations.
// Scalars are tensors of rank zero throughout, so that one rule of broadcasting serves one example and a batch.

#ifndef SWITCHYARD_DIALECT_DIALECT_TD
#define SWITCHYARD_DIALECT_DIALECT_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"

def Swy_Dialect : Dialect {
  let name = "swy";
  let cppNamespace = "::switchyard::swy";
  let summary = "Randomized defenses of neural networks, attacks on them, experiments with them";
  let description = [{
    Two levels in one dialect. At experiment level (`ExperimentOps.td`) a module holds what the user wrote:
    networks with blocks, defenses as rewrites, attacks as programs for one example, experiments as grids.
    At program level (`ElementwiseOps.td`, `TensorOps.td`, `NetworkOps.td`) every piece of work is a function over tensors of
    static shape, and `swy.*_job` and `swy.cell` operations say what runs with which scalars.

    Broadcasting is by prefix: an operand whose shape is a leading part of the result's is repeated over the
    rest. `tensor<f32>` (a scalar) thus broadcasts over an example `tensor<1x28x28xf32>`, and after batching
    `tensor<100xf32>` (a value for each example) over `tensor<100x1x28x28xf32>`.
  }];
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
  let dependentDialects = ["::mlir::arith::ArithDialect"];
  let extraClassDeclaration = [{
    void registerTypes();
  }];
}

def Swy_Layout : I32Enum<"Layout", "order of an activation's elements in memory", [
    I32EnumCase<"Plain", 0, "plain">,
    I32EnumCase<"Blocked16", 1, "blocked16">,
    I32EnumCase<"ChannelsLast", 2, "channels_last">]> {
  let cppNamespace = "::switchyard::swy";
}

def Swy_LayoutAttr : EnumAttr<Swy_Dialect, Swy_Layout, "layout"> {
  let summary = "Memory layout of a batch of images, as a tensor's encoding";
  let description = [{
    `plain` (the same as no encoding) is row-major [batch, channels, height, width]; `blocked16` is
    [batch, channels / 16, height, width, 16], channels a multiple of 16; `channels_last` is one block of all channels:
    [batch, height, width, channels]. The tensor's shape stays logical.
    Example: `tensor<8x16x4x4xf32, #swy.layout<blocked16>>`
  }];
  let assemblyFormat = "`<` $value `>`";
}

def Swy_Owner : I32Enum<"Owner", "whose a draw or a scalar is", [
    I32EnumCase<"Model", 0, "model">,
    I32EnumCase<"Attack", 1, "attack">]> {
  let cppNamespace = "::switchyard::swy";
}

def Swy_OwnerAttr : EnumAttr<Swy_Dialect, Swy_Owner, "owner"> {
  let summary = "Whose a scalar of a function is: the protected model's or the attack's";
  let description = [{ Example: `{swy.role = "scalar", swy.owner = #swy.owner<attack>}` }];
  let assemblyFormat = "`<` $value `>`";
}

def Swy_SiteAttr : AttrDef<Swy_Dialect, "Site"> {
  let mnemonic = "site";
  let summary = "Where a draw is made, and whose it is (S3.1)";
  let description = [{
    A model's site is named by the layer or block that draws, an attack's counts the draws of its text. The model's
    draws are an estimator's sample set, the attack's own are not; names and numbers say which draw of them it is, and
    nothing else. Example: `#swy.site<model, "features/9">`, `#swy.site<attack, 0>`
  }];
  let parameters = (ins EnumParameter<Swy_Owner>:$owner, StringRefParameter<"of the model: the layer's">:$place,
                        "int64_t":$number);
  let builders = [
    AttrBuilder<(ins "::llvm::StringRef":$place), [{ return $_get($_ctxt, Owner::Model, place, 0); }]>,
    AttrBuilder<(ins "int64_t":$number), [{ return $_get($_ctxt, Owner::Attack, "", number); }]>
  ];
  let extraClassDeclaration = [{
    /// What the key of the draws is made of (docs/artifact.md).
    std::string getKeyText() const;
  }];
  let hasCustomAssemblyFormat = 1;
}

class Swy_Op<string mnemonic, list<Trait> traits = []> : Op<Swy_Dialect, mnemonic, traits>;

def Swy_Real : RankedTensorOf<[F32]>;
def Swy_Int  : RankedTensorOf<[I32]>;
def Swy_Bool : RankedTensorOf<[I1]>;
def Swy_Any  : RankedTensorOf<[F32, I32, I1]>;

#endif

