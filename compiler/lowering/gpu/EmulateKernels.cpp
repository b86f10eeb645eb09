// Kernels as functions that a CPU runs thread by thread, so that tests on machines without a GPU see what
// kernels compute: the very code that goes to PTX, from the gpu dialect down through the CPU's lowering.
// Whoever runs them (test/gpu) switches between a block's threads where they meet: the hooks of
// runtime/contract/abi.h's swy_emulation.
#include "compiler/lowering/LowerToLLVM.h"
#include "compiler/lowering/Passes.h"
#include "compiler/lowering/Signatures.h"
#include "runtime/contract/abi.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;

namespace switchyard {

#define GEN_PASS_DEF_EMULATEKERNELS
#include "compiler/lowering/Passes.h.inc"

namespace {

/// Before a kernel's own parameters: block, thread and the hooks.
constexpr unsigned leading = 3;

/// A member of swy_emulation: shuffle, barrier, state.
Value hook(OpBuilder &b, Location loc, Value hooks, int32_t member) {
  Type pointer = hooks.getType();
  Value place = LLVM::GEPOp::create(b, loc, pointer, pointer, hooks, ArrayRef<LLVM::GEPArg>{member});
  return LLVM::LoadOp::create(b, loc, pointer, place);
}

void emulateShuffle(OpBuilder &b, gpu::ShuffleOp op, Value hooks) {
  Location loc = op.getLoc();
  Type word = b.getI32Type(), type = op.getValue().getType();
  Value bits = type == word ? op.getValue() : Value(arith::BitcastOp::create(b, loc, word, op.getValue()));
  auto signature = LLVM::LLVMFunctionType::get(word, {hooks.getType(), word, word});
  Value shuffle = hook(b, loc, hooks, 0), state = hook(b, loc, hooks, 2);
  Value got =
      LLVM::CallOp::create(b, loc, signature, ValueRange{shuffle, state, bits, op.getOffset()}).getResult();
  op.getShuffleResult().replaceAllUsesWith(type == word ? got
                                                        : Value(arith::BitcastOp::create(b, loc, type, got)));
  op.erase();
}

void emulateBarrier(OpBuilder &b, gpu::BarrierOp op, Value hooks) {
  Location loc = op.getLoc();
  auto signature = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(op.getContext()), {hooks.getType()});
  Value barrier = hook(b, loc, hooks, 1), state = hook(b, loc, hooks, 2);
  LLVM::CallOp::create(b, loc, signature, ValueRange{barrier, state});
  op.erase();
}

/// The body's uses of the device become uses of the leading arguments.
void emulateDevice(func::FuncOp function) {
  Value block = function.getArgument(0), thread = function.getArgument(1), hooks = function.getArgument(2);
  SmallVector<Operation *> ops;
  function.walk([&](Operation *op) {
    if (isa<gpu::GPUDialect>(op->getDialect()))
      ops.push_back(op);
  });
  for (Operation *op : ops) {
    OpBuilder b(op);
    if (auto id = dyn_cast<gpu::ThreadIdOp>(op)) {
      id.replaceAllUsesWith(thread);
      id.erase();
    } else if (auto id = dyn_cast<gpu::BlockIdOp>(op)) {
      id.replaceAllUsesWith(block);
      id.erase();
    } else if (auto shuffle = dyn_cast<gpu::ShuffleOp>(op)) {
      emulateShuffle(b, shuffle, hooks);
    } else {
      emulateBarrier(b, cast<gpu::BarrierOp>(op), hooks);
    }
  }
}

func::FuncOp emulate(OpBuilder &b, gpu::GPUFuncOp kernel) {
  SmallVector<Type> types{b.getIndexType(), b.getIndexType(), LLVM::LLVMPointerType::get(b.getContext())};
  llvm::append_range(types, kernel.getFunctionType().getInputs());
  for (BlockArgument shared : kernel.getWorkgroupAttributions()) {
    auto type = cast<MemRefType>(shared.getType());
    types.push_back(MemRefType::get(type.getShape(), type.getElementType()));
  }
  auto function = func::FuncOp::create(b, kernel.getLoc(), kernel.getName(), b.getFunctionType(types, {}));
  function->setAttr(kernelAttribute, b.getI64IntegerAttr(kernel.getWorkgroupAttributions().size()));
  OpBuilder::InsertionGuard guard(b);
  Block *body = function.addEntryBlock();
  b.setInsertionPointToStart(body);
  IRMapping mapping;
  mapping.map(kernel.getBody().front().getArguments(), body->getArguments().drop_front(leading));
  for (Operation &op : kernel.getBody().front().without_terminator())
    b.clone(op, mapping);
  func::ReturnOp::create(b, kernel.getLoc());
  emulateDevice(function);
  return function;
}

struct EmulateKernelsPass : impl::EmulateKernelsBase<EmulateKernelsPass> {
  void runOnOperation() override {
    OpBuilder builder = OpBuilder::atBlockEnd(getOperation().getBody());
    for (auto kernels : getOperation().getOps<gpu::GPUModuleOp>())
      for (auto kernel : kernels.getOps<gpu::GPUFuncOp>())
        emulate(builder, kernel);
  }
};

} // namespace

/// NAME(block, thread, parameters, shared, hooks) reads the parameters; all shared buffers have the same
/// size.
void wrapEmulatedKernel(func::FuncOp function) {
  OpBuilder b(function);
  Location loc = function.getLoc();
  std::string name = function.getName().str();
  auto shared = static_cast<unsigned>(function->getAttrOfType<IntegerAttr>(kernelAttribute).getInt());
  function->removeAttr(kernelAttribute);
  function.setName(name + ".compute");
  Type pointer = LLVM::LLVMPointerType::get(b.getContext()), i64 = b.getI64Type();
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(b.getContext()),
                                          {i64, i64, pointer, pointer, pointer});
  auto wrapper = LLVM::LLVMFuncOp::create(b, loc, name, type);
  Block *block = wrapper.addEntryBlock(b);
  b.setInsertionPointToStart(block);
  SmallVector<Value> arguments{block->getArgument(0), block->getArgument(1), block->getArgument(4)};
  unsigned last = function.getNumArguments() - shared;
  wrapper->setAttr(kernelAttribute, b.getI64IntegerAttr(last - leading));
  for (unsigned i = leading; i < function.getNumArguments(); ++i) {
    if (i >= last) {
      int64_t bytes = (i - last) * SWY_EMULATED_SHARED_BYTES;
      arguments.push_back(LLVM::GEPOp::create(b, loc, pointer, b.getI8Type(), block->getArgument(3),
                                              ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(bytes)}));
      continue;
    }
    Value place = LLVM::GEPOp::create(b, loc, pointer, pointer, block->getArgument(2),
                                      ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(i - leading)});
    Value slot = LLVM::LoadOp::create(b, loc, pointer, place);
    Type parameter = function.getArgumentTypes()[i];
    arguments.push_back(LLVM::LoadOp::create(b, loc, isa<MemRefType>(parameter) ? pointer : parameter, slot));
  }
  LLVM::CallOp::create(b, loc, TypeRange(), function.getName(), arguments);
  LLVM::ReturnOp::create(b, loc, ValueRange());
}

} // namespace switchyard
