// The book of finished work and of work that is being done: the store, and the claims of all processes that
// share it.
#ifndef SWITCHYARD_RUNTIME_PLAN_LEDGER_H
#define SWITCHYARD_RUNTIME_PLAN_LEDGER_H

#include "runtime/plan/Claims.h"
#include "runtime/plan/Store.h"

namespace switchyard::rt {

class Ledger {
public:
  explicit Ledger(const Store &store, std::chrono::milliseconds lease = std::chrono::seconds(60))
      : store(store), claims(lease) {}

  /// As Store::read.
  std::optional<StoreEntry> find(const std::string &key, std::string &problem) const {
    return store.read(key, problem);
  }
  /// Whether this process may do the work now. Others see it taken until it is recorded or given up, or this
  /// process ends.
  bool claim(const std::string &key) { return claims.take(store.pathOf(key)); }
  void giveUp(const std::string &key) { claims.giveBack(store.pathOf(key)); }
  /// Who does it, in words; empty where nobody does.
  std::string holder(const std::string &key) const { return claims.holder(store.pathOf(key)); }
  /// Writes down what is kept beside finished work; how many bytes it takes.
  size_t add(const StoreEntry &entry) { return store.write(entry); }
  /// Writes the finished work down and ends the claim on it.
  void record(const StoreEntry &entry) {
    store.write(entry);
    giveUp(entry.key);
  }

private:
  const Store &store;
  Claims claims;
};

} // namespace switchyard::rt

#endif
