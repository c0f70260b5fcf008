#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/system/socket_address.h"
#include "base/text/diagnostic.h"
#include "base/text/time.h"
#include "expect/payload/payload.h"
#include "result/run_result.h"
#include "sheet/session/session_plan.h"

namespace wireproof {

// Who is behind which endpoint. Live runs know it from getsockname; offline it follows from the
// order of the SYNs (read_evidence).
struct ActorEndpoint {
  std::string actor;
  Endpoint local;
  bool tcp = true;

  bool operator==(const ActorEndpoint&) const = default;
};

// A connection, or the datagrams of one client, that an actor with the server's part has taken.
struct AcceptedConnection {
  std::string actor;
  Endpoint client;
  bool tcp = true;

  bool operator==(const AcceptedConnection&) const = default;
};

// The actors that play the server's part. Where nobody has accepted a connection to one of their
// ports it is the listening actor's.
struct ServingActors {
  std::vector<ListeningActor> listening;
  std::vector<AcceptedConnection> accepted;  // in their order
  bool beside_server = false;  // who connects to them is the server, where no actor of ours does

  // Null: nobody of these listens there.
  const ListeningActor* find(bool tcp, std::uint16_t port) const {
    const auto found = std::ranges::find_if(listening, [&](const ListeningActor& actor) {
      return actor.tcp == tcp && actor.port == port;
    });
    return found == listening.end() ? nullptr : &*found;
  }
  // Whether it is the server that opens what goes there.
  bool is_opened_by_server(bool tcp, const Endpoint& to) const {
    return beside_server && find(tcp, to.port) != nullptr;
  }

  bool operator==(const ServingActors&) const = default;
};

// The sockets on the server's ports at one `sockets` step.
struct SocketsTaken {
  std::string name;
  std::vector<SocketEntry> sockets;

  bool operator==(const SocketsTaken&) const = default;
};

// How a step that failed came to its end.
enum class StepEnd : std::uint8_t {
  bytes,
  timed_out,
  end_of_stream,
  reset,
  refused,
  port_in_use,  // the server could not bind its port again
  other
};

// What a failed step of one actor met, as values: judge() explains the failure by it.
struct FailedStep {
  std::string actor;
  std::size_t playing = 0;  // index in its SessionPlan's steps
  Diagnostic diagnostic;    // that place, what was expected there and what came
  StepEnd end = StepEnd::other;
  Bytes received;                    // instead of what was expected
  std::string output;                // of a program: what it printed and no step has read
  Variables variables;               // that the step could use, `n` and `i` among them
  std::size_t received_before = 0;   // bytes of its connection, or datagrams; offline
  std::optional<Timestamp> gave_up;  // none offline
  // Offline: wrong bytes came that stand in front of every gap of their stream, from its opening
  // on. Whatever else the capture lacks of the connection, they are wrong.
  bool is_certain = false;

  bool operator==(const FailedStep&) const = default;
};

// Whether an actor that plays the server's part is among them: it says nothing more to its clients,
// so what fails behind that is no program's fault.
inline bool are_deserted(std::span<const FailedStep> failures, const SessionScript& session) {
  const std::vector<std::string> serving = serving_actors(session);
  return std::ranges::any_of(failures, [&](const FailedStep& failed) {
    return std::ranges::find(serving, failed.actor) != serving.end();
  });
}

// What the session of a sheet left behind, whether it was played or is read from a capture.
struct PlayedSession {
  std::vector<ActorEndpoint> actors;  // in the order in which they connected
  ServingActors serving;
  std::vector<std::string> programs;  // actors that are programs, in the order of their starts
  // Programs that had ended, and of which we have then killed what they had started.
  std::vector<std::string> left_behind;
  std::vector<SocketCall> calls;
  std::vector<StepResult> steps;
  std::vector<SocketsTaken> sockets;  // one for each playing of a `sockets` step
  std::vector<FailedStep> failures;
  std::vector<std::string> skipped;  // steps that were not judged, with the reason
  std::string error;                 // could not be played: verdict ERROR
  std::string unseen;                // offline: what a step needs and the capture does not show
  std::string inconclusive;          // a step ran out of time on a machine without time
  bool timed_out = false;  // a failed step ran out of time: did the machine give it that time?
  Variables variables;     // remembered by `field=?name`

  bool operator==(const PlayedSession&) const = default;
};

}  // namespace wireproof
