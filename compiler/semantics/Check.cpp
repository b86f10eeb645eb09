// The order of the front end: read, then params, then every declaration for itself, then the experiments.

#include "compiler/semantics/Check.h"

#include "compiler/semantics/Catalog.h"
#include "compiler/semantics/Program.h"

namespace switchyard {

using namespace ast;

namespace {

void checkNetwork(Program &program, const NetworkDecl &decl) {
  checkParameters(program, decl.parameters, {"real", "int", "bool"});
  if (decl.parameters.empty()) // with parameters, shapes are known where it is used
    instantiate(program, decl, {}, decl.location);
}

void checkDeclaration(Program &program, Decl &decl) {
  if (auto *dataset = as<DatasetDecl>(&decl))
    checkDataset(program, *dataset);
  else if (auto *network = as<NetworkDecl>(&decl))
    checkNetwork(program, *network);
  else if (auto *objective = as<ObjectiveDecl>(&decl))
    checkObjective(program, *objective);
  else if (auto *attack = as<AttackDecl>(&decl))
    checkAttack(program, *attack);
  else if (auto *defense = as<DefenseDecl>(&decl))
    checkDefense(program, *defense);
}

} // namespace

std::unique_ptr<CheckedProgram> checkFile(const std::string &path, const CheckOptions &options,
                                          Sources &sources, Diagnostics &diagnostics) {
  Program program{sources, diagnostics, options, {}, {}, {}, {}};
  loadModules(program, path);
  if (!diagnostics.hasErrors() && program.user().declarations.empty())
    diagnostics.error({program.user().file, 0, 0, 1}, "this program is empty; there is no experiment in it");
  if (diagnostics.hasErrors())
    return nullptr;
  evaluateParams(program);
  for (auto &module : program.checked.modules)
    for (auto &decl : module->declarations)
      checkDeclaration(program, *decl);
  if (diagnostics.hasErrors())
    return nullptr;
  for (auto &decl : program.user().declarations)
    if (auto *experiment = as<ExperimentDecl>(decl.get())) {
      resolved::Experiment resolved;
      if (resolveExperiment(program, *experiment, resolved))
        program.checked.experiments.push_back(std::move(resolved));
    }
  if (diagnostics.hasErrors())
    return nullptr;
  program.checked.params = program.params;
  return std::make_unique<CheckedProgram>(std::move(program.checked));
}

} // namespace switchyard
