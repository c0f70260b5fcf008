#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "base/system/file.h"
#include "catch.h"
#include "fuzz/targets.h"

// What fuzzing has found worth keeping, as plain tests.
namespace wireproof {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(WIREPROOF_SOURCE_DIR) / "tests/fuzz";

std::vector<fs::path> list_inputs(const fs::path& folder) {
  std::vector<fs::path> inputs;
  if (!fs::exists(folder)) return inputs;
  for (const auto& entry : fs::directory_iterator(folder)) inputs.push_back(entry.path());
  std::ranges::sort(inputs);
  return inputs;
}

}  // namespace

TEST_CASE("what fuzzing keeps breaks no promise", "[fuzz]") {
  for (const FuzzTarget& target : kFuzzTargets) {
    for (const char* const kind : {"corpus", "finds"}) {
      for (const fs::path& input : list_inputs(kFolder / kind / target.name)) {
        INFO(input);
        CHECK_NOTHROW(target.run(as_bytes(read_file(input))));
      }
    }
  }
}

TEST_CASE("every fuzz target has a small corpus", "[fuzz]") {
  constexpr std::size_t kMostInputs = 40;
  constexpr std::uintmax_t kMostBytes = 4096;
  for (const FuzzTarget& target : kFuzzTargets) {
    const auto inputs = list_inputs(kFolder / "corpus" / target.name);
    INFO(target.name);
    CHECK_FALSE(inputs.empty());
    CHECK(inputs.size() <= kMostInputs);
    for (const fs::path& input : inputs) {
      INFO(input);
      CHECK(fs::file_size(input) <= kMostBytes);
    }
  }
  for (const char* const kind : {"corpus", "finds"}) {
    for (const fs::path& folder : list_inputs(kFolder / kind)) {
      INFO(folder);
      CHECK(std::ranges::count(kFuzzTargets, folder.filename().string(), &FuzzTarget::name) == 1);
    }
  }
}

}  // namespace wireproof
