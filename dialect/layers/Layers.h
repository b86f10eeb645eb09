// The layers of the language, a row each: parameters with their bounds, the shape that a layer makes of its
// input, what it learns, when it draws. The front end checks by this table, the dialect infers by it and
// names its operations after it (LayerOps.td). No MLIR here, and no syntax.
#ifndef SWITCHYARD_DIALECT_LAYERS_LAYERS_H
#define SWITCHYARD_DIALECT_LAYERS_LAYERS_H

#include "runtime/contract/limits.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace switchyard {

/// A named argument of a layer; recipes, data sources and functions have the same. `byDefault` empty: must be
/// given.
struct LayerParameter {
  std::string name;
  enum Kind {
    Count,         ///< whole, at least 1
    Size,          ///< whole, at least 0
    Rate,          ///< in [0, 1)
    TrainingRate,  ///< a rate at which the layer draws in training; it does nothing there where it is 0
    InferenceRate, ///< the same, at inference
    Positive,
    NonNegative,
    When, ///< a word: the layer draws in `training`, at `inference`, `always` (S3.3)
    Flag,
    Numbers, ///< a list of real numbers, or one number
    File,    ///< its name, in quotes
  } kind;
  std::string byDefault;        ///< as written; the name of a parameter before it: as large as that
  int64_t most = limits::count; ///< Count, Size: the largest there is

  /// A real number, which may depend on a defense's parameters; all else is known when the program is
  /// compiled.
  bool isReal() const;
};

/// An argument as the rules read it.
struct LayerValue {
  int64_t count = 0;          ///< Count, Size
  std::optional<double> real; ///< empty: known only when the program runs
  std::string word = {};      ///< When
  bool flag = false;
  std::vector<double> numbers = {};
};

struct LayerKind;

/// A layer with its arguments, one for each of its kind's parameters, in their order.
struct LayerArguments {
  const LayerKind *kind;
  std::vector<LayerValue> values;

  const LayerValue &operator[](const char *parameter) const;
};

using LayerShape = std::vector<int64_t>; ///< of one example

/// The shape that a layer makes of its input; or why it takes no such input, behind the layer's name in a
/// message: "takes a flat input, got 1x8x8".
struct InferredShape {
  LayerShape shape;
  std::string error = {};
};

/// Something that a layer keeps from one step of a training to the next.
struct LayerWeights {
  std::string name;
  LayerShape shape;
  /// What all of it begins as; empty: uniform within Glorot and Bengio's limit.
  std::optional<double> start = {};
  /// Follows the data that pass through the layer in training, and no gradient.
  bool isStatistic = false;
  /// How many places have weights of their own: each begins as if it were alone.
  int64_t places = 1;
  /// The input is multiplied by it.
  bool isFactor = false;
};

InferredShape sameShape(const LayerShape &input, const LayerArguments &layer);
std::vector<LayerWeights> noWeights(const LayerShape &input, const LayerArguments &layer);

/// A row of the table.
struct LayerKind {
  std::string name;
  std::vector<LayerParameter> parameters = {};
  InferredShape (*shape)(const LayerShape &input, const LayerArguments &layer) = sameShape;
  /// Of an input that `shape` takes.
  std::vector<LayerWeights> (*weights)(const LayerShape &input, const LayerArguments &layer) = noWeights;
};

const std::vector<LayerKind> &layerKinds();
/// Null where there is none of that name.
const LayerKind *findLayer(const std::string &name);
std::vector<std::string> layerNames();

/// Why an input's channels, or units, make no groups of `size` neighbours, as in InferredShape; empty: they
/// do.
std::string groupsError(const LayerShape &input, int64_t size);

/// Of a layer that acts in one phase alone.
constexpr const char *changesInOnePhase =
    "acts in one phase alone, so that what it gives must have the shape of its input";

/// The row's rule, and that memory holds what it makes and learns.
InferredShape inferShape(const LayerArguments &layer, const LayerShape &input);
/// Whether it draws at random in training, or at inference.
bool drawsIn(const LayerArguments &layer, bool training);
/// Whether it multiplies its input by weights, which layers may stand on (S1.9).
bool hasFactors(const LayerKind &kind);
/// Whether it gives any input, of any number of dimensions, back in its shape and keeps nothing: so that it
/// may stand on weights.
bool takesAnything(const LayerKind &kind);

} // namespace switchyard

#endif
