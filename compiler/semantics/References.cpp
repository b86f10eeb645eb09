// See References.h.

#include "compiler/semantics/References.h"

namespace switchyard {

using ast::DeclKind;

Referent referentOf(DeclKind kind) {
  switch (kind) {
  case DeclKind::Param:
    return Referent::Param;
  case DeclKind::Dataset:
    return Referent::Dataset;
  case DeclKind::Network:
    return Referent::Network;
  case DeclKind::Objective:
    return Referent::Objective;
  case DeclKind::Attack:
    return Referent::Attack;
  case DeclKind::Layer:
    return Referent::Layer;
  case DeclKind::Part:
    return Referent::Part;
  case DeclKind::Defense:
    return Referent::Defense;
  case DeclKind::Optimizer:
    return Referent::Optimizer;
  case DeclKind::Schedule:
    return Referent::Schedule;
  case DeclKind::Loss:
    return Referent::Loss;
  case DeclKind::Experiment:
    return Referent::Experiment;
  case DeclKind::Use:
  case DeclKind::Show: // nothing names one
    break;
  }
  return Referent::Module;
}

void References::add(Location use, Referent kind, Location declared) {
  if (use.valid())
    entries.insert({{use.file, use.line, use.column}, {use, declared, kind}});
}

const Reference *References::at(int file, Position position) const {
  auto after = entries.upper_bound({file, position.line, position.column});
  if (after == entries.begin())
    return nullptr;
  const Reference &found = std::prev(after)->second;
  bool covers = found.use.file == file && found.use.line == position.line &&
                position.column < found.use.column + found.use.length;
  return covers ? &found : nullptr;
}

} // namespace switchyard
