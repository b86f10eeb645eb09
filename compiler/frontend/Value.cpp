// Values as text.

#include "compiler/frontend/Value.h"

#include "compiler/frontend/Ast.h"

namespace switchyard {
namespace {

std::string placeText(const Place &place) {
  switch (place.which) {
  case Place::First:
    return place.target == "block" ? "first" : "first " + place.target;
  case Place::Every:
    return "every " + place.target;
  case Place::EveryLater:
    return "every later " + place.target;
  case Place::Named:
    break;
  }
  return place.target;
}

struct Text {
  std::string operator()(std::monostate) const { return ""; }
  std::string operator()(const Number &number) const { return number.text(); }
  std::string operator()(bool truth) const { return truth ? "true" : "false"; }
  std::string operator()(const std::string &text) const { return "\"" + text + "\""; }
  std::string operator()(const ObjectiveRef &ref) const { return ref.objective ? ref.objective->name : ""; }
  std::string operator()(const Place &place) const { return placeText(place); }
  std::string operator()(const Word &word) const { return word.text; }
  std::string operator()(const Value::List &list) const {
    std::string text = "[";
    for (const Value &one : list)
      text += (text.size() > 1 ? ", " : "") + one.text();
    return text + "]";
  }
};

} // namespace

const ast::ObjectiveDecl *Value::objective() const {
  auto *ref = std::get_if<ObjectiveRef>(&data);
  return ref ? ref->objective : nullptr;
}

std::string Value::text() const {
  return std::visit(Text{}, data);
}

const Value *find(const NamedValues &values, const std::string &name) {
  for (const NamedValue &one : values)
    if (one.name == name)
      return &one.value;
  return nullptr;
}

} // namespace switchyard
