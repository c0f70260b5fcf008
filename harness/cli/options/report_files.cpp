#include "cli/options/report_files.h"

#include <fcntl.h>

#include <cerrno>
#include <optional>
#include <string_view>
#include <utility>

#include "base/system/system_call.h"
#include "report/report.h"

namespace wireproof {

namespace {

// Pipes and terminals cannot be cut to a length (EINVAL), and need not be.
void empty_file(int fd, const std::string& attempt) {
  if (::ftruncate(fd, 0) != 0 && errno != EINVAL) throw SystemError(attempt, errno);
}

void write_text(int fd, std::string_view text, const std::string& attempt) {
  empty_file(fd, attempt);
  while (!text.empty()) {
    const long written = check_call(::write(fd, text.data(), text.size()), attempt);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

void add_report_options(ArgumentParser& parser, ReportOptions& options) {
  parser.text("--report-junit", options.junit, "write the results as JUnit XML to this file");
  parser.text("--report-json", options.json,
              "write the results as JSON to this file (docs/result.schema.json)");
}

void add_feedback_options(ArgumentParser& parser, ReportOptions& options) {
  parser.choice<Hints>(
      "--hints", options.hints,
      {{"0", Hints::observed}, {"1", Hints::explained}, {"2", Hints::advised}},
      "how much is given away: 0 what was seen, 1 and why (default), 2 and what was expected and "
      "how to mend it");
  parser.text("--feedback", options.feedback,
              "write what is wrong, in plain words, as Markdown to this file");
}

ReportFiles::ReportFiles(const ReportOptions& options) {
  open(options.junit, render_junit);
  open(options.json, render_json);
  open(options.feedback, [hints = options.hints](const RunResult& run) {
    return render_feedback_markdown(run, hints);
  });
}

void ReportFiles::open(const std::string& path, Render render) {
  if (path.empty()) return;
  constexpr int kFlags = O_WRONLY | O_CREAT | O_CLOEXEC;
  constexpr int kMode = 0666;  // less the umask
  const long fd = check_call(::open(path.c_str(), kFlags, kMode), "write the report " + path);
  targets_.push_back({path, UniqueFd(static_cast<int>(fd)), std::move(render)});
}

void ReportFiles::write(const RunResult& run) const {
  std::optional<SystemError> failure;
  for (const Target& target : targets_) {
    try {
      write_text(target.file.get(), target.render(run), "write the report " + target.path);
    } catch (const SystemError& error) {
      failure = error;
    }
  }
  if (failure) throw SystemError(*failure);
}

}  // namespace wireproof
