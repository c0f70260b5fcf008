#include "servers/faults/misconduct.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>

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
void send_so(Service& service, const ServerInfo&) {
  service.conduct.sending = sending;
}

// A server that answers chunks keeps its receive buffer: what it holds is the largest chunk.
void shrink_buffers(Service& service, const ServerInfo& server) {
  service.conduct.small_send_buffer = true;
  service.conduct.small_receive_buffer = server.traits.has_messages;
}

// Other ways to be correct: no sheet may fail because of one.
const QuirkTable& harmless_variants() {
  static const QuirkTable kVariants = {
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
       [](Service& service, const ServerInfo&) { service.conduct.start_delay = kSlowStart; }},
      {{"late-close", "closes 200 ms late"},
       speaks_tcp,
       [](Service& service, const ServerInfo&) { service.conduct.close_delay = kLateClose; }},
      {{"shutdown-then-close", "calls shutdown before close"},
       speaks_tcp,
       [](Service& service, const ServerInfo&) {
         service.conduct.closing = Closing::after_shutdown;
       }},
      {{"async", "all clients in one thread, by readiness"},
       serves_many,
       [](Service& service, const ServerInfo&) { service.conduct.way = ServeWay::select; }},
      {{"forked", "a process per client"},
       serves_many,
       [](Service& service, const ServerInfo&) { service.conduct.way = ServeWay::fork; }},
      {{"exit-closes", "a process per client, whose exit closes the connection"},
       serves_many,
       [](Service& service, const ServerInfo&) {
         service.conduct.way = ServeWay::fork;
         service.conduct.closing = Closing::by_exit;
       }},
      {{"ipv6-dual", "listens on [::] for IPv6 and IPv4"},
       any,
       [](Service& service, const ServerInfo&) { service.conduct.both_families = true; }},
  };
  return kVariants;
}

const QuirkTable& all_faults() {
  static const QuirkTable kAll = join_tables({serving_faults(), message_faults()});
  return kAll;
}

std::vector<ServerQuirk> quirks_of(const ServerInfo& server, const QuirkTable& table) {
  std::vector<ServerQuirk> quirks;
  for (const QuirkEntry& entry : table) {
    if (entry.applies(server)) quirks.push_back(entry.quirk);
  }
  return quirks;
}

// `kind` is what the table has.
void change_service(Service& service, const ServerInfo& server, const QuirkTable& table,
                    std::string_view kind, const std::string& name) {
  const auto entry = std::ranges::find_if(table, [&](const QuirkEntry& each) {
    return each.quirk.name == name && each.applies(server);
  });
  if (entry == table.end()) {
    throw std::invalid_argument(
        fmt::format("server {} has no {} `{}`; `wireproof servers {}` lists what it has",
                    server.name, kind, name, server.name));
  }
  entry->change(service, server);
}

}  // namespace

std::vector<ServerQuirk> faults_of(const ServerInfo& server) {
  return quirks_of(server, all_faults());
}

std::vector<ServerQuirk> variants_of(const ServerInfo& server) {
  return quirks_of(server, harmless_variants());
}

Service with_fault(Service service, const ServerInfo& server, const std::string& fault) {
  if (!fault.empty()) change_service(service, server, all_faults(), "fault", fault);
  return service;
}

Service with_variant(Service service, const ServerInfo& server, const std::string& variant) {
  if (!variant.empty()) change_service(service, server, harmless_variants(), "variant", variant);
  return service;
}

}  // namespace wireproof
