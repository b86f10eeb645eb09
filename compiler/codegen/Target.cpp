// Makes LLVM's target machine from --cpu.
#include "compiler/codegen/Target.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/SubtargetFeature.h"

using namespace llvm;

namespace switchyard {
namespace {

constexpr StringLiteral tripleName = "x86_64-unknown-linux-gnu";

std::string featuresOfThisMachine() {
  SubtargetFeatures features;
  for (const auto &feature : sys::getHostCPUFeatures())
    features.AddFeature(feature.first(), feature.second);
  return features.getString();
}

std::unique_ptr<TargetMachine> makeMachine(const Target &target, StringRef cpu, StringRef features) {
  ::llvm::TargetOptions options; // no fast-math of any kind: draws are bit-exact (S3.2)
  return std::unique_ptr<TargetMachine>(target.createTargetMachine(
      Triple(tripleName), cpu, features, options, Reloc::PIC_, std::nullopt, CodeGenOptLevel::Aggressive));
}

Error unknownCpu(const TargetMachine &generic, StringRef cpu) {
  std::string names;
  for (const SubtargetSubTypeKV &known : generic.getMCSubtargetInfo()->getAllProcessorDescriptions())
    names += (names.empty() ? "" : ", ") + std::string(known.Key);
  return createStringError(inconvertibleErrorCode(),
                           "unknown cpu '" + cpu.str() + "'; choose native or one of: " + names);
}

} // namespace

Expected<std::unique_ptr<TargetMachine>> createTargetMachine(const TargetOptions &options) {
  InitializeAllTargetInfos();
  InitializeAllTargets();
  InitializeAllTargetMCs();
  InitializeAllAsmPrinters();
  std::string message;
  const Target *target = TargetRegistry::lookupTarget(Triple(tripleName), message);
  if (!target)
    return createStringError(inconvertibleErrorCode(), "this LLVM generates no x86-64 code: " + message);
  if (options.cpu == "native")
    return makeMachine(*target, sys::getHostCPUName(), featuresOfThisMachine());
  std::unique_ptr<TargetMachine> generic = makeMachine(*target, "x86-64", "");
  if (!generic->getMCSubtargetInfo()->isCPUStringValid(options.cpu))
    return unknownCpu(*generic, options.cpu);
  return makeMachine(*target, options.cpu, "");
}

} // namespace switchyard
