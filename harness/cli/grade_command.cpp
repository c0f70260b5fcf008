#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/system/process.h"
#include "cli/commands.h"
#include "cli/options/owed_reports.h"
#include "cli/options/own_servers.h"
#include "cli/options/play_sheets.h"
#include "cli/options/server_table.h"
#include "cli/options/signature_files.h"
#include "cli/options/submissions.h"
#include "cli/verify/verify_sheets.h"
#include "play/runner/machine_offer.h"
#include "report/feedback.h"
#include "report/html/html.h"
#include "report/report.h"
#include "report/safe_text.h"

namespace wireproof {

namespace fs = std::filesystem;

namespace {

constexpr const char* kDefaultState = ".wireproof-grade";
// A program's start and its clients' ends are mostly waits, so more of them than processors.
constexpr std::size_t kGradingsPerProcessor = 6;

struct GradeOptions {
  SelectionOptions selection;
  RunOptions run;
  SandboxSettings sandbox;
  OutputOptions output;
  std::string submissions;
  std::string server;
  std::string command;
  std::string state = kDefaultState;
  std::string csv;
  std::string json;
  std::string html;
  std::string xlsx;
  std::optional<std::uint16_t> port;
  std::optional<std::uint16_t> udp_port;
  std::optional<Transport> transport;  // that alone
};

void add_options(ArgumentParser& parser, GradeOptions& options) {
  parser.required_text("--submissions", options.submissions,
                       "the folder with a folder for each submission");
  parser.required_text("--sheet-set", options.server,
                       "whose sheets (`wireproof servers` lists the reference servers)");
  parser.required_text(
      "--command", options.command,
      "what starts a submission, in its folder; {dir}, {port} and {host} are filled in");
  parser.port("--port", options.port,
              "the port that programs listen on (default: the server's own)");
  parser.port("--udp-port", options.udp_port,
              "the UDP port of programs that have another one for TCP");
  parser.text("--csv", options.csv, "write the gradebook as CSV to this file");
  parser.text("--json", options.json, "write the gradebook as JSON to this file");
  parser.text("--html", options.html, "write the gradebook as HTML to this file");
  parser.text("--xlsx", options.xlsx, "write the gradebook as an Excel workbook to this file");
  parser.text("--state", options.state,
              "folder that keeps what is done, to go on after a stop (default: .wireproof-grade)");
  parser.number("-j,--jobs", options.run.jobs,
                "sheets played at the same time (default: 6 for each processor)");
  parser.duration("--timeout", options.run.timeout, "of a step, instead of the sheets'");
  add_start_option(parser, options.run.start_within);
  add_shard_option(parser, options.selection.shard);
  add_level_option(parser, options.run.decides);
  add_scenarios_option(parser, options.selection);
  add_filter_options(parser, options.selection);
  add_sheet_options(parser, options.selection);
  add_sandbox_options(parser, options.sandbox);
  add_output_options(parser, options.output);
}

// What makes a grade besides the submission itself.
std::string describe_start(const GradeOptions& options, const std::vector<Sheet>& sheets) {
  std::string text = fmt::format(
      "{}\n{}\n{}\n{}\n{}\n", WIREPROOF_VERSION, options.command, options.port.value_or(0),
      options.udp_port.value_or(0),
      options.run.timeout ? render_duration(*options.run.timeout) : "the sheets' timeout");
  if (options.run.decides == SheetLevel::robust) text += "robust\n";
  if (options.run.start_within) text += render_duration(*options.run.start_within) + "\n";
  for (const std::string& setting : options.selection.settings) text += setting + "\n";
  if (options.run.sandbox) {
    const SandboxLimits& limits = options.run.sandbox->limits;
    text += fmt::format("{} {} {} {}\n", limits.memory_bytes, limits.processes, limits.file_bytes,
                        limits.cpu.count());
  }
  if (const OwnServer* const own = find_own_server(options.server)) {
    text += described_folder(own->folder).source.text();
  }
  for (const Sheet& sheet : sheets) {
    text += sheet.id + "\n" + sheet.source.text() + "\n";
    const Reveal reveal = sheet.scenario->front.reveal;
    if (reveal != Reveal::all) text += reveal == Reveal::verdict ? "verdict\n" : "observed\n";
  }
  return text;
}

void give_command(const GradeOptions& options, FrontMatter& front) {
  give_program(front, {*find_known_server(options.server), options.command, options.port,
                       options.udp_port, options.transport});
}

// Empty for a folder that cannot be read as a whole: it is graded every time.
std::string find_key(const Submission& submission, const std::string& start) {
  try {
    return make_content_key(submission.folder, start);
  } catch (const std::exception&) {
    return "";
  }
}

class GradeRun {
 public:
  // `gradebooks` outlive it.
  GradeRun(const GradeOptions& options, const std::vector<Sheet>& sheets, FoundSubmissions found,
           OwedReports<Gradebook>& gradebooks)
      : options_(options),
        gradebooks_(gradebooks),
        store_(options.state),
        signatures_(load_signatures(options.server)) {
    book.server = options.server;
    book.command = options.command;
    for (const Sheet& sheet : sheets) {
      book.sheets.push_back(sheet.id);
      scenarios_.push_back(*sheet.scenario);
      give_command(options, scenarios_.back().front);
    }
    const std::string start = describe_start(options, sheets);
    for (Submission& submission : found.all) {
      const std::string key = find_key(submission, start);
      auto known = key.empty() ? std::nullopt : store_.find(submission.name, key);
      if (!known) {
        rows_.push_back(book.submissions.size());
        keys_.push_back(key);
        known = SubmissionGrade{submission.name, "", {}};
        open_.push_back(std::move(submission));
      }
      book.submissions.push_back(*std::move(known));
    }
    refused_ = found.refused.size();
    std::ranges::move(found.refused, std::back_inserter(book.submissions));
  }

  Gradebook book;

  // False when SIGINT came.
  bool play() {
    const std::size_t known = book.submissions.size() - open_.size() - refused_;
    if (known > 0 && !options_.output.quiet) {
      print_error(fmt::format("{} of {} submissions have their grade already, in {}\n", known,
                              book.submissions.size(), options_.state));
    }
    if (open_.empty()) return true;
    return grade_submissions(open_, scenarios_, make_server_table(), options_.run,
                             [this](std::size_t index, SubmissionGrade grade,
                                    const std::vector<ScenarioResult>& results) {
                               grade.things = list_things(find_findings(results, signatures_));
                               done(index, grade);
                             });
  }

 private:
  void done(std::size_t index, const SubmissionGrade& grade) {
    book.submissions[rows_[index]] = grade;
    if (!keys_[index].empty() && is_final(grade)) keep(grade, keys_[index]);
    ++count_;
    if (gradebooks_.is_due()) gradebooks_.update([this] { return book; });
    if (options_.output.quiet) return;
    print_error(fmt::format("[{}/{}] {}\n", count_, open_.size(), one_line(grade.name)));
  }

  // Where it cannot be kept it is graded again, and the others are graded now.
  void keep(const SubmissionGrade& grade, const std::string& key) const {
    try {
      store_.keep(grade, key);
    } catch (const SystemError& error) {
      print_error(fmt::format("note: {}\n", one_line(error.what())));
    }
  }

  const GradeOptions& options_;
  OwedReports<Gradebook>& gradebooks_;
  const GradeStore store_;
  const Signatures signatures_;
  std::vector<Scenario> scenarios_;
  std::vector<Submission> open_;   // without a grade
  std::vector<std::size_t> rows_;  // of these, in the book
  std::vector<std::string> keys_;  // of these
  std::size_t count_ = 0;          // done by now
  std::size_t refused_ = 0;        // at the end of the book
};

// Of all submissions in the order of their names; who cannot be read belongs to the first part.
void keep_part(FoundSubmissions& found, const Shard& shard) {
  std::vector<Submission> part;
  for (std::size_t place = 0; place < found.all.size(); ++place) {
    if (shard.has(place)) part.push_back(std::move(found.all[place]));
  }
  found.all = std::move(part);
  if (shard.number != 1) found.refused.clear();
}

int exit_code_of(const Gradebook& book) {
  const bool all_graded = std::ranges::none_of(book.submissions, [](const auto& submission) {
    return verdict_of(submission) == Verdict::inconclusive || !is_graded(submission);
  });
  return all_graded ? kExitPassed : kExitCouldNotRun;
}

int grade(GradeOptions& options, const std::vector<Sheet>& sheets) {
  const int code = print_diagnostics(sheets, options.output.color);
  if (code != kExitPassed) return code;
  FrontMatter front = sheets.front().scenario->front;
  give_command(options, front);
  FoundSubmissions submissions = find_submissions(options.submissions, front.command);
  if (submissions.all.empty() && submissions.refused.empty()) {
    print_error("error: there is no folder in " + options.submissions + "\n" +
                "  = help: each submission is a folder of its own\n");
    return kExitNothingSelected;
  }
  if (options.selection.shard) keep_part(submissions, *options.selection.shard);
  OwedReports<Gradebook> gradebooks;
  gradebooks.owe(options.csv, render_gradebook_csv);
  gradebooks.owe(options.json, render_gradebook_json);
  gradebooks.owe(options.html, render_gradebook_html);
  gradebooks.owe(options.xlsx, render_gradebook_xlsx);
  if (options.run.sandbox) require_sandbox(*options.run.sandbox);
  print_error(render_fewer_jobs(options.run.jobs, count_processors()));
  print_error(render_run_limits(find_run_limits(options.run)));
  GradeRun run(options, sheets, std::move(submissions), gradebooks);
  const bool finished = run.play();
  gradebooks.write(run.book);
  print_text(render_gradebook_text(run.book));
  gradebooks.require_written();
  if (finished) return exit_code_of(run.book);
  print_error("interrupted: the same command goes on where it stopped\n");
  return kExitInterrupted;
}

}  // namespace

int grade_command(const CommandLine& line) {
  GradeOptions options;
  options.run.jobs = count_processors() * kGradingsPerProcessor;
  ArgumentParser parser(
      line, "grade --submissions DIR --sheet-set SERVER --command COMMAND [OPTIONS]",
      "Grades a class: COMMAND is started in each folder of DIR, once for each sheet of the "
      "reference server SERVER, in a sandbox. Submissions that have not changed keep the grade of "
      "the run before.");
  add_options(parser, options);
  if (const auto code = parser.parse()) return *code;
  if (const auto code = find_server_named(parser, options.server, options.selection)) {
    return *code;
  }
  if (const auto code = check_selection(parser, options.selection)) return *code;
  const ServerInfo& info = *find_known_server(options.server);
  if (!fs::is_directory(options.submissions)) {
    return parser.refuse(options.submissions, "there is no folder " + options.submissions);
  }
  const VerifySettings settings = split_settings(info, options.selection.settings);
  if (const auto code = check_form(parser, info, settings)) return *code;
  options.transport = settings.transport;
  options.run.sandbox = sandbox_options(options.sandbox);
  if (options.run.sandbox) {
    // Nor does a program read the grades that are kept.
    options.run.sandbox->hidden = {fs::canonical(options.submissions), fs::absolute(options.state)};
  }
  const Selection selection = select_server_sheets(info, options.selection, settings);
  if (selection.sheets.empty()) return refuse_empty(selection, options.selection);
  print_error(render_transport_share(info, options.selection, settings, selection.sheets.size()));
  print_error(render_form_share(info, options.selection, settings, selection.sheets));
  return grade(options, selection.sheets);
}

}  // namespace wireproof
