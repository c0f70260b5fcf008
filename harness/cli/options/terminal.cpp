#include "cli/options/terminal.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string_view>

#include "base/system/system_call.h"

namespace wireproof {

namespace {

std::string_view environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

}  // namespace

bool is_terminal(std::FILE* stream) {
  return ::isatty(::fileno(stream)) == 1;
}

Style choose_style(ColorChoice choice, std::FILE* stream) {
  switch (choice) {
    case ColorChoice::always:
      return Style::color;
    case ColorChoice::never:
      return Style::plain;
    case ColorChoice::automatic:
      break;
  }
  const bool wanted = environment("NO_COLOR").empty() && environment("TERM") != "dumb";
  return wanted && is_terminal(stream) ? Style::color : Style::plain;
}

void print_out(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

void print_error(const std::string& text) {
  std::fflush(stdout);
  std::fwrite(text.data(), 1, text.size(), stderr);
}

void flush_output() {
  const bool failed = std::ferror(stdout) != 0;
  if (std::fflush(stdout) != 0 || failed) throw SystemError("standard output", errno);
}

}  // namespace wireproof
