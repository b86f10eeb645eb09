// Whether shows say what they may, alone and across experiments.
#include "runtime/contract/CheckPlan.h"
#include "runtime/contract/Curves.h"
#include "runtime/contract/JsonNode.h"
#include "runtime/contract/Measures.h"

#include <set>

namespace switchyard::rt {

void checkIndex(int64_t index, size_t count, const char *things, const std::string &path) {
  if (index < 0 || index >= int64_t(count))
    failPlan(path,
             std::to_string(index) + " is out of range; there are " + std::to_string(count) + " " + things);
}

/// An axis is a row, a column, a page or a side of the plot, not two of them.
void checkShow(const Show &show, const std::string &path) {
  std::vector<std::string> axes = show.by;
  axes.insert(axes.end(), show.forEach.begin(), show.forEach.end());
  if (!show.against.empty() && !findMeasure(show.against))
    axes.push_back(show.against);
  std::set<std::string> placed;
  for (const std::string &axis : axes)
    if (!placed.insert(axis).second)
      failPlan(path, "axis \"" + axis + "\" is named twice");
  const bool ofExamples = show.kind == "examples";
  if (ofExamples == show.attacks.empty() || ofExamples != (show.images > 0))
    failPlan(path, "examples go with \"attacks\" and \"images\", and nothing else does");
  if ((show.kind == "curves") == show.curves.empty())
    failPlan(path, "\"curves\" have some, and nothing else has");
  for (const std::string &curve : show.curves)
    if (!findCurve(curve))
      failPlan(path + ".curves", "a training has no \"" + curve + "\"");
}

/// Every part is one of another experiment, and says of each measure what it has.
void checkJoint(const Plan &plan, const JointShow &joint, const std::string &path) {
  checkShow(joint.show, path + ".show");
  if (joint.parts.empty())
    failPlan(path + ".parts", "expected one part at least");
  std::set<int64_t> known;
  for (size_t i = 0; i < joint.parts.size(); ++i) {
    const std::string place = path + ".parts[" + std::to_string(i) + "]";
    const ShowPart &part = joint.parts[i];
    checkIndex(part.experiment, plan.experiments.size(), "experiments", place + ".experiment");
    if (!known.insert(part.experiment).second)
      failPlan(place + ".experiment", "it has a part already");
    if (part.show.kind != joint.show.kind)
      failPlan(place + ".show.kind", "is not that of the whole");
    for (size_t count : {part.show.measures.size(), part.missing.size()})
      if (count != joint.show.measures.size())
        failPlan(place, "expected " + std::to_string(joint.show.measures.size()) + " measures, got " +
                            std::to_string(count));
    checkShow(part.show, place + ".show");
  }
}

} // namespace switchyard::rt
