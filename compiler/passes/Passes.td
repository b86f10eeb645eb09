// Passes from swy to swy. Alphabetical; the order they run in is Pipeline.cpp.

#ifndef SWITCHYARD_COMPILER_PASSES_PASSES_TD
#define SWITCHYARD_COMPILER_PASSES_PASSES_TD

include "mlir/Pass/PassBase.td"

def ApplyDefenses : Pass<"swy-apply-defenses", "::mlir::ModuleOp"> {
  let summary = "Rewrite each experiment's network by each of its defenses";
  let description = [{
    Makes one network for each pair of network and defense, names it in `swy.defend_with`, and infers its types
    anew. A defense's real parameters become scalars of the network. A selector that matches nothing and
    shapes that do not meet after a rewrite are errors at the rewrite.

    ```
    swy.defend_with @noise ...            ==>   swy.defend_with @noise ... network @net.noise
                                                swy.network @net.noise ... scalars ["noise.deviation"] {...}
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def Batch : Pass<"swy-batch", "::mlir::ModuleOp"> {
  let summary = "Turn programs for one example into programs for a batch (S1.1)";
  let description = [{
    In each function with `swy.batch = B`, arguments that belong to an example (roles image, label, goal, rows,
    restart, example_weight) and everything computed from them get a leading dimension B. Parameters and scalars do not.
    Runs before `swy-differentiate`, so that a parameter's gradient is summed, not kept for each example.

    With `scalars-per-row` an attack's own real scalars (eps, step) belong to examples as well, so that a batch may hold
    rows of several settings; not those that decide how often a loop runs.
  }];
  let options = [
    Option<"scalarsPerRow", "scalars-per-row", "bool", "false", "each example has its own settings of the attack">
  ];
}

def FitBatches : Pass<"swy-fit-batches", "::mlir::ModuleOp"> {
  let summary = "Choose how many examples attacks and predictions take at once by the work there is";
  let description = [{
    At most `largest`; the rows of the largest job, or of several that run together, are spread evenly over their batches.
    No part of any result (S6.1), so it runs behind `swy-name-jobs`.
  }];
  let options = [Option<"largest", "largest", "int64_t", "2048", "rows of a batch at most">];
}

def BuildPrograms : Pass<"swy-build-programs", "::mlir::ModuleOp"> {
  let summary = "Make the functions that jobs call: init, train step, predict, attack";
  let description = [{
    Each function is written for one example, over `swy` and `scf` operations, with its arguments' roles as
    attributes (docs/artifact.md). `swy.gradient` still stands for gradients. Networks and attacks are read,
    not changed. Jobs get references to their functions.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::func::FuncDialect", "::mlir::scf::SCFDialect",
                           "::mlir::tensor::TensorDialect"];
  let options = [
    Option<"attackBatch", "attack-batch", "int64_t", "100", "examples attacked or predicted at once">
  ];
}

def CountGradients : Pass<"swy-count-gradients", "::mlir::ModuleOp"> {
  let summary = "Keep a tally of an attack's gradients: not finite, zero everywhere (S2.2)";
  let description = [{
    A function with a result of role `adversarial`, or of role `loss` (a step of training, which may hold an attack),
    gets another of role `gradient_tally`, with four numbers for each `swy.gradient` in it that each example has of its
    own (not at a parameter); `swy.gradients` lists their places in the source. Every turn of a loop begins a tally of its
    own and joins it to the loop's. Takes `where` away from all gradients. Runs behind `swy-name-jobs`, since no name
    depends on it, and before all that averages gradients or takes loops apart: what is counted is what the attack
    reads.

    ```
    scf.for iter_args(%x) { %g = swy.gradient of %e at %x where %c; yield %next }
    ==>
    scf.for iter_args(%x, %t = empty_tally) {
      %g = swy.gradient of %e at %x
      %turn = swy.tally_gradient (empty_tally), %g where %c number 0; yield %next, swy.join_tallies %t, %turn }
    ```
  }];
}

def Differentiate : Pass<"swy-differentiate", "::mlir::ModuleOp"> {
  let summary = "Replace swy.gradient by reverse-mode differentiation";
  let description = [{
    Walks the operations between `at` and `of` backwards and asks each for its vector-Jacobian product. A value
    that `of` does not depend on, or an operation in between that cannot be differentiated, is an error.
  }];
}

def ExpandExpectation : Pass<"swy-expand-expectation", "::mlir::ModuleOp"> {
  let summary = "Average over an estimator's sample set (S4.2)";
  let description = [{
    In a function with `swy.draws = n` or with channels of a path, each gradient of an expression with draws of the
    model becomes the mean over the set: the part of the expression that depends on the value or on a draw is
    computed in a loop over the draws, and in one over the channels of each block. `swy.chance` becomes the mean of
    its condition, and a value that is compared, kept across iterations or returned the mean of that value. Runs
    before batching.

    ```
    %g = swy.gradient of %e at %x   ==>   %s = scf.for %d = 0 to n iter_args(%sum = 0) {
                                            %rows_d = swy.with_draw %rows, %d
                                            ... %e_d ...
                                            %g_d = swy.gradient of %e_d at %x
                                            scf.yield %sum + %g_d } {swy.expectation}
                                          %g = %s / n
    ```
  }];
  let dependentDialects = ["::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect"];
}

def ExpandGrid : Pass<"swy-expand-grid", "::mlir::ModuleOp"> {
  let summary = "Expand each experiment's grid into jobs and cells";
  let description = [{
    For each protected network a training and an accuracy job; for each combination with an attack and an
    estimator a cell with its attack job. On a network without randomness all estimators share one job (S4.3).
    Needs `swy-apply-defenses`. Equal jobs are merged later, by `swy-name-jobs`.
  }];
}

def FoldScales : Pass<"swy-fold-scales", "::mlir::func::FuncOp"> {
  let summary = "Put what scales and shifts a layer's outputs into its parameters (--disable=fold-scales)";
  let description = [{
    A layer's output that is read once, by arithmetic with numbers of each output channel that all examples share or take
    by the channel that they drew, is a layer of other parameters: so batch normalization at inference costs nothing in
    an attack's step, forward and backward. Where the new parameters are the same in every turn of a loop they come in
    front of it; elsewhere only where the weights are fewer than the outputs. Not where a gradient is asked for at one of
    these numbers: a trained layer stays as it is. Runs after batching, before `swy-differentiate`.

    ```
    %y = swy.conv2d %x, %w, %b; %z = swy.mul %y, (swy.for_examples %s)
    ==>
    %z = swy.conv2d %x, (swy.mul %w, %s), (swy.mul %b, %s)
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def HoistExpectation : Pass<"swy-hoist-expectation", "::mlir::ModuleOp"> {
  let summary = "Compute what does not depend on the draw once (--disable=hoist-expectation)";
  let description = [{
    In a loop made by `swy-expand-expectation`, the operations before the first draw move out; the loop adds up
    the cotangents of the values that cross this cut, and one vector-Jacobian product takes their sum on to the
    input. Equal in exact arithmetic, since a vector-Jacobian product is linear. Runs after batching, before
    `swy-differentiate`.

    ```
    scf.for { %h = prefix(%x); %e = suffix(%h, draw); %g = swy.gradient of %e at %x; sum }
    ==>
    %h = prefix(%x)
    %c = scf.for { %e = suffix(%h, draw); %gh = swy.gradient of %e at %h; sum }
    %s = sum(%h * %c); %g = swy.gradient of %s at %x
    ```
  }];
}

def NameJobs : Pass<"swy-name-jobs", "::mlir::ModuleOp"> {
  let summary = "Name every job by the hash of what determines its result, and make equal work one (S6.1)";
  let description = [{
    Merges equal functions, then jobs with the same digest. The digest covers what a job says decides it
    (`JobOpInterface`): attributes, upstream jobs among them by their digests, the functions before optimization, and the
    scalars that these take.
  }];
}

def RestartsToRows : Pass<"swy-restarts-to-rows", "::mlir::ModuleOp"> {
  let summary = "Run the restarts of an attack side by side, as rows of a batch (--disable=restarts-to-rows)";
  let description = [{
    In an attack whose one loop at the top computes what no other of its turns has a part in, and then joins it (keeps
    the best, say) by arithmetic alone, each row of a batch does one turn: its number among its example's rows is the
    argument `restart`, how many of them there are `restarts_together`. All rows then join their example's turns, one
    after the other in the loop's order. Draws stay those of the loop (S3.1). The count must be known to the runtime:
    a scalar of the attack or a constant, noted in `swy.restarts`. Runs before batching; not on functions in an exact
    order.

    ```
    scf.for %i = 0 to n iter_args(%best) { %x = ... pass(%i) ...; %b = join(%best, %x) }
    ==>
    scf.for %c = 0 to ceil(n / together) iter_args(%best) {
      %x = ... swy.restart_pass(pass(%c * together), %restart, ...) ...
      scf.for %t = 0 to min(together, n - %c * together) iter_args(%best) {
        %xt = swy.from_restart %x, %restart, %t; %b = join(%best, %xt) } }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect"];
}

def SplitLoops : Pass<"swy-split-loops", "::mlir::ModuleOp"> {
  let summary = "Take gradients of what loops make back through their turns (S2.2)";
  let description = [{
    A gradient at x of what is made of a loop's results becomes one at these results (and at x, where it is read besides)
    and a loop through the turns from the last to the first. Each turn is computed again, beginning with what the turns
    before it give, and has the gradient of what it hands on, by the cotangents of the turn behind it. Where no
    derivative asks for what a turn begins with, as of a sum, nothing is left of the turns before it. Runs behind
    `swy-count-gradients`, since the attack reads the whole, and before `swy-expand-expectation`.

    ```
    %s = scf.for iter_args(%sum = 0) { ... %e(%x) ...; yield %sum + %e }
    %g = swy.gradient of %s at %x
    ==>
    %c = swy.gradient of %s at %s
    %_, %g = scf.for iter_args(%d = %c, %g = 0) { ... %e(%x) ...; %b = swy.variable (the sum before)
      %dx, %db = swy.gradient of (%b + %e) * %d at %x, %b; yield %db, %g + %dx }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::scf::SCFDialect"];
}

def TestDependence : Pass<"swy-test-dependence", "::mlir::ModuleOp"> {
  let summary = "Show what the analysis of dependence finds (a test's tool)";
  let description = [{
    Remarks at everything that depends on arguments and operations marked `test.on`, and at every operation of the
    backward slice of one marked `test.slice`, with its number in order.
    ```
    %y = swy.neg %x {test.on} ...   ==>   remark: result 0 depends
    ```
  }];
}

#endif
