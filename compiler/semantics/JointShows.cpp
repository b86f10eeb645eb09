// Shows that stand beside experiments. Each experiment that measures what is asked has a share, checked as a
// show of its own; nothing is brought together across experiments, which are rows, columns, pages or curves.

#include "compiler/semantics/AxisTable.h"
#include "compiler/semantics/Clauses.h"
#include "compiler/semantics/Program.h"
#include "compiler/semantics/ShowGrid.h"
#include "compiler/syntax/Writer.h"
#include "runtime/contract/Curves.h"
#include "runtime/contract/Grid.h"
#include "runtime/contract/ShowRules.h"

#include <algorithm>

namespace switchyard {

using namespace ast;

namespace {

using rt::findMeasure;

/// Why a measure means nothing in an experiment; empty where it does.
std::string whyNothing(const std::string &name, const resolved::Experiment &experiment) {
  const rt::MeasureKind *kind = findMeasure(name);
  if (!kind)
    return ""; // said by the first that looks at it
  if (kind->ofAttacks && experiment.attacks.empty())
    return "the experiment attacks nothing";
  if (kind->needsBaseline && experiment.baseline < 0)
    return "no defense `none` to compare with";
  if (kind->needsBaseline && kind->ofAttacks && experiment.ownCorrect)
    return "each defense is attacked on images of its own";
  if (kind->ofCertificates && !experiment.certificate)
    return "the experiment certifies nothing";
  return "";
}

using Settings = std::vector<resolved::Experiment>;

class JointShowChecker {
public:
  JointShowChecker(Program &program, const ShowDecl &decl, const std::vector<Settings> &experiments,
                   resolved::JointShow &result)
      : program(program), diagnostics(program.diagnostics), clause(decl.clause), experiments(experiments),
        result(result) {}

  bool check() {
    const int before = diagnostics.troubles();
    choose();
    if (diagnostics.troubles() == before)
      measured();
    if (diagnostics.troubles() == before)
      form();
    if (diagnostics.troubles() == before)
      axes();
    for (resolved::ShowPart &part : result.parts)
      if (diagnostics.troubles() == before) // of several one says it
        share(part);
    if (diagnostics.troubles() == before)
      whole();
    return diagnostics.troubles() == before;
  }

private:
  const resolved::Experiment &first(size_t experiment) const { return experiments[experiment].front(); }

  /// The places of the experiments that are asked.
  void choose() {
    const ShowPart *from = nullptr;
    for (const ShowPart &part : clause.parts)
      if (part.kind == ShowPartKind::From) {
        if (from)
          diagnostics.error(Id::ShownTwice, part.location, "experiments are chosen already; name them once");
        from = &part;
      }
    std::vector<const Decl *> all;
    for (auto &decl : program.user().declarations)
      if (as<ExperimentDecl>(decl.get()))
        all.push_back(decl.get());
    if (all.empty() && !from && program.tables.at(&program.user()).broken.count(DeclKind::Experiment))
      return diagnostics.follow();
    if (all.empty() && !from)
      diagnostics.error(Id::NoExperimentShown, clause.location,
                        "`show` beside experiments shows what they measure, and this program has none");
    for (size_t i = 0; i < all.size() && !from; ++i)
      chosen.push_back(i);
    for (size_t i = 0; from && i < from->names.size(); ++i)
      named(all, from->names[i], from->locations[i]);
    for (size_t one : chosen)
      if (experiments[one].empty()) // it has errors of its own
        diagnostics.follow();
  }

  void named(const std::vector<const Decl *> &all, const std::string &name, Location where) {
    const Decl *decl = program.look(DeclKind::Experiment, name, program.user());
    auto found = std::find(all.begin(), all.end(), decl);
    if (found == all.end() && program.mayBe(DeclKind::Experiment, name, program.user()))
      return diagnostics.follow();
    if (found == all.end()) {
      const std::vector<std::string> known = program.namesOf(DeclKind::Experiment, program.user());
      auto &error = diagnostics.error(Id::UnknownExperiment, where,
                                      "there is no experiment `" + name + "`" + didYouMean(name, known));
      if (!known.empty())
        error.note("there are " + joined(known, ", "));
      return;
    }
    program.references.add(where, Referent::Experiment, decl->location);
    const size_t place = static_cast<size_t>(found - all.begin());
    if (std::find(chosen.begin(), chosen.end(), place) != chosen.end())
      diagnostics.error(Id::ShownTwice, where, "`" + name + "` is chosen already; name it once");
    chosen.insert(std::upper_bound(chosen.begin(), chosen.end(), place), place); // in the program's order
    asked.insert(place);
  }

  /// The measure on the x axis; null where there is none.
  const Measure *against() const {
    for (const ShowPart &part : clause.parts)
      if (part.kind == ShowPartKind::Against)
        return &part.against;
    return nullptr;
  }

  /// Keeps the experiments that measure any of what is asked.
  void measured() {
    if (clause.name == "examples") // they are no measures
      return;
    const Measure *x = against() && findMeasure(against()->name) ? against() : nullptr;
    std::vector<std::pair<size_t, std::string>> without; // experiments, and why
    for (size_t one : chosen) {
      resolved::ShowPart part;
      part.experiment = one;
      for (const Measure &measure : clause.measures)
        part.missing.push_back(whyNothing(measure.name, first(one)));
      std::string why = x ? whyNothing(x->name, first(one)) : "";
      if (why.empty() && std::none_of(part.missing.begin(), part.missing.end(),
                                      [](const std::string &reason) { return reason.empty(); }))
        why = part.missing.front();
      if (why.empty())
        result.parts.push_back(std::move(part));
      else
        without.push_back({one, why});
    }
    if (result.parts.empty())
      return nobody(clause.measures.front(), without);
    for (const auto &[one, why] : without)
      if (asked.count(one))
        diagnostics.error(Id::NotMeasured, clause.location,
                          "experiment `" + first(one).name + "` measures nothing of this: " + why);
    for (size_t i = 0; i < clause.measures.size(); ++i)
      if (std::none_of(result.parts.begin(), result.parts.end(),
                       [&](const resolved::ShowPart &part) { return part.missing[i].empty(); })) {
        without.clear();
        for (const resolved::ShowPart &part : result.parts)
          without.push_back({part.experiment, part.missing[i]});
        nobody(clause.measures[i], without);
      }
  }

  void nobody(const Measure &measure, const std::vector<std::pair<size_t, std::string>> &without) {
    auto &error =
        diagnostics.error(Id::NotMeasured, measure.location, "no experiment measures `" + measure.name + "`");
    for (const auto &[one, why] : without)
      error.note(first(one).decl->location, why);
  }

  /// Pictures of examples and curves of trainings belong to one experiment.
  void form() {
    auto isAxis = [&](const std::string &name) {
      return std::any_of(result.parts.begin(), result.parts.end(), [&](const resolved::ShowPart &part) {
        return AxisTable(experiments[part.experiment]).has(name);
      });
    };
    const bool alongEpochs =
        clause.name == "plot" && against() && against()->name == rt::epochAxis && !isAxis(rt::epochAxis);
    if (clause.name == "examples" || alongEpochs)
      diagnostics.error(
          Id::JointForm, clause.location,
          std::string(alongEpochs ? "curves of trainings" : "pictures of examples") +
              " are shown in the experiment that makes them; across experiments there are `show "
              "table`, `show plot` and `show scatter`");
  }

  /// Every axis is one of some experiment, and means the same in each.
  void axes() {
    elsewhere.axes.insert(rt::experimentAxis);
    std::map<std::string, size_t> ofAttacks, ofDefenses; // axes, with an experiment
    for (const resolved::ShowPart &part : result.parts) {
      AxisTable table(experiments[part.experiment]);
      for (const std::string &name : table.names()) {
        elsewhere.axes.insert(name);
        (table.isOfAttacks(name) ? ofAttacks : ofDefenses).insert({name, part.experiment});
      }
    }
    for (const auto &[name, where] : axesNamed())
      if (auto attack = ofAttacks.find(name), defense = ofDefenses.find(name); !elsewhere.axes.count(name))
        unknown(name, where);
      else if (attack != ofAttacks.end() && defense != ofDefenses.end())
        diagnostics.error(Id::AxisTwoThings, where,
                          "`" + name + "` is of attacks in experiment `" + first(attack->second).name +
                              "` and of defenses in `" + first(defense->second).name +
                              "`; give one of them another name");
    experimentNamed();
  }

  void unknown(const std::string &name, Location where) {
    const std::vector<std::string> known(elsewhere.axes.begin(), elsewhere.axes.end());
    diagnostics
        .error(Id::UnknownAxis, where, "no experiment has an axis `" + name + "`" + didYouMean(name, known))
        .note("their axes are " + joined(known, ", "));
  }

  /// What stands behind `by`, `for each` and `against`, and is aggregated.
  std::vector<std::pair<std::string, Location>> axesNamed() const {
    std::vector<std::pair<std::string, Location>> list;
    auto aggregated = [&](const Measure &measure) {
      for (const Aggregate &one : measure.aggregates)
        for (const std::string &axis : one.over)
          list.push_back({axis, one.location});
    };
    for (const ShowPart &part : clause.parts) {
      if (part.kind == ShowPartKind::By || part.kind == ShowPartKind::ForEach)
        for (size_t i = 0; i < part.names.size(); ++i)
          list.push_back({part.names[i], part.locations[i]});
      if (part.kind == ShowPartKind::Against && findMeasure(part.against.name))
        aggregated(part.against);
      else if (part.kind == ShowPartKind::Against && clause.name == "plot")
        list.push_back({part.against.name, part.against.location});
    }
    for (const Measure &measure : clause.measures)
      aggregated(measure);
    return list;
  }

  /// Nothing is brought together across experiments: each is told apart, once.
  void experimentNamed() {
    const int before = diagnostics.troubles();
    for (const Measure &measure : clause.measures)
      for (const Aggregate &one : measure.aggregates)
        if (std::find(one.over.begin(), one.over.end(), rt::experimentAxis) != one.over.end())
          diagnostics.error(
              Id::AggregatedAxis, one.location,
              "nothing is brought together across experiments: make `experiment` a row or column");
    if (diagnostics.troubles() > before)
      return;
    int times = 0;
    for (const ShowPart &part : clause.parts) {
      const bool names = part.kind == ShowPartKind::By || part.kind == ShowPartKind::ForEach;
      for (size_t i = 0; names && i < part.names.size(); ++i)
        if (part.names[i] == rt::experimentAxis && ++times > 1)
          diagnostics.error(Id::ShownTwice, part.locations[i],
                            "`experiment` has its place already; name it once");
      if (part.kind == ShowPartKind::Against && part.against.name == rt::experimentAxis && ++times > 1)
        diagnostics.error(Id::ShownTwice, part.against.location,
                          "`experiment` has its place already; name it once");
    }
    if (times > 0 || result.parts.size() < 2)
      return;
    const std::string one = first(result.parts[0].experiment).name;
    diagnostics
        .error(Id::SilentAverage, clause.measures.front().location,
               "`" + clause.measures.front().name + "` is measured in several experiments (" + one + ", " +
                   first(result.parts[1].experiment).name + (result.parts.size() > 2 ? ", ..." : "") +
                   "), and `experiment` is no row and no column")
        .note("add it behind `by` or `for each`, or choose one of them: `from " + one + "`");
  }

  /// What the experiment has of the show.
  void share(resolved::ShowPart &part) {
    elsewhere.meansNothing.clear();
    for (const std::string &reason : part.missing)
      elsewhere.meansNothing.push_back(!reason.empty());
    const size_t before = diagnostics.reports();
    resolveShow(program, clause, experiments[part.experiment], part.show, &elsewhere);
    const bool ofGrid =
        diagnostics.reports() > before &&
        (diagnostics.all()[before].id == Id::SilentAverage || diagnostics.all()[before].id == Id::ShowRule);
    if (ofGrid && result.parts.size() > 1)
      diagnostics.noteSince(before, first(part.experiment).decl->location,
                            "so it is in experiment `" + first(part.experiment).name + "`");
  }

  /// The show with all axes; all else is as in its parts.
  void whole() {
    result.show = result.parts.front().show;
    result.show.by.clear();
    result.show.forEach.clear();
    for (const ShowPart &part : clause.parts)
      if (part.kind == ShowPartKind::By || part.kind == ShowPartKind::ForEach)
        for (const std::string &name : part.names)
          (part.kind == ShowPartKind::By ? result.show.by : result.show.forEach).push_back(name);
    for (size_t i = 0; i < clause.measures.size(); ++i) {
      result.show.measures[i].arguments = commonArguments(i);
      result.show.measures[i].aggregates.clear();
      for (const Aggregate &one : clause.measures[i].aggregates)
        result.show.measures[i].aggregates.push_back({one.how, one.over});
    }
    panels();
  }

  static std::string textOf(const NamedValues &values) {
    std::string text;
    for (const NamedValue &one : values)
      text += one.name + " = " + one.value.text() + "; ";
    return text;
  }

  /// None where experiments have others: tables say which then.
  NamedValues commonArguments(size_t measure) const {
    const NamedValues *first = nullptr;
    for (const resolved::ShowPart &part : result.parts) {
      const NamedValues &its = part.show.measures[measure].arguments;
      if (!part.missing[measure].empty())
        continue;
      if (first && textOf(*first) != textOf(its))
        return {};
      first = &its;
    }
    return first ? *first : NamedValues();
  }

  void panels() {
    const std::vector<std::string> &pages = result.show.forEach;
    const bool each = std::find(pages.begin(), pages.end(), rt::experimentAxis) != pages.end();
    size_t count = 0;
    for (const resolved::ShowPart &part : result.parts) {
      const size_t own = ShowGrid(experiments[part.experiment]).pages(part.show);
      count = each ? count + own : std::max(count, own);
    }
    if (result.show.panels && count > static_cast<size_t>(rt::mostPanels))
      diagnostics.error(Id::DrawnPanels, clause.location,
                        "a plot has at most " + std::to_string(rt::mostPanels) + " panels, these are " +
                            std::to_string(count) + "; without `with panels` each is a file of its own");
  }

  Program &program;
  Diagnostics &diagnostics;
  const Clause &clause;
  const std::vector<Settings> &experiments;
  resolved::JointShow &result;
  std::vector<size_t> chosen;
  std::set<size_t> asked; // by name
  Elsewhere elsewhere;
};

} // namespace

void resolveJointShows(Program &program, const std::vector<Settings> &experiments) {
  for (auto &decl : program.user().declarations)
    if (auto *show = as<ShowDecl>(decl.get())) {
      resolved::JointShow joint;
      if (JointShowChecker(program, *show, experiments, joint).check())
        program.checked.jointShows.push_back(std::move(joint));
    }
}

} // namespace switchyard
