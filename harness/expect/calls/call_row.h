#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/text/address.h"
#include "expect/match/row.h"

namespace wireproof {

// Which copy of a socket a row is about, where a process was forked that has one.
enum class CallProcess : std::uint8_t { any, parent, child };

struct IntegerRange {
  std::int64_t least = 0;
  std::int64_t most = 0;

  bool holds(std::int64_t value) const { return least <= value && value <= most; }
  bool operator==(const IntegerRange&) const = default;
};

// What a row of a table of calls asks of arguments and result; what is not written is any.
struct CallArguments {
  std::optional<IntegerRange> backlog;  // of listen
  std::optional<IntegerRange> port;     // of bind the own, else the peer's
  bool server_port = false;             // `port` is the server's, which the run knows
  std::optional<IpAddress> address;
  std::optional<IntegerRange> returns;
  std::optional<int> error;  // errno
  std::string option;        // of setsockopt: "SO_REUSEADDR"; empty: any
  std::optional<int> option_value;
  std::optional<int> how;   // of shutdown: SHUT_RD, SHUT_WR, SHUT_RDWR
  std::uint32_t flags = 0;  // MSG_…, all of which must be there
  bool pending = false;     // the program is in the call when the session is over

  bool operator==(const CallArguments&) const = default;
};

// A row of a table of calls (docs/calls.md).
struct CallRow {
  std::size_t number = 0;  // of the table's rows, from 1
  bool anything = false;   // `…`
  std::string call;        // "recv": any of its family, unless `exactly`
  bool exactly = false;
  std::string socket;  // "listener", "connection", "udp", an actor; of `…` also empty: any
  CallProcess process = CallProcess::any;
  CallArguments arguments;
  std::string text;  // the row as it is written, for reports
  Level level = Level::must;
  double points = 0;

  bool operator==(const CallRow&) const = default;
};

}  // namespace wireproof
