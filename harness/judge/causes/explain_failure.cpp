#include <fmt/format.h>

#include "judge/causes/failure_evidence.h"

namespace wireproof {
namespace {

// The order of the families: what all answers have in common is the plainest that can be said; a
// process that has ended explains all that came after it, and bytes that came say more than the way
// in which a connection ended.
using Family = std::optional<Explanation> (*)(const FailureEvidence&);

constexpr Family kFamilies[] = {explain_answers,    explain_calls,       explain_process,
                                explain_length,     explain_datagrams,   explain_fields,
                                explain_characters, explain_short_sends, explain_replies,
                                explain_clients,    explain_pieces,      explain_end};

}  // namespace

std::optional<SocketHolder> find_fin_holder(const std::vector<SocketHolder>& holders,
                                            const Endpoint& client) {
  std::optional<SocketHolder> own;
  std::optional<SocketHolder> other;
  for (const SocketHolder& holder : holders) {
    if (holder.client == client) (holder.is_server ? own : other) = holder;
  }
  if (!own) return other;
  return own->had_children && !other ? own : std::nullopt;
}

std::string held_words(const SocketHolder& holder) {
  if (holder.is_server) {
    return fmt::format(
        "the processes that served clients have ended, but the server's own, {}, still has the "
        "socket that it accepted: after fork() both have it, and FIN is sent when the last "
        "descriptor of a socket is closed",
        holder.process);
  }
  return fmt::format(
      "the server's process has the socket no longer, but process {}, which it started, still has: "
      "FIN is sent when the last descriptor of a socket is closed",
      holder.process);
}

std::optional<Explanation> explain_failure(const FailureEvidence& evidence) {
  for (const Family family : kFamilies) {
    if (auto explanation = family(evidence)) return explanation;
  }
  return std::nullopt;
}

}  // namespace wireproof
