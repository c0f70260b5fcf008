#pragma once

#include <vector>

#include "judge/causes/failure_evidence.h"
#include "judge/traffic/played_session.h"
#include "sheet/scenario.h"

namespace wireproof {

// What the script lets one actor send and receive around a step that failed, as bytes where the
// script knows them all.
struct SessionWalk {
  const Step* failed = nullptr;          // null: not found
  std::vector<EncodedMessage> requests;  // since the last connect, one a message
  bool request_in_pieces = false;        // the last one
  std::vector<EncodedMessage> replies;   // since the last connect, before the failed step
  std::vector<EncodedMessage> later;     // behind it
  std::optional<EncodedMessage> expected;
  Bytes expected_head;            // its bytes as far as the script tells them
  std::size_t received_size = 0;  // bytes of `replies`, when every one before is known
  bool received_known = true;
};

SessionWalk walk_session(const Scenario& scenario, const SessionPlan& plan,
                         const FailedStep& failed);

// How many messages an actor sends and how many it expects, in the whole script.
struct ExchangeCounts {
  std::size_t requests = 0;
  std::size_t replies = 0;
  // A client of the session reads to the end of the server's stream; of a program nobody knows.
  bool waits_for_end = false;
};
ExchangeCounts count_exchanges(const SessionPlan& plan, const std::string& actor);

// All replies that the whole script lets an actor expect, in one, each as far as the script tells
// its bytes.
Bytes expected_bytes(const Scenario& scenario, const SessionPlan& plan, const std::string& actor,
                     const Variables& variables);

// The layout of a message that has just one; null: it has none or several.
const Layout* only_layout(const Message& message, const LayoutSet& layouts);

}  // namespace wireproof
