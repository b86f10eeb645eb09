// Plan to JSON by the list of fields.
#include "runtime/contract/CheckPlan.h"
#include "runtime/contract/PlanFields.h"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

namespace switchyard::rt {
namespace {

using Json = nlohmann::ordered_json;

/// Writes the fields of one value.
class Writer {
public:
  Writer(Json &json, const Plan &plan, int64_t place) : json(json), plan(plan), place(place) {}

  template <typename T, typename... Bounds> void operator()(const char *name, T &value, Bounds...) {
    write(json[name], value);
  }
  template <typename T, typename... Bounds>
  void optional(const char *name, T &value, std::common_type_t<T> none, Bounds...) {
    if (!same(value, none))
      write(json[name], value);
  }
  template <typename T> void optional(const char *name, std::optional<T> &value) {
    if (value)
      (*this)(name, *value);
  }
  template <typename... Kinds> void kind(const char *name, std::variant<Kinds...> &value) {
    json[name] = std::array{kindWord<Kinds>...}[value.index()];
  }
  void word(const char *name, std::string &value, const std::vector<std::string> &) { json[name] = value; }
  void choice(const char *name, bool &value, const char *ifTrue, const char *ifFalse) {
    json[name] = value ? ifTrue : ifFalse;
  }
  template <typename Body> void optionalObject(const char *name, bool isThere, Body body) {
    if (isThere)
      object(name, body);
  }
  template <typename Body> void object(const char *name, Body body) {
    Writer inner(json[name] = Json::object(), plan, 0);
    body(inner);
  }
  int64_t position(const char *) {
    json["id"] = place;
    return place;
  }
  void either(const char *name, int64_t &number, std::string &text) {
    if (!text.empty())
      json[name] = text;
    else if (number)
      json[name] = number;
  }
  void numbersAndTexts(const char *name, std::map<std::string, double> &numbers,
                       std::map<std::string, std::string> &texts) {
    json[name] = numbers;
    for (auto &[key, text] : texts)
      json[name][key] = text;
  }
  template <typename T> void pair(const char *name, const char *, T &first, T &second) {
    json[name] = {first, second};
  }
  template <typename T> void sides(const char *, T &first, T &second) { json = {first, second}; }
  void function(const char *name, int64_t &index) { json[name] = plan.functions.at(size_t(index)).name; }
  void schema(const char *name, int64_t version) { json[name] = version; }

private:
  template <typename T> static bool same(const std::vector<T> &value, const std::vector<T> &) {
    return value.empty();
  }
  template <typename T> static bool same(const T &value, const T &none) { return value == none; }
  static bool same(double value, double none) {
    return value == none || (std::isnan(value) && std::isnan(none));
  }

  void write(Json &to, std::string &value) { to = value; }
  void write(Json &to, double value) { to = value; }
  void write(Json &to, int64_t value) { to = value; }
  void write(Json &to, bool value) { to = value; }
  void write(Json &to, std::map<std::string, double> &values) { to = values; }
  void write(Json &to, std::map<std::string, std::string> &texts) { to = texts; }
  void write(Json &to, Role role) { to = roleName(role); }
  template <typename T> std::enable_if_t<std::is_enum_v<T>> write(Json &to, T value) {
    for (const auto &[one, word] : Words<T>::table())
      if (one == value)
        to = word;
  }
  template <typename T> void write(Json &to, std::vector<T> &values) {
    to = Json::array();
    for (T &value : values) {
      int64_t index = static_cast<int64_t>(to.size());
      writeItem(to.emplace_back(), value, index);
    }
  }
  template <typename T> std::enable_if_t<std::is_class_v<T>> write(Json &to, T &value) {
    writeItem(to, value, 0);
  }
  void writeItem(Json &to, std::string &value, int64_t) { to = value; }
  void writeItem(Json &to, int64_t &value, int64_t) { to = value; }
  void writeItem(Json &to, double &value, int64_t) { to = value; }
  template <typename T> void writeItem(Json &to, T &value, int64_t index) {
    Writer inner(to = Json::object(), plan, index);
    fields(inner, value);
  }

  Json &json;
  const Plan &plan;
  int64_t place;
};

} // namespace

std::string planText(Plan plan) {
  Json json = Json::object();
  Writer writer(json, plan, 0);
  fields(writer, plan);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

template <typename Value> static std::string textOf(Value value) {
  const Plan plan;
  Json json = Json::object();
  Writer writer(json, plan, 0);
  fields(writer, value);
  return json.dump();
}

std::string showText(Show show) {
  return textOf(std::move(show));
}

std::string jointShowText(JointShow show) {
  return textOf(std::move(show));
}

std::string pairsText(const Plan &plan, Job job) {
  AttackJob &attack = job.as<AttackJob>();
  Json json = {job.dataset, job.seed};
  Writer writer(json.emplace_back(Json::object()), plan, 0);
  fields(writer, attack.pairs);
  if (attack.pairs.correctOnly)
    json.push_back(choosingAccuracyJobs(plan, job.id));
  return json.dump();
}

std::string judgeText(const Plan &plan, Job job) {
  AttackJob &attack = job.as<AttackJob>();
  Json json = {attack.seed};
  Writer writer(json.emplace_back(Json::object()), plan, 0);
  fields(writer, attack.model);
  fields(writer, attack.judging);
  return json.dump();
}

} // namespace switchyard::rt
