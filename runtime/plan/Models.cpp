// Copies the channels of switching blocks behind one another.
#include "runtime/plan/Models.h"

namespace switchyard::rt {

Buffers &Models::weights(std::optional<int64_t> model) {
  auto [entry, isNew] = ofModels.try_emplace(model);
  Buffers &buffers = entry->second;
  if (!isNew || !model)
    return buffers;
  for (const ModelParameter &parameter : plan.models[size_t(*model)].parameters) {
    std::vector<std::shared_ptr<Buffer>> parts;
    for (int64_t training : parameter.from)
      parts.push_back(trained(training).at(parameter.nameInTraining()));
    if (parts.size() == 1) { // a stack of one is that one
      buffers[parameter.name] = parts.front();
      continue;
    }
    auto stack = std::make_shared<Buffer>(parts.front()->bytes() * parts.size());
    for (size_t i = 0; i < parts.size(); ++i)
      std::memcpy(stack->as<char>() + i * parts[i]->bytes(), parts[i]->data(), parts[i]->bytes());
    buffers[parameter.name] = stack;
  }
  return buffers;
}

} // namespace switchyard::rt
