// Attributes of program level: layouts of activations, sites of draws, whose a scalar is, how exact a function computes.

#ifndef SWITCHYARD_DIALECT_ATTRIBUTES_TD
#define SWITCHYARD_DIALECT_ATTRIBUTES_TD

include "dialect/Dialect.td"

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
    A model's site is named by the layer or block that draws, with the number of the draw where a layer makes several,
    an attack's counts the draws of its text. In a layer's program the place is empty. The model's draws are an
    estimator's sample set, the attack's own are not; names and numbers say which draw of them it is, and nothing else.
    Example: `#swy.site<model, "features/9">`, `#swy.site<model, "features/9", 1>`, `#swy.site<attack, 0>`
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

def Swy_Precision : I32Enum<"Precision", "how convolutions and dense layers compute (S6.2)", [
    I32EnumCase<"Float32", 0, "float32">, I32EnumCase<"Tf32", 1, "tf32">,
    I32EnumCase<"ExactOrder", 2, "exact_order">]> {
  let cppNamespace = "::switchyard::swy";
}

def Swy_PrecisionAttr : EnumAttr<Swy_Dialect, Swy_Precision, "precision"> {
  let summary = "How convolutions and dense layers of a function compute (S6.2)";
  let description = [{ Not written where it is float32. Example: `{swy.precision = #swy.precision<tf32>}` }];
  let assemblyFormat = "`<` $value `>`";
}

#endif
