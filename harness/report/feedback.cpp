#include "report/feedback.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>

#include "base/text/bytes.h"
#include "base/text/last_words.h"
#include "base/text/text_table.h"
#include "base/text/words.h"
#include "report/report.h"
#include "report/safe_text.h"

namespace wireproof {
namespace {

std::string find_why(const Diagnostic& failure) {
  const auto why = std::ranges::find(failure.notes, "why", &Note::label);
  return why == failure.notes.end() ? "" : why->text;
}

bool has_failed(const ScenarioResult& result) {
  return result.verdict == Verdict::fail || result.verdict == Verdict::flaky;
}

// Messages stand in the order of the session, what tables say behind it: of two with a cause the
// later follows more likely from the earlier.
int weight_of(const Diagnostic& failure) {
  if (failure.explanation == ExplanationId::none) return 2;
  return is_about_process(failure.explanation) ? 0 : 1;
}

// The messages of one sheet that count.
struct Roots {
  std::optional<std::size_t> main;     // none where only warnings are left
  std::optional<std::size_t> restart;  // it did not start again, whatever was wrong before
};

// What is behind a server that did not start again follows from that.
Roots find_roots(const ScenarioResult& result) {
  Roots roots;
  for (std::size_t index = 0; index < result.failures.size(); ++index) {
    const Diagnostic& failure = result.failures[index].diagnostic;
    if (failure.severity != Severity::error) continue;
    if (failure.explanation == ExplanationId::port_not_reusable) {
      roots.restart = index;
      break;
    }
    const auto& main = roots.main;
    if (!main || weight_of(failure) < weight_of(result.failures[*main].diagnostic)) {
      roots.main = index;
    }
  }
  return roots;
}

// Without the client of a group that met it ("c1: …").
std::string_view plain_message(std::string_view message) {
  const std::size_t colon = message.find(": ");
  const bool names_client =
      colon != std::string_view::npos && message.starts_with('c') &&
      message.substr(1, colon - 1).find_first_not_of("0123456789") == std::string_view::npos;
  return names_client ? message.substr(colon + 2) : message;
}

bool has_place_like(const Finding& finding, const std::string& message) {
  return std::ranges::any_of(finding.places, [&](const FindingPlace& place) {
    return plain_message(place.message) == plain_message(message);
  });
}

// What the server wrote of a client that reset is no cause of anything else: one whose session has
// failed does so.
std::string words_for(const Diagnostic& failure, const ScenarioResult& result) {
  constexpr std::string_view kOfResets[] = {"ConnectionReset", "BrokenPipe", "Connection reset",
                                            "Broken pipe",     "ECONNRESET", "EPIPE"};
  const bool restarts = std::ranges::any_of(result.failures, [](const Failure& each) {
    return each.diagnostic.explanation == ExplanationId::port_not_reusable;
  });
  std::string words = find_last_words(result.server_output);
  const bool is_of_reset = std::ranges::any_of(
      kOfResets, [&words](std::string_view one) { return words.find(one) != words.npos; });
  const bool is_known = failure.message.find(words) != std::string::npos;
  if (is_known || restarts || (is_of_reset && failure.explanation != ExplanationId::died_on_reset))
    return "";
  return words;
}

void add_place(std::vector<Finding>& findings, const ScenarioResult& result, std::size_t root) {
  const Diagnostic& failure = result.failures[root].diagnostic;
  const auto errors = std::ranges::count_if(result.failures, [](const Failure& each) {
    return each.diagnostic.severity == Severity::error;
  });
  FindingPlace place{result.id,
                     result.title,
                     failure.message,
                     result.failures[root].rendered,
                     static_cast<std::size_t>(errors) - 1,
                     words_for(failure, result)};
  const auto is_same = [&](const Finding& finding) {
    return finding.explanation == failure.explanation &&
           (failure.explanation != ExplanationId::none || has_place_like(finding, failure.message));
  };
  auto found = std::ranges::find_if(findings, is_same);
  if (found == findings.end()) {
    findings.push_back({failure.explanation, find_why(failure), {}});
    found = std::prev(findings.end());
  }
  found->places.push_back(std::move(place));
}

// What was seen without a known cause, and just so with one, has most likely that cause.
void join_alike(std::vector<Finding>& findings) {
  std::erase_if(findings, [&](Finding& unknown) {
    if (unknown.explanation != ExplanationId::none) return false;
    const auto known = std::ranges::find_if(findings, [&](const Finding& finding) {
      return finding.explanation != ExplanationId::none &&
             has_place_like(finding, unknown.places.front().message);
    });
    if (known == findings.end()) return false;
    std::ranges::move(unknown.places, std::back_inserter(known->places));
    return true;
  });
}

// What is inferred from how a request was sent; an answer that is wrong in the same way for
// requests that were sent whole has another cause.
constexpr ExplanationId kOfPieces[] = {ExplanationId::one_recv, ExplanationId::cut_character,
                                       ExplanationId::answered_early};

void join_pieces(std::vector<Finding>& findings) {
  const auto is_of_pieces = [](const Finding& finding) {
    return std::ranges::find(kOfPieces, finding.explanation) != std::end(kOfPieces);
  };
  std::erase_if(findings, [&](Finding& guessed) {
    if (!is_of_pieces(guessed)) return false;
    const auto plainer = std::ranges::find_if(findings, [&](const Finding& other) {
      return &other != &guessed && other.explanation != ExplanationId::none &&
             !is_of_pieces(other) && other.places.size() > guessed.places.size() &&
             std::ranges::all_of(guessed.places, [&](const FindingPlace& place) {
               return has_place_like(other, place.message);
             });
    });
    if (plainer == findings.end()) return false;
    std::ranges::move(guessed.places, std::back_inserter(plainer->places));
    return true;
  });
}

std::size_t count_places(const std::vector<Finding>& findings) {
  std::size_t count = 0;
  for (const Finding& finding : findings) count += finding.places.size();
  return count;
}

// A server that dies of what most sheets do says little else. One that is there, but not at the
// address of a single sheet, lacks that only.
std::size_t rank_of(const Finding& finding, const std::vector<Finding>& findings) {
  const bool is_most = 2 * finding.places.size() > count_places(findings);
  if (is_most && is_about_process(finding.explanation)) return 0;
  const bool counts_last = finding.explanation == ExplanationId::nothing_listens;
  return fundamental_rank(counts_last ? ExplanationId::none : finding.explanation);
}

// What one cause shows elsewhere by another name.
struct Follower {
  ExplanationId follower;
  ExplanationId cause;
};

// Who waits for more than comes seems to serve one client at a time, or to forget one; a connection
// that is never closed keeps its descriptor.
constexpr Follower kFollowers[] = {{ExplanationId::one_at_a_time, ExplanationId::waits_for_end},
                                   {ExplanationId::thread_died, ExplanationId::waits_for_end},
                                   {ExplanationId::late_reply, ExplanationId::waits_for_end},
                                   {ExplanationId::left_behind, ExplanationId::close_wait},
                                   {ExplanationId::left_behind, ExplanationId::fin_held},
                                   {ExplanationId::left_behind, ExplanationId::never_closed},
                                   {ExplanationId::left_behind, ExplanationId::busy_loop}};

void join_followers(std::vector<Finding>& findings) {
  for (const Follower& one : kFollowers) {
    const auto follower = std::ranges::find(findings, one.follower, &Finding::explanation);
    const auto cause = std::ranges::find(findings, one.cause, &Finding::explanation);
    if (follower == findings.end() || cause == findings.end()) continue;
    std::ranges::move(follower->places, std::back_inserter(cause->places));
    findings.erase(follower);
  }
}

// Whoever asks wrongly is answered otherwise: that a client did not print what a sheet expects
// needs no other cause then.
constexpr ExplanationId kOfRequests[] = {
    ExplanationId::client_byte_order, ExplanationId::client_zeros, ExplanationId::client_line_end,
    ExplanationId::client_half_message, ExplanationId::client_other_bytes};

void join_unprinted(std::vector<Finding>& findings) {
  const auto is_of_request = [](const Finding& finding) {
    return std::ranges::find(kOfRequests, finding.explanation) != std::end(kOfRequests);
  };
  const auto cause = std::ranges::find_if(findings, is_of_request);
  if (cause == findings.end()) return;
  std::vector<FindingPlace>& places = cause->places;
  for (Finding& finding : findings) {
    if (finding.explanation != ExplanationId::none) continue;
    std::ranges::move(finding.places, std::back_inserter(places));
    finding.places.clear();
  }
  std::erase_if(findings, [](const Finding& finding) { return finding.places.empty(); });
}

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

std::string render_finding(const Finding& finding, std::size_t number, Hints hints) {
  const FindingPlace& first = finding.places.front();
  std::string text = fmt::format("{}. {}\n", number, one_line(first.message));
  text += fmt::format("   in {}: {}\n", counted(finding.places.size(), "sheet"),
                      name_places(finding.places));
  if (!words_of(finding).empty()) {
    text += fmt::format("   it said: {}\n", one_line(words_of(finding)));
  }
  if (hints >= Hints::explained && !finding.why.empty()) {
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

std::string render_verdict_table(const RunResult& run) {
  TextTable table{{"Verdict", "Sheet", "What it shows"}, {}, {}};
  if (run.decides) table.heading.insert(table.heading.begin() + 1, "Level");
  for (const ScenarioSummary& scenario : run.scenarios) {
    const ScenarioResult& result = scenario.result;
    const std::string replays = render_replays(result.replays);
    table.rows.push_back({render_verdict(result.verdict) + (replays.empty() ? "" : " " + replays),
                          markdown_text(one_line(result.id)),
                          markdown_text(one_line(result.title))});
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
  std::string text = fmt::format("## {}. {}\n\n", number, markdown_text(one_line(first.message)));
  if (!words_of(finding).empty()) {
    text += fmt::format("**It said:** {}\n\n", markdown_text(one_line(words_of(finding))));
  }
  if (hints >= Hints::explained && !finding.why.empty()) {
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

std::string render_feedback_text(const RunResult& run, Hints hints) {
  const std::vector<Finding> findings = find_findings(run);
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

std::string render_feedback_markdown(const RunResult& run, Hints hints) {
  std::string text = fmt::format("# Feedback\n\n{}\n\n", render_text_totals(run, Style::plain));
  const std::vector<Finding> findings = find_findings(run);
  for (std::size_t index = 0; index < findings.size(); ++index) {
    text += render_finding_markdown(findings[index], index + 1, hints);
  }
  return text + "## All sheets\n\n" + render_verdict_table(run);
}

std::vector<Finding> find_findings(const RunResult& run) {
  std::vector<Finding> findings;
  for (const ScenarioSummary& scenario : run.scenarios) {
    if (!has_failed(scenario.result)) continue;
    const Roots roots = find_roots(scenario.result);
    if (roots.restart) add_place(findings, scenario.result, *roots.restart);
    if (!roots.main) continue;
    add_place(findings, scenario.result, *roots.main);
  }
  join_alike(findings);
  join_followers(findings);
  join_unprinted(findings);
  join_pieces(findings);
  std::vector<std::pair<std::size_t, Finding>> ranked;
  for (const Finding& finding : findings) {
    ranked.emplace_back(rank_of(finding, findings), finding);
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : a.second.places.size() > b.second.places.size();
  });
  std::ranges::transform(ranked, findings.begin(), [](auto& one) { return std::move(one.second); });
  return findings;
}

}  // namespace wireproof
