#include "report/html/exchange.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/text/bytes.h"
#include "base/text/words.h"
#include "report/html/page.h"
#include "report/safe_text.h"
#include "result/capture/capture_notes.h"

namespace wireproof {
namespace {

std::string list_numbers(const std::vector<std::size_t>& indexes) {
  return fmt::format("{}", fmt::join(indexes, " "));
}

std::vector<std::size_t> calls_of(const PacketLine& packet) {
  std::vector<std::size_t> calls = packet.causing_calls;
  calls.insert(calls.end(), packet.taking_calls.begin(), packet.taking_calls.end());
  return calls;
}

std::vector<std::size_t> packets_of(const ExchangeView& view, std::size_t call) {
  if (call >= view.call_packets.size()) return {};
  std::vector<std::size_t> packets = view.call_packets[call].caused;
  const std::vector<std::size_t>& taken = view.call_packets[call].taken;
  packets.insert(packets.end(), taken.begin(), taken.end());
  std::erase_if(packets, [&](std::size_t packet) { return packet >= view.packets.size(); });
  return packets;
}

// As `hexdump -C` writes them.
std::string dump_bytes(const Bytes& bytes) {
  constexpr std::size_t kLine = 16;
  std::string text;
  for (std::size_t begin = 0; begin < bytes.size(); begin += kLine) {
    const std::size_t end = std::min(bytes.size(), begin + kLine);
    std::string hex;
    std::string shown;
    for (std::size_t i = begin; i < end; ++i) {
      hex += fmt::format("{:02x} ", bytes[i]);
      constexpr std::uint8_t kFirstVisible = 0x20;
      constexpr std::uint8_t kLastVisible = 0x7e;
      const bool is_visible = kFirstVisible <= bytes[i] && bytes[i] <= kLastVisible;
      shown += is_visible ? static_cast<char>(bytes[i]) : '.';
    }
    text += fmt::format("{:04x}  {:<{}} {}\n", begin, hex, 3 * kLine, shown);
  }
  return text;
}

void add_packet_rows(pugi::xml_node body, const ExchangeView& view, const TextTable& table,
                     std::size_t begin, std::size_t end) {
  for (std::size_t index = begin; index < end; ++index) {
    pugi::xml_node row = add_node(body, "tr", view.wrong.contains(index) ? "wrong" : "");
    set(row, "id", view.packet_id(index));
    mark_packet(row, view, index);
    for (std::size_t i = 0; i < table.rows[index].size(); ++i) {
      const bool is_number = i < table.aligns.size() && table.aligns[i] == Align::right;
      const std::string& text = table.rows[index][i];
      const bool has_bytes = index < kMostShownPackets && !view.packets[index].payload.empty();
      if (i == 0 && has_bytes) {
        add_link(add_node(row, "td", "number"), view.bytes_id(index), text);
      } else {
        add(row, "td", text, is_number ? "number" : "");
      }
    }
  }
}

std::string render_result(const SocketCall& call) {
  if (!call.returned) return "did not return";
  if (call.result >= 0) return std::to_string(call.result);
  const char* const name = ::strerrorname_np(call.error_number);
  return name == nullptr ? fmt::format("-1, errno {}", call.error_number)
                         : fmt::format("-1 {}", name);
}

std::string render_ends(const SocketCall& call) {
  const std::string local = call.local ? render_endpoint(*call.local) : "";
  const std::string remote = call.remote ? render_endpoint(*call.remote) : "";
  return remote.empty() ? local : fmt::format("{} > {}", local, remote);
}

void add_packet_links(pugi::xml_node row, const ExchangeView& view,
                      const std::vector<std::size_t>& packets) {
  pugi::xml_node cell = add_node(row, "td");
  for (const std::size_t packet : packets) {
    if (packet >= view.packets.size()) continue;
    add_link(cell, view.packet_id(packet), view.number_of(packet));
    cell.append_child(pugi::node_pcdata).set_value(" ");
  }
}

}  // namespace

bool has_failed(const SocketCall& call) {
  const bool would_wait = call.error_number == EAGAIN || call.error_number == EINPROGRESS;
  return call.returned && call.result < 0 && !would_wait;
}

void mark_packet(pugi::xml_node node, const ExchangeView& view, std::size_t index) {
  set(node, "data-packet", std::to_string(index));
  set(node, "data-calls", list_numbers(calls_of(view.packets[index])));
}

void mark_call(pugi::xml_node node, const ExchangeView& view, std::size_t index) {
  set(node, "data-call", std::to_string(index));
  set(node, "data-packets", list_numbers(packets_of(view, index)));
}

void add_packets(pugi::xml_node parent, const ExchangeView& view) {
  const TextTable table = make_packet_table(view.packets, view.columns, view.language);
  const std::size_t count = table.rows.size();
  for (std::size_t begin = 0; begin < std::max<std::size_t>(count, 1); begin += kMostShownPackets) {
    const std::size_t end = std::min(count, begin + kMostShownPackets);
    pugi::xml_node place = parent;
    if (begin > 0) {
      place = add_node(parent, "details");
      add(place, "summary", fmt::format("Packets {} to {}", begin + 1, end));
    }
    pugi::xml_node body = add_table(place, "Packets", table.heading);
    set(body, "data-roving", "");
    add_packet_rows(body, view, table, begin, end);
  }
}

void add_bytes(pugi::xml_node parent, const ExchangeView& view) {
  constexpr std::size_t kMostOpen = 40;
  const std::size_t count = std::min(view.packets.size(), kMostShownPackets);
  pugi::xml_node details = add_node(parent, "details", "bytes");
  if (count <= kMostOpen) set(details, "open", "");
  add(details, "summary", "Bytes");
  for (std::size_t index = 0; index < count; ++index) {
    const PacketLine& packet = view.packets[index];
    if (packet.payload.empty()) continue;
    pugi::xml_node part = add_node(details, "div", view.wrong.contains(index) ? "wrong" : "");
    set(part, "id", view.bytes_id(index));
    mark_packet(part, view, index);
    const std::string all = packet.payload.size() < packet.length
                                ? fmt::format("the first {} of ", packet.payload.size())
                                : "";
    pugi::xml_node heading = add_node(part, "p", "head");
    add_link(heading, view.packet_id(index), "packet " + view.number_of(index));
    heading.append_child(pugi::node_pcdata)
        .set_value(xml_text(one_line(fmt::format(", {} to {}: {}{}", packet.from, packet.to, all,
                                                 counted(packet.length, "byte"))))
                       .c_str());
    add(part, "pre", dump_bytes(packet.payload));
  }
  if (!details.child("div")) parent.remove_child(details);
}

void add_calls(pugi::xml_node parent, const ExchangeView& view) {
  if (view.calls.empty()) return;
  pugi::xml_node details = add_node(parent, "details");
  add(details, "summary", counted(view.calls.size(), "call"));
  const Timestamp start =
      view.packets.empty() ? view.calls.front().entered : view.packets.front().time;
  pugi::xml_node body = add_table(details, "Calls",
                                  {"No.", "Time", "Took", "Who", "Call", "Result", "Waited",
                                   "Socket", "Sent packets", "Took packets"});
  set(body, "data-roving", "");
  for (std::size_t index = 0; index < view.calls.size(); ++index) {
    const SocketCall& call = view.calls[index];
    pugi::xml_node row = add_node(body, "tr", has_failed(call) ? "refused" : "");
    set(row, "id", view.call_id(index));
    mark_call(row, view, index);
    add_number(row, std::to_string(index + 1));
    add_number(row, render_milliseconds(call.entered - start));
    add_number(row, call.returned ? render_milliseconds(*call.returned - call.entered) : "");
    add(row, "td", one_line(call.actor));
    add(row, "td", one_line(call.name));
    add(row, "td", render_result(call));
    add(row, "td", has_waited(view.calls, index, view.call_packets, view.packets) ? "yes" : "");
    add(row, "td", render_ends(call));
    static const CallPackets kNone;
    const CallPackets& packets =
        index < view.call_packets.size() ? view.call_packets[index] : kNone;
    add_packet_links(row, view, packets.caused);
    add_packet_links(row, view, packets.taken);
  }
}

}  // namespace wireproof
