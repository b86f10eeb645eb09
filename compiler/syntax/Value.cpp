// Values as text.

#include "compiler/syntax/Value.h"

#include "compiler/syntax/Ast.h"
#include "compiler/syntax/Writer.h"

namespace switchyard {
namespace {

struct Text {
  std::string operator()(std::monostate) const { return ""; }
  std::string operator()(const Number &number) const { return number.text(); }
  std::string operator()(bool truth) const { return truth ? "true" : "false"; }
  std::string operator()(const std::string &text) const { return "\"" + text + "\""; }
  std::string operator()(const ObjectiveRef &ref) const { return ref.name; }
  std::string operator()(const Place &place) const {
    return place.which == Place::First && place.target == "block" ? "first" : placeText(place);
  }
  std::string operator()(const Word &word) const { return word.text; }
  std::string operator()(const Calling &calling) const { return calling.text; }
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

std::vector<double> numbersOf(const Value &value) {
  if (value.isNumber())
    return {value.real()};
  std::vector<double> numbers;
  if (value.isList())
    for (const Value &one : value.list())
      if (one.isNumber())
        numbers.push_back(one.real());
  return numbers;
}

} // namespace switchyard
