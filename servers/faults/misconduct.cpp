#include "servers/faults/misconduct.h"

#include <fmt/format.h>

#include <iterator>
#include <stdexcept>
#include <utility>

#include "servers/faults/fault_tables.h"

namespace wireproof {
namespace {

// Another way to be correct: no sheet may fail because of it.
struct HarmlessVariant {
  ServerVariant variant;
  bool (*applies)(const ServerInfo& server) = nullptr;
  void (*change)(Conduct& conduct, const ServerInfo& server) = nullptr;
};

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

[[noreturn]] void refuse(const ServerInfo& server, const std::string& kind,
                         const std::string& name) {
  throw std::invalid_argument(
      fmt::format("server {} has no {} `{}`; `wireproof servers {}` lists what it has", server.name,
                  kind, name, server.name));
}

}  // namespace

const std::vector<MessageFault>& message_faults() {
  static const std::vector<MessageFault> kAll = [] {
    std::vector<MessageFault> faults;
    for (const auto family : {reply_faults, field_faults, text_faults, boundary_faults,
                              input_faults, datagram_faults}) {
      std::vector<MessageFault> some = family();
      std::move(some.begin(), some.end(), std::back_inserter(faults));
    }
    return faults;
  }();
  return kAll;
}

std::vector<ServerFault> faults_of(const ServerInfo& server) {
  std::vector<ServerFault> faults;
  for (const ServingFault& entry : serving_faults()) {
    if (entry.applies(server)) faults.push_back(entry.fault);
  }
  for (const MessageFault& entry : message_faults()) {
    if (entry.applies(server)) faults.push_back(entry.fault);
  }
  return faults;
}

std::vector<ServerVariant> variants_of(const ServerInfo& server) {
  std::vector<ServerVariant> variants;
  for (const HarmlessVariant& entry : harmless_variants()) {
    if (entry.applies(server)) variants.push_back(entry.variant);
  }
  return variants;
}

Service with_fault(Service service, const ServerInfo& server, const std::string& fault) {
  if (fault.empty()) return service;
  for (const ServingFault& entry : serving_faults()) {
    if (entry.fault.name != fault || !entry.applies(server)) continue;
    entry.change(service, server);
    return service;
  }
  for (const MessageFault& entry : message_faults()) {
    if (entry.fault.name != fault || !entry.applies(server)) continue;
    return entry.wrap(std::move(service));
  }
  refuse(server, "fault", fault);
}

Service with_variant(Service service, const ServerInfo& server, const std::string& variant) {
  if (variant.empty()) return service;
  for (const HarmlessVariant& entry : harmless_variants()) {
    if (entry.variant.name != variant || !entry.applies(server)) continue;
    entry.change(service.conduct, server);
    return service;
  }
  refuse(server, "variant", variant);
}

}  // namespace wireproof
