#pragma once

#include "judge/causes/failure_evidence.h"

namespace wireproof {

// How a step failed, as a class; the detail is the first field of the message that differs.
Symptom class_failure(const FailureEvidence& evidence);

}  // namespace wireproof
