// Targets by name, and what a linker's failure says.
#include "compiler/codegen/Artifact.h"
#include "compiler/codegen/Target.h"

#include <gtest/gtest.h>

using namespace switchyard;

namespace {

TEST(Target, the_default_has_avx2_and_fma_and_native_is_this_machine) {
  auto machine = createTargetMachine({});
  ASSERT_TRUE(static_cast<bool>(machine));
  EXPECT_EQ((*machine)->getTargetCPU(), "x86-64-v3");
  auto native = createTargetMachine({"native"});
  ASSERT_TRUE(static_cast<bool>(native));
  EXPECT_NE((*native)->getTargetFeatureString(), "");
}

TEST(Target, an_unknown_cpu_is_named_with_the_known_ones) {
  auto machine = createTargetMachine({"pentium9"});
  ASSERT_FALSE(static_cast<bool>(machine));
  std::string message = llvm::toString(machine.takeError());
  EXPECT_EQ(message.find("unknown cpu 'pentium9'; choose native or one of: "), 0u) << message;
  EXPECT_NE(message.find("x86-64-v4"), std::string::npos) << message;
}

TEST(Artifact, what_is_no_object_file_does_not_link) {
  llvm::Error error = linkArtifact({"no object"}, testing::TempDir() + "codegen_test.so");
  ASSERT_TRUE(static_cast<bool>(error));
  std::string message = llvm::toString(std::move(error));
  EXPECT_EQ(message.find("linking '"), 0u) << message;
  EXPECT_NE(message.find("failed: "), std::string::npos) << message;
}

} // namespace
