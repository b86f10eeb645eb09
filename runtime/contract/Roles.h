// Roles of arguments as the table says (roles.def), and what follows from them for one argument.
#ifndef SWITCHYARD_RUNTIME_CONTRACT_ROLES_H
#define SWITCHYARD_RUNTIME_CONTRACT_ROLES_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace switchyard::rt {

enum class Role {
#define SWY_ROLE(enumerator, ...) enumerator,
#include "runtime/contract/roles.def"
#undef SWY_ROLE
};

enum class Access { In, Out, InOut, Scratch };

/// One row of the table, whose head says what the words mean.
struct RoleRule {
  enum class Element { F32, I32, I64, Any, Number, Bytes };
  enum class Use { In, Out, Kept, Scratch };
  enum class Shape { Images, Rows, Row, Words, Logits, Tally, One, Setting, Any };
  enum class Filler { Rows, Call, Scalars, Weights, Parameters, State, Code };
  enum class Seen { Device, Host };

  const char *name;
  Element element;
  Use use;
  Shape shape;
  Filler filler;
  Seen seen;

  /// Whether arguments of this role are told apart by names.
  bool isNamed() const {
    return filler == Filler::Scalars || filler == Filler::Weights || filler == Filler::Parameters ||
           filler == Filler::State;
  }
  /// Whether each example of a batch has its own; a result that has is one of examples.
  bool isOfExamples() const {
    return shape == Shape::Images || shape == Shape::Rows || shape == Shape::Row || shape == Shape::Words ||
           shape == Shape::Logits || shape == Shape::Tally;
  }
  bool allowsAccess(Access access) const;
  bool allowsType(const std::string &type) const;
  bool allowsShape(const std::vector<int64_t> &sizes, int64_t batch) const;
};

const RoleRule &ruleOf(Role role);
inline const char *roleName(Role role) {
  return ruleOf(role).name;
}
std::optional<Role> roleNamed(const std::string &name);

/// Whether the host may read an argument of a device function (docs/artifact.md): one that it fills, is read
/// only, and is small.
bool hostReads(Role role, Access access, size_t rank);

} // namespace switchyard::rt

#endif
