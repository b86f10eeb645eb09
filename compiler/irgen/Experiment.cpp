// An experiment as one operation: its items in a region, all else in attributes.
#include "compiler/irgen/Generator.h"
#include "compiler/semantics/ShowGrid.h"
#include "dialect/Pictures.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {

static Estimator estimatorOf(resolved::EstimatorKind kind) {
  switch (kind) {
  case resolved::EstimatorKind::OneDraw:
    return Estimator::OneDraw;
  case resolved::EstimatorKind::RandomnessOff:
    return Estimator::RandomnessOff;
  case resolved::EstimatorKind::Eot:
    return Estimator::Eot;
  case resolved::EstimatorKind::FrozenDraw:
    return Estimator::FrozenDraw;
  case resolved::EstimatorKind::AllPaths:
    return Estimator::AllPaths;
  case resolved::EstimatorKind::Transfer:
    return Estimator::Transfer;
  }
  llvm_unreachable("all cases return");
}

SampleSetAttr sampleSet(Generator &g, const std::optional<resolved::Estimator> &estimator) {
  if (!estimator || estimator->kind == resolved::EstimatorKind::OneDraw)
    return {};
  return SampleSetAttr::get(g.builder.getContext(), estimatorOf(estimator->kind), estimator->draws);
}

namespace {

/// The enumerator of a word that the checker has let through: the language's words are the dialect's.
template <typename Enum> Enum enumOf(const std::string &word) {
  return *symbolizeEnum<Enum>(word);
}

class ExperimentGenerator {
public:
  ExperimentGenerator(Generator &g, const resolved::Experiment &experiment)
      : g(g), b(g.builder), context(b.getContext()), e(experiment) {}

  void generate(DefenseGenerator &defenses, AttackGenerator &attacks, OptimizerGenerator &optimizers,
                LossGenerator &losses, std::string &whole) {
    std::string network = generateNetwork(g, e.network);
    for (const resolved::Defense &defense : e.defenses)
      generateParts(defense, e.network, defenses);
    const std::vector<std::string> sources = generateSources(defenses);
    for (const resolved::Attack &attack : e.attacks)
      attack.forEachPart([&](const resolved::Attack &part) {
        attackSymbols[&part] = attacks.generate(part, e.network, e.goal.away);
      });
    FlatSymbolRefAttr augmentation;
    if (!e.training.augmentation.empty())
      augmentation = FlatSymbolRefAttr::get(context, generateAugmentation(g, e));
    FlatSymbolRefAttr loss;
    if (e.training.loss)
      loss = FlatSymbolRefAttr::get(context, losses.generateConstant(*e.training.loss, e.network));
    FlatSymbolRefAttr against;
    SampleSetAttr sampled;
    if (e.training.validation && e.training.validation->against) {
      against = FlatSymbolRefAttr::get(context,
                                       attacks.generateConstant(*e.training.validation->against, e.network));
      sampled = sampleSet(g, e.training.validation->against->estimator);
    }
    ExperimentOp op =
        experiment(network, optimizers.generate(e.training), augmentation, loss, against, sampled);
    if (!e.setting || e.setting->number == 0)
      whole = op.getSymName().str();
    if (e.setting)
      settle(op, whole);
    if (ArrayAttr texts = pictures())
      op->setAttr(picturesAttribute, texts);
    OpBuilder::InsertionGuard guard(b);
    b.createBlock(&op.getBody());
    for (const resolved::Defense &defense : e.defenses)
      defendWith(defense);
    for (const resolved::Attack &attack : e.attacks)
      attackWith(attack);
    for (const resolved::Estimator &estimator : e.estimators)
      estimatedBy(estimator, sources);
  }

private:
  /// Networks of other defenses' models that examples are made on.
  std::vector<std::string> generateSources(DefenseGenerator &defenses) {
    std::vector<std::string> networks;
    for (const resolved::Source &source : e.sources) {
      networks.push_back(generateNetwork(g, source.network));
      generateParts(source.defense, source.network, defenses);
    }
    return networks;
  }

  /// Names the setting; the first one's symbol stands for the `whole` experiment.
  void settle(ExperimentOp op, const std::string &whole) {
    auto list =
        llvm::map_to_vector(axes(e.setting->axes), [](mlir::Attribute one) { return cast<AxisAttr>(one); });
    op.setSettingAttr(SettingAttr::get(context, e.setting->dataset, e.setting->network, e.setting->training,
                                       e.setting->title, list));
    if (e.setting->number > 0)
      op.setPartOfAttr(FlatSymbolRefAttr::get(context, whole));
  }

  ExperimentOp experiment(const std::string &network, const std::string &optimizer,
                          FlatSymbolRefAttr augmentation, FlatSymbolRefAttr loss, FlatSymbolRefAttr against,
                          SampleSetAttr sampled) {
    std::string symbol = g.freshSymbol(e.name);
    mlir::Location loc = g.place(e.location);
    return ExperimentOp::create(b, loc, symbol, g.declared(e.name, symbol), network, dataset(),
                                training(optimizer), static_cast<int64_t>(e.seed), judge(),
                                e.attacks.empty() ? PairsAttr() : pairs(), e.repeatTraining, e.repeatAttack,
                                report(), *symbolizePrecision(find(e.settings, "precision")->word()),
                                augmentation, loss, against, sampled, e.randomImages, e.ownCorrect,
                                certificate(), SettingAttr(), FlatSymbolRefAttr());
  }

  void generateParts(const resolved::Defense &defense, const resolved::Network &network,
                     DefenseGenerator &defenses) {
    for (const resolved::DefensePart &part : defense.parts)
      partSymbols[&part] = defenses.generate(part, network);
    for (const resolved::Defense &member : defense.members)
      generateParts(member, network, defenses);
  }

  void estimatedBy(const resolved::Estimator &estimator, const std::vector<std::string> &sources) {
    bool isOther = estimator.other >= 0;
    auto index = static_cast<size_t>(estimator.other);
    auto op = GradientsOp::create(
        b, g.place(estimator.location), estimatorOf(estimator.kind), estimator.draws, estimator.label,
        estimator.source, isOther ? FlatSymbolRefAttr::get(context, sources[index]) : FlatSymbolRefAttr(),
        estimator.axes.empty() ? ArrayAttr() : axes(estimator.axes), identities(estimator));
    if (!isOther)
      return;
    OpBuilder::InsertionGuard guard(b);
    b.createBlock(&op.getModel());
    defendWith(e.sources[index].defense);
  }

  void defendWith(const resolved::Defense &defense) {
    SmallVector<Attribute> parts, arguments;
    for (const resolved::DefensePart &part : defense.parts) {
      parts.push_back(FlatSymbolRefAttr::get(context, partSymbols.at(&part)));
      arguments.push_back(part.decl->chooses ? b.getDictionaryAttr({})
                                             : realArguments(part.decl->parameters, part.arguments));
    }
    auto chances = defense.chances.empty() ? DenseF64ArrayAttr() : b.getDenseF64ArrayAttr(defense.chances);
    auto use = DefendWithOp::create(b, g.place(defense.location), b.getArrayAttr(parts), defense.label,
                                    b.getArrayAttr(arguments), axes(defense.axes), defense.family,
                                    defense.strength, defense.mounted, FlatSymbolRefAttr(), chances);
    if (defense.members.empty())
      return;
    OpBuilder::InsertionGuard guard(b);
    b.createBlock(&use.getMembers());
    for (const resolved::Defense &member : defense.members)
      defendWith(member);
  }

  void attackWith(const resolved::Attack &attack) {
    mlir::Location loc = g.place(attack.location);
    if (attack.parts.empty()) {
      AttackWithOp::create(b, loc, attackSymbols.at(&attack), attack.label, attackArguments(attack),
                           axes(attack.axes), threat(attack));
      return;
    }
    auto set = WorstOfOp::create(b, loc, attack.label, axes(attack.axes), threat(attack));
    OpBuilder::InsertionGuard guard(b);
    b.createBlock(&set.getMembers());
    for (const resolved::Attack &part : attack.parts)
      attackWith(part);
  }

  NamedAttribute entry(StringRef name, Attribute value) { return b.getNamedAttr(name, value); }
  SmallVector<StringAttr> texts(const std::vector<std::string> &values) {
    return llvm::map_to_vector(values, [&](const std::string &value) { return b.getStringAttr(value); });
  }

  DatasetAttr dataset() {
    SmallVector<NamedAttribute> files;
    for (const NamedValue &argument : e.dataset.arguments)
      if (auto *file = std::get_if<std::string>(&argument.value.data))
        files.push_back(entry(argument.name, b.getStringAttr(*file)));
    auto images = [&](const char *split) -> int64_t {
      const Value *count = find(e.dataset.arguments, split);
      return count ? count->integer() : 0;
    };
    return DatasetAttr::get(context, e.dataset.name, e.dataset.source, images("train"), images("test"),
                            files.empty() ? DictionaryAttr() : b.getDictionaryAttr(files), e.dataset.input,
                            e.network.low.value(), e.network.high.value(), e.dataset.classes);
  }

  TrainingAttr training(const std::string &optimizer) {
    SmallVector<NamedAttribute> scalars;
    for (auto [parameter, argument] : llvm::zip_equal(e.training.decl->parameters, e.training.arguments))
      if (isStepScalar(parameter, argument))
        scalars.push_back(entry(parameter.name, b.getF64FloatAttr(argument.value.real())));
    return TrainingAttr::get(context, FlatSymbolRefAttr::get(context, optimizer),
                             scalars.empty() ? DictionaryAttr() : b.getDictionaryAttr(scalars),
                             e.training.batch, e.training.epochs, validation());
  }

  ValidationAttr validation() {
    const std::optional<resolved::Validation> &one = e.training.validation;
    return one ? ValidationAttr::get(context, one->images, one->keepsBest, one->patience) : ValidationAttr();
  }

  JudgeAttr judge() {
    return e.judge.oneDraw() ? JudgeAttr::get(context, Verdict::OneDraw, 1)
                             : JudgeAttr::get(context, Verdict::Expected, e.judge.draws);
  }

  PairsAttr pairs() {
    Aim aim = e.goal.away ? Aim::Away : enumOf<Aim>(e.goal.choice);
    return PairsAttr::get(context, e.images, e.correctOnly,
                          GoalAttr::get(context, aim, aim == Aim::Class ? e.goal.index : -1));
  }

  ArrayAttr identities(const resolved::Estimator &estimator) {
    std::vector<StringRef> names(estimator.asIdentity.begin(), estimator.asIdentity.end());
    return names.empty() ? ArrayAttr() : b.getStrArrayAttr(names);
  }

  CertificateAttr certificate() {
    const std::optional<resolved::Certificate> &one = e.certificate;
    return one ? CertificateAttr::get(context, one->selection, one->draws, one->images, e.randomImages)
               : CertificateAttr();
  }

  ReportAttr report() {
    auto comparisons = llvm::map_to_vector(
        e.comparisons, [&](auto pair) { return ContrastAttr::get(context, pair.first, pair.second); });
    SmallVector<ShowAttr> shows;
    for (const resolved::Show &one : e.shows)
      if (!isPicture(one))
        shows.push_back(show(one));
    auto judges = llvm::map_to_vector(e.judge.verdicts, [&](const rt::Verdict &one) {
      return JudgedAttr::get(context, enumOf<Verdict>(rt::verdictWord(one.kind)), one.answers);
    });
    return ReportAttr::get(context, measures(e.measures), shows, comparisons, judges, e.baseline,
                           e.asPublished);
  }

  SmallVector<AggregateAttr> aggregates(const std::vector<resolved::Aggregate> &list) {
    return llvm::map_to_vector(list, [&](const resolved::Aggregate &one) {
      return AggregateAttr::get(context, enumOf<Aggregation>(one.how), texts(one.over));
    });
  }

  MeasureAttr measure(const std::string &name, const NamedValues &given,
                      const std::vector<resolved::Aggregate> &list) {
    SmallVector<NamedAttribute> arguments;
    for (const NamedValue &one : given)
      arguments.push_back(entry(one.name, b.getF64FloatAttr(one.value.real())));
    return MeasureAttr::get(context, name,
                            arguments.empty() ? DictionaryAttr() : b.getDictionaryAttr(arguments),
                            aggregates(list));
  }

  SmallVector<MeasureAttr> measures(const std::vector<resolved::Measure> &list) {
    return llvm::map_to_vector(
        list, [&](const resolved::Measure &one) { return measure(one.name, one.arguments, one.aggregates); });
  }

  /// Whether `#swy.show` has no fields for it.
  static bool isPicture(const resolved::Show &s) {
    return !s.attacks.empty() || !s.curves.empty() || s.logX || s.logY || s.panels;
  }

  /// Null where there are none.
  ArrayAttr pictures() {
    SmallVector<Attribute> texts;
    for (const resolved::Show &one : e.shows)
      if (isPicture(one))
        texts.push_back(b.getStringAttr(rt::showText(contractShow(e, one))));
    return texts.empty() ? ArrayAttr() : b.getArrayAttr(texts);
  }

  ShowAttr show(const resolved::Show &s) {
    MeasureAttr against =
        s.againstMeasure ? measure(s.against, s.againstArguments, s.againstAggregates) : MeasureAttr();
    return ShowAttr::get(context, enumOf<Picture>(s.kind), measures(s.measures),
                         s.againstMeasure ? StringRef() : StringRef(s.against), against, texts(s.by),
                         texts(s.forEach), s.fit);
  }

  DictionaryAttr attackArguments(const resolved::Attack &attack) {
    SmallVector<NamedAttribute> entries(realArguments(attack.decl->parameters, attack.arguments).getValue());
    for (const NamedValue &one : attack.counts)
      entries.push_back(entry(one.name, b.getI64IntegerAttr(one.value.integer())));
    return b.getDictionaryAttr(entries);
  }

  /// The numbers that compiled functions take as arguments, by parameter.
  DictionaryAttr realArguments(const std::vector<ast::Parameter> &parameters, const NamedValues &values) {
    SmallVector<NamedAttribute> entries;
    for (const ast::Parameter &parameter : parameters) {
      const Value *value = find(values, parameter.name);
      if (value && isRealParameter(parameter))
        entries.push_back(entry(parameter.name, b.getF64FloatAttr(value->real())));
      else if (value && isIntParameter(parameter))
        entries.push_back(entry(parameter.name, b.getI64IntegerAttr(value->integer())));
    }
    return b.getDictionaryAttr(entries);
  }

  ArrayAttr axes(const resolved::Axes &axes) {
    SmallVector<Attribute> list;
    for (const NamedValue &axis : axes)
      list.push_back(AxisAttr::get(context, axis.name, axis.value.text(),
                                   axis.value.isNumber() ? Real(axis.value.real()) : Real::none()));
    return b.getArrayAttr(list);
  }

  ThreatAttr threat(const resolved::Attack &attack) {
    bool ball = attack.threat.kind == ast::ThreatKind::Within;
    std::string kind = rt::threatWord(*rt::normNamed(attack.threat.norm), ball);
    return ThreatAttr::get(context, enumOf<Norm>(kind), ball ? attack.threat.radius.real() : 0,
                           attack.threat.clipped);
  }

  Generator &g;
  OpBuilder &b;
  MLIRContext *context;
  const resolved::Experiment &e;
  llvm::DenseMap<const resolved::DefensePart *, std::string> partSymbols;
  llvm::DenseMap<const resolved::Attack *, std::string> attackSymbols;
};

} // namespace

void generateExperiment(Generator &g, const resolved::Experiment &experiment, DefenseGenerator &defenses,
                        AttackGenerator &attacks, OptimizerGenerator &optimizers, LossGenerator &losses,
                        std::string &whole) {
  ExperimentGenerator(g, experiment).generate(defenses, attacks, optimizers, losses, whole);
}

} // namespace switchyard
