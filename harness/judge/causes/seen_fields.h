#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "judge/causes/failure_evidence.h"

namespace wireproof {

// A field of the expected message and the bytes that came at its place.
struct SeenField {
  const Field* field = nullptr;
  std::string path;
  ByteView expected;
  ByteView captured;  // shorter when not all of it came
  bool differs() const { return !std::ranges::equal(expected, captured); }
  bool whole() const { return expected.size() == captured.size(); }
};

// The fields of whole bytes; empty: no message by a layout was expected, or nothing came.
std::vector<SeenField> see_fields(const FailureEvidence& evidence);
// Those that are wrong.
std::vector<SeenField> differing(const FailureEvidence& evidence);

// A field of a single number; nothing where not all of it came.
std::optional<std::int64_t> number_of(const SeenField& one, ByteView bytes);
// The operands of the last request, as it has them.
std::vector<std::uint32_t> numbers_of_request(const FailureEvidence& evidence);

}  // namespace wireproof
