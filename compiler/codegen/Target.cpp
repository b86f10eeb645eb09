// Makes LLVM's target machines from --cpu and --gpu.
#include "compiler/codegen/Target.h"

#include "compiler/codegen/Failure.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/SubtargetFeature.h"

#include <map>

using namespace llvm;

namespace switchyard {
namespace {

constexpr StringLiteral tripleName = "x86_64-unknown-linux-gnu", gpuTripleName = "nvptx64-nvidia-cuda";

Expected<const Target *> findTarget(StringRef triple, StringRef code) {
  InitializeAllTargetInfos();
  InitializeAllTargets();
  InitializeAllTargetMCs();
  InitializeAllAsmPrinters();
  std::string message;
  if (const Target *target = TargetRegistry::lookupTarget(Triple(triple), message))
    return target;
  return failure("this LLVM generates no " + code + ": " + message);
}

std::string featuresOfThisMachine() {
  SubtargetFeatures features;
  std::map<StringRef, bool> sorted; // the map that they come in has an order of its own
  StringMap<bool> known = sys::getHostCPUFeatures();
  for (const auto &feature : known)
    sorted[feature.first()] = feature.second;
  for (auto [name, has] : sorted)
    features.AddFeature(name, has);
  return features.getString();
}

std::unique_ptr<TargetMachine> makeMachine(const Target &target, StringRef cpu, StringRef features,
                                           StringRef triple = tripleName) {
  ::llvm::TargetOptions options; // no fast-math of any kind: draws are bit-exact (S3.2)
  return std::unique_ptr<TargetMachine>(target.createTargetMachine(
      Triple(triple), cpu, features, options, Reloc::PIC_, std::nullopt, CodeGenOptLevel::Aggressive));
}

Error unknown(const TargetMachine &machine, const Twine &what, StringRef others) {
  std::string names;
  for (const SubtargetSubTypeKV &known : machine.getMCSubtargetInfo()->getAllProcessorDescriptions())
    names += (names.empty() ? "" : ", ") + std::string(known.Key);
  return failure("unknown " + what + "; choose " + others + "one of: " + names);
}

} // namespace

std::string describeCpu(const std::string &cpu) {
  return cpu == "native" ? sys::getHostCPUName().str() + " " + featuresOfThisMachine() : cpu;
}

Expected<std::unique_ptr<TargetMachine>> createTargetMachine(const TargetOptions &options) {
  auto found = findTarget(tripleName, "x86-64 code");
  if (!found)
    return found.takeError();
  const Target *target = *found;
  if (options.cpu == "native")
    return makeMachine(*target, sys::getHostCPUName(), featuresOfThisMachine());
  std::unique_ptr<TargetMachine> generic = makeMachine(*target, "x86-64", "");
  if (!generic->getMCSubtargetInfo()->isCPUStringValid(options.cpu))
    return unknown(*generic, "cpu '" + options.cpu + "'", "native or ");
  return makeMachine(*target, options.cpu, "");
}

Expected<std::unique_ptr<TargetMachine>> createGpuMachine(StringRef chip) {
  auto target = findTarget(gpuTripleName, "PTX");
  if (!target)
    return target.takeError();
  std::unique_ptr<TargetMachine> generic = makeMachine(**target, "sm_80", "", gpuTripleName);
  if (!generic->getMCSubtargetInfo()->isCPUStringValid(chip))
    return unknown(*generic, "gpu '" + chip + "'", "");
  return makeMachine(**target, chip, "", gpuTripleName);
}

} // namespace switchyard
