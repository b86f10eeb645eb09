/* An artifact written by hand: one dense layer through the runtime's entry points, and a function that fails.
 */
#include "runtime/contract/abi.h"

int32_t swy_artifact_abi_version = SWY_ABI_VERSION;

/* image [2, 1, 2, 2]; weights [3, 4], bias [3]; scalar; logits [2, 3]; arena. Logits are scaled. */
void predict_0(swy_context *context, void *const *a) {
  float *logits = a[4];
  swy_handle_t handle = swy_rt_dense_prepare(context, SWY_DIRECTION_FORWARD, 2, 4, 3, 0, 0, a[1]);
  swy_rt_dense_forward(context, handle, a[0], a[2], logits);
  swy_rt_release(context, handle);
  for (int i = 0; i < 6; ++i)
    logits[i] *= *(float *)a[3];
}

void broken_0(swy_context *context, void *const *a) {
  swy_rt_release(context, swy_rt_dense_prepare(context, SWY_DIRECTION_FORWARD, 0, 4, 3, 0, 0, a[0]));
}

const char swy_artifact_plan[] =
    "{\"schema\": 1, \"functions\": ["
    "{\"name\": \"predict_0\", \"batch\": 2, \"arena_bytes\": 0, \"arguments\": ["
    "{\"role\": \"image\", \"name\": \"\", \"type\": \"f32\", \"shape\": [2, 1, 2, 2], \"access\": \"in\"},"
    "{\"role\": \"weight\", \"name\": \"a/0/weights\", \"type\": \"f32\", \"shape\": [3, 4], \"access\": "
    "\"in\"},"
    "{\"role\": \"weight\", \"name\": \"a/0/bias\", \"type\": \"f32\", \"shape\": [3], \"access\": \"in\"},"
    "{\"role\": \"scalar\", \"name\": \"scale\", \"type\": \"f32\", \"shape\": [], \"access\": \"in\"},"
    "{\"role\": \"logits\", \"name\": \"\", \"type\": \"f32\", \"shape\": [2, 3], \"access\": \"out\"},"
    "{\"role\": \"arena\", \"name\": \"\", \"type\": \"f32\", \"shape\": [0], \"access\": \"scratch\"}]},"
    "{\"name\": \"broken_0\", \"batch\": 0, \"arena_bytes\": 64, \"arguments\": ["
    "{\"role\": \"arena\", \"name\": \"\", \"type\": \"f32\", \"shape\": [64], \"access\": \"scratch\"}]}]}";
