#include "report/feedback.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/text/bytes.h"
#include "base/text/text_table.h"
#include "base/text/words.h"
#include "report/findings.h"
#include "report/report.h"
#include "report/safe_text.h"

namespace wireproof {
namespace {

constexpr std::size_t kNamedSheets = 3;

std::string name_places(const std::vector<FindingPlace>& places) {
  std::vector<std::string> sheets;
  for (const FindingPlace& place : places) sheets.push_back(one_line(place.sheet));
  return enumerate(sheets, kNamedSheets);
}

std::size_t count_further(const Finding& finding) {
  std::size_t further = 0;
  for (const FindingPlace& place : finding.places) further += place.further;
  return further;
}

// Of the first place that has any.
std::string words_of(const Finding& finding) {
  const auto found = std::ranges::find_if(
      finding.places, [](const FindingPlace& place) { return !place.said.empty(); });
  return found == finding.places.end() ? "" : found->said;
}

// What all answers have in common is what was seen, and says more than where one differs.
bool is_its_own_headline(const Finding& finding) {
  return is_about_every_answer(finding.explanation);
}

std::string headline_of(const Finding& finding) {
  return one_line(is_its_own_headline(finding) ? finding.why : finding.places.front().message);
}

// Of what all answers have in common the texts of one, nothing else.
bool shows_answer(const Finding& finding) {
  const FindingPlace& first = finding.places.front();
  if (!is_its_own_headline(finding)) return true;
  return first.expected.starts_with('"') && !first.captured.empty();
}

bool tells_why(const Finding& finding, Hints hints) {
  return hints >= Hints::explained && !finding.why.empty() && !is_its_own_headline(finding);
}

// On one line, which a program or a sheet may have made as long as it liked.
std::string shortened(const std::string& text) {
  constexpr std::size_t kMostShown = 400;  // bytes
  std::size_t end = kMostShown;
  if (text.size() <= end) return one_line(text);
  constexpr unsigned kMask = 0xC0;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & kMask) == 0x80U) --end;
  return one_line(text.substr(0, end)) + "…";
}

// A note of its own: of what a program printed the last lines, one below the other.
std::string render_note(const Note& note) {
  constexpr std::size_t kMostLines = 12;
  std::vector<std::string> lines;
  for (std::string_view rest = note.text; !rest.empty() || lines.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    lines.push_back(shortened(std::string(rest.substr(0, end))));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  const std::string head = fmt::format("   {}: ", one_line(note.label));
  std::string text = head;
  std::size_t first = 0;
  if (lines.size() > kMostLines) {
    first = lines.size() - kMostLines;
    text += fmt::format("… {} before\n", counted(first, "line"));
  }
  for (std::size_t index = first; index < lines.size(); ++index) {
    const bool is_behind_head = index == 0;
    text += (is_behind_head ? "" : std::string(head.size(), ' ')) + lines[index] + "\n";
  }
  return text;
}

std::string render_finding(const Finding& finding, std::size_t number, Hints hints) {
  const FindingPlace& first = finding.places.front();
  std::string text = fmt::format("{}. {}\n", number, headline_of(finding));
  text += fmt::format("   in {}: {}\n", counted(finding.places.size(), "sheet"),
                      name_places(finding.places));
  if (!first.place.empty()) text += fmt::format("   at {}\n", shortened(first.place));
  if (!words_of(finding).empty()) {
    text += fmt::format("   it said: {}\n", shortened(words_of(finding)));
  }
  if (shows_answer(finding)) {
    for (const auto& [label, said] : {std::pair{"expected", &first.expected},
                                      {"captured", &first.captured},
                                      {"bytes", &first.bytes}}) {
      if (!said->empty()) text += fmt::format("   {:<8}  {}\n", label, shortened(*said));
    }
    for (const Note& note : first.notes) text += render_note(note);
  }
  if (tells_why(finding, hints)) {
    text += fmt::format("   why: {}\n", one_line(finding.why));
  }
  if (hints >= Hints::advised) {
    const std::string_view advice = advice_for(finding.explanation);
    if (!advice.empty()) text += fmt::format("   to mend it: {}\n", advice);
    text += indented(escape_control(first.rendered), "   | ");
  }
  const std::size_t further = count_further(finding);
  if (further > 0) {
    text += fmt::format("   {} there may follow from it\n", counted(further, "further message"));
  }
  return text;
}

// Findings say nothing of it.
bool is_unplayed(const ScenarioResult& result) {
  return result.verdict == Verdict::error || result.verdict == Verdict::inconclusive ||
         result.verdict == Verdict::skip;
}

std::string render_verdict_table(const RunResult& run) {
  TextTable table{{"Verdict", "Sheet", "What it shows", "Why"}, {}, {}};
  if (run.decides) table.heading.insert(table.heading.begin() + 1, "Level");
  for (const ScenarioSummary& scenario : run.scenarios) {
    const ScenarioResult& result = scenario.result;
    const std::string replays = render_replays(result.replays);
    table.rows.push_back({render_verdict(result.verdict) + (replays.empty() ? "" : " " + replays),
                          markdown_text(one_line(result.id)), markdown_text(one_line(result.title)),
                          is_unplayed(result) ? markdown_text(one_line(result.reason)) : ""});
    if (!run.decides) continue;
    auto& row = table.rows.back();
    row.insert(row.begin() + 1, result.level == SheetLevel::exercise ? "as set" : "beyond");
  }
  return render_table(table, TableFormat::markdown);
}

// Longer than any run of backquotes inside (CommonMark §4.5).
std::string fenced(const std::string& text) {
  std::size_t longest = 2;
  std::size_t ticks = 0;
  for (const char character : text) {
    ticks = character == '`' ? ticks + 1 : 0;
    longest = std::max(longest, ticks);
  }
  const std::string fence(longest + 1, '`');
  return fmt::format("{}text\n{}{}{}\n", fence, text, text.ends_with('\n') ? "" : "\n", fence);
}

std::string render_finding_markdown(const Finding& finding, std::size_t number, Hints hints) {
  const FindingPlace& first = finding.places.front();
  std::string text = fmt::format("## {}. {}\n\n", number, markdown_text(headline_of(finding)));
  if (!words_of(finding).empty()) {
    text += fmt::format("**It said:** {}\n\n", markdown_text(one_line(words_of(finding))));
  }
  if (shows_answer(finding)) {
    for (const auto& [label, said] :
         {std::pair{"Expected", &first.expected}, {"Captured", &first.captured}}) {
      if (!said->empty())
        text += fmt::format("**{}:** {}\n\n", label, markdown_text(one_line(*said)));
    }
  }
  if (tells_why(finding, hints)) {
    text += fmt::format("**Why:** {}\n\n", markdown_text(one_line(finding.why)));
  }
  if (hints >= Hints::advised) {
    const std::string_view advice = advice_for(finding.explanation);
    if (!advice.empty()) text += fmt::format("**To mend it:** {}\n\n", markdown_text(advice));
    text += fenced(escape_control(first.rendered)) + "\n";
  }
  text += fmt::format("Seen in {}:\n\n", counted(finding.places.size(), "sheet"));
  for (const FindingPlace& place : finding.places) {
    text += fmt::format("- {}: {}", markdown_text(one_line(place.sheet)),
                        markdown_text(one_line(place.title)));
    if (place.further > 0) {
      text +=
          fmt::format(" ({} there may follow from it)", counted(place.further, "further message"));
    }
    text += "\n";
  }
  return text + "\n";
}

}  // namespace

std::string render_feedback_text(const RunResult& run, const Signatures& known, Hints hints) {
  const std::vector<Finding> findings = find_findings(run, known);
  if (findings.empty()) return "";
  std::string text =
      fmt::format("{} wrong, the most fundamental first:\n\n",
                  findings.size() == 1 ? std::string("1 thing is")
                                       : fmt::format("{} things are", findings.size()));
  for (std::size_t index = 0; index < findings.size(); ++index) {
    text += render_finding(findings[index], index + 1, hints) + "\n";
  }
  return text;
}

std::vector<GradedThing> list_things(const std::vector<Finding>& findings) {
  std::vector<GradedThing> things;
  for (const Finding& finding : findings) {
    GradedThing& thing = things.emplace_back();
    thing.explanation = finding.explanation;
    thing.what = headline_of(finding);
    if (tells_why(finding, Hints::explained)) thing.why = one_line(finding.why);
    for (const FindingPlace& place : finding.places) thing.sheets.push_back(place.sheet);
  }
  return things;
}

std::string render_feedback_markdown(const RunResult& run, const Signatures& known, Hints hints) {
  std::string text = fmt::format("# Feedback\n\n{}\n\n", render_text_totals(run, Style::plain));
  const std::vector<Finding> findings = find_findings(run, known);
  for (std::size_t index = 0; index < findings.size(); ++index) {
    text += render_finding_markdown(findings[index], index + 1, hints);
  }
  return text + "## All sheets\n\n" + render_verdict_table(run);
}

}  // namespace wireproof
