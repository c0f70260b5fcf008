#pragma once

#include <string>
#include <vector>

namespace wireproof {

// An option of a command, or an argument that has no name on the command line.
struct OptionFacts {
  std::vector<std::string> names;  // "-j", "--jobs"; of an argument its own alone: "PATH"
  std::string help;
  std::vector<std::string> choices;  // what the value is one of; empty: any text, or a file
  bool takes_value = false;

  bool is_argument() const { return !names.front().starts_with('-'); }
};

// What a command's parser knows of it, for the manual page and for shells that complete words.
struct CommandFacts {
  std::string name;
  std::string summary;      // one line, as `wireproof --help` says it
  std::string usage;        // what follows "wireproof "
  std::string description;  // sentences
  std::vector<OptionFacts> options;
};

}  // namespace wireproof
