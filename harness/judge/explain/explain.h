#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "expect/match/match.h"
#include "judge/traffic/evidence.h"
#include "result/explanation.h"

namespace wireproof {

// What the session of the sheet does about its end, as far as it bears on a failure.
struct SessionFacts {
  bool client_waits_for_eof = false;  // a `recv eof` stands before the client's close
  // Messages that the actor sends and that it lets the server answer, over all its connections.
  std::size_t requests = 0;
  std::size_t replies = 0;
  // Who keeps the server's end of this connection open that another process has served.
  std::optional<SocketHolder> fin_holder;
  bool offline = false;    // there is a saved capture alone: nobody watched the processes
  std::size_t unread = 0;  // bytes that the client was sent and never read; live
  std::span<const PathPassage> passages = {};  // of each captured packet; empty: not known
  // Live, of a client that was answered: the server has not read its FIN, but that of this actor,
  // who ended before; empty: not so.
  std::string left_before = "";
};

// Bytes of the server that the calls of an actor did not take from its connection, the last one; 0
// where the calls are not known: of a saved capture or a program.
std::size_t count_unread(const Evidence& evidence, const std::string& actor,
                         const TcpConnection& connection);

// Who of the other clients was the last to end before the connection's client did, and had its FIN
// answered; empty: nobody.
std::string find_left_before(const Traffic& traffic, const TcpConnection& connection);

// Why a row failed, in one sentence, from the catalogue of causes; nothing when none of them has
// its evidence in this capture. Pure; `result` is of the row with the same index.
std::optional<Explanation> explain_row(const Row& row, const RowResult& result,
                                       const TcpConnection& connection, const SessionFacts& facts);

// Why a packet that no row has was sent.
std::optional<Explanation> explain_packet(const Segment& segment, const TcpConnection& connection,
                                          const SessionFacts& facts);

// The failures of a session, with the id of their cause and a `why` note where the evidence of one
// is complete. Those that have it stand first: what has no cause of its own mostly follows from one
// that has. Pure.
Diagnostics explain_session(const Scenario& scenario, const Evidence& evidence);

// How the failures of a session look, each once, in the order of their steps. Pure.
std::vector<Symptom> list_symptoms(const Scenario& scenario, const Evidence& evidence);

}  // namespace wireproof
