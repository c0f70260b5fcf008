#include "packets/flow/sequence.h"

namespace wireproof {

void SequenceSpace::start(std::uint32_t initial) {
  initial_ = initial;
  reference_ = 0;
  started_ = true;
}

std::int64_t SequenceSpace::position(std::uint32_t number) const {
  const auto reference = initial_ + static_cast<std::uint32_t>(reference_);
  return reference_ + sequence_distance(reference, number);
}

void SequenceSpace::advance(std::int64_t position) {
  if (position > reference_) reference_ = position;
}

}  // namespace wireproof
