#include "support/dump_scenario.h"

#include <fmt/format.h>

#include <vector>

#include "expect/layout/layout.h"
#include "expect/payload/payload.h"

namespace wireproof {
namespace {

const char* level_name(Level level) {
  switch (level) {
    case Level::must:
      return "must";
    case Level::should:
      return "should";
    case Level::info:
      return "info";
  }
  return "";
}

const char* fate_name(PacketFate fate) {
  switch (fate) {
    case PacketFate::arrived:
      return "arrived";
    case PacketFate::lost:
      return "lost";
    case PacketFate::late:
      return "late";
    case PacketFate::twice:
      return "twice";
    case PacketFate::corrupted:
    case PacketFate::corrupted_right:
      return "corrupted";
    case PacketFate::cut:
      return "cut";
  }
  return "";
}

const char* need_name(Need need) {
  switch (need) {
    case Need::same_host:
      return "same-host";
    case Need::started_server:
      return "started-server";
    case Need::trace:
      return "trace";
    case Need::ipv6:
      return "ipv6";
  }
  return "";
}

const char* transport_name(Transport transport) {
  switch (transport) {
    case Transport::tcp:
      return "tcp";
    case Transport::udp:
      return "udp";
    case Transport::tcp_udp:
      return "tcp+udp";
  }
  return "";
}

const char* match_name(Strictness match) {
  switch (match) {
    case Strictness::stream:
      return "stream";
    case Strictness::segments:
      return "segments";
    case Strictness::exact:
      return "exact";
  }
  return "";
}

std::string dump_conditions(const PathConditions& path) {
  std::string text;
  if (path.delay > Duration::zero()) text += fmt::format("delay {}\n", render_duration(path.delay));
  if (path.rate_bits_per_second) text += fmt::format("rate {}\n", *path.rate_bits_per_second);
  if (path.queue_packets) text += fmt::format("queue {}\n", *path.queue_packets);
  if (path.loss_percent > 0) {
    text += fmt::format("loss {}% seed {}\n", path.loss_percent, path.loss_seed);
  }
  return text;
}

std::string dump_front(const FrontMatter& front) {
  std::string text;
  if (!front.server.empty()) text += fmt::format("server {}\n", front.server);
  if (!front.command.empty()) text += fmt::format("command {}\n", front.command);
  if (front.transport) text += fmt::format("transport {}\n", transport_name(*front.transport));
  if (front.port) text += fmt::format("port {}\n", *front.port);
  if (front.any_port) text += "port any\n";
  text += fmt::format("match {}\ntimeout {}\n", match_name(front.match),
                      render_duration(front.timeout));
  if (front.expect == Expectation::fail) text += "expect fail\n";
  for (const Need need : front.needs) text += fmt::format("needs {}\n", need_name(need));
  for (const auto& [program, package] : front.programs) {
    text += fmt::format("program {} package {}\n", program, package);
  }
  if (front.mtu_bytes) text += fmt::format("mtu {}\n", *front.mtu_bytes);
  if (front.ip == IpVersion::v6) text += "ip 6\n";
  text += dump_conditions(front.path);
  for (const auto& [name, value] : front.parameters) {
    text += fmt::format("parameter {}={}\n", name, value);
  }
  for (const std::string& name : front.forms) text += fmt::format("form {}\n", name);
  for (const std::string& tag : front.tags) text += fmt::format("tag {}\n", tag);
  if (front.points > 0) text += fmt::format("points {}\n", front.points);
  if (front.global_order) text += "order global\n";
  return text;
}

std::string dump_layouts(const LayoutSet& layouts) {
  std::string text;
  for (const auto& [name, layout] : layouts) {
    const auto size = layout_size(layout, layouts);
    text += fmt::format("layout {}: {}\n", name,
                        size ? fmt::format("{} bytes", *size) : std::string("size varies"));
    for (const Field& field : layout.fields) {
      text += fmt::format("  {} {}", field.name, render_field_type(field));
      const std::string rule = render_field_rule(field);
      if (!rule.empty()) text += " = " + rule;
      if (field.align > 1) text += fmt::format(" align {}", field.align);
      text += "\n";
    }
  }
  return text;
}

void dump_steps(const std::vector<Step>& steps, std::size_t indent, std::string& text) {
  for (const Step& step : steps) {
    text += fmt::format("{}{}\n", std::string(indent, ' '), render_step(step));
    if (const auto* const repeat = std::get_if<StepRepeat>(&step.action)) {
      dump_steps(repeat->steps, indent + 2, text);
    }
  }
}

std::string dump_session(const SessionScript& session) {
  std::string text = fmt::format("session: {}\n", fmt::join(session.actors, " "));
  if (session.group_size != 0) text += fmt::format("  each: {} clients\n", session.group_size);
  dump_steps(session.steps, 2, text);
  return text;
}

// "[PSH, ACK] Seq=1 Ack=1 Len=5", "UDP Len=5", "ICMP port unreachable", "…": as a cell has it.
std::string dump_info(const Row& row) {
  std::string text = "UDP";
  if (row.kind == RowKind::anything) return "…";
  if (row.kind == RowKind::port_unreachable) return "ICMP port unreachable";
  if (row.kind == RowKind::tcp) text = render_tcp_flags(row.flags);
  if (row.seq) text += fmt::format(" Seq={}", *row.seq);
  if (row.ack) text += fmt::format(" Ack={}", *row.ack);
  if (row.window) text += " Win=" + range_words(*row.window);
  if (row.length) text += " Len=" + range_words(*row.length);
  if (row.mss) text += fmt::format(" MSS={}", *row.mss);
  if (row.again) text += " again";
  return text;
}

std::string dump_row(const Row& row) {
  const bool from_client = row.from == Side::client;
  const std::string server = row.server.empty() ? "server" : row.server;
  std::string text = fmt::format("  {} {} > {} {}", row.number, from_client ? row.client : server,
                                 from_client ? server : row.client, dump_info(row));
  if (row.payload) text += " payload " + render_message_script(*row.payload);
  if (!row.cause.empty()) text += " cause " + row.cause;
  if (row.cause_side) text += *row.cause_side == Side::client ? " by client" : " by server";
  if (!row.blocked.empty()) text += " blocked " + row.blocked;
  if (row.level != Level::must) text += fmt::format(" {}", level_name(row.level));
  if (row.points > 0) text += fmt::format(" points {}", row.points);
  if (row.any_order) text += " any order";
  if (row.fate) text += fmt::format(" fate {}", fate_name(*row.fate));
  return text + "\n";
}

std::string dump_action(const PathAction& action) {
  switch (action.deed) {
    case PathDeed::lose:
      return "lose";
    case PathDeed::delay:
      return "delay " + render_duration(action.delay);
    case PathDeed::duplicate:
      return "duplicate";
    case PathDeed::swap:
      return "swap";
    case PathDeed::corrupt:
      return fmt::format("corrupt {}{}", action.byte, action.mends_checksum ? " mended" : "");
    case PathDeed::cut:
      return fmt::format("cut {}", action.size);
    case PathDeed::port_unreachable:
      return "port unreachable";
    case PathDeed::fragmentation_needed:
      return fmt::format("fragmentation needed {}", action.size);
  }
  return "";
}

std::string dump_rule(const PathRule& rule) {
  std::string text = fmt::format("  {} ", rule.number);
  if (rule.packets == PathPackets::any) text += "any";
  if (rule.packets == PathPackets::data) text += "data";
  if (rule.packets == PathPackets::row) text += dump_info(rule.row);
  if (rule.row.payload) text += " payload " + render_message_script(*rule.row.payload);
  if (rule.from) text += *rule.from == Side::client ? " from clients" : " from servers";
  if (!rule.client.empty()) text += " " + rule.client;
  if (!rule.row.server.empty()) text += " " + rule.row.server;
  for (const Range& range : rule.which.ranges) text += " #" + range_words(range);
  if (rule.which.every != 0) text += fmt::format(" every {}", rule.which.every);
  return text + ": " + dump_action(rule.action) + " " + level_name(rule.level) + "\n";
}

}  // namespace

std::string dump_scenario(const Scenario& scenario) {
  std::string text = fmt::format("id {}\ntitle {}\n", scenario.id, scenario.title);
  text += dump_front(scenario.front);
  text += dump_layouts(scenario.layouts);
  if (scenario.session) text += dump_session(*scenario.session);
  for (const PacketTable& table : scenario.packet_tables) {
    text += fmt::format("packets{}\n", table.name.empty() ? "" : " " + table.name);
    for (const PlacedRow& placed : table.rows) text += dump_row(placed.row);
  }
  for (const SocketTable& table : scenario.socket_tables) {
    text += fmt::format("sockets {}\n", table.name);
    for (const SocketRow& row : table.rows) {
      text += fmt::format("  {} {} {} x{}\n", row.local, row.remote, row.state, row.count);
    }
  }
  for (const CallTable& table : scenario.call_tables) {
    text += fmt::format("calls {}\n", table.actor);
    for (const PlacedCallRow& placed : table.rows) {
      text += fmt::format("  {} {} {}\n", placed.row.number, placed.row.text,
                          level_name(placed.row.level));
    }
  }
  if (!scenario.path_rules.empty()) text += "path\n";
  for (const PlacedPathRule& placed : scenario.path_rules) text += dump_rule(placed.rule);
  if (!scenario.measures.empty()) text += "measures\n";
  for (const Measure& measure : scenario.measures) {
    text += fmt::format("  {} {} {}\n", measure_name(measure.kind), measure.expected,
                        level_name(measure.level));
  }
  return text;
}

}  // namespace wireproof
