#pragma once

#include <algorithm>
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

// As `serve:` is written; in the order above.
const std::vector<std::string>& serve_way_names();
std::string render_serve_way(ServeWay way);
// Nothing when the text is none of serve_way_names().
std::optional<ServeWay> parse_serve_way(std::string_view text);

// A parameter of a reference server: `framing=none`.
struct ServerParameter {
  std::string name;
  std::vector<std::string> values;  // the first is the default
  std::string meaning;
  bool any_text = false;  // other values do as well; these are well known
  // Each value is a protocol of its own: faults and harmless variants are those of the first.
  bool is_dialect = false;

  bool takes(const std::string& value) const {
    return any_text || std::ranges::find(values, value) != values.end();
  }
};

// A way of being wrong that a server can be asked for, and the name of the cause that a failing
// sheet must give (a test holds it against the catalogue of causes, which servers do not know); or
// another way of being correct, without a cause.
struct ServerQuirk {
  std::string name;
  std::string meaning;
  std::string explanation = {};
};

// What a server's protocol is like, as far as it decides which faults the server can have.
struct ServerTraits {
  bool replies = true;
  bool closes_first = false;  // TCP: the server ends the exchange, not the client
  bool has_messages = false;  // TCP: messages whose bytes say where they end, not chunks
  bool has_text = false;      // texts in UTF-8
  bool pads_text = false;     // which are filled up to a size
  bool has_prefix = false;    // replies begin with a fixed text
  bool has_numbers = false;   // binary numbers
  bool has_longs = false;     // some of them are L of Python's struct, C's long
  bool has_ids = false;       // a reply has a number of its request
  bool has_length = false;    // a header says how long the rest is, in bytes
  bool calculates = false;    // a result may be too large for its field
  bool refuses = false;       // some inputs are no message
};

// What `wireproof servers` prints about a reference server.
struct ServerInfo {
  std::string name;
  std::uint16_t tcp_port = 0;        // default, 0: no TCP
  std::uint16_t udp_port = 0;        // default, 0: no UDP
  std::string protocol;              // one line
  std::string origin;                // which lab note and exercise
  ServeWay way = ServeWay::threads;  // of its TCP clients, unless another is asked for
  std::vector<ServerParameter> parameters = {};
  ServerTraits traits = {};
  std::vector<ServerQuirk> faults = {};  // these two follow from the rest
  std::vector<ServerQuirk> variants = {};

  // Null when there is none of that name.
  const ServerParameter* find_parameter(const std::string& wanted) const {
    const auto found = std::ranges::find(parameters, wanted, &ServerParameter::name);
    return found == parameters.end() ? nullptr : &*found;
  }
};

}  // namespace wireproof
