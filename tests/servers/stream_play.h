#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "servers/protocols/protocol.h"

namespace wireproof {

// What a protocol did with a stream: its sends as hex, one text each, and how it ended.
struct Played {
  std::vector<std::string> sends;
  Ending ending = Ending::none;

  bool operator==(const Played&) const = default;
};

// The service of the server `name`, the parameters not given at their defaults.
Service service_of(const std::string& name, const ServerParameters& parameters = {});

// Feeds the pieces one by one until an ending; hex text, blanks free.
Played play(const Service& service, const std::vector<std::string>& pieces);

// The same with EOF after the last piece.
Played play_to_eof(const Service& service, const std::vector<std::string>& pieces);

// Feeds `stream` whole, byte by byte, and cut in two at every position, and requires that all of
// them do the same, which is returned.
Played play_in_all_splits(const Service& service, const std::string& stream);

// The replies to one datagram, as hex.
std::vector<std::string> reply_to(const Service& service, const std::string& datagram);

// The texts one after the other.
std::string glue(std::initializer_list<std::string_view> texts);

// Text as hex.
std::string hex(const std::string& text);

}  // namespace wireproof
