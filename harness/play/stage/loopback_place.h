#pragma once

#include <cstdint>

#include "base/system/claim.h"
#include "base/text/address.h"

namespace wireproof {

// What a session has to itself on a loopback that it shares with others: addresses that nobody else
// uses, and that no socket of a session before has (which stays in TIME-WAIT for a minute).
class LoopbackPlace {
 public:
  static constexpr unsigned kPrefixBits = 20;

  // Throws SystemError.
  LoopbackPlace();

  // 127.A.B.0: with the kPrefixBits first bits of it begin all of them.
  IpAddress net() const;
  // 127.A.B.1
  IpAddress server() const;

  // A port that no socket of the host's has, of TCP and UDP, outside of those that the system gives
  // to clients: for a server that takes no address. The same at each call. Throws SystemError.
  std::uint16_t port();

 private:
  Claim net_;
  Claim port_;
};

}  // namespace wireproof
