#include <map>
#include <set>
#include <string>

#include "style/rules.h"

namespace wireproof::style {
namespace {

constexpr std::string_view kListName = "CMakeLists.txt";

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

// What stands between blanks and brackets in a CMakeLists.txt, without its comments.
std::set<std::string> read_words(std::string_view text) {
  std::set<std::string> words;
  for (std::string_view line : split_lines(text)) {
    line = line.substr(0, line.find('#'));
    while (!line.empty()) {
      const std::size_t end = line.find_first_of(" \t()\"");
      if (end != 0) words.emplace(line.substr(0, end));
      line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    }
  }
  return words;
}

using WordsByFolder = std::map<std::string, std::set<std::string>>;

bool is_listed(const std::string& path, const WordsByFolder& lists) {
  for (std::string folder = folder_of(path); !folder.empty(); folder = folder_of(folder)) {
    const auto list = lists.find(folder);
    if (list != lists.end() && list->second.contains(path.substr(folder.size() + 1))) return true;
  }
  return false;
}

}  // namespace

Findings check_built(const std::vector<SourceFile>& files) {
  WordsByFolder lists;
  for (const SourceFile& file : files) {
    if (file.path.ends_with(kListName)) lists[folder_of(file.path)] = read_words(file.text);
  }
  Findings findings;
  for (const SourceFile& file : files) {
    if (!file.path.ends_with(".cpp") || is_listed(file.path, lists)) continue;
    findings.push_back({file.path, 1,
                        "no target builds this file, use it in " + folder_of(file.path) + "/" +
                            std::string(kListName) + " or remove it"});
  }
  return findings;
}

}  // namespace wireproof::style
