#include "judge/story/capture_diff.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace wireproof {
namespace {

// What stands around the first byte that differs.
constexpr std::size_t kShownBytes = 16;
constexpr int kTimesLonger = 3;
constexpr Duration kMuchLonger = std::chrono::milliseconds(50);

// Data that no SYN, FIN or RST parts, and of which no side has seen the other's.
struct Turn {
  struct Part {
    bool is_there = false;
    std::uint64_t end = 0;
  };
  Part client;
  Part server;

  Part& of(Side side) { return side == Side::client ? client : server; }
  // Whether data belongs to it that acknowledges so much of the other side's.
  bool takes(Side from, std::uint64_t ack) {
    const Part& other = of(other_side(from));
    return !other.is_there || ack < other.end;
  }
  std::string letters() const {
    return std::string(client.is_there ? "D" : "") + (server.is_there ? "d" : "");
  }
};

char letter_of(const Event& event) {
  const bool is_client = event.from == Side::client;
  switch (event.kind) {
    case EventKind::open:
      return is_client ? 'S' : 's';
    case EventKind::bytes:
      return is_client ? 'D' : 'd';
    case EventKind::fin:
      return is_client ? 'F' : 'f';
    case EventKind::rst:
      return is_client ? 'R' : 'r';
  }
  return '?';
}

bool lacks_parts(const TcpConnection& connection) {
  return connection.truncated || !connection.holes.empty() ||
         !has_event(connection, EventKind::open);
}

bool lacks_parts(const UdpExchange& exchange) {
  return std::ranges::any_of(exchange.datagrams, &Datagram::truncated);
}

// Nothing where they are equal.
std::optional<MessageDifference> compare_bytes(Side from, ByteView first, ByteView second) {
  const std::size_t at = common_size(first, second);
  if (at == first.size() && at == second.size()) return std::nullopt;
  MessageDifference difference;
  difference.from = from;
  difference.sizes = {first.size(), second.size()};
  difference.at = at;
  const std::size_t shown = at - at % kShownBytes;
  difference.shown = shown;
  const auto cut = [shown](ByteView bytes) {
    const ByteView rest = bytes.subspan(std::min(shown, bytes.size()));
    const ByteView part = rest.first(std::min(rest.size(), kShownBytes));
    return Bytes(part.begin(), part.end());
  };
  difference.bytes = {cut(first), cut(second)};
  return difference;
}

std::vector<const Datagram*> datagrams_of(const UdpExchange& exchange, Side from) {
  std::vector<const Datagram*> own;
  for (const Datagram& datagram : exchange.datagrams) {
    if (datagram.from == from && !datagram.port_unreachable) own.push_back(&datagram);
  }
  return own;
}

void compare_messages(const TcpConnection& first, const TcpConnection& second,
                      ConversationDifference& found) {
  for (const Side side : {Side::client, Side::server}) {
    auto difference = compare_bytes(side, first.stream(side), second.stream(side));
    if (difference) found.messages.push_back(*std::move(difference));
  }
}

// Of each side the first datagram that differs.
void compare_messages(const UdpExchange& first, const UdpExchange& second,
                      ConversationDifference& found) {
  for (const Side side : {Side::client, Side::server}) {
    const auto here = datagrams_of(first, side);
    const auto there = datagrams_of(second, side);
    for (std::size_t i = 0; i < std::max(here.size(), there.size()); ++i) {
      const std::pair is_there{i < here.size(), i < there.size()};
      auto difference = compare_bytes(side, is_there.first ? here[i]->payload : ByteView{},
                                      is_there.second ? there[i]->payload : ByteView{});
      if (!difference && is_there.first == is_there.second) continue;
      if (!difference) difference.emplace();  // an empty one that the other lacks
      difference->from = side;
      difference->datagram = i;
      difference->is_there = is_there;
      found.messages.push_back(*std::move(difference));
      break;
    }
  }
}

std::string without_ends(std::string order) {
  std::erase_if(order, [](char letter) { return letter == 'F' || letter == 'f'; });
  return order;
}

// That the ends closed otherwise is said once.
void compare_ends(const TcpConnection& first, const TcpConnection& second,
                  ConversationDifference& found) {
  const std::pair closes{find_first_close(first), find_first_close(second)};
  if (closes.first == closes.second) return;
  found.closes = closes;
  if (found.orders && without_ends(found.orders->first) == without_ends(found.orders->second)) {
    found.orders.reset();
  }
}

void compare_ends(const UdpExchange& /*first*/, const UdpExchange& /*second*/,
                  ConversationDifference& /*found*/) {}

// What a conversation has of the times that are compared.
struct Times {
  Duration whole{};
  std::optional<Duration> until_answer;
};

template <class Part, class IsMessage>
Times times_of(const std::vector<Part>& parts, const IsMessage& is_message) {
  Times times;
  std::optional<Timestamp> asked;
  for (const Part& part : parts) {
    times.whole = time_between(parts.front().time, part.time);
    if (!is_message(part) || times.until_answer) continue;
    if (part.from == Side::client && !asked) asked = part.time;
    if (part.from == Side::server && asked) times.until_answer = time_between(*asked, part.time);
  }
  return times;
}

Times times_of(const TcpConnection& connection) {
  return times_of(connection.segments,
                  [](const Segment& segment) { return segment.payload_size > 0; });
}

Times times_of(const UdpExchange& exchange) {
  return times_of(exchange.datagrams,
                  [](const Datagram& datagram) { return !datagram.port_unreachable; });
}

void compare_times(const Times& first, const Times& second, ConversationDifference& found) {
  const auto compare = [&](TimedSpan span, Duration here, Duration there) {
    const auto [shorter, longer] = std::minmax(here, there);
    const Duration more = time_between(Timestamp(shorter), Timestamp(longer));
    if (more <= kMuchLonger || longer / kTimesLonger <= shorter) return;
    found.times.push_back({span, {here, there}});
  };
  if (first.until_answer && second.until_answer) {
    compare(TimedSpan::until_answer, *first.until_answer, *second.until_answer);
  }
  compare(TimedSpan::whole, first.whole, second.whole);
}

template <class Conversation>
void compare(const Conversation& first, const Conversation& second, ConversationDifference& found) {
  found.unseen = {lacks_parts(first), lacks_parts(second)};
  if (found.is_unseen()) return;
  compare_messages(first, second, found);
  std::pair orders{render_order(first), render_order(second)};
  if (orders.first != orders.second) found.orders = std::move(orders);
  compare_ends(first, second, found);
  compare_times(times_of(first), times_of(second), found);
}

// Of which the capture has the begin: one more or one less in the middle would part all pairs.
bool has_begin(const TcpConnection& connection) {
  return has_event(connection, EventKind::open);
}

bool has_begin(const UdpExchange& /*exchange*/) {
  return true;
}

// The indexes of those to each server's port; of which there is no begin come last.
template <class Conversation>
std::map<std::uint16_t, std::vector<std::size_t>> by_port(const std::vector<Conversation>& all) {
  std::map<std::uint16_t, std::vector<std::size_t>> ports;
  for (std::size_t i = 0; i < all.size(); ++i) ports[all[i].server.port].push_back(i);
  for (auto& [port, indexes] : ports) {
    std::stable_partition(indexes.begin(), indexes.end(),
                          [&all](std::size_t index) { return has_begin(all[index]); });
  }
  return ports;
}

template <class Conversation>
void compare_all(const std::vector<Conversation>& first, const std::vector<Conversation>& second,
                 CaptureDifference& result) {
  auto here = by_port(first);
  auto there = by_port(second);
  for (const auto& [port, indexes] : there) here[port];  // so that each port is there
  for (const auto& [port, indexes] : here) {
    const std::vector<std::size_t>& others = there[port];
    const std::size_t count = std::max(indexes.size(), others.size());
    result.conversations += count;
    for (std::size_t i = 0; i < count; ++i) {
      ConversationDifference found;
      found.tcp = std::is_same_v<Conversation, TcpConnection>;
      found.port = port;
      found.number = i + 1;
      if (i < indexes.size()) {
        found.streams.first = indexes[i];
        found.clients.first = first[indexes[i]].client;
      }
      if (i < others.size()) {
        found.streams.second = others[i];
        found.clients.second = second[others[i]].client;
      }
      if (!found.is_missing()) compare(first[indexes[i]], second[others[i]], found);
      const bool is_told = found.differs() || found.is_unseen() || !found.times.empty();
      if (is_told) result.told.push_back(std::move(found));
    }
  }
}

}  // namespace

FirstClose find_first_close(const TcpConnection& connection) {
  const Event* first = nullptr;
  for (const Event& event : connection.events) {
    if (event.kind != EventKind::fin) continue;
    if (first == nullptr) {
      first = &event;
    } else if (event.ack <= first->begin) {
      return FirstClose::both;
    } else {
      return first->from == Side::client ? FirstClose::client : FirstClose::server;
    }
  }
  if (first == nullptr) return FirstClose::nobody;
  return first->from == Side::client ? FirstClose::client_alone : FirstClose::server_alone;
}

std::string render_order(const TcpConnection& connection) {
  std::string order;
  Turn turn;
  for (const Event& event : connection.events) {
    const bool is_data = event.kind == EventKind::bytes;
    if (!is_data || !turn.takes(event.from, event.ack)) {
      order += turn.letters();
      turn = {};
    }
    if (is_data) {
      turn.of(event.from) = {true, event.end};
    } else {
      order += letter_of(event);
    }
  }
  order += turn.letters();
  if (find_first_close(connection) == FirstClose::both) {
    std::ranges::replace(order, 'f', 'F');
    order[order.rfind('F')] = 'f';
  }
  return order;
}

std::string render_order(const UdpExchange& exchange) {
  std::string order;
  for (const Datagram& datagram : exchange.datagrams) {
    const bool is_client = datagram.from == Side::client;
    const char letter =
        datagram.port_unreachable ? (is_client ? 'R' : 'r') : (is_client ? 'D' : 'd');
    if (!order.ends_with(letter)) order += letter;
  }
  return order;
}

std::size_t CaptureDifference::count_differing() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(told, [](const auto& one) { return one.differs(); }));
}

std::size_t CaptureDifference::count_unseen() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(told, [](const auto& one) { return one.is_unseen(); }));
}

CaptureDifference compare_captures(const Conversations& first, const Conversations& second) {
  CaptureDifference result;
  compare_all(first.tcp, second.tcp, result);
  compare_all(first.udp, second.udp, result);
  return result;
}

}  // namespace wireproof
