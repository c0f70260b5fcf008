#pragma once

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>

#include "judge/explain/failure_evidence.h"

namespace wireproof {

// One entry of a family: gives its text only when all of its evidence is there.
struct ExplanationEntry {
  ExplanationId id;
  std::optional<std::string> (*find)(const FailureEvidence&);
};

// The first entry that has its evidence.
template <std::size_t kCount>
std::optional<Explanation> first_explanation(const ExplanationEntry (&entries)[kCount],
                                             const FailureEvidence& evidence) {
  for (const ExplanationEntry& entry : entries) {
    if (auto text = entry.find(evidence)) return Explanation{entry.id, *std::move(text)};
  }
  return std::nullopt;
}

// The first event of a side; null: there is none.
inline const Event* first_event(const TcpConnection* connection, EventKind kind, Side from) {
  if (connection == nullptr) return nullptr;
  const auto found = std::ranges::find_if(connection->events, [&](const Event& event) {
    return event.kind == kind && event.from == from;
  });
  return found == connection->events.end() ? nullptr : &*found;
}

inline const Event* last_event(const TcpConnection* connection, EventKind kind, Side from) {
  const Event* last = nullptr;
  if (connection == nullptr) return last;
  for (const Event& event : connection->events) {
    if (event.kind == kind && event.from == from) last = &event;
  }
  return last;
}

inline std::size_t packet_of(const TcpConnection& connection, const Event& event) {
  return connection.segments[event.segment].packet;
}

inline bool begins_with(ByteView bytes, ByteView prefix) {
  return prefix.size() <= bytes.size() && std::ranges::equal(bytes.first(prefix.size()), prefix);
}

inline std::size_t common_size(ByteView a, ByteView b) {
  return static_cast<std::size_t>(std::distance(a.begin(), std::ranges::mismatch(a, b).in1));
}

}  // namespace wireproof
