#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "packets/flow/connection_numbers.h"
#include "packets/flow/fragments.h"

namespace wireproof {

// Knows at each moment whether every TCP connection that was opened in sight has ended on the
// wire. Half of the end barrier of a live capture.
class ConnectionWatch {
 public:
  // Only connections to that port; 0: all.
  explicit ConnectionWatch(std::uint16_t port) {
    if (port != 0) ports_.push_back(port);
  }
  // Only connections to these ports; none: all.
  explicit ConnectionWatch(std::vector<std::uint16_t> ports) : ports_(std::move(ports)) {}

  void see(const Packet& packet);
  bool all_ended() const { return open_count_ == 0; }

 private:
  void see_whole(const Packet& packet);

  bool is_served(std::uint16_t port) const;

  std::vector<std::uint16_t> ports_;
  FragmentJoiner fragments_;
  FlowTable<ConnectionNumbers> connections_;
  std::size_t open_count_ = 0;
};

}  // namespace wireproof
