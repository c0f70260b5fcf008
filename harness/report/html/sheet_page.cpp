#include "report/html/sheet_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text/bytes.h"
#include "base/text/words.h"
#include "report/html/exchange.h"
#include "report/html/page.h"
#include "report/safe_text.h"
#include "result/capture/capture_notes.h"

namespace wireproof {
namespace {

void add_neighbours(pugi::xml_node section, const RunResult& run, std::size_t index) {
  pugi::xml_node nav = add_node(section, "nav");
  set(nav, "aria-label", "Sheets near " + one_line(run.scenarios[index].result.id));
  add_link(nav, "summary", "Summary");
  const auto add_neighbour = [&](std::size_t neighbour, const char* words) {
    nav.append_child(pugi::node_pcdata).set_value(" ");
    add_link(nav, sheet_page_id(neighbour),
             fmt::format("{}: {}", words, run.scenarios[neighbour].result.id));
  };
  if (index > 0) add_neighbour(index - 1, "before");
  if (index + 1 < run.scenarios.size()) add_neighbour(index + 1, "next");
}

void add_verdict_of(pugi::xml_node section, const ScenarioSummary& scenario) {
  const ScenarioResult& result = scenario.result;
  pugi::xml_node line = add_node(section, "p");
  add_verdict(line, "strong", result.verdict);
  const std::string reason = result.verdict == Verdict::pass ? "" : ": " + one_line(result.reason);
  line.append_child(pugi::node_pcdata)
      .set_value(xml_text(fmt::format("{} ({}, {})", reason, one_line(result.file),
                                      render_milliseconds(result.lasted)))
                     .c_str());
  for (const std::string& fault : result.soundness.faults) {
    add(section, "p", "The capture is unsound: " + one_line(fault), "doubt");
  }
  if (!result.capture_file.empty()) {
    add(section, "p", "The packets are kept in " + one_line(result.capture_file));
  }
}

void add_messages(pugi::xml_node section, const ScenarioResult& result) {
  if (result.failures.empty()) return;
  add(section, "h3", "What failed");
  for (const Failure& failure : result.failures) {
    const bool is_error = failure.diagnostic.severity == Severity::error;
    add(section, "pre", escape_control(failure.rendered), is_error ? "message" : "message mild");
  }
}

void add_checks(pugi::xml_node section, const ScenarioResult& result) {
  if (result.checks.empty()) return;
  pugi::xml_node rows = add_table(section, "Sections of the sheet",
                                  {"Section", "Verdict", "Points", "History", "Variants", "Why"});
  for (const CheckResult& check : result.checks) {
    pugi::xml_node row = add_node(rows, "tr");
    add(row, "td", one_line(check.name));
    add_verdict(row, "td", check.verdict);
    add_number(row, check.max_points > 0
                        ? fmt::format("{:g} of {:g}", check.points, check.max_points)
                        : "");
    add(add_node(row, "td"), "code", one_line(check.history));
    add(row, "td", one_line(fmt::format("{}", fmt::join(check.variants, ", "))));
    add(row, "td", one_line(check.reason));
  }
}

bool counts_as_wrong(Verdict verdict, Level level) {
  return verdict == Verdict::fail && level != Level::info;
}

std::string render_way(const std::string& from, const std::string& to, const std::string& info) {
  return from.empty() ? one_line(info)
                      : fmt::format("{} > {}  {}", one_line(from), one_line(to), one_line(info));
}

void add_captured(pugi::xml_node cell, const ExchangeView& view, std::size_t index) {
  const PacketLine& packet = view.packets[index];
  pugi::xml_node line = add_node(cell, "div");
  add_link(line, view.packet_id(index), view.number_of(index));
  line.append_child(pugi::node_pcdata)
      .set_value(xml_text("  " + render_way(packet.from, packet.to, packet.info)).c_str());
}

struct Comparison {
  pugi::xml_node rows;
  const ExchangeView& view;
};

void add_unexpected(const Comparison& table, std::size_t index) {
  pugi::xml_node row = add_node(table.rows, "tr", "wrong");
  add(row, "td", "");
  add(row, "td", "no row");
  add_verdict(row, "td", Verdict::fail);
  add_captured(add_node(row, "td"), table.view, index);
}

void add_expected(const Comparison& table, const PacketRowResult& expected) {
  const bool is_wrong = counts_as_wrong(expected.verdict, expected.level);
  pugi::xml_node row = add_node(table.rows, "tr", is_wrong ? "wrong" : "");
  add_number(row, std::to_string(expected.number));
  add(row, "td", render_way(expected.from, expected.to, expected.info));
  add_verdict(row, "td", expected.verdict);
  pugi::xml_node cell = add_node(row, "td");
  for (const std::size_t packet : expected.packets) {
    if (packet < table.view.packets.size()) add_captured(cell, table.view, packet);
  }
  if (expected.packets.empty()) add(cell, "em", "nothing");
}

// Packets that no row has stand where they came, before the row that got a later one.
void compare_rows(pugi::xml_node section, const CheckResult& check, const ExchangeView& view,
                  std::vector<std::size_t> unexpected) {
  const Comparison table{add_table(section, one_line(check.name) + ": expected and captured",
                                   {"Row", "Expected", "Verdict", "Captured"}),
                         view};
  auto next = unexpected.begin();
  for (const PacketRowResult& expected : check.packet_rows) {
    for (;
         next != unexpected.end() && !expected.packets.empty() && *next < expected.packets.front();
         ++next) {
      add_unexpected(table, *next);
    }
    add_expected(table, expected);
  }
  for (; next != unexpected.end(); ++next) add_unexpected(table, *next);
}

void add_comparisons(pugi::xml_node section, const ScenarioResult& result,
                     const ExchangeView& view) {
  std::vector<std::size_t> unexpected;
  for (std::size_t i = 0; i < result.packets.size(); ++i) {
    if (result.packets[i].remark.mark == PacketMark::unexpected) unexpected.push_back(i);
  }
  bool is_first = true;
  for (const CheckResult& check : result.checks) {
    if (check.packet_rows.empty()) continue;
    if (is_first) add(section, "h3", "Expected and captured");
    compare_rows(section, check, view, is_first ? unexpected : std::vector<std::size_t>());
    is_first = false;
  }
}

void add_call_rows(pugi::xml_node section, const ScenarioResult& result, const ExchangeView& view) {
  for (const CheckResult& check : result.checks) {
    if (check.call_rows.empty()) continue;
    pugi::xml_node rows = add_table(section, one_line(check.name) + ": expected and made",
                                    {"Row", "Expected", "Verdict", "Call"});
    for (const CallRowResult& expected : check.call_rows) {
      const bool is_wrong = counts_as_wrong(expected.verdict, expected.level);
      pugi::xml_node row = add_node(rows, "tr", is_wrong ? "wrong" : "");
      add_number(row, std::to_string(expected.number));
      add(row, "td", one_line(expected.call));
      add_verdict(row, "td", expected.verdict);
      pugi::xml_node cell = add_node(row, "td");
      for (const std::size_t call : expected.met_by) {
        if (call >= view.calls.size()) continue;
        add_link(cell, view.call_id(call), view.calls[call].name);
        cell.append_child(pugi::node_pcdata).set_value(" ");
      }
    }
  }
}

void add_steps(pugi::xml_node section, const ScenarioResult& result) {
  if (result.steps.empty()) return;
  add(section, "h3", "Session");
  pugi::xml_node rows =
      add_table(section, "Steps", {"Line", "Time", "Took", "Who", "Step", "Result"});
  for (const StepResult& step : result.steps) {
    pugi::xml_node row = add_node(rows, "tr", step.ok ? "" : "wrong");
    add_number(row, std::to_string(step.line));
    add_number(row, render_milliseconds(step.started));
    add_number(row, render_milliseconds(step.lasted));
    add(row, "td", one_line(step.actor));
    add(add_node(row, "td"), "code", one_line(step.text));
    add(row, "td", one_line(step.outcome));
  }
}

void add_sockets(pugi::xml_node section, const ScenarioResult& result) {
  const auto render_end = [](const Endpoint& end, const std::string& name) {
    const std::string address = end.port == 0 ? "*" : render_endpoint(end);
    return name.empty() ? address : fmt::format("{} ({})", address, one_line(name));
  };
  for (const SocketSnapshot& snapshot : result.sockets) {
    TextTable table{{"Netid", "State", "Recv-Q", "Send-Q", "Local", "Remote"},
                    {Align::left, Align::left, Align::right, Align::right},
                    {}};
    for (const SocketLine& socket : snapshot.sockets) {
      table.rows.push_back({socket.tcp ? "tcp" : "udp", socket.state,
                            std::to_string(socket.receive_queue), std::to_string(socket.send_queue),
                            render_end(socket.local, socket.local_name),
                            render_end(socket.remote, socket.remote_name)});
    }
    add_table(section, "Sockets: " + one_line(snapshot.name), table);
  }
}

void add_repetitions(pugi::xml_node section, const ScenarioSummary& scenario) {
  if (scenario.repeats < 2) return;
  const char* const what = scenario.of_connections ? "connections" : "repetitions";
  pugi::xml_node rows = add_table(section, fmt::format("{} {}", scenario.repeats, what),
                                  {"Times", "Verdict", "History"});
  for (const HistoryCount& history : scenario.histories) {
    pugi::xml_node row = add_node(rows, "tr");
    add_number(row, std::to_string(history.count));
    add_verdict(row, "td", history.verdict);
    add(add_node(row, "td"), "code", one_line(history.history));
  }
}

void add_output(pugi::xml_node section, const ScenarioResult& result) {
  if (result.server_output.empty()) return;
  pugi::xml_node details = add_node(section, "details");
  add(details, "summary", "What the server wrote");
  add(details, "pre", escape_control(result.server_output));
}

}  // namespace

std::string sheet_page_id(std::size_t index) {
  return fmt::format("s{}", index + 1);
}

void add_sheet_page(pugi::xml_node main, const RunResult& run, std::size_t index) {
  const ScenarioSummary& scenario = run.scenarios[index];
  const ScenarioResult& result = scenario.result;
  pugi::xml_node section = add_node(main, "section", "page");
  set(section, "id", sheet_page_id(index));
  add_neighbours(section, run, index);
  const std::string title = one_line(result.title);
  add(section, "h2", one_line(result.id) + (title.empty() ? "" : ": " + title));
  add_verdict_of(section, scenario);
  add_messages(section, result);
  const ExchangeView view{sheet_page_id(index),
                          result.packets,
                          result.calls,
                          result.call_packets,
                          {},
                          Language::english,
                          find_wrong_packets(result.packets, result.checks)};
  add_comparisons(section, result, view);
  add_call_rows(section, result, view);
  if (!result.packets.empty()) {
    add(section, "h3", "Packets and calls");
    add_ladder(section, view);
    add_packets(section, view);
    add_bytes(section, view);
  }
  add_calls(section, view);
  add_steps(section, result);
  add_sockets(section, result);
  add_checks(section, result);
  add_repetitions(section, scenario);
  add_output(section, result);
}

}  // namespace wireproof
