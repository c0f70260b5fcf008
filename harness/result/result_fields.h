#pragma once

#include "result/call_fields.h"
#include "result/run_result.h"

namespace wireproof {

// One list of names per value, used by the writer and by the reader, so that neither can forget a
// field. `visit(name, member)` is called once per field, in the order in which JSON shows them.

// One member of each row of a list: a field of its own in JSON. The first column that is read
// makes the rows, the others must be as long.
template <class Rows, class Member>
struct Column {
  Rows& rows;
  Member member;
  bool makes_rows = false;
};

template <class Visit, SameAs<Span> Value>
void visit_fields(Visit& visit, Value& span) {
  visit("begin", span.begin);
  visit("end", span.end);
}

template <class Visit, SameAs<Note> Value>
void visit_fields(Visit& visit, Value& note) {
  visit("label", note.label);
  visit("text", note.text);
}

template <class Visit, SameAs<Diagnostic> Value>
void visit_fields(Visit& visit, Value& diagnostic) {
  visit("severity", diagnostic.severity);
  visit("message", diagnostic.message);
  visit("span", diagnostic.span);
  visit("label", diagnostic.label);
  visit("notes", diagnostic.notes);
  visit("explanation", diagnostic.explanation);
}

template <class Visit, SameAs<CheckResult> Value>
void visit_fields(Visit& visit, Value& check) {
  visit("kind", check.kind);
  visit("name", check.name);
  visit("verdict", check.verdict);
  visit("reason", check.reason);
  visit("variants", check.variants);
  visit("history", check.history);
  visit("points", check.points);
  visit("max_points", check.max_points);
}

template <class Visit, SameAs<PacketLine> Value>
void visit_fields(Visit& visit, Value& packet) {
  visit("number", packet.number);
  visit("time", packet.time);
  visit("from", packet.from);
  visit("to", packet.to);
  visit("from_port", packet.from_port);
  visit("to_port", packet.to_port);
  visit("info", packet.info);
  visit("length", packet.length);
  visit("payload", packet.payload);
  visit("cause", packet.cause);
  visit("cause_inferred", packet.cause_inferred);
  visit("cause_side", packet.cause_side);
  visit("blocked", packet.blocked);
  visit("blocked_inferred", packet.blocked_inferred);
  visit("causing_calls", packet.causing_calls);
  visit("taking_calls", packet.taking_calls);
  visit("rows", packet.rows);
  visit("remark", packet.remark);
}

template <class Visit, SameAs<CallPackets> Value>
void visit_fields(Visit& visit, Value& packets) {
  visit("caused", packets.caused);
  visit("taken", packets.taken);
}

template <class Visit, SameAs<StepResult> Value>
void visit_fields(Visit& visit, Value& step) {
  visit("actor", step.actor);
  visit("text", step.text);
  visit("line", step.line);
  visit("started", step.started);
  visit("lasted", step.lasted);
  visit("ok", step.ok);
  visit("outcome", step.outcome);
}

template <class Visit, SameAs<SocketLine> Value>
void visit_fields(Visit& visit, Value& line) {
  visit("tcp", line.socket.tcp);
  visit("local", line.socket.local);
  visit("local_name", line.local_name);
  visit("remote", line.socket.remote);
  visit("remote_name", line.remote_name);
  visit("state", line.socket.state);
  visit("receive_queue", line.socket.receive_queue);
  visit("send_queue", line.socket.send_queue);
}

template <class Visit, SameAs<SocketSnapshot> Value>
void visit_fields(Visit& visit, Value& snapshot) {
  visit("name", snapshot.name);
  visit("sockets", snapshot.sockets);
}

template <class Visit, SameAs<Soundness> Value>
void visit_fields(Visit& visit, Value& soundness) {
  visit("captured", soundness.captured);
  visit("delivered", soundness.delivered);
  visit("received", soundness.received);
  visit("dropped", soundness.dropped);
  visit("start_marker", soundness.start_marker);
  visit("end_marker", soundness.end_marker);
  visit("faults", soundness.faults);
}

template <class Visit, SameAs<ScenarioResult> Value>
void visit_fields(Visit& visit, Value& result) {
  visit("id", result.id);
  visit("title", result.title);
  visit("file", result.file);
  visit("server", result.server);
  visit("tags", result.tags);
  visit("verdict", result.verdict);
  visit("reason", result.reason);
  visit("server_failed_to_start", result.server_failed_to_start);
  visit("checks", result.checks);
  Column failures{result.failures, &Failure::diagnostic, true};
  Column rendered{result.failures, &Failure::rendered, false};
  visit("failures", failures);
  visit("rendered", rendered);
  visit("packets", result.packets);
  visit("calls", result.calls);
  visit("call_packets", result.call_packets);
  visit("steps", result.steps);
  visit("sockets", result.sockets);
  visit("soundness", result.soundness);
  visit("server_output", result.server_output);
  visit("capture_file", result.capture_file);
  visit("started", result.started);
  visit("lasted", result.lasted);
  visit("points", result.points);
  visit("max_points", result.max_points);
  visit("history", result.history);
  visit("repeat", result.repeat);
  visit("replays", result.replays);
}

template <class Visit, SameAs<HistoryCount> Value>
void visit_fields(Visit& visit, Value& history) {
  visit("history", history.history);
  visit("verdict", history.verdict);
  visit("count", history.count);
}

template <class Visit, SameAs<ScenarioSummary> Value>
void visit_fields(Visit& visit, Value& scenario) {
  visit("result", scenario.result);
  visit("repeats", scenario.repeats);
  visit("histories", scenario.histories);
  visit("verdicts", scenario.verdicts);
}

template <class Visit, SameAs<RunResult> Value>
void visit_fields(Visit& visit, Value& run) {
  visit("version", run.version);
  visit("command_line", run.command_line);
  visit("started", run.started);
  visit("lasted", run.lasted);
  visit("interrupted", run.interrupted);
  visit("scenarios", run.scenarios);
}

}  // namespace wireproof
