#pragma once

#include <optional>

#include "judge/causes/failure_evidence.h"

namespace wireproof {

// What the sheet's own path did with packets is no fault of a program that has them not: it comes
// before the catalogue of what programs do.

// Which packet of a failed step's conversation the path kept from its receiver as it was, where
// none behind it made up for that. Nothing where the server has ended: that explains more.
std::optional<Explanation> explain_path(const FailureEvidence& evidence);
// The same of a connection as a whole, for rows.
std::optional<Explanation> explain_path(const TcpConnection& connection);

}  // namespace wireproof
