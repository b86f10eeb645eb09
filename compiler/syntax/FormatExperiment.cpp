// The one format of experiments: one clause a line, one item of a group a line.

#include "compiler/syntax/Print.h"
#include "compiler/syntax/Writer.h"

namespace switchyard {

using namespace ast;

namespace {

std::string loopsText(const std::vector<ForIn> &loops) {
  std::string result;
  for (const ForIn &one : loops)
    result += " for " + joined(one.variables, ", ") + " in " + format(*one.list);
  return result;
}

std::string itemText(const Item &item) {
  return titleText(item) + compositionText(item.calls, callText) + loopsText(item.loops);
}

void writeItems(Writer &out, const std::vector<Item> &items) {
  for (const Item &one : items) {
    if (!one.items) {
      out.line(itemText(one));
      continue;
    }
    out.open("family " + one.family);
    writeItems(out, one.items->items);
    out.close();
  }
}

void writeGroup(Writer &out, const std::string &head, const Group &group) {
  if (group.items.size() == 1 && !group.items[0].items)
    return out.line(head + " { " + itemText(group.items[0]) + " }" + loopsText(group.loops));
  out.open(head);
  writeItems(out, group.items);
  out.close(loopsText(group.loops));
}

std::string measureText(const Measure &measure) {
  std::vector<std::string> parts;
  if (!measure.arguments.empty())
    parts.push_back(argumentsText(measure.arguments));
  for (const Aggregate &one : measure.aggregates)
    parts.push_back(one.how + " over " + joined(one.over, ", "));
  return measure.name + (measure.parentheses ? "(" + joined(parts, ", ") + ")" : "");
}

std::string measuresText(const std::vector<Measure> &measures) {
  std::vector<std::string> parts;
  for (const Measure &one : measures)
    parts.push_back(measureText(one));
  return joined(parts, ", ");
}

std::string partText(const ShowPart &part) {
  switch (part.kind) {
  case ShowPartKind::Against:
    return " against " + measureText(part.against);
  case ShowPartKind::By:
    return " by " + joined(part.names, ", ");
  case ShowPartKind::ForEach:
    return " for each " + joined(part.names, ", ");
  case ShowPartKind::From:
    return " from " + joined(part.names, ", ");
  case ShowPartKind::With:
    return " with " + callText(*part.call);
  case ShowPartKind::First:
    return " for first " + format(*part.count) + " images";
  case ShowPartKind::At:
    break;
  }
  return " at " + callText(*part.call) + " of image " + format(*part.image);
}

void writeReprogram(Writer &out, const Reprogram &reprogram) {
  out.open("reprogram to " + reprogram.dataset);
  if (reprogram.hasTransform) {
    out.open("transform");
    writeLayers(out, reprogram.transform, callText);
    out.close();
  }
  if (reprogram.fit)
    out.line("fit " + callText(*reprogram.fit));
  if (reprogram.labels)
    out.line("labels " + callText(*reprogram.labels));
  out.close(loopsText(reprogram.loops));
}

std::string estimatorsText(const std::vector<Estimator> &estimators) {
  std::vector<std::string> parts;
  for (const Estimator &one : estimators)
    parts.push_back((one.call ? callText(*one.call) : transferText(one, callText)) + identitiesText(one) +
                    loopsText(one.loops));
  return joined(parts, ", ");
}

std::string judgesText(const Clause &clause) {
  std::vector<std::string> parts;
  for (auto &one : clause.judges)
    parts.push_back(callText(*one));
  return joined(parts, ", ");
}

std::string imagesText(const Clause &clause) {
  return "on " + countText(format(*clause.count), clause.random) + " " + clause.split + " images" +
         (clause.correctFor.empty() ? "" : " that " + clause.correctFor + " classifies correctly") +
         (clause.goal ? ", " + goalText(*clause.goal) : "");
}

} // namespace

std::string titleText(const Item &item) {
  return item.title.empty() ? "" : '"' + item.title + "\": ";
}

std::string identitiesText(const Estimator &estimator) {
  std::string text;
  for (const NamedLayer &one : estimator.asIdentity)
    text += " with " + one.name + " as identity";
  return text;
}

std::string countText(const std::string &count, bool random) {
  return random ? count + " random" : "first " + count;
}

std::string validationText(const Validation &one) {
  return "validate on last " + format(*one.images) + " " + one.split + " images" +
         (one.against ? " against " + callText(*one.against) : "") +
         (one.best.empty() ? "" : ", keep best " + one.best) +
         (one.patience ? ", stop after " + format(*one.patience) + " " + one.unit : "");
}

void writeTraining(Writer &out, const std::string &call, const TrainingParts &parts, const CallText &loss,
                   const std::function<std::string(const Validation &)> &validation,
                   const std::string &behind) {
  if (parts.augment.empty() && parts.losses.empty() && parts.validations.empty())
    return out.line(call + behind);
  out.open(call);
  for (const Augmentation &one : parts.augment) {
    out.open("augment");
    writeLayers(out, one.layers, callText);
    out.close();
  }
  for (auto &one : parts.losses)
    out.line("loss " + loss(*one));
  for (const Validation &one : parts.validations)
    out.line(validation(one));
  out.close(behind);
}

void writeChosen(Writer &out, const std::string &word, const Group &group, const std::string &behind,
                 const std::function<void(const Item &, const std::string &)> &item) {
  if (group.isSingle())
    return item(group.items.front(), word + " ");
  out.open(word);
  for (const Item &one : group.items)
    item(one, titleText(one));
  out.close(behind);
}

static void writeChosen(Writer &out, const std::string &word, const Group &group) {
  writeChosen(out, word, group, loopsText(group.loops), [&](const Item &one, const std::string &before) {
    writeTraining(out, before + callText(one.call()), one.training, callText, validationText,
                  loopsText(one.loops));
  });
}

void writeClause(Writer &out, const Clause &clause) {
  switch (clause.kind) {
  case ClauseKind::Dataset:
    return writeChosen(out, "dataset", clause.group);
  case ClauseKind::Network:
    return writeChosen(out, "network", clause.group);
  case ClauseKind::Training:
    return writeChosen(out, "training", clause.group);
  case ClauseKind::Defend:
    return writeGroup(out, "defend with", clause.group);
  case ClauseKind::Attack:
    return writeGroup(out, "attack with", clause.group);
  case ClauseKind::Gradients:
    return out.line("gradients " + estimatorsText(clause.estimators));
  case ClauseKind::Images:
    return out.line(imagesText(clause));
  case ClauseKind::Reprogram:
    return writeReprogram(out, *clause.reprogram);
  case ClauseKind::Probe:
    return out.line("probe " + clause.name + " of " + clause.of + ", " + format(*clause.count) + " draws");
  case ClauseKind::Judge:
    return out.line("judge " + judgesText(clause));
  case ClauseKind::Repeat:
    return out.line("repeat " + clause.name + " " + format(*clause.count) + " times");
  case ClauseKind::Compare:
    return out.line("compare " + sideText(clause.compared, callText) + " with " +
                    sideText(clause.with, callText));
  case ClauseKind::Measure:
    return out.line("measure " + measuresText(clause.measures) +
                    (clause.each.empty() ? "" : " each " + clause.each));
  case ClauseKind::Setting:
    return out.line(clause.name + " " + format(*clause.value));
  case ClauseKind::Show: {
    std::string parts;
    for (const ShowPart &one : clause.parts)
      parts += partText(one);
    return out.line("show " + clause.name + " of " + measuresText(clause.measures) + parts);
  }
  }
}

void writeExperiment(Writer &out, const ExperimentDecl &decl) {
  out.open("experiment " + decl.name + (decl.asPublished ? " as published" : ""));
  for (const Clause &one : decl.clauses)
    writeClause(out, one);
  out.close();
}

} // namespace switchyard
