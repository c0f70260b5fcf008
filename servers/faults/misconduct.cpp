#include "servers/faults/misconduct.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

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
      {{"as-read", "two sends for each, the second when the client has read the first"},
       replies_on_tcp,
       send_so<Sending::as_read>},
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

// Of each of these a server has one at most: what it makes of the end of the stream, of the bytes
// that come, and of the end of its answer.
const std::vector<std::vector<std::string_view>>& alternatives() {
  static const std::vector<std::vector<std::string_view>> kAlternatives = {
      {"leak", "spin", "endless", "stray-reply"},
      {"one-recv", "merge-next", "early-reply", "trust-length"},
      {"never-close", "close-before-reply"}};
  return kAlternatives;
}

class ChangedStream : public StreamProtocol {
 public:
  ChangedStream(std::unique_ptr<StreamProtocol> inner, StreamChange change)
      : inner_(std::move(inner)), change_(std::move(change)) {}

  Actions on_bytes(ByteView bytes) override {
    return replied(change_.on_bytes ? change_.on_bytes(*inner_, bytes) : inner_->on_bytes(bytes));
  }
  Actions on_eof() override {
    return replied(change_.on_eof ? change_.on_eof(*inner_) : inner_->on_eof());
  }

 private:
  Actions replied(Actions actions) const {
    if (change_.replies) change_.replies(actions.sends);
    return actions;
  }

  std::unique_ptr<StreamProtocol> inner_;
  StreamChange change_;
};

class ChangedDatagrams : public DatagramProtocol {
 public:
  ChangedDatagrams(std::unique_ptr<DatagramProtocol> inner, ChangeDatagrams change)
      : inner_(std::move(inner)), change_(std::move(change)) {}

  std::vector<Bytes> on_datagram(ByteView datagram) override { return change_(*inner_, datagram); }

 private:
  std::unique_ptr<DatagramProtocol> inner_;
  ChangeDatagrams change_;
};

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

bool exclude_each_other(const ServerInfo& server, const std::string& fault,
                        const std::string& other) {
  const auto conduct_of = [&](const std::string& first, const std::string& second) {
    Service service;
    service.drop_overflow_check = [](Service&) {};
    return with_fault(with_fault(std::move(service), server, first), server, second).conduct;
  };
  if (conduct_of(fault, other) != conduct_of(other, fault)) return true;
  return std::ranges::any_of(alternatives(), [&](const auto& names) {
    return std::ranges::find(names, fault) != names.end() &&
           std::ranges::find(names, other) != names.end();
  });
}

void change_stream(Service& service, const StreamChange& change) {
  if (!service.open_stream) return;
  service.open_stream = [open = service.open_stream, change] {
    return std::make_unique<ChangedStream>(open(), change);
  };
}

void change_datagrams(Service& service, const ChangeDatagrams& change) {
  if (!service.open_datagrams) return;
  service.open_datagrams = [open = service.open_datagrams, change] {
    return std::make_unique<ChangedDatagrams>(open(), change);
  };
}

void change_replies(Service& service, const ChangeReplies& change) {
  change_stream(service, {.replies = change});
  change_datagrams(service, [change](DatagramProtocol& inner, ByteView datagram) {
    std::vector<Bytes> replies = inner.on_datagram(datagram);
    change(replies);
    return replies;
  });
}

QuirkTable join_tables(const std::vector<QuirkTable>& tables) {
  QuirkTable all;
  for (const QuirkTable& table : tables) all.insert(all.end(), table.begin(), table.end());
  return all;
}

const QuirkTable& message_faults() {
  static const QuirkTable kAll = join_tables({reply_faults(), request_faults(), datagram_faults()});
  return kAll;
}

}  // namespace wireproof
