// Binds the roles of a function's arguments to buffers and calls it.
#include "runtime/plan/BoundCall.h"
#include "runtime/kernels/Context.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace switchyard::rt {

size_t tensorBytes(const std::string &type, const std::vector<int64_t> &shape) {
  size_t bytes = type == "i64" ? 8 : 4;
  for (int64_t size : shape)
    bytes *= size_t(size);
  return bytes;
}

/// A scalar of the plan in the type that the function declares, for each row where rows have their own.
static std::shared_ptr<Buffer> scalarBuffer(const Function &function, const Argument &argument,
                                            double value) {
  auto buffer = std::make_shared<Buffer>(tensorBytes(argument.type, argument.shape));
  if (argument.type == "f32") {
    std::fill_n(buffer->as<float>(), buffer->bytes() / sizeof(float), float(value));
    return buffer;
  }
  if (value != std::floor(value) || std::abs(value) > double(INT32_MAX))
    throw std::runtime_error("function \"" + function.name + "\" takes scalar \"" + argument.name +
                             "\" as an integer of 32 bits, the plan gives " + std::to_string(value));
  *buffer->as<int32_t>() = int32_t(value);
  return buffer;
}

/// The buffer called `argument.name` in `shared`, made where it is new.
static std::shared_ptr<Buffer> sharedBuffer(const Function &function, const Argument &argument,
                                            Buffers &shared) {
  std::shared_ptr<Buffer> &buffer = shared[argument.name];
  size_t bytes = tensorBytes(argument.type, argument.shape);
  if (!buffer)
    buffer = std::make_shared<Buffer>(bytes);
  if (buffer->bytes() != bytes)
    throw std::runtime_error("function \"" + function.name + "\" takes \"" + argument.name + "\" as " +
                             std::to_string(bytes) + " bytes, the functions before it as " +
                             std::to_string(buffer->bytes()));
  return buffer;
}

static std::shared_ptr<Buffer> bind(const Function &function, const Argument &argument, const Call &call,
                                    Buffers &weights, Buffers &parameters, Buffers &state) {
  if (argument.role == Role::Arena)
    return std::make_shared<Buffer>(size_t(function.arenaBytes));
  switch (ruleOf(argument.role).filler) {
  case RoleRule::Filler::Scalars:
    return scalarBuffer(function, argument, call.scalars.at(argument.name));
  case RoleRule::Filler::Weights:
    return sharedBuffer(function, argument, weights);
  case RoleRule::Filler::Parameters:
    return sharedBuffer(function, argument, parameters);
  case RoleRule::Filler::State:
    return sharedBuffer(function, argument, state);
  case RoleRule::Filler::Rows:
  case RoleRule::Filler::Call:
  case RoleRule::Filler::Code:
    break;
  }
  return std::make_shared<Buffer>(tensorBytes(argument.type, argument.shape));
}

BoundCall::BoundCall(const Function &function, swy_compiled_function entry, const Call &call,
                     swy_context *context, Device *device, Buffers &weights, Buffers &parameters,
                     Buffers &state)
    : function(function),
      restartCount(function.restartsScalar.empty() ? function.restarts
                                                   : int64_t(call.scalars.at(function.restartsScalar))),
      entry(entry), context(context), device(device) {
  for (const Argument &argument : function.arguments) {
    buffers.push_back(bind(function, argument, call, weights, parameters, state));
    pointers.push_back(device ? nullptr : buffers.back()->data());
  }
  pointers.resize(device ? 2 * buffers.size() : buffers.size());
}

BoundCall::~BoundCall() {
  if (device && !buffers.empty()) // not moved away
    device->settle();
}

void BoundCall::pointToDevice() const {
  for (size_t i = 0; i < buffers.size(); ++i) {
    Access access = function.arguments[i].access;
    pointers[i] = buffers[i]->deviceData(*device, access == Access::In || access == Access::InOut,
                                         access == Access::Out || access == Access::InOut);
    bool known = hostReads(function.arguments[i]);
    pointers[buffers.size() + i] = known ? buffers[i]->hostCopy() : nullptr;
  }
}

const std::shared_ptr<Buffer> *BoundCall::find(Role role) const {
  for (size_t i = 0; i < function.arguments.size(); ++i)
    if (function.arguments[i].role == role)
      return &buffers[i];
  return nullptr;
}

const Argument &BoundCall::argument(Role role) const {
  for (const Argument &candidate : function.arguments)
    if (candidate.role == role)
      return candidate;
  throw std::runtime_error("function \"" + function.name + "\" has no argument with role \"" +
                           roleName(role) + "\"");
}

void BoundCall::copyTo(Role role, const BoundCall &other, Role input) const {
  const std::shared_ptr<Buffer> *from = find(role), *to = other.find(input);
  if (!from || !to || (*from)->bytes() != (*to)->bytes())
    throw std::runtime_error("function \"" + function.name + "\" does not give what \"" +
                             other.function.name + "\" takes");
  std::memcpy((*to)->data(), (*from)->data(), (*to)->bytes());
}

void BoundCall::setRowScalars(const std::function<double(const std::string &, int64_t)> &value) const {
  for (size_t i = 0; i < function.arguments.size(); ++i) {
    const Argument &argument = function.arguments[i];
    if (argument.role != Role::Scalar || argument.shape.empty())
      continue;
    float *rows = buffers[i]->as<float>();
    for (int64_t row = 0; row < batch(); ++row)
      rows[row] = float(value(argument.name, row));
  }
}

/// Where a batch is no multiple, the rows that are left over count as last restarts: what they read then lies
/// before them.
void BoundCall::setRestarts(int64_t together) const {
  int32_t *restart = buffer<int32_t>(Role::Restart);
  if (!restart)
    return;
  const int64_t whole = batch() / together * together;
  for (int64_t row = 0; row < batch(); ++row)
    restart[row] = int32_t(row < whole ? row % together : together - 1);
  set<int32_t>(Role::RestartsTogether, int32_t(together));
}

Fetched BoundCall::fetch(Role role) const {
  const std::shared_ptr<Buffer> &result = *find(argument(role).role);
  if (result->newestOn())
    return Fetched(result->startDownload());
  const char *bytes = result->as<char>();
  return Fetched(std::vector<char>(bytes, bytes + result->bytes()));
}

void BoundCall::gather(Role role, const std::vector<const float *> &images, int64_t floats) const {
  const std::shared_ptr<Buffer> &input = *find(argument(role).role);
  device->gather(input->deviceData(*device, /*reads=*/false, /*writes=*/true), images, floats);
}

/// All that decides what a device function launches.
Replay::Key BoundCall::replayKey() const {
  Replay::Key key;
  for (const void *pointer : pointers)
    key.push_back(reinterpret_cast<uintptr_t>(pointer));
  for (int64_t i : function.hostArguments) {
    uint64_t value = 0;
    std::memcpy(&value, buffers[size_t(i)]->hostCopy(), std::min(sizeof value, buffers[size_t(i)]->bytes()));
    key.push_back(value);
  }
  return key;
}

void BoundCall::run() const {
  if (!device)
    return call();
  pointToDevice();
  replay.run(*device, replayKey(), [this] { call(); });
}

void BoundCall::call() const {
  entry(context, pointers.data());
  std::string message = takeError(context);
  if (!message.empty())
    throw std::runtime_error("compiled function \"" + function.name + "\": " + message);
}

} // namespace switchyard::rt
