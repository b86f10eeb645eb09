// Calls of what a program declares, with every default filled in, as `print --resolved` writes them in
// declarations.

#ifndef SWITCHYARD_COMPILER_SEMANTICS_FILLEDCALLS_H
#define SWITCHYARD_COMPILER_SEMANTICS_FILLEDCALLS_H

#include "compiler/semantics/Check.h"
#include "compiler/syntax/Writer.h"

namespace switchyard {

class FilledCalls {
public:
  explicit FilledCalls(const CheckedProgram &checked) : checked(checked) {}

  /// A layer or a part.
  CallText layer() const;
  /// What a defense trains by.
  RecipeText recipe(const ast::DefenseDecl &defense) const;
  CallText defense() const;

  /// What a name of the user's program stands for; null where there is none of that kind.
  template <typename T> const T *declared(const std::string &name) const {
    for (auto &module : checked.modules)
      for (auto &decl : module->declarations) {
        std::string prefix = module->namespaceOf.empty() ? "" : module->namespaceOf + ".";
        if (auto *one = ast::as<T>(decl.get()); one && prefix + one->name == name)
          return one;
      }
    return nullptr;
  }

  template <typename T> const std::vector<ast::Parameter> *parametersOf(const ast::CallExpr &call) const {
    auto *decl = declared<T>(call.name());
    return decl ? &decl->parameters : nullptr;
  }

private:
  const std::vector<ast::Parameter> *layerParameters(const std::string &name) const;
  std::string filled(const ast::CallExpr &call, const std::vector<ast::Parameter> *parameters) const;
  std::string valueText(const ast::Parameter &parameter, const ast::Expr &value) const;

  const CheckedProgram &checked;
};

} // namespace switchyard

#endif
