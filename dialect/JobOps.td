// Experiment level: the jobs and cells that a grid expands to.

#ifndef SWITCHYARD_DIALECT_JOB_OPS_TD
#define SWITCHYARD_DIALECT_JOB_OPS_TD

include "dialect/GridOps.td"
include "dialect/JobInterfaces.td"

/// `decisive` attributes are the job's name, each hashed whole; `beside` are none of it: labels, symbols of what its
/// functions are made of, these functions, and the scalars that these take (hashed where they are taken).
class Swy_Job<string mnemonic, dag decisive, dag beside>
    : Swy_Op<mnemonic, [Symbol, Swy_NamesSymbols, DeclareOpInterfaceMethods<Swy_JobOpInterface, ["getCalls"]>]> {
  let arguments = !con((ins SymbolNameAttr:$sym_name, StrAttr:$label), decisive, beside, (ins OptionalAttr<StrAttr>:$digest));
  let extraClassDeclaration = "static ::llvm::ArrayRef<::llvm::StringRef> getDecisiveNames() {\n"
      # "  static const ::llvm::StringRef names[] = {\""
      # !interleave(!foreach(i, !range(!size(decisive)), !getdagname(decisive, i)), "\", \"") # "\"};\n"
      # "  return names;\n}\n";
}

def Swy_Stream : ConfinedAttr<I64Attr, [IntNonNegative]>;
def Swy_Votes  : ConfinedAttr<I64Attr, [IntPositive, Swy_AtMost<"votes">]>;
def Swy_Stages : TypedArrayAttrBase<FlatSymbolRefAttr, "functions">;
def Swy_Parts  : ConfinedAttr<TypedArrayAttrBase<FlatSymbolRefAttr, "attack jobs">, [ArrayMinCount<1>]>;
def Swy_Runs   : TypedArrayAttrBase<FlatSymbolRefAttr, "jobs">;

def Swy_TrainJobOp : Swy_Job<"train_job",
    (ins Swy_DatasetAttr:$dataset, Swy_TrainingAttr:$training, I64Attr:$seed, DefaultValuedAttr<Swy_Stream, "0">:$stream,
         DefaultValuedAttr<Swy_Stream, "0">:$block, OptionalAttr<FlatSymbolRefAttr>:$frozen, Swy_JobPrecision:$precision),
    (ins FlatSymbolRefAttr:$network, OptionalAttr<FlatSymbolRefAttr>:$augmentation, OptionalAttr<FlatSymbolRefAttr>:$loss,
         OptionalAttr<FlatSymbolRefAttr>:$validated_against, OptionalAttr<Swy_SampleSetAttr>:$sampled, Swy_Scalars:$scalars,
         OptionalAttr<FlatSymbolRefAttr>:$init, OptionalAttr<FlatSymbolRefAttr>:$step, OptionalAttr<FlatSymbolRefAttr>:$validate)> {
  let summary = "Train a network's parameters";
  let description = [{
    `stream` keeps the draws of several trainings of one network apart: 0 for a whole network, for channel j of
    block i (both from 0) i << 16 | j + 1. With `block`, the blocks before it are `frozen`: their parameters
    come from that model and switch; only those of `block` and the blocks behind it are trained (S3.4).
    (C1) there are such a network, with such a block, and such weights; (C2) its functions take scalars that it has;
    (C3) there is such an optimizer, and the training has a value for each of its scalars; (C4) there is such
    an augmentation, of the network's images; (C5) there is such a loss, without scalars, for its images and classes;
    (C6) what it is validated against, with gradients as `sampled` says, is an attack without scalars for these.

    Example:
    ```
    swy.train_job @e.train.0 network @net.none label "net, none" dataset <name = "digits", source = "synthetic_digits",
        train = 100, test = 100, input = [1, 4, 4], low = 0.0, high = 1.0, classes = 10>
      training <optimizer = @descent, scalars = {rate = 1.0e-01}, batch = 16, epochs = 1> scalars {} seed 1
    ```
  }];
  let assemblyFormat = [{
    $sym_name `network` $network `label` $label `dataset` $dataset `training` $training
    (`augmentation` $augmentation^)? (`loss` $loss^)? (`validated_against` $validated_against^ (`sampled` $sampled^)?)?
    `scalars` $scalars `seed` $seed (`stream` $stream^)? (`block` $block^)? (`frozen` $frozen^)?
    (`precision` $precision^)? (`digest` $digest^)? (`init` $init^)? (`step` $step^)? (`validate` $validate^)? attr-dict
  }];
}

def Swy_WeightsOp : Swy_Op<"weights", [Symbol, Swy_NamesSymbols]> {
  let summary = "The parameters of a protected network, from the trainings that made them";
  let description = [{
    No work of its own. (C1) there are such trainings.
    Example: `swy.weights @e.weights.0 [#swy.parameter<name = "head/1/bias", type = tensor<10xf32>, from = [@e.train.0]>]`
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypedArrayAttrBase<Swy_ParameterAttr, "parameters">:$parameters);
  let assemblyFormat = "$sym_name $parameters attr-dict";
}

def Swy_AccuracyJobOp : Swy_Job<"accuracy_job",
    (ins FlatSymbolRefAttr:$weights, I64Attr:$seed, Swy_Draws:$draws, BoolAttr:$random, UnitAttr:$exact,
         Swy_JobPrecision:$precision, OptionalAttr<Swy_CertificateAttr>:$certificate, OptionalAttr<Swy_Votes>:$votes),
    (ins FlatSymbolRefAttr:$network, Swy_Scalars:$scalars, OptionalAttr<FlatSymbolRefAttr>:$predict,
         OptionalAttr<Swy_Stages>:$stages)> {
  let summary = "Measure a trained network's accuracy";
  let description = [{
    Over `draws` fresh draws; with `exact` over all paths (S5.4), by `stages`, one function for each switching block. With
    `certificate` the votes of a smoothed model are counted (S5.8). With `votes` an answer is the majority of so many draws.
    (C1) there are such a network and weights; (C2) its functions take scalars that it has.

    Example:
    ```
    swy.accuracy_job @e.accuracy.2 network @net.none weights @e.weights.1 label "net, none" scalars {} seed 1 draws 1
      random false
    ```
  }];
  let assemblyFormat = [{
    $sym_name `network` $network `weights` $weights `label` $label `scalars` $scalars `seed` $seed `draws` $draws
    `random` $random (`exact` $exact^)? (`precision` $precision^)? (`certificate` $certificate^)? (`votes` $votes^)? (`digest` $digest^)?
    (`predict` $predict^)? (`stages` $stages^)? attr-dict
  }];
}

def Swy_AttackJobOp : Swy_Job<"attack_job",
    (ins FlatSymbolRefAttr:$source_weights, FlatSymbolRefAttr:$weights, Swy_Estimator:$estimator, Swy_Draws:$draws,
         Swy_EvaluationAttr:$evaluation, I64Attr:$seed, I64Attr:$attack_seed, BoolAttr:$random, UnitAttr:$exact,
         Swy_JobPrecision:$precision, UnitAttr:$random_images, OptionalAttr<StrArrayAttr>:$identity,
         OptionalAttr<Swy_Votes>:$votes, UnitAttr:$same_draw, UnitAttr:$own_correct),
    (ins FlatSymbolRefAttr:$attack, FlatSymbolRefAttr:$source_network, Swy_Scalars:$source_scalars,
         FlatSymbolRefAttr:$network, Swy_Scalars:$scalars, Swy_Scalars:$attack_scalars,
         OptionalAttr<ConfinedAttr<DenseI64ArrayAttr, [DenseArrayCount<2>, DenseArrayNonNegative<DenseI64ArrayAttr>]>>:$passes,
         OptionalAttr<FlatSymbolRefAttr>:$run,
         OptionalAttr<FlatSymbolRefAttr>:$predict, OptionalAttr<Swy_Stages>:$stages, OptionalAttr<StrAttr>:$examples)> {
  let summary = "Attack a trained network and judge the finished examples";
  let description = [{
    The examples are made on `source_network` with `source_weights` and `source_scalars`, and judged on
    `network`; the two differ under `transfer` alone (S4.4). With `exact` the judge goes through all paths, by
    `stages` (S5.1). `seed` is the program's, for goals, and with `random_images` for the images, which are else the
    first; `passes` are those of a pair through the network, forward and backward, where they are known; `identity` as `swy.gradients` has it; `attack_seed` also tells repeated attacks apart (S5.3).
    `votes` as `swy.accuracy_job` has them. With `same_draw` the judge has a look at the draw that the attack kept, too (S5.8). With `own_correct` the images are those that `network` classifies correctly (S2.4). `examples` is the hash of what makes the finished examples, without what judges them: jobs may have it in common.
    (C1) there are such networks, weights and such an attack, which takes examples of these networks; (C2) its functions take
    scalars that it has; (C3) `own_correct` goes with `correct_only`.

    Example:
    ```
    swy.attack_job @e.attack.3 attack @step on @net.none weights @e.weights.1 scalars {} network @net.none
      weights @e.weights.1 scalars {} gradients one_draw draws 1 label "net, none, step" attack_scalars {eps = 0.1}
      evaluation <pairs = <images = 50, correct_only = false, goal = <aim = away>>, judge = <by = expected, draws = 20>,
      threat = <norm = linf, radius = 0.1, clipped = true>> seed 1 1 random false
    ```
  }];
  let assemblyFormat = [{
    $sym_name `attack` $attack `on` $source_network `weights` $source_weights `scalars` $source_scalars
    `network` $network `weights` $weights `scalars` $scalars `gradients` $estimator `draws` $draws
    `label` $label `attack_scalars` $attack_scalars (`passes` $passes^)? `evaluation` $evaluation `seed` $seed $attack_seed
    `random` $random (`exact` $exact^)? (`precision` $precision^)? (`random_images` $random_images^)? (`identity` $identity^)? (`votes` $votes^)? (`same_draw` $same_draw^)? (`own_correct` $own_correct^)? (`digest` $digest^)?
    (`examples` $examples^)? (`run` $run^)?
    (`predict` $predict^)? (`stages` $stages^)? attr-dict
  }];
}

def Swy_WorstJobOp : Swy_Job<"worst_job", (ins Swy_Parts:$parts, Swy_ThreatAttr:$threat),
    (ins StrArrayAttr:$attacks)> {
  let summary = "For each pair, of the examples of several attack jobs the one that succeeds most";
  let description = [{
    Of equal success the nearest, of these the first job's; one that lies outside of `threat` is none, and where there is none the
    clean image stays. It runs nothing; `attacks` are what the jobs' attacks are called. (C1) there are such attack jobs, at
    least one, and a name for each; (C2) they judge the same model on the same pairs alike.
    Example: `swy.worst_job @e.worst.4 of [@e.attack.3] attacks ["step"] label "net, none, both" threat <norm = linf, radius = 0.1,
    clipped = true>`
  }];
  let assemblyFormat = [{
    $sym_name `of` $parts `attacks` $attacks `label` $label `threat` $threat (`digest` $digest^)? attr-dict
  }];
}

def Swy_DefenseEntryOp : Swy_Op<"defense_entry", [Swy_NamesSymbols]> {
  let summary = "One protected network of an experiment's results, with its accuracy job";
  let description = [{
    With repeated trainings, `runs` are the accuracy jobs of all of them (S5.3). `certificates` are one for each training, by
    noise of that deviation, or `uncertified` says why there is none. (C1) there are such an experiment and such
    accuracy jobs. Example: `swy.defense_entry @e defense "none" label "none" family "" strength "" axes [] accuracy
    @e.accuracy.2`
  }];
  let arguments = (ins FlatSymbolRefAttr:$experiment, StrAttr:$defense, StrAttr:$label, StrAttr:$family,
                       StrAttr:$strength, Swy_Axes:$axes, FlatSymbolRefAttr:$accuracy, OptionalAttr<Swy_Runs>:$runs,
                       OptionalAttr<Swy_Runs>:$certificates, OptionalAttr<F64Attr>:$noise, OptionalAttr<StrAttr>:$uncertified);
  let assemblyFormat = [{
    $experiment `defense` $defense `label` $label `family` $family `strength` $strength `axes` $axes
    `accuracy` $accuracy (`runs` $runs^)? (`certificates` $certificates^ `noise` $noise)? (`uncertified` $uncertified^)? attr-dict
  }];
}

def Swy_CellOp : Swy_Op<"cell", [Swy_NamesSymbols]> {
  let summary = "One measured combination of an experiment; several may share a job";
  let description = [{
    With repetitions, `runs` are the jobs of all of them: for each training, its attacks (S5.3). Without a job, `reason`
    says why the combination means nothing. (C1) a job or a reason; (C2) there are such an experiment, with so many
    defenses, and such attack jobs. Example: `swy.cell @e defense 0 attack "step" gradients "one_draw" axes [] job @e.attack.3
    reason ""`
  }];
  let arguments = (ins FlatSymbolRefAttr:$experiment, ConfinedAttr<I64Attr, [IntNonNegative]>:$defense, StrAttr:$attack,
                       StrAttr:$gradients, Swy_Axes:$axes, OptionalAttr<FlatSymbolRefAttr>:$job, StrAttr:$reason,
                       OptionalAttr<Swy_Runs>:$runs, OptionalAttr<Swy_Axes>:$gradients_axes);
  let assemblyFormat = [{
    $experiment `defense` $defense `attack` $attack `gradients` $gradients (`of` $gradients_axes^)? `axes` $axes (`job` $job^)?
    `reason` $reason (`runs` $runs^)? attr-dict
  }];
  let hasVerifier = 1;
}

#endif
