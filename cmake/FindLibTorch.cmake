# Finds a LibTorch from 1.13 to the newest by its headers and libraries alone. LibTorch's own package file asks for nvcc
# and CUDA's development files where the library has CUDA; the runtime needs neither.
#
# Where it looks, first to last:
#   TORCH_ROOT         a folder with include/ and lib/, such as an unpacked LibTorch
#   TORCH_PYTHON       a Python with PyTorch, such as python3: the LibTorch inside it
#   Torch_DIR, CMAKE_PREFIX_PATH (torch.utils.cmake_prefix_path too), the system's folders
#
# Gives two targets:
#   LibTorch::Settings  what all code beside LibTorch must be compiled with: its C++ standard and ABI, found by trying
#   LibTorch::LibTorch  LibTorch itself, CUDA's part too where there is one
# and LIBTORCH_HAS_CUDA.

if(TARGET LibTorch::LibTorch)
  set(LibTorch_FOUND TRUE)
  return()
endif()

# The root that the user named, in `libtorch_root`; empty where none was.
function(find_named_root)
  set(root "${TORCH_ROOT}")
  if(NOT root AND TORCH_PYTHON)
    execute_process(
      COMMAND ${TORCH_PYTHON} -c "import importlib.util as u; print(u.find_spec('torch').submodule_search_locations[0])"
      OUTPUT_VARIABLE root OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE status ERROR_QUIET)
    if(status OR NOT root)
      message(FATAL_ERROR "TORCH_PYTHON=${TORCH_PYTHON} has no PyTorch")
    endif()
    if(NOT EXISTS "${root}/include/ATen/ATen.h")
      # Debian's package of PyTorch: its LibTorch is the system's.
      message(STATUS "${root} has no headers of LibTorch: taking the system's LibTorch")
      set(root)
    endif()
  endif()
  set(libtorch_root "${root}" PARENT_SCOPE)
endfunction()

set(asked "${TORCH_ROOT} ${TORCH_PYTHON}")
if(DEFINED LIBTORCH_ASKED AND NOT LIBTORCH_ASKED STREQUAL asked) # look again
  foreach(part INCLUDE_DIR torch_LIBRARY torch_cpu_LIBRARY c10_LIBRARY torch_cuda_LIBRARY c10_cuda_LIBRARY)
    unset(LIBTORCH_${part} CACHE)
  endforeach()
endif()
set(LIBTORCH_ASKED "${asked}" CACHE INTERNAL "which LibTorch was named")
find_named_root()
set(hints)
set(only)
if(libtorch_root)
  set(hints "${libtorch_root}")
  set(only NO_DEFAULT_PATH)
else()
  foreach(prefix IN LISTS CMAKE_PREFIX_PATH)
    list(APPEND hints "${prefix}/../..") # of <root>/share/cmake
  endforeach()
  if(Torch_DIR)
    list(APPEND hints "${Torch_DIR}/../../..")
  endif()
endif()
find_path(LIBTORCH_INCLUDE_DIR ATen/ATen.h HINTS ${hints} PATH_SUFFIXES include ${only})
foreach(part torch torch_cpu c10)
  find_library(LIBTORCH_${part}_LIBRARY ${part} HINTS ${hints} PATH_SUFFIXES lib ${only})
endforeach()
if(LIBTORCH_torch_cpu_LIBRARY)
  cmake_path(GET LIBTORCH_torch_cpu_LIBRARY PARENT_PATH libtorch_folder)
  foreach(part torch_cuda c10_cuda)
    find_library(LIBTORCH_${part}_LIBRARY ${part} PATHS "${libtorch_folder}" NO_DEFAULT_PATH)
  endforeach()
endif()

# 2.9 moved the numbers to another file.
set(LibTorch_VERSION)
foreach(file torch/headeronly/version.h torch/csrc/api/include/torch/version.h)
  if(NOT LibTorch_VERSION AND EXISTS "${LIBTORCH_INCLUDE_DIR}/${file}")
    file(READ "${LIBTORCH_INCLUDE_DIR}/${file}" text)
    foreach(part MAJOR MINOR PATCH)
      if(text MATCHES "define TORCH_VERSION_${part} ([0-9]+)")
        list(APPEND LibTorch_VERSION ${CMAKE_MATCH_1})
      endif()
    endforeach()
  endif()
endforeach()
list(JOIN LibTorch_VERSION . LibTorch_VERSION)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorch
  REQUIRED_VARS LIBTORCH_torch_cpu_LIBRARY LIBTORCH_torch_LIBRARY LIBTORCH_c10_LIBRARY LIBTORCH_INCLUDE_DIR
  VERSION_VAR LibTorch_VERSION
  REASON_FAILURE_MESSAGE "name one with -DTORCH_ROOT=FOLDER or -DTORCH_PYTHON=python3")
if(NOT LibTorch_FOUND)
  return()
endif()
set(libtorch_includes "${LIBTORCH_INCLUDE_DIR}" "${LIBTORCH_INCLUDE_DIR}/torch/csrc/api/include")

# Whether a source compiles, and links with libc10 where a program is made.
function(try_libtorch result source standard definitions)
  file(WRITE "${PROJECT_BINARY_DIR}/libtorch-test.cpp" "${source}")
  try_compile(libtorch_compiles "${PROJECT_BINARY_DIR}/libtorch-test" SOURCES "${PROJECT_BINARY_DIR}/libtorch-test.cpp"
    CMAKE_FLAGS "-DINCLUDE_DIRECTORIES=${libtorch_includes}"
    COMPILE_DEFINITIONS ${definitions}
    LINK_LIBRARIES "${LIBTORCH_c10_LIBRARY}" -Wl,--allow-shlib-undefined
    CXX_STANDARD ${standard} CXX_STANDARD_REQUIRED ON OUTPUT_VARIABLE words)
  set(${result} ${libtorch_compiles} PARENT_SCOPE)
  set(libtorch_words "${words}" PARENT_SCOPE)
  unset(libtorch_compiles CACHE)
endfunction()

# A text crosses the border between our code and LibTorch, so that the link tells the ABI of std::string.
function(find_abi)
  foreach(standard 17 20)
    foreach(abi "" "-D_GLIBCXX_USE_CXX11_ABI=0" "-D_GLIBCXX_USE_CXX11_ABI=1")
      try_libtorch(works "#include <c10/core/Device.h>
int main(int, char **words) { return c10::Device(std::string(words[0])).index(); }" ${standard} "${abi}")
      if(works)
        set(LIBTORCH_ABI "${abi}" CACHE INTERNAL "definition that chooses LibTorch's ABI of std::string")
        return()
      endif()
    endforeach()
  endforeach()
  message(FATAL_ERROR "no program links with ${LIBTORCH_c10_LIBRARY}:\n${libtorch_words}")
endfunction()

function(find_standard)
  set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
  foreach(standard 17 20)
    try_libtorch(works "#include <ATen/ATen.h>" ${standard} "${LIBTORCH_ABI}")
    if(works)
      set(LIBTORCH_STANDARD ${standard} CACHE INTERNAL "C++ standard of LibTorch's headers")
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "the headers in ${LIBTORCH_INCLUDE_DIR} compile neither as C++17 nor as C++20:\n${libtorch_words}")
endfunction()

# Tried once for each LibTorch and compiler.
set(tried "${LIBTORCH_c10_LIBRARY} ${LIBTORCH_INCLUDE_DIR} ${LibTorch_VERSION} ${CMAKE_CXX_COMPILER}")
if(NOT LIBTORCH_TRIED STREQUAL tried)
  find_abi()
  find_standard()
  set(LIBTORCH_TRIED "${tried}" CACHE INTERNAL "LibTorch whose ABI and standard are known")
endif()

add_library(LibTorch::Settings INTERFACE IMPORTED GLOBAL)
if(LIBTORCH_ABI)
  set_property(TARGET LibTorch::Settings PROPERTY INTERFACE_COMPILE_OPTIONS ${LIBTORCH_ABI})
endif()
# What LibTorch needs itself, CUDA's libraries among it, is found when it is loaded and need not be there to link.
set_target_properties(LibTorch::Settings PROPERTIES
  INTERFACE_COMPILE_FEATURES cxx_std_${LIBTORCH_STANDARD}
  INTERFACE_LINK_OPTIONS "LINKER:--allow-shlib-undefined")

set(libtorch_libraries ${LIBTORCH_torch_LIBRARY} ${LIBTORCH_torch_cpu_LIBRARY} ${LIBTORCH_c10_LIBRARY})
set(LIBTORCH_HAS_CUDA FALSE)
if(LIBTORCH_torch_cuda_LIBRARY AND LIBTORCH_c10_cuda_LIBRARY)
  set(LIBTORCH_HAS_CUDA TRUE)
  list(APPEND libtorch_libraries ${LIBTORCH_torch_cuda_LIBRARY} ${LIBTORCH_c10_cuda_LIBRARY})
endif()
add_library(LibTorch::LibTorch INTERFACE IMPORTED GLOBAL)
# CUDA's part registers itself when it is loaded: no call of ours names it.
set_target_properties(LibTorch::LibTorch PROPERTIES
  INTERFACE_INCLUDE_DIRECTORIES "${libtorch_includes}"
  INTERFACE_LINK_LIBRARIES
    "LibTorch::Settings;-Wl,--push-state,--no-as-needed;${libtorch_libraries};-Wl,--pop-state")

set(cuda "without CUDA")
if(LIBTORCH_HAS_CUDA)
  set(cuda "with CUDA")
endif()
message(STATUS "LibTorch ${LibTorch_VERSION} ${cuda}, C++${LIBTORCH_STANDARD} ${LIBTORCH_ABI}")
