// What two parts of a composed defense cannot both do to one network. One model comes of it, trained once and
// in one way: errors stand at the later part's call, with notes at the earlier one and at the clauses in
// their declarations.

#include "compiler/semantics/Expand.h"

namespace switchyard {

using namespace ast;

namespace {

const Rewrite *find(const resolved::DefensePart &part, RewriteKind kind) {
  for (const Rewrite &one : part.decl->rewrites)
    if (one.kind == kind)
      return &one;
  return nullptr;
}

/// What says that the part cannot do with the base model's weights: a training, or layers that nothing
/// mounts.
const Rewrite *training(const resolved::DefensePart &part) {
  for (RewriteKind kind : {RewriteKind::TrainAgainst, RewriteKind::TrainBy, RewriteKind::TrainRecipe,
                           RewriteKind::Switch, RewriteKind::AtEnd, RewriteKind::Before, RewriteKind::After,
                           RewriteKind::Replace, RewriteKind::OnWeights, RewriteKind::Drop})
    if (const Rewrite *found = find(part, kind))
      return found;
  return nullptr;
}

/// A part and one before it.
class PairChecker {
public:
  PairChecker(Program &program, const resolved::DefensePart &first, const resolved::DefensePart &second)
      : program(program), first(first), second(second) {}

  bool trainedInOneWay() { return mountedAlike() && switchedOnce() && descendsOnce() && answersOnce(); }

  bool splitOnce() {
    const resolved::Rewrite *again = resolvedSplit(second), *before = resolvedSplit(first);
    const Rewrite *switched = find(first, RewriteKind::Switch);
    if (again && before) {
      error(Id::SplitTwice, "`" + second.label + "` splits the network that `" + first.label + "` has split")
          .note(before->location, "split here")
          .note(again->location, "and here")
          .note("split it once, at all places");
    } else if (again && switched) {
      error(Id::SplitAfterSwitch, "`" + second.label + "` splits the network whose blocks `" + first.label +
                                      "` switches: put the split first")
          .note(switched->location, "switched here")
          .note(again->location, "split here");
    }
    return !again || (!before && !switched);
  }

private:
  Diagnostic &error(Id id, const std::string &message) {
    return program.diagnostics.error(id, second.location, message);
  }

  bool mountedAlike() {
    const Rewrite *firstMount = find(first, RewriteKind::Mount),
                  *secondMount = find(second, RewriteKind::Mount);
    const resolved::DefensePart &mounted = firstMount ? first : second,
                                &trained = firstMount ? second : first;
    const Rewrite *mount = firstMount ? firstMount : secondMount, *reason = training(trained);
    if (!mount || !reason || (firstMount && secondMount))
      return true;
    bool layers = !reason->layers.empty();
    error(Id::MountedAndTrained, "`" + mounted.label + "` is mounted on the base model's weights, but `" +
                                     trained.label + "` is trained: one model cannot be both")
        .note(mount->location, "`" + mounted.name + "` is mounted here")
        .note(reason->location, "`" + trained.name + "` is trained " +
                                    (layers ? "with the layers it puts in here: nothing mounts it" : "here"))
        .note("compose mounted defenses with mounted ones and trained with trained: a copy of `" +
              mounted.name + "` without `mount on base` is trained");
    return false;
  }

  bool switchedOnce() {
    const Rewrite *before = find(first, RewriteKind::Switch), *again = find(second, RewriteKind::Switch);
    if (!before || !again)
      return true;
    Diagnostic &problem =
        error(Id::SwitchedTwice, "`" + second.label + "` switches blocks that `" + first.label +
                                     "` switches already: keep one of the two");
    problem.note(before->location, "switched here");
    if (again != before)
      problem.note(again->location, "and here");
    return false;
  }

  /// Channels are trained by any loss, but a model descends one.
  bool descendsOnce() {
    const Rewrite *before = descent(first), *again = descent(second);
    if (!before || !again)
      return true;
    Diagnostic &problem =
        error(Id::TrainedTwice, "`" + first.label + "` and `" + second.label +
                                    "` both say what training descends: keep one of the two");
    problem.note(before->location, "said here");
    if (again != before)
      problem.note(again->location, "and here");
    return false;
  }

  bool answersOnce() {
    const Rewrite *before = find(first, RewriteKind::Answer), *again = find(second, RewriteKind::Answer);
    if (!before || !again)
      return true;
    Diagnostic &problem =
        error(Id::AnswersTwice, "`" + first.label + "` and `" + second.label +
                                    "` both say how the model answers: keep one of the two");
    problem.note(before->location, "said here");
    if (again != before)
      problem.note(again->location, "and here");
    return false;
  }

  static const Rewrite *descent(const resolved::DefensePart &part) {
    const Rewrite *against = find(part, RewriteKind::TrainAgainst);
    return against ? against : find(part, RewriteKind::TrainBy);
  }

  /// A split at the network's own blocks is none.
  static const resolved::Rewrite *resolvedSplit(const resolved::DefensePart &part) {
    for (const resolved::Rewrite &one : part.rewrites)
      if (one.kind == RewriteKind::Split)
        return &one;
    return nullptr;
  }

  Program &program;
  const resolved::DefensePart &first, &second;
};

/// Every pair in turn, up to the first that does not fit.
bool everyPair(Program &program, const std::vector<resolved::DefensePart> &parts,
               bool (PairChecker::*fits)()) {
  for (size_t second = 1; second < parts.size(); ++second)
    for (size_t first = 0; first < second; ++first) {
      PairChecker pair(program, parts[first], parts[second]);
      if (!(pair.*fits)())
        return false;
    }
  return true;
}

} // namespace

bool trainedInOneWay(Program &program, const std::vector<resolved::DefensePart> &parts) {
  return everyPair(program, parts, &PairChecker::trainedInOneWay);
}

bool splitOnce(Program &program, const std::vector<resolved::DefensePart> &parts) {
  return everyPair(program, parts, &PairChecker::splitOnce);
}

} // namespace switchyard
