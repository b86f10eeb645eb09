// Layers in networks and rewrites: their arguments, and the shapes that go in and come out.

#ifndef SWITCHYARD_COMPILER_SEMANTICS_LAYERS_H
#define SWITCHYARD_COMPILER_SEMANTICS_LAYERS_H

#include "compiler/semantics/Evaluate.h"
#include "compiler/semantics/Resolved.h"

namespace switchyard {

/// What every layer takes, beside its own parameters where it has none of that name: when it acts (S1.8).
constexpr const char *whenParameter = "when";

/// What a layer's call names: a row of the table, a declared layer, or a part; none, with an error reported.
struct LayerNamed {
  const LayerKind *kind = nullptr;
  const ast::LayerDecl *decl = nullptr;
  const ast::PartDecl *part = nullptr;

  bool known() const { return kind || decl || part; }
};
/// Whether no declaration can have the name: a row's, or a word of chains.
bool isBuiltIn(const std::string &name);
LayerNamed layerNamed(Program &program, const ast::CallExpr &call, const ast::Module &from);
/// "layer `conv`", "part `basic`": as messages begin.
std::string layerTitle(const LayerNamed &layer, const ast::CallExpr &call);
/// What a call of it gives for each of its parameters, null where nothing; nothing with errors.
std::optional<std::vector<const ast::Argument *>> matchLayer(Program &program, const ast::CallExpr &call,
                                                             const LayerNamed &layer);
/// Whether places in networks may be named so: layers, and `residual`.
bool isLayer(const Program &program, const std::string &name, const ast::Module &from);
/// What a name of layers means from a module: a row's name, or a declaration's with its module before it, so
/// that two declarations of one name are two kinds.
std::string kindNamed(const Program &program, const std::string &name, const ast::Module &from);
/// All that can stand in a chain by a name.
std::vector<std::string> knownLayers(const Program &program, const ast::Module &from);
/// Reports that no place can be named so.
void reportNoPlace(Program &program, Location where, const std::string &name, const ast::Module &from);
/// The layer that is no part with all its arguments, `symbolic` where one depends on a name of `symbols`;
/// nothing with errors.
std::optional<resolved::Layer> bindLayer(Program &program, const LayerNamed &named, const ast::CallExpr &call,
                                         const Scope &scope, const std::vector<std::string> &symbols);
/// Says whether the argument's expression depends on a name of `symbols`, and what else it names.
void findSymbols(resolved::LayerArgument &argument, const Scope &scope,
                 const std::vector<std::string> &symbols);
/// Why layers cannot stand on the weights of a place's layers; empty where they can.
std::string whyNoWeights(const Place &place);
/// Why an element cannot stand on weights (S1.9); empty where it can.
std::string whyNotOnWeights(const resolved::Element &element);

} // namespace switchyard

#endif
