#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <vector>

#include "base/text/time.h"
#include "judge/socket_judge.h"
#include "machine/host/socket_list.h"

namespace wireproof {

// Looks until `look` says true, at once and then again and again with growing pauses, at most for
// `limit`. For what the kernel reports only when asked. Meanwhile the context runs, so that the
// capture is drained. False: the limit came first.
bool await_settled(boost::asio::io_context& context, Duration limit,
                   const std::function<bool()>& look);

// The pause between two looks, from the one before: it grows to a limit.
Duration next_pause(Duration pause);
constexpr Duration kFirstPause = std::chrono::milliseconds(1);

// On a host that has more than the session the sockets of other clients are none of its business.
enum class WhoseSockets : std::uint8_t { all, own };

// Takes the snapshot of a `sockets` step. States settle by themselves: the server closes a moment
// after the client has, so the snapshot is taken as soon as it equals the table.
class SocketWatch {
 public:
  SocketWatch(boost::asio::io_context& context, const SocketPorts& ports,
              const SocketOwners& owners, WhoseSockets whose = WhoseSockets::all)
      : context_(context), ports_(ports), owners_(owners), whose_(whose) {}

  // The first look that equals the rows, else the last one within the limit. Throws SystemError.
  std::vector<SocketEntry> await(const std::vector<SocketRow>& rows, Duration limit);
  // Whether the snapshot that was taken equals the rows.
  bool equal() const { return equal_; }

 private:
  std::vector<SocketEntry> look() const;

  boost::asio::io_context& context_;
  SocketPorts ports_;
  SocketOwners owners_;
  WhoseSockets whose_;
  bool equal_ = false;
};

}  // namespace wireproof
