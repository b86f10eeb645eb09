// Experiment level: what chains of layers are made of beside layers, and what blocks of a network are.

#ifndef SWITCHYARD_DIALECT_STRUCTURE_OPS_TD
#define SWITCHYARD_DIALECT_STRUCTURE_OPS_TD

include "dialect/Dialect.td"
include "mlir/IR/OpBase.td"

def Swy_BlockOp : Swy_Op<"block", [SingleBlock]> {
  let summary = "A named block of layers, the unit that defenses switch and split";
  let description = [{
    With `channels`, a switching block: that many parallel copies of its layers, of which each forward pass draws
    one for each example (S3.4). Its parameters are then stacked, [channels, ...]. (C1) one argument, of the input's type;
    (C2) yields one value, of the result's type.

    Example:
    ```
    %y = swy.block "head" %x channels 5 : tensor<16xf32> -> tensor<10xf32> {
    ^bb0(%a: tensor<16xf32>):
      %d = swy.dense_layer %a units 10 path "head/0" : tensor<16xf32> -> tensor<10xf32>
      swy.yield %d : tensor<10xf32>
    }
    ```
  }];
  let arguments = (ins StrAttr:$name, AnyTensor:$input, OptionalAttr<ConfinedAttr<I64Attr, [IntPositive]>>:$channels);
  let results = (outs AnyTensor:$result);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $name $input (`channels` $channels^)? attr-dict `:` type($input) `->` type($result) $body
  }];
  let hasVerifier = 1;
}

def Swy_ResidualOp : Swy_Op<"residual", [SingleBlock]> {
  let summary = "The sum of what two chains of layers make of one input (He et al., 2016)";
  let description = [{
    Stands in a block or a rewrite where a layer can, and in chains of its own. A `shortcut` that yields its argument is the
    input itself. `path` is its place: sites of what is put around it begin so. (C1) each chain has one argument, of the
    input's type; (C2) each yields one value, of the result's type.

    Example:
    ```
    %y = swy.residual %x path "body/residual" : tensor<4x8x8xf32> -> tensor<4x8x8xf32> {
    ^bb0(%a: tensor<4x8x8xf32>):
      %c = swy.conv_layer %a channels 4 kernel 3 stride 1 padding 1 path "body/residual/0" : tensor<4x8x8xf32> -> tensor<4x8x8xf32>
      swy.yield %c : tensor<4x8x8xf32>
    } shortcut {
    ^bb0(%a: tensor<4x8x8xf32>):
      swy.yield %a : tensor<4x8x8xf32>
    }
    ```
  }];
  let arguments = (ins AnyTensor:$input, StrAttr:$path);
  let results = (outs AnyTensor:$result);
  let regions = (region SizedRegion<1>:$main, SizedRegion<1>:$shortcut);
  let assemblyFormat = [{
    $input `path` $path attr-dict `:` type($input) `->` type($result) $main `shortcut` $shortcut
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// As places name it.
    static constexpr ::llvm::StringLiteral kind() { return "residual"; }
  }];
}

def Swy_ChooseOp : Swy_Op<"choose", [SingleBlock]> {
  let summary = "One of several chains of layers, drawn for each example and pass (S3.7)";
  let description = [{
    Stands where swy.residual does. `path` is its place: the draw's site and paths of what is inside begin so. (C1) each
    chain has one argument, of the input's type, and (C2) yields one value, of the result's type; (C3) two chains or more,
    and a chance for each or none.

    Example:
    ```
    %y = swy.choose %x path "body/choose" chances [7.5e-01, 2.5e-01] : tensor<4x8x8xf32> -> tensor<4x8x8xf32> {
    ^bb0(%a: tensor<4x8x8xf32>):
      %c = swy.relu_layer %a path "body/choose/0/0" : tensor<4x8x8xf32> -> tensor<4x8x8xf32>
      swy.yield %c : tensor<4x8x8xf32>
    }, {
    ^bb0(%a: tensor<4x8x8xf32>):
      swy.yield %a : tensor<4x8x8xf32>
    }
    ```
  }];
  let arguments = (ins AnyTensor:$input, StrAttr:$path, Swy_Chances:$chances);
  let results = (outs AnyTensor:$result);
  let regions = (region VariadicRegion<SizedRegion<1>>:$members);
  let assemblyFormat = [{
    $input `path` $path (`chances` $chances^)? attr-dict `:` type($input) `->` type($result) $members
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// As places name it.
    static constexpr ::llvm::StringLiteral kind() { return "choose"; }
  }];
}

#endif
