// The clauses of an experiment, each checked for itself; CheckExperiment.cpp puts them together.

#ifndef SWITCHYARD_COMPILER_SEMANTICS_CLAUSES_H
#define SWITCHYARD_COMPILER_SEMANTICS_CLAUSES_H

#include "compiler/semantics/Expand.h"
#include "compiler/semantics/Resolved.h"

#include <set>

namespace switchyard {

class ShowGrid;

/// The first clause of a kind, or null.
const ast::Clause *findClause(const ast::ExperimentDecl &decl, ast::ClauseKind kind);
const ast::Clause *findSetting(const ast::ExperimentDecl &decl, const std::string &name);
/// What defenses are applied to: where a data set, a network and a training stand, each with the values of
/// its variables; nothing where the clause is not there.
struct SettingPoint {
  std::optional<Point> dataset, network, training;
  size_t data = 0, networks = 0, trainings = 0; ///< how many stand before each in its clause
};
/// Every data set with every network and every training (Settings.cpp).
std::vector<SettingPoint> settingsOf(Program &program, const ast::ExperimentDecl &decl);
/// Gives them their titles where they are axes; false with an error reported, where two are called alike.
bool nameSettings(Program &program, const std::vector<SettingPoint> &points,
                  std::vector<resolved::Experiment> &settings);
/// Whether a clause says more than one thing in one way: then its experiment has axes of settings.
bool hasSettings(const ast::ExperimentDecl &decl);
/// `augment` of a training; needs the experiment's network.
void resolveAugmentation(Program &program, const Point &training, resolved::Experiment &experiment);
/// `validate` of a training; needs the experiment's data and network.
void resolveValidation(Program &program, const Point &training, resolved::Experiment &experiment);
/// What certified accuracies are told from; needs what is measured and shown.
void resolveCertificate(Program &program, resolved::Experiment &experiment);
/// `gradients`; needs the experiment's defenses.
void resolveEstimators(Program &program, resolved::Experiment &experiment);
/// `transfer from D of N` at a point (Transfer.cpp), whose model the experiment then has, unless it is one of
/// its own; nothing with errors reported.
std::optional<resolved::Estimator> resolveSource(Program &program, const ast::Estimator &written,
                                                 const Point &point, resolved::Experiment &experiment);
/// `on N test images`; needs the experiment's data, defenses and attacks (CheckImages.cpp).
void resolveImages(Program &program, resolved::Experiment &experiment);
/// `judge`, `repeat`, `compare`, and what is a setting.
void resolveSettings(Program &program, resolved::Experiment &experiment);
/// Weak evaluation and too few images (S5.7) in all settings of an experiment; needs everything else
/// resolved.
void checkClaims(Program &program, const std::vector<resolved::Experiment> &settings);
/// A measure with its arguments; false with errors reported.
bool resolveMeasure(Program &program, const ast::Measure &measure, const resolved::Experiment &experiment,
                    resolved::Measure &result);
/// It at each value that it gives in a list.
std::vector<resolved::Measure> eachOf(const resolved::Measure &measure);
/// Settings that are said of one measure hold for all of its kind.
void shareSettings(resolved::Experiment &experiment);
/// Of a show across experiments what one of them does not have: axes that some of them have, and which of its
/// measures mean nothing there.
struct Elsewhere {
  std::set<std::string> axes;
  std::vector<bool> meansNothing;
};
/// A table or plot of all settings: every axis is a row, a column or a named aggregate (S5.6). Of a show
/// across experiments the experiment's share.
bool resolveShow(Program &program, const ast::Clause &clause,
                 const std::vector<resolved::Experiment> &settings, resolved::Show &result,
                 const Elsewhere *elsewhere = nullptr);
/// `show` beside experiments, each with its settings, in the order of the program; one without any had errors
/// (JointShows.cpp).
void resolveJointShows(Program &program, const std::vector<std::vector<resolved::Experiment>> &experiments);
/// `show plot of ... against epoch`.
bool resolveCurves(Program &program, const ast::Clause &clause,
                   const std::vector<resolved::Experiment> &settings, resolved::Show &result);
/// What stands behind `with` of a show; needs all else of it.
void resolveDrawing(Program &program, const ast::Clause &clause, const ShowGrid &grid,
                    resolved::Show &result);
/// Whether an item of `attack with` is one call; else an error.
bool isOneAttack(Diagnostics &diagnostics, const Point &item);
/// That nothing would tell the rows of two attacks apart.
void reportAlike(Diagnostics &diagnostics, const Point &item, const resolved::Attack &first,
                 const resolved::Attack &second);
/// `show examples`.
bool resolveExamples(Program &program, const ast::Clause &clause,
                     const std::vector<resolved::Experiment> &settings, resolved::Show &result);

} // namespace switchyard

#endif
