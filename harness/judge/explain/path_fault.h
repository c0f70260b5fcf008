#pragma once

#include <optional>
#include <span>

#include "judge/causes/failure_evidence.h"

namespace wireproof {

// What the sheet's own path did with packets is no fault of a program that has them not: it comes
// before the catalogue of what programs do.

// Which packet of a failed step's conversation the path kept from its receiver as it was, where
// none behind it made up for that. Nothing where the server has ended: that explains more.
std::optional<Explanation> explain_path(const FailureEvidence& evidence);
// The same of a conversation as a whole, or until then; `passages` as in the evidence.
std::optional<Explanation> explain_path(const TcpConnection& connection,
                                        std::span<const PathPassage> passages,
                                        std::optional<Timestamp> until = std::nullopt);
std::optional<Explanation> explain_path(const UdpExchange& exchange,
                                        std::span<const PathPassage> passages,
                                        std::optional<Timestamp> until = std::nullopt);

}  // namespace wireproof
