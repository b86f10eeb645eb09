// Layers in networks and rewrites: their arguments, and the shapes that go in and come out.

#ifndef SWITCHYARD_COMPILER_SEMANTICS_LAYERS_H
#define SWITCHYARD_COMPILER_SEMANTICS_LAYERS_H

#include "compiler/semantics/Evaluate.h"
#include "compiler/semantics/Resolved.h"

namespace switchyard {

/// The kind that a layer's call names; null with an error reported.
const LayerKind *layerKind(Program &program, const ast::CallExpr &call);
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
