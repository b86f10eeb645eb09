// JSON to Plan by the list of fields. Only types, words and ranges of single fields are judged here; whether
// the parts fit each other is CheckPlan.cpp's job.
#include "runtime/contract/CheckPlan.h"
#include "runtime/contract/JsonNode.h"
#include "runtime/contract/Measures.h"
#include "runtime/contract/PlanFields.h"

#include <nlohmann/json.hpp>

namespace switchyard::rt {
namespace {

/// Reads the fields of one object; every mistake names its path.
class Reader {
public:
  /// `plan` is what is read by then; `place` counts the values before this one in its list.
  Reader(JsonNode node, Plan &plan, int64_t place) : node(std::move(node)), plan(plan), place(place) {}

  template <typename T> void operator()(const char *name, T &value) { read(node.field(name), value); }
  void operator()(const char *name, int64_t &value, int64_t low, int64_t high) {
    value = node.field(name).integer(low, high);
  }
  template <typename T, typename... Bounds>
  void optional(const char *name, T &value, std::common_type_t<T>, Bounds... bounds) {
    if (node.has(name))
      (*this)(name, value, bounds...);
  }
  template <typename T> void optional(const char *name, std::optional<T> &value) {
    if (node.has(name))
      (*this)(name, value.emplace());
  }
  template <typename... Kinds> void kind(const char *name, std::variant<Kinds...> &value) {
    size_t wanted = node.field(name).word({kindWord<Kinds>...}), at = 0;
    ((at++ == wanted ? void(value.template emplace<Kinds>()) : void()), ...);
  }
  void word(const char *name, std::string &value, const std::vector<std::string> &words) {
    value = words[node.field(name).word(words)];
  }
  void choice(const char *name, bool &value, const char *ifTrue, const char *ifFalse) {
    value = node.field(name).word({ifTrue, ifFalse}) == 0;
  }
  template <typename Body> void object(const char *name, Body body) {
    Reader inner(node.field(name), plan, 0);
    body(inner);
  }
  template <typename Body> void optionalObject(const char *name, bool, Body body) {
    if (node.has(name))
      object(name, body);
  }
  int64_t position(const char *thing) {
    JsonNode id = node.field("id");
    if (int64_t given = id.integer(); given != place)
      id.fail("expected the " + std::string(thing) + "'s position " + std::to_string(place) + ", got " +
              std::to_string(given));
    return place;
  }
  void either(const char *name, int64_t &number, std::string &text) {
    if (!node.has(name))
      return;
    if (JsonNode value = node.field(name); value.isText())
      text = value.text();
    else
      number = value.integer(1, limits::count);
  }
  void numbersAndTexts(const char *name, std::map<std::string, double> &numbers,
                       std::map<std::string, std::string> &texts) {
    for (auto &[key, value] : node.field(name).members())
      if (value.isText())
        texts[key] = value.text();
      else
        numbers[key] = value.number();
  }
  template <typename T> void pair(const char *name, const char *what, T &first, T &second) {
    readPair(node.field(name), what, first, second);
  }
  template <typename T> void sides(const char *what, T &first, T &second) {
    readPair(node, what, first, second);
  }
  void function(const char *name, int64_t &index) {
    JsonNode value = node.field(name);
    std::string wanted = value.text();
    for (index = 0; index < int64_t(plan.functions.size()); ++index)
      if (plan.functions[size_t(index)].name == wanted)
        return;
    value.fail("no function is called \"" + wanted + "\"");
  }
  void schema(const char *name, int64_t version) {
    JsonNode value = node.field(name);
    if (int64_t given = value.integer(); given != version)
      value.fail("this switchyard-run reads schema " + std::to_string(version) + ", got " +
                 std::to_string(given) + "; compile the program again with the compiler of the same version");
  }

private:
  void read(const JsonNode &from, std::string &value) { value = from.text(); }
  void read(const JsonNode &from, double &value) { value = from.number(); }
  void read(const JsonNode &from, int64_t &value) { value = from.integer(); }
  void read(const JsonNode &from, bool &value) { value = from.flag(); }
  void read(const JsonNode &from, std::map<std::string, std::string> &texts) {
    for (auto &[name, text] : from.members())
      texts[name] = text.text();
  }
  void read(const JsonNode &from, std::map<std::string, double> &values) {
    for (auto &[name, value] : from.members())
      values[name] = value.number();
  }
  void read(const JsonNode &from, Role &role) {
    std::string name = from.text();
    std::optional<Role> found = roleNamed(name);
    if (!found)
      from.fail("no role is called \"" + name + "\"");
    role = *found;
  }
  template <typename T> std::enable_if_t<std::is_enum_v<T>> read(const JsonNode &from, T &value) {
    const WordTable<T> table = Words<T>::table();
    std::vector<std::string> words;
    for (const auto &[one, word] : table)
      words.push_back(word);
    value = table[from.word(words)].first;
  }
  template <typename T> void read(const JsonNode &from, std::vector<T> &values) {
    values.clear(); // of what there is without a plan
    for (const JsonNode &item : from.items()) {
      T value{};
      readItem(item, value, int64_t(values.size()));
      values.push_back(std::move(value));
    }
  }
  template <typename T> std::enable_if_t<std::is_class_v<T>> read(const JsonNode &from, T &value) {
    readItem(from, value, 0);
  }
  void readItem(const JsonNode &from, std::string &value, int64_t) { value = from.text(); }
  void readItem(const JsonNode &from, int64_t &value, int64_t) { value = from.integer(); }
  void readItem(const JsonNode &from, double &value, int64_t) { value = from.number(); }
  template <typename T> void readItem(const JsonNode &from, T &value, int64_t index) {
    Reader inner(from, plan, index);
    fields(inner, value);
  }
  template <typename T> void readPair(const JsonNode &from, const char *what, T &first, T &second) {
    std::vector<JsonNode> items = from.items();
    if (items.size() != 2)
      from.fail("expected " + std::string(what) + ", got " + std::to_string(items.size()));
    read(items[0], first);
    read(items[1], second);
  }

  JsonNode node;
  Plan &plan;
  int64_t place;
};

} // namespace

static nlohmann::ordered_json documentOf(const std::string &json) {
  try {
    return nlohmann::ordered_json::parse(json);
  } catch (const nlohmann::ordered_json::exception &error) { // of a number without end, too
    failPlan("", "not JSON: " + std::string(error.what()));
  }
}

template <typename Value> static Value parsed(const std::string &json) {
  const nlohmann::ordered_json document = documentOf(json);
  Plan plan;
  Value value;
  Reader reader(JsonNode(document, "show"), plan, 0);
  fields(reader, value);
  return value;
}

Show parseShow(const std::string &json) {
  return parsed<Show>(json);
}

JointShow parseJointShow(const std::string &json) {
  return parsed<JointShow>(json);
}

Plan parsePlan(const std::string &json) {
  const nlohmann::ordered_json document = documentOf(json);
  Plan plan;
  Reader reader(JsonNode(document, ""), plan, 0);
  fields(reader, plan);
  checkPlan(plan);
  return plan;
}

} // namespace switchyard::rt
