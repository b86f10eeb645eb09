// The order of the front end: read, then params, then every declaration for itself, then the experiments.

#include "compiler/semantics/Check.h"

#include "compiler/semantics/Catalog.h"
#include "compiler/semantics/Clauses.h"
#include "compiler/semantics/Program.h"

namespace switchyard {

using namespace ast;

namespace {

void checkNetwork(Program &program, const NetworkDecl &decl) {
  checkParameters(program, decl.parameters, {"real", "int", "bool"});
  if (decl.parameters.empty()) // with parameters, shapes are known where it is used
    instantiate(program, decl, {}, decl.location);
}

/// Of a declaration that has errors nothing more is said.
template <typename T> void warnUnusedIfGood(Program &program, int before, const Decl &decl) {
  if (auto *one = as<T>(&decl); one && program.diagnostics.errorCount() == before)
    warnUnused(program, *one);
}

void checkDeclaration(Program &program, Decl &decl) {
  int before = program.diagnostics.errorCount();
  if (auto *dataset = as<DatasetDecl>(&decl))
    checkDataset(program, *dataset);
  else if (auto *network = as<NetworkDecl>(&decl))
    checkNetwork(program, *network);
  else if (auto *objective = as<ObjectiveDecl>(&decl))
    checkObjective(program, *objective);
  else if (auto *attack = as<AttackDecl>(&decl))
    checkAttack(program, *attack);
  else if (auto *layer = as<LayerDecl>(&decl))
    checkLayer(program, *layer);
  else if (auto *optimizer = as<OptimizerDecl>(&decl))
    checkOptimizer(program, *optimizer);
  else if (auto *schedule = as<ScheduleDecl>(&decl))
    checkSchedule(program, *schedule);
  else if (auto *loss = as<LossDecl>(&decl))
    checkLoss(program, *loss);
  else if (auto *part = as<PartDecl>(&decl))
    checkPart(program, *part);
  else if (auto *defense = as<DefenseDecl>(&decl))
    checkDefense(program, *defense);
  warnUnusedIfGood<NetworkDecl>(program, before, decl);
  warnUnusedIfGood<AttackDecl>(program, before, decl);
  warnUnusedIfGood<LayerDecl>(program, before, decl);
  warnUnusedIfGood<OptimizerDecl>(program, before, decl);
  warnUnusedIfGood<ScheduleDecl>(program, before, decl);
  warnUnusedIfGood<LossDecl>(program, before, decl);
  warnUnusedIfGood<PartDecl>(program, before, decl);
  warnUnusedIfGood<DefenseDecl>(program, before, decl);
}

} // namespace

/// Those that refer to each other may all say what is wrong with them; only then are they bad to experiments.
static void checkDeclarations(Program &program) {
  std::set<const Decl *> bad;
  for (auto &module : program.checked.modules)
    for (auto &decl : module->declarations) {
      int before = program.diagnostics.troubles();
      checkDeclaration(program, *decl);
      if (program.diagnostics.troubles() > before)
        bad.insert(decl.get());
    }
  program.bad = std::move(bad);
}

static void resolveExperiments(Program &program) {
  std::vector<std::vector<resolved::Experiment>> experiments; // each with its settings
  for (auto &decl : program.user().declarations)
    if (auto *experiment = as<ExperimentDecl>(decl.get()))
      experiments.push_back(resolveExperiment(program, *experiment));
  resolveJointShows(program, experiments);
  for (std::vector<resolved::Experiment> &settings : experiments)
    for (resolved::Experiment &setting : settings)
      program.checked.experiments.push_back(std::move(setting));
}

Analysis analyze(const std::string &path, const CheckOptions &options, Sources &sources,
                 Diagnostics &diagnostics) {
  Program program{sources, diagnostics, options, {}, {}, {}, {}};
  loadModules(program, path);
  if (program.checked.modules.empty())
    return {};
  if (!diagnostics.hasErrors() && program.user().declarations.empty())
    diagnostics.error(Id::EmptyProgram, {program.user().file, 0, 0, 1},
                      "this program is empty; there is no experiment in it");
  evaluateParams(program);
  checkDeclarations(program);
  resolveExperiments(program);
  program.checked.params = program.params;
  return {std::move(program.checked), std::move(program.references)};
}

std::unique_ptr<CheckedProgram> checkFile(const std::string &path, const CheckOptions &options,
                                          Sources &sources, Diagnostics &diagnostics) {
  Analysis analysis = analyze(path, options, sources, diagnostics);
  if (diagnostics.hasErrors())
    return nullptr;
  return std::make_unique<CheckedProgram>(std::move(analysis.program));
}

} // namespace switchyard
