#include "judge/explain/failure_evidence.h"

// The order of the families: a process that has ended explains all that came after it, and bytes
// that came say more than the way in which a connection ended.

namespace wireproof {
namespace {

using Family = std::optional<Explanation> (*)(const FailureEvidence&);

constexpr Family kFamilies[] = {explain_process, explain_length,     explain_datagrams,
                                explain_fields,  explain_characters, explain_replies,
                                explain_clients, explain_pieces,     explain_end};

}  // namespace

std::optional<Explanation> explain_failure(const FailureEvidence& evidence) {
  for (const Family family : kFamilies) {
    if (auto explanation = family(evidence)) return explanation;
  }
  return std::nullopt;
}

}  // namespace wireproof
