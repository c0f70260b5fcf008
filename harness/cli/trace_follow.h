#pragma once

#include <cstddef>

#include "result/trace_result.h"

namespace wireproof {

// Prints a row for each packet of a traced run as soon as it has come, on standard error. A call
// that is not known yet stands in parentheses; the table at the end has it.
class TraceFollow {
 public:
  void show(const TraceResult& so_far);

 private:
  std::size_t shown_ = 0;
};

// All packets are joined again for each new one: from here on only the table at the end has them.
constexpr std::size_t kMaxFollowedPackets = 2000;

}  // namespace wireproof
