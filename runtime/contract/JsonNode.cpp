// Access to JSON values that names the path of whatever is missing or of another type.
#include "runtime/contract/JsonNode.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace switchyard::rt {

using Json = nlohmann::ordered_json;

void failPlan(const std::string &path, const std::string &problem) {
  throw std::runtime_error("plan: " + (path.empty() ? "" : path + ": ") + problem);
}

/// The value as the reader of a message should see it, cut where it is long.
static std::string shown(const Json &value) {
  std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  return text.size() <= 60 ? text : text.substr(0, 57) + "...";
}

void JsonNode::failType(const char *wanted) const {
  fail(std::string("expected ") + wanted + ", got " + shown(*value));
}

JsonNode JsonNode::field(const std::string &name) const {
  if (!value->is_object())
    failType("an object");
  auto found = value->find(name);
  std::string fieldPath = path.empty() ? name : path + "." + name;
  if (found == value->end())
    failPlan(fieldPath, "missing");
  return {*found, fieldPath};
}

bool JsonNode::has(const std::string &name) const {
  return value->is_object() && value->contains(name);
}

std::vector<JsonNode> JsonNode::items() const {
  if (!value->is_array())
    failType("a list");
  std::vector<JsonNode> nodes;
  for (size_t i = 0; i < value->size(); ++i)
    nodes.emplace_back((*value)[i], path + "[" + std::to_string(i) + "]");
  return nodes;
}

std::vector<std::pair<std::string, JsonNode>> JsonNode::members() const {
  if (!value->is_object())
    failType("an object");
  std::vector<std::pair<std::string, JsonNode>> nodes;
  for (auto &[name, member] : value->items())
    nodes.emplace_back(name, JsonNode(member, path + "." + name));
  return nodes;
}

int64_t JsonNode::integer() const {
  if (value->is_number_unsigned() && value->get<uint64_t>() > uint64_t(INT64_MAX))
    failType("an integer of 64 bits");
  if (value->is_number_integer())
    return value->get<int64_t>();
  // 4.0 is an integer too: some writers print every number with a point.
  if (value->is_number_float()) {
    double real = value->get<double>();
    if (real == std::floor(real) && std::abs(real) < 9e15)
      return int64_t(real);
  }
  failType("an integer");
}

int64_t JsonNode::integer(int64_t low, int64_t high) const {
  int64_t number = integer();
  if (number < low || number > high)
    fail("expected " + std::to_string(low) + " to " + std::to_string(high) + ", got " +
         std::to_string(number));
  return number;
}

double JsonNode::number() const {
  if (!value->is_number())
    failType("a number");
  return value->get<double>();
}

std::string JsonNode::text() const {
  if (!value->is_string())
    failType("text");
  return value->get<std::string>();
}

bool JsonNode::isText() const {
  return value->is_string();
}

size_t JsonNode::word(const std::vector<std::string> &words) const {
  std::string got = text(), wanted;
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == got)
      return i;
    wanted += (i ? ", " : "") + ("\"" + words[i] + "\"");
  }
  fail("expected one of " + wanted + ", got " + shown(*value));
}

bool JsonNode::flag() const {
  if (!value->is_boolean())
    failType("true or false");
  return value->get<bool>();
}

std::vector<int64_t> JsonNode::shape() const {
  std::vector<int64_t> sizes;
  for (const JsonNode &size : items())
    sizes.push_back(size.integer(1, int64_t(1) << 40));
  return sizes;
}

std::vector<std::string> JsonNode::texts() const {
  std::vector<std::string> result;
  for (const JsonNode &item : items())
    result.push_back(item.text());
  return result;
}

} // namespace switchyard::rt
