// Library level: what is left of convolutions and dense layers once the rest is linalg, and the loops handed to
// the runtime's threads. One operation for each kind of entry point of runtime/contract/entry_points.def, so that they
// bufferize in destination style and only the last step of the lowering knows how a call is made.

#ifndef SWITCHYARD_DIALECT_LIBRARY_OPS_TD
#define SWITCHYARD_DIALECT_LIBRARY_OPS_TD

include "dialect/Dialect.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Swy_Handle : TypeDef<Swy_Dialect, "Handle"> {
  let mnemonic = "handle";
  let summary = "A prepared library object: one direction of one geometry, with packed weights";
}

def Swy_Library : I32EnumAttr<"Library", "which family of library routines", [
    I32EnumAttrCase<"Conv2d", 0, "conv2d">, I32EnumAttrCase<"Dense", 1, "dense">]> {
  let cppNamespace = "::switchyard::swy";
}

def Swy_Direction : I32EnumAttr<"Direction", "what a prepared routine computes", [
    I32EnumAttrCase<"Forward", 0, "forward">, I32EnumAttrCase<"BackwardInput", 1, "backward_input">,
    I32EnumAttrCase<"BackwardWeights", 2, "backward_weights">]> {
  let cppNamespace = "::switchyard::swy";
}

def Swy_Buffer : AnyTypeOf<[RankedTensorOf<[F32]>, MemRefOf<[F32]>]>;
def Swy_IndexBuffer : AnyTypeOf<[RankedTensorOf<[I32]>, MemRefOf<[I32]>]>;

def Swy_PrepareOp : Swy_Op<"prepare"> {
  let summary = "Prepare a library routine for one geometry, packing its weights";
  let description = [{
    `geometry` are the numbers that the entry point takes between direction and weights:
    conv2d [batch, in_channels, height, width, out_channels, kernel_h, kernel_w, stride, padding, groups, input_layout,
    output_layout, relu, channels], dense [batch, inputs, outputs, relu, channels]; `channels` is 0 for plain
    weights, else how many are stacked, for grouped calls. Later changes of the weights are not seen.
    (C1) 14 numbers for conv2d, 5 for dense; (C2) weights are given unless the direction is backward_weights.
    Example: `%h = swy.prepare dense forward [8, 784, 10, 0, 0] weights %w : tensor<10x784xf32>`
  }];
  let arguments = (ins Swy_Library:$library, Swy_Direction:$direction, DenseI64ArrayAttr:$geometry,
                       Optional<Swy_Buffer>:$weights);
  let results = (outs Swy_Handle:$handle);
  let assemblyFormat = [{
    $library $direction $geometry (`weights` $weights^ `:` type($weights))? attr-dict
  }];
  let hasVerifier = 1;
}

def Swy_LibraryCallOp : Swy_Op<"library_call", [DestinationStyleOpInterface, AttrSizedOperandSegments]> {
  let summary = "Run a prepared library routine";
  let description = [{
    In destination style: on tensors the results are the outputs' new contents, on memrefs there are none.
    With `offsets`, a grouped call: rows offsets[c] .. offsets[c + 1] - 1 use channel c's weights and bias.
    (C1) forward takes input and bias, or no bias, and gives one output; backward_input takes the cotangent and gives one;
    backward_weights takes input and cotangent and gives two: weights and bias, and is never grouped.
    Example: `%y = swy.library_call dense forward %h ins(%x, %b : tensor<8x784xf32>, tensor<10xf32>)
              outs(%o : tensor<8x10xf32>) -> tensor<8x10xf32>`
  }];
  let arguments = (ins Swy_Library:$library, Swy_Direction:$direction, Swy_Handle:$handle,
                       Optional<Swy_IndexBuffer>:$offsets, Variadic<Swy_Buffer>:$inputs,
                       Variadic<Swy_Buffer>:$outputs);
  let results = (outs Variadic<RankedTensorOf<[F32]>>:$results);
  let assemblyFormat = [{
    $library $direction $handle (`groups` $offsets^ `:` type($offsets))? `ins` `(` $inputs `:` type($inputs) `)` `outs` `(` $outputs `:` type($outputs) `)`
    attr-dict (`->` type($results)^)?
  }];
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getOutputsMutable(); }
  }];
  let hasVerifier = 1;
}

def Swy_SortRowsOp : Swy_Op<"sort_rows", [DestinationStyleOpInterface]> {
  let summary = "swy.group_order as a call of the runtime, in destination style";
  let description = [{
    (C1) three outputs: order and inverse of the channels' shape, and `below` + 1 offsets.
    Example: `%s:3 = swy.sort_rows %c below 5 : tensor<8xi32> outs(%o, %i, %f : tensor<8xi32>, tensor<8xi32>, tensor<6xi32>)
              -> tensor<8xi32>, tensor<8xi32>, tensor<6xi32>`
  }];
  let arguments = (ins Swy_IndexBuffer:$channel, ConfinedAttr<I64Attr, [IntPositive]>:$below, Variadic<Swy_IndexBuffer>:$outputs);
  let results = (outs Variadic<RankedTensorOf<[I32]>>:$results);
  let assemblyFormat = [{
    $channel `below` $below `:` type($channel) `outs` `(` $outputs `:` type($outputs) `)` attr-dict
    (`->` type($results)^)?
  }];
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getOutputsMutable(); }
  }];
  let hasVerifier = 1;
}

def Swy_ScatterSamplesOp : Swy_Op<"scatter_samples", [DestinationStyleOpInterface,
    AllTypesMatch<["cotangent", "rows", "columns"]>, AllTypesMatch<["output", "result"]>]> {
  let summary = "swy.sample_backward in destination style, added to what is there";
  let description = [{
    Its parallel loop runs over planes, since places may meet inside of one: it becomes that when it is bufferized.
    Example: `%s = swy.scatter_samples %dy at %r, %c : tensor<2x3x6x6xf32> outs(%o : tensor<2x3x8x8xf32>)`
  }];
  let arguments = (ins RankedTensorOf<[F32]>:$cotangent, RankedTensorOf<[F32]>:$rows, RankedTensorOf<[F32]>:$columns,
                       RankedTensorOf<[F32]>:$output);
  let results = (outs RankedTensorOf<[F32]>:$result);
  let assemblyFormat = [{
    $cotangent `at` $rows `,` $columns `:` type($cotangent) `outs` `(` $output `:` type($output) `)` attr-dict
  }];
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getOutputMutable(); }
  }];
}

def Swy_ReleaseOp : Swy_Op<"release"> {
  let summary = "Give a prepared library routine back";
  let description = [{
    The last use of the handle: the runtime keeps its memory for the next `prepare` of the same geometry.
    Example: `swy.release %h`
  }];
  let arguments = (ins Swy_Handle:$handle);
  let assemblyFormat = "$handle attr-dict";
}

def Swy_ParallelForOp : Swy_Op<"parallel_for", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "Run a loop body over [0, count) on the runtime's threads";
  let description = [{
    Calls `body(begin, end, captures...)` over disjoint ranges that cover [0, count), each at least `grain`
    long but the last. (C1) the body is a function of two indices and the captures' types, without results.

    Example:
    ```
    func.func private @scale_loop_0(index, index, memref<1024xf32>, memref<1024xf32>)
    swy.parallel_for @scale_loop_0 count 1024 grain 256 (%x, %y) : memref<1024xf32>, memref<1024xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$body, ConfinedAttr<I64Attr, [IntNonNegative]>:$count,
                       ConfinedAttr<I64Attr, [IntPositive]>:$grain, Variadic<AnyType>:$captures);
  let assemblyFormat = [{
    $body `count` $count `grain` $grain `(` $captures `)` attr-dict (`:` type($captures)^)?
  }];
}

#endif
