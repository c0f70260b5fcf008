#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "cli/pack/zip_file.h"

namespace wireproof {

// What a grader is given: scripts that judge a submission, the sheets, and the program.

enum class Grader : std::uint8_t { gradescope, prairielearn, classroom50 };

struct PackContents {
  std::filesystem::path sheet_folder;  // of a server; its last part is the server's name
  std::vector<std::string> options;    // of `verify`, as typed
  std::string command;                 // starts a submission in its folder: a line for a shell
  std::vector<std::string> packages;   // of Debian, that the image of Gradescope gets
  std::string archive;                 // the bytes of wireproof.tar.xz
};

// By name. Throws SystemError naming a file of the folder that cannot be read.
std::vector<PackedFile> list_pack_files(Grader grader, const PackContents& contents);

// The scripts, as they stand beside this file; words in braces are filled in.
struct PackTexts {
  std::string_view setup;       // gradescope_setup.sh
  std::string_view run;         // gradescope_run.sh
  std::string_view judge;       // prairielearn.sh
  std::string_view unpack;      // unpack.sh, a part of others
  std::string_view autograder;  // classroom50.py
};
PackTexts pack_texts();

}  // namespace wireproof
