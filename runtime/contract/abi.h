/* All that compiled code and the runtime know of each other: plain C, no LLVM, no LibTorch.
 *
 * Errors are sticky: an entry point that fails records its message in the context (the first one stays) and
 * from then on every entry point on this context returns at once (prepare returns null). Compiled code never
 * tests for it; the runtime asks the context when a compiled function returns. No C++ exception crosses.
 * Inline code goes on, however, so entry points that give indices define them also then: on the host
 * swy_rt_group_rows and swy_rt_group_drawn_rows leave the order 0, 1, 2, ... and offsets of 0, which lead to
 * rows that are there.
 *
 * Handles are owned by the caller of `prepare`, who gives each back once with `swy_rt_release`, on the same
 * context. Tensors are borrowed for the call. docs/artifact.md describes the artifact and its plan. */
#ifndef SWITCHYARD_RUNTIME_CONTRACT_ABI_H
#define SWITCHYARD_RUNTIME_CONTRACT_ABI_H

#include <stdint.h>

#define SWY_ABI_VERSION 6

#ifdef __cplusplus
extern "C" {
#endif

typedef struct swy_context swy_context;
typedef struct swy_handle *swy_handle_t;
typedef void (*swy_loop_body)(int64_t begin, int64_t end, void *env);

/* A compiled function: arguments[i] points to the i-th buffer of its signature in the plan, the arena last.
 * Every buffer is aligned to SWY_ALIGNMENT bytes. */
typedef void (*swy_compiled_function)(swy_context *context, void *const *arguments);

/* A kernel for tests on machines without a GPU: what a thread of a block does. Threads of a warp (32) meet in
 * `shuffle`, which gives the word of the thread whose number differs in the bits of `distance`, those of a
 * block in `barrier`. `shared` is the block's memory, SWY_EMULATED_SHARED_BYTES for each of a kernel's shared
 * buffers. */
#define SWY_EMULATED_SHARED_BYTES 256
typedef struct {
  int32_t (*shuffle)(void *state, int32_t word, int32_t distance);
  void (*barrier)(void *state);
  void *state;
} swy_emulation;
typedef void (*swy_emulated_kernel)(int64_t block, int64_t thread, void *const *parameters, void *shared,
                                    const swy_emulation *hooks);
typedef struct {
  const char *name;
  swy_emulated_kernel function;
  int64_t parameters; /* how many */
} swy_emulated_entry;

/* A device function (NAME and SWY_DEVICE_SUFFIX) has the same type. Its n buffers are the device's memory,
 * and n further arguments are the host's copies of those that are scalars, `rows` or `restart` (others may be
 * null): what the host must know is read there. */
#define SWY_DEVICE_SUFFIX ".cuda"

#define SWY_ALIGNMENT 64

/* What an artifact (a shared object) exports beside its functions. */
#define SWY_ARTIFACT_ABI_VERSION "swy_artifact_abi_version" /* int32_t */
#define SWY_ARTIFACT_PLAN "swy_artifact_plan"               /* const char[], JSON, zero-terminated */
/* Kernels: with sm_80 and the like behind it const char[], PTX, zero-terminated; with SWY_EMULATED an array
 * of swy_emulated_entry whose last one is all nulls. */
#define SWY_ARTIFACT_KERNELS "swy_artifact_kernels_"
#define SWY_EMULATED "emulated"

enum { SWY_DIRECTION_FORWARD = 0, SWY_DIRECTION_BACKWARD_INPUT = 1, SWY_DIRECTION_BACKWARD_WEIGHTS = 2 };
enum { SWY_LAYOUT_PLAIN = 0, SWY_LAYOUT_BLOCKED16 = 1, SWY_LAYOUT_CHANNELS_LAST = 2 };

#define CONTEXT swy_context *
#define INT int64_t
#define HANDLE swy_handle_t
#define IN const float *
#define OUT float *
#define INDICES const int32_t *
#define INDICES_OUT int32_t *
#define BODY swy_loop_body
#define ENV void *
#define TEXT const char *
#define VOID void
#define SWY_ENTRY(name, result, parameters) result name parameters;
#include "runtime/contract/entry_points.def"
#undef CONTEXT
#undef INT
#undef HANDLE
#undef IN
#undef OUT
#undef INDICES
#undef INDICES_OUT
#undef BODY
#undef ENV
#undef TEXT
#undef VOID

#ifdef __cplusplus
}
#endif
#endif
