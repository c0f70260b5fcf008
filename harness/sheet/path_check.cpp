#include "sheet/path_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "expect/match/event_table.h"
#include "sheet/session/session_plan.h"
#include "sheet/session/step_traits.h"

namespace wireproof {
namespace {

constexpr std::uint32_t kMaxPathMtu = 65'535;  // of Linux's TUN devices

// At the first rule; a path that the front matter makes has no place of its own.
void report_path(const Scenario& scenario, const std::string& message, const std::string& help,
                 Problems& problems) {
  if (scenario.path_rules.empty()) {
    problems.error(ProblemCode::impossible_path, message, help);
  } else {
    problems.error(ProblemCode::impossible_path, scenario.path_rules.front().span, message, help);
  }
}

bool may_be_above(const Row& above, const Row& row) {
  if (above.kind == RowKind::anything) return true;
  const bool is_same_client =
      above.client == row.client || above.client == kGroupName || row.client == kGroupName;
  return is_same_client && above.server == row.server && above.from == row.from && !above.again;
}

// Whether the rows above hold all that this one says is sent again. What an acknowledgement repeats
// any packet with an ACK may have said.
bool was_sent(std::span<const PlacedRow> above, const Row& row) {
  const auto any_above = [&](const auto& holds) {
    return std::ranges::any_of(above, [&](const PlacedRow& placed) {
      return may_be_above(placed.row, row) &&
             (placed.row.kind == RowKind::anything || holds(placed.row));
    });
  };
  if (row.kind == RowKind::udp) {
    return any_above([](const Row& each) { return each.kind == RowKind::udp; });
  }
  if (is_acknowledgement(row)) {
    return any_above([](const Row& each) { return (each.flags & tcp_flag::kAck) != 0; });
  }
  for (const EventKind kind : {EventKind::open, EventKind::bytes, EventKind::fin}) {
    const KindSet bit = kind_bit(kind);
    const auto holds = [bit](const Row& each) { return (row_kinds(each) & bit) != 0; };
    if ((row_kinds(row) & bit) != 0 && !any_above(holds)) return false;
  }
  return true;
}

// What a row `again` is not compared by, unless each packet is a row.
void check_again_cells(const PlacedRow& placed, Problems& problems) {
  const Row& row = placed.row;
  const auto refuse = [&](const char* column) {
    problems.error(ProblemCode::packet_again, placed.place.cells.at(column),
                   fmt::format("a row `again` is not compared by this{}",
                               std::string_view(column) == "Info" ? ": Seq, Ack, Win, MSS" : ""),
                   "it says what was sent again: flags, Len and Fate; with `match: exact` more");
  };
  if (row.seq || row.ack || row.window || row.mss) refuse("Info");
  if (row.payload) refuse("Payload");
  if (!row.cause.empty()) refuse("Cause");
  if (row.cause_side) refuse("Side");
  if (!row.blocked.empty()) refuse("Blocked");
}

void check_again(const Scenario& scenario, const PacketTable& table, Problems& problems) {
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const PlacedRow& placed = table.rows[i];
    if (!placed.row.again) continue;
    const Span info = placed.place.cells.at("Info");
    if (!was_sent(std::span(table.rows).first(i), placed.row)) {
      problems.error(ProblemCode::packet_again, info,
                     "this is sent again, and no row above sends it the first time",
                     "the first time is a row of its own, without `again`");
    }
    const bool has_place = placed.row.kind == RowKind::udp;
    if (!has_place && scenario.front.match != Strictness::exact) {
      check_again_cells(placed, problems);
    }
  }
}

// Whether an actor's address does not tell who it is: programs have the system's, and `connect
// from` may take anybody's.
bool hides_actors(const SessionScript& session, const std::string& name) {
  return any_step(session.steps, [&name](const Step& step) {
    const auto* const connect = std::get_if<StepConnect>(&step.action);
    if (connect != nullptr && !connect->from.empty()) return true;
    return step_traits(step.action).makes == ActorKind::program && step.actor == name;
  });
}

}  // namespace

bool is_other_transport(RowKind kind, std::optional<Transport> transport) {
  if (transport == Transport::udp) return kind == RowKind::tcp;
  return transport == Transport::tcp && (kind == RowKind::udp || kind == RowKind::port_unreachable);
}

void check_path(const Scenario& scenario, Problems& problems) {
  if (!has_path(scenario)) return;
  const FrontMatter& front = scenario.front;
  if (front.ip == IpVersion::v6) {
    report_path(scenario, "a path carries IPv4 alone, and the sheet has `network: {ip: 6}`",
                "take out `ip: 6`, or the path", problems);
  }
  if (front.mtu_bytes.value_or(0) > kMaxPathMtu) {
    report_path(scenario, fmt::format("a path has no MTU of {} bytes", *front.mtu_bytes),
                fmt::format("at most {}", kMaxPathMtu), problems);
  }
  for (const PlacedPathRule& placed : scenario.path_rules) {
    if (!placed.rule.client.empty() && scenario.session &&
        hides_actors(*scenario.session, placed.rule.client)) {
      problems.error(
          ProblemCode::impossible_path, placed.span,
          fmt::format("the packets of `{}` cannot be told from another's: it is a program, "
                      "or an actor chooses its own address",
                      placed.rule.client),
          "a rule for all clients has no From, or `each`");
    }
    const bool of_row = placed.rule.packets == PathPackets::row;
    if (!of_row || !is_other_transport(placed.rule.row.kind, front.transport)) continue;
    problems.error(ProblemCode::other_transport, placed.span,
                   "the rule's packets are not of the sheet's transport");
  }
}

void check_fates(const Scenario& scenario, Problems& problems) {
  for (const PacketTable& table : scenario.packet_tables) {
    check_again(scenario, table, problems);
    const auto fated = std::ranges::find_if(
        table.rows, [](const PlacedRow& placed) { return placed.row.fate.has_value(); });
    if (has_path(scenario) || fated == table.rows.end()) continue;
    problems.error(ProblemCode::packet_fate, fated->place.cells.at("Fate"),
                   "without a path every packet arrives",
                   "a section `Path` says what is lost, or `network: {loss: 5%}`");
  }
}

}  // namespace wireproof
