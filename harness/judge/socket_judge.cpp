#include "judge/socket_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text/text_table.h"
#include "judge/judge.h"
#include "result/explanation.h"

namespace wireproof {
namespace {

constexpr std::size_t kMaxShownSockets = 40;  // of a table in a message

bool is_group_member(const std::string& actor, std::uint64_t group_size) {
  for (std::uint64_t n = 1; n <= group_size; ++n) {
    if (actor == "c" + std::to_string(n)) return true;
  }
  return false;
}

// The other end, as far as names go.
SocketEntry turned(const SocketEntry& socket) {
  SocketEntry other = socket;
  other.local = socket.remote;
  return other;
}

// Gives each socket a place in a row: augmenting paths, a row has as many places as it counts.
class PlaceSearch {
 public:
  PlaceSearch(const std::vector<SocketRow>& rows, std::span<const SocketEntry> sockets,
              const SocketOwners& owners)
      : rows_(rows), sockets_(sockets), owners_(owners), taken_(rows.size()) {}

  SocketComparison search() {
    SocketComparison result;
    for (std::size_t socket = 0; socket < sockets_.size(); ++socket) {
      std::vector<bool> tried(rows_.size(), false);
      if (!place(socket, tried)) result.extra.push_back(socket);
    }
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      if (taken_[row].size() < rows_[row].count)
        result.missing.push_back({row, taken_[row].size()});
    }
    return result;
  }

 private:
  bool fits(std::size_t row, std::size_t socket) const {
    const SocketEntry& entry = sockets_[socket];
    return entry.state == rows_[row].state && owners_.fits_local(rows_[row].local, entry) &&
           owners_.fits_remote(rows_[row].remote, entry);
  }

  bool place(std::size_t socket, std::vector<bool>& tried) {
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      if (tried[row] || !fits(row, socket)) continue;
      tried[row] = true;
      if (taken_[row].size() < rows_[row].count) {
        taken_[row].push_back(socket);
        return true;
      }
      for (std::size_t& other : taken_[row]) {
        if (!place(other, tried)) continue;
        other = socket;
        return true;
      }
    }
    return false;
  }

  const std::vector<SocketRow>& rows_;
  std::span<const SocketEntry> sockets_;
  const SocketOwners& owners_;
  std::vector<std::vector<std::size_t>> taken_;  // the sockets of each row
};

SocketOwners owners_of(const Scenario& scenario, const Evidence& evidence) {
  const std::uint64_t group = scenario.session ? scenario.session->group_size : 0;
  return {evidence.tcp_port,
          evidence.udp_port,
          &evidence.played.actors,
          &evidence.played.programs,
          group,
          &evidence.played.serving};
}

std::string render_row(const SocketRow& row, std::uint64_t found) {
  return fmt::format("{} -> {}  {}: {} of {}", row.local, row.remote, row.state, found, row.count);
}

std::string or_star(const std::string& name) {
  return name.empty() ? "*" : name;
}

std::string render_end(const Endpoint& endpoint) {
  return endpoint.port == 0 ? "*" : render_endpoint(endpoint);
}

std::vector<std::string> render_cells(const SocketEntry& socket, const SocketOwners& owners) {
  return {socket.tcp ? "tcp" : "udp",
          socket.state,
          std::to_string(socket.receive_queue),
          std::to_string(socket.send_queue),
          render_end(socket.local),
          render_end(socket.remote),
          fmt::format("{} -> {}", or_star(owners.name_local(socket)),
                      or_star(owners.name_remote(socket)))};
}

// The whole snapshot as `ss` prints it; too many ones are marked.
std::string render_captured(std::span<const SocketEntry> sockets, const SocketComparison& found,
                            const SocketOwners& owners) {
  if (sockets.empty()) return "no sockets at all";
  TextTable table{{"Netid", "State", "Recv-Q", "Send-Q", "Local", "Remote", "Whose", ""},
                  {Align::left, Align::left, Align::right, Align::right},
                  {}};
  for (std::size_t i = 0; i < std::min(sockets.size(), kMaxShownSockets); ++i) {
    std::vector<std::string> cells = render_cells(sockets[i], owners);
    const bool is_extra = std::ranges::find(found.extra, i) != found.extra.end();
    cells.emplace_back(is_extra ? "<- too many" : "");
    table.rows.push_back(std::move(cells));
  }
  std::string text = render_text_table(table);
  if (text.ends_with('\n')) text.pop_back();
  if (sockets.size() > kMaxShownSockets) {
    text += fmt::format("\n… and {} more", sockets.size() - kMaxShownSockets);
  }
  return text;
}

// What the states of sockets say about the program.
struct StateRemark {
  const char* owner;  // of the socket
  const char* state;
  const char* why;
  ExplanationId explanation;
};
constexpr std::array<StateRemark, 5> kRemarks{
    {{"server", "CLOSE-WAIT",
      "CLOSE-WAIT: the client has closed, and the server has not called close() (RFC 9293 §3.6); a "
      "server that goes on like this runs out of descriptors",
      ExplanationId::close_wait},
     {"server", "TIME-WAIT",
      "TIME-WAIT is on the side that closed first (RFC 9293 §3.6.1): here the server did",
      ExplanationId::none},
     {"client", "TIME-WAIT",
      "TIME-WAIT is on the side that closed first (RFC 9293 §3.6.1): here the client did",
      ExplanationId::none},
     {"client", "FIN-WAIT-2",
      "FIN-WAIT-2: the client has closed, and the server's FIN has not come", ExplanationId::none},
     {"server", "FIN-WAIT-2",
      "FIN-WAIT-2: the server has closed, and the client's FIN has not come",
      ExplanationId::none}}};

// The first remark that holds for a socket that is too many.
const StateRemark* find_remark(std::span<const SocketEntry> sockets, const SocketComparison& found,
                               const SocketOwners& owners) {
  for (const StateRemark& remark : kRemarks) {
    for (const std::size_t i : found.extra) {
      const bool is_server = owners.name_local(sockets[i]) == "server";
      const bool is_meant = is_server == (std::string_view(remark.owner) == "server");
      if (is_meant && sockets[i].state == remark.state) return &remark;
    }
  }
  return nullptr;
}

// Linux: a queue is full once more connections wait than listen() was told (sk_acceptq_is_full);
// then further SYNs are dropped, and the last ACKs of handshakes.
std::optional<std::string> tell_full_queue(std::span<const SocketEntry> sockets,
                                           const SocketOwners& owners) {
  const auto full = std::ranges::find_if(sockets, [&](const SocketEntry& socket) {
    return socket.tcp && socket.state == "LISTEN" && owners.name_local(socket) == "server" &&
           socket.receive_queue > socket.send_queue;
  });
  if (full == sockets.end()) return std::nullopt;
  return fmt::format(
      "the accept queue of the server is full: it had called listen({}), and {} for accept() "
      "(Send-Q and Recv-Q of LISTEN; listen(2)); the kernel drops the SYN, or the last ACK, of who "
      "connects meanwhile",
      full->send_queue,
      full->receive_queue == 1 ? "1 connection waits"
                               : fmt::format("{} connections wait", full->receive_queue));
}

Diagnostic describe_difference(const SocketTable& table, const std::vector<SocketEntry>& sockets,
                               const SocketComparison& found, const SocketOwners& owners) {
  Diagnostic diagnostic;
  diagnostic.message = fmt::format("the sockets \"{}\" are not as the table says", table.name);
  diagnostic.span = found.missing.empty() ? table.span : table.rows[found.missing.front().row].span;
  std::string missing;
  for (const MissingSockets& entry : found.missing) {
    missing += (missing.empty() ? "" : "\n") + render_row(table.rows[entry.row], entry.found);
  }
  if (!missing.empty()) diagnostic.notes.push_back({"missing", missing});
  if (!found.extra.empty()) {
    diagnostic.notes.push_back({"too many", fmt::format("{}, marked below", found.extra.size())});
  }
  diagnostic.notes.push_back({"sockets", render_captured(sockets, found, owners)});
  if (const auto full = tell_full_queue(sockets, owners); full && !found.missing.empty()) {
    diagnostic.notes.push_back({"why", *full});
    diagnostic.explanation = ExplanationId::one_at_a_time;
  } else if (const StateRemark* remark = find_remark(sockets, found, owners)) {
    diagnostic.notes.push_back({"why", remark->why});
    diagnostic.explanation = remark->explanation;
  }
  return diagnostic;
}

// Of a socket on the port of an actor that listens: who has accepted it, or listens there.
std::string find_serving(const ServingActors& serving, const SocketEntry& socket) {
  const ListeningActor* const listening = serving.find(socket.tcp, socket.local.port);
  if (listening == nullptr) return "";
  for (const AcceptedConnection& each : serving.accepted) {
    if (each.tcp == socket.tcp && each.client == socket.remote) return each.actor;
  }
  return listening->name;
}

}  // namespace

std::string SocketOwners::name_local(const SocketEntry& socket) const {
  const std::string actor_serving = serving == nullptr ? "" : find_serving(*serving, socket);
  if (!actor_serving.empty()) return actor_serving;
  const std::uint16_t server_port = socket.tcp ? tcp_port : udp_port;
  if (socket.local.port == server_port) return "server";
  for (auto actor = actors->rbegin(); actor != actors->rend(); ++actor) {
    if (actor->tcp == socket.tcp && actor->local == socket.local) return actor->actor;
  }
  std::string names;
  for (const std::string& program : *programs) names += (names.empty() ? "" : " or ") + program;
  return names;
}

std::string SocketOwners::name_remote(const SocketEntry& socket) const {
  return socket.remote.port == 0 ? std::string() : name_local(turned(socket));
}

bool SocketOwners::fits_local(const std::string& label, const SocketEntry& socket) const {
  if (label == "*") return true;
  const std::string name = name_local(socket);
  if (label == "each") return is_group_member(name, group_size);
  if (label == name) return true;
  const bool is_serving = serving != nullptr && !find_serving(*serving, socket).empty();
  const bool is_known = name == "server" || is_serving ||
                        std::ranges::find(*actors, name, &ActorEndpoint::actor) != actors->end();
  return !is_known && std::ranges::find(*programs, label) != programs->end();
}

bool SocketOwners::fits_remote(const std::string& label, const SocketEntry& socket) const {
  if (label == "*") return true;
  return socket.remote.port != 0 && fits_local(label, turned(socket));
}

SocketComparison compare_sockets(const std::vector<SocketRow>& rows,
                                 std::span<const SocketEntry> sockets, const SocketOwners& owners) {
  return PlaceSearch(rows, sockets, owners).search();
}

SectionJudgement judge_sockets(const SocketTable& table, const Scenario& scenario,
                               const Evidence& evidence) {
  SectionJudgement judgement;
  CheckResult& check = judgement.check;
  check.kind = CheckKind::sockets;
  check.name = "Sockets: " + table.name;
  check.verdict = Verdict::skip;
  check.reason = evidence.offline ? "a capture does not show sockets: only a run can judge them"
                                  : "the step that takes them was not reached";
  if (!evidence.sockets_unseen.empty()) check.reason = evidence.sockets_unseen;
  const SocketOwners owners = owners_of(scenario, evidence);
  for (const SocketsTaken& taken : evidence.played.sockets) {
    if (taken.name != table.name) continue;
    if (check.verdict == Verdict::skip) {
      check.verdict = Verdict::pass;
      check.reason.clear();
    }
    const SocketComparison found = compare_sockets(table.rows, taken.sockets, owners);
    if (found.equal()) continue;
    check.verdict = Verdict::fail;
    judgement.failures.push_back(describe_difference(table, taken.sockets, found, owners));
  }
  return judgement;
}

std::vector<SocketSnapshot> name_snapshots(const Scenario& scenario, const Evidence& evidence) {
  const SocketOwners owners = owners_of(scenario, evidence);
  std::vector<SocketSnapshot> snapshots;
  for (const SocketsTaken& taken : evidence.played.sockets) {
    SocketSnapshot snapshot;
    snapshot.name = taken.name;
    for (const SocketEntry& socket : taken.sockets) {
      snapshot.sockets.push_back({socket.tcp, socket.local, owners.name_local(socket),
                                  socket.remote, owners.name_remote(socket), socket.state,
                                  socket.receive_queue, socket.send_queue});
    }
    snapshots.push_back(std::move(snapshot));
  }
  return snapshots;
}

}  // namespace wireproof
