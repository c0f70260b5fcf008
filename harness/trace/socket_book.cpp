#include "trace/socket_book.h"

namespace wireproof {

BookedSocket& SocketBook::create(const SocketFacts& facts) {
  BookedSocket& socket = sockets_[++last_id_];
  socket.id = last_id_;
  socket.facts = facts;
  by_inode_[facts.inode] = socket.id;
  return socket;
}

BookedSocket& SocketBook::meet(const SocketFacts& facts) {
  const auto known = by_inode_.find(facts.inode);
  return known == by_inode_.end() ? create(facts) : sockets_.at(known->second);
}

const BookedSocket* SocketBook::find_inode(std::uint64_t inode) const {
  const auto known = by_inode_.find(inode);
  return known == by_inode_.end() ? nullptr : &sockets_.at(known->second);
}

std::optional<SocketBook::Id> SocketBook::find(pid_t process, int descriptor) const {
  const auto table = tables_.find(process);
  if (table == tables_.end()) return std::nullopt;
  const auto entry = table->second.find(descriptor);
  if (entry == table->second.end()) return std::nullopt;
  return entry->second.socket;
}

void SocketBook::count_holder(Id id, pid_t process, int by) {
  std::map<pid_t, int>& counts = holders_[id];
  if ((counts[process] += by) == 0) counts.erase(process);
}

void SocketBook::hold(const DescriptorEvent& event) {
  const auto process = static_cast<pid_t>(event.process);
  Entry& entry = tables_[process][event.descriptor];
  if (entry.socket != 0) count_holder(entry.socket, process, -1);
  entry = {event.socket, nullptr};
  count_holder(event.socket, process, 1);
  if (socket(event.socket).is_internet()) events_.push_back(event);
}

void SocketBook::note_other(pid_t process, int descriptor) {
  tables_[process].try_emplace(descriptor);
}

SocketBook::Id SocketBook::release(DescriptorEvent event) {
  const auto process = static_cast<pid_t>(event.process);
  Table& table = tables_[process];
  const auto entry = table.find(event.descriptor);
  if (entry == table.end()) return 0;
  event.socket = entry->second.socket;
  table.erase(entry);
  if (event.socket == 0) return 0;
  count_holder(event.socket, process, -1);
  if (socket(event.socket).is_internet()) events_.push_back(event);
  return event.socket;
}

std::vector<std::int64_t> SocketBook::holders(Id id) const {
  std::vector<std::int64_t> processes;
  const auto counts = holders_.find(id);
  if (counts == holders_.end()) return processes;
  for (const auto& [process, count] : counts->second) processes.push_back(process);
  return processes;
}

std::vector<std::pair<int, SocketBook::Id>> SocketBook::held_by(pid_t process) const {
  std::vector<std::pair<int, Id>> held;
  const auto table = tables_.find(process);
  if (table == tables_.end()) return held;
  for (const auto& [descriptor, entry] : table->second) {
    if (entry.socket != 0) held.emplace_back(descriptor, entry.socket);
  }
  return held;
}

std::shared_ptr<EpollSet> SocketBook::epoll(pid_t process, int descriptor) {
  Entry& entry = tables_[process][descriptor];
  if (!entry.epoll) entry.epoll = std::make_shared<EpollSet>();
  return entry.epoll;
}

bool SocketBook::is_epoll(pid_t process, int descriptor) const {
  const auto table = tables_.find(process);
  if (table == tables_.end()) return false;
  const auto entry = table->second.find(descriptor);
  return entry != table->second.end() && entry->second.epoll != nullptr;
}

void SocketBook::share_epoll(pid_t process, int descriptor, pid_t new_process, int new_descriptor) {
  if (!is_epoll(process, descriptor)) return;
  tables_[new_process][new_descriptor].epoll = epoll(process, descriptor);
}

void SocketBook::share_epolls(pid_t parent, pid_t child) {
  const auto table = tables_.find(parent);
  if (table == tables_.end()) return;
  const Table parents = table->second;
  for (const auto& [descriptor, entry] : parents)
    share_epoll(parent, descriptor, child, descriptor);
}

void SocketBook::forget_others(pid_t process) {
  std::erase_if(tables_[process], [](const auto& entry) { return entry.second.socket == 0; });
}

void SocketBook::forget(pid_t process) {
  for (const auto& [descriptor, id] : held_by(process)) count_holder(id, process, -1);
  tables_.erase(process);
}

}  // namespace wireproof
