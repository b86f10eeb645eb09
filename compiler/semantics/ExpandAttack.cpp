// Attacks at a point: aliases followed, arguments bound, the ball's radius held against the input's range.

#include "compiler/semantics/CalledHere.h"
#include "compiler/semantics/Expand.h"
#include "compiler/semantics/Layers.h"
#include "compiler/syntax/Print.h"
#include "compiler/syntax/Writer.h"

#include <algorithm>
#include <cmath>

namespace switchyard {

using namespace ast;

namespace {

/// Why a loop cannot run `count` times inside loops of `outer` iterations; empty: it can. The counter of
/// draws has 24 bits for the index of all loops together (docs/artifact.md).
std::string whyNotRepeated(const Number &count, double outer) {
  constexpr double most = limits::passes;
  if (count.value() <= 0)
    return "a loop repeats more than 0 times";
  if (std::floor(count.value() + 0.5) * outer > most)
    return "loops repeat at most " + std::to_string(limits::passes) + " times" +
           (outer > 1 ? ", those around them included" : "");
  return "";
}

/// How often a loop repeats, or may at most: through paths. Nothing where that has no value.
std::optional<Number> turnsOf(Program &program, const RepeatStatement &repeat, const Scope &scope,
                              int64_t classes) {
  if (repeat.over == LoopOver::Paths)
    return Number(limits::paths);
  if (repeat.over == LoopOver::Classes)
    return Number(std::max<int64_t>(repeat.except ? classes - 1 : classes, 1));
  auto count = evaluate(program, *repeat.count, scope);
  return count && count->isNumber() ? std::optional(count->number()) : std::nullopt;
}

/// Whether every loop of the body can run with these arguments; the complaint stands at the call.
bool loopsCanRun(Program &program, const Body &body, const Scope &scope, int64_t classes, Location call,
                 double outer = 1, bool ofPaths = false) {
  auto inside = [&](const Body &inner, double around, bool throughPaths = false) {
    return loopsCanRun(program, inner, scope, classes, call, around, ofPaths || throughPaths);
  };
  for (auto &one : body) {
    auto *repeat = as<RepeatStatement>(one.get());
    auto *condition = as<IfStatement>(one.get());
    if (condition && !(inside(condition->yes, outer) && inside(condition->no, outer)))
      return false;
    auto count = repeat ? turnsOf(program, *repeat, scope, classes) : std::nullopt;
    if (!count)
      continue;
    std::string why = whyNotRepeated(*count, outer);
    if (repeat->count && countsOf(*repeat->count) == Counts::Whole && !count->isInteger())
      why = "a loop repeats a whole number of times";
    if (!why.empty()) {
      std::string text = repeat->over == LoopOver::Paths     ? "up to " + count->text() + " paths"
                         : repeat->over == LoopOver::Classes ? count->text() + " classes"
                                                             : format(*repeat->count);
      text += !repeat->count || text == count->text() ? "" : " = " + count->text();
      auto &error = program.diagnostics.error(Id::LoopCount, call, why + ", got `" + text + "`");
      error.note(repeat->location, "repeated here");
      if (ofPaths || repeat->over == LoopOver::Paths)
        error.note("a loop through paths counts as " + std::to_string(limits::paths) +
                   " turns, since the attack is for any network: all loops together have " +
                   Number(static_cast<int64_t>(outer) * count->asCount()).text() +
                   " turns so; let the others have fewer");
      return false;
    }
    if (!inside(repeat->body, outer * static_cast<double>(count->asCount()), repeat->over == LoopOver::Paths))
      return false;
  }
  return true;
}

/// `where`: the call.
bool wholeNumbersFit(Program &program, const AttackDecl &decl, const NamedValues &values, Location where) {
  return std::all_of(decl.parameters.begin(), decl.parameters.end(), [&](const Parameter &one) {
    const Value *value = find(values, one.name);
    return !value || isHeldByReals(program, one, *value, where, "the attack");
  });
}

/// Whether a loop's count is more than a parameter, but made of whole ones alone.
bool isComputedOfWhole(const Expr &count, const AttackDecl &decl) {
  std::vector<const NameExpr *> names;
  collectNames(count, names);
  auto isWhole = [&](const NameExpr *name) {
    return std::any_of(decl.parameters.begin(), decl.parameters.end(), [&](const Parameter &one) {
      return name->path.size() == 1 && one.name == name->path[0] && one.type.name == "int";
    });
  };
  return count.kind != ExprKind::Name && !names.empty() && std::all_of(names.begin(), names.end(), isWhole);
}

/// Numbers of turns that are arguments of the attack's program as its parameters are: exact, and known to all
/// who ask how long it is. They can run (see above).
void addCounts(Program &program, const AttackDecl &decl, const Body &body, const Scope &scope,
               NamedValues &counts) {
  for (auto &one : body) {
    if (auto *condition = as<IfStatement>(one.get())) {
      addCounts(program, decl, condition->yes, scope, counts);
      addCounts(program, decl, condition->no, scope, counts);
    }
    auto *repeat = as<RepeatStatement>(one.get());
    if (!repeat)
      continue;
    std::string text = repeat->count ? format(*repeat->count) : "";
    if (repeat->count && isComputedOfWhole(*repeat->count, decl) && !find(counts, text))
      if (auto count = evaluate(program, *repeat->count, scope))
        counts.push_back({text, Number(count->number().asCount())});
    addCounts(program, decl, repeat->body, scope, counts);
  }
}

/// Whether the radius of an l0 ball is a number of pixels that the network's images have; else an error.
bool countsPixels(Program &program, const resolved::Network &network, const Number &radius,
                  const std::string &value, Location where) {
  const int64_t pixels = network.input[1] * network.input[2];
  if (radius.isInteger() && !(Number(pixels) < radius))
    return true;
  program.diagnostics.error(
      Id::PixelsOfBall, where,
      "`l0` counts the pixels that may change, whatever their channels: a whole number of at "
      "most " +
          std::to_string(pixels) + ", got " + value);
  return false;
}

/// The ball in numbers, and the mistakes of units that numbers show.
bool makeThreat(Program &program, const resolved::Network &network, const Scope &scope,
                resolved::Attack &attack, Location where) {
  const Threat &written = attack.decl->threat;
  resolved::Threat &threat = attack.threat;
  threat.kind = written.kind;
  threat.norm = written.norm;
  threat.clipped = !written.unclipped;
  threat.radiusExpression = written.radius.get();
  if (written.kind != ThreatKind::Within)
    return true;
  auto radius = evaluate(program, *written.radius, scope);
  if (!radius || !radius->isNumber())
    return false;
  threat.radius = *radius;
  Number width = network.high - network.low;
  std::string name = format(*written.radius),
              value = name == radius->text() ? name : name + " = " + radius->text();
  if (radius->number() < Number(0)) {
    program.diagnostics.error(Id::NegativeRadius, where,
                              "the radius of a ball cannot be negative, got " + value);
    return false;
  }
  if (written.norm == "linf" && width < radius->number()) {
    auto &error = program.diagnostics.error(Id::WideRadius, where,
                                            "`" + value + "` is wider than the input's range of " +
                                                network.low.text() + " to " + network.high.text());
    if (radius->number().isInteger() && !(Number(255) < radius->number()) && width == Number(1))
      error.note("did you mean " + radius->text() + "/255?");
    return false;
  }
  return written.norm != "l0" || countsPixels(program, network, radius->number(), value, where);
}

void warnStep(Program &program, const resolved::Attack &attack, const NamedValues &given, Location where) {
  const Value *step = find(given, "step");
  bool written = false;
  for (const NamedValue &one : given)
    written |= one.name == "step" && one.written;
  for (const Diagnostic &one : program.diagnostics.all())
    if (one.severity == Severity::Warning && one.location == where)
      return; // said of another point of the axes
  if (step && written && step->isNumber() && attack.threat.norm == "linf" &&
      attack.threat.radius.isNumber() && attack.threat.radius.number() < step->number())
    program.diagnostics.warning(Id::LargeStep, where,
                                "step = " + step->text() + " is larger than the ball's radius of " +
                                    attack.threat.radius.text());
}

/// The attack that `decl` is an alias of in the end, or itself, with its arguments: each alias binds the next
/// attack's parameters in its own. Null where a declaration was wrong, which is reported there.
const AttackDecl *followAliases(Program &program, const AttackDecl *decl, NamedValues &values) {
  while (decl->alias.call) {
    Scope scope = topScope(program, program.home(*decl));
    for (const NamedValue &one : values)
      scope.set(one.name, one.value);
    const AttackDecl *next = decl->alias.decl;
    if (!next || program.bad.count(next)) {
      program.diagnostics.follow();
      return nullptr;
    }
    auto arguments = bindArguments(program, *decl->alias.call, next->parameters, scope, program.home(*next),
                                   "attack `" + next->name + "`");
    if (!arguments)
      return nullptr;
    values = std::move(*arguments);
    decl = next;
  }
  return decl;
}

/// "`linf(16/255)`", "`linf`"
std::string ballText(const resolved::Attack &attack) {
  const resolved::Threat &threat = attack.threat;
  return "`" + threat.norm + (threat.kind == ThreatKind::Within ? "(" + threat.radius.text() + ")" : "") +
         (threat.clipped ? "`" : " unclipped`");
}

/// Whether examples of both can be told apart by success alone: in one ball, or as near as they come in one
/// norm.
bool comparable(const resolved::Threat &one, const resolved::Threat &other) {
  bool balls = one.kind == ThreatKind::Within && other.kind == ThreatKind::Within;
  return one.norm == other.norm &&
         (!balls || (one.clipped == other.clipped && one.radius.number() == other.radius.number()));
}

/// The ball of a set: that of its parts; one that minimizes a distance in the same norm has its examples held
/// to it.
bool makeSetThreat(Program &program, resolved::Attack &set, Location where) {
  const resolved::Attack *first = &set.parts.front();
  for (const resolved::Attack &part : set.parts)
    if (first->threat.kind != ThreatKind::Within && part.threat.kind == ThreatKind::Within)
      first = &part;
  set.threat = first->threat;
  for (const resolved::Attack &part : set.parts)
    if (!comparable(set.threat, part.threat)) {
      program.diagnostics
          .error(Id::BallsOfSet, where,
                 "the attacks of set `" + set.name + "` are compared, so they need one ball: that of `" +
                     first->name + "` is " + ballText(*first) + ", of `" + part.name + "` " + ballText(part))
          .note(set.decl->location, "declared here");
      return false;
    }
  return true;
}

/// The attacks of a set, those of a set in it among them.
bool makeParts(Program &program, const resolved::Network &network, const Scope &inside, resolved::Attack &set,
               Location where) {
  for (const CalledAttack &member : set.decl->members) {
    resolved::Attack part;
    if (!makeAttack(program, Point{{member.call.get()}, inside, {}, "", ""}, network, part))
      return false;
    part.location = where;
    part.forEachPart([&](const resolved::Attack &one) { set.parts.push_back(one); });
  }
  return !set.parts.empty() && makeSetThreat(program, set, where);
}

} // namespace

bool makeAttack(Program &program, const Point &point, const resolved::Network &network,
                resolved::Attack &result) {
  const CallExpr &call = point.call();
  const AttackDecl *decl = program.find<AttackDecl>(call.name(), point.scope.module, call.location);
  if (!decl)
    return false;
  auto arguments = bindArguments(program, call, decl->parameters, point.scope, program.home(*decl),
                                 "attack `" + call.name() + "`");
  if (!arguments)
    return false;
  CalledHere named(program, call);
  result.name = call.name();
  result.label = labelOf(point, decl->parameters, *arguments);
  result.family = point.family;
  result.strength = point.strength;
  result.axes = point.axes;
  result.location = call.location;
  NamedValues given = *arguments;
  result.called = given;
  decl = followAliases(program, decl, *arguments);
  if (!decl)
    return false;
  result.decl = decl;
  result.arguments = std::move(*arguments);
  Scope inside = topScope(program, program.home(*decl));
  for (const NamedValue &one : result.arguments)
    inside.set(one.name, one.value);
  inside.image = network.input;
  if (decl->isSet)
    return makeParts(program, network, inside, result, call.location);
  if (!makeThreat(program, network, inside, result, call.location) ||
      !loopsCanRun(program, decl->body, inside, network.classes, call.location) ||
      !wholeNumbersFit(program, *decl, result.arguments, call.location))
    return false;
  addCounts(program, *decl, decl->body, inside, result.counts);
  warnStep(program, result, given, call.location);
  return true;
}

static std::vector<resolved::TrainingScalar> scalarsOf(Program &program, const CallExpr &call,
                                                       const AttackDecl &decl, const NamedValues &values,
                                                       const Scope &outer,
                                                       const std::vector<std::string> &symbols) {
  std::vector<std::string> names;
  for (const Parameter &one : decl.parameters)
    names.push_back(one.name);
  auto matched = matchArguments(program, call.arguments, call.location, names,
                                std::vector<bool>(names.size(), false), "attack `" + decl.name + "`");
  Scope inside = topScope(program, program.home(decl));
  std::vector<std::string> inner;
  std::vector<resolved::TrainingScalar> scalars;
  for (size_t i = 0; i < names.size(); ++i) {
    resolved::TrainingScalar one;
    const Argument *given = (*matched)[i];
    one.name = names[i];
    one.value = values[i].value;
    one.given = given;
    one.expression = given ? given->value.get() : decl.parameters[i].byDefault.get();
    if (decl.parameters[i].type.name == "real")
      findSymbols(one, given ? outer : inside, given ? symbols : inner);
    if (one.symbolic)
      inner.push_back(one.name);
    inside.set(one.name, one.value);
    scalars.push_back(std::move(one));
  }
  return scalars;
}

static void addScalars(Program &program, const CallExpr &call, const AttackDecl &decl, const Scope &outer,
                       const std::vector<std::string> &symbols,
                       std::vector<std::vector<resolved::TrainingScalar>> &levels) {
  auto values =
      bindArguments(program, call, decl.parameters, outer, program.home(decl), "attack `" + decl.name + "`");
  levels.push_back(scalarsOf(program, call, decl, *values, outer, symbols));
  if (!decl.alias.call)
    return;
  Scope inside = topScope(program, program.home(decl));
  std::vector<std::string> inner;
  for (const resolved::TrainingScalar &one : levels.back()) {
    inside.set(one.name, one.value);
    if (one.symbolic)
      inner.push_back(one.name);
  }
  addScalars(program, *decl.alias.call, *decl.alias.decl, inside, inner, levels);
}

std::vector<std::vector<resolved::TrainingScalar>>
attackScalars(Program &program, const CallExpr &call, const Scope &scope, std::vector<std::string> symbols) {
  std::vector<std::vector<resolved::TrainingScalar>> levels;
  auto *decl = program.find<AttackDecl>(call.name(), scope.module, call.location);
  addScalars(program, call, *decl, scope, symbols, levels);
  return levels;
}

} // namespace switchyard
