#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/options/argument_parser.h"
#include "sheet/scenario.h"
#include "sheet/select/collect.h"
#include "sheet/select/shard.h"

namespace wireproof {

// The folder of sheets where none is named.
constexpr const char* kScenarioRoot = "scenarios";

// Which sheets a command is about.
struct SelectionOptions {
  std::vector<std::string> paths;  // files and folders; none: `scenarios`
  bool has_paths = false;          // of a command that takes them as arguments, and no server
  std::vector<std::string> only;   // globs over ids; a scenario needs one of them
  std::vector<std::string> exclude;
  std::vector<std::string> tags;            // a scenario needs one of them
  std::vector<std::string> settings;        // NAME=VALUE
  std::map<std::string, std::string> form;  // of a server, for sheets that hold for any
  std::string server;  // of a sheet that is about the clients of several the one; empty: its own
  std::optional<Strictness> match;
  std::optional<Reveal> reveal;  // instead of the sheets' own
  std::optional<Shard> shard;    // of what is selected; none: all
};

// A sheet that was read: with its scenario, unless it has errors or could not be read.
struct Sheet {
  std::string id;
  std::filesystem::path path;
  SourceText source;
  std::optional<Scenario> scenario;
  Diagnostics diagnostics;      // warnings too
  std::string refusal;          // what the system said where nothing could be read
  Reveal reveal = Reveal::all;  // also of one that has errors

  bool unreadable() const { return !refusal.empty(); }
  bool has_errors() const { return !scenario && !unreadable(); }
};

struct Selection {
  std::vector<Sheet> sheets;            // by id
  std::vector<std::string> other_tags;  // of sheets that were left out, for hints
  std::vector<std::string> other_ids;
};

void add_path_option(ArgumentParser& parser, SelectionOptions& options);
void add_scenarios_option(ArgumentParser& parser, SelectionOptions& options);  // the paths, too
void add_filter_options(ArgumentParser& parser, SelectionOptions& options);
void add_sheet_options(ArgumentParser& parser, SelectionOptions& options);
// --shard, of the commands that can share their work among machines.
void add_shard_option(ArgumentParser& parser, std::optional<Shard>& shard);

// Messages about paths and settings that are wrong; the exit code, nothing when all are right.
std::optional<int> check_selection(const ArgumentParser& parser, const SelectionOptions& options);

// `--set NAME=VALUE …` as a map.
std::map<std::string, std::string> read_settings(const std::vector<std::string>& settings);

// The file or folder that a path of the command line means: where the working folder has no
// `scenarios`, they are those that were installed with the program, in share/wireproof/scenarios
// beside its folder bin, or those of the checkout that it was built in.
std::filesystem::path find_sheet_path(const std::string& named);

// The files of the paths alone, whatever else is selected; none where `scenarios` is not there.
std::vector<SheetFile> find_sheets(const SelectionOptions& options);

// Reads files that a sheet's messages name, from the sheet's folder on.
FileReader files_beside(const std::filesystem::path& sheet);

Selection select_sheets(const SelectionOptions& options);
// Throws SystemError where it cannot be read.
Sheet read_sheet(const std::string& path, const SelectionOptions& options);

// What is said of a hidden sheet that has errors, as these show its text.
constexpr const char* kHiddenErrors = "the sheet has errors (`--reveal all` shows them)";

// Prints the errors and warnings of all sheets, of hidden ones only that there are errors; the exit
// code for those that are wrong or cannot be read, kExitPassed where there is none.
int print_diagnostics(const std::vector<Sheet>& sheets, ColorChoice color = ColorChoice::automatic);

// Says why nothing was selected, with the nearest tag or id; the exit code.
int refuse_empty(const Selection& selection, const SelectionOptions& options);

}  // namespace wireproof
