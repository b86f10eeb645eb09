# The lit suites: programs of the language and textual IR, checked with FileCheck. Tests see nothing of the
# user's environment, store or data.
import os
import shutil
import sys

import lit.formats

config.name = "switchyard"
config.test_format = lit.formats.ShTest(True)
config.suffixes = [".swy", ".mlir", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)

root = config.switchyard_source
tools = [os.path.join(config.switchyard_build, "bin"), config.llvm_tools]
if "tools" in lit_config.params:  # what stands before the built programs, and where such a run leaves its files
    tools.insert(0, lit_config.params["tools"])
    config.test_exec_root = lit_config.params["exec_root"]
config.environment["PATH"] = os.pathsep.join(tools + [os.environ["PATH"]])
config.environment["FILECHECK_OPTS"] = "-enable-var-scope --allow-unused-prefixes=false"
config.environment["SWITCHYARD_STDLIB"] = os.path.join(root, "stdlib")
config.substitutions.append(("%root", root))
config.substitutions.append(("%python", sys.executable))
config.substitutions.append(("%build", config.switchyard_build))
config.substitutions.append(("%llvm", os.path.dirname(config.llvm_tools)))
# A libcuda.so.1 that runs kernels on the CPU (test/gpu).
config.substitutions.append(("%standin", os.path.join(config.switchyard_build, "test", "stand-in")))
ptxas = shutil.which("ptxas", path=os.pathsep.join([os.environ["PATH"], "/usr/local/cuda/bin"]))
if ptxas:
    config.available_features.add("ptxas")
    config.substitutions.append(("%ptxas", ptxas))

# The header of NVIDIA's driver, and the library that programs are linked with where there is no driver.
cuda = os.environ.get("CUDA_HOME", "/usr/local/cuda")
stubs = [path for path in (os.path.join(cuda, lib, "stubs", "libcuda.so") for lib in ("lib64", "lib")) if os.path.exists(path)]
if stubs and os.path.exists(os.path.join(cuda, "include", "cuda.h")):
    config.available_features.add("cuda-header")
    config.substitutions.append(("%cuda_include", os.path.join(cuda, "include")))
    config.substitutions.append(("%cuda_stub", stubs[0]))

# MNIST beside the project, on machines that have it.
mnist = os.path.join(root, "..", "shared", "data", "mnist")
if os.path.isdir(mnist):
    config.available_features.add("mnist")
    config.substitutions.append(("%mnist", os.path.abspath(mnist)))
# Both data sets in one folder, as run_all.py laid it.
data = os.path.join(config.switchyard_build, "test", "data")
if os.path.exists(os.path.join(data, "cifar10", "test_batch.bin")):
    config.available_features.add("cifar10")
    config.substitutions.append(("%data", data))
if os.path.exists(os.path.join(config.switchyard_build, "bin", "switchyard-run")):
    config.available_features.add("runtime")
if os.path.exists(os.path.join(config.switchyard_build, "test", "fuzz", "fuzz_program")):
    config.available_features.add("fuzz")
# What the sources are held by (test/house); a tree without git's folder does not say which files are the project's.
in_git = os.path.exists(os.path.join(root, ".git"))
for feature, tool in (("clang-format", "clang-format-22"), ("clang-tidy", "clang-tidy-22"), ("ctags", "ctags")):
    if in_git and shutil.which(tool):
        config.available_features.add(feature)
