// What a sheet's path did, judged: its rules, the fates of packets, and what was sent again.
#include <algorithm>

#include "catch.h"
#include "judge/diagnostic_note.h"
#include "judge/judge.h"
#include "judge/offline/read_evidence.h"
#include "judge/parsed_sheet.h"
#include "judge/traffic/table_rows.h"
#include "support/connection_script.h"

namespace wireproof {
namespace {

constexpr const char* kPathSheet = R"(---
server: echo
---
# A path

## Session
```session
connect
send "ping!"
recv "pon"
```

## Packets
| From   | To     | Info       | Len |
|--------|--------|------------|-----|
| client | server | [SYN]      |     |
| client | server | [SYN]      |     |
| server | client | [SYN, ACK] |     |
| client | server | [PSH, ACK] | 5   |
| server | client | [PSH, ACK] | 3   |
)";

// Its second row is `again`.
Scenario path_sheet() {
  Scenario sheet = parse_sheet(kPathSheet);
  sheet.packet_tables[0].rows[1].row.again = true;
  return sheet;
}

const std::vector<std::string> kPlayed = {"C SYN fate=lost", "C SYN seq=0",   "S SYN",
                                          "C ACK",           "C 5 fate=late", "S 3"};

// A run, as the script has its packets.
struct Run {
  explicit Run(const std::vector<std::string>& script) : capture(capture_script(script)) {
    evidence.tcp_port = 7000;
    evidence.played.actors = {{"client", *parse_endpoint("127.0.0.2:40000"), true}};
    evidence.traffic = assign_traffic(decode_capture(*capture.store, 7000, 0), evidence.played);
    evidence.soundness.captured = true;
  }

  ScriptCapture capture;
  Evidence evidence;
};

PlacedPathRule rule_of(PathChoice which, std::optional<Side> from = Side::client) {
  PlacedPathRule placed;
  placed.rule.number = 2;
  placed.rule.from = from;
  placed.rule.which = std::move(which);
  placed.span = {3, 5};
  return placed;
}

SectionJudgement judge_use(const PlacedPathRule& rule, PathUse use, bool strict = false) {
  Scenario sheet;
  sheet.path_rules = {rule};
  Evidence evidence;
  evidence.path_uses = {use};
  evidence.strict = strict;
  return judge_path(sheet, evidence);
}

// The same capture, as a file has it that says what a path did.
PacketStore told(const PacketStore& packets) {
  PacketStore store;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    RawPacket packet = packets.at(i);
    packet.has_fate = true;
    store.append(packet);
  }
  return store;
}

const CheckResult* find_check(const ScenarioResult& result, CheckKind kind) {
  const auto found = std::ranges::find(result.checks, kind, &CheckResult::kind);
  return found == result.checks.end() ? nullptr : &*found;
}

std::string all_messages(const ScenarioResult& result) {
  std::string text;
  for (const Failure& failure : result.failures) text += failure.diagnostic.message + "\n";
  return text;
}

}  // namespace

TEST_CASE("a rule of the path must have acted on every packet that it names", "[judge]") {
  const struct {
    PathChoice which;
    PathUse use;
    std::string message;  // empty: it holds
  } cases[] = {
      {{}, {1, 1}, ""},
      {{}, {0, 0}, "no such packet of the client was sent"},
      {{{{2, 2}}}, {2, 1}, ""},
      {{{{1, 2}}}, {1, 1}, "only 1 of 2 such packets of the client was sent"},
      {{{{1, 3}, {5, 5}}}, {4, 3}, "only 4 of 5 such packets of the client were sent"},
      {{{{5, 5}, {1, 2}}}, {4, 2}, "only 4 of 5 such packets of the client were sent"},
      {{{}, 4}, {4, 1}, ""},
      {{{}, 4}, {3, 0}, "only 3 of 4 such packets of the client were sent"},
  };
  for (const auto& each : cases) {
    const SectionJudgement judged = judge_use(rule_of(each.which), each.use);
    INFO(each.message);
    CHECK(judged.check.kind == CheckKind::path);
    CHECK(judged.check.name == "Path");
    CHECK(judged.check.verdict == (each.message.empty() ? Verdict::pass : Verdict::fail));
    REQUIRE(judged.failures.size() == (each.message.empty() ? 0 : 1));
    if (each.message.empty()) continue;
    CHECK(judged.failures[0].message == "rule 2 of the path: " + each.message);
    CHECK(judged.failures[0].span == Span{3, 5});
    CHECK(judged.failures[0].severity == Severity::error);
  }
}

TEST_CASE("a rule that did not act names who did not send, and what it did", "[judge]") {
  const auto message = [](const PlacedPathRule& rule) {
    return judge_use(rule, {}).failures.at(0).message;
  };
  CHECK(message(rule_of({}, Side::server)) ==
        "rule 2 of the path: no such packet of the server was sent");
  CHECK(message(rule_of({}, std::nullopt)) == "rule 2 of the path: no such packet was sent");
  PlacedPathRule alice = rule_of({});
  alice.rule.client = "alice";
  CHECK(message(alice) == "rule 2 of the path: no such packet of alice was sent");
  const SectionJudgement judged = judge_use(rule_of({{{1, 3}}}), {2, 2});
  CHECK(note(judged.failures.at(0), "captured") == "it acted on 2 packets");
  CHECK(note(judge_use(rule_of({}), {}).failures.at(0), "captured") == "it did nothing");
}

TEST_CASE("the level of a rule says whether it counts", "[judge]") {
  PlacedPathRule rule = rule_of({});
  rule.rule.level = Level::should;
  SectionJudgement judged = judge_use(rule, {});
  CHECK(judged.check.verdict == Verdict::pass);
  REQUIRE(judged.failures.size() == 1);
  CHECK(judged.failures[0].severity == Severity::warning);
  judged = judge_use(rule, {}, true);
  CHECK(judged.check.verdict == Verdict::fail);
  CHECK(judged.failures.at(0).severity == Severity::error);
  rule.rule.level = Level::info;
  CHECK(judge_use(rule, {}, true).failures.empty());
}

TEST_CASE("a saved capture does not tell what a path did, and says so", "[judge]") {
  Scenario sheet = path_sheet();
  sheet.path_rules = {rule_of({})};
  sheet.packet_tables[0].rows[0].row.fate = PacketFate::lost;
  std::vector<std::string> saved = kPlayed;
  saved[0] = "C SYN";
  saved[4] = "C \"ping!\"";
  saved[5] = "S \"pon\"";
  const ScriptCapture capture = capture_script(saved);
  const Evidence evidence = read_evidence(sheet, *capture.store, 7000, 0);
  const ScenarioResult result = judge(sheet, evidence);
  CHECK(all_messages(result).empty());
  CHECK(result.verdict == Verdict::pass);
  const CheckResult* const path = find_check(result, CheckKind::path);
  REQUIRE(path != nullptr);
  CHECK(path->verdict == Verdict::skip);
  CHECK(path->reason == "a saved capture does not tell what a path did");
  const CheckResult* const packets = find_check(result, CheckKind::packets);
  REQUIRE(packets != nullptr);
  CHECK(packets->verdict == Verdict::pass);
  CHECK(packets->reason == "the column `Fate`: a saved capture does not tell what a path did");
  CHECK(evidence.fates_unknown);
  // Without such a cell there is nothing to say, and without rules no section.
  sheet.packet_tables[0].rows[0].row.fate.reset();
  sheet.path_rules.clear();
  const ScenarioResult plain = judge(sheet, evidence);
  CHECK(find_check(plain, CheckKind::packets)->reason.empty());
  CHECK(find_check(plain, CheckKind::path) == nullptr);
}

TEST_CASE("a path that was not played is not judged", "[judge]") {
  Scenario sheet;
  sheet.path_rules = {rule_of({})};
  CHECK(judge_path(sheet, {}).check.verdict == Verdict::skip);
}

TEST_CASE("a run's fates are compared, and a rule that did nothing fails the sheet", "[judge]") {
  Scenario sheet = path_sheet();
  sheet.path_rules = {rule_of({})};
  sheet.packet_tables[0].rows[0].row.fate = PacketFate::lost;
  Run run(kPlayed);
  Evidence& evidence = run.evidence;
  evidence.path_uses = {{1, 1}};
  CHECK(judge(sheet, evidence).verdict == Verdict::pass);
  evidence.path_uses = {{0, 0}};
  CHECK(all_messages(judge(sheet, evidence)) ==
        "rule 2 of the path: no such packet of the client was sent\n");
  CHECK(judge(sheet, evidence).verdict == Verdict::fail);
  evidence.path_uses = {{1, 1}};
  sheet.packet_tables[0].rows[0].row.fate = PacketFate::late;
  CHECK(all_messages(judge(sheet, evidence)) == "Fate of row 1 is lost, the table expects late\n");
}

TEST_CASE("a packet sent again shows its row, its fate and what it is", "[judge]") {
  const ScenarioResult result = judge(path_sheet(), Run(kPlayed).evidence);
  CHECK(result.verdict == Verdict::pass);
  REQUIRE(result.packets.size() == 6);
  CHECK(result.packets[1].rows == std::vector<RowLabel>{{"", 2}});
  CHECK(result.packets[1].remark.repeat == Repeat::retransmission);
  CHECK(result.packets[0].fate == PacketFate::lost);
  CHECK(result.packets[4].fate == PacketFate::late);
  CHECK(find_check(result, CheckKind::packets)->packet_rows[1].info == "[SYN] again");
}

TEST_CASE("a row `again` without its packet says that nothing was sent again", "[judge]") {
  const ScenarioResult result =
      judge(path_sheet(), Run({"C SYN", "S SYN", "C ACK", "C 5", "S 3"}).evidence);
  REQUIRE(result.failures.size() == 1);
  const Diagnostic& failure = result.failures[0].diagnostic;
  CHECK(failure.message == "the client sent nothing for the [SYN] again of row 2");
  CHECK(note(failure, "") == "the client sent nothing again");
}

TEST_CASE("what the path lost is no fault of who did not get it", "[judge]") {
  const Scenario sheet = path_sheet();
  const ScenarioResult lost =
      judge(sheet, Run({"C SYN", "C SYN seq=0", "S SYN", "C ACK", "C 5 fate=lost"}).evidence);
  REQUIRE(lost.failures.size() == 1);
  CHECK(note(lost.failures[0].diagnostic, "why") ==
        "packet 5 did not come as it was sent: lost on the path");
  // It came all the same.
  const ScenarioResult again =
      judge(sheet,
            Run({"C SYN", "C SYN seq=0", "S SYN", "C ACK", "C 5 fate=lost", "C 5 seq=1"}).evidence);
  REQUIRE(again.failures.size() == 1);
  CHECK(note(again.failures[0].diagnostic, "why").empty());
}

TEST_CASE("a step that waits for what the path lost blames no server", "[judge]") {
  Run run({"C SYN", "S SYN", "C ACK", "C 5 fate=lost"});
  FailedStep& step = run.evidence.played.failures.emplace_back();
  step.actor = "client";
  step.playing = 2;
  step.end = StepEnd::timed_out;
  step.diagnostic.message = "no answer";
  const ScenarioResult result = judge(path_sheet(), run.evidence);
  REQUIRE_FALSE(result.failures.empty());
  CHECK(result.failures[0].diagnostic.message == "no answer");
  CHECK(note(result.failures[0].diagnostic, "why") ==
        "packet 4 did not come as it was sent: lost on the path");
}

TEST_CASE("a second [SYN] row that is `again` opens no second connection", "[judge]") {
  RowGroup rows;
  Row syn;
  syn.flags = tcp_flag::kSyn;
  rows.add(syn, 0);
  syn.again = true;
  rows.add(syn, 1);
  CHECK(split_connections(rows, 2).size() == 1);
}

TEST_CASE("a kept capture that tells the fates is judged by them, but for the rules", "[judge]") {
  Scenario sheet = path_sheet();
  sheet.path_rules = {rule_of({})};
  sheet.packet_tables[0].rows[0].row.fate = PacketFate::lost;
  sheet.packet_tables[0].rows[1].row.fate = PacketFate::arrived;
  std::vector<std::string> played = kPlayed;
  played[4] = "C \"ping!\" fate=late";
  played[5] = "S \"pon\"";
  const ScriptCapture capture = capture_script(played);
  const PacketStore kept = told(*capture.store);
  const ScenarioResult result = judge(sheet, read_evidence(sheet, kept, 7000, 0));
  CHECK(all_messages(result).empty());
  CHECK(result.verdict == Verdict::pass);
  CHECK(find_check(result, CheckKind::packets)->reason.empty());
  CHECK(find_check(result, CheckKind::path)->verdict == Verdict::skip);
  CHECK(find_check(result, CheckKind::path)->reason ==
        "a saved capture does not tell which rule did it");
  sheet.packet_tables[0].rows[0].row.fate = PacketFate::late;
  CHECK(judge(sheet, read_evidence(sheet, kept, 7000, 0)).verdict == Verdict::fail);
}

TEST_CASE("an actor that waited in vain is told what the path kept from it", "[judge]") {
  const Scenario sheet = parse_sheet(
      "# One\n\n## Session\n```session\norigin: listen 7000\nclient: connect\norigin: accept\n"
      "client: send \"ping!\"\norigin: recv \"ping!\"\n```\n\n## Path\n| Packets | Do |\n"
      "|---|---|\n| data | lose |\n");
  Run run({"C SYN", "S SYN", "C ACK", "C 5 fate=lost"});
  Evidence& evidence = run.evidence;
  evidence.judges_client = true;
  evidence.played.serving.listening = {{"origin", 7000, true}};
  evidence.traffic = assign_traffic(decode_capture(*run.capture.store, 7000, 0), evidence.played);
  FailedStep& failed = evidence.played.failures.emplace_back();
  failed.actor = "origin";
  failed.playing = 4;
  const auto why = [&](StepEnd end) {
    failed.end = end;
    return note(judge(sheet, evidence).failures.front().diagnostic, "why");
  };
  CHECK(why(StepEnd::timed_out) == "packet 4 did not come as it was sent: lost on the path");
  CHECK(why(StepEnd::bytes).empty());
}

}  // namespace wireproof
