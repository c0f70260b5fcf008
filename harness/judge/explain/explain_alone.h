#pragma once

#include <optional>
#include <string>

#include "judge/causes/failure_evidence.h"

namespace wireproof {

// What the evidence shows of a wrong answer that no entry of the catalogue has: of bytes that stand
// elsewhere, of what was answered before, of what other clients had said. It has no id, since no
// fault of a reference server is like it; nothing where there is nothing to be seen. Pure.
std::optional<std::string> explain_alone(const FailureEvidence& evidence);

}  // namespace wireproof
