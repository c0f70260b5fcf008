#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "style/rules.h"

namespace wireproof::style {
namespace {

using Names = std::set<std::string>;

// Which folders a folder may include, itself aside: the direction of dependencies, written out.
// base <- wire <- flow <- expect <- scenario; wire <- capture; base <- host, trace; all of these
// <- session <- cli; report <- cli; servers stand apart. tests/ may include everything.
const std::map<std::string, Names>& allowed_folders() {
  static const std::map<std::string, Names> kTable = {
      {"base", {}},
      {"wire", {"base"}},
      {"capture", {"base", "wire"}},
      {"flow", {"base", "wire"}},
      {"expect", {"base", "wire", "flow"}},
      {"scenario", {"base", "wire", "flow", "expect"}},
      {"host", {"base"}},
      {"trace", {"base", "flow"}},
      {"session", {"base", "wire", "capture", "flow", "expect", "scenario", "host", "trace"}},
      {"report",
       {"base", "wire", "capture", "flow", "expect", "session/run_result.h", "session/gradebook.h",
        "session/selftest_result.h", "session/result_codec.h", "session/trace_result.h"}},
      {"cli",
       {"base", "wire", "capture", "flow", "expect", "scenario", "host", "trace", "session",
        "report", "servers"}},
      {"servers", {"base"}},
  };
  return kTable;
}

// "harness/wire/tcp.h" -> "wire", "servers/calc.h" -> "servers"; empty elsewhere.
std::string folder_of(const std::string& path) {
  if (path.starts_with("servers/")) return "servers";
  constexpr std::string_view kHarness = "harness/";
  if (!path.starts_with(kHarness)) return "";
  const std::size_t begin = kHarness.size();
  return path.substr(begin, path.find('/', begin) - begin);
}

// The quoted name of an include line. Angle brackets are for libraries.
std::optional<std::string> included_name(std::string_view line) {
  constexpr std::string_view kInclude = "#include \"";
  if (!line.starts_with(kInclude)) return std::nullopt;
  line.remove_prefix(kInclude.size());
  return std::string(line.substr(0, line.find('"')));
}

std::string join(const Names& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "nothing" : text;
}

std::string judge_include(const std::string& folder, const std::string& name) {
  const std::size_t slash = name.find('/');
  if (slash == std::string::npos || name.starts_with(".")) {
    return "include \"" + name + "\" names no folder, use \"" + folder + "/" +
           name.substr(name.rfind('/') + 1) + "\"";
  }
  const std::string target = name.substr(0, slash);
  const auto entry = allowed_folders().find(folder);
  if (entry == allowed_folders().end()) {
    return "folder " + folder +
           " has no place in the direction of dependencies, use the table in " +
           "tests/style/includes.cpp";
  }
  const Names& allowed = entry->second;
  if (target == folder || allowed.contains(target) || allowed.contains(name)) return "";
  return folder + " may not include \"" + name + "\", use " + join(allowed);
}

}  // namespace

Findings check_includes(const SourceFile& file) {
  const std::string folder = folder_of(file.path);
  if (folder.empty()) return {};
  Findings findings;
  const std::vector<std::string_view> lines = split_lines(file.text);
  for (std::size_t index = 0; index < lines.size(); ++index) {
    const std::optional<std::string> name = included_name(lines[index]);
    if (!name) continue;
    std::string message = judge_include(folder, *name);
    if (!message.empty()) findings.push_back({file.path, index + 1, std::move(message)});
  }
  return findings;
}

}  // namespace wireproof::style
