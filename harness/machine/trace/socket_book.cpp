#include "machine/trace/socket_book.h"

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

SocketBook::Table& SocketBook::table_of(pid_t process) {
  std::shared_ptr<Table>& table = tables_[process];
  if (!table) table = std::make_shared<Table>();
  return *table;
}

const SocketBook::Table* SocketBook::find_table(pid_t process) const {
  const auto table = tables_.find(process);
  return table == tables_.end() ? nullptr : table->second.get();
}

const SocketBook::Entry* SocketBook::find_entry(pid_t process, int descriptor) const {
  const Table* table = find_table(process);
  if (table == nullptr) return nullptr;
  const auto entry = table->find(descriptor);
  return entry == table->end() ? nullptr : &entry->second;
}

std::optional<SocketBook::Id> SocketBook::find(pid_t process, int descriptor) const {
  const Entry* entry = find_entry(process, descriptor);
  return entry == nullptr ? std::nullopt : std::optional(entry->socket);
}

void SocketBook::count_holder(Id id, pid_t process, int by) {
  std::map<pid_t, int>& counts = holders_[id];
  if ((counts[process] += by) == 0) counts.erase(process);
}

void SocketBook::count_holders(Id id, pid_t process, int by) {
  const std::shared_ptr<Table>& own = tables_.at(process);
  if (own.use_count() == 1) {
    count_holder(id, process, by);
    return;
  }
  for (const auto& [sharer, table] : tables_) {
    if (table == own) count_holder(id, sharer, by);
  }
}

void SocketBook::hold(pid_t process, int descriptor, Id socket) {
  Entry& entry = table_of(process)[descriptor];
  if (entry.socket != 0) count_holders(entry.socket, process, -1);
  entry = {socket, nullptr};
  count_holders(socket, process, 1);
}

void SocketBook::note_other(pid_t process, int descriptor) {
  table_of(process).try_emplace(descriptor);
}

SocketBook::Id SocketBook::release(pid_t process, int descriptor) {
  Table& table = table_of(process);
  const auto entry = table.find(descriptor);
  if (entry == table.end()) return 0;
  const Id socket = entry->second.socket;
  table.erase(entry);
  if (socket != 0) count_holders(socket, process, -1);
  return socket;
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
  const Table* table = find_table(process);
  if (table == nullptr) return held;
  for (const auto& [descriptor, entry] : *table) {
    if (entry.socket != 0) held.emplace_back(descriptor, entry.socket);
  }
  return held;
}

std::shared_ptr<EpollSet> SocketBook::epoll(pid_t process, int descriptor) {
  Entry& entry = table_of(process)[descriptor];
  if (!entry.epoll) entry.epoll = std::make_shared<EpollSet>();
  return entry.epoll;
}

bool SocketBook::is_epoll(pid_t process, int descriptor) const {
  const Entry* entry = find_entry(process, descriptor);
  return entry != nullptr && entry->epoll != nullptr;
}

void SocketBook::share_epoll(pid_t process, int descriptor, pid_t new_process, int new_descriptor) {
  if (!is_epoll(process, descriptor)) return;
  table_of(new_process)[new_descriptor].epoll = epoll(process, descriptor);
}

void SocketBook::share_epolls(pid_t parent, pid_t child) {
  const Table* table = find_table(parent);
  if (table == nullptr) return;
  const Table parents = *table;
  for (const auto& [descriptor, entry] : parents)
    share_epoll(parent, descriptor, child, descriptor);
}

void SocketBook::share_table(pid_t process, pid_t other) {
  table_of(process);
  tables_[other] = tables_.at(process);
  for (const auto& [descriptor, id] : held_by(other)) {
    count_holder(id, other, 1);
  }
}

// Each that has the table is counted as a holder for itself: the counts stay.
void SocketBook::unshare_table(pid_t process) {
  const auto table = tables_.find(process);
  if (table == tables_.end() || table->second.use_count() == 1) return;
  table->second = std::make_shared<Table>(*table->second);
}

void SocketBook::forget_others(pid_t process) {
  std::erase_if(table_of(process), [](const auto& entry) { return entry.second.socket == 0; });
}

void SocketBook::forget(pid_t process) {
  for (const auto& [descriptor, id] : held_by(process)) count_holder(id, process, -1);
  tables_.erase(process);
}

}  // namespace wireproof
