// A checked experiment with nothing left to look up: every `for` expanded, every default filled in, every
// number exact. What the IR generator, the plan and `print --resolved` read. Pointers go into the AST of the
// same CheckedProgram.

#ifndef SWITCHYARD_COMPILER_SEMANTICS_RESOLVED_H
#define SWITCHYARD_COMPILER_SEMANTICS_RESOLVED_H

#include "compiler/syntax/Ast.h"
#include "dialect/layers/Layers.h"
#include "runtime/contract/Plan.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace switchyard::resolved {

/// Where an item stands on the axes of the results, in the order of the `for`s (S1.7).
using Axes = NamedValues;

struct Dataset {
  std::string name;           ///< as declared: `digits`
  std::string source;         ///< what draws or reads it: `synthetic_digits`, `mnist`
  NamedValues arguments;      ///< `train`, `test`; absolute names of files
  std::vector<int64_t> input; ///< channels, height, width
  Number low, high;
  int64_t classes = 0;
  Location location;
};

/// An argument of a layer. In a network its value is known; in a rewrite `expression` may depend on the
/// defense's real parameters and then stays symbolic (`symbolic`), `value` being this instance's.
struct LayerArgument {
  std::string name;
  Value value;
  const ast::Expr *expression = nullptr; ///< null: the default
  bool symbolic = false;
  NamedValues constants; ///< what a symbolic expression names that is none of the symbols
};

struct Layer {
  std::string kind;                     ///< its name
  const ast::LayerDecl *decl = nullptr; ///< null: a row of the table
  std::vector<LayerArgument> arguments; ///< of all its parameters, in their order
  std::string when = "always";          ///< with `decl`: when it acts
  NamedValues counts; ///< with `decl`: of its loops' turns and its groups, by their text: `2 * n`
  std::vector<int64_t> input, output; ///< one example's; empty in rewrites
  std::string path;                   ///< its place in the network; empty in rewrites
  Location location;

  /// What it makes of an input, by the rule of its row or declaration; what is symbolic has this instance's
  /// value.
  InferredShape infer(const LayerShape &input) const;
  /// Whether it draws at random in training, or at inference.
  bool draws(bool training) const;
  /// Whether it has values that training changes.
  bool learns() const;

private:
  LayerArguments asArguments() const;
};

struct Element;
/// What is left of layers as written once parts, `repeat`s and `if`s are expanded: each element takes what
/// the one before it gives.
using Chain = std::vector<Element>;

/// The sum of what two chains make of one input.
struct Residual {
  Chain main, shortcut;               ///< shortcut: empty where it is the input itself
  std::vector<int64_t> input, output; ///< as of a layer
  std::string path;
  Location location;
};

/// One of several chains, drawn for each example and pass.
struct Choice {
  std::vector<Chain> members;
  std::vector<double> chances;        ///< of the members, together 1; empty: equal ones
  std::vector<int64_t> input, output; ///< as of a layer
  std::string path;
  Location location;
};

struct Element {
  std::variant<Layer, Residual, Choice> is;

  const Layer *layer() const { return std::get_if<Layer>(&is); }
  const Residual *residual() const { return std::get_if<Residual>(&is); }
  const Choice *choice() const { return std::get_if<Choice>(&is); }
  /// As places name it.
  std::string kind() const { return layer() ? layer()->kind : residual() ? residualKind : choiceKind; }
  const std::vector<int64_t> &output() const {
    return std::visit([](auto &one) -> const std::vector<int64_t> & { return one.output; }, is);
  }
  /// What has chains of its own: all of them, in order.
  std::vector<const Chain *> chains() const;

  static constexpr const char *residualKind = "residual", *choiceKind = "choose", *anyLayer = "layer";
  /// Whether a place of that kind means it: its own kind, or any layer.
  bool isOf(const std::string &target) const { return kind() == target || (target == anyLayer && layer()); }
  /// What is no layer and places may name.
  static bool isStructure(const std::string &kind) { return kind == residualKind || kind == choiceKind; }
};

/// Visits a chain's elements in order, each before what is inside it; `inside`: it stands in another one.
void forEachElement(const Chain &chain, const std::function<void(const Element &, bool inside)> &visit,
                    bool inside = false);
/// Whether it is so of a layer of the chain, at any depth.
bool anyLayer(const Chain &chain, const std::function<bool(const Layer &)> &holds);

struct Block {
  std::string name;
  Chain layers;
  Location location;
};

struct Network {
  const ast::NetworkDecl *decl = nullptr;
  std::string name;
  NamedValues arguments;
  std::vector<int64_t> input;
  Number low, high;
  int64_t classes = 0;
  std::vector<Block> blocks;
  Location location; ///< in the experiment
};

struct Threat {
  ast::ThreatKind kind = ast::ThreatKind::None;
  std::string norm;                            ///< `linf`, `l2`, `l1`, `l0`
  Value radius;                                ///< with Within
  const ast::Expr *radiusExpression = nullptr; ///< in the AttackDecl's own parameters
  bool clipped = true;
};

struct Attack {
  const ast::AttackDecl *decl = nullptr; ///< aliases are resolved: with a body, or a set
  std::string name;                      ///< as the experiment calls it: `cw_pgd`
  NamedValues arguments;                 ///< all parameters of `decl`, objectives included
  NamedValues called = {};               ///< all parameters of `name`, which may be an alias
  NamedValues counts; ///< loops' turns that are computed of whole parameters, by their text: `2 * n`
  std::string label;  ///< `pgd(steps = 20)`: without what is an axis, or as by default
  std::string family;
  std::string strength;
  Axes axes;
  Threat threat;
  Location location;
  std::vector<Attack> parts = {}; ///< of a set, none a set itself; then `decl` has no body

  /// Visits what has a body: itself, or the parts.
  template <typename Visit> void forEachPart(Visit visit) const {
    if (parts.empty())
      return visit(*this);
    for (const Attack &part : parts)
      visit(part);
  }
};

/// A number that an attack or a loss takes in a training. A call's expression stands in the parameters of the
/// caller (the defense, or the attack whose alias it is), a default's in those of the same call before it.
struct TrainingScalar : LayerArgument {
  bool given = false;
};

enum class EstimatorKind { OneDraw, RandomnessOff, Eot, FrozenDraw, AllPaths, Transfer };

struct Estimator {
  EstimatorKind kind = EstimatorKind::OneDraw;
  std::string label; ///< `one_draw`, `eot(10)`, `transfer from none`
  Location location;
  int64_t draws = 1; ///< Eot: the size of the sample set; AllPaths: draws of all else for each path, 0: none
  int64_t source = -1;                      ///< Transfer: index of the defense that the examples are made on
  int64_t other = -1;                       ///< Transfer: in its place, index of the experiment's source
  Axes axes = {};                           ///< of an experiment's
  std::vector<std::string> asIdentity = {}; ///< layers whose derivative the identity stands for
};

/// An attack on the images of a training.
struct TrainingAttack {
  std::string name;   ///< of the loss's parameter; empty: `train against`
  bool given = false; ///< by the call of the loss; else its default, in the loss's own parameters
  const ast::CallExpr *call = nullptr;
  Attack attack;
  std::vector<std::vector<TrainingScalar>> scalars; ///< of the call, then of each alias
  std::optional<Estimator> estimator = {};          ///< none: by one draw
};

/// What a training descends.
struct Loss {
  const ast::LossDecl *decl = nullptr;
  std::string name;                    ///< as it is called
  std::vector<TrainingScalar> numbers; ///< of its parameters but attacks, in their order
  std::vector<TrainingAttack> attacks; ///< of its parameters of that type, in their order
  Location location;
  /// What it says itself of attacks that it asks, in the order of its text, in the place of what these say.
  std::vector<std::pair<const ast::CallExpr *, Estimator>> estimators = {};
};

/// What a training is watched by: images that it holds out (S1.16).
struct Validation {
  int64_t images = 0;                    ///< the last ones of the training split
  std::optional<TrainingAttack> against; ///< none: as they are
  bool keepsBest = false;                ///< its weights are those of the epoch with the highest accuracy
  int64_t patience = 0;                  ///< epochs without a higher one that end it; 0: none do
};

/// An argument of an optimizer: a value, or what is computed at each step.
struct TrainingArgument {
  std::string name;
  Value value;
  const ast::Expr *schedule = nullptr;
  bool written = false; ///< it differs from its default
};

struct Training {
  const ast::OptimizerDecl *decl = nullptr;
  std::string optimizer;                   ///< as it is called: `paper.sgd`
  std::string label;                       ///< its name for tables, or what differs from the defaults
  std::vector<TrainingArgument> arguments; ///< of all its parameters, in their order
  int64_t batch = 128, epochs = 1;
  NamedValues constants; ///< axes and the program's params, which schedules can name
  /// Conditions of its body that are about parameters with values, and whether they hold.
  std::map<const ast::Expr *, bool> decided;
  Location location;
  Chain augmentation = {};       ///< layers that act on its images before the network; empty: none
  std::optional<Loss> loss = {}; ///< none: the cross-entropy of the label
  std::optional<Validation> validation = {};
};

struct Rewrite {
  ast::RewriteKind kind = ast::RewriteKind::AtEnd; ///< Mount is Defense::mounted
  Place place;                                     ///< AtEnd, Before, After, Replace, OnWeights, Drop
  std::string replace;                             ///< kind of layer taken out; empty: none
  Chain layers;                                    ///< AtEnd, Before, After, Replace, OnWeights
  LayerArgument rate;                              ///< Drop
  std::vector<Place> cuts; ///< Split: a new block begins before each; the network's own are joined first
  std::vector<int64_t> channels;         ///< Switch: of each block, in order
  std::optional<TrainingAttack> against; ///< TrainAgainst
  std::optional<Loss> loss;              ///< TrainBy
  bool drawPerBatch = false; ///< TrainRecipe, `bottom_up`: how frozen blocks switch; else per example
  bool byMean = false;       ///< Answer: else by majority
  int64_t draws = 0;         ///< Answer: of how many draws
  Location location;
};

/// What one declaration does in a defense.
struct DefensePart {
  const ast::DefenseDecl *decl = nullptr;
  std::string name;              ///< `gaussian`, `paper.x`
  NamedValues arguments;         ///< all parameters
  std::vector<Rewrite> rewrites; ///< this instance's, places resolved
  std::string
      label; ///< `gaussian(init = 0.2, inner = 0.1)`: without what is as by default, axes' values included
  Location location;
};

/// `A with B` has the parts A and B, in the order in which they rewrite the network; most defenses have one.
struct Defense {
  std::vector<DefensePart> parts;
  bool mounted = false; ///< `mount on base`: the base model's weights, nothing is trained
  std::string label;    ///< its name for tables, or as `written`
  std::string written;  ///< of the parts, joined by ` with `
  std::string family;   ///< empty: none
  std::string strength; ///< inside a family: its axes together (S1.7)
  Axes axes;
  Location location;                 ///< of the first part
  std::vector<Defense> members = {}; ///< of a choice, whose parts rewrite nothing; empty: it is none
  std::vector<double> chances = {};  ///< of the members; empty: equal ones

  /// Visits what is applied to networks: itself, or in its place the members.
  template <typename Visit> void forEachModel(Visit visit) const {
    if (members.empty())
      return visit(*this);
    for (const Defense &member : members)
      visit(member);
  }

  /// What says how its model answers; null: by one draw.
  const Rewrite *answer() const {
    for (const DefensePart &part : parts)
      for (const Rewrite &one : part.rewrites)
        if (one.kind == ast::RewriteKind::Answer)
          return &one;
    return nullptr;
  }

  /// Rewrites nothing.
  bool isBaseline() const {
    if (!members.empty())
      return false;
    for (const DefensePart &part : parts)
      if (!part.decl->rewrites.empty())
        return false;
    return true;
  }
};

/// A model that an experiment trains to make examples on, and does not judge.
struct Source {
  Network network;
  Defense defense;
};

struct Goal {
  bool away = false;
  std::string choice; ///< each_wrong_class, one_random_class, next_class, class; empty with away
  int64_t index = -1; ///< with `class`
};

/// One set of answers to each finished example, and all that is told from it.
struct Judge {
  int64_t draws = 20;                       ///< answers that are collected, unless oneDraw()
  std::vector<rt::Verdict> verdicts = {{}}; ///< in the order of the program

  /// `judge one_draw`, which stands alone: a single answer.
  bool oneDraw() const { return verdicts.front().kind == rt::Verdict::Kind::OneDraw; }
};

/// How smoothed models are certified (Cohen et al., 2019).
struct Certificate {
  int64_t selection = 100, draws = 1000;
  int64_t images = 0; ///< of the first test images; 0: all
};

struct Aggregate {
  std::string how; ///< mean, worst
  std::vector<std::string> over;
};

struct Measure {
  std::string name;
  NamedValues arguments; ///< des: offset
  std::vector<Aggregate> aggregates;
  Location location;
};

struct Show {
  std::string kind; ///< table, plot, scatter, examples, curves
  std::vector<Measure> measures;
  std::string against; ///< plot: an axis or a measure; scatter: a measure
  bool againstMeasure = false;
  std::vector<Aggregate> againstAggregates; ///< with a measure
  NamedValues againstArguments;             ///< with a measure
  bool fit = false;                         ///< scatter
  std::vector<std::string> by, forEach;
  Location location;
  std::vector<int> attacks = {};        ///< examples: whose, indices of attacks
  int64_t images = 0;                   ///< examples: of the first so many images
  std::vector<std::string> curves = {}; ///< of trainings
  bool logX = false, logY = false;      ///< logarithmic axes
  bool panels = false;                  ///< the pages of `for each` side by side
};

/// What tables call the data set, network and training of one of an experiment's settings.
struct Setting {
  size_t number = 0; ///< among them
  std::string dataset, network, training;
  Axes axes;         ///< of the network, then of the training
  std::string title; ///< that jobs have in the place of the network's name
};

/// An experiment with one data set, network and training. One that has several is a list of these, its
/// settings: what is shown is the first one's alone.
struct Experiment {
  const ast::ExperimentDecl *decl = nullptr;
  std::string name;
  bool asPublished = false;
  uint64_t seed = 1;
  Dataset dataset;
  Network network;
  Training training;
  std::optional<Setting> setting; ///< none: data set, network and training are no axes
  std::vector<Defense> defenses;
  int baseline = -1; ///< index of the defense `none`, or -1
  std::vector<Attack> attacks;
  std::vector<Estimator> estimators; ///< one_draw where none is given
  std::vector<Source> sources = {};  ///< of transfers
  int64_t images = 0;                ///< 0: no attack
  bool correctOnly = false;          ///< those that `none` classifies correctly
  bool ownCorrect = false;           ///< with it, that each defense itself does
  bool randomImages = false;         ///< drawn from the split; else its first
  Goal goal;
  Judge judge;
  NamedValues settings; ///< all of clauses.def, in its order; without errors none is empty
  int64_t repeatTraining = 1, repeatAttack = 1;
  std::vector<std::pair<int, int>> comparisons; ///< indices of defenses
  std::vector<Measure> measures;
  std::vector<Show> shows;
  std::optional<Certificate> certificate = {}; ///< where certified accuracy is measured or shown
  Location location;
};

/// One experiment's share of a show across experiments.
struct ShowPart {
  size_t experiment = 0;            ///< by its place in the program
  Show show;                        ///< with measures as it has them, and those of the axes that it has
  std::vector<std::string> missing; ///< of each measure why it means nothing there; empty where it does
};

/// A table or plot across experiments.
struct JointShow {
  Show show; ///< with all axes, `experiment` among them
  std::vector<ShowPart> parts;
};

} // namespace switchyard::resolved

#endif
