#include "judge/explain/explanation.h"

#include <algorithm>
#include <array>

namespace wireproof {
namespace {

constexpr std::array<std::string_view, 41> kIds{
    // ends of connections
    "reset-unread", "reset-abort", "reset-after-close", "nothing-listens", "reset-in-backlog",
    "never-closed", "close-wait", "fin-held", "closed-before-reply", "half-close-deaf",
    "stray-after-eof", "endless-after-eof",
    // processes
    "port-not-reusable", "busy-loop", "died-on-reset", "died-on-input", "thread-died",
    // messages
    "one-recv", "answered-early", "short-reply", "long-reply", "byte-order", "native-layout",
    "swapped-fields", "merged-messages", "glued-reply", "stale-reply", "wrong-id", "cut-character",
    "latin1", "counted-characters", "trusted-length", "wrapped-number",
    // clients and time
    "one-at-a-time", "newest-client", "late-reply", "blocked-by-reader",
    // datagrams
    "other-port", "duplicate-reply", "lost-reply", "truncated-datagram"};

}  // namespace

std::span<const std::string_view> explanation_ids() {
  return kIds;
}

bool is_explanation_id(std::string_view id) {
  return std::ranges::find(kIds, id) != kIds.end();
}

}  // namespace wireproof
