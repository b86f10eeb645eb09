// Attributes of experiment level: what an experiment is done with and reported by, each with its rules. What decides the
// result of a job stands in one of these and is hashed whole (JobInterfaces.td).

#ifndef SWITCHYARD_DIALECT_EXPERIMENT_ATTRIBUTES_TD
#define SWITCHYARD_DIALECT_EXPERIMENT_ATTRIBUTES_TD

include "dialect/Dialect.td"

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

class Swy_RealParameter<string text, string value = ""> : AttrOrTypeParameter<"::switchyard::swy::Real", text> {
  let parser = "::switchyard::swy::parseReal($_parser)";
  let printer = "::switchyard::swy::printReal($_printer, $_self)";
  let defaultValue = value;
}

class Swy_FlagParameter<string text, string value = ""> : AttrOrTypeParameter<"bool", text> {
  let defaultValue = value;
  let parser = "::switchyard::swy::parseFlag($_parser)";
  let printer = "$_printer << ($_self ? \"true\" : \"false\")";
}

/// In brackets; not written where it is empty.
class Swy_ListParameter<string of, string text> : OptionalArrayRefParameter<of, text> {
  let parser = "::switchyard::swy::parseList<" # of # ">($_parser)";
  let printer = "::switchyard::swy::printList($_printer, $_self)";
}

/// Finite reals (f64) and whole numbers (i64) by name.
def Swy_Scalars : Attr<And<[CPred<"::llvm::isa<::mlir::DictionaryAttr>($_self)">,
                            CPred<"::switchyard::swy::areScalars(::llvm::cast<::mlir::DictionaryAttr>($_self))">]>,
                       "finite reals (f64) and whole numbers (i64) by name"> {
  let storageType = "::mlir::DictionaryAttr";
  let returnType = "::mlir::DictionaryAttr";
  let convertFromStorage = "$_self";
}
class Swy_ScalarsParameter<string text> : OptionalParameter<"::mlir::DictionaryAttr", text>;

class Swy_Attr<string name, string word> : AttrDef<Swy_Dialect, name> {
  let mnemonic = word;
  let assemblyFormat = "`<` struct(params) `>`";
}

//===----------------------------------------------------------------------===//
// What is trained on what
//===----------------------------------------------------------------------===//

def Swy_DatasetAttr : Swy_Attr<"Dataset", "dataset"> {
  let summary = "A data set: where its images come from, and what they are";
  let description = [{
    `train` and `test` are how many images of each split are taken, 0 where the source alone tells. `files` are absolute.
    (C1) `input` has no size below 1; (C2) `low` is below `high`, both finite; (C3) at least 2 classes; (C4) `files` are texts.
    Example: `#swy.dataset<name = "digits", source = "synthetic_digits", train = 8000, test = 1000, input = [1, 28, 28],
    low = 0.0, high = 1.0, classes = 10>`
  }];
  let parameters = (ins StringRefParameter<"as declared">:$name, StringRefParameter<"what draws or reads it">:$source,
                        DefaultValuedParameter<"int64_t", "0">:$train, DefaultValuedParameter<"int64_t", "0">:$test,
                        OptionalParameter<"::mlir::DictionaryAttr", "by argument of the source">:$files,
                        Swy_ListParameter<"int64_t", "of an image">:$input, Swy_RealParameter<"of pixels">:$low,
                        Swy_RealParameter<"of pixels">:$high, "int64_t":$classes);
  let genVerifyDecl = 1;
}

def Swy_ValidationAttr : Swy_Attr<"Validation", "validation"> {
  let summary = "What a training holds out of its images, and what it does by their accuracy (S1.16)";
  let description = [{
    The last `images` of the training split. With `keep_best` the weights of the epoch with the highest accuracy stay; after
    `patience` epochs without a higher one the training ends, 0: none end it. (C1) `images` is 1 to 2147483647; (C2) `patience`
    is 0 to that. Example: `#swy.validation<images = 500, keep_best = true, patience = 5>`
  }];
  let parameters = (ins "int64_t":$images, DefaultValuedParameter<"bool", "false">:$keep_best,
                        DefaultValuedParameter<"int64_t", "0">:$patience);
  let genVerifyDecl = 1;
}

def Swy_TrainingAttr : Swy_Attr<"Training", "training"> {
  let summary = "A recipe of training: the optimizer with its numbers, batch and epochs";
  let description = [{
    `scalars` are the values of the optimizer's. (C1) they are finite reals; (C2) `batch` and `epochs` are 1 to 2147483647.
    Example: `#swy.training<optimizer = @descent, scalars = {rate = 5.0e-02}, batch = 128, epochs = 4>`
  }];
  let parameters = (ins "::mlir::FlatSymbolRefAttr":$optimizer, Swy_ScalarsParameter<"by name">:$scalars, "int64_t":$batch,
                        "int64_t":$epochs, OptionalParameter<"ValidationAttr">:$validation);
  let genVerifyDecl = 1;
}

def Swy_ParameterAttr : Swy_Attr<"Parameter", "parameter"> {
  let summary = "A parameter of a protected network, and the trainings that made it";
  let description = [{
    One training's, or for a switching block the stack of one for each channel; `trained_as` is its name there, where that
    is another: in a choice of defenses. (C1) some training.
    Example: `#swy.parameter<name = "features/0/weights", type = tensor<2x16x1x3x3xf32>, from = [@e.train.0, @e.train.1]>`
  }];
  let parameters = (ins StringRefParameter<"block/index/what">:$name, "::mlir::RankedTensorType":$type,
                        Swy_ListParameter<"::mlir::FlatSymbolRefAttr", "trainings, by channel">:$from,
                        StringRefParameter<"block/index/what", "\"\"">:$trained_as);
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    ::llvm::StringRef nameInTraining() const { return getTrainedAs().empty() ? getName() : getTrainedAs(); }
  }];
}

//===----------------------------------------------------------------------===//
// What is attacked, and how it is judged
//===----------------------------------------------------------------------===//

def Swy_Norm : I32Enum<"Norm", "how far an attack may go is measured", [
    I32EnumCase<"FreeL2", 0, "none">, I32EnumCase<"Linf", 1, "linf">, I32EnumCase<"L2", 2, "l2">,
    I32EnumCase<"FreeLinf", 3, "free_linf">, I32EnumCase<"L1", 4, "l1">, I32EnumCase<"L0", 5, "l0">,
    I32EnumCase<"FreeL1", 6, "free_l1">, I32EnumCase<"FreeL0", 7, "free_l0">]> {
  let cppNamespace = "::switchyard::swy";
}
def Swy_NormAttr : EnumAttr<Swy_Dialect, Swy_Norm, "norm"> {
  let summary = "How far an attack may go is measured";
  let description = [{ Example: `{radius = 1.0, norm = #swy.norm<l2>}` }];
  let assemblyFormat = "`<` $value `>`";
}

def Swy_ThreatAttr : Swy_Attr<"Threat", "threat"> {
  let summary = "What an attack may do to an image (S2.1)";
  let description = [{
    Inside a ball of `radius` around it, or anything, and near in that norm: runtime/contract/threats.def.
    `clipped` to the pixels' range. (C1) `radius` is finite and not below 0, and 0 without a ball. Example: `#swy.threat<norm = linf, radius = 0.1, clipped = true>`
  }];
  let parameters = (ins EnumParameter<Swy_Norm>:$norm, Swy_RealParameter<"of the ball">:$radius,
                        Swy_FlagParameter<"to the pixels' range">:$clipped);
  let genVerifyDecl = 1;
}

def Swy_Aim : I32Enum<"Aim", "where an attack goes", [
    I32EnumCase<"Away", 0, "away">, I32EnumCase<"EachWrongClass", 1, "each_wrong_class">,
    I32EnumCase<"OneRandomClass", 2, "one_random_class">, I32EnumCase<"NextClass", 3, "next_class">,
    I32EnumCase<"Class", 4, "class">]> {
  let cppNamespace = "::switchyard::swy";
}

def Swy_GoalAttr : Swy_Attr<"Goal", "goal"> {
  let summary = "Away from the label, or toward a class that is chosen so";
  let description = [{
    (C1) `number` is the class with `class`, else -1. Examples: `#swy.goal<aim = away>`, `#swy.goal<aim = class, number = 3>`
  }];
  let parameters = (ins EnumParameter<Swy_Aim>:$aim, DefaultValuedParameter<"int64_t", "-1">:$number);
  let genVerifyDecl = 1;
}

def Swy_PairsAttr : Swy_Attr<"Pairs", "pairs"> {
  let summary = "Which images an attack takes, and where to";
  let description = [{
    The first `images` of the test split; with `correct_only` those that the baseline classifies correctly. (C1) at least one.
    Example: `#swy.pairs<images = 200, correct_only = false, goal = <aim = one_random_class>>`
  }];
  let parameters = (ins "int64_t":$images, Swy_FlagParameter<"by the baseline">:$correct_only, "GoalAttr":$goal);
  let genVerifyDecl = 1;
}

def Swy_Verdict : I32Enum<"Verdict", "what counts as an attack's success", [
    I32EnumCase<"Expected", 0, "expected">, I32EnumCase<"OneDraw", 1, "one_draw">,
    I32EnumCase<"AnyOf", 2, "any_of">, I32EnumCase<"Majority", 3, "majority">,
    I32EnumCase<"SameDraw", 4, "same_draw">]> {
  let cppNamespace = "::switchyard::swy";
}

def Swy_Estimator : I32EnumAttr<"Estimator", "how a gradient through a random network is estimated (S4.1)", [
    I32EnumAttrCase<"OneDraw", 0, "one_draw">, I32EnumAttrCase<"RandomnessOff", 1, "randomness_off">,
    I32EnumAttrCase<"Eot", 2, "eot">, I32EnumAttrCase<"FrozenDraw", 3, "frozen_draw">,
    I32EnumAttrCase<"AllPaths", 4, "all_paths">, I32EnumAttrCase<"Transfer", 5, "transfer">]> {
  let cppNamespace = "::switchyard::swy";
}

def Swy_SampleSetAttr : Swy_Attr<"SampleSet", "sample_set"> {
  let summary = "How an attack inside a training estimates its gradients (S4.1)";
  let description = [{
    `draws` as `swy.gradients` has them: eot(n): n; all_paths(draws = n): n draws of all else for each path, all_paths: 0;
    else 1. (C1) `draws` is so; (C2) a training transfers no examples. Example: `#swy.sample_set<by = eot, draws = 4>`
  }];
  let parameters = (ins EnumParameter<Swy_Estimator>:$by, DefaultValuedParameter<"int64_t", "1">:$draws);
  let genVerifyDecl = 1;
}

def Swy_AnswerKind : I32Enum<"AnswerKind", "what several draws of a network say together (S5.8)", [
    I32EnumCase<"Majority", 0, "majority">, I32EnumCase<"Mean", 1, "mean">]> {
  let cppNamespace = "::switchyard::swy";
}

def Swy_AnswerAttr : Swy_Attr<"Answer", "answer"> {
  let summary = "How a protected network answers at inference: of how many draws an answer is made (S5.8)";
  let description = [{
    The class that most of `draws` draws have, or the one with the largest mean of their probabilities. (C1) 1 to 255 draws.
    Example: `#swy.answer<by = majority, draws = 11>`
  }];
  let parameters = (ins EnumParameter<Swy_AnswerKind>:$by, "int64_t":$draws);
  let genVerifyDecl = 1;
}

def Swy_JudgeAttr : Swy_Attr<"Judge", "judge"> {
  let summary = "How finished examples are judged on a random model (S5.1)";
  let description = [{
    By the success expected, over `draws` draws or exactly over all paths, or by one draw: this is the answers that are
    collected. (C1) 1 to 65535 draws; one with `one_draw`; nothing else. Example: `#swy.judge<by = expected, draws = 20>`
  }];
  let parameters = (ins EnumParameter<Swy_Verdict>:$by, DefaultValuedParameter<"int64_t", "1">:$draws);
  let genVerifyDecl = 1;
}

def Swy_CertificateAttr : Swy_Attr<"Certificate", "certificate"> {
  let summary = "How a smoothed model is certified (Cohen et al., 2019)";
  let description = [{
    `selection` draws choose the class, `draws` more are counted for it, on the first `images` test images, or so many `random`
    ones, 0: all. (C1) each 1 or more, together 65535 draws at most.
    Example: `#swy.certificate<selection = 100, draws = 1000, images = 200>`
  }];
  let parameters = (ins "int64_t":$selection, "int64_t":$draws, "int64_t":$images,
                        Swy_FlagParameter<"drawn by the seed", "false">:$random);
  let genVerifyDecl = 1;
}

def Swy_EvaluationAttr : Swy_Attr<"Evaluation", "evaluation"> {
  let summary = "All that decides what an attack job gives, its functions, model and seeds aside";
  let description = [{
    Example: `#swy.evaluation<pairs = <images = 200, correct_only = false, goal = <aim = away>>, judge = <by = one_draw>,
    threat = <norm = linf, radius = 0.1, clipped = true>>`
  }];
  let parameters = (ins "PairsAttr":$pairs, "JudgeAttr":$judge, "ThreatAttr":$threat);
}

//===----------------------------------------------------------------------===//
// What is reported
//===----------------------------------------------------------------------===//

def Swy_AxisAttr : Swy_Attr<"Axis", "axis"> {
  let summary = "Where an item stands on an axis of the results (S1.7)";
  let description = [{
    As the program writes it, and the number where it is one. (C1) `value` is finite or NaN.
    Example: `#swy.axis<name = "eps", text = "16/255", value = 0.0627>`
  }];
  let parameters = (ins StringRefParameter<"of the axis">:$name, StringRefParameter<"as written">:$text,
                        Swy_RealParameter<"NaN: no number", "Real::none()">:$value);
  let genVerifyDecl = 1;
}
def Swy_Axes : TypedArrayAttrBase<Swy_AxisAttr, "axes">;

def Swy_SettingAttr : Swy_Attr<"Setting", "setting"> {
  let summary = "What tables call the data set, network and training of one of an experiment's settings";
  let description = [{
    `title` stands in the labels of jobs; `axes` are the variables of the network and of the training. (C1) none of the texts
    is empty. Example: `#swy.setting<dataset = "digits", network = "wide",
    training = "short", title = "wide, w = 2", axes = [#swy.axis<name = "w", text = "2", value = 2.0>]>`
  }];
  let parameters = (ins StringRefParameter<"of the data set">:$dataset, StringRefParameter<"of the network">:$network,
                        StringRefParameter<"of the training">:$training, StringRefParameter<"of jobs">:$title,
                        Swy_ListParameter<"AxisAttr", "in order">:$axes);
  let genVerifyDecl = 1;
}

def Swy_Aggregation : I32Enum<"Aggregation", "what becomes of several values", [
    I32EnumCase<"Mean", 0, "mean">, I32EnumCase<"Worst", 1, "worst">]> {
  let cppNamespace = "::switchyard::swy";
}

def Swy_AggregateAttr : Swy_Attr<"Aggregate", "aggregate"> {
  let summary = "One number for all values of some axes";
  let description = [{ (C1) some axis. Example: `#swy.aggregate<how = worst, over = ["attack", "gradients"]>` }];
  let parameters = (ins EnumParameter<Swy_Aggregation>:$how, Swy_ListParameter<"::mlir::StringAttr", "axes">:$over);
  let genVerifyDecl = 1;
}

def Swy_MeasureAttr : Swy_Attr<"Measure", "measure"> {
  let summary = "Something measured: a row of runtime/contract/measures.def";
  let description = [{
    (C1) there is such a measure; (C2) `arguments` are finite reals.
    Example: `#swy.measure<name = "des", arguments = {offset = 0.002}, aggregates = [<how = mean, over = ["eps"]>]>`
  }];
  let parameters = (ins StringRefParameter<"of the table">:$name,
                        Swy_ScalarsParameter<"those given">:$arguments, Swy_ListParameter<"AggregateAttr", "in order">:$aggregates);
  let genVerifyDecl = 1;
}

def Swy_Picture : I32Enum<"Picture", "how values are shown", [
    I32EnumCase<"Table", 0, "table">, I32EnumCase<"Plot", 1, "plot">, I32EnumCase<"Scatter", 2, "scatter">]> {
  let cppNamespace = "::switchyard::swy";
}

def Swy_ShowAttr : Swy_Attr<"Show", "show"> {
  let summary = "A table or plot of the results";
  let description = [{
    `against` is an axis, or (`against_measure`) a measure, on the x axis; `by` and `for_each` name axes.
    (C1) some measure; (C2) a table has nothing against it, others have an axis or a measure, not both; (C3) `fit` is a
    scatter's. Example: `#swy.show<as = plot, measures = [<name = "attack_success_rate">], against = "eps", by = ["defense"]>`
  }];
  let parameters = (ins EnumParameter<Swy_Picture>:$as, Swy_ListParameter<"MeasureAttr", "in order">:$measures,
                        StringRefParameter<"an axis", "\"\"">:$against, OptionalParameter<"MeasureAttr">:$against_measure,
                        Swy_ListParameter<"::mlir::StringAttr", "axes">:$by,
                        Swy_ListParameter<"::mlir::StringAttr", "axes">:$for_each,
                        Swy_FlagParameter<"lines through the points", "false">:$fit);
  let genVerifyDecl = 1;
}

def Swy_ContrastAttr : Swy_Attr<"Contrast", "contrast"> {
  let summary = "Two defenses of an experiment that are compared image by image";
  let description = [{ By their places. (C1) two different ones, from 0. Example: `#swy.contrast<first = 0, second = 2>` }];
  let parameters = (ins "int64_t":$first, "int64_t":$second);
  let genVerifyDecl = 1;
}

def Swy_JudgedAttr : Swy_Attr<"Judged", "judged"> {
  let summary = "What the answers to a finished example say together (S5.8)";
  let description = [{
    With `any_of` and `majority`, of so many `answers`. (C1) 1 to 65535 answers, one of all others.
    Example: `#swy.judged<by = any_of, answers = 10>`
  }];
  let parameters = (ins EnumParameter<Swy_Verdict>:$by, DefaultValuedParameter<"int64_t", "1">:$answers);
  let genVerifyDecl = 1;
}

def Swy_ReportAttr : Swy_Attr<"Report", "report"> {
  let summary = "What an experiment shows of its results: nothing of it decides them";
  let description = [{
    `baseline` is the place of the defense `none`, or -1; each of `judges` judges every cell, none is by the success
    expected. Example: `#swy.report<measures = [<name = "accuracy">], baseline = 0>`
  }];
  let parameters = (ins Swy_ListParameter<"MeasureAttr", "without aggregates">:$measures,
                        Swy_ListParameter<"ShowAttr", "in order">:$shows,
                        Swy_ListParameter<"ContrastAttr", "in order">:$comparisons,
                        Swy_ListParameter<"JudgedAttr", "in order">:$judges,
                        "int64_t":$baseline,
                        Swy_FlagParameter<"no warnings of what a paper did", "false">:$as_published);
}

#endif
