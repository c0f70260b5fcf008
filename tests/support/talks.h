#pragma once

#include <list>
#include <string>
#include <vector>

#include "catch.h"
#include "judge/causes/failure_evidence.h"
#include "judge/ends.h"
#include "support/contains.h"
#include "support/packet_builder.h"

namespace wireproof {

// Conversations with one server that are built packet by packet, and read when all
// are there.
class Talks {
 public:
  TestConversation& open(const Endpoint& client) {
    return played_.emplace_back(store_, client, kEchoServer);
  }
  PacketStore& store() { return store_; }

  const TcpConnection* tcp(std::size_t index) { return &read().tcp.at(index); }
  const UdpExchange* udp(std::size_t index) { return &read().udp.at(index); }

 private:
  const Conversations& read() {
    if (packets_.empty()) {
      packets_ = store_.decode_all();
      conversations_ = build_conversations(packets_, 7, 7);
    }
    return conversations_;
  }

  PacketStore store_;
  std::list<TestConversation> played_;
  std::vector<Packet> packets_;
  Conversations conversations_;
};

inline EncodedMessage text(const std::string& bytes) {
  return {Bytes(bytes.begin(), bytes.end()), {}};
}

inline FailureEvidence failure(StepGoal goal, StepEnd end) {
  FailureEvidence evidence;
  evidence.actor = "alice";
  evidence.goal = goal;
  evidence.end = end;
  return evidence;
}

// The name of the cause; empty: none was found.
inline std::string explain(const FailureEvidence& evidence) {
  return std::string(explanation_name(explain_failure(evidence).value_or(Explanation{}).id));
}

inline std::string explain_text(const FailureEvidence& evidence) {
  return explain_failure(evidence).value_or(Explanation{}).text;
}

inline bool says(const FailureEvidence& evidence, const std::string& part) {
  UNSCOPED_INFO(explain_text(evidence));
  return contains(explain_text(evidence), part);
}

inline Timestamp at(int milliseconds) {
  return kTestStart + std::chrono::milliseconds(milliseconds);
}

}  // namespace wireproof
