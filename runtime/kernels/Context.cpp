// Makes contexts and answers the executor's questions.
#include "runtime/kernels/Context.h"
#include "runtime/kernels/ContextState.h"
#include "runtime/kernels/Threads.h"
#include "runtime/kernels/cuda/Device.h"

#include <stdexcept>

namespace switchyard::rt {

static int checkedThreads(int threads) {
  if (threads < 0 || threads > 1024)
    throw std::runtime_error("the number of threads must be between 1 and 1024 (0: one for each core), got " +
                             std::to_string(threads));
  return threads == 0 ? availableCores() : threads;
}

Context::Context(int threads, Device *device)
    : state(std::make_unique<swy_context>(setTeam(checkedThreads(threads)), device)) {}

Context::~Context() {
  if (state->device)
    state->device->settle(); // its handles may be at work
}

int Context::threads() const {
  return state->threads;
}

std::vector<ChosenImplementation> Context::implementations() const {
  std::vector<ChosenImplementation> chosen;
  for (const auto &handle : state->handles.all())
    chosen.push_back({handle->label, handle->implementation()});
  return chosen;
}

size_t Context::handlesMade() const {
  size_t made = 0;
  for (const auto &handle : state->handles.all())
    made += handle->made();
  return made;
}

void Context::setTimers(bool on) {
  state->timers = on ? std::make_unique<Timers>() : nullptr;
}

std::vector<TimedCall> Context::timedCalls() const {
  std::vector<TimedCall> calls;
  if (state->timers)
    for (const auto &[name, sum] : *state->timers)
      calls.push_back({name.second, name.first, sum.first, sum.second});
  return calls;
}

std::vector<ChosenImplementation> chosenImplementations(const swy_context *context) {
  std::vector<ChosenImplementation> chosen;
  for (const auto &handle : context->handles.all())
    if (handle->used)
      chosen.push_back({handle->label, handle->implementation()});
  return chosen;
}

void forgetChosen(swy_context *context) {
  for (const auto &handle : context->handles.all())
    handle->used = false;
}

int threadsOf(const swy_context *context) {
  return context->threads;
}

void setPrecision(swy_context *context, Precision precision) {
  context->precision = precision;
}

std::string takeError(swy_context *context) {
  std::lock_guard<std::mutex> lock(context->errorMutex);
  context->failed = false;
  return std::exchange(context->error, std::string());
}

} // namespace switchyard::rt
