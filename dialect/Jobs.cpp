// Jobs and cells: the functions that jobs call, and verifiers of the symbols that they name. (Cn) as in
// JobOps.td.
#include "dialect/Experiment.h"
#include "dialect/Roles.h"

using namespace mlir;

namespace switchyard::swy {

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

SmallVector<JobCall> TrainJobOp::getCalls() {
  SmallVector<JobCall> calls{{JobCall::Init, getInitAttr(), getScalars(), {}},
                             {JobCall::Step, getStepAttr(), getScalars(), getTraining().getScalars()}};
  if (getTraining().getValidation())
    calls.push_back({JobCall::Validate, getValidateAttr(), getScalars(), {}});
  return calls;
}

/// The functions that a job is judged by: the whole network, and where all paths are judged one for each
/// block.
template <typename Job> static void addJudging(SmallVector<JobCall> &calls, Job job) {
  calls.push_back({JobCall::Predict, job.getPredictAttr(), job.getScalars(), {}});
  if (std::optional<ArrayAttr> list = job.getStages())
    for (auto stage : list->template getAsRange<FlatSymbolRefAttr>())
      calls.push_back({JobCall::Stage, stage, job.getScalars(), {}});
}

SmallVector<JobCall> AccuracyJobOp::getCalls() {
  SmallVector<JobCall> calls;
  addJudging(calls, *this);
  return calls;
}

SmallVector<JobCall> AttackJobOp::getCalls() {
  SmallVector<JobCall> calls{{JobCall::Run, getRunAttr(), getSourceScalars(), getAttackScalars()}};
  addJudging(calls, *this);
  return calls;
}

SmallVector<JobCall> WorstJobOp::getCalls() {
  return {};
}

Attribute JobCall::valueOf(DictionaryAttr argument) const {
  auto name = argument ? argument.getAs<StringAttr>(nameAttribute) : StringAttr();
  if (!name || roleOf(argument) != rt::Role::Scalar)
    return {};
  auto owner = argument.getAs<OwnerAttr>(ownerAttribute);
  DictionaryAttr scalars = owner && owner.getValue() == Owner::Model ? ofModel : own;
  return scalars ? scalars.get(name) : Attribute();
}

//===----------------------------------------------------------------------===//
// Symbols
//===----------------------------------------------------------------------===//

/// That a symbol is one of an operation of this kind; `what` it is, in words.
template <typename Op>
static FailureOr<Op> find(SymbolTableCollection &symbols, Operation *from, FlatSymbolRefAttr name,
                          StringRef what) {
  if (auto found = symbols.lookupNearestSymbolFrom<Op>(from, name))
    return found;
  return from->emitOpError("there is no ") << what << " " << name;
}

/// That all are.
template <typename Op>
static LogicalResult findAll(SymbolTableCollection &symbols, Operation *from, std::optional<ArrayAttr> names,
                             StringRef what) {
  if (names)
    for (auto name : names->getAsRange<FlatSymbolRefAttr>())
      if (failed(find<Op>(symbols, from, name, what)))
        return failure();
  return success();
}

/// The network of that name, and that there are values for its scalars.
static FailureOr<NetworkOp> findNetwork(SymbolTableCollection &symbols, Operation *job,
                                        FlatSymbolRefAttr name, DictionaryAttr scalars) {
  FailureOr<NetworkOp> network = find<NetworkOp>(symbols, job, name, "network");
  if (failed(network) || failed(verifyScalars(job, network->getScalars(), scalars, "it")))
    return failure();
  return network;
}

/// That the functions are there, and that the job has a value for each scalar that they take.
static LogicalResult verifyCalls(SymbolTableCollection &symbols, JobOpInterface job) {
  for (const JobCall &call : job.getCalls()) {
    if (!call.function)
      continue;
    auto function = find<FunctionOpInterface>(symbols, job, call.function, "function");
    if (failed(function))
      return failure();
    for (unsigned i = 0; i < function->getNumArguments(); ++i) {
      DictionaryAttr argument = function_interface_impl::getArgAttrDict(*function, i);
      if (roleOf(argument) == rt::Role::Scalar && !call.valueOf(argument))
        return job.emitOpError("has no value for argument ") << i << " of function " << call.function;
    }
  }
  return success();
}

LogicalResult TrainJobOp::verifySymbolUses(SymbolTableCollection &symbols) {
  FailureOr<NetworkOp> network = findNetwork(symbols, *this, getNetworkAttr(), getScalars()); // (C1)
  if (failed(network))
    return failure();
  int64_t blocks = llvm::range_size(network->getBody().getOps<BlockOp>());
  if (getBlock() && static_cast<int64_t>(getBlock()) >= blocks)
    return emitOpError("trains block ") << getBlock() << " of a network of " << blocks;
  if (getFrozenAttr() && failed(find<WeightsOp>(symbols, *this, getFrozenAttr(), "weights")))
    return failure();
  if (failed(verifyTraining(*this, getTraining(), symbols)) ||                       // (C3)
      failed(verifyAugmentation(*this, getAugmentationAttr(), *network, symbols)) || // (C4)
      failed(verifyLoss(*this, getLossAttr(), *network, symbols)) ||                 // (C5)
      failed(verifyValidation(*this, getValidatedAgainstAttr(), *network, symbols))) // (C6)
    return failure();
  return verifyCalls(symbols, *this); // (C2)
}

LogicalResult WeightsOp::verifySymbolUses(SymbolTableCollection &symbols) {
  for (auto parameter : getParameters().getAsRange<ParameterAttr>())
    for (FlatSymbolRefAttr training : parameter.getFrom())
      if (failed(find<TrainJobOp>(symbols, *this, training, "training"))) // (C1)
        return failure();
  return success();
}

LogicalResult AccuracyJobOp::verifySymbolUses(SymbolTableCollection &symbols) {
  if (failed(findNetwork(symbols, *this, getNetworkAttr(), getScalars())) ||
      failed(find<WeightsOp>(symbols, *this, getWeightsAttr(), "weights"))) // (C1)
    return failure();
  return verifyCalls(symbols, *this); // (C2)
}

LogicalResult AttackJobOp::verifySymbolUses(SymbolTableCollection &symbols) {
  FailureOr<AttackOp> attack = find<AttackOp>(symbols, *this, getAttackAttr(), "attack");
  if (failed(attack) || failed(verifyScalars(*this, attack->getScalars(), getAttackScalars(), "it")))
    return failure();
  FailureOr<NetworkOp> source = findNetwork(symbols, *this, getSourceNetworkAttr(), getSourceScalars());
  FailureOr<NetworkOp> network = findNetwork(symbols, *this, getNetworkAttr(), getScalars());
  if (failed(source) || failed(network) || failed(verifyAttackOn(*this, *attack, *source)) ||
      failed(verifyAttackOn(*this, *attack, *network)))
    return failure();
  for (FlatSymbolRefAttr weights : {getSourceWeightsAttr(), getWeightsAttr()})
    if (failed(find<WeightsOp>(symbols, *this, weights, "weights"))) // (C1)
      return failure();
  if (getOwnCorrect() && !getEvaluation().getPairs().getCorrectOnly()) // (C3)
    return emitOpError("says whose answers choose among images, but takes all of them");
  return verifyCalls(symbols, *this); // (C2)
}

/// All that decides how the examples of a job are judged, and which pairs it has.
static std::array<Attribute, 9> judgingOf(AttackJobOp job) {
  EvaluationAttr evaluation = job.getEvaluation();
  return {job.getWeightsAttr(),  job.getNetworkAttr(),  job.getScalarsAttr(),
          evaluation.getPairs(), evaluation.getJudge(), job.getAttackSeedAttr(),
          job.getVotesAttr(),    job.getSameDrawAttr(), job.getOwnCorrectAttr()};
}

LogicalResult WorstJobOp::verifySymbolUses(SymbolTableCollection &symbols) {
  if (getParts().size() != getAttacks().size()) // (C1)
    return emitOpError("has ") << getParts().size() << " parts and names of " << getAttacks().size();
  AttackJobOp first;
  for (auto part : getParts().getAsRange<FlatSymbolRefAttr>()) {
    FailureOr<AttackJobOp> job = find<AttackJobOp>(symbols, *this, part, "attack job"); // (C1)
    if (failed(job))
      return failure();
    first = first ? first : *job;
    if (judgingOf(*job) != judgingOf(first)) // (C2)
      return emitOpError("compares ") << part << ", which is judged otherwise than the first";
  }
  return success();
}

LogicalResult DefenseEntryOp::verifySymbolUses(SymbolTableCollection &symbols) {
  if (failed(find<ExperimentOp>(symbols, *this, getExperimentAttr(), "experiment")) ||
      failed(find<AccuracyJobOp>(symbols, *this, getAccuracyAttr(), "accuracy job"))) // (C1)
    return failure();
  for (std::optional<ArrayAttr> jobs : {getRuns(), getCertificates()})
    if (failed(findAll<AccuracyJobOp>(symbols, *this, jobs, "accuracy job")))
      return failure();
  return success();
}

LogicalResult CellOp::verify() {
  if (static_cast<bool>(getJobAttr()) != getReason().empty()) // (C1)
    return emitOpError("needs a job, or the reason why it has none");
  return success();
}

LogicalResult CellOp::verifySymbolUses(SymbolTableCollection &symbols) {
  FailureOr<ExperimentOp> experiment = find<ExperimentOp>(symbols, *this, getExperimentAttr(), "experiment");
  if (failed(experiment))
    return failure();
  if (static_cast<int64_t>(getDefense()) >= experiment->countDefenses()) // (C2)
    return emitOpError("is of defense ") << getDefense() << " of " << experiment->countDefenses();
  SmallVector<FlatSymbolRefAttr> jobs;
  if (getJobAttr())
    jobs.push_back(getJobAttr());
  if (std::optional<ArrayAttr> runs = getRuns())
    llvm::append_range(jobs, runs->getAsRange<FlatSymbolRefAttr>());
  for (FlatSymbolRefAttr job : jobs)
    if (!symbols.lookupNearestSymbolFrom<WorstJobOp>(*this, job) &&
        failed(find<AttackJobOp>(symbols, *this, job, "attack job"))) // (C2)
      return failure();
  return success();
}

} // namespace switchyard::swy
