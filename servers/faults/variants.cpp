#include "servers/faults/fault_tables.h"

namespace wireproof {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kSlowStart{300};
constexpr milliseconds kLateClose{200};

bool any(const ServerInfo&) {
  return true;
}

template <Sending sending>
void send_so(Conduct& conduct, const ServerInfo&) {
  conduct.sending = sending;
}

// A server that answers chunks keeps its receive buffer: what it holds is the largest chunk.
void shrink_buffers(Conduct& conduct, const ServerInfo& server) {
  conduct.small_send_buffer = true;
  conduct.small_receive_buffer = server.traits.has_messages;
}

}  // namespace

const std::vector<HarmlessVariant>& harmless_variants() {
  static const std::vector<HarmlessVariant> kVariants = {
      {{"byte-by-byte", "a send for every byte"}, replies_on_tcp, send_so<Sending::byte_by_byte>},
      {{"two-sends", "two sends for each"}, replies_on_tcp, send_so<Sending::in_halves>},
      {{"corked", "holds an answer back until it is complete, or until FIN (MSG_MORE)"},
       replies_on_tcp,
       send_so<Sending::corked>},
      {{"nodelay", "sends at once (TCP_NODELAY)"}, replies_on_tcp, send_so<Sending::at_once>},
      {{"small-buffer", "the smallest socket buffers (SO_RCVBUF, SO_SNDBUF)"},
       speaks_tcp,
       shrink_buffers},
      {{"slow-start", "listens 300 ms after its start"},
       any,
       [](Conduct& conduct, const ServerInfo&) { conduct.start_delay = kSlowStart; }},
      {{"late-close", "closes 200 ms late"},
       speaks_tcp,
       [](Conduct& conduct, const ServerInfo&) { conduct.close_delay = kLateClose; }},
      {{"shutdown-then-close", "calls shutdown before close"},
       speaks_tcp,
       [](Conduct& conduct, const ServerInfo&) { conduct.closing = Closing::after_shutdown; }},
      {{"async", "all clients in one thread, by readiness"},
       serves_many,
       [](Conduct& conduct, const ServerInfo&) { conduct.way = ServeWay::select; }},
      {{"forked", "a process per client"},
       serves_many,
       [](Conduct& conduct, const ServerInfo&) { conduct.way = ServeWay::fork; }},
      {{"exit-closes", "a process per client, whose exit closes the connection"},
       serves_many,
       [](Conduct& conduct, const ServerInfo&) {
         conduct.way = ServeWay::fork;
         conduct.closing = Closing::by_exit;
       }},
      {{"ipv6-dual", "listens on [::] for IPv6 and IPv4"},
       any,
       [](Conduct& conduct, const ServerInfo&) { conduct.both_families = true; }},
  };
  return kVariants;
}

}  // namespace wireproof
