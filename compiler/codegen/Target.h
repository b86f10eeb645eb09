// Which machine code is for: x86-64, with the instructions that --cpu allows, and NVIDIA's GPUs.
#ifndef SWITCHYARD_COMPILER_CODEGEN_TARGET_H
#define SWITCHYARD_COMPILER_CODEGEN_TARGET_H

#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"

#include <memory>
#include <string>

namespace switchyard {

struct TargetOptions {
  /// A processor by LLVM's name, `x86-64-v3` (AVX2 and FMA, machines since 2013), or `native`: this machine.
  std::string cpu = "x86-64-v3";
};

/// What `cpu` stands for: itself, but for `native`, which is this machine's name and features.
std::string describeCpu(const std::string &cpu);

/// A code generator for shared objects; an error lists the processors to choose from.
llvm::Expected<std::unique_ptr<llvm::TargetMachine>> createTargetMachine(const TargetOptions &options);

/// A code generator for PTX; `chip` is a GPU by LLVM's name, such as `sm_80`. An error lists the GPUs to
/// choose from.
llvm::Expected<std::unique_ptr<llvm::TargetMachine>> createGpuMachine(llvm::StringRef chip);

} // namespace switchyard
#endif
