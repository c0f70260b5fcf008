#include "result/result_codec.h"

#include "result/explanation.h"
#include "result/json_reader.h"
#include "result/packet_line.h"

namespace wireproof {

// The fields of each value in the order in which JSON shows them (docs/result.schema.json,
// docs/trace.schema.json). One that is forgotten here does not compile.

BOOST_DESCRIBE_ENUM(Verdict, pass, fail, error, inconclusive, skip, xfail, xpass, flaky)
BOOST_DESCRIBE_ENUM(CheckKind, session, packets, sockets, measures, calls, path)
BOOST_DESCRIBE_ENUM(PacketFate, arrived, lost, late, twice, corrupted, cut, corrupted_right)
BOOST_DESCRIBE_ENUM(SheetLevel, exercise, robust)
BOOST_DESCRIBE_ENUM(RunLimit, shared_loopback, no_capture, no_tracing, reduced_sandbox,
                    sandbox_same_user, sandbox_without_landlock)
BOOST_DESCRIBE_ENUM(Side, client, server)
BOOST_DESCRIBE_ENUM(Severity, error, warning)
BOOST_DESCRIBE_ENUM(Level, must, should, info)

template <>
struct JsonText<ExplanationId> {
  static constexpr const char* kExpected = "the name of an explanation";
  static std::string write(ExplanationId value) { return std::string(explanation_name(value)); }
  static std::optional<ExplanationId> read(const std::string& text) {
    return text.empty() ? ExplanationId::none : find_explanation(text);
  }
};
template <>
struct JsonText<Mismatch> {
  static constexpr const char* kExpected = "a class of mismatches";
  static std::string write(Mismatch value) { return std::string(mismatch_name(value)); }
  static std::optional<Mismatch> read(const std::string& text) { return find_mismatch(text); }
};
template <>
struct JsonText<Doers> {
  static constexpr const char* kExpected = "names of calls";
  static std::string write(const Doers& value) { return render_doers(value); }
  static std::optional<Doers> read(const std::string& text) { return parse_doers(text); }
};
template <>
struct JsonText<PacketRemark> {
  static constexpr const char* kExpected = "a remark about a packet";
  static std::string write(const PacketRemark& value) { return render_remark(value); }
  static std::optional<PacketRemark> read(const std::string& text) { return parse_remark(text); }
};
template <>
struct JsonText<std::vector<RowLabel>> {
  static constexpr const char* kExpected = "numbers of rows";
  static std::string write(const std::vector<RowLabel>& value) { return render_rows(value); }
  static std::optional<std::vector<RowLabel>> read(const std::string& text) {
    return parse_rows(text);
  }
};

BOOST_DESCRIBE_STRUCT(Span, (), (begin, end))
BOOST_DESCRIBE_STRUCT(Note, (), (label, text))
BOOST_DESCRIBE_STRUCT(Diagnostic, (), (severity, message, span, label, notes, explanation))
BOOST_DESCRIBE_STRUCT(WatchedSocket, (), (socket, descriptor, reads, writes))
BOOST_DESCRIBE_STRUCT(SocketCall, (),
                      (actor, side, name, process, thread, socket, local, remote, entered, returned,
                       result, error_number, waited, order, descriptor, new_socket, udp, flags,
                       nonblocking, releases, incoming, message_sizes, message_peers, message_rooms,
                       inline_urgent, unread_bytes, linger_seconds, still_held_by, watched, ready,
                       ended_by_signal, backlog, option, option_value, child, inherited))
BOOST_DESCRIBE_STRUCT(CallPackets, (), (caused, taken))
BOOST_DESCRIBE_STRUCT(SocketEntry, (), (tcp, local, remote, state, receive_queue, send_queue))
BOOST_DESCRIBE_STRUCT(CallRowResult, (), (number, call, level, verdict, met_by))
BOOST_DESCRIBE_STRUCT(PacketRowResult, (), (number, from, to, info, level, verdict, packets))
BOOST_DESCRIBE_STRUCT(CheckResult, (),
                      (kind, name, verdict, reason, variants, history, call_rows, packet_rows,
                       points, max_points))
BOOST_DESCRIBE_STRUCT(PacketLine, (),
                      (number, time, from, to, from_port, to_port, info, length, payload, cause,
                       cause_inferred, cause_side, blocked, blocked_inferred, causing_calls,
                       taking_calls, rows, remark, fate))
BOOST_DESCRIBE_STRUCT(StepResult, (), (actor, text, line, started, lasted, ok, outcome))
BOOST_DESCRIBE_STRUCT(SocketLine, (),
                      (tcp, local, local_name, remote, remote_name, state, receive_queue,
                       send_queue))
BOOST_DESCRIBE_STRUCT(SocketSnapshot, (), (name, sockets))
BOOST_DESCRIBE_STRUCT(Soundness, (),
                      (captured, delivered, received, dropped, start_marker, end_marker, faults))
BOOST_DESCRIBE_STRUCT(Symptom, (), (section, place, mismatch, detail))
BOOST_DESCRIBE_STRUCT(ScenarioResult, (),
                      (id, title, file, server, program, tags, level, verdict, reason,
                       server_failed_to_start, lost_server, checks, failures, symptoms, packets,
                       calls, call_packets, steps, sockets, soundness, server_output, capture_file,
                       started, lasted, points, max_points, history, repeat, replays))
BOOST_DESCRIBE_STRUCT(HistoryCount, (), (history, verdict, count))
BOOST_DESCRIBE_STRUCT(ScenarioSummary, (), (result, repeats, histories, verdicts))
BOOST_DESCRIBE_STRUCT(RunResult, (),
                      (version, command_line, started, lasted, interrupted, shard, decides, limits,
                       scenarios))
BOOST_DESCRIBE_STRUCT(TracedProgram, (),
                      (name, side, command, process, exit_code, signal, stopped, output))
BOOST_DESCRIBE_STRUCT(TraceConversation, (),
                      (tcp, client_name, client, server_name, server, history, ended, story))
BOOST_DESCRIBE_STRUCT(TraceAnalysis, (), (soundness, packets, call_packets, conversations))
BOOST_DESCRIBE_STRUCT(TraceResult, (),
                      (programs, host, tcp_port, udp_port, started, lasted, connections_ended,
                       timed_out, interrupted, soundness, notes, sockets, calls))
BOOST_DESCRIBE_STRUCT(CheckGrade, (), (name, verdict, points, max_points))
BOOST_DESCRIBE_STRUCT(SheetGrade, (),
                      (sheet, level, counts, verdict, reason, points, max_points, checks,
                       server_failed_to_start))
BOOST_DESCRIBE_STRUCT(GradedThing, (), (explanation, what, why, sheets))
BOOST_DESCRIBE_STRUCT(SubmissionGrade, (), (name, error, sheets, things))

// Who asked for connections knows it.
template <>
inline constexpr std::size_t kUndescribedFields<ScenarioSummary> = 1;
// A trace's packets go their own way.
template <>
inline constexpr std::size_t kUndescribedFields<TraceResult> = 1;
// The calls that a line names have their processes.
template <>
inline constexpr std::size_t kUndescribedFields<PacketLine> = 1;
// A code and a source are of what reading finds, and what a judge says has none.
template <>
inline constexpr std::size_t kUndescribedFields<Diagnostic> = 2;

// What arrived as it was sent has no field: all of it, without a path of the sheet's own.
void write_field(Json& object, const char* name, PacketFate fate) {
  if (fate != PacketFate::arrived) object[name] = JsonWriter::write(fate);
}

std::size_t read_field(const Json& object, const char* name, PacketFate& fate,
                       const JsonPlace& place) {
  fate = PacketFate::arrived;
  if (!object.contains(name)) return 0;
  JsonReader::read(object.at(name), fate, {&place, name, 0});
  return 1;
}

// Failures are two lists: of the diagnostics, and of what they say.
void write_field(Json& object, const char* name, const std::vector<Failure>& failures) {
  Json& diagnostics = object[name] = Json::array();
  Json rendered = Json::array();
  for (const Failure& failure : failures) {
    diagnostics.push_back(JsonWriter::write(failure.diagnostic));
    rendered.push_back(JsonWriter::write(failure.rendered));
  }
  object["rendered"] = std::move(rendered);
}

std::size_t read_field(const Json& object, const char* name, std::vector<Failure>& failures,
                       const JsonPlace& place) {
  std::vector<Diagnostic> diagnostics;
  std::vector<std::string> rendered;
  const std::size_t count = read_field(object, name, diagnostics, place) +
                            read_field(object, "rendered", rendered, place);
  if (diagnostics.size() != rendered.size()) {
    place.refuse("there are " + std::to_string(diagnostics.size()) + " failures, and words of " +
                 std::to_string(rendered.size()));
  }
  for (std::size_t index = 0; index < diagnostics.size(); ++index) {
    failures.push_back({std::move(diagnostics[index]), std::move(rendered[index])});
  }
  return count;
}

template <class Value>
std::string write_json(const Value& value) {
  return JsonWriter::write(value).dump();
}

template std::string write_json(const ScenarioResult& value);
template std::string write_json(const RunResult& value);
template std::string write_json(const SubmissionGrade& value);
template std::string write_json(const TraceResult& value);
template std::string write_json(const TraceAnalysis& value);
template std::string write_json(const std::vector<SocketCall>& value);
template std::string write_json(const Diagnostic& value);

template ScenarioResult read_json(const std::string& text);
template RunResult read_json(const std::string& text);
template RunResult read_json_field(const std::string& text, const char* field);
template SubmissionGrade read_json(const std::string& text);
template TraceResult read_json(const std::string& text);
template std::vector<SocketCall> read_json(const std::string& text);
template Diagnostic read_json(const std::string& text);

}  // namespace wireproof
