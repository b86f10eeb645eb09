// Experiment level: what the user wrote. Networks of layers for one example, defenses as rewrites of them,
// attacks as programs for one example. Experiments: GridOps.td; what they expand to: JobOps.td.

#ifndef SWITCHYARD_DIALECT_EXPERIMENT_OPS_TD
#define SWITCHYARD_DIALECT_EXPERIMENT_OPS_TD

include "dialect/ExperimentAttributes.td"
include "dialect/Interfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

/// Of a symbol that says what the user calls it: no name that lasts depends on what else the module has.
defvar Swy_declaredMethods = [{
  /// As the user declared it, where the symbol could not be.
  ::llvm::StringRef getDeclaredName() { return getDeclared().value_or(getSymName()); }
}];

/// It checks the symbols that it names.
def Swy_NamesSymbols : DeclareOpInterfaceMethods<SymbolUserOpInterface>;

def Swy_YieldOp : Swy_Op<"yield", [Pure, Terminator, ReturnLike]> {
  let summary = "The result of a network, block, rewrite or attack";
  let description = [{ Example: `swy.yield %y : tensor<10xf32>` }];
  let arguments = (ins Variadic<AnyTensor>:$values);
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
}

//===----------------------------------------------------------------------===//
// Networks
//===----------------------------------------------------------------------===//

def Swy_TrainingDraw : I32EnumAttr<"TrainingDraw", "how frozen blocks switch while those above train", [
    I32EnumAttrCase<"PerExample", 0, "per_example">, I32EnumAttrCase<"PerBatch", 1, "per_batch">]> {
  let cppNamespace = "::switchyard::swy";
}

def Swy_NetworkOp : Swy_Op<"network", [Symbol, IsolatedFromAbove, SingleBlock]> {
  let summary = "A network: one example in, logits out";
  let description = [{
    The block's first argument is the example, the others are `scalars`: parameters of the defenses applied,
    kept symbolic so that networks that differ in them alone share their compiled functions. Layers name
    their parameters by `path` (block/index; parts and residuals between them). With `bottom_up`, the channels of its switching blocks are
    trained block by block (S3.4). At inference it answers as `answer` says, by one draw where that stands not; training never
    knows of it. (C1) one result, of shape [classes]; (C2) the example is a real tensor of fixed shape, each
    scalar a tensor<f32>; (C3) `low` is below `high`, both finite. `declared` is the user's name for it, where that is not
    the symbol.

    Example:
    ```
    swy.network @tiny range 0.0 to 1.0 classes 10 {
    ^bb0(%x: tensor<1x4x4xf32>):
      %y = swy.block "head" %x : tensor<1x4x4xf32> -> tensor<10xf32> {
      ^bb0(%a: tensor<1x4x4xf32>):
        %f = swy.flatten_layer %a path "head/0" : tensor<1x4x4xf32> -> tensor<16xf32>
        %d = swy.dense_layer %f units 10 path "head/1" : tensor<16xf32> -> tensor<10xf32>
        swy.yield %d : tensor<10xf32>
      }
      swy.yield %y : tensor<10xf32>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, OptionalAttr<StrAttr>:$declared, F64Attr:$low, F64Attr:$high,
                       ConfinedAttr<I64Attr, [IntMinValue<2>]>:$classes, DefaultValuedAttr<StrArrayAttr, "{}">:$scalars,
                       OptionalAttr<Swy_TrainingDraw>:$bottom_up, OptionalAttr<Swy_AnswerAttr>:$answer);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $sym_name (`declared` $declared^)? `range` $low `to` $high `classes` $classes (`scalars` $scalars^)?
    (`bottom_up` $bottom_up^)? (`answer` $answer^)? attr-dict-with-keyword $body
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = Swy_declaredMethods;
}

def Swy_DefenseOp : Swy_Op<"defense", [Symbol, IsolatedFromAbove, SingleBlock, NoTerminator]> {
  let summary = "A defense: rewrites of a network, in order";
  let description = [{
    The block's arguments are its real parameters, named by `scalars`. Its operations are applied in order; each sees
    the network as those before it left it. (C1) one tensor<f32> for each scalar.

    Example:
    ```
    swy.defense @hrs {
      swy.split [#swy.place<first, "dense">]
      swy.switch [5, 5]
      swy.bottom_up draw per_example
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, OptionalAttr<StrAttr>:$declared,
                       DefaultValuedAttr<StrArrayAttr, "{}">:$scalars);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name (`declared` $declared^)? (`scalars` $scalars^)? attr-dict-with-keyword $body";
  let hasVerifier = 1;
  let extraClassDeclaration = Swy_declaredMethods;
}

def Swy_AugmentationOp : Swy_Op<"augmentation", [Symbol, IsolatedFromAbove, SingleBlock]> {
  let summary = "What a training does to its images: a chain of layers before the network, and before an attack"
                " that it trains against";
  let description = [{
    It acts in training alone, and no place of a defense is in it. (C1) one argument, an image, and one value yielded, of
    its type; (C2) its layers learn nothing.

    Example:
    ```
    swy.augmentation @grainy {
    ^bb0(%x: tensor<1x4x4xf32>):
      %d = arith.constant dense<1.0e-01> : tensor<f32>
      %y = swy.gaussian_noise_layer %x, %d when always path "training.augment/0" :
        (tensor<1x4x4xf32>, tensor<f32>) -> tensor<1x4x4xf32>
      swy.yield %y : tensor<1x4x4xf32>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name attr-dict-with-keyword $body";
  let hasVerifier = 1;
}

def Swy_Where : I32EnumAttr<"Where", "on which side of the place a rewrite inserts, in the place of it, or on its weights", [
    I32EnumAttrCase<"Before", 0, "before">, I32EnumAttrCase<"After", 1, "after">,
    I32EnumAttrCase<"EndOf", 2, "end_of">, I32EnumAttrCase<"Instead", 3, "instead_of">,
    I32EnumAttrCase<"OnWeights", 4, "on_weights_of">]> {
  let cppNamespace = "::switchyard::swy";
}
def Swy_Which : I32EnumAttr<"Which", "which places of a kind a rewrite means", [
    I32EnumAttrCase<"First", 0, "first">, I32EnumAttrCase<"Every", 1, "every">,
    I32EnumAttrCase<"EveryLater", 2, "every_later">, I32EnumAttrCase<"Named", 3, "named">]> {
  let cppNamespace = "::switchyard::swy";
}

def Swy_InsertOp : Swy_Op<"insert", [SingleBlock, HasParent<"DefenseOp">]> {
  let summary = "Put layers into a network at a place";
  let description = [{
    `target` is a layer's kind, `residual`, `choose`, `block`, or (with `named`) a block's name; blocks stay where they are,
    the others may be replaced (`instead_of`). `on_weights_of` puts the
    layers between the weights of layers of the kind and what uses them (S1.9). With `replace`, a layer of that
    kind that stands right there is taken out. The region's types are unranked: they are inferred where
    the layers land. (C1) one argument and one value yielded, tensor<*xf32>;
    (C2) what is replaced is no block; (C3) nor is that on whose weights layers are put.

    Example:
    ```
    swy.defense @noise scalars ["deviation"] {
    ^bb0(%d: tensor<f32>):
      swy.insert before first "conv" {
      ^bb0(%x: tensor<*xf32>):
        %y = swy.gaussian_noise_layer %x, %d when always path "" : (tensor<*xf32>, tensor<f32>) -> tensor<*xf32>
        swy.yield %y : tensor<*xf32>
      }
    }
    ```
  }];
  let arguments = (ins Swy_Where:$where, Swy_Which:$which, StrAttr:$target, OptionalAttr<StrAttr>:$replace);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$where $which $target (`replace` $replace^)? attr-dict-with-keyword $body";
  let hasVerifier = 1;
}

def Swy_PlaceAttr : AttrDef<Swy_Dialect, "Place"> {
  let mnemonic = "place";
  let summary = "Where a network is cut: before which layers or blocks";
  let description = [{
    `target` is a layer's kind, or (with `named`) a block's name. Example: `#swy.place<first, "dense">`
  }];
  let parameters = (ins EnumParameter<Swy_Which>:$which, StringRefParameter<"a kind or a name">:$target);
  let assemblyFormat = "`<` $which `,` $target `>`";
}

def Swy_SplitOp : Swy_Op<"split", [HasParent<"DefenseOp">]> {
  let summary = "Cut a network into new blocks";
  let description = [{
    A new block begins before each place; the network's own blocks are joined first, so the cuts alone make the
    blocks. A block that begins
    where one of the network's did keeps its name, others are called by the first layer in them. Layers keep
    their paths, and so parameters their names. Example: `swy.split [#swy.place<first, "dense">, #swy.place<named, "classifier">]`
  }];
  let arguments = (ins TypedArrayAttrBase<Swy_PlaceAttr, "places">:$places);
  let assemblyFormat = "$places attr-dict";
}

def Swy_SwitchOp : Swy_Op<"switch", [HasParent<"DefenseOp">]> {
  let summary = "Make every block a switching block of so many channels (S3.4)";
  let description = [{ Example: `swy.switch [5, 5]`, one number for each block, in order. }];
  let arguments = (ins ConfinedAttr<DenseI64ArrayAttr, [DenseArrayStrictlyPositive<DenseI64ArrayAttr>]>:$channels);
  let assemblyFormat = "$channels attr-dict";
}

def Swy_BottomUpOp : Swy_Op<"bottom_up", [HasParent<"DefenseOp">]> {
  let summary = "Train switching blocks from the first to the last (the paper's Algorithm 1)";
  let description = [{
    Each channel under a fresh single-channel tail that is thrown away; the blocks below are frozen and switch,
    drawing for each example or once a batch. Example: `swy.bottom_up draw per_example`
  }];
  let arguments = (ins Swy_TrainingDraw:$draw);
  let assemblyFormat = "`draw` $draw attr-dict";
}

def Swy_AnswerOp : Swy_Op<"answer", [HasParent<"DefenseOp">]> {
  let summary = "Make each answer of several draws (S5.8)";
  let description = [{ Example: `swy.answer <by = majority, draws = 11>` }];
  let arguments = (ins Swy_AnswerAttr:$how);
  let assemblyFormat = "$how attr-dict";
}

def Swy_TrainAgainstOp : Swy_Op<"train_against", [Swy_NamesSymbols, ParentOneOf<["DefenseOp", "NetworkOp"]>]> {
  let summary = "Adversarial training: every training example is first attacked (Madry et al., 2017)";
  let description = [{
    The operands are the attack's scalars, in its order. In a defense, and in the network it was applied to. The
    attack's goal is to leave the label; it sees the network as at inference, with the weights of the step.
    (C1) there is such an attack, with these scalars.
    `sampled` says how it estimates its gradients, by one draw where it stands not.
    Example: `swy.train_against @pgd(%eps, %steps, %step) sampled <by = eot, draws = 4> : tensor<f32>, tensor<i32>, tensor<f32>`
  }];
  let arguments = (ins FlatSymbolRefAttr:$attack, Variadic<0DTensorOf<[F32, I32]>>:$scalars,
                       OptionalAttr<Swy_SampleSetAttr>:$sampled);
  let assemblyFormat = "$attack `(` $scalars `)` (`sampled` $sampled^)? attr-dict (`:` type($scalars)^)?";
}

def Swy_TrainByOp : Swy_Op<"train_by", [Swy_NamesSymbols, ParentOneOf<["DefenseOp", "NetworkOp"]>]> {
  let summary = "What training descends, in the place of the experiment's loss (S1.15)";
  let description = [{
    The operands are the loss's scalars, in its order. In a defense, and in the network it was applied to. (C1) there is
    such a loss, with these scalars, for the network's images and classes.
    Example: `swy.train_by @hard(%weight, %eps) : tensor<f32>, tensor<f32>`
  }];
  let arguments = (ins FlatSymbolRefAttr:$loss, Variadic<0DTensorOf<[F32, I32]>>:$scalars);
  let assemblyFormat = "$loss `(` $scalars `)` attr-dict (`:` type($scalars)^)?";
}

def Swy_LossOp : Swy_Op<"loss", [Symbol, IsolatedFromAbove, SingleBlock]> {
  let summary = "A loss: a number of one training image, which the step descends (S1.15)";
  let description = [{
    The block's arguments are the image, its label, the random row and stream, then the parameters that `scalars` names
    (tensor<f32> or tensor<i32>). `swy.model` stands for the network as the step trains it, `swy.attacked` for an image
    that an attack has changed. (C1) arguments of these types; (C2) it yields one tensor<f32>.

    Example:
    ```
    swy.loss @largest scalars ["weight"] {
    ^bb0(%x: tensor<1x4x4xf32>, %label: tensor<i32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %weight: tensor<f32>):
      %pass = arith.constant dense<0> : tensor<i32>
      %z = swy.model %x pass %pass : tensor<1x4x4xf32>, tensor<i32> -> tensor<10xf32>
      %s = swy.log_sum_exp %z : tensor<10xf32> -> tensor<f32>
      %y = swy.mul %weight, %s : (tensor<f32>, tensor<f32>) -> tensor<f32>
      swy.yield %y : tensor<f32>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, OptionalAttr<StrAttr>:$declared,
                       DefaultValuedAttr<StrArrayAttr, "{}">:$scalars);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name (`declared` $declared^)? (`scalars` $scalars^)? attr-dict-with-keyword $body";
  let hasVerifier = 1;
  let extraClassDeclaration = Swy_declaredMethods;
}

def Swy_AttackedOp : Swy_Op<"attacked", [Swy_NamesSymbols, HasParent<"LossOp">, AllTypesMatch<["image", "result"]>]> {
  let summary = "An image of a training as an attack leaves it, away from its label";
  let description = [{
    The attack sees the network as at inference, with the weights of the step, and its result is a constant to the step's
    gradient. `sampled` says how it estimates its own gradients, by one draw where it stands not.
    (C1) there is such an attack, with these scalars, for such images.
    Example: `%y = swy.attacked %x by @pgd(%eps, %steps, %step) sampled <by = eot, draws = 4> : tensor<1x4x4xf32>, tensor<f32>, tensor<i32>, tensor<f32>`
  }];
  let arguments = (ins Swy_Real:$image, FlatSymbolRefAttr:$attack, Variadic<0DTensorOf<[F32, I32]>>:$scalars,
                       OptionalAttr<Swy_SampleSetAttr>:$sampled);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = "$image `by` $attack `(` $scalars `)` (`sampled` $sampled^)? attr-dict `:` type($image) (`,` type($scalars)^)?";
}

def Swy_AttackOp : Swy_Op<"attack", [Symbol, IsolatedFromAbove, SingleBlock]> {
  let summary = "An attack: a program for one example";
  let description = [{
    The block's arguments are the clean example, the goal's class (the label, if `away`), the random row and
    stream, then the parameters that `scalars` names (tensor<f32> or tensor<i32>). It yields the finished
    example. `swy.model` stands for the protected network. (C1) arguments of these types; (C2) it yields one example.

    Example:
    ```
    swy.attack @step away true scalars ["eps"] {
    ^bb0(%x: tensor<1x4x4xf32>, %goal: tensor<i32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %eps: tensor<f32>):
      %y = swy.add %x, %eps : (tensor<1x4x4xf32>, tensor<f32>) -> tensor<1x4x4xf32>
      swy.yield %y : tensor<1x4x4xf32>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, OptionalAttr<StrAttr>:$declared, BoolAttr:$away,
                       DefaultValuedAttr<StrArrayAttr, "{}">:$scalars);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name (`declared` $declared^)? `away` $away (`scalars` $scalars^)? attr-dict-with-keyword $body";
  let hasVerifier = 1;
  let extraClassDeclaration = Swy_declaredMethods;
}

def Swy_FinishedOp : Swy_Op<"finished", [Pure, HasParent<"AttackOp">,
    TypesMatchWith<"result has the input's type", "input", "result", "$_self">]> {
  let summary = "The value itself, as an attack gives it, and where it may lie (S2.1)";
  let description = [{
    Within `radius` of the clean example, in a norm, and in the input's range, if there is one. An attack inside a training is
    held to it by the step (swy.confined); where a job runs the attack, the runtime holds examples to it.
    (C1) a radius for a norm, and only for one.

    Example:
    ```
    swy.attack @brighter away true scalars ["eps"] {
    ^bb0(%x: tensor<1x4x4xf32>, %goal: tensor<i32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %eps: tensor<f32>):
      %y = swy.add %x, %eps : (tensor<1x4x4xf32>, tensor<f32>) -> tensor<1x4x4xf32>
      %z = swy.finished %y, %eps norm <linf> low 0.0 high 1.0 : tensor<1x4x4xf32>, tensor<f32>
      swy.yield %z : tensor<1x4x4xf32>
    }
    ```
  }];
  let arguments = (ins Swy_Real:$input, Optional<0DTensorOf<[F32]>>:$radius, Swy_NormAttr:$norm, OptionalAttr<F64Attr>:$low,
                       OptionalAttr<F64Attr>:$high);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = [{
    $input (`,` $radius^)? `norm` $norm (`low` $low^)? (`high` $high^)? attr-dict `:` type($input) (`,` type($radius)^)?
  }];
  let hasVerifier = 1;
}

def Swy_ModelOp : Swy_Op<"model", [Pure]> {
  let summary = "The protected network's logits, under the experiment's estimator";
  let description = [{
    `pass` counts forward passes (S3.1): static call site << 24 | flattened index of the loops around it. With `path` it goes
    that way through the network's switching blocks and choices, for all examples, whatever the estimator says of them.
    Example: `%z = swy.model %x pass %p : tensor<1x28x28xf32>, tensor<i32> -> tensor<10xf32>`
  }];
  let arguments = (ins Swy_Real:$input, Swy_Int:$pass, Optional<Swy_Int>:$path);
  let results = (outs Swy_Real:$logits);
  let assemblyFormat = [{
    $input `pass` $pass (`path` $path^ `:` type($path))? attr-dict `:` type($input) `,` type($pass) `->` type($logits)
  }];
}

def Swy_PathCountOp : Swy_Op<"path_count", [Pure]> {
  let summary = "How many ways there are through the model's switching blocks and choices (S4.5)";
  let description = [{
    1 where there are none. Known as soon as the attack is built for a protected network.
    Example: `%n = swy.path_count : tensor<i32>`
  }];
  let results = (outs 0DTensorOf<[I32]>:$count);
  let assemblyFormat = "attr-dict `:` type($count)";
}

def Swy_PathOp : Swy_Op<"path", [Pure, TypesMatchWith<"result has the turn's type", "turn", "path", "$_self">]> {
  let summary = "The path that a turn of a loop over all paths is about, by number";
  let description = [{
    That of the turn's number, or with `descending` the likeliest first, of equally likely ones the lower number.
    Example: `%p = swy.path %turn descending : tensor<i32>`
  }];
  let arguments = (ins 0DTensorOf<[I32]>:$turn, UnitAttr:$descending);
  let results = (outs 0DTensorOf<[I32]>:$path);
  let assemblyFormat = "$turn (`descending` $descending^)? attr-dict `:` type($turn)";
  let builders = [OpBuilder<(ins "::mlir::Value":$turn, "bool":$descending), [{
    build($_builder, $_state, turn.getType(), turn, descending);
  }]>];
}

def Swy_PathChanceOp : Swy_Op<"path_chance", [Pure]> {
  let summary = "The chance of a path";
  let description = [{ Example: `%c = swy.path_chance %p : tensor<i32> -> tensor<f32>` }];
  let arguments = (ins 0DTensorOf<[I32]>:$path);
  let results = (outs 0DTensorOf<[F32]>:$chance);
  let assemblyFormat = "$path attr-dict `:` type($path) `->` type($chance)";
}

#endif
