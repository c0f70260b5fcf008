#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "fuzz/small_capture.h"
#include "fuzz/targets.h"
#include "judge/judge.h"
#include "judge/offline/connection_split.h"
#include "judge/offline/read_evidence.h"
#include "judge/traffic/traffic.h"
#include "sheet/scenario.h"

// A sheet and a capture that is judged by it. The first two bytes are the numbers of steps and rows
// of the sheet, a byte for each of these follows, and a small_capture().
namespace wireproof {
namespace {

constexpr std::size_t kMostSteps = 8;
constexpr std::size_t kMostRows = 16;

constexpr std::array<const char*, 16> kSteps{"connect",
                                             "send \"a\"",
                                             "send 5 * \"b\"",
                                             "recv \"a\"",
                                             "recv \"bbbbb\"",
                                             "recv 5 bytes",
                                             "recv eof",
                                             "recv reset",
                                             "recv nothing for 10ms",
                                             "shutdown",
                                             "close",
                                             "abort",
                                             "recv until \"c\"",
                                             "send \"dd\" in pieces of 1",
                                             "refused",
                                             "recv /c+/"};

// What Info and Len say.
constexpr std::array<std::array<const char*, 2>, 16> kRows{{{"[SYN]", ""},
                                                            {"[SYN, ACK]", ""},
                                                            {"[ACK]", ""},
                                                            {"[PSH, ACK]", "5"},
                                                            {"[PSH, ACK]", ""},
                                                            {"[PSH, ACK]", "1..20"},
                                                            {"[FIN, ACK]", ""},
                                                            {"[RST]", ""},
                                                            {"[RST, ACK]", ""},
                                                            {"[FIN, PSH, ACK]", "1"},
                                                            {"…", ""},
                                                            {"[ACK]", "1"},
                                                            {"[SYN] Seq=0", ""},
                                                            {"[ACK] Ack=1", ""},
                                                            {"[PSH, ACK] Seq=1", "4"},
                                                            {"[FIN, ACK] Win=0..65535", ""}}};

const char* actor_of(std::uint8_t code) {
  return (code & 0x40U) != 0 ? "bob" : "client";
}

std::string session_of(ByteView codes) {
  std::string text = "## Session\n```session\n";
  for (const std::uint8_t code : codes) {
    text.append(actor_of(code)).append(": ").append(kSteps.at(code % kSteps.size())).append("\n");
  }
  return text + "```\n";
}

// The name of a table is that of its actor: each actor has one.
std::string table_of(ByteView codes, const std::string& actor, bool is_alone) {
  std::string text = "## Packets" + (is_alone ? "" : ": " + actor) +
                     "\n| From | To | Info | Len | Order |\n|---|---|---|---|---|\n";
  for (const std::uint8_t code : codes) {
    if (actor != actor_of(code)) continue;
    const auto& row = kRows.at(code % kRows.size());
    const bool by_server = (code & 0x80U) != 0;
    const std::string from = by_server ? "server" : actor;
    const std::string to = by_server ? actor : "server";
    text += fmt::format("| {} | {} | {} | {} | {} |\n", from, to, row[0], row[1],
                        (code & 0x20U) != 0 ? "any" : "");
  }
  return text;
}

bool has_rows_of(ByteView codes, const std::string& actor) {
  return std::ranges::any_of(codes, [&](std::uint8_t code) { return actor == actor_of(code); });
}

std::optional<Scenario> sheet_of(const std::string& match, ByteView steps, ByteView rows) {
  std::string text = "---\nserver: echo\ntransport: tcp\nport: 80\nmatch: " + match +
                     "\n---\n# One\n" + session_of(steps);
  const bool is_alone = !has_rows_of(rows, "bob");
  for (const char* const actor : {"client", "bob"}) {
    if (has_rows_of(rows, actor)) text += table_of(rows, actor, is_alone);
  }
  auto scenario = parse_scenario("one", SourceText("one.md", text), {});
  return scenario ? std::optional(std::move(*scenario)) : std::nullopt;
}

void check_result(const ScenarioResult& result, const Scenario& scenario, std::size_t packets) {
  const bool has_failed = std::ranges::any_of(
      result.checks, [](const CheckResult& check) { return check.verdict == Verdict::fail; });
  promise(has_failed == (result.verdict == Verdict::fail), "a sheet fails with one of its checks");
  promise(!has_failed || !result.failures.empty(), "what fails is told");
  promise(result.verdict == Verdict::pass || !result.reason.empty(),
          "what does not pass has a reason");
  promise(result.packets.size() == packets, "each packet has a line");
  for (std::size_t index = 0; index < packets; ++index) {
    const PacketLine& line = result.packets[index];
    promise(line.number == index + 1, "lines are in the order of capture");
    for (const RowLabel& label : line.rows) {
      const auto table = std::ranges::find(scenario.packet_tables, label.table, &PacketTable::name);
      promise(table != scenario.packet_tables.end(), "a packet's row is of a table");
      promise(label.row >= 1 && label.row <= table->rows.size(), "it is one of its rows");
    }
  }
}

Verdict judge_by(const Scenario& scenario, const PacketStore& store) {
  const Evidence evidence = read_evidence(scenario, store, kSmallCapturePort, 0);
  const ScenarioResult result = judge(scenario, evidence);
  check_result(result, scenario, store.size());
  promise(judge(scenario, evidence) == result, "judged again it is the same");
  return result.verdict;
}

// As `check --all` takes a capture apart.
void check_parts(const PacketStore& store) {
  std::vector<std::uint64_t> numbers;
  ConnectionSplit split(kSmallCapturePort, [&](CapturedFlow flow) {
    const std::vector<CapturedFlow> connections = split_flow(std::move(flow), kSmallCapturePort);
    for (const CapturedFlow& one : connections) {
      promise(!one.numbers.empty() && one.packets.size() == one.numbers.size(),
              "a connection has packets, and each its number");
      promise(std::ranges::is_sorted(one.numbers), "they stay in their order");
      promise(one.is_ambiguous ||
                  decode_capture(one.packets, kSmallCapturePort, 0).conversations.tcp.size() <= 1,
              "what is parted is one connection");
      numbers.insert(numbers.end(), one.numbers.begin(), one.numbers.end());
    }
  });
  for (std::size_t i = 0; i < store.size(); ++i) split.add(decode_packet(store.at(i)));
  split.finish();
  std::ranges::sort(numbers);
  promise(std::ranges::adjacent_find(numbers) == numbers.end(), "a packet is of one connection");
}

}  // namespace

void fuzz_judgements(ByteView input) {
  if (input.size() < 2) return;
  const std::size_t step_count = std::min(input[0] % (kMostSteps + 1), input.size() - 2);
  const ByteView steps = input.subspan(2, step_count);
  const ByteView behind = input.subspan(2 + step_count);
  const ByteView rows = behind.first(std::min(input[1] % (kMostRows + 1), behind.size()));
  const PacketStore store = small_capture(behind.subspan(rows.size()));
  check_parts(store);
  std::array<std::optional<Verdict>, 2> verdicts;
  for (const char* const match : {"stream", "segments", "exact"}) {
    const std::optional<Scenario> scenario = sheet_of(match, steps, rows);
    if (!scenario) return;
    const Verdict verdict = judge_by(*scenario, store);
    if (match == std::string_view("stream")) verdicts[0] = verdict;
    if (match == std::string_view("segments")) verdicts[1] = verdict;
  }
  // matching.md §4: segments asks for the same and more.
  promise(verdicts[1] != Verdict::pass || verdicts[0] == Verdict::pass,
          "what matches by segments matches as a stream");
}

}  // namespace wireproof
