// The way through the compiler to a loaded function; see lowering_fixture.h.
#include "test/unit/lowering_fixture.h"

#include "compiler/codegen/Artifact.h"
#include "compiler/codegen/ObjectFile.h"
#include "compiler/lowering/Passes.h"
#include "compiler/lowering/Pipeline.h"
#include "compiler/passes/Passes.h"

#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"

#include <dlfcn.h>
#include <stdexcept>

namespace switchyard::test {

static void check(llvm::Error error) {
  if (error)
    throw std::runtime_error(llvm::toString(std::move(error)));
}

Compiled::Compiled(const std::string &text, const std::vector<std::string> &disabled) {
  mlir::DialectRegistry registry;
  registerLoweringDialects(registry);
  mlir::MLIRContext context(registry);
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  mlir::PassManager passes(&context);
  LoweringOptions options;
  for (const std::string &name : disabled)
    options.disabled.insert(name);
  passes.addPass(createDifferentiate());
  buildLoweringPipeline(passes, options);
  if (!module || mlir::failed(passes.run(*module)))
    throw std::runtime_error("the program does not lower");
  entry = collectSignatures(*module).at(0);

  llvm::SmallString<0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  ArtifactData data;
  data.texts = {{SWY_ARTIFACT_PLAN, "{}"}};
  data.numbers = {{SWY_ARTIFACT_ABI_VERSION, SWY_ABI_VERSION}};
  check(emitObject(*module, data, {}, stream));
  llvm::SmallString<64> path;
  if (llvm::sys::fs::createTemporaryFile("lowering_test", "so", path))
    throw std::runtime_error("no temporary file");
  check(linkArtifact({bytes}, path));
  library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  llvm::sys::fs::remove(path);
  if (!library)
    throw std::runtime_error(dlerror());
  function = reinterpret_cast<swy_compiled_function>(dlsym(library, entry.name.c_str()));
}

Compiled::~Compiled() {
  dlclose(library);
}

void Compiled::operator()(std::vector<void *> buffers) const {
  Buffer<char> arena(entry.arenaBytes);
  buffers.push_back(arena.data());
  if (buffers.size() != entry.arguments.size())
    throw std::runtime_error("wrong number of buffers");
  function(nullptr, buffers.data());
}

} // namespace switchyard::test

//===----------------------------------------------------------------------===//
// Plain loops for the runtime's library
//===----------------------------------------------------------------------===//

struct swy_handle {
  int64_t batch, inputs, outputs, relu; // dense; a convolution is 1x1, with `inputs` and `outputs` channels
  int64_t pixels, inputLayout, outputLayout;
  const float *weights;
};

/// Where element (row, channel, pixel) lies.
static int64_t place(int64_t layout, int64_t row, int64_t channel, int64_t channels, int64_t pixel,
                     int64_t pixels) {
  if (layout == SWY_LAYOUT_PLAIN)
    return (row * channels + channel) * pixels + pixel;
  return ((row * (channels / 16) + channel / 16) * pixels + pixel) * 16 + channel % 16;
}

static void forward(const swy_handle &h, const float *input, const float *bias, float *output) {
  for (int64_t b = 0; b < h.batch; ++b)
    for (int64_t o = 0; o < h.outputs; ++o)
      for (int64_t p = 0; p < h.pixels; ++p) {
        float sum = bias ? bias[o] : 0;
        for (int64_t i = 0; i < h.inputs; ++i)
          sum += input[place(h.inputLayout, b, i, h.inputs, p, h.pixels)] * h.weights[o * h.inputs + i];
        output[place(h.outputLayout, b, o, h.outputs, p, h.pixels)] = h.relu && sum < 0 ? 0 : sum;
      }
}

static void backwardInput(const swy_handle &h, const float *cotangent, float *result) {
  for (int64_t b = 0; b < h.batch; ++b)
    for (int64_t i = 0; i < h.inputs; ++i)
      for (int64_t p = 0; p < h.pixels; ++p) {
        float sum = 0;
        for (int64_t o = 0; o < h.outputs; ++o)
          sum += cotangent[place(h.outputLayout, b, o, h.outputs, p, h.pixels)] * h.weights[o * h.inputs + i];
        result[place(h.inputLayout, b, i, h.inputs, p, h.pixels)] = sum;
      }
}

static void backwardWeights(const swy_handle &h, const float *input, const float *cotangent, float *weights,
                            float *bias) {
  for (int64_t o = 0; o < h.outputs; ++o) {
    bias[o] = 0;
    for (int64_t i = 0; i < h.inputs; ++i)
      weights[o * h.inputs + i] = 0;
    for (int64_t b = 0; b < h.batch; ++b)
      for (int64_t p = 0; p < h.pixels; ++p) {
        float dy = cotangent[place(h.outputLayout, b, o, h.outputs, p, h.pixels)];
        bias[o] += dy;
        for (int64_t i = 0; i < h.inputs; ++i)
          weights[o * h.inputs + i] += dy * input[place(h.inputLayout, b, i, h.inputs, p, h.pixels)];
      }
  }
}

extern "C" {
void swy_rt_group_rows(swy_context *, int64_t batch, int64_t channels, const int32_t *channel, int32_t *order,
                       int32_t *inverse, int32_t *offsets) {
  int32_t next = 0;
  for (int64_t c = 0; c < channels; ++c) {
    offsets[c] = next;
    for (int64_t row = 0; row < batch; ++row)
      if (channel[row] == c) {
        inverse[row] = next;
        order[next++] = int32_t(row);
      }
  }
  offsets[channels] = next;
}
void swy_rt_dense_backward_weights(swy_context *, swy_handle_t h, const float *x, const float *dy, float *dw,
                                   float *db) {
  backwardWeights(*h, x, dy, dw, db);
}
void swy_rt_conv2d_backward_weights(swy_context *, swy_handle_t h, const float *x, const float *dy, float *dw,
                                    float *db) {
  backwardWeights(*h, x, dy, dw, db);
}
void swy_rt_parallel_for(swy_context *, int64_t count, int64_t grain, swy_loop_body body, void *env) {
  for (int64_t begin = 0; begin < count; begin += grain)
    body(begin, begin + grain < count ? begin + grain : count, env);
}
swy_handle_t swy_rt_dense_prepare(swy_context *, int64_t, int64_t batch, int64_t inputs, int64_t outputs,
                                  int64_t relu, int64_t, const float *weights) {
  return new swy_handle{batch, inputs, outputs, relu, 1, 0, 0, weights};
}
void swy_rt_dense_forward(swy_context *, swy_handle_t h, const float *x, const float *b, float *y) {
  forward(*h, x, b, y);
}
void swy_rt_dense_backward_input(swy_context *, swy_handle_t h, const float *dy, float *dx) {
  backwardInput(*h, dy, dx);
}
swy_handle_t swy_rt_conv2d_prepare(swy_context *, int64_t, int64_t batch, int64_t inputs, int64_t height,
                                   int64_t width, int64_t outputs, int64_t, int64_t, int64_t, int64_t,
                                   int64_t, int64_t inputLayout, int64_t outputLayout, int64_t relu, int64_t,
                                   const float *weights) {
  return new swy_handle{batch, inputs, outputs, relu, height * width, inputLayout, outputLayout, weights};
}
void swy_rt_conv2d_forward(swy_context *, swy_handle_t h, const float *x, const float *b, float *y) {
  forward(*h, x, b, y);
}
void swy_rt_conv2d_backward_input(swy_context *, swy_handle_t h, const float *dy, float *dx) {
  backwardInput(*h, dy, dx);
}
void swy_rt_release(swy_context *, swy_handle_t h) {
  delete h;
}
}
