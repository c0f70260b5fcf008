#include "cli/options/github_actions.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <random>

#include "base/system/system_call.h"
#include "base/text/utf8.h"
#include "cli/options/command_line.h"

namespace wireproof {
namespace {

// GitHub refuses a file of a step that is larger than 1 MiB; several commands may write it.
constexpr std::size_t kMaxFile = 1'000'000;

// Nobody whose output is printed knows it.
std::string make_token() {
  std::random_device random;
  return fmt::format("wireproof-{:08x}{:08x}{:08x}", random(), random(), random());
}

// To the file that a variable names, where it does.
void append_to(const char* variable, const std::string& text) {
  const std::string path(environment(variable));
  if (!is_github_actions() || path.empty()) return;
  const UniqueFd file = check_descriptor(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666), "write " + path);
  struct stat status {};
  check_call(::fstat(file.get(), &status), "write " + path);
  const auto used = std::min(static_cast<std::size_t>(status.st_size), kMaxFile);
  std::string kept(cut_text(text, kMaxFile - used));
  if (kept.size() < text.size()) kept += "\n\n(the rest is left out)\n";
  write_all(file.get(), kept, "write " + path);
}

}  // namespace

bool is_github_actions() {
  return environment("GITHUB_ACTIONS") == "true";
}

std::string without_commands(const std::string& text) {
  if (!is_github_actions()) return text;
  const std::string token = make_token();
  return fmt::format("::stop-commands::{}\n{}\n::{}::\n", token, text, token);
}

void append_step_summary(const std::string& markdown) {
  append_to("GITHUB_STEP_SUMMARY", markdown);
}

void append_step_outputs(const std::string& lines) {
  append_to("GITHUB_OUTPUT", lines);
}

}  // namespace wireproof
