#include "report/finding_joins.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>

namespace wireproof {
namespace {

// Without the client of a group that met it ("c1: …").
std::string_view plain_message(std::string_view message) {
  const std::size_t colon = message.find(": ");
  const bool names_client =
      colon != std::string_view::npos && message.starts_with('c') &&
      message.substr(1, colon - 1).find_first_not_of("0123456789") == std::string_view::npos;
  return names_client ? message.substr(colon + 2) : message;
}

std::size_t count_places(const std::vector<Finding>& findings) {
  std::size_t count = 0;
  for (const Finding& finding : findings) count += finding.places.size();
  return count;
}

bool is_unknown(const Finding& finding) {
  return finding.explanation == ExplanationId::none;
}

bool is_silent(const FindingPlace& place) {
  return place.mismatch == Mismatch::nothing;
}

bool is_silent_at_first(const FindingPlace& place) {
  return place.is_simple && is_silent(place);
}

bool has_simple_silence(const Finding& finding) {
  return std::ranges::any_of(finding.places, is_silent_at_first);
}

// An answer of which nobody knows why it is wrong.
bool is_wrong_answer(const FindingPlace& place) {
  return place.mismatch >= Mismatch::in_front && place.mismatch <= Mismatch::other_bytes;
}

// What needs datagrams or several clients is no cause of what most sheets show.
bool is_of_few(ExplanationId id) {
  return (id >= ExplanationId::other_port && id <= ExplanationId::truncated_datagram) ||
         (id >= ExplanationId::reset_in_backlog && id <= ExplanationId::late_reply);
}

// What was seen without a known cause, and just so with one, has most likely that cause.
void join_alike(std::vector<Finding>& findings) {
  std::erase_if(findings, [&](Finding& unknown) {
    if (unknown.explanation != ExplanationId::none) return false;
    const auto known = std::ranges::find_if(findings, [&](const Finding& finding) {
      const bool are_more = unknown.places.size() > finding.places.size();
      return finding.explanation != ExplanationId::none &&
             !(are_more && is_of_few(finding.explanation)) &&
             has_place_like(finding, unknown.places.front().message);
    });
    if (known == findings.end()) return false;
    std::ranges::move(unknown.places, std::back_inserter(known->places));
    return true;
  });
}

// What a sheet alone takes for the cause is not said then.
void count_with(Finding& cause, Finding& follower) {
  for (FindingPlace& place : follower.places) {
    place.why.clear();
    cause.places.push_back(std::move(place));
  }
}

bool has_passed_any(const RunResult& run) {
  return std::ranges::any_of(run.scenarios, [](const ScenarioSummary& scenario) {
    return scenario.result.verdict == Verdict::pass;
  });
}

// What is inferred from how a request was sent; an answer that is wrong in the same way for
// requests that were sent whole has another cause.
constexpr ExplanationId kOfPieces[] = {ExplanationId::one_recv, ExplanationId::cut_character,
                                       ExplanationId::answered_early};

void join_pieces(const RunResult& run, std::vector<Finding>& findings) {
  const bool passes = has_passed_any(run);
  const auto is_of_pieces = [](const Finding& finding) {
    return std::ranges::find(kOfPieces, finding.explanation) != std::end(kOfPieces);
  };
  for (Finding& guessed : findings) {
    if (!is_of_pieces(guessed)) continue;
    const auto is_plainer = [&](const Finding& other) {
      const std::size_t size = guessed.places.size();
      if (is_of_pieces(other) || other.places.size() <= size) return false;
      const auto wrong = std::ranges::count_if(other.places, is_wrong_answer);
      if (!passes && is_unknown(other) && static_cast<std::size_t>(wrong) > size) return true;
      return !is_unknown(other) &&
             std::ranges::all_of(guessed.places, [&](const FindingPlace& place) {
               return has_place_like(other, place.message);
             });
    };
    const auto plainer = std::ranges::find_if(findings, is_plainer);
    if (plainer == findings.end()) continue;
    count_with(*plainer, guessed);
    guessed.places.clear();
  }
  std::erase_if(findings, [](const Finding& finding) { return finding.places.empty(); });
}

// What one cause shows elsewhere by another name.
struct Follower {
  ExplanationId follower;
  ExplanationId cause;
};

// Who waits for more than comes seems to serve one client at a time, or to forget one; a connection
// that is never read or never closed keeps its descriptor. The end of a stream that is not looked
// for is answered once or for ever, as long as the client takes it. A greeting may come when a
// silent client has gone; what a misread sign makes too large is not answered at all. Who keeps the
// newest socket alone closes no other, and cannot answer the rest when it has gone. Of two requests
// that came together, the next may be there when it is closed. Where the listening socket was
// closed, who waited there is reset, and who comes later finds nobody. A number of an earlier
// request may be 0.
constexpr Follower kFollowers[] = {
    {ExplanationId::one_at_a_time, ExplanationId::waits_for_end},
    {ExplanationId::thread_died, ExplanationId::waits_for_end},
    {ExplanationId::late_reply, ExplanationId::waits_for_end},
    {ExplanationId::close_wait, ExplanationId::never_read},
    {ExplanationId::left_behind, ExplanationId::never_read},
    {ExplanationId::thread_died, ExplanationId::never_read},
    {ExplanationId::late_reply, ExplanationId::never_read},
    {ExplanationId::one_at_a_time, ExplanationId::never_read},
    {ExplanationId::short_reply, ExplanationId::never_read},
    {ExplanationId::answered_early, ExplanationId::never_read},
    {ExplanationId::thread_died, ExplanationId::newest_client},
    {ExplanationId::newest_client, ExplanationId::sent_to_all},
    {ExplanationId::sent_unasked, ExplanationId::sent_to_all},
    {ExplanationId::thread_died, ExplanationId::sent_to_all},
    {ExplanationId::one_at_a_time, ExplanationId::newest_client},
    {ExplanationId::reset_unread, ExplanationId::reset_in_backlog},
    {ExplanationId::nothing_listens, ExplanationId::reset_in_backlog},
    {ExplanationId::begins_at_zero, ExplanationId::stale_reply},
    {ExplanationId::newest_client, ExplanationId::waits_for_end},
    {ExplanationId::left_behind, ExplanationId::close_wait},
    {ExplanationId::left_behind, ExplanationId::fin_held},
    {ExplanationId::left_behind, ExplanationId::never_closed},
    {ExplanationId::left_behind, ExplanationId::busy_loop},
    {ExplanationId::stray_after_eof, ExplanationId::endless_after_eof},
    {ExplanationId::busy_loop, ExplanationId::endless_after_eof},
    {ExplanationId::close_wait, ExplanationId::fin_held},
    {ExplanationId::close_wait, ExplanationId::never_closed},
    {ExplanationId::thread_died, ExplanationId::close_wait},
    {ExplanationId::close_wait, ExplanationId::newest_client},
    {ExplanationId::sent_unasked, ExplanationId::newest_client},
    {ExplanationId::closed_before_reply, ExplanationId::closed_early},
    {ExplanationId::closed_before_reply, ExplanationId::newest_client},
    {ExplanationId::stray_after_eof, ExplanationId::sent_unasked},
    {ExplanationId::closed_before_reply, ExplanationId::wrong_sign}};

void join_followers(std::vector<Finding>& findings) {
  for (const Follower& one : kFollowers) {
    const auto follower = std::ranges::find(findings, one.follower, &Finding::explanation);
    const auto cause = std::ranges::find(findings, one.cause, &Finding::explanation);
    if (follower == findings.end() || cause == findings.end()) continue;
    count_with(*cause, *follower);
    findings.erase(follower);
  }
}

// Counts what `follows` with its cause.
template <typename Follows>
void absorb(std::vector<Finding>& findings, Finding& cause, Follows follows) {
  for (Finding& finding : findings) {
    if (&finding == &cause || !follows(finding)) continue;
    count_with(cause, finding);
    finding.places.clear();
  }
  std::erase_if(findings, [](const Finding& finding) { return finding.places.empty(); });
}

// What is inferred from an answer that did not come, or not to its end.
constexpr ExplanationId kInferred[] = {ExplanationId::trusted_length,
                                       ExplanationId::short_reply,
                                       ExplanationId::one_recv,
                                       ExplanationId::merged_messages,
                                       ExplanationId::half_close_deaf,
                                       ExplanationId::stray_after_eof,
                                       ExplanationId::one_at_a_time,
                                       ExplanationId::blocked_by_reader,
                                       ExplanationId::late_reply,
                                       ExplanationId::thread_died,
                                       ExplanationId::closed_before_reply,
                                       ExplanationId::newest_client};

bool is_one_of(std::span<const ExplanationId> ids, const Finding& finding) {
  return std::ranges::find(ids, finding.explanation) != ids.end();
}

// A call that failed was seen: whatever else is only inferred of the same failures follows.
void join_seen(std::vector<Finding>& findings) {
  const auto seen = std::ranges::find(findings, ExplanationId::failed_call, &Finding::explanation);
  if (seen == findings.end()) return;
  absorb(findings, *seen, [&](const Finding& one) {
    const bool is_survival = kind_of(one.explanation) == ExplanationKind::survival;
    const bool is_inferred = is_unknown(one) || is_survival || is_one_of(kInferred, one);
    return is_inferred && has_place_like(*seen, one.places.front().message);
  });
}

// Where nearly nothing is answered and every connection is closed instead, what a request had
// besides is no cause of it.
void join_closed(std::vector<Finding>& findings) {
  const auto closed =
      std::ranges::find(findings, ExplanationId::closed_before_reply, &Finding::explanation);
  if (closed == findings.end() || 2 * closed->places.size() <= count_places(findings)) return;
  absorb(findings, *closed, [](const Finding& one) {
    const bool is_by_request = one.explanation == ExplanationId::not_decoded ||
                               one.explanation == ExplanationId::half_close_deaf;
    return is_by_request && std::ranges::all_of(one.places, [](const FindingPlace& place) {
             return place.mismatch == Mismatch::closed;
           });
  });
}

// A client that was sent more than it reads resets as it closes: where answers are wrong it was.
void join_left_over(std::vector<Finding>& findings) {
  const auto wrong = std::ranges::find_if(findings, [](const Finding& one) {
    return !is_unknown(one) && std::ranges::any_of(one.places, is_wrong_answer);
  });
  if (wrong == findings.end()) return;
  absorb(findings, *wrong, [](const Finding& one) {
    const bool is_unread = is_unknown(one) || one.explanation == ExplanationId::stale_tail;
    return is_unread && std::ranges::all_of(one.places, [](const FindingPlace& place) {
             return place.message.find(" sent [RST") != std::string::npos;
           });
  });
}

constexpr std::size_t kManyKept = 3;  // sheets

// What a server keeps of earlier messages may turn up anywhere in later ones.
void join_kept(std::vector<Finding>& findings) {
  const auto kept = std::ranges::find(findings, ExplanationId::stale_reply, &Finding::explanation);
  if (kept == findings.end() || kept->places.size() < kManyKept) return;
  absorb(findings, *kept, [](const Finding& one) {
    return is_unknown(one) && std::ranges::all_of(one.places, [](const FindingPlace& place) {
             return is_wrong_answer(place) || place.mismatch == Mismatch::state;
           });
  });
}

// What messages look like, of which every sheet has some.
constexpr ExplanationId kOfMessages[] = {
    ExplanationId::sent_unasked,    ExplanationId::wrong_beginning, ExplanationId::zeros_behind,
    ExplanationId::extra_byte,      ExplanationId::length_in_front, ExplanationId::failed_call,
    ExplanationId::line_end_behind, ExplanationId::byte_order,      ExplanationId::native_layout,
    ExplanationId::swapped_fields,  ExplanationId::waits_for_end};

// A server that takes every message for another one waits for bytes that never come, or has some
// left over: that explains what else is only inferred, as long as it does nothing right.
void join_inferred(const RunResult& run, std::vector<Finding>& findings) {
  if (has_passed_any(run)) return;
  const auto cause = std::ranges::find_if(
      findings, [](const Finding& finding) { return is_one_of(kOfMessages, finding); });
  if (cause == findings.end()) return;
  absorb(findings, *cause, [](const Finding& one) { return is_one_of(kInferred, one); });
}

// Who does not answer the simplest that one client can ask says nothing in other sheets for the
// same reason: not because of pieces, ends or other clients. A datagram that was lost, as others
// were, was not lost by its size.
void join_silent(const RunResult& run, std::vector<Finding>& findings) {
  const auto lost = std::ranges::find(findings, ExplanationId::lost_reply, &Finding::explanation);
  auto main = std::ranges::find_if(findings, has_simple_silence);
  const bool passes = has_passed_any(run);
  const auto seen = std::ranges::find_if(
      findings, [](const Finding& one) { return is_one_of(kOfMessages, one); });
  if (lost != findings.end()) main = lost;
  if (!passes && seen != findings.end()) main = seen;
  if (main == findings.end()) return;
  // That an answer came too late was seen.
  const bool is_late = main->explanation == ExplanationId::late_reply;
  const bool is_guessed = main != lost && !is_late && is_one_of(kInferred, *main);
  if (is_guessed || is_unknown(*main))
    *main = {ExplanationId::none, {}, "", std::move(main->places)};
  if (is_guessed) std::ranges::for_each(main->places, [](FindingPlace& one) { one.why.clear(); });
  absorb(findings, *main, [&](const Finding& one) {
    const bool all_silent = std::ranges::all_of(one.places, is_silent);
    const bool by_size = one.explanation == ExplanationId::truncated_datagram;
    if (is_unknown(one) || (by_size && main == lost)) return all_silent;
    return is_one_of(kInferred, one) && main != lost && (all_silent || !passes);
  });
}

constexpr std::size_t kManyPlaces = 8;

// A sheet of its own kind, where nearly all others fail by one cause: most likely it does, too.
void join_last_unknown(std::vector<Finding>& findings) {
  const std::size_t all = count_places(findings);
  const auto main = std::ranges::max_element(
      findings, {}, [](const Finding& finding) { return finding.places.size(); });
  if (main == findings.end() || main->explanation == ExplanationId::none) return;
  if (main->places.size() < kManyPlaces || 4 * main->places.size() < 3 * all) return;
  absorb(findings, *main, is_unknown);
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
  absorb(findings, *cause, is_unknown);
}

// The name of the exception in a program's last words; empty: they have none.
std::string_view exception_of(const Finding& finding) {
  const auto found = std::ranges::find_if(
      finding.places, [](const FindingPlace& place) { return !place.said.empty(); });
  if (found == finding.places.end()) return {};
  const std::string_view name = std::string_view(found->said).substr(0, found->said.find(':'));
  const bool is_name = name.size() < found->said.size() && name.find(' ') == name.npos;
  return is_name ? name : std::string_view();
}

// The same exception is one mistake, whatever a sheet that is alone takes it for. Of those that
// were seen it is another one's.
void join_exceptions(std::vector<Finding>& findings) {
  const auto is_lesser = [](const Finding& one, const Finding& other) {
    return one.places.size() != other.places.size()
               ? one.places.size() < other.places.size()
               : fundamental_rank(one.explanation) > fundamental_rank(other.explanation);
  };
  std::erase_if(findings, [&](Finding& lesser) {
    const std::string_view name = exception_of(lesser);
    if (name.empty() || is_seen(lesser.explanation)) return false;
    const auto main = std::ranges::find_if(findings, [&](const Finding& other) {
      return &other != &lesser && !is_seen(other.explanation) && !other.places.empty() &&
             exception_of(other) == name && is_lesser(lesser, other);
    });
    if (main == findings.end()) return false;
    std::ranges::move(lesser.places, std::back_inserter(main->places));
    lesser.places.clear();
    return true;
  });
}

}  // namespace

bool has_place_like(const Finding& finding, const std::string& message) {
  return std::ranges::any_of(finding.places, [&](const FindingPlace& place) {
    return plain_message(place.message) == plain_message(message);
  });
}

// A server that dies of what most sheets do says little else. One that is there, but not at the
// address of a single sheet, lacks that only.
FindingRank rank_of(const Finding& finding, const std::vector<Finding>& findings) {
  const bool is_as_set = std::ranges::any_of(finding.places, &FindingPlace::is_as_set);
  const auto rank = [&](ExplanationKind kind) {
    const auto places = static_cast<std::ptrdiff_t>(finding.places.size());
    return FindingRank{kind, is_unknown(finding), !is_as_set, -places,
                       fundamental_rank(finding.explanation)};
  };
  const bool is_most = 2 * finding.places.size() > count_places(findings);
  if (is_most && is_about_process(finding.explanation)) return rank(ExplanationKind::server_there);
  if (is_unknown(finding) && has_simple_silence(finding)) {
    return rank(ExplanationKind::server_there);
  }
  if (is_unknown(finding) && std::ranges::any_of(finding.places, is_wrong_answer)) {
    return rank(ExplanationKind::messages);
  }
  const bool counts_last = finding.explanation == ExplanationId::nothing_listens;
  return rank(counts_last ? ExplanationKind::unknown : kind_of(finding.explanation));
}

void join_findings(const RunResult& run, std::vector<Finding>& findings) {
  join_silent(run, findings);
  join_alike(findings);
  join_followers(findings);
  join_kept(findings);
  join_seen(findings);
  join_left_over(findings);
  join_closed(findings);
  join_unprinted(findings);
  join_pieces(run, findings);
  join_exceptions(findings);
  join_inferred(run, findings);
  join_last_unknown(findings);
}

}  // namespace wireproof
