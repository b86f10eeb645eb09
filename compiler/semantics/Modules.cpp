// Finds and reads the files of a program. `use std` gives std's names plainly; `use std.paper` and `use mine`
// give theirs behind `paper.` and `mine.`. A module is a file beside the file that uses it, or a folder of
// files of the standard library; a folder `std` beside the program is its standard library, so that a program
// that was written out with its modules needs nothing else.

#include "compiler/semantics/Program.h"
#include "compiler/syntax/Parse.h"
#include "compiler/syntax/Writer.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace switchyard {

namespace fs = std::filesystem;
using namespace ast;

namespace {

class Loader {
public:
  explicit Loader(Program &program) : program(program) {}

  void load(const std::string &path) {
    auto module = parseFile(path, program.sources, program.diagnostics);
    if (!module)
      return;
    Module *user = module.get();
    program.checked.modules.push_back(std::move(module));
    loaded[path] = {user};
    opening.push_back(path);
    own(*user);
    follow(*user);
  }

private:
  /// Puts the module's own declarations into its table.
  void own(Module &module) {
    NameTable &table = program.tables[&module];
    for (const BrokenDecl &one : module.broken)
      table.broken[one.kind].insert(one.name);
    if (module.hasUnknown)
      table.unread.push_back("");
    for (auto &decl : module.declarations) {
      program.homes[decl.get()] = &module;
      if (decl->kind == DeclKind::Use || decl->kind == DeclKind::Show) // they have no name
        continue;
      auto [old, isNew] = table.names[decl->kind].insert({decl->name, decl.get()});
      if (!isNew)
        program.diagnostics
            .error(Id::DeclaredTwice, decl->location,
                   std::string(spelling(decl->kind)) + " `" + decl->name + "` is declared twice")
            .note(old->second->location, "first here");
    }
  }

  /// Loads what the module uses and adds its names.
  void follow(Module &module) {
    for (auto &decl : module.declarations)
      if (auto *use = as<UseDecl>(decl.get()))
        useModule(*use, module);
  }

  void useModule(const UseDecl &use, Module &module) {
    std::vector<Module *> opened = open(use, module);
    if (opened.empty()) // said
      program.tables[&module].unread.push_back(prefixOf(use.path));
    else
      program.references.add(use.location, Referent::Module, Location{opened.front()->file, 1, 1, 1});
    for (Module *used : opened)
      import(module, *used, use.path);
  }

  static std::string prefixOf(const std::vector<std::string> &path) {
    return path == std::vector<std::string>{"std"} ? "" : path.back() + ".";
  }

  void import(Module &into, const Module &used, const std::vector<std::string> &path) {
    NameTable &table = program.tables[&into];
    std::string prefix = prefixOf(path);
    for (auto &decl : used.declarations)
      if (decl->kind != DeclKind::Use && decl->kind != DeclKind::Param &&
          decl->kind != DeclKind::Experiment && decl->kind != DeclKind::Show)
        table.names[decl->kind].insert({prefix + decl->name, decl.get()});
    for (const BrokenDecl &one : used.broken)
      table.broken[one.kind].insert(prefix + one.name);
    if (used.hasUnknown)
      table.unread.push_back(prefix);
    table.usesPaper |= path == std::vector<std::string>{"std", "paper"};
  }

  std::vector<Module *> open(const UseDecl &use, const Module &from) {
    std::vector<std::string> files = filesOf(use, from);
    std::string key = joined(files, "\n"); // two folders may each have a module of this name
    auto known = loaded.find(key);
    bool circular = std::find(opening.begin(), opening.end(), key) != opening.end();
    if (circular) {
      program.diagnostics.error(Id::CircularUse, use.location,
                                "`" + use.name + "` uses itself, through the modules it uses");
      return {};
    }
    if (known != loaded.end())
      return known->second;
    std::vector<Module *> modules;
    opening.push_back(key);
    for (const std::string &path : files) {
      auto module = parseFile(path, program.sources, program.diagnostics);
      if (!module)
        continue;
      module->name = use.name;
      module->namespaceOf = use.name == "std" ? "" : use.path.back();
      modules.push_back(module.get());
      program.checked.modules.push_back(std::move(module));
    }
    loaded[key] = modules;
    for (Module *module : modules)
      own(*module);
    for (Module *module : modules) {
      for (Module *sibling : modules)
        if (sibling != module)
          import(*module, *sibling, {"std"});
      follow(*module);
    }
    opening.pop_back();
    return modules;
  }

  std::vector<std::string> filesOf(const UseDecl &use, const Module &from) {
    if (use.path[0] == "std")
      return libraryFiles(use);
    fs::path part;
    for (const std::string &name : use.path)
      part /= name;
    part += ".swy";
    fs::path file = fs::path(program.sources[from.file].path).parent_path() / part;
    if (program.sources.isFile(file.string()))
      return {file.string()};
    program.diagnostics.error(Id::UnknownModule, use.location, "there is no module `" + use.name + "`")
        .note("it would be the file " + file.string());
    return {};
  }

  std::vector<std::string> libraryFiles(const UseDecl &use) {
    fs::path part;
    for (size_t i = 1; i < use.path.size(); ++i)
      part /= use.path[i];
    fs::path beside = fs::path(program.sources[program.user().file].path).parent_path();
    std::vector<std::string> files = program.sources.programsIn((beside / "std" / part).string());
    const std::string &library = program.options.standardLibrary;
    if (files.empty() && library.empty()) {
      program.diagnostics
          .error(Id::NoStandardLibrary, use.location,
                 "the standard library is not installed beside the compiler")
          .note("set SWITCHYARD_STDLIB to its folder");
      return {};
    }
    if (files.empty())
      files = program.sources.programsIn((fs::path(library) / part).string());
    if (files.empty())
      program.diagnostics.error(Id::UnknownModule, use.location,
                                "there is no module `" + use.name + "`" +
                                    didYouMean(use.name, {"std", "std.paper"}));
    return files;
  }

  Program &program;
  std::map<std::string, std::vector<Module *>> loaded;
  std::vector<std::string> opening; ///< modules being loaded, outermost first
};

} // namespace

const char *spelling(DeclKind kind) {
  static const char *const words[] = {"module",   "param", "data set",   "network", "objective",
                                      "attack",   "layer", "part",       "defense", "optimizer",
                                      "schedule", "loss",  "experiment", "show"};
  static_assert(std::size(words) == static_cast<size_t>(DeclKind::Show) + 1);
  return words[static_cast<int>(kind)];
}

std::vector<std::string> Program::namesOf(DeclKind kind, const Module &from) const {
  std::vector<std::string> result;
  auto &names = tables.at(&from).names;
  auto found = names.find(kind);
  if (found != names.end())
    for (auto &[name, decl] : found->second)
      result.push_back(name);
  return result;
}

const Decl *Program::look(DeclKind kind, const std::string &name, const Module &from) const {
  auto table = tables.find(&from); // none in a program that is only printed
  if (table == tables.end())
    return nullptr;
  auto space = table->second.names.find(kind);
  if (space == table->second.names.end())
    return nullptr;
  auto found = space->second.find(name);
  return found == space->second.end() ? nullptr : found->second;
}

bool Program::mayBe(DeclKind kind, const std::string &name, const Module &from) const {
  auto table = tables.find(&from);
  if (table == tables.end())
    return false;
  auto broken = table->second.broken.find(kind);
  auto begins = [&](const std::string &prefix) { return name.rfind(prefix, 0) == 0; };
  return (broken != table->second.broken.end() && broken->second.count(name)) ||
         std::any_of(table->second.unread.begin(), table->second.unread.end(), begins);
}

const Decl *Program::lookup(DeclKind kind, const std::string &name, const Module &from, Location where) {
  if (const Decl *decl = look(kind, name, from)) {
    references.add(where, referentOf(kind), decl->location);
    if (bad.count(decl))
      diagnostics.follow();
    return bad.count(decl) ? nullptr : decl;
  }
  if (mayBe(kind, name, from)) {
    diagnostics.follow();
    return nullptr;
  }
  auto &error = diagnostics.error(Id::UnknownDeclaration, where,
                                  std::string("there is no ") + spelling(kind) + " `" + name + "`" +
                                      didYouMean(name, namesOf(kind, from)));
  if (kind == DeclKind::Optimizer && !namesOf(kind, from).empty())
    error.note("known are " + joined(namesOf(kind, from), ", "));
  if (kind == DeclKind::Loss || kind == DeclKind::Attack)
    for (DeclKind other : {DeclKind::Loss, DeclKind::Attack, DeclKind::Objective, DeclKind::Defense})
      if (other != kind && look(other, name, from))
        error.note("`" + name + "` is a declared " + spelling(other));
  bool usesStd = look(DeclKind::Objective, "cross_entropy", from);
  if (name.rfind("paper.", 0) == 0 && !tables.at(&from).usesPaper)
    error.note("the paper's settings come with `use std.paper`");
  else if (!usesStd)
    error.note("the standard library's names come with `use std`");
  return nullptr;
}

void loadModules(Program &program, const std::string &path) {
  Loader(program).load(path);
}

std::string standardLibraryFolder(const std::string &executable) {
  if (const char *folder = std::getenv("SWITCHYARD_STDLIB"))
    return folder;
  std::error_code ignored;
  fs::path program = fs::canonical("/proc/self/exe", ignored);
  if (ignored)
    program = fs::absolute(executable, ignored);
  fs::path bin = program.parent_path();
  for (const fs::path &candidate : {bin / "../../stdlib", bin / "../share/switchyard/stdlib"})
    if (fs::is_regular_file(candidate / "attacks.swy", ignored))
      return fs::weakly_canonical(candidate, ignored).string();
  return "";
}

} // namespace switchyard
