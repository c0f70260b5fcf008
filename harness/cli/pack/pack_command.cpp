#include "cli/pack/pack_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <filesystem>
#include <utility>

#include "base/text/words.h"
#include "cli/options/own_servers.h"
#include "cli/options/play_sheets.h"
#include "cli/options/server_table.h"
#include "cli/pack/archive.h"
#include "cli/pack/pack_files.h"
#include "cli/verify/verify_sheets.h"
#include "report/safe_text.h"
#include "result/verdict.h"
#include "sheet/server_description.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;

struct PackOptions {
  SelectionOptions selection;
  SandboxSettings sandbox;
  std::string grader;
  std::string sheet_set;
  std::string archive;
  std::string output;
  std::string packages;
  std::optional<std::uint16_t> port;
  std::optional<std::uint16_t> udp_port;
  std::optional<SheetLevel> level;
  std::optional<Duration> timeout;
  std::optional<Duration> start_within;
  std::optional<std::uint64_t> jobs;
};

// What a grader is called on the command line, and who unpacks its zip where.
struct GraderName {
  std::string_view name;
  Grader grader;
  std::string_view next;
};
constexpr auto kGraders = std::to_array<GraderName>({
    {"gradescope", Grader::gradescope,
     "Gradescope: Configure Autograder, upload it; the base image is Ubuntu or Debian"},
    {"prairielearn", Grader::prairielearn,
     "PrairieLearn: unpack it in the course's folder, and copy externalGrading.json into "
     "info.json"},
    {"classroom50", Grader::classroom50,
     "Classroom 50: unpack it in the classroom's folder of the repository `classroom50`; the "
     "folder in autograders/ has the assignment's name"},
});

// runner.py takes no larger bundle, which is packed with gzip.
constexpr std::size_t kMaxClassroom50Bytes = std::size_t{10} << 20U;

// Options of the pack itself; all others are those of `verify`.
constexpr auto kOwnOptions =
    std::to_array<std::string_view>({"--sheet-set", "--archive", "--output", "--packages"});

void add_options(ArgumentParser& parser, PackOptions& options) {
  parser.required_text("GRADER", options.grader, "gradescope, prairielearn or classroom50");
  parser.required_text("--sheet-set", options.sheet_set,
                       "whose sheets: the folder of a server, or the name of a reference server");
  parser.text("--archive", options.archive,
              "what `scripts/package bundle` makes (default: the archive that this program was "
              "unpacked from)");
  parser.text("--output", options.output,
              "the zip, which is replaced where it is there (default: SERVER-GRADER.zip)");
  parser.text("--packages", options.packages,
              "Debian packages that submissions need, with blanks between; Gradescope's setup.sh "
              "installs those that are missing");
  parser.port("--port", options.port,
              "the port that COMMAND listens on (default: the server's own)");
  parser.port("--udp-port", options.udp_port,
              "the UDP port of a server that has another one for TCP");
  parser.number("-j,--jobs", options.jobs, "sheets played at the same time, as in `verify`");
  parser.duration("--timeout", options.timeout, "of a step, instead of the sheets'");
  add_start_option(parser, options.start_within);
  add_level_option(parser, options.level);
  add_filter_options(parser, options.selection);
  add_sheet_options(parser, options.selection);
  add_sandbox_options(parser, options.sandbox);
}

// The words that are options of `verify`, as they were typed.
std::vector<std::string> list_verify_options(const CommandLine& own, const std::string& grader) {
  std::vector<std::string> words(own.words.begin() + 2, own.words.end());
  words.erase(std::ranges::find(words, grader));
  std::vector<std::string> kept;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string_view name = std::string_view(words[at]).substr(0, words[at].find('='));
    if (std::ranges::find(kOwnOptions, name) == kOwnOptions.end()) {
      kept.push_back(words[at]);
    } else if (name.size() == words[at].size()) {
      ++at;  // its value
    }
  }
  return kept;
}

// Where the sheets of a server lie that a word names; empty: there is no such folder.
fs::path find_sheet_folder(const std::string& word) {
  const fs::path below = find_sheet_path((fs::path(kScenarioRoot) / word).string());
  for (const fs::path& folder : {fs::path(word), below}) {
    if (fs::is_regular_file(folder / kServerDescription)) return fs::canonical(folder);
  }
  return {};
}

// The exit code where `verify` could not judge by these sheets.
std::optional<int> check_sheets(const ArgumentParser& parser, PackOptions& options,
                                const fs::path& folder) {
  std::string server = folder.string();
  options.selection.paths = {folder.string()};
  if (const auto code = find_server_named(parser, server, options.selection)) return code;
  if (const auto code = check_selection(parser, options.selection)) return code;
  const ServerInfo& info = *find_known_server(server);
  const VerifySettings settings = split_settings(info, options.selection.settings);
  if (const auto code = check_form(parser, info, settings)) return code;
  const Selection selection = select_server_sheets(info, options.selection, settings);
  if (selection.sheets.empty()) {
    return refuse_no_sheets(selection, info, options.selection, settings);
  }
  const int code = print_diagnostics(selection.sheets);
  return code == kExitPassed ? std::nullopt : std::optional(code);
}

// The archive's bytes, or the exit code.
Expected<std::string, int> find_archive(const ArgumentParser& parser, const std::string& given) {
  const Note made{"help", "in a checkout `scripts/package bundle` makes it and prints its path"};
  if (given.empty()) {
    if (const auto own = find_own_archive()) {
      print_error(fmt::format("packs {} again, for some seconds\n", one_line(own->string())));
      return pack_own_archive(*own);
    }
    return Unexpected<int>(
        parser.refuse("pack", "--archive is missing: this program is of no archive", {made}));
  }
  if (!fs::exists(given)) {
    return Unexpected<int>(parser.refuse(given, "there is no archive " + given, {made}));
  }
  auto archive = read_archive(given);
  if (archive) return *std::move(archive);
  return Unexpected<int>(parser.refuse(
      given, "this is no archive of wireproof: " + one_line(archive.error()), {made}));
}

int refuse_large(const ArgumentParser& parser, const PackOptions& options, std::size_t size) {
  return parser.refuse(options.grader, fmt::format("the pack has {} bytes, and Classroom 50 takes "
                                                   "no more than {}",
                                                   size, kMaxClassroom50Bytes));
}

// What a program with a port of its own meets in a container, where all sheets share a loopback.
void advise_port(const GraderName& grader, const std::string& command) {
  if (grader.grader == Grader::classroom50 || command.find("{port}") != std::string::npos) return;
  print_error(
      "note: the command has no {port}, so each sheet starts it on the same one\n"
      "  = help: in a container a server that does not set SO_REUSEADDR is refused it for a minute "
      "(`Address already in use`), and sheets are INCONCLUSIVE: let it take {port}\n");
}

int write_pack(const ArgumentParser& parser, const PackOptions& options, const GraderName& grader,
               const PackContents& contents) {
  const std::vector<PackedFile> files = list_pack_files(grader.grader, contents);
  std::size_t size = 0;
  for (const PackedFile& file : files) size += file.bytes.size();
  if (grader.grader == Grader::classroom50 && size > kMaxClassroom50Bytes) {
    return refuse_large(parser, options, size);
  }
  const std::string server = contents.sheet_folder.filename().string();
  const fs::path output = options.output.empty()
                              ? fs::path(fmt::format("{}-{}.zip", server, grader.name))
                              : fs::path(options.output);
  if (fs::is_directory(output)) {
    return parser.refuse(options.output, output.string() + " is a folder",
                         {{"help", "--output names the zip"}});
  }
  write_zip(output, files);
  advise_port(grader, contents.command);
  print_text(fmt::format("{}: {}\n{}\n", one_line(output.string()), counted(files.size(), "file"),
                         grader.next));
  return kExitPassed;
}

}  // namespace

int pack_command(const CommandLine& line) {
  const SplitLine split = split_at_dashes(line);
  PackOptions options;
  ArgumentParser parser(split.own, "pack GRADER --sheet-set DIR [OPTIONS] -- COMMAND...",
                        "Makes the zip that a grader judges submissions by, with all that it needs "
                        "where there is no network: COMMAND is started in a submission's folder, "
                        "as by `verify`, whose options are taken over.");
  add_options(parser, options);
  if (const auto code = parser.parse()) return *code;
  const auto* const grader = std::ranges::find(kGraders, options.grader, &GraderName::name);
  if (grader == kGraders.end()) {
    return parser.refuse(options.grader, "there are no packs for `" + options.grader + "`",
                         choice_notes(options.grader, list_names(kGraders)));
  }
  if (split.program.empty()) {
    return parser.refuse(options.grader, "it is not said how a submission is started",
                         {{"help", "write `-- COMMAND...` at the end, as in `verify`"}});
  }
  const fs::path folder = find_sheet_folder(options.sheet_set);
  if (folder.empty()) {
    return parser.refuse(options.sheet_set,
                         fmt::format("{} is no folder with a {}, nor a reference server",
                                     options.sheet_set, kServerDescription),
                         {{"help", "`wireproof servers` lists them, `wireproof new` makes one"}});
  }
  if (const auto code = check_sheets(parser, options, folder)) return *code;
  Expected<std::string, int> archive = find_archive(parser, options.archive);
  if (!archive) return archive.error();
  PackContents contents{folder,
                        list_verify_options(split.own, options.grader),
                        shell_command(split.program),
                        {},
                        *std::move(archive)};
  boost::split(contents.packages, options.packages, boost::is_any_of(" "),
               boost::token_compress_on);
  std::erase(contents.packages, "");
  return write_pack(parser, options, *grader, contents);
}

}  // namespace wireproof
