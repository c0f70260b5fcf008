#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "expect/calls/match_calls.h"
#include "expect/cause/call_facts.h"
#include "judge/call_sockets.h"
#include "judge/judge.h"

namespace wireproof {
namespace {

constexpr std::size_t kMostShownCalls = 30;  // of a socket, in a message

// What it means that a call is not there.
struct Lack {
  std::string_view call;
  std::string_view argument;  // an option; empty: any
  const char* why;
};
constexpr std::array<Lack, 3> kLacks{
    {{"close", "",
      "a socket stays open until every descriptor of it is closed: till then the kernel sends no "
      "FIN, the peer waits for the end, and each client costs a descriptor (RFC 9293 §3.6)"},
     {"setsockopt", "SO_REUSEADDR",
      "without SO_REUSEADDR bind fails (EADDRINUSE) while an earlier connection of the port is in "
      "TIME-WAIT: a server that is started again cannot (RFC 9293 §3.6.1)"},
     {"listen", "", "without listen there is no queue of connections: the kernel answers RST"}}};

std::string one_line_of(const SocketCall& call) {
  const std::string arguments = render_call_arguments(call);
  return call.name + (arguments.empty() ? "" : " " + arguments);
}

class CallJudge {
 public:
  CallJudge(const CallTable& table, const Evidence& evidence) : table_(table), evidence_(evidence) {
    CheckResult& check = judgement_.check;
    check.kind = CheckKind::calls;
    check.name = "Calls: " + table.actor;
    for (const PlacedCallRow& placed : table.rows) {
      CallRow row = placed.row;
      if (row.arguments.server_port) {
        const std::int64_t port = row.socket == "udp" ? evidence.udp_port : evidence.tcp_port;
        row.arguments.port = IntegerRange{port, port};
      }
      check.max_points += row.points;
      check.call_rows.push_back({row.number, row.text, row.level, Verdict::pass, {}});
      rows_.push_back(std::move(row));
    }
  }

  SectionJudgement judge() {
    const std::vector<JudgedCalls> selected = evidence_.offline || !is_seen()
                                                  ? std::vector<JudgedCalls>()
                                                  : select_calls(table_, evidence_);
    if (selected.empty()) return skip();
    connections_ = selected.size();
    for (const JudgedCalls& judged : selected) judge_one(judged);
    tell_repeats();
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      if (judgement_.check.call_rows[row].verdict == Verdict::pass) {
        judgement_.check.points += rows_[row].points;
      }
    }
    return std::move(judgement_);
  }

 private:
  bool is_seen() const { return table_.actor != "server" || evidence_.calls_unseen.empty(); }

  SectionJudgement skip() {
    CheckResult& check = judgement_.check;
    check.verdict = Verdict::skip;
    check.call_rows.clear();
    if (evidence_.offline) {
      check.reason = "a capture does not show calls: only a run can judge them";
    } else if (!is_seen()) {
      check.reason = evidence_.calls_unseen;
    } else {
      check.reason = fmt::format("no call of `{}` is known", table_.actor);
    }
    return std::move(judgement_);
  }

  void judge_one(const JudgedCalls& judged) {
    const CallMatch match = match_calls(rows_, judged.calls, judged.names);
    if (match.gave_up) {
      judgement_.check.verdict = Verdict::inconclusive;
      judgement_.check.reason = "the rows leave too much open: fewer `…`, or more arguments";
      return;
    }
    for (const CallRowMatch& row : match.rows) note_row(row, judged);
    const bool is_first = !has_failed_;
    for (const CallRowMatch& row : match.rows) {
      if (row.state == CallRowState::met || row.state == CallRowState::open) continue;
      fail_row(row, judged, is_first);
    }
    for (const std::size_t extra : match.extra) fail_extra(extra, judged, is_first);
    if (match.matched) return;
    has_failed_ = true;
    ++failed_connections_;
    judgement_.check.verdict = Verdict::fail;
  }

  void note_row(const CallRowMatch& match, const JudgedCalls& judged) {
    CallRowResult& row = judgement_.check.call_rows[match.row];
    for (const std::size_t call : match.calls) row.met_by.push_back(judged.indexes[call]);
  }

  void fail_row(const CallRowMatch& match, const JudgedCalls& judged, bool is_told) {
    const CallRow& row = rows_[match.row];
    judgement_.check.call_rows[match.row].verdict = Verdict::fail;
    const bool counts =
        row.level == Level::must || (row.level == Level::should && evidence_.strict);
    if (counts) judgement_.check.verdict = Verdict::fail;
    if (row.level == Level::info || !is_told) return;
    Diagnostic diagnostic;
    diagnostic.severity = counts ? Severity::error : Severity::warning;
    diagnostic.span = table_.rows[match.row].place.row;
    diagnostic.message = describe(match, judged);
    if (match.state == CallRowState::differs) {
      diagnostic.notes.push_back({"expected", row.text});
      diagnostic.notes.push_back({"captured", one_line_of(judged.calls[match.calls.front()])});
    }
    add_why(match, diagnostic);
    add_calls(row.socket, judged, diagnostic);
    judgement_.failures.push_back(std::move(diagnostic));
  }

  static std::string on(const std::string& socket) { return socket.empty() ? "" : " on " + socket; }

  std::string describe(const CallRowMatch& match, const JudgedCalls& judged) const {
    const CallRow& row = rows_[match.row];
    const std::string name = (row.exactly ? "exactly " : "") + row.call;
    const std::string begin = fmt::format("row {}: `{}` ", row.number, name);
    switch (match.state) {
      case CallRowState::differs: {
        const FieldDifference& first = match.differences.front();
        return begin + fmt::format("called{} with another {}: {} instead of {}", on(row.socket),
                                   first.field, first.captured, first.expected);
      }
      case CallRowState::out_of_order:
        return begin + fmt::format("is called{}, but not where the table has it", on(row.socket));
      case CallRowState::missing:
      case CallRowState::met:
      case CallRowState::open:
        break;
    }
    const std::string expected = begin + fmt::format("expected{}, the program ", on(row.socket));
    if (match.instead) return expected + "called " + judged.calls[*match.instead].name + " first";
    return expected + "made no further call there";
  }

  void add_why(const CallRowMatch& match, Diagnostic& diagnostic) const {
    const CallRow& row = rows_[match.row];
    if (match.state == CallRowState::differs && match.differences.front().field == "copies left") {
      diagnostic.notes.push_back(
          {"why",
           "another process has a copy of the socket: after fork both have to close theirs"});
    }
    if (match.state != CallRowState::missing) return;
    for (const Lack& lack : kLacks) {
      if (lack.call != row.call || (lack.call == "close" && row.socket == "listener")) continue;
      if (!lack.argument.empty() && lack.argument != row.arguments.option) continue;
      diagnostic.notes.push_back({"why", lack.why});
    }
  }

  void fail_extra(std::size_t extra, const JudgedCalls& judged, bool is_told) {
    if (!is_told) return;
    const SocketCall& call = judged.calls[extra];
    const std::vector<std::string> sockets = sockets_of(call, judged.names);
    Diagnostic diagnostic;
    diagnostic.span = table_.span;
    diagnostic.message = fmt::format("the program called `{}` on {}, where no row has it",
                                     one_line_of(call), sockets.front());
    add_calls(sockets.front(), judged, diagnostic);
    judgement_.failures.push_back(std::move(diagnostic));
  }

  // All that was called on the socket, in the order of the calls.
  void add_calls(const std::string& socket, const JudgedCalls& judged,
                 Diagnostic& diagnostic) const {
    std::string text;
    std::size_t count = 0;
    for (const SocketCall& call : judged.calls) {
      const std::vector<std::string> sockets = sockets_of(call, judged.names);
      const bool is_on =
          socket.empty() ? !sockets.empty() : std::ranges::find(sockets, socket) != sockets.end();
      if (!is_on || call_family(call.name) == CallFamily::wait) continue;
      if (count++ < kMostShownCalls) text += (text.empty() ? "" : ", ") + one_line_of(call);
    }
    if (count > kMostShownCalls) text += fmt::format(", … and {} more", count - kMostShownCalls);
    diagnostic.notes.push_back({"called", text.empty() ? "nothing" : text});
    if (connections_ > 1) diagnostic.notes.push_back({"client", judged.client});
  }

  void tell_repeats() {
    if (failed_connections_ < 2) return;
    for (Diagnostic& failure : judgement_.failures) {
      failure.notes.push_back(
          {"", fmt::format("the table fails with {} of {} connections; this is the first",
                           failed_connections_, connections_)});
    }
  }

  const CallTable& table_;
  const Evidence& evidence_;
  std::vector<CallRow> rows_;
  SectionJudgement judgement_;
  bool has_failed_ = false;
  std::size_t connections_ = 0;
  std::size_t failed_connections_ = 0;
};

}  // namespace

SectionJudgement judge_calls(const CallTable& table, const Evidence& evidence) {
  return CallJudge(table, evidence).judge();
}

bool may_still_be_met(const CallTable& table, const Evidence& evidence) {
  const SectionJudgement judged = judge_calls(table, evidence);
  if (judged.check.verdict == Verdict::skip) return false;
  return std::ranges::any_of(judged.check.call_rows,
                             [](const CallRowResult& row) { return row.verdict == Verdict::fail; });
}

}  // namespace wireproof
