// The passes that take program-level swy functions down to LLVM, in alphabetical order; Pipeline.cpp has theirs.

#ifndef SWITCHYARD_COMPILER_LOWERING_PASSES_TD
#define SWITCHYARD_COMPILER_LOWERING_PASSES_TD

include "mlir/Pass/PassBase.td"

def ApproximateMath : Pass<"swy-approximate-math"> {
  let summary = "Write functions without an instruction (exponentials, logarithms, ...) as polynomials";
  let description = [{
    A call of libm in a loop keeps LLVM from vectorizing it (6 to 80 times slower); MLIR's polynomials are
    accurate to a few units in the last place.
    ```
    %e = math.exp %x : f32   ==>   multiplications, additions and bit shifts
    ```
    With `powers`, x^y becomes exp(y log |x|) with the sign that y gives it; without, it stays a call of powf, which
    is exact to the last place.
  }];
  let options = [Option<"powers", "powers", "bool", "false", "Powers too: a GPU kernel has no library to call.">];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
                           "::mlir::vector::VectorDialect"];
}

def AssignDestinations : Pass<"swy-assign-destinations", "::mlir::ModuleOp"> {
  let summary = "Say into which buffer every result of an entry function and every loop-carried value goes";
  let description = [{
    Every result that is not written into an argument (`swy.into`) gets a new argument; results and
    loop-carried values are materialized in their destinations, and what computes them writes there at once
    where bufferization finds it legal. Records the signature (Signatures.h) as `swy.signature`. Runs after
    fusion, right before bufferization.
    ```
    func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> attributes {swy.entry} {
      %y = linalg.generic ins(%x) outs(%empty) ...
      return %y
    ==>
    func.func @f(%x: tensor<4xf32> {bufferization.writable = false},
                 %o: tensor<4xf32> {bufferization.writable = true}) -> tensor<4xf32> {
      %y = linalg.generic ins(%x) outs(%o) ...
      %r = bufferization.materialize_in_destination %y in %o
      return %r
    ```
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect", "::mlir::linalg::LinalgDialect"];
}

def AssignLayouts : Pass<"swy-assign-layouts", "::mlir::func::FuncOp"> {
  let summary = "Choose the memory layout of activations";
  let description = [{
    Values that are connected to a convolution through operations indifferent to layout, and whose channels
    are a multiple of 16, become `blocked16`, what the library's kernels work in and what vectorizes best in
    pooling. With `channels-last`, in functions of precision tf32 alone, those whose channels are a multiple of 4
    become `channels_last`, what a GPU's tensor cores work in. Conversions are inserted where a plain value is wanted (flattening, loop-carried values, the
    function's boundary). Types only: the operations stay as they are.
    ```
    %y = swy.conv2d %x, %w, %b stride 1 padding 0 : tensor<8x1x6x6xf32>, ... -> tensor<8x16x4x4xf32>
    %f = swy.reshape %y
    ==>
    %y = swy.conv2d ... -> tensor<8x16x4x4xf32, #swy.layout<blocked16>>
    %p = swy.convert_layout %y
    %f = swy.reshape %p
    ```
  }];
  let options = [Option<"channelsLast", "channels-last", "bool", "false", "for a GPU: channels last, under tf32">];
}

def DeviceMath : Pass<"swy-device-math", "::mlir::gpu::GPUModuleOp"> {
  let summary = "Give kernels instructions in the place of mathematical functions";
  let description = [{
    Square roots, fused multiply-adds and the like become LLVM's intrinsics, for which NVPTX has instructions.
    Nothing calls libdevice, so no part of CUDA is needed to compile (S3.2: exponentials and logarithms are
    polynomials, the same as the CPU's).
    ```
    %y = math.sqrt %x : f32   ==>   %y = llvm.call_intrinsic "llvm.sqrt"(%x) : (f32) -> f32
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def EmulateKernels : Pass<"swy-emulate-kernels", "::mlir::ModuleOp"> {
  let summary = "Make a function of every kernel that a CPU runs thread by thread (for tests)";
  let description = [{
    Block and thread become arguments, shuffles and barriers calls of hooks (runtime/contract/abi.h, `swy_emulation`), so
    that what goes to PTX can be held against the CPU's results where there is no GPU.
    ```
    gpu.func @k(%x: memref<4xf32>) kernel { %t = gpu.thread_id x ... }
    ==>
    func.func @k(%block: index, %thread: index, %hooks: !llvm.ptr, %x: memref<4xf32>) attributes {swy.kernel = 0}
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::func::FuncDialect"];
}

def FuseActivations : Pass<"swy-fuse-activations"> {
  let summary = "Let convolutions and dense layers apply the relu that follows";
  let description = [{
    A relu that is the only use of a convolution or dense layer becomes its `relu` attribute. Before that a
    relu under a max-pooling moves above it, where there are size^2 times fewer elements; its backward then
    looks at the pooled activation. The largest element's relu is the largest relu, so results stay as they
    were but for the sign of zero; NaN passes through both.
    ```
    %y = swy.conv2d ...; %r = swy.relu %y; %p, %i = swy.max_pool %r size 2
    ==>
    %y = swy.conv2d ...; %m, %i = swy.max_pool %y size 2; %p = swy.relu %m
    ```
  }];
  let options = [Option<"intoLayers", "into-layers", "bool", "true",
                        "let layers apply the relu; else it only moves below poolings">];
}

def FuseElementwise : Pass<"swy-fuse-elementwise"> {
  let summary = "Merge elementwise linalg operations, so that nothing is stored that a loop could keep";
  let description = [{
    A producer joins its consumer when both run over the same elements; if it has later users too, the merged
    operation yields both values (a weight and its momentum are updated in one loop). A value that is
    broadcast is not recomputed for every element, unless it is a scalar computed from scalars. Random draws
    stay loops of their own, because one Philox block makes four elements.
    ```
    %a = linalg.generic {mul} ins(%x, %y); %b = linalg.generic {add} ins(%a, %z)
    ==>
    %b = linalg.generic {mul, add} ins(%x, %y, %z)
    ```
    What is read by index (rows in another order, the cotangent of a pooling's window) is computed there, if the option
    says so: a GPU saves a kernel by that, a CPU loses its vectors.
  }];
  let options = [Option<"intoIndexedReads", "into-indexed-reads", "bool", "false",
                        "let cheap producers join operations that read them by index">];
  let dependentDialects = ["::mlir::affine::AffineDialect", "::mlir::linalg::LinalgDialect"];
}

def GroupRows : Pass<"swy-group-rows", "::mlir::func::FuncOp"> {
  let summary = "Sort the examples of a batch by the channel they drew, once for each draw (S3.5)";
  let description = [{
    Only layers with weights care for groups; all else between `swy.group` and `swy.ungroup` works on the rows in
    whatever order they stand.
    ```
    %g = swy.group %x by %c below 5; %y = swy.dense %g, %w, %b channel %c; %u = swy.ungroup %y by %c below 5
    ==>
    %order, %inverse, %offsets = swy.group_order %c
    %g = swy.take_rows %x, %order; %y = swy.dense %g, %w, %b channel %offsets; %u = swy.take_rows %y, %inverse
    ```
  }];
}

def HostScalars : Pass<"swy-host-scalars", "::mlir::func::FuncOp"> {
  let summary = "Let the host's control flow read the host's copies of scalars";
  let description = [{
    A device function's arguments are the device's memory. A scalar that a loop's bound is read from becomes a
    further argument, marked with the number of the one that it is a copy of. (C1) no control flow depends on a
    value that is computed on the device; (C2) kernels and libraries get no memory of the host's.
    ```
    func.func @f(%steps: memref<i32>) { %n = memref.load %steps[] ...
    ==>
    func.func @f(%steps: memref<i32>, %host: memref<i32> {swy.host_copy = 0}) { %n = memref.load %host[] ...
    ```
  }];
}

def LowerToLinalg : Pass<"swy-lower-to-linalg", "::mlir::func::FuncOp"> {
  let summary = "Turn program-level operations into linalg and library calls";
  let description = [{
    Tensors with a layout become tensors of their physical shape. Broadcasting becomes indexing maps, draws
    become Philox arithmetic on the element's index, convolutions and dense layers become
    `swy.prepare`, `swy.library_call`, `swy.release`.
    ```
    %y = swy.mul %s, %x : (tensor<f32>, tensor<8x4xf32>) -> tensor<8x4xf32>
    ==>
    %y = linalg.generic {maps: (d0, d1) -> (), (d0, d1) -> (d0, d1), (d0, d1) -> (d0, d1)} {arith.mulf}
    ```
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
                           "::mlir::tensor::TensorDialect"];
}

def LowerToLLVM : Pass<"swy-lower-to-llvm", "::mlir::ModuleOp"> {
  let summary = "Turn everything that is left into the LLVM dialect";
  let description = [{
    Memrefs are plain pointers at function boundaries. Entry functions get the context as their first argument
    and a wrapper of the type `swy_compiled_function` (runtime/contract/abi.h) under their own name; loop bodies get one
    that unpacks their captures; library operations become calls of runtime/contract/entry_points.def. Expects
    `swy-outline-loops`, structured control flow lowered to branches and affine arithmetic expanded.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def OutlineKernels : Pass<"swy-outline-kernels", "::mlir::ModuleOp"> {
  let summary = "Make every linalg operation a GPU kernel and its launch";
  let description = [{
    A thread computes an element, or four neighbours where there is enough to do; a long reduction is a block's
    work, by shuffles within warps. Operations that follow one another share a kernel where they run over the same
    elements (a random draw and what it is added to), or do little for each row of a batch (a loss and its
    gradient); values that nothing else reads are then not written to memory. What does not meet (the updates of
    all weights) runs in blocks of its own of one kernel. Scalars of the call are read, and what follows from them
    computed, in the kernel. Equal kernels are emitted once.
    ```
    linalg.generic ins(%x : memref<64x100xf32>) outs(%y : memref<64x100xf32>) {...}
    ==>
    gpu.launch_func @kernels::@f_kernel_0 blocks in (%25, %1, %1) threads in (%256, %1, %1) args(%x, %y)
    gpu.module @kernels { gpu.func @f_kernel_0(%x: ..., %y: ...) kernel {...} }
    ```
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect", "::mlir::gpu::GPUDialect",
                           "::mlir::linalg::LinalgDialect", "::mlir::scf::SCFDialect"];
}

def OutlineLoops : Pass<"swy-outline-loops", "::mlir::ModuleOp"> {
  let summary = "Make every linalg operation a function of a range, run on the runtime's threads";
  let description = [{
    Dimensions that every operand runs through in order are merged first, for long inner loops. The outermost
    dimension, if parallel, becomes the range; too little work to share is called directly. Equal bodies are
    emitted once. Arguments of a body never overlap, and say so to LLVM.
    ```
    linalg.generic ins(%x : memref<64x100xf32>) outs(%y : memref<64x100xf32>) {...}
    ==>
    swy.parallel_for @f_loop_0 count 6400 grain 4096 (%x, %y)
    func.func private @f_loop_0(%begin: index, %end: index, %x: ..., %y: ...) { scf.for %i = %begin to %end ... }
    ```
  }];
  let dependentDialects = ["::mlir::func::FuncDialect", "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect"];
}

def PackWeights : Pass<"swy-pack-weights", "::mlir::func::FuncOp"> {
  let summary = "Prepare each library routine once, as soon as its weights are known";
  let description = [{
    `swy.prepare` moves up to where its weights come into being (out of an attack's loop), equal ones become
    one, and it is released where its block ends.
    ```
    scf.for ... { %h = swy.prepare dense forward [8, 784, 10, 0] weights %w; ...; swy.release %h }
    ==>
    %h = swy.prepare dense forward [8, 784, 10, 0] weights %w; scf.for ... { ... }; swy.release %h
    ```
  }];
}

def PlanArena : Pass<"swy-plan-arena", "::mlir::ModuleOp"> {
  let summary = "Give every buffer a place in one arena";
  let description = [{
    Buffers that are never live at the same time share memory: first fit, the largest first, 64-byte
    alignment. A buffer made outside a loop and used inside lives through the whole loop. The arena is a new
    last argument; its size is recorded as `swy.arena_bytes`.
    ```
    %t = memref.alloc() : memref<4xf32>   ==>   %t = memref.view %arena[%offset][] : memref<64xi8> to memref<4xf32>
    ```
    Linalg operations in a row may become one kernel, whose threads are not all at the same one of them: with the
    option, their buffers live at one time.
  }];
  let options = [Option<"runsTogether", "runs-together", "bool", "false",
                        "keep what linalg operations in a row touch apart">];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect"];
}

#endif
