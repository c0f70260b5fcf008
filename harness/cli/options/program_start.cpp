#include "cli/options/program_start.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

#include "cli/options/command_line.h"

namespace wireproof {
namespace {

// In the texts {0} is the file, {1} its name without folder and extension.
struct SourceLanguage {
  std::string_view extension;
  const char* compile = nullptr;  // null: it is not
  const char* start = nullptr;
};

constexpr std::array<SourceLanguage, 9> kLanguages = {{
    {".c", "gcc {0} -o {1}", "./{1}"},
    {".cc", "g++ {0} -o {1}", "./{1}"},
    {".cpp", "g++ {0} -o {1}", "./{1}"},
    {".rs", "rustc {0} -o {1}", "./{1}"},
    {".java", "javac -d . {0}", "java {1}"},
    {".go", nullptr, "go run {0}"},
    {".js", nullptr, "node {0}"},
    {".py", nullptr, "python3 {0}"},
    {".sh", nullptr, "bash {0}"},
}};

// A shell looks for a name without `/` in PATH alone.
bool can_execute(const std::string& word) {
  return word.find('/') != std::string::npos && ::access(word.c_str(), X_OK) == 0;
}

}  // namespace

std::vector<Note> advise_start(const std::vector<std::string>& program) {
  if (program.empty() || can_execute(program.front())) return {};
  const std::filesystem::path path = program.front();
  const auto* const found =
      std::ranges::find(kLanguages, path.extension().string(), &SourceLanguage::extension);
  if (found == kLanguages.end()) return {};
  const std::string file = quote_for_shell(program.front());
  const std::string name = quote_for_shell(path.stem().string());
  std::string start = fmt::format(fmt::runtime(found->start), file, name);
  const std::vector<std::string> arguments(program.begin() + 1, program.end());
  if (!arguments.empty()) start += " " + quote_words(arguments);
  if (found->compile == nullptr) {
    return {{"help", fmt::format("a source file is given to its interpreter: `-- {}`", start)}};
  }
  return {{"help", fmt::format("compile it, `{}`, and give what came out: `-- {}`",
                               fmt::format(fmt::runtime(found->compile), file, name), start)}};
}

}  // namespace wireproof
