// Experiment level: experiments as grids of what the user wrote.

#ifndef SWITCHYARD_DIALECT_GRID_OPS_TD
#define SWITCHYARD_DIALECT_GRID_OPS_TD

include "dialect/ExperimentOps.td"

/// As functions have it: generated with Attributes.td. Not written where it is float32.
def Swy_PrecisionOfJob : Attr<CPred<"::llvm::isa<::switchyard::swy::PrecisionAttr>($_self)">, "precision"> {
  let storageType = "::switchyard::swy::PrecisionAttr";
  let returnType = "::switchyard::swy::Precision";
  let convertFromStorage = "$_self.getValue()";
  let constBuilderCall = "::switchyard::swy::PrecisionAttr::get($_builder.getContext(), $0)";
}
def Swy_JobPrecision : DefaultValuedAttr<Swy_PrecisionOfJob, "::switchyard::swy::Precision::Float32">;

def Swy_Draws : ConfinedAttr<I64Attr, [IntNonNegative, Swy_AtMost<"draws">]>;
def Swy_Repetitions : ConfinedAttr<I64Attr, [IntPositive, Swy_AtMost<"repetitions">]>;

def Swy_ExperimentOp : Swy_Op<"experiment", [Symbol, SingleBlock, NoTerminator, Swy_NamesSymbols]> {
  let summary = "A grid of defenses, attacks and estimators on one data set and network, trained in one way";
  let description = [{
    The items in its body are the axes of the grid. `pairs` say what is attacked, where there are attacks: the first images, or
    with `random_images` drawn ones; with `own_correct` `correct_only` is by each defense itself. With repetitions,
    each model is trained `trainings` times and each of these attacked `attacks` times (S5.3). The baseline and what is
    compared are defenses, by their place. (C1) there is such a network, of the data set's images and classes; (C2) with attacks
    there are pairs; (C3) places of defenses are below their number; (C4) the body holds items alone; (C5) there is such an
    optimizer, and the training has a value for each of its scalars; (C6) there is
    such an augmentation, of the network's images; (C7) there is such a loss, without scalars, for its images and classes; (C8) what the
    training is validated against is an attack without scalars for these; `sampled` says how it estimates its gradients.

    An experiment with several data sets, networks or trainings is one such grid for each `setting`: the first, and those that
    are `part_of` it, in order. They have what is shown in common, and the first has it. (C9) there is such an experiment, with a
    setting, and it is no part itself; (C10) `own_correct` goes with `correct_only`.

    Example:
    ```
    swy.experiment @e network @net dataset <name = "digits", source = "synthetic_digits", train = 100, test = 100,
        input = [1, 4, 4], low = 0.0, high = 1.0, classes = 10>
      training <optimizer = @descent, scalars = {rate = 1.0e-01}, batch = 16, epochs = 1> seed 1
      judge <by = expected, draws = 20> report <measures = [<name = "accuracy">], baseline = 0> {
      swy.defend_with @none label "none" arguments [{} ] axes [] family "" strength ""
      swy.defend_with @hrs label "hrs(channels = [5, 5])" arguments [{} ] axes [] family "" strength ""
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, OptionalAttr<StrAttr>:$declared, FlatSymbolRefAttr:$network,
                       Swy_DatasetAttr:$dataset, Swy_TrainingAttr:$training, I64Attr:$seed, Swy_JudgeAttr:$judge,
                       OptionalAttr<Swy_PairsAttr>:$pairs, DefaultValuedAttr<Swy_Repetitions, "1">:$trainings,
                       DefaultValuedAttr<Swy_Repetitions, "1">:$attacks, Swy_ReportAttr:$report, Swy_JobPrecision:$precision,
                       OptionalAttr<FlatSymbolRefAttr>:$augmentation, OptionalAttr<FlatSymbolRefAttr>:$loss,
                       OptionalAttr<FlatSymbolRefAttr>:$validated_against, OptionalAttr<Swy_SampleSetAttr>:$sampled,
                       UnitAttr:$random_images, UnitAttr:$own_correct, OptionalAttr<Swy_CertificateAttr>:$certificate,
                       OptionalAttr<Swy_SettingAttr>:$setting, OptionalAttr<FlatSymbolRefAttr>:$part_of);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $sym_name (`declared` $declared^)? `network` $network `dataset` $dataset `training` $training
    (`augmentation` $augmentation^)? (`loss` $loss^)? (`validated_against` $validated_against^ (`sampled` $sampled^)?)? `seed` $seed `judge` $judge (`pairs` $pairs^)? (`random_images` $random_images^)? (`own_correct` $own_correct^)? (`trainings` $trainings^)? (`attacks` $attacks^)? `report` $report
    (`precision` $precision^)? (`certificate` $certificate^)? (`setting` $setting^)? (`part_of` $part_of^)?
    attr-dict-with-keyword $body
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = Swy_declaredMethods # [{
    int64_t countDefenses();
    /// What labels of its jobs begin with; `network` is its network.
    ::llvm::StringRef titleWith(NetworkOp network);
  }];
}

def Swy_DefendWithOp : Swy_Op<"defend_with", [ParentOneOf<["ExperimentOp", "DefendWithOp", "GradientsOp"]>, NoRegionArguments,
                                              NoTerminator, Swy_NamesSymbols]> {
  let summary = "One protected network of an experiment";
  let description = [{
    Several defenses rewrite the network one after another. `arguments` are the scalars of each; `axes` what varies. With
    `mounted` the weights are the base model's and nothing is trained. (C1) at least one defense, and arguments for each;
    (C2) there are such defenses, and the arguments have a value for each of their scalars; (C3) the network has a
    scalar for each of these.

    With `members`, a choice of defenses: the network is drawn for each example and pass among those that the members make,
    each trained as if it stood alone (S3.8); its own defenses change nothing and its scalars are those of the members, one
    after another. (C4) a chance for each member, or for none; at least two, whose own defenses are choices of nothing.

    Example:
    ```
    swy.defend_with @hrs with @gaussian label "hrs(channels = [5, 5]) with gaussian(init = 0.2, inner = 0.1)"
      arguments [{}, {init = 0.2, inner = 0.1} ] axes [] family "" strength ""
    ```
  }];
  let arguments = (ins FlatSymbolRefArrayAttr:$defenses, StrAttr:$label,
                       TypedArrayAttrBase<Swy_Scalars, "scalars of each defense">:$arguments, Swy_Axes:$axes, StrAttr:$family,
                       StrAttr:$strength, UnitAttr:$mounted, OptionalAttr<FlatSymbolRefAttr>:$network, Swy_Chances:$chances);
  let regions = (region AnyRegion:$members);
  let assemblyFormat = [{
    custom<Composition>($defenses) `label` $label `arguments` $arguments `axes` $axes `family` $family
    `strength` $strength (`mounted` $mounted^)? (`network` $network^)? (`chances` $chances^)? attr-dict-with-keyword
    (`members` $members^)?
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Those that a choice is drawn from; none: it is no choice.
    ::std::vector<DefendWithOp> choices();
    /// What it protects: the experiment's network, or that of a transfer.
    ::llvm::StringRef protectedNetwork();
  }];
}

def Swy_WorstOfOp : Swy_Op<"worst_of", [HasParent<"ExperimentOp">, SingleBlock, NoTerminator]> {
  let summary = "A set of attacks, of which each pair has the example that succeeds most";
  let description = [{
    `threat` is where its examples may lie: what a member that minimizes a distance finds elsewhere is none of the set's.
    (C1) the body holds `swy.attack_with` alone, at least one, without axes of their own.

    Example:
    ```
    swy.worst_of label "both" axes [] threat <norm = linf, radius = 0.1, clipped = true> {
      swy.attack_with @step label "step" arguments {eps = 0.1} axes [] threat <norm = linf, radius = 0.1, clipped = true>
    }
    ```
  }];
  let arguments = (ins StrAttr:$label, Swy_Axes:$axes, Swy_ThreatAttr:$threat);
  let regions = (region SizedRegion<1>:$members);
  let assemblyFormat = "`label` $label `axes` $axes `threat` $threat attr-dict-with-keyword $members";
  let hasVerifier = 1;
}

def Swy_AttackWithOp : Swy_Op<"attack_with", [ParentOneOf<["ExperimentOp", "WorstOfOp"]>, Swy_NamesSymbols]> {
  let summary = "One attack of an experiment, with its strength";
  let description = [{
    (C1) there is such an attack, and `arguments` have a value for each of its scalars. Example:
    `swy.attack_with @step label "step" arguments {eps = 0.1} axes [#swy.axis<name = "eps", text = "0.1", value = 0.1>]
    threat <norm = linf, radius = 0.1, clipped = true>`
  }];
  let arguments = (ins FlatSymbolRefAttr:$attack, StrAttr:$label, Swy_Scalars:$arguments, Swy_Axes:$axes,
                       Swy_ThreatAttr:$threat);
  let assemblyFormat = [{
    $attack `label` $label `arguments` $arguments `axes` $axes `threat` $threat attr-dict
  }];
}

def Swy_GradientsOp : Swy_Op<"gradients", [HasParent<"ExperimentOp">, NoRegionArguments, NoTerminator, Swy_NamesSymbols]> {
  let summary = "One estimator of an experiment";
  let description = [{
    `draws` is the size of the sample set: eot(n): n; all_paths(draws = n): n draws of all else for each path,
    all_paths: 0; else 1. With `transfer`, `source` is the index of the defense on which the examples are made,
    by one draw; or in its place that is a model `of` a network, which the region defends. The attacker takes the
    derivative of layers of the kinds in `identity` for the identity. (C1) `draws` is so; (C2) `source` is a defense of the
    experiment with `transfer` and without `of`, else -1; (C3) with `of`, which is for `transfer` alone, the region
    holds one `swy.defend_with` and nothing else; (C4) the network is one for the images and classes of the experiment's.
    Example: `swy.gradients eot draws 10 label "eot(10)"`
  }];
  let arguments = (ins Swy_Estimator:$estimator, Swy_Draws:$draws, StrAttr:$label,
                       DefaultValuedAttr<I64Attr, "-1">:$source, OptionalAttr<FlatSymbolRefAttr>:$of,
                       OptionalAttr<Swy_Axes>:$axes, OptionalAttr<StrArrayAttr>:$identity);
  let regions = (region AnyRegion:$model);
  let assemblyFormat = [{
    $estimator `draws` $draws `label` $label (`source` $source^)? (`of` $of^)? (`axes` $axes^)? (`identity` $identity^)?
    attr-dict-with-keyword (`model` $model^)?
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The model of another network that examples are made on; null: none is.
    DefendWithOp otherModel();
  }];
}

def Swy_JointShowOp : Swy_Op<"joint_show", [Swy_NamesSymbols]> {
  let summary = "A table or plot across experiments";
  let description = [{
    `text` is the plan's own of it (`shows` in docs/artifact.md), whose experiments are these, in their order. Nothing of a show
    decides a job. (C1) there is an experiment at least, and each is one, and no part of another. Example: `swy.joint_show [@whole] text "{}"`
  }];
  let arguments = (ins ConfinedAttr<TypedArrayAttrBase<FlatSymbolRefAttr, "experiments">, [ArrayMinCount<1>]>:$experiments,
                       StrAttr:$text);
  let assemblyFormat = "$experiments `text` $text attr-dict";
}

#endif
