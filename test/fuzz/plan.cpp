// The plan of an artifact: refused with the place in its JSON, or read; what is read prints as text that
// reads as itself.
#include "runtime/contract/Plan.h"
#include "test/fuzz/Target.h"

#include <stdexcept>

using namespace switchyard::rt;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string text;
  try {
    text = planText(parsePlan(textOf(data, size)));
  } catch (const std::runtime_error &) {
    return 0;
  }
  if (planText(parsePlan(text)) != text)
    std::abort();
  return 0;
}
