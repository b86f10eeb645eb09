// What the plan says of a data set (docs/artifact.md, `datasets`).
#ifndef SWITCHYARD_RUNTIME_CONTRACT_DATASETSPEC_H
#define SWITCHYARD_RUNTIME_CONTRACT_DATASETSPEC_H

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace switchyard::rt {

struct DatasetSpec {
  std::string name, source; // source: "synthetic_digits", "mnist"
  std::map<std::string, double> arguments;
  std::map<std::string, std::string> files = {}; // arguments that name a file, absolute
  std::vector<int64_t> input;
  double low = 0, high = 1;
  int64_t classes = 0;
};

} // namespace switchyard::rt

#endif
