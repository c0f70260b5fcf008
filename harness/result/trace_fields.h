#pragma once

#include "result/result_fields.h"
#include "result/trace_result.h"

namespace wireproof {

// The fields of a trace's result, in the form of result_fields.h.

template <class Visit, SameAs<SocketEntry> Value>
void visit_fields(Visit& visit, Value& socket) {
  visit("tcp", socket.tcp);
  visit("local", socket.local);
  visit("remote", socket.remote);
  visit("state", socket.state);
  visit("receive_queue", socket.receive_queue);
  visit("send_queue", socket.send_queue);
}

template <class Visit, SameAs<TracedProgram> Value>
void visit_fields(Visit& visit, Value& program) {
  visit("name", program.name);
  visit("side", program.side);
  visit("command", program.command);
  visit("process", program.process);
  visit("exit_code", program.exit_code);
  visit("signal", program.signal);
  visit("stopped", program.stopped);
  visit("output", program.output);
}

template <class Visit, SameAs<TraceConversation> Value>
void visit_fields(Visit& visit, Value& told) {
  visit("tcp", told.tcp);
  visit("client_name", told.client_name);
  visit("client", told.client);
  visit("server_name", told.server_name);
  visit("server", told.server);
  visit("history", told.history);
  visit("ended", told.ended);
  visit("story", told.story);
}

template <class Visit, SameAs<TraceAnalysis> Value>
void visit_fields(Visit& visit, Value& analysis) {
  visit("soundness", analysis.soundness);
  visit("packets", analysis.packets);
  visit("call_packets", analysis.call_packets);
  visit("conversations", analysis.conversations);
}

// Its packets are no field.
template <class Visit, SameAs<TraceResult> Value>
void visit_fields(Visit& visit, Value& result) {
  visit("programs", result.programs);
  visit("host", result.host);
  visit("tcp_port", result.tcp_port);
  visit("udp_port", result.udp_port);
  visit("started", result.started);
  visit("lasted", result.lasted);
  visit("connections_ended", result.connections_ended);
  visit("timed_out", result.timed_out);
  visit("interrupted", result.interrupted);
  visit("soundness", result.soundness);
  visit("notes", result.notes);
  visit("sockets", result.sockets);
  visit("calls", result.calls);
}

}  // namespace wireproof
