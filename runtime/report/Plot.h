// The data of `show plot` and `show scatter`: a series of points for each setting of `by`, on one page for
// each setting of `for each`. A plot's points lie along its axis; in a scatter plot every defense is a point.
#ifndef SWITCHYARD_RUNTIME_REPORT_PLOT_H
#define SWITCHYARD_RUNTIME_REPORT_PLOT_H

#include "runtime/report/Shown.h"
#include "runtime/report/TextTable.h"

namespace switchyard::rt {

struct PlotPoint {
  double x = 0;     // of an axis without numbers: how many of its values come before; NaN where it is missing
  std::string text; // of x, as the program writes it; empty where x is measured
  Score score;
  Score xScore = {};        // where x is measured
  std::string defense = {}; // of a scatter plot

  /// Whether it has both values.
  bool isDrawn() const { return score.defined && (!text.empty() || xScore.defined); }
  /// Why it has not.
  Note reason() const { return (score.defined ? xScore : score).reason(); }
  /// What has to be said of its values.
  std::vector<Note> notes() const;
};

struct PlotSeries {
  Choice by;
  std::vector<PlotPoint> points; // by increasing x; at last those without
  bool level = false;      // of a setting without a value on the axis of numbers: one height, at every x
  std::string beside = {}; // "without n": what tells a level from the curve of the same setting

  /// "none, 16/255": as a legend calls it.
  std::string name() const;

  int64_t drawn() const;
  /// The least-squares line through the points; NaN where there is none.
  Line fit() const;
};

/// Points that are not drawn for one reason.
struct MissingPoints {
  Note reason;
  std::vector<std::string> names;
};
std::vector<MissingPoints> missingOf(const std::vector<PlotSeries> &series);

/// "none, 16/255": the values of a choice.
std::string label(const Choice &choice);

struct Plot {
  std::string experiment;
  std::string name; // "quickstart-attack_success_rate-against-eps", for file names
  Measure x;        // or an axis
  Measure measure;
  std::string title, words; // of the measure, and below it along its axis
  MeasureUnit unit = MeasureUnit::Number;
  bool isShare = false;
  bool logX = false, logY = false;
  bool panels = false;               // all pages on one sheet, with the same axes
  bool scatter = false, fit = false; // fit: a line through each series of a scatter plot
  bool againstAxis = false;
  bool alongEpochs = false;                 // x counts, so that not each value has a tick
  std::vector<std::string> captions = {};   // below the plot
  std::vector<std::string> categories = {}; // of an axis without numbers: its values, side by side along x
  struct Page {
    Choice forEach;
    std::vector<PlotSeries> series;
  };
  std::vector<Page> pages;
};

/// One plot for each measure of the show. Throws as tablesOf does.
std::vector<Plot> plotsOf(const Shown &shown);
/// Of one experiment.
std::vector<Plot> plotsOf(const Experiment &experiment, const Scorer &scorer, const Show &show);

/// Columns: the axes of `for each` and `by`, x, measure, value, low, high, images, pairs, draws, paths,
/// interval_over, notes. Of a scatter plot also the defense, and x_low, x_high and x_interval_over behind x.
/// What has no value has a row, too, whose notes say why.
std::string plotCsv(const Plot &plot);

/// The line of each series: its slope, where it begins, how many points it goes through.
Table fitTable(const Plot &plot);
std::string fitCsv(const Plot &plot);

} // namespace switchyard::rt

#endif
