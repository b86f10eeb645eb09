// Layers as programs (S1.8): what a `layer` of the language computes, and where one stands in a network.

#ifndef SWITCHYARD_DIALECT_LAYER_PROGRAM_OPS_TD
#define SWITCHYARD_DIALECT_LAYER_PROGRAM_OPS_TD

include "dialect/ExperimentOps.td"
include "dialect/LayerOps.td"

def Swy_Each : I32EnumAttr<"Each", "who has a value of its own", [
    I32EnumAttrCase<"Layer", 0, "layer">, I32EnumAttrCase<"Channel", 1, "channel">,
    I32EnumAttrCase<"Element", 2, "element">]> {
  let cppNamespace = "::switchyard::swy";
}

def Swy_TrainedOp : Swy_Op<"trained", [Pure, HasParent<"LayerProgramOp">]> {
  let summary = "A value that the layer keeps and training changes (S1.8)";
  let description = [{
    `name` is the parameter's behind the layer's path. (C1) the result is a number where `each` says layer, else it has the
    shape of the layer's input.

    Example:
    ```
    swy.layer_program @learned scalars ["start"] {
    ^bb0(%x: tensor<*xf32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %pass: tensor<i32>, %start: tensor<f32>):
      %s = swy.trained "size" from %start each channel : tensor<f32> -> tensor<*xf32>
      %y = swy.mul %s, %x : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
      swy.yield %y : tensor<*xf32>
    }
    ```
  }];
  let arguments = (ins StrAttr:$name, 0DTensorOf<[F32]>:$start, Swy_Each:$each);
  let results = (outs Swy_OpenReal:$result);
  let assemblyFormat = "$name `from` $start `each` $each attr-dict `:` type($start) `->` type($result)";
  let hasVerifier = 1;
}

def Swy_LayerProgramOp : Swy_Op<"layer_program", [Symbol, IsolatedFromAbove, SingleBlock]> {
  let summary = "A layer: a program for one example of any shape";
  let description = [{
    The block's arguments are the layer's input, the random row, stream and pass, then the reals that `scalars` names. A
    tensor without rank has the shape of the input, `tensor<?xf32>` all its elements in one dimension; both have sizes where
    the layer lands (swy.program_layer). Draws have the place "" and are numbered. (C1) arguments of these types; (C2) it
    yields what has the input's type; (C3) no operation has a region.

    Example:
    ```
    swy.layer_program @noisy scalars ["size"] {
    ^bb0(%x: tensor<*xf32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %pass: tensor<i32>, %size: tensor<f32>):
      %n = swy.random_normal %stream, %rows, %pass site <model, ""> :
        tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<*xf32>
      %m = swy.mul %size, %n : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
      %y = swy.add %x, %m : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
      swy.yield %y : tensor<*xf32>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, OptionalAttr<StrAttr>:$declared,
                       DefaultValuedAttr<StrArrayAttr, "{}">:$scalars);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name (`declared` $declared^)? (`scalars` $scalars^)? attr-dict-with-keyword $body";
  let hasVerifier = 1;
  let extraClassDeclaration = Swy_declaredMethods # [{
    /// Whether it draws at random.
    bool draws();
    /// Whether it asks for rows, columns or channels, which a flat input has not.
    bool asksForImage();
    /// What it asks for that an image has and weights have not; empty: nothing. Weights have channels, their outputs.
    ::llvm::StringRef asksForPixels();
  }];
}

def Swy_ProgramLayerOp : Swy_Op<"program_layer", [Pure, Swy_NamesSymbols,
    DeclareOpInterfaceMethods<Swy_LayerOpInterface, ["getKind", "inferType", "getParameters", "actsIn", "drawsIn", "instantiate"]>]> {
  let summary = "A layer that is a program, in a network";
  let description = [{
    In the phase that `when` does not name it is the identity, and so is one that draws where randomness is off. (C1) there is
    such a program; (C2) it is given its scalars.
    Example: `%y = swy.program_layer @noisy of %x scalars %d when always path "features/1" :
    (tensor<64xf32>, tensor<f32>) -> tensor<64xf32>`
  }];
  let arguments = (ins AnyTensor:$input, Variadic<Swy_Real>:$scalars, FlatSymbolRefAttr:$program, Swy_When:$when,
                       StrAttr:$path);
  let results = (outs AnyTensor:$result);
  let assemblyFormat = [{
    $program `of` $input (`scalars` $scalars^)? `when` $when `path` $path attr-dict `:`
    functional-type(operands, results)
  }];
}

#endif
