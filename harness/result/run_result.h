#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/text/address.h"
#include "base/text/diagnostic.h"
#include "base/text/time.h"
#include "expect/cause/cause.h"
#include "expect/match/row.h"
#include "packets/flow/socket_call.h"
#include "result/call_row_result.h"
#include "result/packet_line.h"
#include "result/packet_row_result.h"
#include "result/symptom.h"
#include "result/verdict.h"

namespace wireproof {

// product.md: values only. Reports see these and nothing of the runner.

// One section of a sheet judged.
struct CheckResult {
  CheckKind kind = CheckKind::session;
  std::string name;                 // "Session", "Packets", "Packets: alice"
  Verdict verdict = Verdict::pass;  // pass, fail, inconclusive, skip
  std::string reason;               // of skip and inconclusive
  std::vector<std::string> variants;
  std::string history;
  std::vector<CallRowResult> call_rows;  // of a table of calls
  double points = 0;                     // earned
  double max_points = 0;
  std::vector<PacketRowResult> packet_rows = {};  // of a packet table

  bool operator==(const CheckResult&) const = default;
};

// One step of the session as it went.
struct StepResult {
  std::string actor;
  std::string text;  // the step as written
  std::size_t line = 0;
  Duration started{};  // since the session's start
  Duration lasted{};
  bool ok = true;
  std::string outcome;  // what was received, or why it failed

  bool operator==(const StepResult&) const = default;
};

// A socket at a `sockets` step. The names are "server" or an actor's; empty: nobody's.
struct SocketLine {
  bool tcp = true;
  Endpoint local;
  std::string local_name;
  Endpoint remote;
  std::string remote_name;
  std::string state;
  std::uint32_t receive_queue = 0;
  std::uint32_t send_queue = 0;

  bool operator==(const SocketLine&) const = default;
};
struct SocketSnapshot {
  std::string name;  // of the step
  std::vector<SocketLine> sockets;

  bool operator==(const SocketSnapshot&) const = default;
};

// What the capture was worth (capture.md).
struct Soundness {
  bool captured = false;  // false: --no-capture, or nothing to capture with
  std::uint64_t delivered = 0;
  std::uint64_t received = 0;  // ps_recv
  std::uint64_t dropped = 0;   // ps_drop
  bool start_marker = false;
  bool end_marker = false;
  std::vector<std::string> faults;  // empty: sound

  bool operator==(const Soundness&) const = default;
};

// What was found wrong.
struct Failure {
  Diagnostic diagnostic;  // with a span into the sheet
  std::string rendered;   // the same, rendered plain

  bool operator==(const Failure&) const = default;
};

// Played (or judged from a capture) once.
struct ScenarioResult {
  std::string id;
  std::string title;
  std::string file;
  std::string server;
  std::string program;  // that it is about, in a run about several; the same for each one
  std::vector<std::string> tags;
  SheetLevel level = SheetLevel::exercise;
  Verdict verdict = Verdict::error;
  std::string reason;                   // one line, for everything but pass
  bool server_failed_to_start = false;  // the reason of an ERROR
  bool lost_server = false;             // of a SKIP: it had ended, or does not start
  std::vector<CheckResult> checks;
  std::vector<Failure> failures;
  std::vector<Symptom> symptoms;  // of its failures that count, each once, in their order
  std::vector<PacketLine> packets;
  std::vector<SocketCall> calls;
  std::vector<CallPackets> call_packets;  // of each call, in capture order from 0
  std::vector<StepResult> steps;
  std::vector<SocketSnapshot> sockets;  // in the order in which they were taken
  Soundness soundness;
  std::string server_output;  // untrusted, at most kMaxProgramOutput bytes (machine/process)
  std::string capture_file;   // where the packets were kept, empty: not kept
  Timestamp started{};
  Duration lasted{};
  double points = 0;
  double max_points = 0;
  std::string history;        // of all connections, joined by blanks
  std::uint64_t repeat = 1;   // which repetition, from 1
  std::uint64_t replays = 0;  // as it had been INCONCLUSIVE; of a summary: all its repetitions

  bool operator==(const ScenarioResult&) const = default;
};

// How often each packet history was seen over the repetitions of one scenario.
struct HistoryCount {
  std::string history;
  Verdict verdict = Verdict::pass;
  std::uint64_t count = 0;

  bool operator==(const HistoryCount&) const = default;
};

// One scenario; with --repeat the worst of its repetitions, FLAKY when they differ.
struct ScenarioSummary {
  ScenarioResult result;
  std::uint64_t repeats = 1;
  std::vector<HistoryCount> histories;
  std::vector<std::pair<Verdict, std::uint64_t>> verdicts;
  bool of_connections = false;  // of one capture, instead of repetitions; not in JSON

  bool operator==(const ScenarioSummary&) const = default;
};

struct RunResult {
  std::string version;
  std::vector<std::string> command_line;
  Timestamp started{};
  Duration lasted{};
  bool interrupted = false;
  std::string shard;                  // "2/16", a blank, what the parts are of; empty: it is whole
  std::optional<SheetLevel> decides;  // sheets up to this level count; none: all do
  std::vector<RunLimit> limits;       // what the machine could not give
  std::vector<ScenarioSummary> scenarios;

  bool operator==(const RunResult&) const = default;
};

// One scenario's repetitions (one at least) as one entry: the worst, FLAKY where verdicts differ.
ScenarioSummary summarize(std::vector<ScenarioResult> repetitions);
void sort_counts(ScenarioSummary& summary);  // the most frequent, and the worst verdicts first

// Whether a sheet counts for exit code and points: none beyond the level that decides, or all are.
bool counts(const RunResult& run, const ScenarioResult& result);

// How many sheets of a level passed, of those that were judged.
struct LevelCount {
  std::size_t passed = 0;
  std::size_t judged = 0;

  bool operator==(const LevelCount&) const = default;
};
LevelCount count_level(const RunResult& run, SheetLevel level);
int exit_code(const RunResult& run);

}  // namespace wireproof
