#include "support/golden.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string_view>

namespace wireproof {
namespace {

bool is_updating() {
  const char* const value = std::getenv("UPDATE_GOLDEN");
  return value != nullptr && std::string_view(value) == "1";
}

}  // namespace

std::filesystem::path golden_file(const std::string& name) {
  return std::filesystem::path(WIREPROOF_SOURCE_DIR) / "tests" / "golden" / name;
}

std::vector<GoldenCase> golden_cases(const std::string& area) {
  const std::filesystem::path root = golden_file(area);
  std::vector<GoldenCase> cases;
  for (const auto& entry : std::filesystem::directory_iterator(root)) {
    if (entry.is_directory()) {
      cases.push_back({entry.path().filename().string(), entry.path()});
    }
  }
  if (cases.empty()) throw std::runtime_error("no golden cases in " + root.string());
  std::ranges::sort(cases, {}, &GoldenCase::name);
  return cases;
}

std::string read_golden(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  return text.str();
}

std::string expect_golden(const std::filesystem::path& file, const std::string& actual) {
  if (is_updating()) {
    std::ofstream stream(file, std::ios::binary);
    stream << actual;
    if (!stream.flush()) throw std::runtime_error("cannot write " + file.string());
  }
  if (!std::filesystem::exists(file)) {
    return "(" + file.filename().string() + " is missing; UPDATE_GOLDEN=1 writes it)";
  }
  return read_golden(file);
}

}  // namespace wireproof
