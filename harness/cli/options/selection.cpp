#include "cli/options/selection.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <set>

#include "base/system/file.h"
#include "base/system/memory_map.h"
#include "base/system/system_call.h"
#include "cli/options/own_servers.h"
#include "cli/options/server_table.h"
#include "report/safe_text.h"
#include "result/verdict.h"
#include "sheet/text/condition.h"

namespace wireproof {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxMessageFile = std::size_t{64} << 20;
constexpr const char* kPathHelp = "sheets and folders of sheets (default: scenarios)";

bool matches_any(const std::vector<std::string>& globs, const std::string& id) {
  return std::ranges::any_of(globs, [&id](const std::string& glob) {
    return ::fnmatch(glob.c_str(), id.c_str(), 0) == 0;
  });
}

bool selected_by_id(const SelectionOptions& options, const std::string& id) {
  return (options.only.empty() || matches_any(options.only, id)) &&
         !matches_any(options.exclude, id);
}

bool selected_by_tag(const SelectionOptions& options, const Sheet& sheet) {
  if (options.tags.empty() || !sheet.scenario) return true;
  const std::vector<std::string>& tags = sheet.scenario->front.tags;
  return std::ranges::find_first_of(tags, options.tags) != tags.end();
}

// A sheet that stands for its server: what it starts is the server's.
void give_own_server(const fs::path& path, FrontMatter& front) {
  if (!front.server.empty() || front.command.empty()) return;
  const OwnServer* const own = own_server_of(path);
  if (own == nullptr || own->description.command != front.command) return;
  front.server = own->info.name;
  front.command.clear();
}

// Also where the rest has errors.
Reveal reveal_of(const SourceText& source) {
  FrontMatter front;
  Problems problems;
  parse_front_matter(source, front, problems);
  return front.reveal;
}

Sheet parse_sheet(const SheetFile& file, const SelectionOptions& options) {
  // No sheet says anything about a server whose description is wrong.
  const std::filesystem::path place = file.path.parent_path();
  const DescribedFolder& folder = described_folder(place);
  if (!folder.errors.empty()) return {file.id, folder.file, folder.source, {}, folder.errors, {}};
  Sheet sheet{file.id, file.path, read_sheet_file(file.path), {}, {}, {}};
  sheet.reveal = options.reveal.value_or(reveal_of(sheet.source));
  auto parsed = parse_scenario(
      sheet.id, sheet.source,
      {read_settings(options.settings), options.form, options.server, files_beside(file.path)});
  if (!parsed) {
    sheet.diagnostics = std::move(parsed).error();
    return sheet;
  }
  sheet.diagnostics = parsed->warnings;
  give_own_server(file.path, parsed->front);
  const Diagnostics problems = check_server(*parsed);
  sheet.diagnostics.insert(sheet.diagnostics.end(), problems.begin(), problems.end());
  if (!problems.empty()) return sheet;
  sheet.scenario = *std::move(parsed);
  sheet.scenario->path = file.path;
  if (options.match) sheet.scenario->front.match = *options.match;
  sheet.scenario->front.reveal = sheet.reveal;
  return sheet;
}

// What cannot be read is a sheet all the same: it ends nothing but itself.
Sheet try_sheet(const SheetFile& file, const SelectionOptions& options) {
  try {
    if (file.refusal.empty()) return parse_sheet(file, options);
    return {file.id, file.path, {}, {}, {}, file.refusal};
  } catch (const SystemError& error) {
    return {file.id, file.path, {}, {}, {}, error.what()};
  }
}

std::vector<std::string> paths_of(const SelectionOptions& options) {
  return options.paths.empty() ? std::vector<std::string>{kScenarioRoot} : options.paths;
}

// Where the program's own sheets are, the nearest first; none is known to be there.
std::vector<fs::path> own_roots() {
  const fs::path program = own_program_file();
  if (program.empty()) return {};
  const fs::path prefix = program.parent_path().parent_path();
  // Installed in PREFIX/bin or unpacked with PREFIX/libexec, or built as build/release/wireproof.
  return {prefix / "share/wireproof" / kScenarioRoot, prefix.parent_path() / kScenarioRoot};
}

// No path was given, and there are no default sheets. Whoever names neither sheets nor a server
// does not mean those of the checkout.
bool lacks_sheets(const SelectionOptions& options) {
  if (!options.paths.empty()) return false;
  const fs::path root = find_sheet_path(kScenarioRoot);
  const bool is_of_checkout = root != kScenarioRoot && root == own_roots().back();
  return !fs::exists(root) || (options.has_paths && is_of_checkout);
}

// Whether a sheet says the name anywhere: a sheet may have parameters that no server knows.
bool is_in_a_sheet(const std::string& name, const SelectionOptions& options) {
  return std::ranges::any_of(find_sheets(options), [&](const SheetFile& file) {
    return try_sheet(file, options).source.text().find(name) != std::string::npos;
  });
}

// The exit code for a setting that would set nothing.
std::optional<int> check_setting(const ArgumentParser& parser, const std::string& setting,
                                 const SelectionOptions& options) {
  const std::size_t equals = setting.find('=');
  if (equals == std::string::npos || equals == 0) {
    return parser.refuse(setting, "--set takes NAME=VALUE, not `" + setting + "`");
  }
  const std::string name = setting.substr(0, equals);
  const std::vector<std::string> known = parameter_names();
  if (std::ranges::find(known, name) != known.end() || is_in_a_sheet(name, options)) {
    return std::nullopt;
  }
  return parser.refuse(setting, "no server and no sheet has a parameter `" + name + "`",
                       nearest_note(name, known));
}

bool contains_path(const Selection& selection, const fs::path& path) {
  return std::ranges::find(selection.sheets, path, &Sheet::path) != selection.sheets.end();
}

// Not with a setting that it says it does not hold for.
bool holds_as_set(const Sheet& sheet) {
  if (!sheet.scenario) return true;
  const FrontMatter& front = sheet.scenario->front;
  return std::ranges::all_of(front.parameters, [&front](const auto& parameter) {
    return form_holds(front.forms, parameter.first, parameter.second) != false;
  });
}

}  // namespace

void add_path_option(ArgumentParser& parser, SelectionOptions& options) {
  options.has_paths = true;
  parser.texts("PATH", options.paths, kPathHelp);
}

void add_scenarios_option(ArgumentParser& parser, SelectionOptions& options) {
  parser.texts("--scenarios", options.paths, kPathHelp);
}

void add_filter_options(ArgumentParser& parser, SelectionOptions& options) {
  parser.texts("--only", options.only, "only scenarios whose id matches this glob");
  parser.texts("--exclude", options.exclude, "no scenarios whose id matches this glob");
  parser.texts("--tag", options.tags, "only scenarios with this tag");
}

void add_sheet_options(ArgumentParser& parser, SelectionOptions& options) {
  parser.texts("--set", options.settings, "NAME=VALUE, instead of the sheet's parameter NAME");
  parser.choice<Strictness>("--match", options.match,
                            {{"stream", Strictness::stream},
                             {"segments", Strictness::segments},
                             {"exact", Strictness::exact}},
                            "compare like this, whatever the sheet says");
  parser.choice<Reveal>(
      "--reveal", options.reveal,
      {{"all", Reveal::all}, {"observed", Reveal::observed}, {"verdict", Reveal::verdict}},
      "what output and reports tell of each sheet, whatever it says itself: all, what came "
      "without what was expected, or its verdict alone");
}

void add_shard_option(ArgumentParser& parser, std::optional<Shard>& shard) {
  const auto read = [](std::string_view text) {
    return parse_shard(text, [](const char* name) { return std::string(environment(name)); });
  };
  parser.value<Shard>(
      "--shard", shard, read, "a part like `2/16`, or `auto` where the environment says which",
      "play the second of 16 parts; `auto`: as GitLab, CircleCI, Buildkite or a Slurm array says, "
      "`auto/16`: also Kubernetes and GNU parallel. `wireproof merge` joins the parts' JSON");
}

std::optional<int> check_selection(const ArgumentParser& parser, const SelectionOptions& options) {
  for (const std::string& path : options.paths) {
    std::error_code error;  // of what is there and cannot be read: that is said of the sheet
    if (fs::status(find_sheet_path(path), error).type() == fs::file_type::not_found) {
      return parser.refuse(path, "there is no file or folder " + path);
    }
  }
  for (const std::string& setting : options.settings) {
    if (const auto code = check_setting(parser, setting, options)) return code;
  }
  return std::nullopt;
}

std::map<std::string, std::string> read_settings(const std::vector<std::string>& settings) {
  std::map<std::string, std::string> values;
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    values[setting.substr(0, equals)] = setting.substr(equals + 1);
  }
  return values;
}

FileReader files_beside(const fs::path& sheet) {
  return [folder = sheet.parent_path()](const std::string& path) -> Expected<Bytes, std::string> {
    if (path.find('\0') != std::string::npos) {
      return Unexpected<std::string>("no file has a NUL in its name");
    }
    try {
      const std::string text = read_regular_file(folder / path, kMaxMessageFile + 1);
      if (text.size() > kMaxMessageFile) {
        return Unexpected<std::string>(
            fmt::format("{} has more than {} bytes", path, kMaxMessageFile));
      }
      const ByteView bytes = as_bytes(text);
      return Bytes(bytes.begin(), bytes.end());
    } catch (const SystemError& error) {
      return Unexpected<std::string>(error.what());
    }
  };
}

fs::path find_sheet_path(const std::string& named) {
  std::vector<fs::path> roots{kScenarioRoot};
  std::ranges::move(own_roots(), std::back_inserter(roots));
  return locate_sheets(named, roots);
}

std::vector<SheetFile> find_sheets(const SelectionOptions& options) {
  if (lacks_sheets(options)) return {};
  std::vector<fs::path> paths;
  for (const std::string& named : paths_of(options)) paths.push_back(find_sheet_path(named));
  return collect_sheets(paths);
}

Selection select_sheets(const SelectionOptions& options) {
  Selection selection;
  std::set<std::string> tags;
  for (const SheetFile& file : find_sheets(options)) {
    if (!selected_by_id(options, file.id)) {
      selection.other_ids.push_back(file.id);
      continue;
    }
    Sheet sheet = try_sheet(file, options);
    const bool is_description = !sheet.unreadable() && sheet.path != file.path;
    if (is_description && contains_path(selection, sheet.path)) continue;  // said already
    if (!holds_as_set(sheet)) continue;
    if (selected_by_tag(options, sheet)) {
      selection.sheets.push_back(std::move(sheet));
    } else {
      tags.insert(sheet.scenario->front.tags.begin(), sheet.scenario->front.tags.end());
    }
  }
  selection.other_tags.assign(tags.begin(), tags.end());
  return selection;
}

Sheet read_sheet(const std::string& path, const SelectionOptions& options) {
  return parse_sheet(name_sheet(find_sheet_path(path)), options);
}

int print_diagnostics(const std::vector<Sheet>& sheets, ColorChoice color) {
  const Style style = choose_style(color, stderr);
  int code = kExitPassed;
  for (const Sheet& sheet : sheets) {
    if (sheet.unreadable()) {
      print_error("error: " + one_line(sheet.refusal) + "\n");
      if (code == kExitPassed) code = kExitCouldNotRun;
    }
    const bool is_hidden = sheet.reveal != Reveal::all;
    if (is_hidden && sheet.has_errors()) {
      print_error(fmt::format("error: {}: {}\n", one_line(sheet.path.string()), kHiddenErrors));
    }
    for (const Diagnostic& diagnostic : sheet.diagnostics) {
      if (is_hidden) break;  // they show its text
      print_error(render_diagnostic(diagnostic, sheet.source, style) + "\n");
    }
    if (sheet.has_errors()) code = kExitSheetWrong;
  }
  return code;
}

int refuse_empty(const Selection& selection, const SelectionOptions& options) {
  std::string text =
      fmt::format("error: no scenario selected below {}\n", fmt::join(paths_of(options), ", "));
  const auto hint = [&text](const std::vector<std::string>& wanted,
                            const std::vector<std::string>& known) {
    for (const std::string& word : wanted) {
      for (const Note& note : nearest_note(word, known)) {
        text += fmt::format("  = {}: {}: {}\n", note.label, word, note.text);
      }
    }
  };
  hint(options.tags, selection.other_tags);
  hint(options.only, selection.other_ids);
  if (lacks_sheets(options)) {
    text += "  = help: there is no folder `scenarios` here; name the sheets or their folder\n";
  } else {
    text += "  = help: `wireproof list` shows the ids and tags that there are\n";
  }
  print_error(text);
  return kExitNothingSelected;
}

}  // namespace wireproof
