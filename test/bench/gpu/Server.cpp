// switchyard-serve: runs the compiled functions of an artifact on demand and answers how long they took, so
// that a program in another language can time them in turns with its own. Lines on standard input:
//
//   plan                                 the plan's JSON, in one line
//   run JOB CALL COUNT [NAME=VALUE...]   CALL is init, step, predict or attack; NAME a scalar other than the
//   job's
//
// One line answers each: seconds for COUNT calls, from the first to the last one's end on the device, or
// `error: ...`. Inputs are random and stay where the function runs; the results stay there, too, but for a
// word that is waited for.
#include "runtime/kernels/Context.h"
#include "runtime/kernels/cuda/Device.h"
#include "runtime/plan/Artifact.h"
#include "runtime/plan/Batch.h"
#include "runtime/plan/BoundCall.h"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <random>
#include <sstream>

using namespace switchyard::rt;

namespace {

/// An artifact's functions on one device.
class Served {
public:
  Served(const std::string &path, bool onDevice, int threads)
      : artifact(path), plan(parsePlan(artifact.planText())),
        device(onDevice ? std::make_unique<Device>() : nullptr), context(threads, device.get()) {
    if (!device)
      return;
    const void *kernels = artifact.kernels(device->capability());
    if (!kernels)
      throw std::runtime_error(path + " has no kernels for " + device->name());
    device->loadKernels(kernels);
  }

  std::string planLine() const {
    std::string text = artifact.planText();
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
  }

  /// Seconds of `count` calls.
  double run(int64_t job, const std::string &name, int count, const std::map<std::string, double> &scalars) {
    Bound &bound = boundCall(job, name, scalars);
    waitForDevice();
    auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < count; ++i)
      bound.call->run();
    waitForDevice();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }

private:
  struct Bound {
    Buffers weights, parameters, state;
    std::unique_ptr<BoundCall> call;
  };

  const Call &called(int64_t id, const std::string &name) const {
    if (id < 0 || id >= int64_t(plan.jobs.size()))
      throw std::runtime_error("there is no job " + std::to_string(id));
    const Job &job = plan.jobs[size_t(id)];
    auto *training = std::get_if<TrainJob>(&job.work);
    auto *accuracy = std::get_if<AccuracyJob>(&job.work);
    auto *attack = std::get_if<AttackJob>(&job.work);
    if (training && (name == "init" || name == "step"))
      return name == "init" ? training->init : training->step;
    if (attack && name == "attack")
      return attack->attack;
    if ((accuracy || attack) && name == "predict")
      return accuracy ? accuracy->model.predict : attack->model.predict;
    throw std::runtime_error("job " + std::to_string(id) + " calls no " + name);
  }

  Bound &boundCall(int64_t job, const std::string &name, const std::map<std::string, double> &scalars) {
    auto [entry, isNew] = bounds.try_emplace({job, name, scalars});
    if (!isNew)
      return entry->second;
    Bound &bound = entry->second;
    Call call = called(job, name);
    for (const auto &[scalar, value] : scalars)
      call.scalars.at(scalar) = value;
    const Function &given = plan.functions[size_t(call.function)];
    const Function &function = device ? *given.onDevice : given;
    auto code = device ? artifact.deviceFunction(function.name) : artifact.function(function.name);
    bound.call = std::make_unique<BoundCall>(function, code, call, context.get(), device.get(), bound.weights,
                                             bound.parameters, bound.state);
    fill(bound, function);
    return bound;
  }

  void fill(Bound &bound, const Function &function) {
    for (const Argument &argument : function.arguments) {
      if (argument.role == Role::Weight)
        fillParameter(*bound.weights.at(argument.name), argument);
      else if (argument.role == Role::Parameter)
        fillParameter(*bound.parameters.at(argument.name), argument);
    }
    BoundCall &call = *bound.call;
    call.set<int64_t>(Role::Stream, 1);
    std::vector<float> pixels;
    if (call.has(Role::Image))
      pixels = randomPixels(call.argument(Role::Image));
    std::vector<Row> rows(size_t(call.batch()));
    for (size_t i = 0; i < rows.size(); ++i) {
      rows[i].pixels = pixels.data() + i * (pixels.size() / rows.size());
      rows[i].image = int64_t(i);
      rows[i].label = int32_t(i % 10);
      rows[i].goal = int32_t((i + 1) % 10);
      rows[i].target = rows[i].goal;
    }
    fillBatch(call, rows);
  }

  std::vector<float> randomPixels(const Argument &image) {
    std::vector<float> pixels(tensorBytes(image.type, image.shape) / sizeof(float));
    std::uniform_real_distribution<float> uniform(0, 1);
    for (float &pixel : pixels)
      pixel = uniform(random);
    return pixels;
  }

  /// As large as training starts them, so that nothing overflows or dies out.
  void fillParameter(Buffer &buffer, const Argument &argument) {
    const size_t count = tensorBytes(argument.type, argument.shape) / sizeof(float);
    const double outputs = argument.shape.empty() ? 1 : double(argument.shape[0]);
    const float bound = argument.shape.size() < 2 ? 0 : float(std::sqrt(3 * outputs / double(count)));
    std::uniform_real_distribution<float> uniform(-bound, bound);
    for (size_t i = 0; i < count; ++i)
      buffer.as<float>()[i] = bound == 0 ? 0 : uniform(random);
  }

  void waitForDevice() {
    if (device)
      device->wait();
  }

  Artifact artifact;
  Plan plan;
  std::unique_ptr<Device> device;
  Context context;
  std::map<std::tuple<int64_t, std::string, std::map<std::string, double>>, Bound> bounds;
  std::mt19937 random{1};
};

std::string answer(Served &served, const std::string &line) {
  std::istringstream words(line);
  std::string verb, name;
  int64_t job;
  int count;
  words >> verb;
  if (verb == "plan")
    return served.planLine();
  if (verb != "run" || !(words >> job >> name >> count) || count < 1)
    throw std::runtime_error("not understood: " + line);
  std::map<std::string, double> scalars;
  for (std::string setting; words >> setting;) {
    size_t sign = setting.find('=');
    if (sign == std::string::npos)
      throw std::runtime_error("not understood: " + setting);
    scalars[setting.substr(0, sign)] = std::stod(setting.substr(sign + 1));
  }
  char seconds[40];
  std::snprintf(seconds, sizeof seconds, "%.9f", served.run(job, name, count, scalars));
  return seconds;
}

} // namespace

int main(int argc, char **argv) {
  std::string artifact, device = "cuda";
  int threads = 0;
  CLI::App app("Runs an artifact's functions on demand and answers seconds.", "switchyard-serve");
  app.add_option("artifact", artifact)->required();
  app.add_option("--device", device)->check(CLI::IsMember({"cpu", "cuda"}))->capture_default_str();
  app.add_option("--threads", threads, "0: one for each core");
  CLI11_PARSE(app, argc, argv);
  try {
    Served served(artifact, device == "cuda", threads);
    for (std::string line; std::getline(std::cin, line);) {
      std::string words;
      try {
        words = answer(served, line);
      } catch (const std::exception &error) {
        words = std::string("error: ") + error.what();
      }
      std::cout << words << std::endl;
    }
  } catch (const std::exception &error) {
    std::cerr << "switchyard-serve: error: " << error.what() << "\n";
    return 1;
  }
  return 0;
}
