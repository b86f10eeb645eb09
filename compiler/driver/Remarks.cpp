// Passes run on several threads, so the order in which they speak is not one to print in.
#include "compiler/driver/Remarks.h"

#include "dialect/Experiment.h"

#include "mlir/IR/Remarks.h"

#include <mutex>
#include <set>

using namespace mlir;

namespace switchyard {

struct Remarks::Said {
  struct One {
    mlir::Location place;
    std::string function, text;
  };
  std::mutex mutex;
  std::vector<One> all;
};

Remarks::Remarks() : said(std::make_shared<Said>()) {}
Remarks::~Remarks() = default;

namespace {

std::string textOf(const remark::detail::Remark &remark) {
  bool missed = remark.getRemarkType() == llvm::remarks::Type::Missed;
  std::string text = remark.getCategoryName().str() + (missed ? " not applied: " : ": ");
  if (remark.getRemarkType() != llvm::remarks::Type::Analysis) {
    for (const remark::detail::Remark::Arg &part : remark.getArgs())
      text += part.val;
    return text;
  }
  StringRef separator = "";
  for (const remark::detail::Remark::Arg &count : remark.getArgs()) {
    text += (separator + count.val + " " + count.key).str();
    separator = ", ";
  }
  return text;
}

template <typename List> struct Listener : remark::detail::MLIRRemarkStreamerBase {
  explicit Listener(std::shared_ptr<List> said) : said(std::move(said)) {}
  void streamOptimizationRemark(const remark::detail::Remark &remark) override {
    std::lock_guard<std::mutex> lock(said->mutex);
    said->all.push_back({remark.getLocation(), remark.getFunction().str(), textOf(remark)});
  }
  std::shared_ptr<List> said;
};

} // namespace

void Remarks::listen(MLIRContext &context) {
  remark::RemarkCategories categories;
  categories.passed = categories.missed = categories.analysis = ".*";
  (void)remark::enableOptimizationRemarks(context, std::make_unique<Listener<Said>>(said),
                                          std::make_unique<remark::RemarkEmittingPolicyAll>(), categories);
}

void Remarks::noteJobs(ModuleOp module) {
  auto note = [&](std::optional<StringRef> function, Operation *job, StringRef label) {
    if (function)
      jobs.try_emplace(function->str(), Job{job->getLoc(), label.str()});
  };
  module.walk([&](swy::AttackJobOp job) {
    note(job.getRun(), job, job.getLabel());
    note(job.getPredict(), job, job.getLabel());
  });
  module.walk([&](swy::AccuracyJobOp job) { note(job.getPredict(), job, job.getLabel()); });
  module.walk([&](swy::TrainJobOp job) { note(job.getStep(), job, job.getLabel()); });
}

std::string Remarks::text(std::function<std::string(mlir::Location)> placeOf) const {
  std::set<std::string> lines;
  for (const Said::One &one : said->all) {
    std::string here = placeOf(one.place), line = here, behind;
    if (auto job = jobs.find(one.function); job != jobs.end()) {
      line = placeOf(job->second.place);
      behind = " [" + job->second.label + (here.empty() || here == line ? "" : "; " + here) + "]";
    }
    lines.insert((line.empty() ? "" : line + ": ") + "remark: " + one.text + behind + "\n");
  }
  std::string text;
  for (const std::string &line : lines)
    text += line;
  return text;
}

} // namespace switchyard
