#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace wireproof {

// What the built program did.
struct ProgramResult {
  int exit_code = -1;
  std::string out;
  std::string error;
};

// A folder of its own that goes with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::filesystem::path file(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

// Runs the program in `folder` with nothing on standard input and an environment of its own:
// `environment` holds NAME=VALUE.
ProgramResult run_wireproof(const std::filesystem::path& folder,
                            const std::vector<std::string>& arguments,
                            const std::vector<std::string>& environment = {});

}  // namespace wireproof
