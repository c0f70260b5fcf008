#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "support/temporary_folder.h"

namespace wireproof {

inline const std::filesystem::path kSourceTree = WIREPROOF_SOURCE_DIR;

// What the built program did.
struct ProgramResult {
  int exit_code = -1;
  std::string out;
  std::string error;
};

// Runs a program with its arguments in `folder` with nothing on standard input and an environment
// of its own: `environment` holds NAME=VALUE.
ProgramResult run_words(const std::filesystem::path& folder, const std::vector<std::string>& words,
                        const std::vector<std::string>& environment = {});

// The same with the built program.
ProgramResult run_wireproof(const std::filesystem::path& folder,
                            const std::vector<std::string>& arguments,
                            const std::vector<std::string>& environment = {});

}  // namespace wireproof
