// The program while it is checked: its files, and what each name means where. Names live in name spaces by
// kind of declaration (S1.6): an attack and an objective may share one.

#ifndef SWITCHYARD_COMPILER_SEMANTICS_PROGRAM_H
#define SWITCHYARD_COMPILER_SEMANTICS_PROGRAM_H

#include "compiler/semantics/Check.h"
#include "compiler/semantics/References.h"

#include <map>
#include <set>

namespace switchyard {

/// What one file can name: its own declarations, then those of the modules it uses (`paper.pgd`).
struct NameTable {
  std::map<ast::DeclKind, std::map<std::string, ast::Decl *>> names;
  bool usesPaper = false;
  /// Names of declarations with errors: what they mean is not known, and nobody complains of it again.
  std::map<ast::DeclKind, std::set<std::string>> broken;
  /// How names begin of which any may be declared where nothing could be read; empty: all do.
  std::vector<std::string> unread;
};

struct Program {
  Sources &sources;
  Diagnostics &diagnostics;
  const CheckOptions &options;
  CheckedProgram checked;
  std::map<const ast::Module *, NameTable> tables;
  std::map<const ast::Decl *, const ast::Module *> homes;
  std::map<std::string, Value>
      params; ///< values of the user's `param`s, --set applied; empty ones have errors
  std::set<const ast::Decl *> bad = {}; ///< declarations that have errors
  References references = {};
  /// Of each module that is used: its `param`s, at their defaults.
  std::map<const ast::Module *, std::map<std::string, Value>> defaults = {};

  const std::map<std::string, Value> &paramsOf(const ast::Module &module) const {
    auto found = defaults.find(&module);
    return found == defaults.end() ? params : found->second;
  }
  const ast::Module &user() const { return *checked.modules.front(); }
  std::vector<std::string> namesOf(ast::DeclKind kind, const ast::Module &from) const;
  /// Null, with an error that names near ones, if there is no such declaration.
  template <typename T> const T *find(const std::string &name, const ast::Module &from, Location where) {
    return ast::as<T>(lookup(kindOf<T>(), name, from, where));
  }
  /// Whether a declaration of that name has errors, or may be where nothing could be read.
  bool mayBe(ast::DeclKind kind, const std::string &name, const ast::Module &from) const;
  /// As find(), without the error.
  const ast::Decl *look(ast::DeclKind kind, const std::string &name, const ast::Module &from) const;
  const ast::Module &home(const ast::Decl &decl) const { return *homes.at(&decl); }

private:
  template <typename T> static ast::DeclKind kindOf();
  const ast::Decl *lookup(ast::DeclKind kind, const std::string &name, const ast::Module &from,
                          Location where);
};

template <> inline ast::DeclKind Program::kindOf<ast::DatasetDecl>() {
  return ast::DeclKind::Dataset;
}
template <> inline ast::DeclKind Program::kindOf<ast::NetworkDecl>() {
  return ast::DeclKind::Network;
}
template <> inline ast::DeclKind Program::kindOf<ast::ObjectiveDecl>() {
  return ast::DeclKind::Objective;
}
template <> inline ast::DeclKind Program::kindOf<ast::AttackDecl>() {
  return ast::DeclKind::Attack;
}
template <> inline ast::DeclKind Program::kindOf<ast::LayerDecl>() {
  return ast::DeclKind::Layer;
}
template <> inline ast::DeclKind Program::kindOf<ast::PartDecl>() {
  return ast::DeclKind::Part;
}
template <> inline ast::DeclKind Program::kindOf<ast::DefenseDecl>() {
  return ast::DeclKind::Defense;
}
template <> inline ast::DeclKind Program::kindOf<ast::OptimizerDecl>() {
  return ast::DeclKind::Optimizer;
}
template <> inline ast::DeclKind Program::kindOf<ast::ScheduleDecl>() {
  return ast::DeclKind::Schedule;
}
template <> inline ast::DeclKind Program::kindOf<ast::LossDecl>() {
  return ast::DeclKind::Loss;
}

const char *spelling(ast::DeclKind kind);

// The steps of checkFile(), in order. Each reports all it finds.

/// Reads `path` and what it uses (Modules.cpp); fills modules and tables.
void loadModules(Program &program, const std::string &path);
/// Values of the user's `param`s and of modules' (Params.cpp).
void evaluateParams(Program &program);
/// That its source is known (DataSource.cpp).
void checkDataset(Program &program, ast::DatasetDecl &decl);
/// Unique names and known types of parameters; `types` may be written there (CheckAttack.cpp).
void checkParameters(Program &program, const std::vector<ast::Parameter> &parameters,
                     const std::vector<std::string> &types);
/// Types of objectives', attacks' and layers' bodies, and what aliases call (CheckAttack.cpp).
void checkObjective(Program &program, ast::ObjectiveDecl &decl);
void checkAttack(Program &program, ast::AttackDecl &decl);
void checkLayer(Program &program, ast::LayerDecl &decl);
/// The step of an optimizer, and what a schedule returns (CheckOptimizer.cpp).
void checkOptimizer(Program &program, ast::OptimizerDecl &decl);
void checkSchedule(Program &program, ast::ScheduleDecl &decl);
/// A loss's number, and that it asks the model (CheckLoss.cpp).
void checkLoss(Program &program, ast::LossDecl &decl);
/// A part's layers, and that it is none of its own (CheckParts.cpp).
void checkPart(Program &program, ast::PartDecl &decl);
/// Warns of parameters and variables that are never read (Unused.cpp).
void warnUnused(Program &program, const ast::AttackDecl &attack);
void warnUnused(Program &program, const ast::LayerDecl &layer);
void warnUnused(Program &program, const ast::OptimizerDecl &optimizer);
void warnUnused(Program &program, const ast::ScheduleDecl &schedule);
void warnUnused(Program &program, const ast::LossDecl &loss);
void warnUnused(Program &program, const ast::PartDecl &part);
void warnUnused(Program &program, const ast::DefenseDecl &defense);
void warnUnused(Program &program, const ast::NetworkDecl &network);
/// Layers and places of a defense (CheckDefense.cpp).
void checkDefense(Program &program, ast::DefenseDecl &decl);
/// A choice of defenses; `checkNames` sees every expression in it (Choices.cpp).
void checkChoice(Program &program, const ast::DefenseDecl &decl,
                 const std::function<void(const ast::Expr &)> &checkNames);
/// The network with these arguments, its shapes inferred (Network.cpp). Empty blocks if there were errors.
resolved::Network instantiate(Program &program, const ast::NetworkDecl &decl, NamedValues arguments,
                              Location where);
/// The experiment's settings, resolved (CheckExperiment.cpp); none if there were errors.
std::vector<resolved::Experiment> resolveExperiment(Program &program, const ast::ExperimentDecl &decl);

} // namespace switchyard

#endif
