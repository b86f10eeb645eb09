// See Estimators.h. `transfer from` is an experiment's alone (CheckEvaluation.cpp).

#include "compiler/semantics/Estimators.h"

#include <algorithm>

namespace switchyard {

using namespace ast;
using resolved::EstimatorKind;

namespace {

const std::vector<std::pair<std::string, EstimatorKind>> known = {
    {"one_draw", EstimatorKind::OneDraw},
    {"eot", EstimatorKind::Eot},
    {"all_paths", EstimatorKind::AllPaths},
    {"randomness_off", EstimatorKind::RandomnessOff},
    {"frozen_draw", EstimatorKind::FrozenDraw}};

auto find(const CallExpr &call) {
  std::string name = call.name();
  return std::find_if(known.begin(), known.end(), [&](auto &one) { return one.first == name; });
}

/// How many draws an estimator averages; 0 with an error reported.
int64_t drawsOf(Program &program, const CallExpr &call, const Scope &scope) {
  static const std::vector<CatalogParameter> parameters = {
      {"draws", CatalogParameter::Count, "", limits::draws}};
  auto values = bindArguments(program, call.arguments, call.location, parameters, scope,
                              "estimator `" + call.name() + "`");
  return values ? values->front().value.integer() : 0;
}

} // namespace

bool isEstimator(Program &program, const CallExpr &call) {
  if (find(call) != known.end())
    return true;
  program.diagnostics.error(
      Id::UnknownEstimator, call.location,
      "there is no estimator `" + call.name() + "`" +
          didYouMean(call.name(), {"one_draw", "eot", "all_paths", "randomness_off", "frozen_draw"}));
  return false;
}

std::optional<resolved::Estimator> resolveEstimator(Program &program, const CallExpr &call,
                                                    const Scope &scope) {
  if (!isEstimator(program, call))
    return std::nullopt;
  auto &[name, kind] = *find(call);
  bool ofDraws = kind == EstimatorKind::Eot || (kind == EstimatorKind::AllPaths && !call.arguments.empty());
  if (ofDraws) {
    int64_t draws = drawsOf(program, call, scope);
    std::string text = kind == EstimatorKind::Eot ? "" : "draws = "; // of all else, for each path
    return draws ? std::optional(resolved::Estimator{kind, name + "(" + text + std::to_string(draws) + ")",
                                                     call.location, draws, -1})
                 : std::nullopt;
  }
  if (!call.arguments.empty()) {
    program.diagnostics.error(Id::EstimatorArguments, call.location, "`" + name + "` takes no arguments");
    return std::nullopt;
  }
  return resolved::Estimator{kind, name, call.location, kind == EstimatorKind::AllPaths ? 0 : 1, -1};
}

} // namespace switchyard
