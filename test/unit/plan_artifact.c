/* A compiled artifact written by hand: a linear classifier of 28x28 images with closed-form gradients, one
 * training, one accuracy and one attack job. Each function exists for several batch sizes, so that tests can
 * compare them. Scalars make it misbehave: `poison_at` and `kill_at` name a training step, `overshoot` leaves
 * the ball. Counters tell how often each function was called. Two switching blocks use two such classifiers
 * stacked: jobs on them are added by the fixture. */
#include "runtime/contract/abi.h"

#include <math.h>
#include <signal.h>
#include <string.h>

enum { PIXELS = 28 * 28, CLASSES = 10, ARENA = 1024 };

#ifndef ABI_VERSION /* a test compiles this as an artifact of another version */
#define ABI_VERSION SWY_ABI_VERSION
#endif
int32_t swy_artifact_abi_version = ABI_VERSION;
int64_t train_calls, predict_calls, attack_calls, lift_calls, answer_calls, tune_calls;

/* Numbers in [-1, 1) that depend on the stream and the row's counter words only. */
static float noise(int64_t stream, const int32_t *row, uint32_t element) {
  uint64_t z = (uint64_t)stream + (uint64_t)(uint32_t)row[0] * 0x9e3779b97f4a7c15u;
  z += (uint64_t)(uint32_t)row[1] * 0xbf58476d1ce4e5b9u + element;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return (float)(z >> 40) / 8388608.0f - 1.0f;
}

static void classify(const float *image, const float *weights, const float *bias, float *logits) {
  for (int k = 0; k < CLASSES; ++k) {
    logits[k] = bias[k];
    for (int i = 0; i < PIXELS; ++i)
      logits[k] += weights[k * PIXELS + i] * image[i];
  }
}

/* init: stream; weights, bias, velocity; arena */
void init(swy_context *context, void *const *a) {
  static const int32_t row[2] = {0, 65535};
  float *weights = a[1];
  for (uint32_t i = 0; i < CLASSES * PIXELS; ++i)
    weights[i] = 0.01f * noise(*(int64_t *)a[0], row, i);
  memset(a[2], 0, CLASSES * sizeof(float));
  memset(a[3], 0, CLASSES * PIXELS * sizeof(float));
}

/* image, label, rows, stream, example_weight, iteration; rate, poison_at, kill_at; weights, bias, velocity;
 * loss; arena */
static void train(int batch, void *const *a) {
  const float *images = a[0], *example_weight = a[4], rate = *(float *)a[6];
  const int32_t *labels = a[1], *rows = a[2], iteration = *(int32_t *)a[5];
  float *weights = a[9], *bias = a[10], *velocity = a[11], *loss = a[12], gradient[CLASSES * PIXELS] = {0};
  ++train_calls;
  memset(a[13], 0xff, ARENA);
  if (iteration == *(int32_t *)a[8])
    raise(SIGKILL);
  for (int b = 0; b < batch; ++b) {
    float logits[CLASSES], sum = 0;
    classify(images + b * PIXELS, weights, bias, logits);
    for (int k = 0; k < CLASSES; ++k)
      sum += expf(logits[k] += 0.1f * noise(*(int64_t *)a[3], rows + 2 * b, k));
    loss[b] = iteration == *(int32_t *)a[7] ? NAN : logf(sum) - logits[labels[b]];
    for (int k = 0; k < CLASSES; ++k) {
      float cotangent = (expf(logits[k]) / sum - (k == labels[b])) * example_weight[b];
      for (int i = 0; i < PIXELS; ++i)
        gradient[k * PIXELS + i] += cotangent * images[b * PIXELS + i];
    }
  }
  for (int i = 0; i < CLASSES * PIXELS; ++i)
    weights[i] -= rate * (velocity[i] = 0.5f * velocity[i] + gradient[i]);
}

/* image, rows, stream; rate; weights, bias; logits; arena */
static void predict(int batch, void *const *a) {
  ++predict_calls;
  memset(a[7], 0xff, ARENA);
  for (int b = 0; b < batch; ++b) {
    float *logits = (float *)a[6] + b * CLASSES;
    classify((float *)a[0] + b * PIXELS, a[4], a[5], logits);
    for (int k = 0; k < CLASSES; ++k)
      logits[k] += *(float *)a[3] * noise(*(int64_t *)a[2], (int32_t *)a[1] + 2 * b, k);
  }
}

/* image, goal, rows, stream; eps, overshoot; weights; adversarial, tally; arena: a signed step toward the goal, as
 * long as a draw says. Of its two gradients the second was zero in the last of three evaluations; with an
 * overshoot of -1 the first is not finite. */
static void attack(int batch, void *const *a) {
  const float *weights = a[6], eps = *(float *)a[4], overshoot = *(float *)a[5];
  ++attack_calls;
  memset(a[9], 0xff, ARENA);
  for (int b = 0; b < batch; ++b) {
    const int32_t tally[8] = {1, overshoot == -1, 0, 0, 3, 0, 1, 1};
    memcpy((int32_t *)a[8] + 8 * b, tally, sizeof tally);
    const int32_t *row = (int32_t *)a[2] + 2 * b, goal = ((int32_t *)a[1])[b];
    float length = eps * (0.75f + 0.25f * noise(*(int64_t *)a[3], row, 0)) + overshoot;
    for (int i = 0; i < PIXELS; ++i) {
      float x = ((float *)a[0])[b * PIXELS + i], toward = weights[goal * PIXELS + i] > 0 ? length : -length;
      ((float *)a[7])[b * PIXELS + i] = fminf(fmaxf(x + toward, 0), 1);
    }
  }
}

/* image, channel; next_activation; arena: the first of two switching blocks, a channel of which gives the
 * image, nothing, or the image with its sign turned */
static void lift(int batch, void *const *a) {
  ++lift_calls;
  memset(a[3], 0xff, ARENA);
  for (int i = 0; i < batch * PIXELS; ++i)
    ((float *)a[2])[i] = (float)(1 - *(int32_t *)a[1]) * ((float *)a[0])[i];
}

/* activation, channel; stacks of weights and bias; logits; arena: the second of them */
static void answer(int batch, void *const *a) {
  const int32_t channel = *(int32_t *)a[1];
  ++answer_calls;
  memset(a[5], 0xff, ARENA);
  for (int b = 0; b < batch; ++b)
    classify((float *)a[0] + b * PIXELS, (float *)a[2] + channel * CLASSES * PIXELS,
             (float *)a[3] + channel * CLASSES, (float *)a[4] + b * CLASSES);
}

/* image, rows, stream; stacks of weights and bias; logits; arena: both blocks, each example with its own
 * draws */
static void switched(int batch, void *const *a) {
  for (int b = 0; b < batch; ++b) {
    float lifted[PIXELS];
    const int32_t *row = (int32_t *)a[1] + 2 * b;
    int32_t first = (int32_t)((noise(*(int64_t *)a[2], row, 0) + 1) * 1.5f);
    int32_t second = noise(*(int64_t *)a[2], row, 1) > 0;
    void *const lifting[] = {(float *)a[0] + b * PIXELS, &first, lifted, a[6]};
    void *const answering[] = {lifted, &second, a[3], a[4], (float *)a[5] + b * CLASSES, a[6]};
    lift(1, lifting);
    answer(1, answering);
  }
}

/* init_tail: stream; tail, velocity; arena */
void init_tail(swy_context *context, void *const *a) {
  static const int32_t row[2] = {0, 65535};
  for (uint32_t k = 0; k < CLASSES; ++k)
    ((float *)a[1])[k] = noise(*(int64_t *)a[0], row, k);
  memset(a[2], 0, CLASSES * sizeof(float));
}

/* image, label, rows, stream, example_weight, iteration; rate, kill_at; stack of weights; tail, velocity;
 * loss; arena: trains a bias on the frozen stack, of which the steps take turns */
static void tune(int batch, void *const *a) {
  const int32_t *labels = a[1], iteration = *(int32_t *)a[5];
  const float *example_weight = a[4], *weights = (float *)a[8] + iteration % 2 * CLASSES * PIXELS;
  float *tail = a[9], *velocity = a[10], *loss = a[11], gradient[CLASSES] = {0};
  ++tune_calls;
  if (iteration == *(int32_t *)a[7])
    raise(SIGKILL);
  for (int b = 0; b < batch; ++b) {
    float logits[CLASSES], sum = 0;
    classify((float *)a[0] + b * PIXELS, weights, tail, logits);
    for (int k = 0; k < CLASSES; ++k)
      sum += expf(logits[k] += 0.1f * noise(*(int64_t *)a[3], (int32_t *)a[2] + 2 * b, k));
    loss[b] = logf(sum) - logits[labels[b]];
    for (int k = 0; k < CLASSES; ++k)
      gradient[k] += (expf(logits[k]) / sum - (k == labels[b])) * example_weight[b];
  }
  for (int k = 0; k < CLASSES; ++k)
    tail[k] -= *(float *)a[6] * (velocity[k] = 0.5f * velocity[k] + gradient[k]);
}

void broken(swy_context *context, void *const *a) {
  swy_rt_release(context, 0); /* an error of the runtime's: there is no such handle */
}

/* clang-format off */
#define FUNCTIONS_OF(B) \
  void train_##B(swy_context *c, void *const *a) { train(B, a); } \
  void predict_##B(swy_context *c, void *const *a) { predict(B, a); } \
  void attack_##B(swy_context *c, void *const *a) { attack(B, a); }
FUNCTIONS_OF(1)
FUNCTIONS_OF(7)
FUNCTIONS_OF(16)
void lift_7(swy_context *c, void *const *a) { lift(7, a); }
void answer_7(swy_context *c, void *const *a) { answer(7, a); }
void switched_7(swy_context *c, void *const *a) { switched(7, a); }
void tune_16(swy_context *c, void *const *a) { tune(16, a); }

#define RAW(...) #__VA_ARGS__
#define TEXT(...) RAW(__VA_ARGS__)
#define ARGUMENT(ROLE, NAME, TYPE, ACCESS, ...) \
  {"role": ROLE, "name": NAME, "type": TYPE, "access": ACCESS, "shape": [__VA_ARGS__]}
#define WEIGHTS(ROLE, ACCESS) ARGUMENT(ROLE, "linear/weights", "f32", ACCESS, 10, 784)
#define BIAS(ROLE, ACCESS) ARGUMENT(ROLE, "linear/bias", "f32", ACCESS, 10)
#define VELOCITY(ACCESS) ARGUMENT("state", "velocity", "f32", ACCESS, 10, 784)
#define IMAGE(B) ARGUMENT("image", "", "f32", "in", B, 1, 28, 28)
#define ROWS(B) ARGUMENT("rows", "", "i32", "in", B, 2), ARGUMENT("stream", "", "i64", "in")
#define LAST ARGUMENT("arena", "", "u8", "scratch", 1024)
#define SCALAR(NAME, TYPE) ARGUMENT("scalar", NAME, TYPE, "in")
#define TRAIN(NAME, B) {"name": NAME, "batch": B, "arena_bytes": 1024, "arguments": [ \
  IMAGE(B), ARGUMENT("label", "", "i32", "in", B), ROWS(B), ARGUMENT("example_weight", "", "f32", "in", B), \
  ARGUMENT("iteration", "", "i32", "in"), SCALAR("rate", "f32"), SCALAR("poison_at", "i32"), \
  SCALAR("kill_at", "i32"), WEIGHTS("parameter", "inout"), BIAS("parameter", "inout"), VELOCITY("inout"), \
  ARGUMENT("loss", "", "f32", "out", B), LAST]}
#define PREDICT(NAME, B) {"name": NAME, "batch": B, "arena_bytes": 1024, "arguments": [ \
  IMAGE(B), ROWS(B), SCALAR("rate", "f32"), WEIGHTS("weight", "in"), BIAS("weight", "in"), \
  ARGUMENT("logits", "", "f32", "out", B, 10), LAST]}
#define ATTACK(NAME, B) {"name": NAME, "batch": B, "arena_bytes": 1024, \
  "gradients": ["linear.swy:3:7", "linear.swy:5:7"], "arguments": [ \
  IMAGE(B), ARGUMENT("goal", "", "i32", "in", B), ROWS(B), SCALAR("eps", "f32"), SCALAR("overshoot", "f32"), \
  WEIGHTS("weight", "in"), ARGUMENT("adversarial", "", "f32", "out", B, 1, 28, 28), \
  ARGUMENT("gradient_tally", "", "i32", "out", B, 2, 4), LAST]}

#define STACKED_WEIGHTS ARGUMENT("weight", "linear/weights", "f32", "in", 2, 10, 784)
#define STACKED_BIAS ARGUMENT("weight", "linear/bias", "f32", "in", 2, 10)
#define TAIL(ACCESS) ARGUMENT("parameter", "tail/bias", "f32", ACCESS, 10), ARGUMENT("state", "tail", "f32", ACCESS, 10)

const char swy_artifact_plan[] = TEXT({
  "schema": 4,
  "program": {"file": "linear.swy", "resolved": "use std", "modules": {}, "seed": 1, "compiler": "0.1.0", "cpu": "x86-64-v3"},
  "functions": [
    {"name": "init", "batch": 0, "arena_bytes": 1024, "arguments": [ARGUMENT("stream", "", "i64", "in"),
      WEIGHTS("parameter", "out"), BIAS("parameter", "out"), VELOCITY("out"), LAST]},
    {"name": "broken", "batch": 0, "arena_bytes": 1024, "arguments": [
      WEIGHTS("parameter", "out"), BIAS("parameter", "out"), LAST]},
    TRAIN("train_1", 1), TRAIN("train_7", 7), TRAIN("train_16", 16),
    PREDICT("predict_1", 1), PREDICT("predict_7", 7), PREDICT("predict_16", 16),
    ATTACK("attack_1", 1), ATTACK("attack_7", 7), ATTACK("attack_16", 16),
    {"name": "lift_7", "batch": 7, "arena_bytes": 1024, "arguments": [IMAGE(7), ARGUMENT("channel", "", "i32", "in"),
      ARGUMENT("next_activation", "", "f32", "out", 7, 784), LAST]},
    {"name": "answer_7", "batch": 7, "arena_bytes": 1024, "arguments": [ARGUMENT("activation", "", "f32", "in", 7, 784),
      ARGUMENT("channel", "", "i32", "in"), STACKED_WEIGHTS, STACKED_BIAS,
      ARGUMENT("logits", "", "f32", "out", 7, 10), LAST]},
    {"name": "switched_7", "batch": 7, "arena_bytes": 1024, "arguments": [IMAGE(7), ROWS(7), STACKED_WEIGHTS,
      STACKED_BIAS, ARGUMENT("logits", "", "f32", "out", 7, 10), LAST]},
    {"name": "init_tail", "batch": 0, "arena_bytes": 1024, "arguments": [ARGUMENT("stream", "", "i64", "in"),
      TAIL("out"), LAST]},
    {"name": "tune_16", "batch": 16, "arena_bytes": 1024, "arguments": [IMAGE(16),
      ARGUMENT("label", "", "i32", "in", 16), ROWS(16), ARGUMENT("example_weight", "", "f32", "in", 16),
      ARGUMENT("iteration", "", "i32", "in"), SCALAR("rate", "f32"), SCALAR("kill_at", "i32"), STACKED_WEIGHTS,
      TAIL("inout"), ARGUMENT("loss", "", "f32", "out", 16), LAST]}
  ],
  "datasets": [{"name": "digits", "source": "synthetic_digits", "arguments": {"train": 60, "test": 25},
                "input": [1, 28, 28], "range": [0, 1], "classes": 10}],
  "models": [{"id": 0, "parameters": [
    {"name": "linear/weights", "shape": [10, 784], "from": [0]}, {"name": "linear/bias", "shape": [10], "from": [0]}]}],
  "jobs": [
    {"id": 0, "kind": "train", "hash": "a0", "label": "linear, none", "dataset": 0, "seed": 1,
     "parameters": [{"name": "linear/weights", "shape": [10, 784]}, {"name": "linear/bias", "shape": [10]}],
     "init": {"function": "init", "scalars": {}},
     "step": {"function": "train_16", "scalars": {"rate": 0.1, "poison_at": -1, "kill_at": -1}},
     "batch": 16, "epochs": 3, "stream": 0},
    {"id": 1, "kind": "accuracy", "hash": "a1", "label": "linear, none", "dataset": 0, "seed": 1, "weights": 0,
     "predict": {"function": "predict_16", "scalars": {"rate": 0}}, "random": false, "draws": 20},
    {"id": 2, "kind": "accuracy", "hash": "a2", "label": "linear, noise", "dataset": 0, "seed": 1, "weights": 0,
     "predict": {"function": "predict_16", "scalars": {"rate": 2}}, "random": true, "draws": 5},
    {"id": 3, "kind": "attack", "hash": "a3", "label": "step, noise", "dataset": 0, "seed": 1, "weights": 0,
     "attack_weights": 0, "attack_seed": 1,
     "attack": {"function": "attack_7", "scalars": {"eps": 0.3, "overshoot": 0}},
     "predict": {"function": "predict_16", "scalars": {"rate": 2}}, "random": true,
     "images": 10, "correct_only": false,
     "goal": {"form": "toward", "choice": "one_random_class"},
     "judge": {"kind": "expected", "draws": 5},
     "threat": {"kind": "linf", "radius": 0.3, "clipped": true}}
  ],
  "experiments": [{
    "name": "linear", "as_published": false, "settings": [{"dataset": 0, "baseline": 0}],
    "defenses": [
      {"label": "none", "defense": "none", "family": "", "strength": "", "axes": [], "accuracies": [1]},
      {"label": "noise", "defense": "noise", "family": "", "strength": "", "axes": [], "accuracies": [2]}],
    "cells": [{"defense": 1, "attack": "step", "gradients": "one_draw",
               "axes": [{"name": "eps", "value": 0.3, "text": "0.3"}], "jobs": [3]}],
    "measures": [{"name": "accuracy"}, {"name": "attack_success_rate"}],
    "shows": [{"kind": "table", "measures": [{"name": "accuracy", "aggregates": []}], "by": ["defense"],
               "for_each": []}]
  }]
});
