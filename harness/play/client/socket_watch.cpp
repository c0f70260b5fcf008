#include "play/client/socket_watch.h"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>

namespace wireproof {
namespace {

// A connection belongs to the session if one of its actors has an end of it.
bool is_own(const SocketEntry& socket, const std::vector<ActorEndpoint>& actors) {
  if (socket.remote.port == 0) return true;
  return std::ranges::any_of(actors, [&](const ActorEndpoint& actor) {
    return actor.tcp == socket.tcp && (actor.local == socket.local || actor.local == socket.remote);
  });
}

}  // namespace

std::vector<SocketEntry> SocketWatch::look() const {
  std::vector<SocketEntry> sockets = read_socket_table(ports_);
  if (whose_ == WhoseSockets::own) {
    std::erase_if(sockets,
                  [&](const SocketEntry& socket) { return !is_own(socket, *owners_.actors); });
  }
  return sockets;
}

std::vector<SocketEntry> SocketWatch::await(const std::vector<SocketRow>& rows, Duration limit) {
  std::vector<SocketEntry> sockets;
  equal_ = await_settled(context_, limit, [&] {
    sockets = look();
    return compare_sockets(rows, sockets, owners_).equal();
  });
  return sockets;
}

namespace {

using Clock = std::chrono::steady_clock;

constexpr Duration kLastPause = std::chrono::milliseconds(20);

void run_for(boost::asio::io_context& context, Duration pause) {
  bool is_over = false;
  boost::asio::steady_timer timer(context, pause);
  timer.async_wait([&is_over](const boost::system::error_code&) { is_over = true; });
  if (context.stopped()) context.restart();
  while (!is_over) context.run_one();
}

}  // namespace

Duration next_pause(Duration pause) {
  return std::min(pause * 2, kLastPause);
}

bool await_settled(boost::asio::io_context& context, Duration limit,
                   const std::function<bool()>& look) {
  const auto deadline = Clock::now() + limit;
  for (Duration pause = kFirstPause; !look(); pause = next_pause(pause)) {
    const Duration left = deadline - Clock::now();
    if (left <= Duration(0)) return false;
    run_for(context, std::min(pause, left));
  }
  return true;
}

}  // namespace wireproof
