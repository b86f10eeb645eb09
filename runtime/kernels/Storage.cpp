// Buffers from LibTorch's CPU allocator, which aligns to 64 bytes.
#include "runtime/kernels/Storage.h"
#include "runtime/contract/abi.h"

#include <c10/core/CPUAllocator.h>
#include <c10/core/alignment.h>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace switchyard::rt {

Storage::Storage(size_t bytes) : size(bytes) {
  static_assert(c10::gAlignment >= SWY_ALIGNMENT, "LibTorch's allocator must align as compiled code expects");
  std::shared_ptr<c10::DataPtr> owner;
  try {
    owner = std::make_shared<c10::DataPtr>(c10::GetCPUAllocator()->allocate(std::max<size_t>(bytes, 1)));
  } catch (const c10::Error &) {
    throw std::runtime_error("cannot allocate " + std::to_string(bytes >> 20) + " MiB of memory");
  }
  memory = std::shared_ptr<void>(owner, owner->get());
}

} // namespace switchyard::rt
