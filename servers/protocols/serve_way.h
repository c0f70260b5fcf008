#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wireproof {

// How a server shares itself among its TCP clients. Any protocol goes with any way, and no client
// sees a difference but in who waits for whom.
enum class ServeWay : std::uint8_t {
  threads,  // a thread for every client
  select,   // all clients in one thread, by readiness
  serial,   // one client at a time, the others wait in the backlog
  fork,     // a process for every client
};

std::string_view render_serve_way(ServeWay way);
// Nothing when the text is none of serve_way_names().
std::optional<ServeWay> parse_serve_way(std::string_view text);
const std::vector<std::string>& serve_way_names();

}  // namespace wireproof
