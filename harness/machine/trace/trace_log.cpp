#include "machine/trace/trace_log.h"

#include <algorithm>
#include <utility>

namespace wireproof {

void sort_by_order(std::vector<SocketCall>& calls) {
  std::ranges::stable_sort(calls, {}, &SocketCall::order);
}

void add_open_calls(std::vector<SocketCall>& calls, std::vector<SocketCall> open) {
  for (SocketCall& call : open) {
    if (std::ranges::find(calls, call.order, &SocketCall::order) == calls.end()) {
      calls.push_back(std::move(call));
    }
  }
  sort_by_order(calls);
}

}  // namespace wireproof
