#include "sheet/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "expect/layout/layout.h"
#include "packets/wire/packet.h"
#include "sheet/path_check.h"
#include "sheet/session/session_plan.h"
#include "sheet/session/step_traits.h"
#include "sheet/session_check.h"

namespace wireproof {
namespace {

void check_any(const Scenario& scenario, Problems& problems) {
  if (!scenario.packet_tables.empty() || !scenario.socket_tables.empty() ||
      !scenario.measures.empty() || !scenario.call_tables.empty()) {
    return;
  }
  const auto judges = [](const Step& step) {
    return step_traits(step.action).judged != Judged::nothing;
  };
  if (scenario.session && any_step(scenario.session->steps, judges)) return;
  problems.error(
      ProblemCode::nothing_checked, "the sheet checks nothing",
      "it needs a section Packets, Sockets, Measures or Calls, or a session with `recv`");
}

void check_front(const Scenario& scenario, Problems& problems) {
  const FrontMatter& front = scenario.front;
  if (!front.server.empty() || !front.command.empty()) return;
  if (!scenario.session && front.port) return;  // `check` needs to know the port alone
  if (scenario.session && !listening_actors(*scenario.session, front.transport).empty()) return;
  problems.error(ProblemCode::no_server, "the front matter names no server",
                 "`server: NAME`, or `command: …` to start a program instead; or an actor of the "
                 "session listens");
}

std::vector<std::string> actor_names(const SessionScript& session) {
  std::vector<std::string> names = session.actors;
  if (session.group_size != 0) names.emplace_back("each");
  return names;
}

void check_packet_tables(const Scenario& scenario, Problems& problems) {
  std::set<std::string> seen;
  for (const PacketTable& table : scenario.packet_tables) {
    if (!seen.insert(table.name).second) {
      problems.error(ProblemCode::second_table, table.span,
                     table.name.empty()
                         ? std::string("there is another table of packets")
                         : fmt::format("`{}` has another table of packets", table.name),
                     "one table for each client, named by `Packets: NAME`");
    }
    if (table.name.empty() || !scenario.session) continue;
    const std::vector<std::string> names = actor_names(*scenario.session);
    if (std::ranges::find(names, table.name) != names.end()) continue;
    problems.error(ProblemCode::table_of_nobody, table.span,
                   fmt::format("the session has no client `{}`", table.name),
                   suggest_name(table.name, names));
  }
}

bool is_socket_end(const std::string& end, const std::vector<std::string>& names) {
  return end == "*" || std::ranges::find(names, end) != names.end();
}

void check_socket_tables(const Scenario& scenario, Problems& problems) {
  std::vector<std::string> tables;
  for (const SocketTable& table : scenario.socket_tables) {
    if (std::ranges::find(tables, table.name) != tables.end()) {
      problems.error(ProblemCode::second_table, table.span,
                     fmt::format("there is another table of sockets `{}`", table.name));
    }
    tables.push_back(table.name);
  }
  std::set<std::string> taken;
  if (scenario.session) {
    visit_steps(scenario.session->steps, [&](const Step& step) {
      const auto* const sockets = std::get_if<StepSockets>(&step.action);
      if (sockets == nullptr) return;
      taken.insert(sockets->name);
      if (std::ranges::find(tables, sockets->name) != tables.end()) return;
      std::string help = suggest_name(sockets->name, tables);
      if (help.empty()) help = fmt::format("a section `Sockets: {}` judges it", sockets->name);
      problems.error(ProblemCode::untaken_sockets, step.span,
                     fmt::format("there is no section `Sockets: {}`", sockets->name), help);
    });
  }
  std::vector<std::string> names =
      scenario.session ? actor_names(*scenario.session) : std::vector<std::string>();
  names.emplace_back("server");
  for (const SocketTable& table : scenario.socket_tables) {
    if (!taken.contains(table.name)) {
      problems.error(ProblemCode::untaken_sockets, table.span,
                     fmt::format("no step takes the sockets `{}`", table.name),
                     fmt::format("a step `sockets \"{}\"` in the session", table.name));
    }
    for (const SocketRow& row : table.rows) {
      for (const std::string& end : {row.local, row.remote}) {
        if (is_socket_end(end, names)) continue;
        problems.error(ProblemCode::unknown_actor, row.span, fmt::format("unknown actor `{}`", end),
                       suggest_name(end, names));
      }
    }
  }
}

// Whose calls and connections a table of calls may be about.
std::vector<std::string> call_actors(const Scenario& scenario) {
  std::vector<std::string> names;
  if (!scenario.session) return names;
  for (const SheetActor& actor : session_actors(*scenario.session)) names.push_back(actor.name);
  return names;
}

void check_call_sockets(const CallTable& table, const std::vector<std::string>& actors,
                        Problems& problems) {
  std::vector<std::string> known = call_sockets();
  if (table.actor == "server") known.insert(known.end(), actors.begin(), actors.end());
  const PlacedCallRow* any = nullptr;
  const PlacedCallRow* named = nullptr;
  for (const PlacedCallRow& placed : table.rows) {
    const std::string& socket = placed.row.socket;
    if (socket == "connection") any = &placed;
    const bool is_own = std::ranges::find(call_sockets(), socket) != call_sockets().end();
    if (!is_own && !socket.empty()) named = &placed;
    if (socket.empty() || std::ranges::find(known, socket) != known.end()) continue;
    problems.error(ProblemCode::unknown_socket, placed.place.cells.at("Socket"),
                   fmt::format("unknown socket `{}`", socket), suggest_name(socket, known));
  }
  if (any == nullptr || named == nullptr) return;
  problems.error(ProblemCode::mixed_sockets, named->place.cells.at("Socket"),
                 "`connection` is every client's, so that none can be named beside it",
                 "name the client in all rows, or in none");
}

void check_call_tables(const Scenario& scenario, Problems& problems) {
  const std::vector<std::string> actors = call_actors(scenario);
  std::vector<std::string> known = actors;
  known.emplace_back("server");
  std::set<std::string> seen;
  for (const CallTable& table : scenario.call_tables) {
    if (!seen.insert(table.actor).second) {
      problems.error(ProblemCode::second_table, table.span,
                     fmt::format("`{}` has another table of calls", table.actor));
    }
    const bool is_known = std::ranges::find(known, table.actor) != known.end();
    if (!is_known && scenario.session) {
      problems.error(ProblemCode::table_of_nobody, table.span,
                     fmt::format("the session has no actor `{}`", table.actor),
                     suggest_name(table.actor, known));
    }
    if (scenario.session) check_call_sockets(table, actors, problems);
  }
}

void check_transport(const Scenario& scenario, Problems& problems) {
  const auto transport = scenario.front.transport;
  for (const PacketTable& table : scenario.packet_tables) {
    for (const PlacedRow& placed : table.rows) {
      if (!is_other_transport(placed.row.kind, transport)) continue;
      problems.error(
          ProblemCode::other_transport, placed.place.cells.at("Info"),
          fmt::format("the sheet's transport is {}", *transport == Transport::udp ? "udp" : "tcp"));
      return;
    }
  }
}

// Whether a step of `actor` (or of the group it belongs to) acts for the client of a table.
bool acts_for(const Step& step, const std::string& client) {
  return step.actor == client || step.actor == "each" || client == "each";
}

// Whether the session lets this client close without waiting for the server's end.
bool closes_early(const SessionScript& session, const std::string& client) {
  bool waited = false;
  bool acted = false;
  bool early = false;
  bool program = false;
  visit_steps(session.steps, [&](const Step& step) {
    if (!acts_for(step, client)) return;
    acted = true;
    const StepTraits traits = step_traits(step.action);
    program |= traits.makes == ActorKind::program;
    waited |= traits.awaits_close();
    early |= traits.closes && !waited;
  });
  return acted && !program && (early || !waited);
}

// matching.md §4: the table puts the server's FIN first, but the client does not wait for it.
void warn_of_races(const Scenario& scenario, Problems& problems) {
  if (!scenario.session) return;
  for (const PacketTable& table : scenario.packet_tables) {
    std::set<std::string> closed;  // clients whose first FIN is behind us
    for (const PlacedRow& placed : table.rows) {
      const Row& row = placed.row;
      if ((row.flags & tcp_flag::kFin) == 0 || !closed.insert(row.client).second) continue;
      if (row.from != Side::server || row.any_order) continue;
      if (!closes_early(*scenario.session, row.client)) continue;
      problems.warning(
          ProblemCode::racing_ends, placed.place.row,
          fmt::format("the server's FIN comes first here, but `{}` closes without `recv eof`",
                      row.client),
          "both ends race then: put `recv eof` before the close, or `any` in the column Order");
    }
  }
}

}  // namespace

void check_scenario(const Scenario& scenario, Problems& problems) {
  check_front(scenario, problems);
  check_packet_tables(scenario, problems);
  check_socket_tables(scenario, problems);
  check_call_tables(scenario, problems);
  check_transport(scenario, problems);
  check_path(scenario, problems);
  if (scenario.session) {
    check_session(scenario, problems);
  }
  // After errors in its sections, what a sheet lacks or races is not known.
  if (problems.has_errors()) return;
  check_any(scenario, problems);
  check_fates(scenario, problems);
  warn_of_races(scenario, problems);
}

}  // namespace wireproof
