#include "talk/talk_wait.h"

#include <algorithm>
#include <cerrno>
#include <vector>

#include "base/system/system_call.h"

namespace wireproof {

TalkWait await_talk(std::span<pollfd> entries, const TalkAside& aside, TalkPatience patience) {
  std::vector<pollfd> all(entries.begin(), entries.end());
  all.push_back({aside.stop_fd, POLLIN, 0});
  all.push_back({aside.packets_fd, POLLIN, 0});
  const pollfd& stop = all[entries.size()];
  const pollfd& packets = all[entries.size() + 1];
  for (;;) {
    const int ready = ::poll(all.data(), all.size(), patience == TalkPatience::look ? 0 : -1);
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) throw SystemError("wait for the peer and the console", errno);
    if (packets.revents != 0 && aside.on_packets) aside.on_packets();
    if (stop.revents != 0) return TalkWait::stopped;
    std::copy_n(all.begin(), entries.size(), entries.begin());
    const bool any = std::ranges::any_of(entries, [](const pollfd& e) { return e.revents != 0; });
    if (any) return TalkWait::ready;
    if (patience == TalkPatience::look) return TalkWait::nothing;
  }
}

}  // namespace wireproof
