#pragma once

#include <pugixml.hpp>
#include <set>
#include <string>
#include <vector>

#include "report/report.h"
#include "result/run_result.h"

namespace wireproof {

// Packets and the calls behind them, as parts of a page. The parts link to one another: a packet to
// its bytes and its calls, a call to its packets.
struct ExchangeView {
  std::string id;  // before the names of its parts, one of its own on the page: "s1"
  const std::vector<PacketLine>& packets;
  const std::vector<SocketCall>& calls;
  const std::vector<CallPackets>& call_packets;  // of each call
  std::vector<std::string> columns = {};         // as of render_packet_table()
  Language language = Language::english;
  std::set<std::size_t> wrong = {};  // indexes of packets, from 0, that are not as they should be

  std::string packet_id(std::size_t index) const { return id + "-p" + number_of(index); }
  std::string bytes_id(std::size_t index) const { return id + "-b" + number_of(index); }
  std::string call_id(std::size_t index) const { return id + "-k" + std::to_string(index); }
  std::string number_of(std::size_t index) const { return std::to_string(packets[index].number); }
};

// So many packets are drawn, and stand in a table that is not folded: a browser stays fluid.
constexpr std::size_t kMostShownPackets = 1000;

// A lifeline for each actor; the packets are arrows in the order of capture with the time between
// them, the calls bars whose waiting part is hatched. As inline SVG.
void add_ladder(pugi::xml_node parent, const ExchangeView& view);
// The annotated table; what is beyond kMostShownPackets is folded.
void add_packets(pugi::xml_node parent, const ExchangeView& view);
// What the shown packets carry, in hex and as text.
void add_bytes(pugi::xml_node parent, const ExchangeView& view);
void add_calls(pugi::xml_node parent, const ExchangeView& view);

// Whether the call failed; one that would have had to wait, and was not to, has not.
bool has_failed(const SocketCall& call);

// Marks a part as being about a packet and calls, or about a call and packets: the script shows
// together what belongs together.
void mark_packet(pugi::xml_node node, const ExchangeView& view, std::size_t index);
void mark_call(pugi::xml_node node, const ExchangeView& view, std::size_t index);

}  // namespace wireproof
