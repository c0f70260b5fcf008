#include "packets/capture/packet_filter.h"

#include <pcap/pcap.h>

#include <cstdint>

namespace wireproof {
namespace {

constexpr int kSnapLength = 262144;  // tcpdump's

// libpcap counts the link types of some systems in another way than files do (DLT_RAW of Linux).
int pcap_link(LinkType link) {
  return link == LinkType::raw_ip ? DLT_RAW : static_cast<int>(link);
}

struct Close {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};

}  // namespace

void PacketFilter::Free::operator()(bpf_program* program) const {
  pcap_freecode(program);
  delete program;
}

PacketFilter::PacketFilter(std::string expression) : expression_(std::move(expression)) {
  // What is wrong for Ethernet is wrong anywhere.
  programs_.emplace(LinkType::ethernet, compile(LinkType::ethernet));
}

PacketFilter::Program PacketFilter::compile(LinkType link) const {
  const std::unique_ptr<pcap_t, Close> handle(pcap_open_dead(pcap_link(link), kSnapLength));
  Program program(new bpf_program{});
  constexpr int kOptimize = 1;
  if (pcap_compile(handle.get(), program.get(), expression_.c_str(), kOptimize,
                   PCAP_NETMASK_UNKNOWN) != 0) {
    throw FilterError(pcap_geterr(handle.get()));
  }
  return program;
}

bool PacketFilter::takes(const RawPacket& packet) {
  auto found = programs_.find(packet.link);
  if (found == programs_.end()) {
    found = programs_.emplace(packet.link, compile(packet.link)).first;
  }
  pcap_pkthdr header{};
  header.caplen = static_cast<bpf_u_int32>(packet.bytes.size());
  header.len = packet.original_size;
  return pcap_offline_filter(found->second.get(), &header, packet.bytes.data()) != 0;
}

}  // namespace wireproof
