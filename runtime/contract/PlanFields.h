// The fields of a plan, each once: `fields(io, value)` names them in the order of docs/artifact.md, and `io`
// reads them from JSON or writes them to it. What an Io can do (ParsePlan.cpp, WritePlan.cpp):
//   io(name, value)                  a field that is always there; integers with bounds
//   io.optional(name, value, none)   left out where it is `none`; of a std::optional, where there is nothing
//   io.word(name, value, words)      one of some texts; of an enumeration: what Words says
//   io.object(name, body)            an object of its own, filled by `body`
//   io.optionalObject(name, is there, body)  one that says something by being there
//   io.position(thing)               `id`, which is the place of the value in its list; gives the place
//   io.choice(name, flag, a, b)      the text `a` for true, `b` for false
//   io.kind(name, variant)           which alternative it holds, by its kindWord
#ifndef SWITCHYARD_RUNTIME_CONTRACT_PLANFIELDS_H
#define SWITCHYARD_RUNTIME_CONTRACT_PLANFIELDS_H

#include "runtime/contract/Measures.h"
#include "runtime/contract/Plan.h"
#include "runtime/contract/ShowRules.h"
#include "runtime/contract/limits.h"

namespace switchyard::rt {

/// The version of the plan's text.
constexpr int64_t planSchema = 4;

/// The texts of an enumeration.
template <typename Enum> struct Words;
template <typename Enum> using WordTable = std::vector<std::pair<Enum, const char *>>;

template <> struct Words<Access> {
  static WordTable<Access> table() {
    return {{Access::In, "in"}, {Access::Out, "out"}, {Access::InOut, "inout"}, {Access::Scratch, "scratch"}};
  }
};
template <> struct Words<Precision> {
  static WordTable<Precision> table() {
    WordTable<Precision> table;
    for (Precision one : {Precision::Float32, Precision::Tf32, Precision::ExactOrder})
      table.push_back({one, precisionName(one).c_str()});
    return table;
  }
};
template <> struct Words<Norm> {
  static WordTable<Norm> table() {
    return {
#define NORM(NAME, WORD) {Norm::NAME, WORD},
#include "runtime/contract/threats.def"
    };
  }
};
template <> struct Words<Threat::Kind> {
  static WordTable<Threat::Kind> table() {
    return {
#define THREAT(KIND, WORD, NORM, BALL) {Threat::Kind::KIND, WORD},
#include "runtime/contract/threats.def"
    };
  }
};
template <> struct Words<Goal::Choice> {
  static WordTable<Goal::Choice> table() {
    return {{Goal::Choice::EachWrongClass, "each_wrong_class"},
            {Goal::Choice::OneRandomClass, "one_random_class"},
            {Goal::Choice::NextClass, "next_class"},
            {Goal::Choice::Class, "class"}};
  }
};

template <> struct Words<Verdict::Kind> {
  static WordTable<Verdict::Kind> table() {
    return {{Verdict::Kind::Expected, "expected"},
            {Verdict::Kind::OneDraw, "one_draw"},
            {Verdict::Kind::AnyOf, "any_of"},
            {Verdict::Kind::Majority, "majority"},
            {Verdict::Kind::SameDraw, "same_draw"}};
  }
};

/// What the text calls a job of this kind.
template <typename Kind> inline constexpr const char *kindWord = nullptr;
template <> inline constexpr const char *kindWord<TrainJob> = "train";
template <> inline constexpr const char *kindWord<AccuracyJob> = "accuracy";
template <> inline constexpr const char *kindWord<AttackJob> = "attack";

template <typename Io> void fields(Io &io, Argument &argument) {
  io("role", argument.role);
  io("name", argument.name);
  io("access", argument.access);
  if (argument.role == Role::Arena) // bytes: `arena_bytes` is its size
    return;
  io.word("type", argument.type, {"f32", "i32", "i64"});
  io("shape", argument.shape);
}

/// What a function and its device function have in common.
template <typename Io> void signatureFields(Io &io, Function &function) {
  io("batch", function.batch, 0, limits::count);
  io("arena_bytes", function.arenaBytes, 0, int64_t(1) << 46);
  io("arguments", function.arguments);
}

template <typename Io> void fields(Io &io, Function &function) {
  io("name", function.name);
  signatureFields(io, function);
  io.optional("gradients", function.gradients, {});
  io.optional("comparisons", function.comparisons, {});
  io.optional("finishes", function.finishes, {});
  io.optional("one_draw", function.oneDraw, false);
  io.optional("givens", function.givens, {});
  io.optionalObject("cuda", function.onDevice != nullptr, [&](auto &cuda) {
    Function onDevice = function.onDevice ? *function.onDevice : Function();
    onDevice.name = function.name;
    onDevice.gradients = function.gradients;
    onDevice.comparisons = function.comparisons;
    onDevice.finishes = function.finishes;
    onDevice.oneDraw = function.oneDraw;
    onDevice.givens = function.givens;
    signatureFields(cuda, onDevice);
    cuda("host", onDevice.hostArguments);
    cuda.either("restarts", onDevice.restarts, onDevice.restartsScalar);
    function.onDevice = std::make_shared<const Function>(std::move(onDevice));
  });
}

template <typename Io> void fields(Io &io, DatasetSpec &dataset) {
  io("name", dataset.name);
  io("source", dataset.source);
  io.numbersAndTexts("arguments", dataset.arguments, dataset.files);
  io("input", dataset.input);
  io.pair("range", "two numbers", dataset.low, dataset.high);
  io("classes", dataset.classes, 2, limits::classes);
}

template <typename Io> void fields(Io &io, Call &call) {
  io.function("function", call.function);
  io("scalars", call.scalars);
}

template <typename Io> void fields(Io &io, Parameter &parameter) {
  io("name", parameter.name);
  io("shape", parameter.shape);
}

template <typename Io> void fields(Io &io, ModelParameter &parameter) {
  io("name", parameter.name);
  io("shape", parameter.shape);
  io("from", parameter.from);
  io.optional("trained_as", parameter.trainedAs, "");
}

template <typename Io> void fields(Io &io, Model &model) {
  io.position("model");
  io("parameters", model.parameters);
}

template <typename Io> void fields(Io &io, Stage &stage) {
  fields(io, stage.call);
  io("channels", stage.channels, 1, limits::count);
  io.optional("block", stage.block, "");
  io.optional("chances", stage.chances, {});
  io.optional("chooses", stage.chooses, false);
}

template <typename Io> void fields(Io &io, Goal &goal) {
  io.choice("form", goal.toward, "toward", "away");
  if (!goal.toward)
    return;
  io("choice", goal.choice);
  if (goal.choice == Goal::Choice::Class)
    io("class", goal.klass.emplace(goal.klass.value_or(0)));
}

template <typename Io> void fields(Io &io, TrainJob &job) {
  io("parameters", job.parameters);
  io("init", job.init);
  io("step", job.step);
  io("batch", job.batch, 1, limits::count);
  io("epochs", job.epochs, 1, limits::count);
  io("stream", job.stream, 0, limits::count);
  io.optional("frozen", job.frozen);
  io.optionalObject("validation", job.validation.has_value(), [&](auto &object) {
    Validation validation = job.validation.value_or(Validation());
    object("call", validation.call);
    object("images", validation.images, 1, limits::count);
    object("keep_best", validation.keepBest);
    object("patience", validation.patience, 0, limits::count);
    job.validation = validation;
  });
}

template <typename Io> void fields(Io &io, Answering &model) {
  io("weights", model.weights);
  io("predict", model.predict);
  io("random", model.random);
  io.optionalObject("paths", !model.stages.empty(), [&](auto &paths) { paths("stages", model.stages); });
  io.optional("votes", model.votes, 1, 1, limits::votes);
}

template <typename Io> void fields(Io &io, AccuracyJob &job) {
  fields(io, job.model);
  io("draws", job.draws, job.model.stages.empty() ? 1 : 0, limits::draws);
  io.optionalObject("certificate", job.certificate.has_value(), [&](auto &certificate) {
    if (!job.certificate)
      job.certificate.emplace();
    certificate("selection", job.certificate->selection, 1, limits::draws);
    certificate("images", job.certificate->images, 0, limits::count);
    certificate.optional("random_images", job.certificate->random, false);
  });
}

template <typename Io> void fields(Io &io, Pairs &pairs) {
  io("images", pairs.images, 1, limits::count);
  io.optional("random_images", pairs.random, false);
  io("correct_only", pairs.correctOnly);
  io.optional("own_correct", pairs.ownCorrect, false);
  io("goal", pairs.goal);
}

template <typename Io> void fields(Io &io, Judging &judging) {
  io.choice("kind", judging.oneDraw, "one_draw", "expected");
  io("draws", judging.draws, 1, limits::draws);
  io.optional("same_draw", judging.sameDraw, false);
}

template <typename Io> void fields(Io &io, Threat &threat) {
  io("kind", threat.kind);
  io("radius", threat.radius);
  io("clipped", threat.clipped);
}

template <typename Io> void fields(Io &io, AttackPart &part) {
  io("job", part.job);
  io("attack", part.attack);
}

template <typename Io> void fields(Io &io, AttackJob &job) {
  fields(io, job.model);
  io("attack_seed", job.seed);
  io("attack_weights", job.source);
  io.optional("examples", job.examples, "");
  io("attack", job.attack);
  fields(io, job.pairs);
  io("judge", job.judging);
  io("threat", job.threat);
  io.optional("parts", job.parts, {});
  io.optionalObject("passes", job.passes.has_value(), [&](auto &passes) {
    if (!job.passes)
      job.passes.emplace();
    passes("forward", job.passes->forward);
    passes("backward", job.passes->backward);
  });
}

template <typename Io> void fields(Io &io, Job &job) {
  job.id = io.position("job");
  io.kind("kind", job.work);
  io("hash", job.hash);
  io("label", job.label);
  io("dataset", job.dataset);
  io("seed", job.seed);
  io.optional("precision", job.precision, Precision::Float32);
  std::visit([&](auto &its) { fields(io, its); }, job.work);
}

template <typename Io> void fields(Io &io, std::pair<std::string, AxisValue> &axis) {
  io("name", axis.first);
  io.optional("value", axis.second.value, std::numeric_limits<double>::quiet_NaN());
  io("text", axis.second.text);
}

template <typename Io> void fields(Io &io, Setting &setting) {
  io("dataset", setting.dataset);
  io.optional("baseline", setting.baseline);
  io.optional("data_name", setting.dataName, "");
  io.optional("network", setting.network, "");
  io.optional("training", setting.training, "");
  io.optional("axes", setting.axes, {});
}

template <typename Io> void fields(Io &io, DefenseEntry &defense) {
  io("label", defense.label);
  io("defense", defense.defense);
  io("family", defense.family);
  io("strength", defense.strength);
  io("axes", defense.axes);
  io.optional("setting", defense.setting, 0);
  io("accuracies", defense.accuracies);
  io.optional("certificates", defense.certificates, {});
  io.optional("noise", defense.noise, 0);
  io.optional("uncertified", defense.uncertified, "");
}

template <typename Io> void fields(Io &io, Cell &cell) {
  io("defense", cell.defense);
  io("attack", cell.attack);
  io("gradients", cell.gradients);
  io("axes", cell.axes);
  io.optional("gradients_axes", cell.gradientsAxes, {});
  io.optional("jobs", cell.jobs, {});
  io.optional("reason", cell.reason, "");
}

template <typename Io> void fields(Io &io, Aggregate &aggregate) {
  io.word("how", aggregate.how, {"mean", "worst"});
  io("over", aggregate.over);
}

template <typename Io> void fields(Io &io, Measure &measure) {
  io.word("name", measure.name, measureNames());
  io.optional("aggregates", measure.aggregates, {});
  io.optional("arguments", measure.arguments, {});
}

template <typename Io> void fields(Io &io, ShownAttack &shown) {
  io("attack", shown.attack);
  io("axes", shown.axes);
}

template <typename Io> void fields(Io &io, Show &show) {
  io.word("kind", show.kind, {"table", "plot", "scatter", "examples", "curves"});
  io("measures", show.measures);
  io.optional("against", show.against, "");
  io.optional("against_aggregates", show.againstAggregates, {});
  io.optional("against_arguments", show.againstArguments, {});
  io.optional("fit", show.fit, false);
  io.optional("attacks", show.attacks, {});
  io.optional("images", show.images, 0, 1, mostShownImages);
  io.optional("curves", show.curves, {});
  io.optional("log_x", show.logX, false);
  io.optional("log_y", show.logY, false);
  io.optional("panels", show.panels, false);
  io("by", show.by);
  io("for_each", show.forEach);
}

template <typename Io> void fields(Io &io, Verdict &verdict) {
  io("kind", verdict.kind);
  io.optional("answers", verdict.answers, 1, 1, limits::draws);
}

template <typename Io> void fields(Io &io, std::pair<int64_t, int64_t> &comparison) {
  io.sides("two defenses", comparison.first, comparison.second);
}

template <typename Io> void fields(Io &io, Experiment &experiment) {
  io("name", experiment.name);
  io("as_published", experiment.asPublished);
  io("settings", experiment.settings);
  io.optional("repeat_training", experiment.repeatTraining, 1, 1, limits::repetitions);
  io.optional("repeat_attack", experiment.repeatAttack, 1, 1, limits::repetitions);
  io.optional("comparisons", experiment.comparisons, {});
  io("defenses", experiment.defenses);
  io("cells", experiment.cells);
  io.optional("judges", experiment.judges, {});
  io("measures", experiment.measures);
  io("shows", experiment.shows);
}

template <typename Io> void fields(Io &io, ShowPart &part) {
  io("experiment", part.experiment);
  io("show", part.show);
  io("missing", part.missing);
}

template <typename Io> void fields(Io &io, JointShow &joint) {
  io("show", joint.show);
  io("parts", joint.parts);
}

template <typename Io> void fields(Io &io, Plan &plan) {
  io.schema("schema", planSchema);
  io.object("program", [&](auto &program) {
    program("file", plan.file);
    program("resolved", plan.resolved);
    program("modules", plan.modules);
    program("seed", plan.seed);
    program("compiler", plan.compiler);
    program("cpu", plan.cpu);
  });
  io("functions", plan.functions);
  io("datasets", plan.datasets);
  io("models", plan.models);
  io("jobs", plan.jobs);
  io("experiments", plan.experiments);
  io.optional("shows", plan.shows, {});
}

} // namespace switchyard::rt

#endif
