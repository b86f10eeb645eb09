// Runs primitives through oneDNN's C interface with argument lists made once, so that a call allocates
// nothing.
#include "runtime/kernels/cpu/LibraryCall.h"
#include "runtime/kernels/cpu/Dnnl.h"
#include "runtime/kernels/cpu/FusedRelu.h"

#include <cstring>
#include <stdexcept>

namespace switchyard::rt {

int implementationRank(const std::string &name) {
  auto has = [&](const char *part) { return name.find(part) != std::string::npos; };
  if (has("ref"))
    return 3; // plain loops, a hundred times slower
  if (has("gemm") && !has("brgemm"))
    return 2; // unfolds the input
  return has("wino") ? 0 : 1;
}

dnnl::primitive_attr callAttributes(bool relu) {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  if (relu) {
    dnnl::post_ops after;
    appendRelu(after);
    attributes.set_post_ops(after);
  }
  return attributes;
}

LibraryCall::LibraryCall(Library &library, const LibraryCallPlan &plan)
    : library(library), primitive(plan.primitive), name(plan.implementation), withoutRelu(plan.withoutRelu) {
  library.needScratch(plan.scratchpad.get_size());
  scratchpad = dnnl::memory(plan.scratchpad, library.engine, nullptr);
  for (const Operand &operand : plan.operands) {
    ports.push_back(makePort(operand, false));
    arguments.push_back({operand.argument, ports.back().librarys.get()});
  }
  if (plan.weights) {
    weights = makePort(*plan.weights, true);
    arguments.push_back({plan.weights->argument, weights->librarys.get()});
  }
  arguments.push_back({DNNL_ARG_SCRATCHPAD, scratchpad.get()});
}

/// `owned`: the library's side is a copy even where the layouts agree.
LibraryCall::Port LibraryCall::makePort(const Operand &operand, bool owned) {
  Port port;
  port.result = operand.result;
  port.isOptional = operand.isOptional();
  port.callers = dnnl::memory(operand.callers, library.engine, nullptr);
  if (operand.callers == operand.librarys && !owned) {
    port.librarys = port.callers;
    return port;
  }
  if (!owned) // weights get their memory when they are packed
    port.storage = Storage(operand.librarys.get_size());
  port.librarys = dnnl::memory(operand.librarys, library.engine, port.storage.data());
  dnnl::memory &from = operand.result ? port.librarys : port.callers;
  dnnl::memory &to = operand.result ? port.callers : port.librarys;
  dnnl::reorder::primitive_desc description(from, to, callAttributes(false));
  library.needScratch(description.scratchpad_desc().get_size());
  port.reorder = dnnl::reorder(description);
  return port;
}

/// oneDNN has one kind of memory for what it reads and what it writes; it does not write to operands.
void LibraryCall::bind(Port &port, const float *data) {
  if (!data && port.isOptional && !port.zeros.data()) {
    port.zeros = Storage(port.callers.get_desc().get_size());
    std::memset(port.zeros.data(), 0, port.callers.get_desc().get_size());
  }
  if (!data && port.isOptional)
    data = port.zeros.as<float>();
  port.callers.set_data_handle(const_cast<float *>(data));
}

/// Through the C interface: the C++ one builds a list of arguments on the heap at every call.
static void execute(const dnnl::primitive &primitive, Library &library, const dnnl_exec_arg_t *arguments,
                    size_t count) {
  dnnl_status_t status = dnnl_primitive_execute(primitive.get(), library.stream.get(), int(count), arguments);
  if (status != dnnl_success)
    throw std::runtime_error("oneDNN could not run (status " + std::to_string(status) + ")");
}

void LibraryCall::convert(Port &port) {
  const dnnl::memory &from = port.result ? port.librarys : port.callers;
  const dnnl::memory &to = port.result ? port.callers : port.librarys;
  const dnnl_exec_arg_t list[] = {
      {DNNL_ARG_FROM, from.get()}, {DNNL_ARG_TO, to.get()}, {DNNL_ARG_SCRATCHPAD, scratchpad.get()}};
  execute(*port.reorder, library, list, 3);
}

void LibraryCall::usePacked(const Storage &storage) {
  if (weights->storage.data() == storage.data())
    return;
  weights->storage = storage;
  weights->librarys.set_data_handle(storage.data());
}

std::string LibraryCall::packedFormat() const {
  return bytesOf(weights->librarys.get_desc());
}

static int64_t sizeOf(const dnnl::memory &memory) {
  int64_t size = 1;
  for (int64_t dimension : dimensionsOf(memory.get_desc()))
    size *= dimension;
  return size;
}

void LibraryCall::pack(const float *plain) {
  if (!weights->storage.data())
    usePacked(Storage(packedBytes()));
  scratchpad.set_data_handle(library.scratch.data());
  bind(*weights, plain);
  convert(*weights);
  wildWeights = withoutRelu && anyWild(library.threads, plain, sizeOf(weights->callers));
}

bool LibraryCall::mayLeaveFinite(std::initializer_list<const float *> operands) const {
  if (wildWeights)
    return true;
  auto operand = operands.begin();
  for (const Port &port : ports) {
    if (!port.result && *operand && anyWild(library.threads, *operand, sizeOf(port.callers)))
      return true;
    ++operand;
  }
  return false;
}

void LibraryCall::runWithoutRelu(std::initializer_list<const float *> operands) {
  if (!careful) {
    careful = std::make_unique<LibraryCall>(library, withoutRelu());
    if (careful->packedFormat() != packedFormat())
      throw std::runtime_error(label + ": numbers that are not finite go into a relu, and oneDNN has no " +
                               "call that keeps them");
  }
  careful->usePacked(weights->storage);
  careful->run(operands);
  auto operand = operands.begin();
  for (const Port &port : ports) {
    if (port.result)
      reluInPlace(library.threads, const_cast<float *>(*operand), sizeOf(port.callers));
    ++operand;
  }
}

void LibraryCall::run(std::initializer_list<const float *> operands) {
  if (withoutRelu && mayLeaveFinite(operands))
    return runWithoutRelu(operands);
  scratchpad.set_data_handle(library.scratch.data());
  auto operand = operands.begin();
  for (Port &port : ports) {
    bind(port, *operand++);
    if (port.reorder && !port.result)
      convert(port);
  }
  execute(primitive, library, arguments.data(), arguments.size());
  for (Port &port : ports)
    if (port.reorder && port.result)
      convert(port);
}

} // namespace switchyard::rt
