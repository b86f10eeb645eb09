// Finished work as store entries, and back.
#ifndef SWITCHYARD_RUNTIME_PLAN_ENTRIES_H
#define SWITCHYARD_RUNTIME_PLAN_ENTRIES_H

#include "runtime/contract/Plan.h"
#include "runtime/plan/Buffer.h"
#include "runtime/plan/PairJudge.h"
#include "runtime/plan/Store.h"

namespace switchyard::rt {

StoreEntry trainEntry(const std::string &key, const Job &job, const TrainOutcome &outcome,
                      const Buffers &parameters);
StoreEntry accuracyEntry(const std::string &key, const Job &job, const AccuracyOutcome &outcome);
StoreEntry attackEntry(const std::string &key, const Job &job, const AttackOutcome &outcome);
/// What an attack has made, for whoever judges it otherwise: `packed` has so many floats for each pair.
StoreEntry examplesEntry(const std::string &key, const Job &job, const AttackOutcome &outcome, int64_t pixels,
                         const std::string &packed);
/// Where the checkpoint of the training with this key is kept.
std::string checkpointKey(const std::string &key);
/// A training after some of its epochs, optimizer state included; `key` is the training's own.
StoreEntry checkpointEntry(const std::string &key, const Job &job, const TrainOutcome &outcome,
                           const Buffers &parameters, const Buffers &state, const Buffers &best);

/// What is known of a data set, under its identity (data/Identity.h).
StoreEntry dataEntry(const std::string &identity, const std::string &name, const DatasetOutcome &outcome);

/// The readers throw std::runtime_error where the entry is not what its key promises. `parameters` and
/// `state` are filled; buffers that are there already keep their place. `gradients`: how many the training's
/// step tallies.
TrainOutcome readTrain(const StoreEntry &entry, const TrainJob &job, size_t gradients, Buffers &parameters);
AccuracyOutcome readAccuracy(const StoreEntry &entry);
AttackOutcome readAttack(const StoreEntry &entry);
Examples readExamples(const StoreEntry &entry);
DatasetOutcome readData(const StoreEntry &entry);
TrainOutcome readCheckpoint(const StoreEntry &entry, size_t gradients, Buffers &parameters, Buffers &state,
                            Buffers &best);

} // namespace switchyard::rt

#endif
