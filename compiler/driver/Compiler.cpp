// Runs the stages one after another in one MLIR context. MLIR's diagnostics come back to the user's source
// through the places that the IR generator attached to every operation.
#include "compiler/driver/Compiler.h"
#include "compiler/driver/Remarks.h"

#include "compiler/codegen/Artifact.h"
#include "compiler/codegen/ObjectFile.h"
#include "compiler/codegen/Ptx.h"
#include "compiler/codegen/Target.h"
#include "compiler/irgen/IRGen.h"
#include "compiler/lowering/EmitPlan.h"
#include "compiler/lowering/Passes.h"
#include "compiler/lowering/Pipeline.h"
#include "compiler/lowering/Signatures.h"
#include "compiler/passes/Passes.h"
#include "compiler/semantics/FormatResolved.h"
#include "dialect/Dialect.h"
#include "runtime/contract/Plan.h"
#include "runtime/contract/abi.h"
#include "runtime/files/WholeFile.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Location.h"
#include "mlir/Pass/PassManager.h"

#include <algorithm>
#include <filesystem>

using namespace mlir;

namespace switchyard {

std::vector<std::string> optimizationNames() {
  std::vector<std::string> names{"hoist-expectation", "fold-scales", "restarts-to-rows"};
  for (StringRef name : loweringOptimizations())
    names.push_back(name.str());
  for (const std::string &name : runtimeOptimizationNames())
    names.push_back(name);
  return names;
}

std::vector<std::string> runtimeOptimizationNames() {
  return {"capture", "batch-channels"};
}

struct Compiler::State {
  State(const CheckedProgram &program, const Sources &sources, Diagnostics &diagnostics,
        CompilerOptions options)
      : program(program), sources(sources), diagnostics(diagnostics), options(std::move(options)),
        context(registry()),
        handler(&context, [this](mlir::Diagnostic &diagnostic) { return report(diagnostic); }) {
    context.printOpOnDiagnostic(false); // users read their own text, not the IR
    if (this->options.remarks)
      remarks.listen(context);
  }

  static DialectRegistry registry() {
    DialectRegistry registry;
    registry.insert<swy::SwyDialect>();
    registerLoweringDialects(registry);
    return registry;
  }

  /// The place in the user's source, if the operation has one.
  switchyard::Location placeOf(mlir::Location loc) {
    switchyard::Location place;
    loc->walk([&](mlir::Location inner) {
      auto range = dyn_cast<FileLineColRange>(inner);
      if (!range)
        return WalkResult::advance();
      for (int file = 0; file < sources.count(); ++file)
        if (sources[file].path == range.getFilename().getValue())
          place.file = file;
      place.line = range.getStartLine();
      place.column = range.getStartColumn();
      place.length = std::max<int>(1, range.getEndColumn() - range.getStartColumn());
      return WalkResult::interrupt();
    });
    return place;
  }

  LogicalResult report(mlir::Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() != DiagnosticSeverity::Error &&
        diagnostic.getSeverity() != DiagnosticSeverity::Warning)
      return success();
    auto &entry =
        diagnostic.getSeverity() == DiagnosticSeverity::Error
            ? diagnostics.error(Id::InPrograms, placeOf(diagnostic.getLocation()), diagnostic.str())
            : diagnostics.warning(Id::InPrograms, placeOf(diagnostic.getLocation()), diagnostic.str());
    for (mlir::Diagnostic &note : diagnostic.getNotes())
      entry.note(placeOf(note.getLocation()), note.str());
    return success();
  }

  bool run(llvm::function_ref<void(OpPassManager &)> build) { return run(*module, build); }

  bool run(ModuleOp target, llvm::function_ref<void(OpPassManager &)> build) {
    PassManager manager(&context);
    build(manager);
    return succeeded(manager.run(target)) && !diagnostics.hasErrors();
  }

  bool fail(Id id, llvm::Error error) {
    diagnostics.error(id, {}, llvm::toString(std::move(error)));
    return false;
  }

  bool toExperiments(OwningOpRef<ModuleOp> &into) {
    into = generateIR(program, sources, context);
    return !diagnostics.hasErrors();
  }

  bool toPrograms(OwningOpRef<ModuleOp> &into, const ProgramOptions &options) {
    onStage("jobs and their programs");
    if (!toExperiments(into) ||
        !run(*into, [&](OpPassManager &manager) { buildProgramPipeline(manager, options); }))
      return false;
    remarks.noteJobs(*into);
    return true;
  }

  ProgramOptions programs() {
    ProgramOptions result;
    if (options.batch)
      result.batch = options.batch;
    result.hoistExpectation = !llvm::is_contained(options.disabled, "hoist-expectation");
    result.foldScales = !llvm::is_contained(options.disabled, "fold-scales");
    return result;
  }

  bool toPrograms() { return toPrograms(module, programs()); }

  /// The device's functions, which take more rows at once than the CPU's, and of several settings.
  bool toDevicePrograms() {
    ProgramOptions onDevice = programs();
    onDevice.fitBatches = !options.batch;
    onDevice.scalarsPerRow = true;
    onDevice.restartsToRows = !llvm::is_contained(options.disabled, "restarts-to-rows");
    if (!toPrograms(device, onDevice))
      return false;
    dropExperimentLevel(*device);
    return true;
  }

  LoweringOptions lowering() {
    LoweringOptions lowering;
    for (const std::string &name : options.disabled)
      lowering.disabled.insert(name);
    return lowering;
  }

  bool toLinalg() {
    if (!toPrograms())
      return false;
    dropExperimentLevel(*module);
    return run([&](OpPassManager &manager) { buildLinalgPipeline(manager, lowering()); });
  }

  /// Kernels and what launches them, in `device`.
  bool toKernels() {
    if (!toDevicePrograms())
      return false;
    onStage("kernels for a GPU");
    LoweringOptions options = lowering();
    options.device = Device::Cuda;
    return run(*device, [&](OpPassManager &manager) { buildDevicePipeline(manager, options); });
  }

  bool toPtx(const std::string &gpu, std::string &text) {
    if (!nvvm) {
      nvvm = device->clone();
      for (Operation &op : llvm::make_early_inc_range(*nvvm->getBody()))
        if (!isa<gpu::GPUModuleOp>(op))
          op.erase();
      if (!run(*nvvm, buildKernelPipeline))
        return false;
    }
    llvm::Expected<std::string> ptx = emitPtx(*nvvm->getOps<gpu::GPUModuleOp>().begin(), gpu);
    if (!ptx)
      return fail(Id::CodeGeneration, ptx.takeError());
    text = std::move(*ptx);
    return true;
  }

  /// Where the module's file has to lie beside the program: `lib/mine.swy`, `std/paper/attacks.swy`. A module
  /// that the standard library uses lies in its folder.
  std::string moduleFile(const ast::Module &module) {
    namespace fs = std::filesystem;
    fs::path path = sources[module.file].path, user = fs::path(sources[0].path).parent_path();
    if (llvm::StringRef(module.name).split('.').first == "std") {
      std::string folder = module.name;
      std::replace(folder.begin(), folder.end(), '.', '/');
      return (folder / path.filename()).string();
    }
    fs::path relative = user.empty() ? path : path.lexically_relative(user);
    bool beside = !relative.empty() && relative.is_relative() && *relative.begin() != "..";
    return (beside ? relative : "std" / path.filename()).string();
  }

  /// Leaves the plan's text in `plan`, and in `device` the device functions where they are wanted.
  bool toLLVM() {
    if (!toPrograms())
      return false;
    rt::Plan emitted = emitPlan(*module);
    dropExperimentLevel(*module);
    if (options.kernels != CompilerOptions::Kernels::None && !toKernels())
      return false;
    onStage("loops for the CPU");
    if (!run([&](OpPassManager &manager) { buildLoweringPipeline(manager, lowering()); }))
      return false;
    emitted.file = options.file;
    emitted.resolved = formatResolved(program, sources);
    for (const auto &module : llvm::drop_begin(program.modules))
      emitted.modules[moduleFile(*module)] = sources[module->file].text;
    emitted.compiler = SWITCHYARD_VERSION;
    emitted.cpu = options.cpu == "native" ? "native, " + describeCpu(options.cpu) : options.cpu;
    emitted.seed = static_cast<int64_t>(options.seed);
    addFunctions(emitted, *module, device ? *device : ModuleOp());
    return writePlan(std::move(emitted));
  }

  /// The plan is read again as switchyard-run will: what it would refuse is found here.
  bool writePlan(rt::Plan emitted) {
    try {
      plan = rt::planText(std::move(emitted));
      rt::parsePlan(plan);
      return true;
    } catch (const std::exception &error) {
      return fail(Id::CompilerBug,
                  llvm::createStringError("a bug in the compiler: " + llvm::Twine(error.what())));
    }
  }

  using Bytes = llvm::SmallVector<char, 0>;

  bool toObject(Bytes &bytes) {
    if (!toLLVM())
      return false;
    ArtifactData data;
    data.texts = {{SWY_ARTIFACT_PLAN, plan}};
    data.numbers = {{SWY_ARTIFACT_ABI_VERSION, SWY_ABI_VERSION}};
    return writeObject(*module, data, bytes);
  }

  /// The device functions' host code, with the kernels as data.
  bool toDeviceObject(Bytes &bytes) {
    ArtifactData data;
    bool emulated = options.kernels == CompilerOptions::Kernels::Emulated;
    if (emulated)
      data.tableSymbol = SWY_ARTIFACT_KERNELS SWY_EMULATED;
    else
      for (const std::string &gpu : options.gpus)
        if (!toPtx(gpu, data.texts.emplace_back(SWY_ARTIFACT_KERNELS + gpu, "").second))
          return false;
    if (!run(*device, [&](OpPassManager &manager) {
          if (emulated)
            manager.addPass(createEmulateKernels());
          buildHostPipeline(manager);
        }))
      return false;
    for (auto function : device->getOps<LLVM::LLVMFuncOp>()) {
      if (function->hasAttr(signatureAttribute))
        function.setName((function.getName() + SWY_DEVICE_SUFFIX).str());
      if (auto parameters = function->getAttrOfType<IntegerAttr>(kernelAttribute))
        data.table.emplace_back(function.getName().str(), parameters.getInt());
    }
    return writeObject(*device, data, bytes);
  }

  bool writeObject(ModuleOp code, const ArtifactData &data, Bytes &bytes) {
    onStage("machine code");
    llvm::raw_svector_ostream stream(bytes);
    llvm::Error error = emitObject(code, data, TargetOptions{options.cpu}, stream);
    return error ? fail(Id::CodeGeneration, std::move(error)) : true;
  }

  const CheckedProgram &program;
  const Sources &sources;
  Diagnostics &diagnostics;
  CompilerOptions options;
  std::function<void(const std::string &)> onStage = [](const std::string &) {};
  MLIRContext context;
  ScopedDiagnosticHandler handler;
  Remarks remarks;
  OwningOpRef<ModuleOp> module, device, nvvm;
  std::string plan;
};

Compiler::Compiler(const CheckedProgram &program, const Sources &sources, Diagnostics &diagnostics,
                   CompilerOptions options)
    : state(std::make_unique<State>(program, sources, diagnostics, std::move(options))) {}
Compiler::~Compiler() = default;

void Compiler::onStage(std::function<void(const std::string &)> tell) {
  state->onStage = std::move(tell);
}

bool Compiler::emit(const std::string &stage, std::string &output) {
  llvm::raw_string_ostream stream(output);
  if (stage == "obj") {
    State::Bytes bytes;
    if (!state->toObject(bytes))
      return false;
    output.assign(bytes.begin(), bytes.end());
    return true;
  }
  if (stage == "llvm") {
    if (!state->toLLVM())
      return false;
    llvm::Error error = emitLLVMText(*state->module, TargetOptions{state->options.cpu}, stream);
    return error ? state->fail(Id::CodeGeneration, std::move(error)) : true;
  }
  if (stage == "ptx")
    return state->toKernels() && state->toPtx(state->options.gpus.front(), output);
  if (stage == "gpu") {
    if (!state->toKernels())
      return false;
    state->device->print(stream);
    return true;
  }
  bool done = stage == "swy"        ? state->toExperiments(state->module)
              : stage == "programs" ? state->toPrograms()
                                    : state->toLinalg();
  if (done)
    state->module->print(stream);
  return done;
}

std::string Compiler::remarks() const {
  return state->remarks.text([&](mlir::Location loc) -> std::string {
    switchyard::Location place = state->placeOf(loc);
    return place.valid() ? state->sources[place.file].path + ":" + std::to_string(place.line) + ":" +
                               std::to_string(place.column)
                         : "";
  });
}

bool Compiler::writeArtifact(const std::string &path) {
  State::Bytes cpu, device;
  if (!state->toObject(cpu) || (state->device && !state->toDeviceObject(device)))
    return false;
  llvm::SmallVector<llvm::StringRef> objects{{cpu.data(), cpu.size()}};
  if (state->device)
    objects.emplace_back(device.data(), device.size());
  try {
    NewFile file(path);
    if (llvm::Error error = linkArtifact(objects, file.path()))
      return state->fail(Id::WritingArtifact, std::move(error));
    if (llvm::Error error = sealArtifact(file.path()))
      return state->fail(Id::WritingArtifact, std::move(error));
    file.finish();
    return true;
  } catch (const std::exception &error) {
    return state->fail(Id::WritingArtifact, llvm::createStringError(llvm::Twine(error.what())));
  }
}

} // namespace switchyard
