#include "expect/cause/waiting.h"

#include <algorithm>
#include <cerrno>

#include "base/text/time.h"

namespace wireproof {
namespace {

bool found_ready(const SocketCall& wait, std::uint64_t socket) {
  return std::ranges::any_of(wait.ready,
                             [&](const WatchedSocket& ready) { return ready.socket == socket; });
}

}  // namespace

bool is_running_at(const SocketCall& call, Timestamp time) {
  return call.entered <= time && (!call.returned || time <= *call.returned);
}

std::string waiting_text(const SocketCall& call, Timestamp arrived) {
  if (call.entered <= arrived) {
    return "already waiting for " + render_milliseconds(arrived - call.entered);
  }
  return "called " + render_milliseconds(call.entered - arrived) + " later";
}

const SocketCall* find_wait(std::span<const SocketCall* const> waits, const SocketCall& taker,
                            Timestamp arrived) {
  // connect(2): EINPROGRESS is answered before the connection is there; the next wait call that
  // finds the socket ready learns of it.
  const bool in_progress = taker.error_number == EINPROGRESS;
  if (!in_progress && is_running_at(taker, arrived)) return nullptr;
  const auto found = std::ranges::find_if(waits, [&](const SocketCall* wait) {
    if (!found_ready(*wait, taker.socket)) return false;
    if (in_progress) return wait->entered >= taker.entered;
    return wait->returned.value_or(wait->entered) >= arrived &&
           (wait->entered <= taker.entered || wait->entered <= arrived);
  });
  return found == waits.end() ? nullptr : *found;
}

}  // namespace wireproof
