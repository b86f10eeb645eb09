// Every layer of the table has its operation, with its parameters; every layer's operation has a row.
#include "dialect/Experiment.h"
#include "dialect/layers/Layers.h"

#include <gtest/gtest.h>

#include <algorithm>

using namespace mlir;
using namespace switchyard;

namespace {

std::string operationOf(const LayerKind &kind) {
  return "swy." + kind.name + "_layer";
}

TEST(Layers, operations_have_the_rows_parameters) {
  MLIRContext context;
  context.loadDialect<swy::SwyDialect>();
  for (const LayerKind &kind : layerKinds()) {
    auto operation = RegisteredOperationName::lookup(operationOf(kind), &context);
    ASSERT_TRUE(operation.has_value()) << kind.name;
    EXPECT_TRUE(operation->hasInterface<swy::LayerOpInterface>()) << kind.name;
    for (const LayerParameter &parameter : kind.parameters) {
      auto names = operation->getAttributeNames();
      bool isAttribute = llvm::any_of(names, [&](StringAttr name) { return name == parameter.name; });
      EXPECT_EQ(isAttribute, !parameter.isReal()) << kind.name << "." << parameter.name;
    }
  }
}

TEST(Layers, operations_have_rows) {
  MLIRContext context;
  context.loadDialect<swy::SwyDialect>();
  size_t rows = 0;
  for (RegisteredOperationName operation : context.getRegisteredOperationsByDialect("swy"))
    if (operation.hasInterface<swy::LayerOpInterface>() &&
        operation.getStringRef() != swy::ProgramLayerOp::getOperationName()) { // says itself what it is
      ++rows;
      EXPECT_TRUE(llvm::any_of(layerKinds(), [&](const LayerKind &kind) {
        return operation.getStringRef() == operationOf(kind);
      })) << operation.getStringRef().str();
    }
  EXPECT_GT(rows, 8u);
}

LayerArguments conv(int64_t channels, int64_t kernel) {
  return {findLayer("conv"),
          {{channels, {}, ""}, {kernel, {}, ""}, {0, {}, ""}, {1, {}, ""}, {0, {}, "", true}, {1, {}, ""}}};
}

TEST(Layers, sizes_that_no_word_holds_are_said_to_be_too_large) {
  EXPECT_EQ(inferShape(conv(4, 3), {1, 8, 8}).shape, (LayerShape{4, 6, 6}));
  EXPECT_NE(
      inferShape(conv(65536, 65536), {int64_t(1) << 28, 65536, 65536}).error.find("more than memory holds"),
      std::string::npos);
}

/// A rate that is known only when the program runs may be any.
TEST(Layers, draw_where_their_rate_is_not_known_to_be_0) {
  LayerArguments dropout{findLayer("dropout"), {{0, 0.0, ""}, {0, std::nullopt, ""}}};
  EXPECT_FALSE(drawsIn(dropout, /*training=*/true));
  EXPECT_TRUE(drawsIn(dropout, /*training=*/false));
  EXPECT_FALSE(drawsIn(conv(4, 3), /*training=*/true));
}

} // namespace
