#include "report/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/text/last_words.h"
#include "base/text/rendered_place.h"
#include "base/text/words.h"
#include "report/finding_joins.h"

namespace wireproof {
namespace {

// What a message says besides what every one has.
std::vector<Note> list_other_notes(const Diagnostic& failure) {
  constexpr std::string_view kUsual[] = {"",    "expected", "captured", "bytes",
                                         "why", "help",     "again"};
  const bool has_captured = !find_note(failure, "captured").empty();
  std::vector<Note> notes;
  for (const Note& note : failure.notes) {
    const bool is_usual = std::ranges::find(kUsual, note.label) != std::end(kUsual);
    if (!is_usual && !(has_captured && note.label == "received")) notes.push_back(note);
  }
  return notes;
}

// Messages stand in the order of the session, what tables say behind it: of two with a cause the
// later follows more likely from the earlier.
int weight_of(const Diagnostic& failure) {
  if (failure.explanation == ExplanationId::none) return 2;
  return is_about_process(failure.explanation) ? 0 : 1;
}

constexpr std::string_view kSimplest = "first";  // a sheet's tag

// The messages of one sheet that count.
struct Roots {
  std::optional<std::size_t> main;     // none where only warnings are left
  std::optional<std::size_t> restart;  // it did not start again, whatever was wrong before
};

// What is behind a server that did not start again follows from that. A message with the cause that
// is `known` comes before all.
Roots find_roots(const ScenarioResult& result, ExplanationId known) {
  Roots roots;
  const bool is_cut_short =
      !result.symptoms.empty() && result.symptoms.front().section == CheckKind::session;
  const bool is_silent = is_cut_short && result.symptoms.front().mismatch == Mismatch::nothing;
  const auto weight = [&](std::size_t index) {
    const Diagnostic& failure = result.failures[index].diagnostic;
    const bool is_known = known != ExplanationId::none && failure.explanation == known;
    // How a connection ended follows from that it had waited in vain, or that its session had been
    // cut short before.
    const bool follows = (is_silent || (is_cut_short && index > 0)) &&
                         (failure.explanation == ExplanationId::close_wait ||
                          failure.explanation == ExplanationId::reset_unread);
    if (is_known) return -1;
    return follows ? 3 : weight_of(failure);
  };
  for (std::size_t index = 0; index < result.failures.size(); ++index) {
    const Diagnostic& failure = result.failures[index].diagnostic;
    if (failure.severity != Severity::error) continue;
    if (failure.explanation == ExplanationId::port_not_reusable) {
      roots.restart = index;
      break;
    }
    if (!roots.main || weight(index) < weight(*roots.main)) roots.main = index;
  }
  return roots;
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

// What a message would say as its cause, were it left in.
std::string without_note(std::string rendered, const std::string& text) {
  if (text.empty()) return rendered;
  const std::size_t at = rendered.find("= why: " + text);
  if (at == std::string::npos) return rendered;
  const std::size_t begin = rendered.rfind('\n', at) + 1;
  const std::size_t end = std::min(rendered.find('\n', at), rendered.size() - 1);
  return rendered.erase(begin, end - begin + 1);
}

// The cause of one sheet's failure, by all sheets.
struct SheetCause {
  ExplanationId explanation = ExplanationId::none;
  std::vector<ExplanationId> twins;
  std::string why = "";  // instead of the sheet's own words
};

// What is left of a cause that other sheets rule out.
SheetCause ruled_out(ExplanationId id) {
  if (id != ExplanationId::waits_for_end) return {};
  return {ExplanationId::none,
          {},
          "the answer came only when the client ended its stream, and other messages are answered "
          "at once: most likely this one looks to the server as if more came (it fills a buffer to "
          "its last byte, or does not end a line)"};
}

// "either A, or B"; of a cause without twins what it says.
std::string say_cause(const SheetCause& cause) {
  std::string text(what_it_says(cause.explanation));
  if (cause.twins.empty()) return text;
  text = "either " + text;
  for (const ExplanationId twin : cause.twins) {
    text += fmt::format(", or {}", what_it_says(twin));
  }
  return text;
}

class Findings {
 public:
  void add(const ScenarioResult& result, std::size_t root, const SheetCause& cause) {
    const Diagnostic& failure = result.failures[root].diagnostic;
    const std::string why = find_note(failure, "why");
    const bool is_own = cause.explanation == failure.explanation;
    FindingPlace place{result.id, result.title, failure.message, find_note(failure, "expected"),
                       find_note(failure, "captured")};
    const std::string& rendered = result.failures[root].rendered;
    place.bytes = find_note(failure, "bytes");
    place.notes = list_other_notes(failure);
    place.place = place_of_rendered(rendered);
    place.rendered = is_own ? rendered : without_note(rendered, why);
    place.further = count_errors(result) - 1;
    place.said = words_for(failure, result);
    const bool has_symptom =
        !result.symptoms.empty() && result.symptoms.front().section == CheckKind::session;
    if (has_symptom) place.mismatch = result.symptoms.front().mismatch;
    place.is_as_set = result.level == SheetLevel::exercise;
    place.is_simple = std::ranges::find(result.tags, kSimplest) != result.tags.end();
    place.why = is_own ? why : cause.why;
    Finding& finding = find(cause.explanation, place);
    if (finding.places.empty() && !cause.twins.empty()) {
      finding.twins = cause.twins;
      finding.why = say_cause(cause);
    }
    finding.places.push_back(std::move(place));
  }

  std::vector<Finding> take() { return std::move(all_); }

 private:
  static std::size_t count_errors(const ScenarioResult& result) {
    return static_cast<std::size_t>(std::ranges::count_if(result.failures, [](const Failure& each) {
      return each.diagnostic.severity == Severity::error;
    }));
  }

  // Without a cause in the catalogue it may have words of its own, with other numbers each time.
  static bool has_same_words(std::string one, std::string other) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    std::erase_if(one, is_digit);
    std::erase_if(other, is_digit);
    return !one.empty() && one == other;
  }

  Finding& find(ExplanationId explanation, const FindingPlace& place) {
    const auto is_same = [&](const Finding& finding) {
      return finding.explanation == explanation &&
             (explanation != ExplanationId::none || has_place_like(finding, place.message) ||
              has_same_words(finding.places.front().why, place.why));
    };
    const auto found = std::ranges::find_if(all_, is_same);
    if (found != all_.end()) return *found;
    return all_.emplace_back(Finding{explanation, {}, "", {}});
  }

  std::vector<Finding> all_;
};

// What each sheet that was judged found out. One that fails now and then says nothing.
ProgramFacts list_facts(const RunResult& run) {
  ProgramFacts facts;
  for (const ScenarioSummary& scenario : run.scenarios) {
    const ScenarioResult& result = scenario.result;
    const bool has_passed = result.verdict == Verdict::pass;
    const bool is_known_failure = result.verdict == Verdict::fail && !result.symptoms.empty();
    if (!has_passed && !is_known_failure) continue;
    SheetFacts& sheet = facts[result.id];
    if (is_known_failure) sheet.symptoms = result.symptoms;
    const Roots roots = find_roots(result, ExplanationId::none);
    const auto root = roots.main ? roots.main : roots.restart;
    if (root) sheet.explanation = result.failures[*root].diagnostic.explanation;
  }
  return facts;
}

// By sheet; those that the diagnosis has.
std::map<std::string, SheetCause> name_causes(const ProgramFacts& program,
                                              const Signatures& known) {
  std::map<std::string, SheetCause> causes;
  for (const DiagnosisMember& member : diagnose(program, known)) {
    for (const std::string& sheet : member.sheets) {
      causes[sheet] = {member.explanation, member.twins};
    }
  }
  return causes;
}

// A sheet that has words for the cause; of the exercise as set, with what was expected and what
// came, the simplest, else where these are shortest.
void put_plainest_first(Finding& finding) {
  const auto key = [](const FindingPlace& place) {
    const bool has_both = !place.expected.empty() && !place.captured.empty();
    const bool is_told =
        std::ranges::any_of(place.notes, [](const Note& note) { return note.label == "server"; });
    return std::tuple(place.why.empty(), !is_told, !place.is_as_set, !has_both, !place.is_simple,
                      place.expected.size() + place.captured.size());
  };
  const auto plainest = std::ranges::min_element(finding.places, {}, key);
  if (plainest != finding.places.end()) std::rotate(finding.places.begin(), plainest, plainest + 1);
  if (finding.why.empty()) finding.why = finding.places.front().why;
  if (finding.why.empty()) finding.why = what_it_says(finding.explanation);
}

// How many clients there were at a time, at most two; 0: its steps are not known.
std::size_t count_clients(const ScenarioResult& result) {
  std::map<std::string, std::pair<Duration, Duration>> spans;  // from the first step to the last
  for (const StepResult& step : result.steps) {
    if (step.actor == "server") continue;
    const auto [known, is_new] =
        spans.try_emplace(step.actor, step.started, step.started + step.lasted);
    if (!is_new) known->second.second = step.started + step.lasted;
  }
  for (auto one = spans.begin(); one != spans.end(); ++one) {
    for (auto other = std::next(one); other != spans.end(); ++other) {
      const auto& [begin, end] = one->second;
      if (begin <= other->second.second && other->second.first <= end) return 2;
    }
  }
  return spans.empty() ? 0 : 1;
}

// So many sheets of one client that pass say that one client is served right.
constexpr std::size_t kManyAlone = 5;

bool has_own_words(const Finding& finding) {
  return std::ranges::any_of(finding.places,
                             [](const FindingPlace& place) { return !place.why.empty(); });
}

// What no sheet shows in which one client is alone: the cause is not in how one message is read.
void tell_only_beside(const RunResult& run, std::vector<Finding>& findings) {
  std::map<std::string, std::size_t> clients;
  std::size_t passed_alone = 0;
  for (const ScenarioSummary& scenario : run.scenarios) {
    const std::size_t count = count_clients(scenario.result);
    clients[scenario.result.id] = count;
    if (scenario.result.verdict == Verdict::pass && count == 1) ++passed_alone;
  }
  if (passed_alone < kManyAlone) return;
  for (Finding& finding : findings) {
    const bool is_weak = (finding.explanation == ExplanationId::none && !has_own_words(finding)) ||
                         finding.explanation == ExplanationId::closed_before_reply;
    const bool is_beside = std::ranges::all_of(finding.places, [&](const FindingPlace& place) {
      return clients[place.sheet] > 1 && place.mismatch.has_value();
    });
    if (!is_weak || !is_beside) continue;
    const bool is_silent = std::ranges::all_of(finding.places, [](const FindingPlace& place) {
      return place.mismatch == Mismatch::nothing;
    });
    finding.why = fmt::format(
        "it shows only where a second client is connected, and {} with one client pass: most "
        "likely clients share what each must have for itself (a global or static buffer, a field "
        "of the class){}",
        counted(passed_alone, "sheet"), is_silent ? ", or are served one after the other" : "");
  }
}

}  // namespace

std::string find_note(const Diagnostic& failure, std::string_view label) {
  const auto found = std::ranges::find(failure.notes, label, &Note::label);
  return found == failure.notes.end() ? "" : found->text;
}

bool has_failed(const ScenarioResult& result) {
  return result.verdict == Verdict::fail || result.verdict == Verdict::flaky;
}

std::vector<Finding> find_findings(const RunResult& run, const Signatures& known) {
  const ProgramFacts program = list_facts(run);
  const std::map<std::string, SheetCause> causes = name_causes(program, known);
  Findings all;
  for (const ScenarioSummary& scenario : run.scenarios) {
    const ScenarioResult& result = scenario.result;
    if (!has_failed(result)) continue;
    const auto cause = causes.find(result.id);
    const bool is_known = cause != causes.end();
    const Roots roots =
        find_roots(result, is_known ? cause->second.explanation : ExplanationId::none);
    if (roots.restart) all.add(result, *roots.restart, {ExplanationId::port_not_reusable, {}});
    if (!roots.main) continue;
    SheetCause own{result.failures[*roots.main].diagnostic.explanation, {}};
    if (is_ruled_out(own.explanation, program, known)) own = ruled_out(own.explanation);
    all.add(result, *roots.main, is_known ? cause->second : own);
  }
  std::vector<Finding> findings = all.take();
  join_findings(run, findings);
  std::vector<std::pair<FindingRank, Finding>> ranked;
  for (const Finding& finding : findings) {
    ranked.emplace_back(rank_of(finding, findings), finding);
  }
  std::ranges::stable_sort(ranked, {}, &std::pair<FindingRank, Finding>::first);
  std::ranges::transform(ranked, findings.begin(), [](auto& one) { return std::move(one.second); });
  tell_only_beside(run, findings);
  for (Finding& finding : findings) put_plainest_first(finding);
  return findings;
}

std::vector<Finding> find_findings(const std::vector<ScenarioResult>& results,
                                   const Signatures& known) {
  RunResult run;
  for (const ScenarioResult& result : results) run.scenarios.push_back(summarize({result}));
  return find_findings(run, known);
}

}  // namespace wireproof
