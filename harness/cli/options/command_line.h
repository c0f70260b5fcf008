#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "base/text/diagnostic.h"

namespace wireproof {

struct CommandFacts;

// The words that the program was called with, and the same as one text that messages point into.
struct CommandLine {
  std::vector<std::string> words;  // [0] is the program, [1] the command
  std::vector<Span> spans;         // of each word in the text
  SourceText source;
  // Where it is set, the command tells its parser's facts here, and does nothing else.
  CommandFacts* asked = nullptr;
};

CommandLine read_command_line(const std::vector<std::string>& words);

// A word as a shell takes it back: quoted where it needs to be.
std::string quote_for_shell(const std::string& word);

// Each quoted so, with blanks between.
std::string quote_words(const std::vector<std::string>& words);

// The words before `--`, and those of somebody's program behind it.
struct SplitLine {
  CommandLine own;
  std::vector<std::string> program;
};

SplitLine split_at_dashes(const CommandLine& line);

// The words as they were typed, for one sheet ({sheet} stands for its id): what else chose sheets
// is left out.
std::string render_again(const SplitLine& split);

// As a line for a shell; one word is one already.
std::string shell_command(const std::vector<std::string>& program);

// A text of the command line that stands for bytes: \n, \r, \t, \0, \\ and \xHH are what they are
// in C; any other backslash stays one.
std::string read_input_text(std::string_view given);

// The console that the program was called from.

enum class ColorChoice : std::uint8_t { automatic, always, never };

// `automatic`: colours on a terminal, unless NO_COLOR is set (no-color.org) or TERM is `dumb`.
Style choose_style(ColorChoice choice, std::FILE* stream);

// A variable of the environment; empty: it is not set.
std::string_view environment(const char* name);

bool is_terminal(std::FILE* stream);
// How many columns it has: COLUMNS (POSIX, Environment Variables) where it is set, else what the
// terminal says. 0: as many as come, nothing is a terminal.
std::size_t terminal_width(std::FILE* stream);

// As it is: what programs read.
void print_out(const std::string& text);
// For people: no line takes more columns than the terminal has.
void print_text(const std::string& text);
void print_error(const std::string& text);
// On standard error, in colours where that is a terminal.
void print_diagnostic(const Diagnostic& diagnostic, const SourceText& source);

// Throws SystemError when what was printed could not be written (a full disk behind `>`).
void flush_output();

}  // namespace wireproof
