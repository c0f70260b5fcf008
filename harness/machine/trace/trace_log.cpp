#include "machine/trace/trace_log.h"

#include <algorithm>

namespace wireproof {

void sort_by_order(std::vector<SocketCall>& calls) {
  std::ranges::stable_sort(calls, {}, &SocketCall::order);
}

}  // namespace wireproof
