#include "report/formats/format.h"

#include <fmt/format.h>

#include <array>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <chrono>

#include "base/text/words.h"
#include "report/html/html.h"
#include "report/report.h"
#include "report/safe_text.h"

namespace wireproof {
namespace {

// Spans are byte offsets, and reports do not have the sheet: the line is read from the second line
// of the rendered message, ` --> NAME:LINE:COLUMN` (base/diagnostic.h).
std::optional<std::size_t> find_line(std::string_view rendered) {
  const std::size_t begin = rendered.find('\n');
  if (begin == std::string_view::npos) return std::nullopt;
  std::string_view place = rendered.substr(begin + 1);
  place = place.substr(0, place.find('\n'));
  if (place.find("--> ") == std::string_view::npos) return std::nullopt;
  place = place.substr(0, place.rfind(':'));  // without the column
  return parse_number<std::size_t>(place.substr(place.rfind(':') + 1));
}

template <std::string (*Render)(const RunResult&)>
std::string of_run(const ReportInput& input) {
  return Render(input.run);
}

std::string render_html(const ReportInput& input) {
  return render_run_html(input.run, input.things);
}

constexpr std::array<ReportFormat, 11> kFormats = {{
    {kHtmlReport, "one HTML page", render_html},
    {"--report-junit", "JUnit XML", of_run<render_junit>},
    {"--report-json", "JSON (docs/result.schema.json)", of_run<render_json>},
    {"--report-tap", "TAP 14", of_run<render_tap>},
    {"--report-ctrf", "CTRF JSON", of_run<render_ctrf>},
    {"--report-gradescope", "Gradescope's results.json", render_gradescope},
    {"--report-prairielearn", "PrairieLearn's results.json", render_prairielearn},
    {"--report-classroom50", "Classroom 50's result.json", render_classroom50},
    {"--report-vpl", "what Moodle's VPL reads", render_vpl},
    {"--report-codequality", "GitLab's code quality JSON", render_codequality},
    {"--report-gitlab", "links for the page of GitLab's job", render_gitlab_links},
}};

}  // namespace

std::span<const ReportFormat> report_formats() {
  return kFormats;
}

std::string render_date_time(Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::string message_of(const ScenarioResult& result) {
  if (!result.reason.empty()) return one_line(result.reason);
  if (!result.failures.empty()) return one_line(result.failures.front().diagnostic.message);
  return render_verdict(result.verdict);
}

std::optional<std::size_t> line_of(const Failure& failure) {
  return failure.diagnostic.span ? find_line(failure.rendered) : std::nullopt;
}

std::size_t first_line_of(const ScenarioResult& result) {
  for (const Failure& failure : result.failures) {
    if (const auto line = line_of(failure)) return *line;
  }
  return 1;
}

std::string make_uuid(const std::string& name) {
  boost::uuids::name_generator_sha1 generate(boost::uuids::ns::url());
  return boost::uuids::to_string(generate("wireproof:" + name));
}

}  // namespace wireproof
