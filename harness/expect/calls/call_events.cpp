#include "expect/calls/call_events.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace wireproof {
namespace {

// What opens a socket: whatever is done on it in another thread comes behind these.
bool is_opening(const SocketCall& call) {
  return call.name == "setsockopt" || call.name == "bind" || call.name == "listen" ||
         call.name == "connect";
}

class EventList {
 public:
  explicit EventList(const SocketNames& names) : names_(names) {}

  void add(std::size_t index, const SocketCall& call) {
    CallEvent event;
    event.sockets = sockets_of(call, names_);
    if (event.sockets.empty()) return;
    event.call = index;
    event.value = &call;
    event.free = is_free(call);
    const std::set<std::uint64_t> ids = ids_of(call);
    std::set<std::size_t> before;
    for (const std::uint64_t id : ids) find_before(id, call, before);
    if (const auto fork = forks_.find(call.process); fork != forks_.end()) {
      before.insert(fork->second);
    }
    event.before.assign(before.begin(), before.end());
    note(ids, call);
    events_.push_back(std::move(event));
  }

  std::vector<CallEvent> take() { return std::move(events_); }

 private:
  using ThreadOnSocket = std::pair<std::int64_t, std::uint64_t>;

  std::set<std::uint64_t> ids_of(const SocketCall& call) const {
    std::set<std::uint64_t> ids{call.socket, call.new_socket};
    for (const WatchedSocket& watched : call.watched) ids.insert(watched.socket);
    ids.insert(call.inherited.begin(), call.inherited.end());
    std::erase_if(ids, [this](std::uint64_t id) { return !names_.contains(id); });
    return ids;
  }

  void find_before(std::uint64_t id, const SocketCall& call, std::set<std::size_t>& before) const {
    const auto own = last_.find({call.thread, id});
    if (own != last_.end()) before.insert(own->second);
    if (const auto made = makers_.find(id); made != makers_.end()) before.insert(made->second);
    const auto openings = openings_.find(id);
    if (openings == openings_.end()) return;
    for (const auto& [thread, list] : openings->second) {
      if (thread == call.thread) continue;
      // Those before it in its thread stand before it already.
      const auto last = std::find_if(list.rbegin(), list.rend(), [&](std::size_t opening) {
        const auto& returned = events_[opening].value->returned;
        return returned && *returned <= call.entered;
      });
      if (last != list.rend()) before.insert(*last);
    }
  }

  void note(const std::set<std::uint64_t>& ids, const SocketCall& call) {
    const std::size_t index = events_.size();
    for (const std::uint64_t id : ids) {
      last_[{call.thread, id}] = index;
      if (is_opening(call)) openings_[id][call.thread].push_back(index);
    }
    if (call.name == "socket") makers_[call.socket] = index;
    if (call.new_socket != 0) makers_[call.new_socket] = index;
    if (call.child != 0) forks_[call.child] = index;
  }

  const SocketNames& names_;
  std::vector<CallEvent> events_;
  // Events, by their indexes.
  std::map<ThreadOnSocket, std::size_t> last_;
  std::map<std::uint64_t, std::size_t> makers_;  // socket and accept, by the socket
  std::map<std::uint64_t, std::map<std::int64_t, std::vector<std::size_t>>> openings_;  // by thread
  std::map<std::int64_t, std::size_t> forks_;  // by the child
};

}  // namespace

bool CallEvent::is_on(const std::string& socket) const {
  return std::ranges::find(sockets, socket) != sockets.end();
}

std::vector<CallEvent> list_call_events(std::span<const SocketCall> calls,
                                        const SocketNames& names) {
  EventList list(names);
  for (std::size_t index = 0; index < calls.size(); ++index) list.add(index, calls[index]);
  return list.take();
}

}  // namespace wireproof
