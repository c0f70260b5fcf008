#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace wireproof {

// One folder of tests/golden/<area>: `input.*` and `expected.*` files, one behaviour per case.
struct GoldenCase {
  std::string name;  // of the folder
  std::filesystem::path folder;

  std::filesystem::path file(const std::string& file_name) const { return folder / file_name; }
};

// A file below tests/golden.
std::filesystem::path golden_file(const std::string& name);

// The cases of an area by name; a test that finds none must fail, so this throws then.
std::vector<GoldenCase> golden_cases(const std::string& area);

// The whole file; throws naming it when it cannot be read.
std::string read_golden(const std::filesystem::path& file);

// The expected text as it is to be compared with `actual`. With UPDATE_GOLDEN=1 in the environment
// the file is rewritten first, and the diff is reviewed before it is committed. A file that is
// missing otherwise reads as a text that says so.
std::string expect_golden(const std::filesystem::path& file, const std::string& actual);

}  // namespace wireproof
