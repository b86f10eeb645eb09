// The table of roles, and its columns applied.
#include "runtime/contract/Roles.h"
#include "runtime/contract/Tally.h"

namespace switchyard::rt {

static const RoleRule rules[] = {
#define SWY_ROLE(enumerator, name, element, use, shape, filler, seen)                                        \
  {name,                                                                                                     \
   RoleRule::Element::element,                                                                               \
   RoleRule::Use::use,                                                                                       \
   RoleRule::Shape::shape,                                                                                   \
   RoleRule::Filler::filler,                                                                                 \
   RoleRule::Seen::seen},
#include "runtime/contract/roles.def"
#undef SWY_ROLE
};

const RoleRule &ruleOf(Role role) {
  return rules[size_t(role)];
}

std::optional<Role> roleNamed(const std::string &name) {
  for (const RoleRule &rule : rules)
    if (rule.name == name)
      return Role(&rule - rules);
  return std::nullopt;
}

bool RoleRule::allowsAccess(Access access) const {
  switch (use) {
  case Use::In:
    return access == Access::In;
  case Use::Out:
    return access == Access::Out;
  case Use::Kept:
    return access == Access::InOut || access == Access::Out;
  case Use::Scratch:
    return access == Access::Scratch;
  }
  return false;
}

bool RoleRule::allowsType(const std::string &type) const {
  switch (element) {
  case Element::F32:
    return type == "f32";
  case Element::I32:
    return type == "i32";
  case Element::I64:
    return type == "i64";
  case Element::Number:
    return type == "f32" || type == "i32";
  case Element::Any:
    return type == "f32" || type == "i32" || type == "i64";
  case Element::Bytes:
    return type.empty();
  }
  return false;
}

bool RoleRule::allowsShape(const std::vector<int64_t> &sizes, int64_t batch) const {
  using Sizes = std::vector<int64_t>;
  bool leads = !sizes.empty() && sizes[0] == batch;
  switch (shape) {
  case Shape::Images:
    return sizes.size() == 4 && leads;
  case Shape::Rows:
    return leads;
  case Shape::Row:
    return sizes == Sizes{batch};
  case Shape::Words:
    return sizes == Sizes{batch, 2};
  case Shape::Logits:
    return sizes.size() == 2 && leads;
  case Shape::Tally:
    return sizes.size() == 3 && leads && sizes[2] == tally::columns;
  case Shape::One:
    return sizes.empty();
  case Shape::Setting:
    return sizes.empty() || sizes == Sizes{batch};
  case Shape::Any:
    return true;
  }
  return false;
}

bool hostReads(Role role, Access access, size_t rank) {
  const RoleRule &rule = ruleOf(role);
  return access == Access::In && rule.seen == RoleRule::Seen::Host &&
         (rule.shape != RoleRule::Shape::Setting || rank == 0);
}

} // namespace switchyard::rt
