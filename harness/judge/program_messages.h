#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/text/bytes.h"
#include "judge/program_judge.h"
#include "judge/traffic/traffic.h"
#include "result/explanation.h"
#include "sheet/session/step_traits.h"

namespace wireproof {

// One program of a session and all that is known of it. Nothing is owned.
struct Program {
  const Scenario& scenario;
  const Evidence& evidence;
  const std::string& actor;
  const ActorConversations* conversations = nullptr;
  const FailedStep* failed = nullptr;
  StepGoal goal = StepGoal::other;  // of the failed step

  bool reached_server() const {
    return conversations != nullptr && (!conversations->tcp.empty() || !conversations->udp.empty());
  }
  bool owns(const SocketCall& call) const {
    return call.side == Side::client && call.actor == actor;
  }
};

// What was seen, with its cause.
struct Seen {
  std::string message;
  Explanation explanation;
  std::string help{};
  bool shows_output = false;  // that of its failed step
};

// Bytes in quotes, as a sentence has them.
std::string shown(ByteView bytes);

// What the program sent is not what the rows of a table say.
std::optional<Seen> find_wrong_bytes(const Program& program);
// Its rows let it send more on its last connection than it did.
bool asks_more(const Program& program);

}  // namespace wireproof
