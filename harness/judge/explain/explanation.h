#pragma once

#include <span>
#include <string>
#include <string_view>

namespace wireproof {

// Why something failed: a cause of the catalogue with what shows it in this run.
struct Explanation {
  std::string id;    // one of explanation_ids(); empty: not the server's doing
  std::string text;  // one or two sentences, with the numbers; no full stop

  bool operator==(const Explanation&) const = default;
};

// The whole catalogue, in the order of its families: ends of connections, processes, messages,
// clients and time, datagrams.
std::span<const std::string_view> explanation_ids();

bool is_explanation_id(std::string_view id);

}  // namespace wireproof
