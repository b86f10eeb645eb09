// Runs the stages one after another in one MLIR context. MLIR's diagnostics come back to the user's source
// through the places that the IR generator attached to every operation.
#include "compiler/driver/Compiler.h"

#include "compiler/codegen/Artifact.h"
#include "compiler/codegen/ObjectFile.h"
#include "compiler/frontend/Print.h"
#include "compiler/irgen/IRGen.h"
#include "compiler/lowering/EmitPlan.h"
#include "compiler/lowering/Passes.h"
#include "compiler/lowering/Pipeline.h"
#include "compiler/passes/Passes.h"
#include "dialect/Dialect.h"
#include "runtime/abi.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Location.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "llvm/Support/FileSystem.h"

using namespace mlir;

namespace switchyard {

std::vector<std::string> optimizationNames() {
  std::vector<std::string> names{"hoist-expectation"};
  for (StringRef name : loweringOptimizations())
    names.push_back(name.str());
  return names;
}

struct Compiler::State {
  State(const CheckedProgram &program, const Sources &sources, Diagnostics &diagnostics, CompilerOptions options)
      : program(program), sources(sources), diagnostics(diagnostics), options(std::move(options)), context(registry()),
        handler(&context, [this](mlir::Diagnostic &diagnostic) { return report(diagnostic); }) {
    context.printOpOnDiagnostic(false); // users read their own text, not the IR
  }

  static DialectRegistry registry() {
    DialectRegistry registry;
    registry.insert<swy::SwyDialect>();
    registerLoweringDialects(registry);
    registerBuiltinDialectTranslation(registry);
    registerLLVMDialectTranslation(registry);
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
    if (diagnostic.getSeverity() != DiagnosticSeverity::Error && diagnostic.getSeverity() != DiagnosticSeverity::Warning)
      return success();
    auto &entry = diagnostic.getSeverity() == DiagnosticSeverity::Error
                      ? diagnostics.error(placeOf(diagnostic.getLocation()), diagnostic.str())
                      : diagnostics.warning(placeOf(diagnostic.getLocation()), diagnostic.str());
    for (mlir::Diagnostic &note : diagnostic.getNotes())
      entry.note(placeOf(note.getLocation()), note.str());
    return success();
  }

  bool run(llvm::function_ref<void(OpPassManager &)> build) {
    PassManager manager(&context);
    build(manager);
    return succeeded(manager.run(*module)) && !diagnostics.hasErrors();
  }

  bool fail(llvm::Error error) {
    diagnostics.error({}, llvm::toString(std::move(error)));
    return false;
  }

  bool toExperiments() {
    module = generateIR(program, sources, context);
    return !diagnostics.hasErrors();
  }

  bool toPrograms() {
    return toExperiments() &&
           run([&](OpPassManager &manager) {
             buildProgramPipeline(manager, options.batch, !llvm::is_contained(options.disabled, "hoist-expectation"));
           });
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

  /// Leaves the plan's text in `plan`.
  bool toLLVM() {
    if (!toPrograms())
      return false;
    llvm::json::Object jobs = emitJobs(*module);
    dropExperimentLevel(*module);
    if (!run([&](OpPassManager &manager) { buildLoweringPipeline(manager, lowering()); }))
      return false;
    ProgramFacts facts;
    facts.file = options.file;
    facts.resolved = formatResolved(program);
    facts.compiler = SWITCHYARD_VERSION;
    facts.cpu = options.cpu;
    facts.seed = static_cast<int64_t>(options.seed);
    plan = planText(std::move(jobs), emitFunctions(*module), facts);
    return true;
  }

  bool toObject(llvm::SmallVectorImpl<char> &bytes) {
    if (!toLLVM())
      return false;
    ArtifactData data{plan, SWY_ABI_VERSION, SWY_ARTIFACT_PLAN, SWY_ARTIFACT_ABI_VERSION};
    llvm::raw_svector_ostream stream(bytes);
    if (llvm::Error error = emitObject(*module, data, TargetOptions{options.cpu}, stream))
      return fail(std::move(error));
    return true;
  }

  const CheckedProgram &program;
  const Sources &sources;
  Diagnostics &diagnostics;
  CompilerOptions options;
  MLIRContext context;
  ScopedDiagnosticHandler handler;
  OwningOpRef<ModuleOp> module;
  std::string plan;
};

Compiler::Compiler(const CheckedProgram &program, const Sources &sources, Diagnostics &diagnostics,
                   CompilerOptions options)
    : state(std::make_unique<State>(program, sources, diagnostics, std::move(options))) {}
Compiler::~Compiler() = default;

bool Compiler::emit(const std::string &stage, std::string &output) {
  llvm::raw_string_ostream stream(output);
  if (stage == "obj") {
    llvm::SmallVector<char, 0> bytes;
    if (!state->toObject(bytes))
      return false;
    output.assign(bytes.begin(), bytes.end());
    return true;
  }
  if (stage == "llvm") {
    if (!state->toLLVM())
      return false;
    llvm::Error error = emitLLVMText(*state->module, TargetOptions{state->options.cpu}, stream);
    return error ? state->fail(std::move(error)) : true;
  }
  bool done = stage == "swy" ? state->toExperiments() : stage == "programs" ? state->toPrograms() : state->toLinalg();
  if (done)
    state->module->print(stream);
  return done;
}

bool Compiler::writeArtifact(const std::string &path) {
  llvm::SmallVector<char, 0> bytes;
  if (!state->toObject(bytes))
    return false;
  llvm::SmallString<128> temporary;
  if (std::error_code error = llvm::sys::fs::createUniqueFile(path + ".%%%%%%", temporary))
    return state->fail(llvm::createStringError(error, "cannot write " + path + ": " + error.message()));
  llvm::Error error = linkArtifact(llvm::StringRef(bytes.data(), bytes.size()), temporary);
  if (!error)
    if (std::error_code renamed = llvm::sys::fs::rename(temporary, path))
      error = llvm::createStringError(renamed, "cannot write " + path + ": " + renamed.message());
  if (!error)
    return true;
  llvm::sys::fs::remove(temporary);
  return state->fail(std::move(error));
}

} // namespace switchyard
