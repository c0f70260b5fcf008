#include "cli/pack/pack_files.h"

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/system/file.h"
#include "cli/options/command_line.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kArchive = "wireproof.tar.xz";

// What git, editors and Python leave beside sheets.
bool is_left_out(const fs::path& path) {
  return path.filename().string().starts_with('.') || path.filename() == "__pycache__";
}

// Each as it lies in the folder, below `scenarios`: so a sheet's id is the same as at home.
std::vector<PackedFile> read_sheets(const fs::path& folder, const std::string& prefix) {
  std::vector<PackedFile> files;
  for (fs::recursive_directory_iterator at(folder), end; at != end; ++at) {
    if (is_left_out(at->path())) {
      at.disable_recursion_pending();
      continue;
    }
    if (!at->is_regular_file()) continue;
    const bool is_program = (at->status().permissions() & fs::perms::owner_exec) != fs::perms::none;
    const fs::path name = at->path().lexically_relative(folder);
    files.push_back({prefix + "scenarios/" + folder.filename().string() + "/" + name.string(),
                     read_regular_file(at->path(), std::numeric_limits<std::size_t>::max()),
                     is_program});
  }
  return files;
}

std::string fill_in(std::string_view text, const std::map<std::string, std::string>& values) {
  std::string filled(text);
  for (const auto& [name, value] : values) boost::replace_all(filled, "{" + name + "}", value);
  return filled;
}

// `verify` refuses a file that cannot be executed before any sheet is played. With a blank it is a
// line for the shell, and a submission's fault that is told.
std::string command_line_of(const PackContents& contents) {
  const bool is_word = contents.command.find(' ') == std::string::npos;
  return is_word ? " " + contents.command : contents.command;
}

std::string shell_text(std::string_view text, const PackContents& contents) {
  const std::string name = quote_for_shell(contents.sheet_folder.filename().string());
  std::string verify = "verify \"$sheets\"/" + name + " --scenarios \"$sheets\"";
  if (!contents.options.empty()) verify += " " + quote_words(contents.options);
  return fill_in(text, {{"unpack", std::string(pack_texts().unpack)},
                        {"install", quote_words(contents.packages)},
                        {"verify", verify},
                        {"command", quote_for_shell(command_line_of(contents))}});
}

// JSON's strings are Python's, too.
std::string python_text(const PackContents& contents) {
  const std::string name = Json(contents.sheet_folder.filename().string()).dump();
  const std::string verify = "[\"verify\", SHEETS / " + name + ", \"--scenarios\", SHEETS, *" +
                             Json(contents.options).dump() + "]";
  return fill_in(pack_texts().autograder,
                 {{"verify", verify}, {"command", Json(command_line_of(contents)).dump()}});
}

// What its info.json must have, for whoever writes the question.
std::string external_grading(const std::string& tests) {
  constexpr int kTimeoutSeconds = 300;  // at most 600
  const Json options{{"enabled", true},
                     {"image", "prairielearn/grader-python"},
                     {"serverFilesCourse", {"wireproof/"}},
                     {"entrypoint", tests + "judge.sh"},
                     {"timeout", kTimeoutSeconds}};
  const Json part{{"gradingMethod", "External"}, {"externalGradingOptions", options}};
  return part.dump(2) + "\n";
}

}  // namespace

std::vector<PackedFile> list_pack_files(Grader grader, const PackContents& contents) {
  const PackTexts texts = pack_texts();
  const std::string name = contents.sheet_folder.filename().string();
  std::vector<PackedFile> files;
  std::string folder;
  switch (grader) {
    case Grader::gradescope:
      files = {{"setup.sh", shell_text(texts.setup, contents), true},
               {"run_autograder", shell_text(texts.run, contents), true},
               {kArchive, contents.archive}};
      break;
    case Grader::prairielearn:
      folder = "questions/" + name + "/tests/";
      files = {{folder + "judge.sh", shell_text(texts.judge, contents), true},
               {"questions/" + name + "/externalGrading.json", external_grading("/grade/tests/")},
               {std::string("serverFilesCourse/wireproof/") + kArchive, contents.archive}};
      break;
    case Grader::classroom50:
      folder = "autograders/" + name + "/";
      files = {{folder + "autograder.py", python_text(contents)},
               {folder + kArchive, contents.archive}};
      break;
  }
  std::ranges::move(read_sheets(contents.sheet_folder, folder), std::back_inserter(files));
  std::ranges::sort(files, {}, &PackedFile::name);
  return files;
}

}  // namespace wireproof
