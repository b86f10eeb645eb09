// Measures with their arguments. Some arguments may be lists, of which each value is a measure; some are
// settings, which all measures of one kind in an experiment have in common and which need to be said once.

#include "compiler/semantics/ClauseTable.h"
#include "compiler/semantics/Clauses.h"
#include "compiler/syntax/Writer.h"
#include "runtime/contract/Measures.h"

#include <algorithm>

namespace switchyard {

using namespace ast;

namespace {

using rt::findMeasure;
using rt::MeasureKind;
using rt::measureNames;

/// As written: an attack or defense that failed was reported itself.
bool hasAttacks(const resolved::Experiment &experiment) {
  return findClause(*experiment.decl, ClauseKind::Attack) != nullptr;
}

bool mentionsNone(const resolved::Experiment &experiment) {
  for (const Clause &one : experiment.decl->clauses)
    for (const Item &item : one.group.items)
      if (one.kind == ClauseKind::Defend && item.calls.size() == 1 && item.calls.front()->name() == "none")
        return true;
  return false;
}

/// A measure is shown as it is measured, unless it is written otherwise or measured in several ways.
const resolved::Measure *asMeasured(const Measure &measure, const resolved::Experiment &experiment) {
  const resolved::Measure *found = nullptr;
  if (!measure.arguments.empty())
    return nullptr;
  for (const resolved::Measure &one : experiment.measures)
    if (one.name == measure.name) {
      if (found)
        return nullptr;
      found = &one;
    }
  return found;
}

/// What another measure of the kind says of a setting holds for these that say nothing.
void shareSettings(const MeasureKind &kind, const std::vector<resolved::Measure> &measured,
                   NamedValues &values) {
  for (const rt::MeasureArgument &argument : kind.arguments)
    for (NamedValue &own : values)
      if (argument.role == rt::MeasureArgument::Role::Setting && own.name == argument.name && !own.written)
        for (const resolved::Measure &other : measured)
          if (const MeasureKind *ofOther = findMeasure(other.name); ofOther == &kind)
            for (const NamedValue &one : other.arguments)
              if (one.name == own.name && one.written)
                own.value = one.value;
}

/// Where the argument stands, or what lacks it.
Location placeOf(const Measure &measure, const MeasureKind &kind, const rt::MeasureArgument &argument) {
  const size_t position = size_t(&argument - kind.arguments.data());
  for (size_t i = 0; i < measure.arguments.size(); ++i)
    if (measure.arguments[i].name.empty() ? i == position : measure.arguments[i].name == argument.name)
      return measure.arguments[i].value->location;
  return measure.location;
}

/// Each value of an axis of the measure's own is a number from 0 on.
bool axesFit(Program &program, const Measure &measure, const MeasureKind &kind, const NamedValues &values) {
  for (const rt::MeasureArgument &argument : kind.arguments) {
    const Value *given = find(values, argument.name);
    if (argument.role != rt::MeasureArgument::Role::Axis || !given)
      continue;
    for (const Value &one : given->isList() ? given->list() : Value::List{*given})
      if (!convert(program, one, {argument.name, CatalogParameter::NonNegative, ""},
                   placeOf(measure, kind, argument), "measure `" + measure.name + "`"))
        return false;
  }
  return true;
}

NamedValues argumentsOf(Program &program, const Measure &measure, const MeasureKind &kind,
                        const resolved::Experiment &experiment) {
  if (const resolved::Measure *measured = asMeasured(measure, experiment))
    return measured->arguments;
  std::vector<CatalogParameter> parameters;
  for (const rt::MeasureArgument &argument : kind.arguments)
    parameters.push_back({argument.name,
                          argument.role == rt::MeasureArgument::Role::Axis ? CatalogParameter::Numbers
                                                                           : CatalogParameter::NonNegative,
                          argument.byDefault});
  auto values = bindArguments(program, measure.arguments, measure.location, parameters,
                              topScope(program, program.user()), "measure `" + measure.name + "`");
  if (!values || !axesFit(program, measure, kind, *values))
    return {};
  shareSettings(kind, experiment.measures, *values);
  return std::move(*values);
}

/// `mean over` and `worst over`, where they have a meaning.
void resolveAggregates(Program &program, const Measure &measure, const MeasureKind &kind,
                       resolved::Measure &result) {
  for (const Aggregate &one : measure.aggregates) {
    if (one.how != "mean" && one.how != "worst")
      program.diagnostics
          .error(Id::UnknownAggregate, one.location,
                 "there is no aggregate `" + one.how + "`" + didYouMean(one.how, {"mean", "worst"}))
          .note("known are `mean over` and `worst over`");
    if (one.how == "worst" && !kind.mayBeWorst)
      program.diagnostics.error(Id::WorstOfNoSuccess, one.location,
                                "`worst over` takes for each example the attack that succeeds most, and `" +
                                    kind.name + "` is no success");
    result.aggregates.push_back({one.how, one.over});
  }
}

} // namespace

/// Where the measure's name stands.
static Location wordOf(const Measure &measure) {
  Location place = measure.location;
  return {place.file, place.line, place.column, static_cast<int>(measure.name.size())};
}

void shareSettings(resolved::Experiment &experiment) {
  for (resolved::Measure &one : experiment.measures)
    shareSettings(*findMeasure(one.name), experiment.measures, one.arguments);
}

std::vector<resolved::Measure> eachOf(const resolved::Measure &measure) {
  std::vector<resolved::Measure> all{measure};
  for (size_t i = 0; i < measure.arguments.size(); ++i) {
    if (!measure.arguments[i].value.isList())
      continue;
    const Value list = measure.arguments[i].value;
    all.clear();
    for (const Value &value : list.list()) {
      all.push_back(measure);
      all.back().arguments[i].value = value;
    }
  }
  return all;
}

bool resolveMeasure(Program &program, const Measure &measure, const resolved::Experiment &experiment,
                    resolved::Measure &result) {
  int before = program.diagnostics.troubles();
  const MeasureKind *kind = findMeasure(measure.name);
  if (!kind) {
    std::string missing = notBuilt(measure.name, rt::unbuiltMeasure(measure.name));
    program.diagnostics.error(missing.empty() ? Id::UnknownMeasure : Id::NotBuilt, measure.location,
                              !missing.empty() ? missing
                                               : "there is no measure `" + measure.name + "`" +
                                                     didYouMean(measure.name, measureNames()));
    return false;
  }
  if (kind->ofAttacks && !hasAttacks(experiment))
    program.diagnostics.error(Id::MeasureNeedsAttacks, measure.location,
                              "`" + measure.name + "` needs attacks: `attack with { ... }`");
  if (kind->needsBaseline && kind->ofAttacks && experiment.ownCorrect)
    program.diagnostics
        .error(Id::OwnImages, measure.location,
               "`" + measure.name +
                   "` compares a defense with `none` on the same images, and here each is attacked on those "
                   "that it classifies correctly itself")
        .note("write `that none classifies correctly`, or leave it out for all images");
  if (kind->needsBaseline && experiment.baseline < 0 && !mentionsNone(experiment))
    program.diagnostics.error(Id::MeasureNeedsNone, measure.location,
                              "`" + measure.name +
                                  "` compares with the unprotected model: put `none` "
                                  "among the defenses");
  program.references.add(wordOf(measure), Referent::Measure);
  result.name = measure.name;
  result.location = measure.location;
  resolveAggregates(program, measure, *kind, result);
  result.arguments = argumentsOf(program, measure, *kind, experiment);
  return program.diagnostics.troubles() == before;
}

} // namespace switchyard
