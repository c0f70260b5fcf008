#include "cli/options/command_line.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>
#include <cctype>
#include <cerrno>
#include <cstdlib>

#include "base/system/system_call.h"
#include "base/text/fold.h"
#include "base/text/words.h"

namespace wireproof {
namespace {

bool is_plain(char c) {
  constexpr std::string_view kPlain = "_-./:=,@%+{}";
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         kPlain.find(c) != std::string_view::npos;
}

// Whether bash would make several words of it: `{a,b}`, `{1..3}`. `{port}` is one.
bool may_expand(const std::string& word) {
  return word.find('{') != std::string::npos &&
         (word.find(',') != std::string::npos || word.find("..") != std::string::npos);
}

// The byte that `\c` stands for; -1 for none.
int simple_escape(char c) {
  constexpr std::string_view kNames = "nrt0\\";
  constexpr std::string_view kBytes("\n\r\t\0\\", kNames.size());
  const std::size_t place = kNames.find(c);
  return place == std::string_view::npos ? -1 : kBytes[place];
}

}  // namespace

std::string_view environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

std::string quote_for_shell(const std::string& word) {
  if (!word.empty() && std::ranges::all_of(word, is_plain) && !may_expand(word)) return word;
  return "'" + boost::replace_all_copy(word, "'", "'\\''") + "'";
}

std::string quote_words(const std::vector<std::string>& words) {
  std::vector<std::string> quoted;
  for (const std::string& word : words) quoted.push_back(quote_for_shell(word));
  return fmt::format("{}", fmt::join(quoted, " "));
}

CommandLine read_command_line(const std::vector<std::string>& words) {
  CommandLine line;
  line.words = words;
  std::string text;
  for (std::size_t index = 0; index < words.size(); ++index) {
    if (index > 0) text += ' ';
    const std::size_t begin = text.size();
    text += index == 0 ? "wireproof" : quote_for_shell(words[index]);
    line.spans.push_back({begin, text.size()});
  }
  line.source = SourceText("command line", text);
  return line;
}

SplitLine split_at_dashes(const CommandLine& line) {
  SplitLine split{line, {}};
  const auto dashes = std::ranges::find(line.words, "--");
  if (dashes == line.words.end()) return split;
  const auto count = static_cast<std::size_t>(dashes - line.words.begin());
  split.program.assign(dashes + 1, line.words.end());
  split.own.words.resize(count);
  split.own.spans.resize(count);
  return split;
}

std::string shell_command(const std::vector<std::string>& program) {
  return program.size() == 1 ? program.front() : quote_words(program);
}

std::string render_again(const SplitLine& split) {
  std::string text = "wireproof";
  const std::vector<std::string>& words = split.own.words;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i].starts_with("--only=") || words[i].starts_with("--pcap-keep=")) continue;
    if (words[i] == "--only" || words[i] == "--pcap-keep") {
      ++i;
      continue;
    }
    text += " " + quote_for_shell(words[i]);
  }
  text += " --only {sheet} --pcap-keep always";
  return split.program.empty() ? text : text + " -- " + quote_words(split.program);
}

std::string read_input_text(std::string_view given) {
  std::string text;
  for (std::size_t at = 0; at < given.size(); ++at) {
    const std::string_view rest = given.substr(at + 1);
    if (given[at] != '\\' || rest.empty()) {
      text += given[at];
      continue;
    }
    if (const int byte = simple_escape(rest.front()); byte >= 0) {
      text += static_cast<char>(byte);
      ++at;
      continue;
    }
    const auto byte = rest.front() == 'x' && rest.size() >= 3
                          ? parse_number<std::uint8_t>(rest.substr(1, 2), 16)
                          : std::nullopt;
    if (byte) {
      text += static_cast<char>(*byte);
      at += 3;
    } else {
      text += given[at];
    }
  }
  return text;
}

bool is_terminal(std::FILE* stream) {
  return ::isatty(::fileno(stream)) == 1;
}

std::size_t terminal_width(std::FILE* stream) {
  const auto width = parse_number<std::size_t>(environment("COLUMNS"));
  if (width && *width > 0) return *width;
  winsize size{};
  return ::ioctl(::fileno(stream), TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
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

void print_text(const std::string& text) {
  print_out(fold_rows(text, terminal_width(stdout)));
}

void print_error(const std::string& text) {
  std::fflush(stdout);
  std::fwrite(text.data(), 1, text.size(), stderr);
}

void print_diagnostic(const Diagnostic& diagnostic, const SourceText& source) {
  const Style style = choose_style(ColorChoice::automatic, stderr);
  print_error(render_diagnostic(diagnostic, source, style));
}

void flush_output() {
  const bool failed = std::ferror(stdout) != 0;
  if (std::fflush(stdout) != 0 || failed) throw SystemError("standard output", errno);
}

}  // namespace wireproof
