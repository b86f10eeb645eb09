// A value of a JSON document together with its path, so that every complaint names the place:
// "plan: jobs[3].goal.form: expected text, got 7".
#ifndef SWITCHYARD_RUNTIME_CONTRACT_JSONNODE_H
#define SWITCHYARD_RUNTIME_CONTRACT_JSONNODE_H

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

namespace switchyard::rt {

/// A plan that breaks its schema; the message starts with "plan: " and the JSON path.
[[noreturn]] void failPlan(const std::string &path, const std::string &problem);

/// Refers to a value of a document that outlives it. Every accessor throws std::runtime_error where the value
/// is missing or has another type.
class JsonNode {
public:
  JsonNode(const nlohmann::ordered_json &value, std::string path) : value(&value), path(std::move(path)) {}

  JsonNode field(const std::string &name) const;
  bool has(const std::string &name) const;
  /// The elements of a list.
  std::vector<JsonNode> items() const;
  /// The members of an object, in the order of the text.
  std::vector<std::pair<std::string, JsonNode>> members() const;

  int64_t integer() const;
  /// An integer within [low, high].
  int64_t integer(int64_t low, int64_t high) const;
  double number() const;
  std::string text() const;
  bool isText() const;
  /// A text that is one of `words`; returns its position.
  size_t word(const std::vector<std::string> &words) const;
  bool flag() const;
  std::vector<int64_t> shape() const;
  std::vector<std::string> texts() const;

  const std::string &where() const { return path; }
  [[noreturn]] void fail(const std::string &problem) const { failPlan(path, problem); }

private:
  [[noreturn]] void failType(const char *wanted) const;

  const nlohmann::ordered_json *value;
  std::string path;
};

} // namespace switchyard::rt

#endif
