// One layer in an order of summation that does not depend on threads (`precision exact_order`): the batch is
// cut into the same pieces whatever the team's size, each piece is one thread's, and sums over pieces go from
// first to last.
#ifndef SWITCHYARD_RUNTIME_KERNELS_CPU_ORDEREDCALL_H
#define SWITCHYARD_RUNTIME_KERNELS_CPU_ORDEREDCALL_H

#include "runtime/kernels/cpu/GroupedCall.h"

#include <memory>

namespace switchyard::rt {

/// A handle for plain calls of any direction; `shape` is that of one channel.
std::unique_ptr<swy_handle> makeOrderedCall(Library &library, GroupedShape shape, GroupedCall::Make make);

} // namespace switchyard::rt

#endif
