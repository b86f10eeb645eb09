// Reads the plan with nlohmann's JSON and makes a tensor for each argument.
#include "test/numerics/Artifact.h"

#include "runtime/kernels/Context.h"
#include "runtime/kernels/cuda/Device.h"
#include "runtime/kernels/cuda/Driver.h"
#include "runtime/kernels/cuda/Graph.h"

#include <cstring>
#include <dlfcn.h>
#include <stdexcept>

namespace switchyard::test {

static at::ScalarType scalarType(const std::string &type) {
  if (type == "f32")
    return at::kFloat;
  if (type == "i32")
    return at::kInt;
  if (type == "i64")
    return at::kLong;
  throw std::runtime_error("the plan has an argument of type \"" + type + "\"; known are f32, i32, i64");
}

struct ArtifactDevice {
  rt::Device device;
  rt::Context context{1, &device};
};

CompiledFunction::CompiledFunction(swy_compiled_function entry, const nlohmann::json &function,
                                   std::shared_ptr<ArtifactDevice> on)
    : entry(entry), called(function.at("name")), device(std::move(on)) {
  const nlohmann::json &description = device ? function.at("cuda") : function;
  rows = description.at("batch");
  for (const auto &argument : description.at("arguments")) {
    std::string role = argument.at("role"), access = argument.at("access");
    bool isArena = role == "arena";
    std::pair<std::string, std::string> key(role, isArena ? "" : argument.at("name").get<std::string>());
    at::Tensor buffer = isArena ? at::zeros({std::max<int64_t>(1, description.at("arena_bytes"))}, at::kByte)
                                : at::zeros(argument.at("shape").get<std::vector<int64_t>>(),
                                            scalarType(argument.at("type")));
    if (!buffers.emplace(key, buffer).second)
      throw std::runtime_error("function \"" + called + "\" has two arguments " + role + " \"" + key.second +
                               "\"");
    if (!isArena)
      order.push_back(key);
    inOrder.push_back(buffer);
    written.push_back(access == "out" || access == "inout");
    pointers.push_back(buffer.data_ptr());
  }
  if (!device)
    return;
  for (size_t i = 0; i < inOrder.size(); ++i) {
    deviceCopies.push_back(device->device.allocate(inOrder[i].nbytes()));
    pointers[i] = deviceCopies[i].get();
  }
  for (const at::Tensor &buffer : inOrder) // the host's copies of scalars
    pointers.push_back(buffer.data_ptr());
  hostArguments = description.at("host").get<std::vector<size_t>>();
  replay = std::make_shared<rt::Replay>();
}

bool CompiledFunction::has(const std::string &role, const std::string &name) const {
  return buffers.count({role, name}) != 0;
}

std::vector<std::pair<std::string, std::string>> CompiledFunction::arguments() const {
  return order;
}

at::Tensor CompiledFunction::argument(const std::string &role, const std::string &name) const {
  auto found = buffers.find({role, name});
  if (found != buffers.end())
    return found->second;
  std::string there;
  for (const auto &[otherRole, otherName] : order)
    there += (there.empty() ? "" : ", ") + otherRole + (otherName.empty() ? "" : " \"" + otherName + "\"");
  throw std::runtime_error("function \"" + called + "\" has no argument " + role + " \"" + name +
                           "\"; it has " + there);
}

void CompiledFunction::set(const std::string &role, const std::string &name, const at::Tensor &value) {
  at::Tensor buffer = argument(role, name);
  if (buffer.sizes() != value.sizes())
    throw std::runtime_error(c10::str("function \"", called, "\": argument ", role, " \"", name,
                                      "\" has the shape ", buffer.sizes(), ", got ", value.sizes()));
  buffer.copy_(value);
}

void CompiledFunction::set(const std::string &role, const std::string &name, double value) {
  argument(role, name).fill_(value);
}

void CompiledFunction::upload() const {
  for (size_t i = 0; i < inOrder.size(); ++i)
    device->device.upload(deviceCopies[i].get(), inOrder[i].data_ptr(), inOrder[i].nbytes());
}

void CompiledFunction::download() const {
  for (size_t i = 0; i < inOrder.size(); ++i)
    if (written[i])
      device->device.download(inOrder[i].data_ptr(), deviceCopies[i].get(), inOrder[i].nbytes());
}

void CompiledFunction::run(swy_context *context) const {
  if (!device)
    return call(context);
  upload();
  rt::Replay::Key key;
  for (size_t i : hostArguments) {
    key.push_back(0);
    std::memcpy(&key.back(), inOrder[i].data_ptr(), std::min<size_t>(sizeof key.back(), inOrder[i].nbytes()));
  }
  replay->run(device->device, key, [this] { call(device->context.get()); });
  download();
}

void CompiledFunction::call(swy_context *context) const {
  entry(context, pointers.data());
  std::string message = rt::takeError(context);
  if (!message.empty())
    throw std::runtime_error("compiled function \"" + called + "\": " + message);
}

CompiledArtifact::CompiledArtifact(const std::string &path, Place place)
    : path(path), library(::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
  if (!library)
    throw std::runtime_error(std::string("cannot open the artifact: ") + ::dlerror());
  int32_t version = *static_cast<int32_t *>(symbol(SWY_ARTIFACT_ABI_VERSION));
  if (version != SWY_ABI_VERSION)
    throw std::runtime_error(path + " was compiled for version " + std::to_string(version) +
                             " of the runtime's interface, this is version " +
                             std::to_string(SWY_ABI_VERSION));
  document = nlohmann::json::parse(static_cast<const char *>(symbol(SWY_ARTIFACT_PLAN)));
  const void *emulated = ::dlsym(library, SWY_ARTIFACT_KERNELS SWY_EMULATED);
  if (place == Place::Cpu || (place == Place::StandIn && !emulated))
    return;
  bool onGpu = place == Place::Gpu;
  rt::Driver::useLibrary(onGpu ? "libcuda.so.1" : SWITCHYARD_STAND_IN);
  device = std::make_shared<ArtifactDevice>();
  device->device.loadKernels(onGpu ? ptxFor(device->device) : emulated);
}

/// For the newest GPU that is no newer than this one.
const void *CompiledArtifact::ptxFor(const rt::Device &gpu) const {
  for (int capability = gpu.capability(); capability >= 50; --capability)
    if (const void *ptx = ::dlsym(library, (SWY_ARTIFACT_KERNELS "sm_" + std::to_string(capability)).c_str()))
      return ptx;
  throw std::runtime_error(path + " has no kernels for " + gpu.name());
}

void *CompiledArtifact::symbol(const std::string &name) const {
  if (void *address = ::dlsym(library, name.c_str()))
    return address;
  throw std::runtime_error(path + " lacks the symbol " + name);
}

CompiledFunction CompiledArtifact::function(const std::string &name) const {
  for (const auto &description : document.at("functions"))
    if (description.at("name") == name)
      return {reinterpret_cast<swy_compiled_function>(symbol(device ? name + SWY_DEVICE_SUFFIX : name)),
              description, device};
  throw std::runtime_error(path + " has no function \"" + name + "\" in its plan");
}

} // namespace switchyard::test
