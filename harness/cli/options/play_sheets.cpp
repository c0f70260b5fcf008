#include "cli/options/play_sheets.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <tuple>

#include "base/system/process.h"
#include "base/text/words.h"
#include "cli/options/server_table.h"
#include "report/safe_text.h"
#include "result/verdict.h"

namespace wireproof {
namespace {

constexpr const char* kDefaultCaptureFolder = "captures-of-runs";
constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;

void add_runner_options(ArgumentParser& parser, PlaySheetsOptions& options) {
  parser.number("-j,--jobs", options.run.jobs,
                "scenarios played at the same time (default: processors; in `verify` 8 for each)");
  parser.number("--repeat", options.run.repeat,
                "play each scenario so many times and count the packet histories");
  parser.duration("--timeout", options.run.timeout, "of a step, instead of the sheets'");
  add_start_option(parser, options.run.start_within);
  parser.flag("--fail-fast", options.run.fail_fast, "end at the first scenario that fails");
  parser.flag("--strict", options.run.strict, "what a sheet says should be must be");
  parser.flag("--trace", options.run.trace,
              "trace the socket calls of every server, not only where a table has Cause or "
              "Blocked; one that runs already is attached to");
  parser.flag("--no-capture", options.no_capture, "judge sessions alone, without packets");
  parser.text("--pcap-dir", options.capture_folder, "keep captures in this folder");
  parser.choice<KeepCapture>("--pcap-keep", options.keep,
                             {{"on-failure", KeepCapture::on_failure},
                              {"always", KeepCapture::always},
                              {"never", KeepCapture::never}},
                             "which captures to keep (default: on-failure)");
  add_pcap_calls_option(parser, options.run.keep_calls);
}

// The results of all plays are kept until the end.
constexpr std::uint64_t kMostPlays = 1'000'000;

int refuse_repeat(std::uint64_t repeat, std::size_t sheets) {
  print_error(
      fmt::format("error: --repeat {}: a run has at most {} plays\n"
                  "  = help: of {} at most {} repetitions\n",
                  repeat, kMostPlays, counted(sheets, "scenario"), kMostPlays / sheets));
  return kExitUsage;
}

// Of them all, in the order of their ids.
std::vector<Sheet> part_of(const std::vector<Sheet>& sheets, const std::optional<Shard>& shard) {
  if (!shard) return sheets;
  std::vector<std::string> ids;
  for (const Sheet& sheet : sheets) ids.push_back(sheet.id);
  std::ranges::sort(ids);
  std::vector<Sheet> part;
  for (const Sheet& sheet : sheets) {
    const auto place = std::ranges::lower_bound(ids, sheet.id) - ids.begin();
    if (shard->has(static_cast<std::size_t>(place))) part.push_back(sheet);
  }
  return part;
}

// The program that a sheet is about: a server, or the command that is played in its place, and of
// our own what is wrong with it.
std::string name_program(const FrontMatter& front) {
  const auto fault = front.parameters.find(std::string(kFaultParameter));
  const std::string name = front.server.empty() ? front.command : front.server;
  return fault == front.parameters.end() ? name
                                         : fmt::format("{} with fault {}", name, fault->second);
}

// FNV-1a of what the parts of a run are parts of.
std::string digest_of(const std::vector<Sheet>& sheets) {
  std::uint64_t digest = 0xcbf29ce484222325;
  const auto add = [&digest](std::string_view text) {
    for (const char character : text) {
      digest = (digest ^ static_cast<std::uint8_t>(character)) * 0x100000001b3;
    }
  };
  for (const Sheet& sheet : sheets) {
    add(sheet.id);
    add(sheet.source.text());
  }
  return fmt::format("{:016x}", digest);
}

// What the results are not told by those who play, and what sheets keep to themselves goes.
void introduce(RunResult& run, const std::vector<Sheet>& sheets, const PlaySheetsOptions& options) {
  run.decides = options.level;
  run.shard = options.shard;
  // Somebody's program is one, whatever the sheets would start.
  const bool is_somebodys = options.run.one_server || !options.run.client_command.empty();
  std::map<std::string, std::string> programs;
  for (const Sheet& sheet : sheets) {
    if (sheet.scenario && !is_somebodys) programs[sheet.id] = name_program(sheet.scenario->front);
  }
  for (ScenarioSummary& scenario : run.scenarios) {
    scenario.result.program = programs[scenario.result.id];
  }
  conceal(run, sheets);
}

// What the reports hold until the run is over: a run that is killed leaves that.
RunResult unfinished(const std::vector<Sheet>& sheets, const std::vector<ScenarioResult>& results,
                     const PlaySheetsOptions& options, const std::string& reason) {
  RunResult run = cut_short(sheets, results, reason);
  run.interrupted = true;
  introduce(run, sheets, options);
  return run;
}

// What came before the run broke off is in the reports too.
RunResult play(const std::vector<Sheet>& sheets, const PlaySheetsOptions& options,
               ReportFiles& reports) {
  std::vector<Scenario> scenarios;
  for (const Sheet& sheet : sheets) {
    if (sheet.scenario) scenarios.push_back(*sheet.scenario);
  }
  print_error(render_fewer_jobs(options.run.jobs, count_processors()));
  std::vector<ScenarioResult> results;
  Progress progress(scenarios.size() * options.run.repeat, options.output);
  const auto sink = [&](const ScenarioResult& result) {
    progress.ended(result);
    results.push_back(result);
    if (!reports.is_due()) return;
    reports.update(
        [&] { return unfinished(sheets, results, options, "the run has not come to this sheet"); });
  };
  try {
    if (!options.run.capture_folder.empty()) {
      std::filesystem::create_directories(options.run.capture_folder);
    }
    RunResult run = run_scenarios(scenarios, make_server_table(), options.run, sink);
    add_unreadable(sheets, run);
    introduce(run, sheets, options);
    return run;
  } catch (const std::exception& error) {
    RunResult run = unfinished(sheets, results, options, error.what());
    reports.write(run);
    throw;
  }
}

}  // namespace

void add_play_options(ArgumentParser& parser, PlaySheetsOptions& options) {
  add_filter_options(parser, options.selection);
  add_sheet_options(parser, options.selection);
  add_shard_option(parser, options.selection.shard);
  add_runner_options(parser, options);
  add_report_options(parser, options.reports);
  add_output_options(parser, options.output);
}

std::string render_fewer_jobs(std::size_t jobs, std::size_t processors) {
  const std::size_t fewer = limit_jobs(jobs, processors);
  if (fewer >= jobs) return "";
  return fmt::format("-j {}: {} at a time, {} for each of {}\n", jobs, fewer, kMostJobsPerProcessor,
                     counted(processors, "processor"));
}

void add_pcap_calls_option(ArgumentParser& parser, bool& keep_calls) {
  parser.choice<bool>("--pcap-calls", keep_calls, {{"rows", true}, {"none", false}},
                      "whether calls of a traced run are rows between the packets of its capture, "
                      "which Wireshark shows (default: rows)");
}

void add_start_option(ArgumentParser& parser, std::optional<Duration>& start_within) {
  parser.duration("--start-within", start_within,
                  "until a server listens, instead of the sheets' (else 10s)");
}

void add_level_option(ArgumentParser& parser, std::optional<SheetLevel>& level) {
  level = SheetLevel::exercise;
  parser.choice<SheetLevel>(
      "--level", level, {{"exercise", SheetLevel::exercise}, {"robust", SheetLevel::robust}},
      "which sheets decide the exit code and the points: those of the exercise as it is set "
      "(default), or also those beyond it");
}

// `--pcap-keep always` alone keeps them too, in a folder of that name.
void finish_options(PlaySheetsOptions& options) {
  options.run.capture = !options.no_capture;
  if (options.keep && *options.keep != KeepCapture::never && options.capture_folder.empty()) {
    options.capture_folder = kDefaultCaptureFolder;
  }
  options.run.keep = options.keep.value_or(KeepCapture::on_failure);
  options.run.capture_folder = options.capture_folder;
}

int play_sheets(const std::vector<Sheet>& selected, PlaySheetsOptions options,
                ReportFiles& reports) {
  const std::vector<Sheet> sheets = part_of(selected, options.selection.shard);
  if (options.selection.shard) {
    options.shard = render_shard(*options.selection.shard) + " " + digest_of(selected);
  }
  const std::size_t count = std::max<std::size_t>(sheets.size(), 1);
  if (options.run.repeat > kMostPlays / count) return refuse_repeat(options.run.repeat, count);
  if (std::ranges::any_of(selected, &Sheet::has_errors)) {  // then no part is played
    RunResult run = sheets_wrong(sheets);
    introduce(run, sheets, options);
    reports.write(run);
    print_diagnostics(selected, options.output.color);
    print_annotations(run);
    reports.require_written();
    return kExitSheetWrong;
  }
  print_diagnostics(sheets, options.output.color);  // warnings, and what cannot be read
  RunResult run = play(sheets, options, reports);
  const std::string things = render_things(run, options.reports.hints);
  reports.write(run, things);
  print_results(run, things, options.output);
  if (!options.output.quiet) print_text(options.remark);
  reports.require_written();
  return exit_code(run);
}

void add_sandbox_options(ArgumentParser& parser, SandboxSettings& settings) {
  const SandboxLimits usual;
  parser.flag("--no-sandbox", settings.none,
              "start the program without protection from it: to debug, or where the machine "
              "allows no sandbox");
  parser.number("--max-memory", settings.memory_mib,
                fmt::format("MiB of memory for all its processes (default: {})",
                            usual.memory_bytes / kMebibyte));
  parser.number("--max-processes", settings.processes,
                fmt::format("processes and threads at a time (default: {})", usual.processes));
  parser.number(
      "--max-file", settings.file_mib,
      fmt::format("MiB in a file, and in all of /tmp (default: {})", usual.file_bytes / kMebibyte));
  parser.duration("--max-cpu", settings.cpu,
                  fmt::format("processor time of each process, in whole seconds (default: {}s)",
                              usual.cpu.count()));
}

std::optional<SandboxRequest> sandbox_options(const SandboxSettings& settings) {
  if (settings.none) return std::nullopt;
  SandboxRequest options;
  SandboxLimits& limits = options.limits;
  if (settings.memory_mib) limits.memory_bytes = *settings.memory_mib * kMebibyte;
  limits.processes = settings.processes.value_or(limits.processes);
  if (settings.file_mib) limits.file_bytes = *settings.file_mib * kMebibyte;
  if (settings.cpu) limits.cpu = std::chrono::ceil<std::chrono::seconds>(*settings.cpu);
  return options;
}

void require_sandbox(const SandboxRequest& options) {
  const Attempt attempt = attempt_in_child([&options] {
    const NetworkKind network = enter_private_network(NetworkUse::without_capture);
    const Sandbox sandbox(options, network);
    return std::string();
  });
  if (!attempt.done) throw std::runtime_error(attempt.text);
}

}  // namespace wireproof
