// results.json: rows as objects with the same names as the columns of results.csv; infinities and missing
// values are null, as JSON knows neither.
#include "runtime/report/Results.h"

#include <nlohmann/json.hpp>

namespace switchyard::rt {

using Json = nlohmann::ordered_json;

static Json rowJson(const ResultRow &row) {
  const Score &score = row.score;
  Json json = {{"experiment", row.experiment}, {"dataset", row.dataset},
               {"defense", row.defense},       {"family", row.family},
               {"attack", row.attack},         {"gradients", row.gradients},
               {"judge", row.judge},           {"axes", Json::object()},
               {"measure", row.measure},       {"compared_with", row.comparedWith}};
  for (const auto &[name, value] : row.axes)
    json["axes"][name] = {{"value", value.value}, {"text", value.text}};
  for (const auto &[name, value] :
       {std::pair("value", score.value), {"low", score.low}, {"high", score.high}})
    json[name] = score.defined ? Json(value) : Json();
  json["bounded"] = score.bounded;
  json["interval_over"] = intervalOver(score);
  for (const auto &[name, value] : {std::pair("images", score.images),
                                    {"pairs", score.pairs},
                                    {"draws", score.draws.low},
                                    {"paths", score.paths.high}})
    json[name] = score.defined ? Json(value) : Json();
  json["forward_passes"] = row.passes ? Json(row.passes->forward) : Json();
  json["backward_passes"] = row.passes ? Json(row.passes->backward) : Json();
  for (const auto &[name, run] : {std::pair("training_run", row.trainingRun), {"attack_run", row.attackRun}})
    json[name] = run > 0 ? Json(run) : Json();
  json["between_trainings"] = score.betweenTrainings; // NaN is written as null
  json["between_attacks"] = score.betweenAttacks;
  json["seed"] = row.seed;
  if (row.precision != Precision::Float32)
    json["precision"] = precisionName(row.precision);
  json["job"] = row.job;
  json["notes"] = score.allNotes();
  return json;
}

static Json trainingJson(const Job &job, const std::string &key, const TrainOutcome &training) {
  Json json = {
      {"job", key}, {"label", job.label}, {"epoch_loss", training.epochLoss}, {"seconds", training.seconds}};
  const std::optional<Validation> &validation = job.as<TrainJob>().validation;
  if (!validation)
    return json;
  json["validation_accuracy"] = training.validation;
  json["kept_epoch"] = validation->keepBest ? *training.bestEpoch() + 1 : int64_t(training.epochLoss.size());
  return json;
}

std::string resultsJson(const Plan &plan, const Outcomes &outcomes, const std::vector<ResultRow> &rows) {
  Json json;
  json["schema"] = 1;
  json["program"] = {{"file", plan.file}, {"resolved", plan.resolved}, {"modules", plan.modules},
                     {"seed", plan.seed}, {"compiler", plan.compiler}, {"cpu", plan.cpu}};
  json["datasets"] = Json::array();
  for (size_t i = 0; i < plan.datasets.size(); ++i) {
    auto read = outcomes.datasets.find(static_cast<int64_t>(i));
    bool known = read != outcomes.datasets.end();
    json["datasets"].push_back({{"name", plan.datasets[i].name},
                                {"source", plan.datasets[i].source},
                                {"sha256", known ? Json(read->second.digest) : Json()},
                                {"note", known ? read->second.note : ""}});
  }
  json["trainings"] = Json::array();
  for (const auto &[id, training] : outcomes.trainings)
    json["trainings"].push_back(trainingJson(plan.jobs.at(id), outcomes.keyOf(id), training));
  json["failures"] = Json::array();
  for (const auto &[id, failure] : outcomes.failures)
    json["failures"].push_back({{"job", outcomes.keyOf(id)},
                                {"label", plan.jobs.at(id).label},
                                {"message", failure.message},
                                {"failed_job", outcomes.keyOf(failure.job)}});
  json["results"] = Json::array();
  for (const ResultRow &row : rows)
    json["results"].push_back(rowJson(row));
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace switchyard::rt
