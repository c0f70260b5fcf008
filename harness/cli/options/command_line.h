#pragma once

#include <string>
#include <vector>

#include "base/text/diagnostic.h"

namespace wireproof {

// The words that the program was called with, and the same as one text that messages point into.
struct CommandLine {
  std::vector<std::string> words;  // [0] is the program, [1] the command
  std::vector<Span> spans;         // of each word in the text
  SourceText source;
};

CommandLine read_command_line(const std::vector<std::string>& words);

// A word as a shell takes it back: quoted where it needs to be.
std::string quote_for_shell(const std::string& word);

}  // namespace wireproof
