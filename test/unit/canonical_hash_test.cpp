// A job's name: what must not be in it (order of operations, names, places, dead code) and what must (every
// attribute, constant, operand, type). The variations are generated, so that a new operation of the text is
// varied, too.
#include "compiler/passes/CanonicalHash.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/TypeSwitch.h"

#include <gtest/gtest.h>
#include <random>

using namespace mlir;

namespace switchyard {
namespace {

const char attack[] = R"mlir(
func.func @attack(%x: tensor<4xf32> {swy.role = "image"}, %eps: tensor<f32> {swy.name = "eps", swy.role = "scalar"},
                  %rows: tensor<2xi32> {swy.role = "rows"}, %stream: tensor<i64> {swy.role = "stream"})
    -> (tensor<4xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 4 : i64, swy.draws = 3 : i64} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 5 : index
  %half = arith.constant dense<0.5> : tensor<f32>
  %third = arith.constant dense<0.25> : tensor<f32>
  %first = arith.constant dense<7> : tensor<i32>
  %draw = swy.random_uniform %stream, %rows, %first site <attack, 0> : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<4xf32>
  %scaled = swy.mul %draw, %eps : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %begin = swy.add %x, %scaled : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %other = swy.mul %x, %third : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %end = scf.for %i = %c0 to %n step %c1 iter_args(%a = %begin) -> (tensor<4xf32>) {
    %turn = arith.index_cast %i : index to i32
    %p = tensor.from_elements %turn : tensor<i32>
    %noise = swy.random_uniform %stream, %rows, %p site <attack, 1> : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<4xf32>
    %seen = swy.add %a, %noise : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %far = swy.sub %seen, %other : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %square = swy.mul %far, %far : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %e = swy.reduce_sum %square keep 0 : tensor<4xf32> -> tensor<f32>
    %g = swy.gradient of %e at %a : tensor<f32>, tensor<4xf32> -> tensor<4xf32>
    %step = swy.mul %g, %half : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
    %next = swy.sub %a, %step : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    scf.yield %next : tensor<4xf32>
  }
  return %end : tensor<4xf32>
}
)mlir";

struct Parsed {
  explicit Parsed(const std::string &text) {
    context.loadDialect<swy::SwyDialect, arith::ArithDialect, func::FuncDialect, scf::SCFDialect,
                        tensor::TensorDialect>();
    module = parseSourceString<ModuleOp>(text, &context);
  }
  func::FuncOp function() { return *module->getOps<func::FuncOp>().begin(); }
  std::string digest() {
    CanonicalHash hasher;
    Digest digest = hasher.function(function(), {"swy.batch"});
    EXPECT_EQ(hasher.problem(), "");
    return digest;
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

std::string digestOf(const std::string &text) {
  Parsed parsed(text);
  return parsed.digest();
}

std::string replaced(std::string text, const std::string &from, const std::string &to) {
  size_t place = text.find(from);
  EXPECT_NE(place, std::string::npos) << from;
  return text.replace(place, from.size(), to);
}

TEST(CanonicalHash, order_of_independent_operations_does_not_matter) {
  Parsed parsed(attack);
  std::string digest = parsed.digest();
  std::mt19937 random(1);
  int moved = 0;
  for (int round = 0; round < 300; ++round) {
    SmallVector<Operation *> ops;
    parsed.function().walk([&](Operation *op) { ops.push_back(op); });
    Operation *op = ops[random() % ops.size()], *next = op->getNextNode();
    if (!next || next->hasTrait<OpTrait::IsTerminator>() || isa<func::FuncOp>(op))
      continue;
    bool waits = false;
    next->walk([&](Operation *inner) {
      for (Value operand : inner->getOperands())
        waits |= operand.getDefiningOp() == op;
    });
    if (waits)
      continue;
    op->moveAfter(next);
    ++moved;
    ASSERT_TRUE(succeeded(verify(*parsed.module)));
    ASSERT_EQ(parsed.digest(), digest) << "after move " << moved;
  }
  EXPECT_GT(moved, 30);
}

TEST(CanonicalHash, names_places_batch_and_dead_code_do_not_matter) {
  Parsed parsed(attack);
  std::string digest = parsed.digest();
  parsed.function().setSymName("another");
  parsed.function()->setAttr("swy.batch", Builder(&parsed.context).getI64IntegerAttr(9));
  unsigned line = 0;
  parsed.function().walk(
      [&](Operation *op) { op->setLoc(FileLineColLoc::get(&parsed.context, "f.swy", ++line, 1)); });
  OpBuilder builder(parsed.function().getBody());
  swy::realConstant(builder, builder.getUnknownLoc(), 3);
  EXPECT_EQ(parsed.digest(), digest);
}

/// Another value of the same kind; null where there is none.
Attribute changed(Attribute attribute) {
  Builder builder(attribute.getContext());
  return llvm::TypeSwitch<Attribute, Attribute>(attribute)
      .Case([&](StringAttr text) { return builder.getStringAttr(text.getValue() + "x"); })
      .Case([&](swy::SiteAttr site) {
        return swy::SiteAttr::get(site.getContext(), site.getOwner(), site.getPlace(), site.getNumber() + 7);
      })
      .Case([&](IntegerAttr value) { return IntegerAttr::get(value.getType(), value.getValue() + 1); })
      .Case([&](DenseElementsAttr elements) -> Attribute {
        if (isa<FloatType>(elements.getElementType()))
          return DenseElementsAttr::get(elements.getType(), elements.getSplatValue<float>() + 1.0f);
        return DenseElementsAttr::get(elements.getType(), elements.getSplatValue<APInt>() + 1);
      })
      .Default(Attribute());
}

TEST(CanonicalHash, every_attribute_matters) {
  Parsed parsed(attack);
  std::string digest = parsed.digest();
  int count = 0;
  auto vary = [&](Operation *op, StringAttr name, Attribute old) {
    if (Attribute other = changed(old)) {
      op->setAttr(name, other);
      EXPECT_NE(parsed.digest(), digest) << op->getName().getStringRef().str() << " " << name.str();
      op->setAttr(name, old);
      ++count;
    }
  };
  parsed.function().getBody().walk([&](Operation *op) {
    for (NamedAttribute entry : op->getAttrDictionary())
      vary(op, entry.getName(), entry.getValue());
    op->setAttr("swy.new", UnitAttr::get(&parsed.context));
    EXPECT_NE(parsed.digest(), digest) << "new attribute of " << op->getName().getStringRef().str();
    op->removeAttr("swy.new");
  });
  func::FuncOp function = parsed.function();
  vary(function, StringAttr::get(&parsed.context, "swy.draws"), function->getAttr("swy.draws"));
  for (unsigned i = 0; i < function.getNumArguments(); ++i) {
    Attribute old = function.getArgAttr(i, "swy.role");
    function.setArgAttr(i, "swy.role", changed(old));
    EXPECT_NE(parsed.digest(), digest) << "role of argument " << i;
    function.setArgAttr(i, "swy.role", old);
  }
  EXPECT_GE(count, 8);
  EXPECT_EQ(parsed.digest(), digest);
}

TEST(CanonicalHash, every_operand_matters) {
  Parsed parsed(attack);
  std::string digest = parsed.digest();
  int count = 0;
  parsed.function().walk([&](Operation *op) {
    for (OpOperand &operand : op->getOpOperands()) {
      Value old = operand.get();
      auto tryValue = [&](Value other) {
        if (other == old || other.getType() != old.getType())
          return;
        operand.set(other);
        EXPECT_NE(parsed.digest(), digest)
            << "operand " << operand.getOperandNumber() << " of " << op->getName().getStringRef().str();
        operand.set(old);
        ++count;
      };
      for (Operation *block = op; !isa<func::FuncOp>(block); block = block->getParentOp()) {
        for (BlockArgument argument : block->getBlock()->getArguments())
          tryValue(argument);
        for (Operation *before = block->getPrevNode(); before; before = before->getPrevNode())
          for (Value result : before->getResults())
            tryValue(result);
      }
    }
  });
  EXPECT_GT(count, 50);
}

TEST(CanonicalHash, types_and_results_matter) {
  std::string text = attack, digest = digestOf(attack), wide = attack;
  for (size_t place; (place = wide.find("<4xf32>")) != std::string::npos;)
    wide.replace(place, 7, "<5xf32>");
  EXPECT_NE(digestOf(wide), digest);
  EXPECT_NE(digestOf(replaced(text, "swy.sub %a, %step", "swy.add %a, %step")), digest);
}

// Two values that are equal are still two to a gradient.
TEST(CanonicalHash, a_gradient_is_at_a_variable_not_at_a_value) {
  std::string text = R"mlir(
func.func @f(%x: tensor<4xf32>, %c: tensor<f32>) -> tensor<4xf32> {
  %a = swy.add %x, %c : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %b = swy.add %x, %c : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %twice = swy.add %b, %b : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %both = swy.add %a, %twice : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e = swy.reduce_sum %both keep 0 : tensor<4xf32> -> tensor<f32>
  %g = swy.gradient of %e at %a : tensor<f32>, tensor<4xf32> -> tensor<4xf32>
  return %g : tensor<4xf32>
})mlir";
  EXPECT_NE(digestOf(text), digestOf(replaced(text, "of %e at %a", "of %e at %b")));
}

TEST(CanonicalHash, the_dialects_own_attributes_are_hashed_by_their_parameters) {
  MLIRContext context;
  context.loadDialect<swy::SwyDialect>();
  CanonicalHash hasher;
  auto plain = swy::LayoutAttr::get(&context, swy::Layout::Plain);
  auto blocked = swy::LayoutAttr::get(&context, swy::Layout::Blocked16);
  EXPECT_NE(hasher.attribute(plain), hasher.attribute(blocked));
  EXPECT_EQ(hasher.attribute(plain), hasher.attribute(swy::LayoutAttr::get(&context, swy::Layout::Plain)));
  EXPECT_EQ(hasher.problem(), "");
}

TEST(CanonicalHash, an_unknown_kind_is_a_problem_and_no_hash_of_nothing) {
  MLIRContext context;
  CanonicalHash hasher;
  hasher.attribute(AffineMapAttr::get(AffineMap::get(&context)));
  EXPECT_EQ(hasher.problem(), "an attribute of a kind that has no hash");
  CanonicalHash named;
  named.attribute(FlatSymbolRefAttr::get(&context, "f"));
  EXPECT_EQ(named.problem(), "the symbol f");
}

} // namespace
} // namespace switchyard
