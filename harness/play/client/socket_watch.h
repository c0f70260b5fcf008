#pragma once

#include <boost/asio/io_context.hpp>
#include <vector>

#include "judge/socket_judge.h"
#include "machine/host/socket_list.h"

namespace wireproof {

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
