// Words the complaints about a data set's arguments and about inputs that do not fit it.
#include "runtime/data/Arguments.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace switchyard::rt {

int64_t countArgument(const DatasetSpec &spec, const std::string &name, int64_t otherwise, int64_t least) {
  auto found = spec.arguments.find(name);
  if (found == spec.arguments.end())
    return otherwise;
  double value = found->second;
  if (value >= static_cast<double>(least) && value <= 4294967295.0 && value == std::floor(value))
    return static_cast<int64_t>(value);
  std::ostringstream message;
  message << "data set " << spec.name << ": " << name << " is " << value
          << ", expected a whole number of at least " << least;
  throw DataError(message.str());
}

std::string fileArgument(const DatasetSpec &spec, const std::string &name) {
  auto found = spec.files.find(name);
  if (found == spec.files.end())
    throw DataError("data set " + spec.name + ": " + spec.source + " needs the file " + name);
  return found->second;
}

void rejectUnknownArguments(const DatasetSpec &spec, const std::vector<std::string> &known) {
  std::vector<std::string> given;
  for (const auto &[name, value] : spec.arguments)
    given.push_back(name);
  for (const auto &[name, file] : spec.files)
    given.push_back(name);
  for (const std::string &name : given)
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      std::string message =
          "data set " + spec.name + ": " + spec.source + " has no argument " + name + "; it takes ";
      for (size_t i = 0; i < known.size(); ++i)
        message += (i == 0 ? "" : i + 1 == known.size() ? " and " : ", ") + known[i];
      throw DataError(message);
    }
}

static std::string shapeText(const std::vector<int64_t> &shape) {
  std::string text;
  for (int64_t size : shape)
    text += (text.empty() ? "" : "x") + std::to_string(size);
  return text;
}

void requireShape(const DatasetSpec &spec, const std::vector<int64_t> &shape, int64_t classes,
                  const std::string &what) {
  if (spec.input != shape)
    throw DataError("data set " + spec.name + ": " + what + " images of " + shapeText(shape) +
                    ", but the network's input is " + shapeText(spec.input) + "; declare input image<" +
                    shapeText(shape) + ">");
  if (spec.classes != classes)
    throw DataError("data set " + spec.name + ": " + what + " " + std::to_string(classes) +
                    " classes, but the network has " + std::to_string(spec.classes) + "; declare classes " +
                    std::to_string(classes));
}

} // namespace switchyard::rt
