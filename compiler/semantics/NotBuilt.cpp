// The list. A later step of the project deletes the lines of what it builds.

#include "compiler/semantics/NotBuilt.h"

#include <vector>

namespace switchyard {
namespace {

struct Missing {
  Feature feature;
  std::string name, what;
};

const std::vector<Missing> &missing() {
  static const std::vector<Missing> list = {
      {Feature::Layer, "pad", "padding as a layer"},
      {Feature::Layer, "local_conv", "locally connected layers"},
      {Feature::Layer, "batch_norm", "batch normalization"},
      {Feature::Layer, "avg_pool", "average pooling"},
      {Feature::Clause, "reprogram", "adversarial reprogramming"},
      {Feature::Clause, "probe", "statistics of gradients"},
      {Feature::Clause, "measure each", "measures along the training"},
      {Feature::Measure, "deviation", "deviation of a probe"},
      {Feature::Measure, "relative_deviation", "deviation of a probe"},
      {Feature::Measure, "reprogramming_accuracy", "adversarial reprogramming"},
      {Feature::Measure, "input_gradient", "statistics of gradients"},
      {Feature::Show, "histogram", "histograms"},
      {Feature::Show, "at", "single pixels"},
  };
  return list;
}

} // namespace

std::string notBuilt(Feature feature, const std::string &name) {
  for (const Missing &one : missing())
    if (one.feature == feature && one.name == name)
      return "`" + name + "` is not built yet: " + one.what;
  return "";
}

} // namespace switchyard
