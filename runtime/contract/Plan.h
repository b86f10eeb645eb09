// The plan as the artifact carries it (docs/artifact.md), and its JSON text.
#ifndef SWITCHYARD_RUNTIME_CONTRACT_PLAN_H
#define SWITCHYARD_RUNTIME_CONTRACT_PLAN_H

#include "runtime/contract/DatasetSpec.h"
#include "runtime/contract/Precision.h"
#include "runtime/contract/Roles.h"

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace switchyard::rt {

struct Argument {
  using Access = rt::Access;
  Role role = Role::Arena;
  std::string name, type; // type: "f32", "i32", "i64"; none of the arena
  std::vector<int64_t> shape;
  Access access = Access::In;
};

struct Function {
  std::string name;
  int64_t batch = 0, arenaBytes = 0;
  std::vector<Argument> arguments;      // the arena is the last
  std::vector<std::string> gradients;   // where each `gradient of` stands that it tallies
  std::vector<std::string> comparisons; // of an attack: behind them in the tally
  std::vector<std::string> finishes;    // of a training, where its attacks end: behind those
  /// And where losses give each its image, empty where none does; or none of all.
  std::vector<std::string> givens;
  bool oneDraw = false;                     // all rows of a batch must be of one draw
  std::shared_ptr<const Function> onDevice; // the device function of this name; null where there is none
  std::vector<int64_t> hostArguments; // of a device function: scalars whose values decide what it launches
  /// Of a device function whose rows are restarts of examples: how many one has (else 0), or the scalar that
  /// says it.
  int64_t restarts = 0;
  std::string restartsScalar;
};

/// Whether the host may read this buffer of a device function.
inline bool hostReads(const Argument &argument) {
  return hostReads(argument.role, argument.access, argument.shape.size());
}

/// A compiled function together with the scalars of one job.
struct Call {
  int64_t function = 0; // index into Plan::functions
  std::map<std::string, double> scalars;
};

struct Parameter {
  std::string name;
  std::vector<int64_t> shape;
};

/// The parameters of a protected network: each is one training's, or the stack of several trainings', one for
/// each channel of a switching block.
struct ModelParameter {
  std::string name;
  std::vector<int64_t> shape;
  std::vector<int64_t> from;  // training jobs
  std::string trainedAs = {}; // its name there, where it is another

  const std::string &nameInTraining() const { return trainedAs.empty() ? name : trainedAs; }
};
struct Model {
  std::vector<ModelParameter> parameters;
};

/// One block of a network that is gone through path by path: it takes any of its channels, or of the ways
/// through the choices in it.
struct Stage {
  Call call;
  int64_t channels = 1;
  std::string block = {};           // its name in the network
  std::vector<double> chances = {}; // of the channels, together 1; empty: equal ones
  bool chooses = false;             // they are ways through choices
};

struct Goal {
  enum class Choice { EachWrongClass, OneRandomClass, NextClass, Class };
  bool toward = true; // else: away from the label
  Choice choice = Choice::OneRandomClass;
  std::optional<int64_t> klass = {}; // of `Class`
};

/// What a training holds out of its images and does by their accuracy (S1.16).
struct Validation {
  Call call;             // their logits
  int64_t images = 0;    // the last ones of the split
  bool keepBest = false; // the weights of the epoch with the highest accuracy stay
  int64_t patience = 0;  // epochs without a higher one that end the training; 0: none do
};

/// Trains the parameters of a network, or of one channel of a switching block.
struct TrainJob {
  std::vector<Parameter> parameters;
  Call init, step;
  int64_t batch = 0, epochs = 0;
  int64_t stream = 0; // keeps the draws of several trainings of one network apart
  std::optional<Validation> validation = {};
  std::optional<int64_t> frozen = {}; // the model that the blocks below take their parameters from
};

/// The model that an accuracy or an attack asks.
struct Answering {
  int64_t weights = 0; // model
  Call predict;
  bool random = false;
  std::vector<Stage> stages; // not empty: judged exactly, over all paths (S5.1)
  int64_t votes = 1;         // draws, or paths, that an answer is the majority of (S5.8)
};

/// Of randomized smoothing (Cohen et al., 2019): the first `selection` draws choose the class that the others
/// are counted for.
struct Certificate {
  int64_t selection = 0, images = 0; // of the first so many test images; 0: all
  bool random = false;               // of so many that are drawn by the job's seed
};

struct AccuracyJob {
  Answering model;
  int64_t draws = 1;                           // a pass; those of a selection among them
  std::optional<Certificate> certificate = {}; // none: accuracy alone
};

/// Which (image, goal) pairs are attacked.
struct Pairs {
  int64_t images = 0;       // so many of the test split
  bool random = false;      // drawn by the job's seed; else its first
  bool correctOnly = false; // those that the baseline classifies correctly
  bool ownCorrect = false;  // with it: that the model itself does
  Goal goal = {};
};

struct Judging {
  bool oneDraw = false; // else: the mean success over `draws`
  int64_t draws = 1;
  bool sameDraw = false; // beside it success under the draw that the attack kept (S5.8)
};

/// How the distance of an example from its image is measured (threats.def).
enum class Norm {
#define NORM(NAME, WORD) NAME,
#include "runtime/contract/threats.def"
};

/// Where finished examples may lie.
struct Threat {
  enum class Kind {
#define THREAT(KIND, WORD, NORM, BALL) KIND,
#include "runtime/contract/threats.def"
  };
  Kind kind = Kind::FreeL2;
  double radius = 0; ///< of a ball
  bool clipped = true;

  bool hasBall() const;
  Norm norm() const; ///< that distances are in
};

/// Of one pair through the network, as the attack's text says.
struct NetworkPasses {
  int64_t forward = 0, backward = 0;
};

/// One attack of a set.
struct AttackPart {
  int64_t job = 0;
  std::string attack; // as it is called
};

struct AttackJob {
  Answering model;           // that is judged
  int64_t source = 0;        // the model that the examples are made on
  int64_t seed = 1;          // the job's, but for repeated attacks (S5.3)
  std::string examples = {}; // hash of what makes them, without what judges them; empty: they are not kept
  Call attack;
  Pairs pairs;
  Judging judging;
  Threat threat;
  /// Of a set: it runs nothing, and each pair has the example of these that succeeds most; the seed, the
  /// source and the call are the first one's.
  std::vector<AttackPart> parts = {};
  std::optional<NetworkPasses> passes = {}; ///< none: not known
};

/// One piece of work: what all kinds say, and beside it what its kind does.
struct Job {
  int64_t id = 0;
  std::string hash, label;
  int64_t dataset = 0, seed = 1;
  Precision precision = Precision::Float32;
  std::variant<TrainJob, AccuracyJob, AttackJob> work = {};

  template <typename Kind> bool is() const { return std::holds_alternative<Kind>(work); }
  template <typename Kind> const Kind &as() const { return std::get<Kind>(work); }
  template <typename Kind> Kind &as() { return std::get<Kind>(work); }
};

/// "linf"
const char *normName(Norm norm);
std::optional<Norm> normNamed(const std::string &name);
/// The word of its kind: "linf", "free_linf".
const char *threatWord(Norm norm, bool ball);

/// A value of an axis: the number, NaN where it is none, and how the program writes it ("16/255").
struct AxisValue {
  double value = std::numeric_limits<double>::quiet_NaN();
  std::string text;
};
using Axes = std::vector<std::pair<std::string, AxisValue>>; // in the order of the program

/// Whether both stand at the same place: values are compared by their text, which is exact.
bool samePlace(const Axes &one, const Axes &other);

/// What defenses are applied to: a network that is trained in one way on one data set. Nothing is compared
/// across settings.
struct Setting {
  int64_t dataset = 0;
  std::optional<int64_t> baseline = {}; // the defense that the others of the setting are compared with
  /// As tables call them, where the experiment has settings as axes; else empty.
  std::string dataName = {}, network = {}, training = {};
  Axes axes = {}; // of the network, then of the training

  bool isNamed() const { return !network.empty(); }
};

struct DefenseEntry {
  std::string label, defense, family, strength;
  Axes axes;
  int64_t setting = 0;
  std::vector<int64_t> accuracies; // jobs, one of each training run
  /// Likewise where certificates are asked for and there are any; else `uncertified` says why.
  std::vector<int64_t> certificates = {};
  double noise = 0; // standard deviation of the noise on the input that certifies
  std::string uncertified = {};
};

struct Cell {
  int64_t defense = 0;
  std::string attack, gradients;
  Axes axes;               // of the attack
  Axes gradientsAxes = {}; // of the estimator
  /// Of each run: the attack runs on the first training's model, then those on the second's, ... None where
  /// the setting means nothing; `reason` says why.
  std::vector<int64_t> jobs;
  std::string reason;

  bool meansSomething() const { return !jobs.empty(); }
};

struct Aggregate {
  std::string how; // "mean", "worst"
  std::vector<std::string> over;
};

struct Measure {
  std::string name; // one of measures.def
  std::vector<Aggregate> aggregates;
  std::map<std::string, double> arguments = {}; // those given; the others have their defaults
};

/// An attack of some cells.
struct ShownAttack {
  std::string attack; // as they name it
  Axes axes;
};

struct Show {
  std::string kind; // "table", "plot", "scatter", "examples", "curves"
  std::vector<Measure> measures;
  std::string against; // plot: axis or measure on the x axis; scatter: measure
  std::vector<std::string> by, forEach;
  std::vector<Aggregate> againstAggregates = {}; // of a measure on the x axis
  std::map<std::string, double> againstArguments = {};
  bool fit = false;                      // scatter: lines through the points
  std::vector<ShownAttack> attacks = {}; // examples: whose
  int64_t images = 0;                    // examples: of the first so many attacked images
  std::vector<std::string> curves = {};  // curves: of trainings (Curves.h)
  bool logX = false, logY = false;       // logarithmic axes
  bool panels = false;                   // the pages of `for each` side by side
};

/// "next_class"
std::string goalWord(Goal::Choice choice);

/// How success is told from a model's answers to one finished example (S5.1, S5.8).
struct Verdict {
  enum class Kind { Expected, OneDraw, AnyOf, Majority, SameDraw };
  Kind kind = Kind::Expected;
  int64_t answers = 1; // of AnyOf and Majority: how many are asked for

  bool operator==(const Verdict &other) const { return kind == other.kind && answers == other.answers; }
};

/// "any_of", "any_of(10)"
std::string verdictWord(Verdict::Kind kind);
std::string verdictText(const Verdict &verdict);

struct Experiment {
  std::string name;
  bool asPublished = false;
  std::vector<Setting> settings = std::vector<Setting>(1); // one or more, each with all defenses
  int64_t repeatTraining = 1, repeatAttack = 1; // runs of each training; of each attack on each run's model
  std::vector<std::pair<int64_t, int64_t>> comparisons; // of defenses of one setting
  std::vector<DefenseEntry> defenses;
  std::vector<Cell> cells;
  std::vector<Verdict> judges = {}; // each judges every cell; none: by the success expected
  std::vector<Measure> measures;    // without aggregates
  std::vector<Show> shows;

  const Setting &settingOf(int64_t defense) const {
    return settings.at(size_t(defenses.at(size_t(defense)).setting));
  }
};

/// One experiment's share of a show across experiments.
struct ShowPart {
  int64_t experiment = 0;
  Show show; // with the measures as the experiment has them, and those of the axes that it has
  std::vector<std::string> missing; // of each measure why it means nothing there; empty where it does
};

/// A table or plot across experiments, which are one more axis of it; nothing is brought together along that.
struct JointShow {
  Show show;
  std::vector<ShowPart> parts; // in the order of the experiments
};

struct Plan {
  std::string file, resolved, compiler, cpu;
  std::map<std::string, std::string> modules; // texts of the modules that it uses, by their place beside it
  int64_t seed = 1;
  std::vector<Function> functions;
  std::vector<DatasetSpec> datasets;
  std::vector<Model> models;
  std::vector<Job> jobs; // jobs[i].id == i; a job's upstream jobs have smaller ids
  std::vector<Experiment> experiments;
  std::vector<JointShow> shows = {}; // across experiments
};

/// The chance of each path, the last stage's channels fastest; empty where all are equal.
std::vector<double> chancesOfPaths(const std::vector<Stage> &stages);

/// The trainings that a model is made of, each once, in the order of the plan.
std::vector<int64_t> trainingsOf(const Plan &plan, int64_t model);

/// The accuracy jobs of all settings that use attack job `id` by which `correct_only` filters its images: of
/// the baselines, or of the models that it attacks (S2.4). They come before it and are part of its key.
std::vector<int64_t> choosingAccuracyJobs(const Plan &plan, int64_t id);

/// Whether the show has pictures of the cell's examples.
bool showsExamples(const Show &show, const Cell &cell);
/// Of how many of its first images the examples of attack job `id` are shown, itself or as a part of a set.
/// Of repeated trainings and attacks the first run's are.
int64_t shownImages(const Plan &plan, int64_t id);

/// Of the experiment's data sets.
int64_t mostClasses(const Plan &plan, const Experiment &experiment);

/// Whether a result of accuracy or attack job `id` is of use only with its labels and the share of each class
/// among the answers.
bool needsAnswers(const Plan &plan, int64_t id);

/// Parses and checks a plan; throws std::runtime_error with the JSON path of what is wrong.
Plan parsePlan(const std::string &json);

/// The plan's text, which parsePlan reads.
std::string planText(Plan plan);

/// What is shown of the experiment's measures, its shares of shows across experiments included.
std::vector<Show> showsOf(const Plan &plan, const Experiment &experiment);

/// One show's, and back; throws likewise.
std::string showText(Show show);
Show parseShow(const std::string &json);
std::string jointShowText(JointShow show);
JointShow parseJointShow(const std::string &json);

/// All that decides which pairs an attack takes, and all that decides how its examples are judged: where the
/// texts of two jobs are equal, that is.
std::string pairsText(const Plan &plan, Job attack);
std::string judgeText(const Plan &plan, Job attack);

} // namespace switchyard::rt

#endif
