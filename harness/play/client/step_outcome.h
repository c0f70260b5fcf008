#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/text/bytes.h"
#include "base/text/diagnostic.h"
#include "base/text/time.h"
#include "expect/payload/payload.h"
#include "judge/traffic/played_session.h"
#include "play/client/client_socket.h"

namespace wireproof {

// What one step of one actor came to.
struct StepOutcome {
  std::string text;                   // "12 bytes: 00 00 00 08 …", or why it failed
  std::optional<Diagnostic> failure;  // none: the step is met
  StepEnd end = StepEnd::other;       // of a failure
  Bytes received;                     // of a failure: what came instead
  std::string output;                 // of a failure: what a program printed that nobody has read
  bool timed_out = false;
  Duration lacked{};     // of a program that ran out of time: what it waited for a CPU meanwhile
  bool refused = false;  // failed with ECONNREFUSED: as it should if the next step is `refused`

  static StepOutcome met(std::string text);
  static StepOutcome failed(std::string message, std::vector<Note> notes = {});
};

// "12 bytes: 00 00 00 08 …"
std::string render_received(ByteView bytes);

// The bytes around an offset, the one there in brackets: "6: 00 01 [0f] 00".
std::string render_around(ByteView bytes, std::size_t offset);

// "2 of 12 bytes", "1 byte".
std::string render_progress(std::size_t got, std::optional<std::size_t> wanted);

// Who is at the other end, and what comes from there, in messages.
struct PeerWords {
  const char* who = "the server";
  const char* message = "answer";
};
// Of an actor that plays the server's part the client.
PeerWords peer_words(bool actor_serves);

// A call that did not do what it was to do, and how it ended.
StepOutcome failed_call(std::string message, const IoResult& result);

StepOutcome mismatch_outcome(const MessageMismatch& mismatch, ByteView received,
                             const PeerWords& peer = {});

// "the server reset the connection", or strerror's text.
std::string render_io_error(int error_number, const PeerWords& peer = {});

// One actor's failure at one playing of a step (a repeated step is played several times), which
// is the same playing for all clients of a group.
struct StepFailure {
  bool in_group = false;
  FailedStep step;
};

// One per failed playing, in the order of first failure. Of a group the first client speaks, and a
// note names the others that failed there.
std::vector<FailedStep> merge_failures(const std::vector<StepFailure>& failures);

}  // namespace wireproof
