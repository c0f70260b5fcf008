#pragma once

#include <cstdint>
#include <optional>

#include "base/text/time.h"
#include "sheet/session/session_script.h"

// What each kind of step is, said once for everybody who plays, reads or judges a session.

namespace wireproof {

// What an actor is: a socket of ours, or a program that was started; or it listens and has no
// connection.
enum class ActorKind : std::uint8_t { none, socket, program, listener };

// What a step waits for or does.
enum class StepGoal : std::uint8_t {
  message,
  end,
  reset,
  silence,
  connect,
  refusal,
  accept,
  send,
  program_output,
  program_end,
  server_restart,
  server_alive,
  server_idle,
  other
};

// By what a step says whether the server is right.
enum class Judged : std::uint8_t {
  nothing,  // the step only acts
  packets,  // what the server sent: a capture can tell it
  live      // time, processes, the kernel's sockets: a capture cannot
};

// The pointers are into the step itself.
struct StepTraits {
  StepGoal goal = StepGoal::other;
  ActorKind needs = ActorKind::none;  // what its actor must be before it
  ActorKind makes = ActorKind::none;  // what its actor is from it on
  Judged judged = Judged::nothing;
  const Message* sends = nullptr;
  bool in_pieces = false;                     // it is sent by several calls
  bool takes_reply = false;                   // reads one message of the server from the socket
  const Message* expects = nullptr;           // that message, where the script says what is in it
  std::optional<std::uint64_t> reply_size{};  // its bytes, where the script says only how many
  bool closes = false;                        // ends the actor's stream: its FIN leaves here
  bool serves = false;                        // the server's part: its actor is nobody's client
  bool from_another_port = false;             // what it moves comes from a transfer's own UDP port
  Duration lasts{};                           // besides its time limit, as the sheet wishes

  // Whether the client waits until the server's stream is over, and cannot race its end.
  bool awaits_close() const { return goal == StepGoal::end || goal == StepGoal::reset; }
};

// A `repeat` has none of them: its steps have.
StepTraits step_traits(const StepAction& action);

// Every message that the step may receive; of one kind alone there are several.
std::vector<const Message*> messages_of(const StepAction& action);
// Names of what it keeps of them (`field=?name`).
std::vector<std::string> remembered_names(const StepAction& action);

}  // namespace wireproof
