// Layers in networks and rewrites: their arguments, and the shapes that go in and come out.

#ifndef SWITCHYARD_COMPILER_SEMANTICS_LAYERS_H
#define SWITCHYARD_COMPILER_SEMANTICS_LAYERS_H

#include "compiler/semantics/Evaluate.h"
#include "compiler/semantics/Resolved.h"

namespace switchyard {

/// What every layer takes, beside its own parameters where it has none of that name: when it acts (S1.8).
constexpr const char *whenParameter = "when";

/// What a layer's call names: a row of the table or a declaration; neither, with an error reported.
struct LayerNamed {
  const LayerKind *kind = nullptr;
  const ast::LayerDecl *decl = nullptr;
};
LayerNamed layerNamed(Program &program, const ast::CallExpr &call, const ast::Module &from);
/// What a call of it gives for each of its parameters, null where nothing; nothing with errors.
std::optional<std::vector<const ast::Argument *>> matchLayer(Program &program, const ast::CallExpr &call,
                                                             const LayerNamed &layer);
/// Whether places in networks may be named so.
bool isLayer(const Program &program, const std::string &name, const ast::Module &from);
std::vector<std::string> knownLayers(const Program &program, const ast::Module &from);
/// The layer with all its arguments, `symbolic` where one depends on a name of `symbols`; nothing with
/// errors.
std::optional<resolved::Layer> bindLayer(Program &program, const ast::CallExpr &call, const Scope &scope,
                                         const std::vector<std::string> &symbols = {});
/// Says whether the argument's expression depends on a name of `symbols`, and what else it names.
void findSymbols(resolved::LayerArgument &argument, const Scope &scope,
                 const std::vector<std::string> &symbols);
/// Why no experiment can use the layer yet; empty where one can, or where there is no such layer.
std::string layerNotBuilt(const ast::CallExpr &call);
/// Reports layers that no experiment can use yet, noting the use at `where`; false if there is one.
bool layersAreBuilt(Program &program, const ast::Layers &layers, Location where);

} // namespace switchyard

#endif
