// Does not compile unless what runtime/kernels/cuda/Driver.h declares by hand is what NVIDIA's header
// declares: every function's result and arguments, kind by kind, and every number. functions.inc has
// CHECK(member, cuName) for each that Driver.cpp finds by name. Compiled with -fno-access-control.
#include "runtime/kernels/cuda/Driver.h"

#include <cuda.h>
#include <type_traits>

using switchyard::rt::Driver;

/// Handles and enumerations have names there and none here: pointers, and integers of one size, are alike.
template <typename Ours, typename Theirs> constexpr bool alike() {
  if constexpr (std::is_pointer_v<Ours> && std::is_pointer_v<Theirs>) {
    using To = std::remove_cv_t<std::remove_pointer_t<Ours>>;
    using Its = std::remove_cv_t<std::remove_pointer_t<Theirs>>;
    if constexpr (std::is_void_v<To> || std::is_void_v<Its> || std::is_function_v<To> || std::is_class_v<Its>)
      return true;
    else
      return alike<To, Its>();
  } else {
    auto isWhole = [](auto of) {
      using T = typename decltype(of)::type;
      return std::is_integral_v<T> || std::is_enum_v<T>;
    };
    return isWhole(std::common_type<Ours>()) && isWhole(std::common_type<Theirs>()) &&
           sizeof(Ours) == sizeof(Theirs);
  }
}

template <typename Ours, typename Theirs> struct Alike;
template <typename R, typename... A, typename S, typename... B> struct Alike<R (*)(A...), S (*)(B...)> {
  static constexpr bool arguments() {
    if constexpr (sizeof...(A) == sizeof...(B))
      return (alike<A, B>() && ...);
    else
      return false;
  }
  static constexpr bool value = alike<R, S>() && arguments();
};

#define CHECK(member, name) static_assert(Alike<decltype(Driver::member), decltype(&name)>::value, #name);
#include "functions.inc"

static_assert(Driver::attributeCapabilityMajor == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
static_assert(Driver::attributeCapabilityMinor == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
static_assert(Driver::jitErrorLog == CU_JIT_ERROR_LOG_BUFFER);
static_assert(Driver::jitErrorLogBytes == CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES);
static_assert(Driver::streamNonBlocking == CU_STREAM_NON_BLOCKING);
static_assert(Driver::eventWithoutTiming == CU_EVENT_DISABLE_TIMING);
static_assert(Driver::captureRelaxed == CU_STREAM_CAPTURE_MODE_RELAXED);
