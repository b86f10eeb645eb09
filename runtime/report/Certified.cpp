// Bounds and quantiles are Boost's.
#include "runtime/report/Certified.h"

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>

namespace switchyard::rt {

double lowestShare(int64_t count, int64_t of) {
  return count == 0 ? 0
                    : boost::math::binomial_distribution<>::find_lower_bound_on_p(double(of), double(count),
                                                                                  certificateRisk);
}

std::optional<double> certifiedRadius(const AccuracyOutcome::Votes &votes, int64_t of, double deviation) {
  const double share = lowestShare(votes.count, of);
  if (share <= 0.5)
    return std::nullopt;
  return deviation * boost::math::quantile(boost::math::normal_distribution<>(), share);
}

} // namespace switchyard::rt
