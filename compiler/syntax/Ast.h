// The program as written, with the places of its parts. Plain structs: the parser fills in what the text
// says, the checker the fields marked `checked`. No MLIR here, and no ANTLR.

#ifndef SWITCHYARD_COMPILER_SYNTAX_AST_H
#define SWITCHYARD_COMPILER_SYNTAX_AST_H

#include "compiler/syntax/AstBody.h"

#include <optional>

namespace switchyard {
namespace ast {

// ---------------------------------------------------------------------------------------------------------
// Declarations
// ---------------------------------------------------------------------------------------------------------

/// A written type: `real`, `list<int>`, `image<1x28x28>`, `block`.
struct TypeName {
  std::string name;
  std::vector<TypeName> arguments;
  std::vector<int64_t> shape; ///< of `image<...>`
  Location location;

  bool isListOf(const std::string &element) const {
    return name == "list" && arguments.size() == 1 && arguments[0].name == element;
  }
};

struct Parameter {
  std::string name;
  TypeName type;
  ExprPtr byDefault; ///< null: must be given
  Location location;
};

enum class DeclKind {
  Use,
  Param,
  Dataset,
  Network,
  Objective,
  Attack,
  Layer,
  Part,
  Defense,
  Optimizer,
  Schedule,
  Loss,
  Experiment,
  Show
};

struct Decl {
  const DeclKind kind;
  std::string name;
  Location location; ///< of the name
  std::string doc;   ///< `///` lines before it, joined by newlines, without the slashes
  virtual ~Decl() = default;

protected:
  explicit Decl(DeclKind kind) : kind(kind) {}
};
using DeclPtr = std::unique_ptr<Decl>;

template <DeclKind K> struct DeclOf : Decl {
  DeclOf() : Decl(K) {}
  static bool classof(const Decl *d) { return d->kind == K; }
};
template <typename T> T *as(Decl *d) {
  return d && T::classof(d) ? static_cast<T *>(d) : nullptr;
}
template <typename T> const T *as(const Decl *d) {
  return d && T::classof(d) ? static_cast<const T *>(d) : nullptr;
}

/// `use std.paper`; `name` is the dotted path
struct UseDecl : DeclOf<DeclKind::Use> {
  std::vector<std::string> path;
};

struct ParamDecl : DeclOf<DeclKind::Param> {
  TypeName type;
  ExprPtr value;
};

struct DatasetDecl : DeclOf<DeclKind::Dataset> {
  std::unique_ptr<CallExpr> source;
  std::string folder; ///< checked: where relative names of files begin, that of the program's file
};

struct LayerItem;
/// A chain: each item on what those before it give.
using Layers = std::vector<LayerItem>;

enum class LayerItemKind { Call, Residual, Choose, Repeat, If };

/// One of those that a `choose` draws from.
struct ChoiceMember;

/// What stands where a layer can.
struct LayerItem {
  LayerItemKind kind = LayerItemKind::Call;
  std::unique_ptr<CallExpr> call;    ///< Call: a layer or a part
  ExprPtr head;                      ///< Repeat: its turns; If: its condition
  Layers layers;                     ///< of Residual, Repeat, If
  Layers otherwise;                  ///< Residual: its shortcut, empty: the input itself; If: `else`
  std::vector<ChoiceMember> members; ///< Choose
  Location location;                 ///< of the call, or of the word
};

struct ChoiceMember {
  ExprPtr chance; ///< null: as likely as the others
  Layers layers;
  Location location;
};

/// Visits the expressions and the chains that stand in an item, calls aside, in the order of the text.
template <typename Item, typename Expression, typename Chain>
void forEachPart(Item &item, Expression expression, Chain chain) {
  if (item.head)
    expression(*item.head);
  chain(item.layers);
  chain(item.otherwise);
  for (auto &one : item.members) {
    if (one.chance)
      expression(*one.chance);
    chain(one.layers);
  }
}

struct BlockDecl {
  std::string name;
  Location location;
  Layers layers;
};

struct NetworkDecl : DeclOf<DeclKind::Network> {
  std::vector<Parameter> parameters;
  std::optional<TypeName> input;
  ExprPtr low, high; ///< the input's range; null: 0 to 1
  ExprPtr classes;
  std::vector<BlockDecl> blocks;
  bool hasStray = false; ///< layers outside of blocks, which are reported
};

/// One form of an objective: `toward t: E` or `away from y: E`, E a scalar to descend.
struct GoalCase {
  bool away = false;
  std::string variable; ///< of type Class
  ExprPtr value;
  Location location;
  bool constant = false; ///< checked: does not depend on the logits, so that there is nothing to descend
};

struct ObjectiveDecl : DeclOf<DeclKind::Objective> {
  std::string logits; ///< of type Logits
  Location logitsLocation;
  std::vector<GoalCase> cases;

  const GoalCase *toward() const;
  const GoalCase *away() const;
};

enum class ThreatKind { None, Within, Minimizes };

struct Threat {
  ThreatKind kind = ThreatKind::None;
  std::string norm; ///< `linf`, `l2`, `l1`, `l0`
  ExprPtr radius;   ///< with Within
  bool unclipped = false;
  Location location;
};

struct AttackDecl;

/// An attack that another one calls in its declaration.
struct CalledAttack {
  std::unique_ptr<CallExpr> call;
  const AttackDecl *decl = nullptr; ///< checked
};

/// A body, or an alias, or a set of other attacks.
struct AttackDecl : DeclOf<DeclKind::Attack> {
  std::vector<Parameter> parameters;
  Threat threat;
  Body body;
  CalledAttack alias;                ///< `attack a(...) = pgd(...)`; without a call there is none
  bool isSet = false;                ///< `attack a(...) = worst of { ... }`
  std::vector<CalledAttack> members; ///< of a set
  /// What it calls in its declaration: the alias, or the members.
  std::vector<const CalledAttack *> calls() const;
  /// Checked: a loop over the paths of a random model; null: it has none.
  const RepeatStatement *throughPaths = nullptr;
};

/// A layer as a program for one example, `x` its input (S1.8).
struct LayerDecl : DeclOf<DeclKind::Layer> {
  std::vector<Parameter> parameters;
  Body body;
  bool draws = false;                     ///< checked
  bool learns = false;                    ///< checked: has trained values
  const CallExpr *asksForImage = nullptr; ///< checked: what has no meaning for a flat input; null: nothing
  std::vector<const CallExpr *> groups;   ///< checked: its calls that are about groups of channels or units
  /// Checked: what has no meaning for weights, which have channels and elements; null: nothing.
  const CallExpr *asksForPixels = nullptr;
};

/// A chain of layers with parameters.
struct PartDecl : DeclOf<DeclKind::Part> {
  std::vector<Parameter> parameters;
  Layers layers;
};

/// `toward each_wrong_class`, `toward class 3`, `away from label`
struct Goal {
  bool away = false;
  std::string choice; ///< each_wrong_class, one_random_class, next_class, class; with away: label
  ExprPtr index;      ///< with `class`
  Location location;
};

struct PlaceRef {
  Place::Which which = Place::Named;
  std::string target; ///< layer kind, block, block's name or parameter of type block
  Location location;
};

enum class RewriteKind {
  AtEnd,
  Before,
  After,
  Replace,
  OnWeights,
  Drop,
  Mount,
  Split,
  Switch,
  TrainAgainst,
  TrainBy,
  TrainRecipe,
  Answer
};

struct Rewrite {
  RewriteKind kind = RewriteKind::AtEnd;
  Location location;
  PlaceRef place;      ///< AtEnd, Before, After, Replace, OnWeights, Drop
  std::string replace; ///< AtEnd: kind of layer taken out there; empty: none
  Location replaceLocation;
  Layers layers;                  ///< AtEnd, Before, After, Replace, OnWeights
  std::string target;             ///< Mount: `base`; Switch: `block`; Answer: `majority`, `mean`
  ExprPtr argument;               ///< Drop: its rate; Split, Switch; Answer: of how many draws
  std::unique_ptr<CallExpr> call; ///< TrainAgainst, TrainBy, TrainRecipe
  std::optional<Goal> goal;       ///< TrainAgainst
};

/// Calls joined by `with`, the first applied first; mostly one. Attacks stand alone.
using Composition = std::vector<std::unique_ptr<CallExpr>>;

/// One of those that a choice of defenses draws from.
struct ChosenDefense {
  ExprPtr chance; ///< null: as likely as the others
  Composition calls;
  Location location;
};

struct DefenseDecl : DeclOf<DeclKind::Defense> {
  std::vector<Parameter> parameters;
  std::vector<Rewrite> rewrites;
  bool chooses = false; ///< `= choose { ... }`, with `members` and without rewrites
  std::vector<ChosenDefense> members;
};

/// One step of training of a weight `w` by its gradient `g` (S1.12).
struct OptimizerDecl : DeclOf<DeclKind::Optimizer> {
  std::vector<Parameter> parameters;
  Body body;
  std::vector<std::string> states; ///< checked: variables that the weight keeps from step to step
};

/// A number as a function of how far a training is (S1.12).
struct ScheduleDecl : DeclOf<DeclKind::Schedule> {
  std::vector<Parameter> parameters;
  Body body;
};

/// What a training descends: a number made of an image `x`, its `label` and what the model answers (S1.15).
struct LossDecl : DeclOf<DeclKind::Loss> {
  std::vector<Parameter> parameters;
  Body body;
};

// ---------------------------------------------------------------------------------------------------------
// Experiments
// ---------------------------------------------------------------------------------------------------------

/// `for x, y in L` (S1.7)
struct ForIn {
  std::vector<std::string> variables;
  ExprPtr list;
  Location location;
};

/// `augment { random_flip }`
struct Augmentation {
  Layers layers;
  Location location;
};

/// `validate on last 500 training images against pgd(8/255), keep best accuracy, stop after 5 epochs`
struct Validation {
  ExprPtr images;
  std::string split;                 ///< `training`, `test`
  std::unique_ptr<CallExpr> against; ///< null: clean images
  std::string best;                  ///< the measure that is kept best; empty: the last weights stay
  ExprPtr patience;                  ///< epochs that may go by; null: none is asked
  std::string unit;                  ///< with `patience`: `epochs`
  Location location, bestLocation, splitLocation;
};

/// What stands in a training's braces: each as often as it is written, once at most where it is right.
struct TrainingParts {
  std::vector<Augmentation> augment;
  std::vector<std::unique_ptr<CallExpr>> losses;
  std::vector<Validation> validations;
};

struct Group;

/// A defense or attack of a group, or a family of them; a data set, network or training.
struct Item {
  std::string family;           ///< with a family: its name, and `items`
  std::unique_ptr<Group> items; ///< null: calls
  Composition calls;
  std::string title;      ///< of calls: what tables call them; empty: by the calls
  TrainingParts training; ///< of a training
  std::vector<ForIn> loops;
  Location location;

  const CallExpr &call() const { return *calls.front(); }
};

struct Group {
  std::vector<Item> items;
  std::vector<ForIn> loops; ///< after the closing brace

  /// Whether one that has no name for tables is all there is, which needs no braces.
  bool isSingle() const { return items.size() == 1 && items[0].title.empty() && loops.empty(); }
};

struct Aggregate {
  std::string how; ///< mean, worst
  std::vector<std::string> over;
  Location location;
};

struct Measure {
  std::string name;
  bool parentheses = false;
  std::vector<Argument> arguments;
  std::vector<Aggregate> aggregates;
  Location location;
};

enum class ShowPartKind { Against, By, ForEach, With, At, First, From };

struct ShowPart {
  ShowPartKind kind = ShowPartKind::By;
  Measure against;                 ///< Against: a measure or an axis
  std::vector<std::string> names;  ///< By, ForEach: axes; From: experiments
  std::vector<Location> locations; ///< of `names`
  std::unique_ptr<CallExpr> call;  ///< At: `pixel(0, 16, 16)`; With: `fit`, `log(eps)`
  ExprPtr image;                   ///< At
  ExprPtr count;                   ///< First: of images
  Location location;
};

enum class ClauseKind {
#define CLAUSE(NAME, WORD, TIMES, LACKING, NOT_BUILT) NAME,
#include "compiler/syntax/clauses.def"
  Setting,
};

/// Words that clauses begin with, settings among them.
const std::vector<std::string> &clauseWords();
const std::vector<std::string> &settingWords();

/// A layer by its name.
struct NamedLayer {
  std::string name;
  Location location;
};

struct Estimator {
  std::unique_ptr<CallExpr> call;     ///< null: `transfer from` the source
  std::vector<NamedLayer> asIdentity; ///< whose derivative the identity stands for
  Composition source;
  std::unique_ptr<CallExpr> of; ///< the network that the source protects; null: the experiment's
  std::vector<ForIn> loops;
};

struct Reprogram {
  std::string dataset;
  Layers transform;
  bool hasTransform = false;
  std::unique_ptr<CallExpr> fit, labels;
  std::vector<ForIn> loops;
};

/// One clause of an experiment; which fields mean something depends on `kind`.
struct Clause {
  ClauseKind kind = ClauseKind::Dataset;
  Location location;
  std::string name; ///< Probe (what), Repeat (training, attack), Setting, Show (form)
  Location nameLocation;
  std::vector<std::unique_ptr<CallExpr>> judges; ///< Judge
  Composition compared, with;                    ///< Compare
  Group group;                                   ///< Dataset, Network, Training, Defend, Attack
  std::vector<Estimator> estimators;             ///< Gradients
  ExprPtr count;                                 ///< Images, Probe (draws), Repeat
  ExprPtr value;                                 ///< Setting
  std::string split;                             ///< Images: `test`, `training`
  bool random = false;                           ///< Images: drawn from the split; else its first
  std::string correctFor;                        ///< Images: `none`, `the defense`; empty: all
  std::optional<Goal> goal;                      ///< Images
  std::string of;                                ///< Probe: the objective
  std::unique_ptr<Reprogram> reprogram;
  std::vector<Measure> measures; ///< Measure, Show; `show examples`: attacks, as calls
  std::string each;              ///< Measure: `each epoch`; empty: none
  std::vector<ShowPart> parts;   ///< Show
};

struct ExperimentDecl : DeclOf<DeclKind::Experiment> {
  bool asPublished = false;
  std::vector<Clause> clauses;
};

/// A table or plot across experiments; it has no name.
struct ShowDecl : DeclOf<DeclKind::Show> {
  Clause clause;
};

/// A declaration with errors of syntax: all that is known of it.
struct BrokenDecl {
  DeclKind kind = DeclKind::Use;
  std::string name;
};

/// One file.
struct Module {
  int file = -1;                     ///< in Sources
  std::string name;                  ///< dotted, as `use` names it; empty: the user's file
  std::string namespaceOf;           ///< `paper` for std.paper; empty: names are used plainly
  std::vector<DeclPtr> declarations; ///< those without errors of syntax
  std::vector<BrokenDecl> broken;
  bool hasUnknown = false; ///< some of what is broken has no name
};

} // namespace ast
} // namespace switchyard

#endif
