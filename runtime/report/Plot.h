// The data of `show plot`: one line of points for each setting of `by`, on one page for each setting of `for
// each`.
#ifndef SWITCHYARD_RUNTIME_REPORT_PLOT_H
#define SWITCHYARD_RUNTIME_REPORT_PLOT_H

#include "runtime/report/Scores.h"

namespace switchyard::rt {

struct PlotPoint {
  double x = 0;
  std::string text; // of x, as the program writes it; empty where x is measured
  Score score;
};

struct PlotSeries {
  Choice by;
  std::vector<PlotPoint> points; // by increasing x; dashes left out
};

struct Plot {
  std::string name; // "quickstart-attack_success_rate-against-eps", for file names
  std::string x;    // axis or measure
  Measure measure;
  struct Page {
    Choice forEach;
    std::vector<PlotSeries> series;
  };
  std::vector<Page> pages;
};

/// One plot for each measure of the show. Throws as tablesOf does.
std::vector<Plot> plotsOf(const Experiment &experiment, const Scorer &scorer, const Show &show);

/// Columns: the axes of `for each` and `by`, x, measure, value, low, high, images, pairs, draws, paths.
std::string plotCsv(const Plot &plot);

} // namespace switchyard::rt

#endif
