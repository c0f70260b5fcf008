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

std::optional<Explanation> explain_failure(const FailureEvidence& evidence) {
  for (const Family family : kFamilies) {
    if (auto explanation = family(evidence)) return explanation;
  }
  return std::nullopt;
}

}  // namespace wireproof
