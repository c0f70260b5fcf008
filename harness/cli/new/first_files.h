#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/new/dialogue.h"

namespace wireproof {

// A file of a folder that `wireproof new` makes.
struct NewFile {
  std::string name;
  std::string text;
  std::string meaning;  // for the list of what was made
};

constexpr const char* kFirstSheet = "first.md";

// A small server of lines, to be changed.
std::vector<NewFile> example_files(const std::string& server);

// A server that answers as that of the dialogue; `sheet` is the text of its first sheet.
std::vector<NewFile> replay_files(const Dialogue& dialogue, const std::string& sheet);

// The user's own program; `command` starts it in the folder that is made.
std::vector<NewFile> program_files(const Dialogue& dialogue, const std::string& command,
                                   const std::string& sheet);

}  // namespace wireproof
