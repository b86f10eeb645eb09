// Owns all handles of a context. A handle given back waits for the next prepare of the same geometry, which
// then costs only the packing of weights: a train step allocates nothing after its first run.
#ifndef SWITCHYARD_RUNTIME_KERNELS_HANDLEPOOL_H
#define SWITCHYARD_RUNTIME_KERNELS_HANDLEPOOL_H

#include "runtime/kernels/Handle.h"

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace switchyard::rt {

class HandlePool {
public:
  using Make = std::function<std::unique_ptr<swy_handle>()>;

  /// A waiting handle of this key, or a new one from `make`.
  swy_handle *take(const HandleKey &key, const Make &make);
  /// Throws std::runtime_error for a handle that is not held.
  void giveBack(swy_handle *handle);

  const std::vector<std::unique_ptr<swy_handle>> &all() const { return handles; }

private:
  std::vector<std::unique_ptr<swy_handle>> handles;
  std::map<HandleKey, std::vector<swy_handle *>> waiting;
};

} // namespace switchyard::rt

#endif
