// What the attributes of experiment level allow. (Cn) as in ExperimentAttributes.td.
#include "dialect/Experiment.h"
#include "runtime/contract/Measures.h"
#include "runtime/contract/limits.h"

using namespace mlir;

namespace switchyard::swy {

using EmitError = llvm::function_ref<InFlightDiagnostic()>;

bool areScalars(DictionaryAttr entries) {
  return llvm::all_of(entries, [](NamedAttribute entry) {
    if (auto real = dyn_cast<FloatAttr>(entry.getValue()))
      return real.getType().isF64() && real.getValue().isFinite();
    auto whole = dyn_cast<IntegerAttr>(entry.getValue());
    return whole && whole.getType().isSignlessInteger(64);
  });
}

/// A number of things that a 32-bit word counts.
static LogicalResult verifyCount(EmitError emitError, StringRef what, int64_t count) {
  if (count < 1 || count > limits::count)
    return emitError() << what << " must be 1 to " << limits::count << ", got " << count;
  return success();
}

LogicalResult DatasetAttr::verify(EmitError emitError, StringRef, StringRef, int64_t train, int64_t test,
                                  DictionaryAttr files, ArrayRef<int64_t> input, Real low, Real high,
                                  int64_t classes) {
  if (train < 0 || test < 0)
    return emitError() << "a data set has no " << std::min(train, test) << " images";
  if (input.empty() || llvm::any_of(input, [](int64_t size) { return size < 1; })) // (C1)
    return emitError() << "an image needs sizes of at least 1";
  if (!low.isFinite() || !high.isFinite() || low.value >= high.value) // (C2)
    return emitError() << "the range of pixels must be finite, low below high";
  if (classes < 2 || classes > limits::classes) // (C3)
    return emitError() << "a data set has 2 to " << limits::classes << " classes, got " << classes;
  if (files &&
      !llvm::all_of(files, [](NamedAttribute file) { return isa<StringAttr>(file.getValue()); })) // (C4)
    return emitError() << "names of files are texts";
  return success();
}

LogicalResult ValidationAttr::verify(EmitError emitError, int64_t images, bool, int64_t patience) {
  if (failed(verifyCount(emitError, "a number of images held out", images))) // (C1)
    return failure();
  return patience == 0 ? success() : verifyCount(emitError, "a patience", patience); // (C2)
}

LogicalResult TrainingAttr::verify(EmitError emitError, FlatSymbolRefAttr, DictionaryAttr scalars,
                                   int64_t batch, int64_t epochs, ValidationAttr) {
  bool reals = !scalars || (areScalars(scalars) && llvm::all_of(scalars, [](NamedAttribute one) {
                              return isa<FloatAttr>(one.getValue());
                            }));
  if (!reals) // (C1)
    return emitError() << "scalars of a training are finite reals";
  if (failed(verifyCount(emitError, "a batch", batch))) // (C2)
    return failure();
  return verifyCount(emitError, "a number of epochs", epochs);
}

LogicalResult ParameterAttr::verify(EmitError emitError, StringRef name, RankedTensorType,
                                    ArrayRef<FlatSymbolRefAttr> from, StringRef) {
  if (from.empty()) // (C1)
    return emitError() << "parameter " << name << " comes from no training";
  return success();
}

bool isBall(Norm norm) {
  switch (norm) {
#define THREAT(KIND, WORD, NORM, BALL)                                                                       \
  case Norm::KIND:                                                                                           \
    return BALL;
#include "runtime/contract/threats.def"
  }
  llvm_unreachable("all cases return");
}

LogicalResult ThreatAttr::verify(EmitError emitError, Norm norm, Real radius, bool) {
  if (!radius.isFinite() || radius.value < 0 || (!isBall(norm) && radius.value != 0)) // (C1)
    return emitError() << "a radius must be finite and not below 0, and 0 without a ball";
  return success();
}

LogicalResult GoalAttr::verify(EmitError emitError, Aim aim, int64_t number) {
  if (aim == Aim::Class ? number < 0 : number != -1) // (C1)
    return emitError() << "a goal has the number of a class with `class` alone";
  return success();
}

LogicalResult PairsAttr::verify(EmitError emitError, int64_t images, bool, GoalAttr) {
  return verifyCount(emitError, "a number of images", images); // (C1)
}

/// Whether an estimator has so many draws (S4.1).
bool hasDraws(Estimator estimator, int64_t draws) {
  bool isSet = estimator == Estimator::Eot || estimator == Estimator::AllPaths;
  return isSet ? draws >= (estimator == Estimator::Eot ? 1 : 0) && draws <= limits::draws : draws == 1;
}

LogicalResult SampleSetAttr::verify(EmitError emitError, Estimator by, int64_t draws) {
  if (!hasDraws(by, draws)) // (C1)
    return emitError() << stringifyEstimator(by) << " has no " << draws << " draws";
  if (by == Estimator::Transfer) // (C2)
    return emitError() << "an attack inside a training transfers no examples";
  return success();
}

LogicalResult AnswerAttr::verify(EmitError emitError, AnswerKind, int64_t draws) {
  if (draws < 1 || draws > limits::votes) // (C1)
    return emitError() << "an answer is made of 1 to " << limits::votes << " draws, got " << draws;
  return success();
}

LogicalResult JudgeAttr::verify(EmitError emitError, Verdict by, int64_t draws) {
  if (draws < 1 || draws > limits::draws) // (C1)
    return emitError() << "a judge has 1 to " << limits::draws << " draws, got " << draws;
  if (by == Verdict::OneDraw && draws != 1)
    return emitError() << "a judge by one draw has one, got " << draws;
  if (by != Verdict::OneDraw && by != Verdict::Expected)
    return emitError() << "answers are collected by `expected` or `one_draw`";
  return success();
}

LogicalResult CertificateAttr::verify(EmitError emitError, int64_t selection, int64_t draws, int64_t images,
                                      bool) {
  if (selection < 1 || draws < 1 || selection > limits::draws - draws) // (C1)
    return emitError() << "a certificate has draws for its selection and behind it, " << limits::draws
                       << " at most, got " << selection << " and " << draws;
  if (images < 0) // (C1)
    return emitError() << "a certificate is of 0 images or more, got " << images;
  return success();
}

LogicalResult JudgedAttr::verify(EmitError emitError, Verdict by, int64_t answers) {
  if (answers < 1 || answers > limits::draws) // (C1)
    return emitError() << "a judge looks at 1 to " << limits::draws << " answers, got " << answers;
  if (by != Verdict::AnyOf && by != Verdict::Majority && answers != 1)
    return emitError() << "`" << stringifyVerdict(by) << "` looks at one answer, got " << answers;
  return success();
}

LogicalResult AxisAttr::verify(EmitError emitError, StringRef name, StringRef, Real value) {
  if (std::isinf(value.value)) // (C1)
    return emitError() << "a value of axis " << name << " is not finite";
  return success();
}

LogicalResult SettingAttr::verify(EmitError emitError, StringRef dataset, StringRef network,
                                  StringRef training, StringRef title, ArrayRef<AxisAttr>) {
  if (dataset.empty() || network.empty() || training.empty() || title.empty()) // (C1)
    return emitError() << "a setting has names for its data set, network and training, and a title";
  return success();
}

LogicalResult AggregateAttr::verify(EmitError emitError, Aggregation how, ArrayRef<StringAttr> over) {
  if (over.empty()) // (C1)
    return emitError() << "a " << stringifyAggregation(how) << " goes over some axis";
  return success();
}

LogicalResult MeasureAttr::verify(EmitError emitError, StringRef name, DictionaryAttr arguments,
                                  ArrayRef<AggregateAttr>) {
  if (!rt::findMeasure(name.str())) // (C1)
    return emitError() << "there is no measure " << name;
  bool reals = !arguments || (areScalars(arguments) && llvm::all_of(arguments, [](NamedAttribute one) {
                                return isa<FloatAttr>(one.getValue());
                              }));
  if (!reals) // (C2)
    return emitError() << "arguments of measure " << name << " are finite reals";
  return success();
}

LogicalResult ShowAttr::verify(EmitError emitError, Picture as, ArrayRef<MeasureAttr> measures,
                               StringRef against, MeasureAttr againstMeasure, ArrayRef<StringAttr>,
                               ArrayRef<StringAttr>, bool fit) {
  if (measures.empty()) // (C1)
    return emitError() << "a " << stringifyPicture(as) << " shows some measure";
  if (!against.empty() && againstMeasure) // (C2)
    return emitError() << "an axis and a measure are against one another";
  if ((as == Picture::Table) != (against.empty() && !againstMeasure))
    return emitError() << "a plot goes against something, a table against nothing";
  if (fit && as != Picture::Scatter) // (C3)
    return emitError() << "lines through the points are a scatter's";
  return success();
}

LogicalResult ContrastAttr::verify(EmitError emitError, int64_t first, int64_t second) {
  if (first < 0 || second < 0 || first == second) // (C1)
    return emitError() << "two defenses are compared, by their places";
  return success();
}

} // namespace switchyard::swy
