#include "machine/host/installed.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace wireproof {
namespace {

bool is_executable(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored) && ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

bool is_installed(const std::string& program) {
  if (program.find('/') != std::string::npos) return is_executable(program);
  const char* const folders = std::getenv("PATH");
  std::istringstream path(folders == nullptr ? "" : folders);
  for (std::string folder; std::getline(path, folder, ':');) {
    // An empty entry is the folder that the process is in (POSIX, XBD 8.3).
    if (is_executable(std::filesystem::path(folder.empty() ? "." : folder) / program)) return true;
  }
  return false;
}

}  // namespace wireproof
