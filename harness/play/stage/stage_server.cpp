#include "play/stage/stage_server.h"

#include <poll.h>

#include <algorithm>
#include <optional>

#include "base/system/system_call.h"
#include "machine/host/child_processes.h"
#include "machine/host/host_address.h"
#include "machine/host/socket_holders.h"

namespace wireproof {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLook{1};

// TCP first; a server of both transports is one process.
ListeningProcess find_process(const RunningServer& running) {
  ListeningProcess found;
  if (running.tcp_port != 0) {
    found = find_listening_process(ListenProtocol::tcp, {running.address, running.tcp_port});
  }
  if (running.udp_port != 0 && found.process == 0) {
    const ListeningProcess udp =
        find_listening_process(ListenProtocol::udp, {running.address, running.udp_port});
    if (udp.listens) found = udp;
  }
  return found;
}

}  // namespace

StageServer::StageServer(ServerLaunch launch)
    : started_(std::make_unique<ServerProcess>(std::move(launch))) {}

StageServer::StageServer(const RunningServer& running) : udp_port_(running.udp_port) {
  if (!find_route(running.address).is_local) {
    unseen_ = "the server runs on another host";
    return;
  }
  ListeningProcess found = find_process(running);
  if (found.process == 0) {
    unseen_ = found.listens ? "the server's process belongs to another user"
                            : "no process of this host's network has the server's port";
    return;
  }
  try {
    ended_ = open_process(found.process);
    found_ = found.process;
    holders_ = std::move(found.holders);
  } catch (const SystemError&) {
    unseen_ = "the server's process has ended";
  }
}

bool StageServer::is_alive() {
  if (started_) return started_->is_alive();
  if (found_ == 0) return true;
  pollfd entry{ended_.get(), POLLIN, 0};
  return ::poll(&entry, 1, 0) == 0;
}

std::string StageServer::unasked_end() {
  if (started_) return started_->unasked_end();
  return is_alive() ? "" : "has ended";
}

bool StageServer::is_at_rest() const {
  // In this order: a datagram is queued before its reader is woken.
  if (udp_port_ != 0 && has_unread_datagrams(udp_port_)) return false;
  return is_asleep(found_) && std::ranges::all_of(descendant_processes(found_), is_asleep);
}

void StageServer::await_rest(std::chrono::milliseconds limit) {
  if (started_) {
    started_->await_rest(limit);
    return;
  }
  if (found_ == 0) return;
  const auto deadline = Clock::now() + limit;
  while (is_alive() && !is_at_rest() && Clock::now() < deadline) {
    ::poll(nullptr, 0, static_cast<int>(kLook.count()));
  }
}

void StageServer::drain_output() {
  if (started_) started_->drain_output();
}

}  // namespace wireproof
