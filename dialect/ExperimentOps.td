// Experiment level: what the user wrote. Networks of layers for one example, defenses as rewrites of them,
// attacks as programs for one example, experiments as grids; and the jobs and cells that a grid expands to.

#ifndef SWITCHYARD_DIALECT_EXPERIMENT_OPS_TD
#define SWITCHYARD_DIALECT_EXPERIMENT_OPS_TD

include "dialect/TensorOps.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/IR/SymbolInterfaces.td"

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
    their parameters by `path` (block/index). With `bottom_up`, the channels of its switching blocks are
    trained block by block (S3.4). (C1) one result, of shape [classes].

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
  let arguments = (ins SymbolNameAttr:$sym_name, F64Attr:$low, F64Attr:$high, I64Attr:$classes,
                       DefaultValuedAttr<StrArrayAttr, "{}">:$scalars,
                       OptionalAttr<Swy_TrainingDraw>:$bottom_up);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $sym_name `range` $low `to` $high `classes` $classes (`scalars` $scalars^)? (`bottom_up` $bottom_up^)?
    attr-dict-with-keyword $body
  }];
  let hasVerifier = 1;
}

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

def Swy_DefenseOp : Swy_Op<"defense", [Symbol, IsolatedFromAbove, SingleBlock, NoTerminator]> {
  let summary = "A defense: rewrites of a network, in order";
  let description = [{
    The block's arguments are its real parameters, named by `scalars`. Its operations are applied in order; each sees
    the network as those before it left it.

    Example:
    ```
    swy.defense @hrs {
      swy.split ["first dense"]
      swy.switch [5, 5]
      swy.bottom_up draw per_example
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, DefaultValuedAttr<StrArrayAttr, "{}">:$scalars);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name (`scalars` $scalars^)? attr-dict-with-keyword $body";
  let hasVerifier = 1;
}

def Swy_Where : I32EnumAttr<"Where", "on which side of the place a rewrite inserts", [
    I32EnumAttrCase<"Before", 0, "before">, I32EnumAttrCase<"After", 1, "after">,
    I32EnumAttrCase<"EndOf", 2, "end_of">]> {
  let cppNamespace = "::switchyard::swy";
}
def Swy_Which : I32EnumAttr<"Which", "which places of a kind a rewrite means", [
    I32EnumAttrCase<"First", 0, "first">, I32EnumAttrCase<"Every", 1, "every">,
    I32EnumAttrCase<"EveryLater", 2, "every_later">, I32EnumAttrCase<"Named", 3, "named">]> {
  let cppNamespace = "::switchyard::swy";
}

def Swy_InsertOp : Swy_Op<"insert", [SingleBlock]> {
  let summary = "Put layers into a network at a place";
  let description = [{
    `target` is a layer's kind, `block`, or (with `named`) a block's name. With `replace`, a layer of that
    kind that stands right there is taken out. The region's types are unranked: they are inferred where
    the layers land.

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

def Swy_SplitOp : Swy_Op<"split"> {
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

def Swy_SwitchOp : Swy_Op<"switch"> {
  let summary = "Make every block a switching block of so many channels (S3.4)";
  let description = [{ Example: `swy.switch [5, 5]`, one number for each block, in order. }];
  let arguments = (ins DenseI64ArrayAttr:$channels);
  let assemblyFormat = "$channels attr-dict";
}

def Swy_BottomUpOp : Swy_Op<"bottom_up"> {
  let summary = "Train switching blocks from the first to the last (the paper's Algorithm 1)";
  let description = [{
    Each channel under a fresh single-channel tail that is thrown away; the blocks below are frozen and switch,
    drawing for each example or once a batch. Example: `swy.bottom_up draw per_example`
  }];
  let arguments = (ins Swy_TrainingDraw:$draw);
  let assemblyFormat = "`draw` $draw attr-dict";
}

def Swy_TrainAgainstOp : Swy_Op<"train_against"> {
  let summary = "Adversarial training: every training example is first attacked (Madry et al., 2017)";
  let description = [{
    The operands are the attack's scalars, in its order. In a defense, and in the network it was applied to. The
    attack's goal is to leave the label; it sees the network as at inference, with the weights of the step.
    Example: `swy.train_against @pgd(%eps, %steps, %step) : tensor<f32>, tensor<i32>, tensor<f32>`
  }];
  let arguments = (ins FlatSymbolRefAttr:$attack, Variadic<0DTensorOf<[F32, I32]>>:$scalars);
  let assemblyFormat = "$attack `(` $scalars `)` attr-dict (`:` type($scalars)^)?";
}

def Swy_AttackOp : Swy_Op<"attack", [Symbol, IsolatedFromAbove, SingleBlock]> {
  let summary = "An attack: a program for one example";
  let description = [{
    The block's arguments are the clean example, the goal's class (the label, if `away`), the random row and
    stream, then the parameters that `scalars` names (tensor<f32> or tensor<i32>). It yields the finished
    example. `swy.model` stands for the protected network.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, BoolAttr:$away, DefaultValuedAttr<StrArrayAttr, "{}">:$scalars);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name `away` $away (`scalars` $scalars^)? attr-dict-with-keyword $body";
  let hasVerifier = 1;
}

def Swy_ModelOp : Swy_Op<"model", [Pure]> {
  let summary = "The protected network's logits, under the experiment's estimator";
  let description = [{
    `pass` counts forward passes (S3.1): static call site << 24 | flattened index of the loops around it.
    Example: `%z = swy.model %x pass %p : tensor<1x28x28xf32>, tensor<i32> -> tensor<10xf32>`
  }];
  let arguments = (ins Swy_Real:$input, Swy_Int:$pass);
  let results = (outs Swy_Real:$logits);
  let assemblyFormat = "$input `pass` $pass attr-dict `:` type($input) `,` type($pass) `->` type($logits)";
}

//===----------------------------------------------------------------------===//
// Experiments
//===----------------------------------------------------------------------===//

def Swy_Precision : I32EnumAttr<"Precision", "how convolutions and dense layers compute (S6.2)", [
    I32EnumAttrCase<"Float32", 0, "float32">, I32EnumAttrCase<"Tf32", 1, "tf32">,
    I32EnumAttrCase<"ExactOrder", 2, "exact_order">]> {
  let cppNamespace = "::switchyard::swy";
}
// Of experiments and jobs; functions have it as text in `swy.precision`. Not written where it is float32.
def Swy_JobPrecision : DefaultValuedAttr<Swy_Precision, "::switchyard::swy::Precision::Float32">;

def Swy_ExperimentOp : Swy_Op<"experiment", [Symbol, SingleBlock, NoTerminator]> {
  let summary = "A grid of defenses, attacks and estimators on one data set and network";
  let description = [{
    `settings` carries what the runtime needs as written: data set, images, goal, judge, measures, tables.
    `training` holds the recipe's numbers.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$network, DictionaryAttr:$dataset,
                       DictionaryAttr:$training, DictionaryAttr:$settings, I64Attr:$seed, Swy_JobPrecision:$precision);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $sym_name `network` $network `dataset` $dataset `training` $training `seed` $seed `settings` $settings
    (`precision` $precision^)? attr-dict-with-keyword $body
  }];
}

def Swy_DefendWithOp : Swy_Op<"defend_with"> {
  let summary = "One protected network of an experiment";
  let description = [{
    Several defenses rewrite the network one after another. `arguments` are the scalars of each; `axes` what varies:
    name -> {value, text}. With `mounted` the weights are the base model's and nothing is trained.
    (C1) at least one defense, and arguments for each.

    Example:
    ```
    swy.defend_with @hrs with @gaussian label "hrs(channels = [5, 5]) with gaussian(init = 0.2, inner = 0.1)"
      arguments [{}, {init = 0.2, inner = 0.1} ] axes [] family "" strength ""
    ```
  }];
  let arguments = (ins FlatSymbolRefArrayAttr:$defenses, StrAttr:$label, DictArrayAttr:$arguments,
                       ArrayAttr:$axes, StrAttr:$family, StrAttr:$strength, UnitAttr:$mounted,
                       OptionalAttr<FlatSymbolRefAttr>:$network);
  let assemblyFormat = [{
    custom<Composition>($defenses) `label` $label `arguments` $arguments `axes` $axes `family` $family
    `strength` $strength (`mounted` $mounted^)? (`network` $network^)? attr-dict
  }];
  let hasVerifier = 1;
}

def Swy_AttackWithOp : Swy_Op<"attack_with"> {
  let summary = "One attack of an experiment, with its strength";
  let arguments = (ins FlatSymbolRefAttr:$attack, StrAttr:$label, DictionaryAttr:$arguments,
                       ArrayAttr:$axes, DictionaryAttr:$threat);
  let assemblyFormat = [{
    $attack `label` $label `arguments` $arguments `axes` $axes `threat` $threat attr-dict
  }];
}

def Swy_Estimator : I32EnumAttr<"Estimator", "how a gradient through a random network is estimated (S4.1)", [
    I32EnumAttrCase<"OneDraw", 0, "one_draw">, I32EnumAttrCase<"RandomnessOff", 1, "randomness_off">,
    I32EnumAttrCase<"Eot", 2, "eot">, I32EnumAttrCase<"FrozenDraw", 3, "frozen_draw">,
    I32EnumAttrCase<"AllPaths", 4, "all_paths">, I32EnumAttrCase<"Transfer", 5, "transfer">]> {
  let cppNamespace = "::switchyard::swy";
}

def Swy_GradientsOp : Swy_Op<"gradients"> {
  let summary = "One estimator of an experiment";
  let description = [{
    `draws` is the size of the sample set: eot(n): n; all_paths(draws = n): n draws of all else for each path,
    all_paths: 0; else 1. With `transfer`, `source` is the index of the defense on which the examples are made,
    by one draw.
  }];
  let arguments = (ins Swy_Estimator:$estimator, I64Attr:$draws, StrAttr:$label,
                       DefaultValuedAttr<I64Attr, "-1">:$source);
  let assemblyFormat = "$estimator `draws` $draws `label` $label (`source` $source^)? attr-dict";
}

//===----------------------------------------------------------------------===//
// Jobs and cells: what a grid expands to
//===----------------------------------------------------------------------===//

class Swy_Job<string mnemonic> : Swy_Op<mnemonic, [Symbol]> {
}

def Swy_TrainJobOp : Swy_Job<"train_job"> {
  let summary = "Train a network's parameters";
  let description = [{
    `stream` keeps the draws of several trainings of one network apart: 0 for a whole network, for channel j of
    block i (both from 0) i << 16 | j + 1. With `block`, the blocks before it are `frozen`: their parameters
    come from that model and switch; only those of `block` and the blocks behind it are trained (S3.4).
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$network, StrAttr:$label, DictionaryAttr:$dataset,
                       DictionaryAttr:$training, DictionaryAttr:$scalars, I64Attr:$seed, I64Attr:$batch,
                       DefaultValuedAttr<I64Attr, "0">:$stream, DefaultValuedAttr<I64Attr, "0">:$block,
                       OptionalAttr<FlatSymbolRefAttr>:$frozen, OptionalAttr<StrAttr>:$digest,
                       OptionalAttr<FlatSymbolRefAttr>:$init, OptionalAttr<FlatSymbolRefAttr>:$step,
                       Swy_JobPrecision:$precision);
  let assemblyFormat = [{
    $sym_name `network` $network `label` $label `dataset` $dataset `training` $training `scalars` $scalars
    `seed` $seed `batch` $batch (`stream` $stream^)? (`block` $block^)? (`frozen` $frozen^)?
    (`precision` $precision^)? (`digest` $digest^)? (`init` $init^)? (`step` $step^)? attr-dict
  }];
}

def Swy_WeightsOp : Swy_Job<"weights"> {
  let summary = "The parameters of a protected network, from the trainings that made them";
  let description = [{
    `parameters` lists {name, type, from}: one training, or for a switching block one for each channel, whose
    parameters of that name are stacked. No work of its own.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, ArrayAttr:$parameters);
  let assemblyFormat = "$sym_name $parameters attr-dict";
}

def Swy_AccuracyJobOp : Swy_Job<"accuracy_job"> {
  let summary = "Measure a trained network's accuracy";
  let description = [{
    With `stages`, one function for each switching block, exactly over all paths (S5.4); else over `draws`
    fresh draws.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$network, FlatSymbolRefAttr:$weights,
                       StrAttr:$label, DictionaryAttr:$scalars, I64Attr:$seed, I64Attr:$draws, BoolAttr:$random,
                       UnitAttr:$exact, OptionalAttr<StrAttr>:$digest, OptionalAttr<FlatSymbolRefAttr>:$predict,
                       OptionalAttr<ArrayAttr>:$stages, Swy_JobPrecision:$precision);
  let assemblyFormat = [{
    $sym_name `network` $network `weights` $weights `label` $label `scalars` $scalars `seed` $seed `draws` $draws
    `random` $random (`exact` $exact^)? (`precision` $precision^)? (`digest` $digest^)? (`predict` $predict^)?
    (`stages` $stages^)? attr-dict
  }];
}

def Swy_AttackJobOp : Swy_Job<"attack_job"> {
  let summary = "Attack a trained network and judge the finished examples";
  let description = [{
    The examples are made on `source_network` with `source_weights` and `source_scalars`, and judged on
    `network`; the two differ under `transfer` alone (S4.4). With `exact` the judge goes through all paths, by
    `stages` (S5.1). `seed` is the program's, for goals; `attack_seed` also tells repeated attacks apart (S5.3).
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$attack,
                       FlatSymbolRefAttr:$source_network, FlatSymbolRefAttr:$source_weights,
                       DictionaryAttr:$source_scalars, FlatSymbolRefAttr:$network, FlatSymbolRefAttr:$weights,
                       DictionaryAttr:$scalars, Swy_Estimator:$estimator, I64Attr:$draws, StrAttr:$label,
                       DictionaryAttr:$attack_scalars, DictionaryAttr:$threat,
                       DictionaryAttr:$settings, I64Attr:$seed, I64Attr:$attack_seed,
                       BoolAttr:$random, UnitAttr:$exact,
                       OptionalAttr<StrAttr>:$digest, OptionalAttr<FlatSymbolRefAttr>:$run,
                       OptionalAttr<FlatSymbolRefAttr>:$predict, OptionalAttr<ArrayAttr>:$stages,
                       Swy_JobPrecision:$precision);
  let assemblyFormat = [{
    $sym_name `attack` $attack `on` $source_network `weights` $source_weights `scalars` $source_scalars
    `network` $network `weights` $weights `scalars` $scalars `gradients` $estimator `draws` $draws
    `label` $label `attack_scalars` $attack_scalars `threat` $threat `settings` $settings `seed` $seed $attack_seed
    `random` $random (`exact` $exact^)? (`precision` $precision^)? (`digest` $digest^)? (`run` $run^)?
    (`predict` $predict^)? (`stages` $stages^)? attr-dict
  }];
}

def Swy_DefenseEntryOp : Swy_Op<"defense_entry"> {
  let summary = "One protected network of an experiment's results, with its accuracy job";
  let description = [{ With repeated trainings, `runs` are the accuracy jobs of all of them (S5.3). }];
  let arguments = (ins FlatSymbolRefAttr:$experiment, StrAttr:$defense, StrAttr:$label, StrAttr:$family,
                       StrAttr:$strength, ArrayAttr:$axes, FlatSymbolRefAttr:$accuracy,
                       OptionalAttr<ArrayAttr>:$runs);
  let assemblyFormat = [{
    $experiment `defense` $defense `label` $label `family` $family `strength` $strength `axes` $axes
    `accuracy` $accuracy (`runs` $runs^)? attr-dict
  }];
}

def Swy_CellOp : Swy_Op<"cell"> {
  let summary = "One measured combination of an experiment; several may share a job";
  let description = [{
    With repetitions, `runs` are the jobs of all of them: for each training, its attacks (S5.3).
  }];
  let arguments = (ins FlatSymbolRefAttr:$experiment, I64Attr:$defense, StrAttr:$attack, StrAttr:$gradients,
                       ArrayAttr:$axes, OptionalAttr<FlatSymbolRefAttr>:$job, StrAttr:$reason,
                       OptionalAttr<ArrayAttr>:$runs);
  let assemblyFormat = [{
    $experiment `defense` $defense `attack` $attack `gradients` $gradients `axes` $axes (`job` $job^)?
    `reason` $reason (`runs` $runs^)? attr-dict
  }];
}

#endif
