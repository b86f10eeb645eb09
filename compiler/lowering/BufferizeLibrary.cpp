// How library operations bufferize: preparing reads the weights, a call reads its inputs and writes its
// outputs. And the registration of everything by which the lowering's dialects bufferize and become LLVM IR.
#include "compiler/lowering/LowerToLinalg.h"
#include "compiler/lowering/Passes.h"
#include "compiler/lowering/Pipeline.h"

#include "dialect/Dialect.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/IR/DstBufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Bufferization/Transforms/FuncBufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/AllInterfaces.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/GPU/GPUToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"

using namespace mlir;
using namespace mlir::bufferization;

namespace switchyard {
namespace {

struct BufferizeCall : DstBufferizableOpInterfaceExternalModel<BufferizeCall, swy::LibraryCallOp> {
  bool bufferizesToMemoryRead(Operation *op, OpOperand &use, const AnalysisState &) const {
    return !cast<DestinationStyleOpInterface>(op).isDpsInit(&use);
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter, const BufferizationOptions &options,
                          BufferizationState &state) const {
    auto call = cast<swy::LibraryCallOp>(op);
    SmallVector<Value> inputs, outputs;
    for (auto [values, buffers] :
         {std::pair(call.getInputs(), &inputs), std::pair(call.getOutputs(), &outputs)})
      for (Value value : values) {
        FailureOr<Value> buffer = getBuffer(rewriter, value, options, state);
        if (failed(buffer))
          return failure();
        buffers->push_back(*buffer);
      }
    Value offsets = call.getOffsets();
    if (offsets) {
      FailureOr<Value> buffer = getBuffer(rewriter, offsets, options, state);
      if (failed(buffer))
        return failure();
      offsets = *buffer;
    }
    swy::LibraryCallOp::create(rewriter, op->getLoc(), TypeRange(), call.getLibrary(), call.getDirection(),
                               call.getHandle(), offsets, inputs, outputs);
    replaceOpWithBufferizedValues(rewriter, op, outputs);
    return success();
  }
};

struct BufferizeSortRows : DstBufferizableOpInterfaceExternalModel<BufferizeSortRows, swy::SortRowsOp> {
  bool bufferizesToMemoryRead(Operation *op, OpOperand &use, const AnalysisState &) const {
    return !cast<DestinationStyleOpInterface>(op).isDpsInit(&use);
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter, const BufferizationOptions &options,
                          BufferizationState &state) const {
    auto sort = cast<swy::SortRowsOp>(op);
    FailureOr<Value> channel = getBuffer(rewriter, sort.getChannel(), options, state);
    SmallVector<Value> outputs;
    for (Value value : sort.getOutputs()) {
      FailureOr<Value> buffer = getBuffer(rewriter, value, options, state);
      if (failed(buffer) || failed(channel))
        return failure();
      outputs.push_back(*buffer);
    }
    swy::SortRowsOp::create(rewriter, op->getLoc(), TypeRange(), *channel, sort.getBelow(), outputs);
    replaceOpWithBufferizedValues(rewriter, op, outputs);
    return success();
  }
};

struct BufferizePrepare : BufferizableOpInterface::ExternalModel<BufferizePrepare, swy::PrepareOp> {
  bool bufferizesToMemoryRead(Operation *, OpOperand &, const AnalysisState &) const { return true; }
  bool bufferizesToMemoryWrite(Operation *, OpOperand &, const AnalysisState &) const { return false; }
  AliasingValueList getAliasingValues(Operation *, OpOperand &, const AnalysisState &) const { return {}; }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter, const BufferizationOptions &options,
                          BufferizationState &state) const {
    auto prepare = cast<swy::PrepareOp>(op);
    FailureOr<Value> weights = getBuffer(rewriter, prepare.getWeights(), options, state);
    if (failed(weights))
      return failure();
    rewriter.modifyOpInPlace(op, [&] { prepare.getWeightsMutable().assign(*weights); });
    return success();
  }
};

} // namespace

void registerLoweringDialects(DialectRegistry &registry) {
  registry.insert<swy::SwyDialect, affine::AffineDialect, arith::ArithDialect, BufferizationDialect,
                  func::FuncDialect, linalg::LinalgDialect, math::MathDialect, memref::MemRefDialect,
                  scf::SCFDialect, tensor::TensorDialect>();
  arith::registerBufferizableOpInterfaceExternalModels(registry);
  func_ext::registerBufferizableOpInterfaceExternalModels(registry);
  linalg::registerAllDialectInterfaceImplementations(registry);
  scf::registerBufferizableOpInterfaceExternalModels(registry);
  tensor::registerBufferizableOpInterfaceExternalModels(registry);
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  registerGPUDialectTranslation(registry);
  registerNVVMDialectTranslation(registry);
  registerKernelConversions(registry);
  registry.addExtension(+[](MLIRContext *context, swy::SwyDialect *) {
    swy::LibraryCallOp::attachInterface<BufferizeCall>(*context);
    swy::PrepareOp::attachInterface<BufferizePrepare>(*context);
    swy::SortRowsOp::attachInterface<BufferizeSortRows>(*context);
    registerSamplingBufferization(context);
  });
}

} // namespace switchyard
