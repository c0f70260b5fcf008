#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "packets/wire/packet.h"

namespace wireproof {

// Knows at each moment whether every TCP connection that was opened in sight has ended on the
// wire: both FINs acknowledged, or a RST (RFC 9293 §3.6, §3.5.2). Half of the end barrier; the
// full account of a connection is flow's.
class ConnectionWatch {
 public:
  // Only connections to that port; 0: all.
  explicit ConnectionWatch(std::uint16_t server_port) : server_port_(server_port) {}

  void see(const Packet& packet);
  bool all_ended() const { return open_count_ == 0; }
  std::size_t open_count() const { return open_count_; }

 private:
  struct Half {
    std::optional<std::uint32_t> fin_end;  // sequence number behind the FIN
    bool fin_acknowledged = false;
  };
  struct Connection {
    std::array<Half, 2> halves;  // of the lower endpoint, of the higher one
    bool ended = false;
  };

  void open(Connection& connection, bool is_new);
  void end(Connection& connection);

  std::uint16_t server_port_;
  std::map<std::pair<Endpoint, Endpoint>, Connection> connections_;
  std::size_t open_count_ = 0;
};

}  // namespace wireproof
