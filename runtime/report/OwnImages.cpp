// Which images count where each defense is attacked on those that it classifies correctly itself (S2.4).
#include "runtime/report/Scores.h"

#include <set>

namespace switchyard::rt {

constexpr size_t mostCounts = 6; // of more defenses tables have the range alone

/// How many images an attack ran on.
static int64_t imagesOf(const AttackOutcome &outcome) {
  std::set<int32_t> images;
  for (const AttackPair &pair : outcome.pairs)
    images.insert(pair.image);
  return static_cast<int64_t>(images.size());
}

static std::string inWords(const CountRange &range) {
  return std::to_string(range.low) + (range.low == range.high ? "" : " to " + std::to_string(range.high));
}

std::string Scorer::ownImagesNote() const {
  std::vector<std::pair<std::string, CountRange>> counts; // of defenses by their names, in all runs
  for (const Cell &cell : experiment.cells)
    for (int64_t job : cell.jobs) {
      if (!plan.jobs.at(size_t(job)).as<AttackJob>().pairs.ownCorrect)
        return "";
      auto outcome = outcomes.attacks.find(job);
      if (outcome == outcomes.attacks.end())
        continue;
      const std::string &label = experiment.defenses.at(size_t(cell.defense)).label;
      auto known =
          std::find_if(counts.begin(), counts.end(), [&](const auto &c) { return c.first == label; });
      if (known == counts.end())
        known = counts.insert(counts.end(), {label, {}});
      known->second.add(imagesOf(outcome->second));
    }
  if (counts.empty())
    return "";
  std::string text = "each defense is attacked on the images that it classifies correctly itself";
  for (size_t i = 0; i < counts.size() && counts.size() <= mostCounts; ++i)
    text += (i == 0 ? ": " : ", ") + counts[i].first + " on " + inWords(counts[i].second);
  return text;
}

} // namespace switchyard::rt
