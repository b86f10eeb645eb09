// `transfer from DEFENSE of NETWORK`: the model that examples are made on, of a network that need not be the
// experiment's. It is trained as the experiment says, so that it must take the same images and classes.

#include "compiler/semantics/CalledHere.h"
#include "compiler/semantics/Clauses.h"
#include "compiler/syntax/Writer.h"

#include <algorithm>

namespace switchyard {

using namespace ast;

namespace {

/// Whether examples of one network are examples for the other; else an error.
bool fitsImages(Program &program, const resolved::Network &source, const resolved::Network &own) {
  auto differs = [&](const std::string &what, const std::string &of, const std::string &has) {
    program.diagnostics
        .error(Id::SourceMeetsNetwork, source.location,
               "examples of network `" + source.name + "` are none for the experiment's network `" +
                   own.name + "`: it takes " + what + " " + of + ", that one " + has)
        .note(source.decl->location, "network declared here");
    return false;
  };
  auto range = [](const resolved::Network &one) { return one.low.text() + " to " + one.high.text(); };
  if (source.input != own.input)
    return differs("images of", shapeText(source.input), shapeText(own.input));
  if (source.classes != own.classes)
    return differs("classes:", std::to_string(source.classes), std::to_string(own.classes));
  return range(source) == range(own) || differs("the range", range(source), range(own));
}

/// By its call; nothing with an error reported.
std::optional<resolved::Network> sourceNetwork(Program &program, const CallExpr &call, const Scope &scope) {
  auto *decl = program.find<NetworkDecl>(call.name(), program.user(), call.location);
  if (!decl)
    return std::nullopt;
  auto arguments = bindArguments(program, call, decl->parameters, scope, program.home(*decl),
                                 "network `" + call.name() + "`", {}, Counts::Whole);
  if (!arguments)
    return std::nullopt;
  CalledHere named(program, call);
  resolved::Network network = instantiate(program, *decl, *arguments, call.location);
  network.name = call.name();
  return network.blocks.empty() ? std::nullopt : std::optional(std::move(network));
}

std::string writtenText(const resolved::Network &network) {
  std::vector<std::string> parts;
  for (const NamedValue &one : network.arguments)
    if (one.written)
      parts.push_back(one.name + " = " + one.value.text());
  return network.name + (parts.empty() ? "" : "(" + joined(parts, ", ") + ")");
}

bool isSame(const resolved::Network &a, const resolved::Network &b) {
  auto equal = [](const NamedValue &one, const NamedValue &other) {
    return one.value.text() == other.value.text();
  };
  return a.decl == b.decl &&
         std::equal(a.arguments.begin(), a.arguments.end(), b.arguments.begin(), b.arguments.end(), equal);
}

} // namespace

std::optional<resolved::Estimator> resolveSource(Program &program, const Estimator &written,
                                                 const Point &point, resolved::Experiment &experiment) {
  std::optional<resolved::Network> network = sourceNetwork(program, *written.of, point.scope);
  if (!network || !fitsImages(program, *network, experiment.network))
    return std::nullopt;
  resolved::Source source{std::move(*network), {}};
  if (!makeDefense(program, Point{callsOf(written.source), point.scope, {}, "", ""}, source.network,
                   source.defense))
    return std::nullopt;
  resolved::Estimator estimator;
  estimator.kind = resolved::EstimatorKind::Transfer;
  estimator.label = "transfer from " + source.defense.label + " of " + writtenText(source.network);
  estimator.location = source.defense.location;
  estimator.axes = point.axes;
  // The experiment's own model is that of its rows, on which examples of its own are none of another (S4.4).
  for (size_t i = 0; i < experiment.defenses.size() && isSame(source.network, experiment.network); ++i)
    if (experiment.defenses[i].written == source.defense.written)
      estimator.source = static_cast<int64_t>(i);
  if (estimator.source < 0) {
    estimator.other = static_cast<int64_t>(experiment.sources.size());
    experiment.sources.push_back(std::move(source));
  }
  return estimator;
}

} // namespace switchyard
