#include <linux/kcmp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "machine/trace/call_reader.h"

// Who holds which socket: what changes it besides the calls that name one descriptor.

namespace wireproof {
namespace {

// kcmp(2): clone with CLONE_FILES gives a process the descriptors of its creator, not a copy of
// them. Where the kernel has no kcmp they count as copies.
bool has_same_table(pid_t thread, pid_t other) {
  return ::syscall(SYS_kcmp, thread, other, KCMP_FILES, 0, 0) == 0;
}

}  // namespace

void CallReader::name_socket(SocketCall& call, SocketBook::Id socket, int descriptor) const {
  const SocketFacts& facts = book_.socket(socket).facts;
  call.socket = socket;
  call.descriptor = descriptor;
  call.local = facts.local;
  call.remote = facts.remote;
  call.nonblocking = facts.nonblocking;
  call.inline_urgent = facts.inline_urgent;
  call.udp = facts.kind == SocketKind::udp;
}

// A descriptor of which nothing was seen: made before tracing began, or by a call that is not
// traced (open, pipe).
SocketBook::Id CallReader::look_up(const TracedProcess& process, int descriptor) {
  if (const auto known = book_.find(process.id, descriptor)) return *known;
  const auto facts = process.probe.look(descriptor);
  if (!facts) {
    book_.note_other(process.id, descriptor);
    return 0;
  }
  const SocketBook::Id found = book_.meet(*facts).id;
  book_.hold(process.id, descriptor, found);
  return found;
}

SocketBook::Id CallReader::look_up_internet(const TracedProcess& process, int descriptor) {
  const SocketBook::Id id = look_up(process, descriptor);
  return id != 0 && book_.socket(id).is_internet() ? id : 0;
}

// An epoll set keeps what was added until the last descriptor of it is closed.
std::vector<WatchedSocket> CallReader::held(std::vector<WatchedSocket> watched) const {
  std::erase_if(watched,
                [&](const WatchedSocket& entry) { return book_.holders(entry.socket).empty(); });
  return watched;
}

SocketCall CallReader::release(const TracedProcess& process, SocketCall call, int descriptor) {
  const SocketBook::Id socket = book_.release(process.id, descriptor);
  if (socket == 0) return call;
  name_socket(call, socket, descriptor);
  call.releases = true;
  call.still_held_by = book_.holders(socket);
  if (call.still_held_by.empty() && book_.socket(socket).facts.kind == SocketKind::tcp) {
    const ClosingFacts facts = process.probe.look_before_close(descriptor);
    call.unread_bytes = facts.unread_bytes;
    call.linger_seconds = facts.linger_seconds;
  }
  return call;
}

void CallReader::add_new_holds(const TracedProcess& process) {
  for (const auto& [descriptor, inode] : process.probe.list_sockets()) {
    const auto known = book_.find(process.id, descriptor);
    if (known && *known != 0) continue;
    const BookedSocket* socket = book_.find_inode(inode);
    if (socket == nullptr) {
      const auto facts = process.probe.look(descriptor);
      if (!facts) continue;
      socket = &book_.create(*facts);
    }
    book_.hold(process.id, descriptor, socket->id);
  }
}

std::uint64_t CallReader::begin(const TracedProcess& process, const TracedProcess& parent) {
  const std::uint64_t place = ++last_order_;
  if (has_same_table(process.probe.thread(), parent.probe.thread())) {
    book_.share_table(parent.id, process.id);
    return place;
  }
  add_new_holds(process);
  book_.share_epolls(parent.id, process.id);
  return place;
}

void CallReader::note_fork(const TracedProcess& parent, const Creation& creation, Timestamp now) {
  std::set<std::uint64_t> inherited;
  for (const auto& [descriptor, id] : book_.held_by(parent.id)) {
    if (id != 0 && book_.socket(id).is_internet()) inherited.insert(id);
  }
  if (inherited.empty()) return;  // a shell's, a runtime's: no affair of any socket
  SocketCall call = make_call(parent, creation.thread, creation.name, now);
  call.returned = now;
  call.order = creation.place;
  call.result = creation.child;
  call.child = creation.child;
  call.inherited.assign(inherited.begin(), inherited.end());
  calls_.push_back(std::move(call));
}

void CallReader::begin(const TracedProcess& process) {
  add_new_holds(process);
  for (const ListedEpoll& listed : process.probe.list_epolls()) {
    EpollSet& set = *book_.epoll(process.id, listed.descriptor);
    for (const ListedEpoll::Interest& interest : listed.interests) {
      const SocketBook::Id id = look_up_internet(process, interest.descriptor);
      set[interest.descriptor] = {id, interest.events, interest.data};
    }
  }
}

void CallReader::check_after_exec(const TracedProcess& process, Timestamp now) {
  book_.unshare_table(process.id);
  book_.forget_others(process.id);
  const auto open = process.probe.list_sockets();
  for (const auto& [descriptor, id] : book_.held_by(process.id)) {
    const std::pair entry{descriptor, book_.socket(id).facts.inode};
    if (std::ranges::find(open, entry) != open.end()) continue;
    SocketCall call = make_call(process, process.id, "exec", now);
    call.returned = now;
    call = release(process, std::move(call), descriptor);
    if (book_.socket(id).is_internet()) calls_.push_back(std::move(call));
  }
}

std::vector<SocketCall> CallReader::begin_end(const TracedProcess& process, Timestamp now) {
  std::vector<SocketCall> calls;
  book_.unshare_table(process.id);
  for (const auto& [descriptor, id] : book_.held_by(process.id)) {
    SocketCall call = make_call(process, process.id, "exit", now);
    call = release(process, std::move(call), descriptor);
    if (book_.socket(id).is_internet()) calls.push_back(std::move(call));
  }
  return calls;
}

}  // namespace wireproof
