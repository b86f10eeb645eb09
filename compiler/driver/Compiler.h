// The compiler's way from a checked program to any of its stages, with every error printed at its place in
// the source. One object compiles one program once.
#ifndef SWITCHYARD_COMPILER_DRIVER_COMPILER_H
#define SWITCHYARD_COMPILER_DRIVER_COMPILER_H

#include "compiler/semantics/Check.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace switchyard {

struct CompilerOptions {
  std::string cpu = "x86-64-v3";
  std::vector<std::string> disabled; ///< optimizations to leave out, by name
  std::string file;                  ///< as the user wrote it
  uint64_t seed = 1;
  /// Device functions beside the CPU's: none, for GPUs, or as functions that a CPU runs thread by thread (for
  /// tests).
  enum class Kernels { None, Ptx, Emulated };
  Kernels kernels = Kernels::None;
  std::vector<std::string> gpus{"sm_80", "sm_90"}; ///< that PTX is written for, by LLVM's names
  /// Examples attacked or predicted at once; no part of any result (S6.1). 0: 100 on a CPU, on a GPU as many
  /// as there is work for.
  int64_t batch = 0;
  bool remarks = false; ///< collect what the passes say of what they did
};

/// The optimizations that --disable knows.
std::vector<std::string> optimizationNames();
/// Those among them that the runtime makes, on a GPU: a step as one graph, trainings side by side.
std::vector<std::string> runtimeOptimizationNames();

class Compiler {
public:
  Compiler(const CheckedProgram &program, const Sources &sources, Diagnostics &diagnostics,
           CompilerOptions options);
  ~Compiler();

  /// Is told what begins: "machine code".
  void onStage(std::function<void(const std::string &)> tell);

  /// The text of a stage: `swy` (experiments), `programs` (functions, jobs, cells), `linalg` (fused), `llvm`
  /// (optimized LLVM IR), `gpu` (kernels and the host's code around them), `ptx` (for the first of `gpus`),
  /// or the bytes of `obj`, the CPU's object file. False if there were errors, which are in `diagnostics`
  /// then.
  bool emit(const std::string &stage, std::string &output);

  /// What the passes said, a line each, sorted by place.
  std::string remarks() const;

  /// Writes the artifact (docs/artifact.md), by way of a temporary file beside it.
  bool writeArtifact(const std::string &path);

private:
  struct State;
  std::unique_ptr<State> state;
};

} // namespace switchyard

#endif
