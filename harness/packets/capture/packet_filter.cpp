#include "packets/capture/packet_filter.h"

#include <fmt/format.h>
#include <pcap/pcap.h>

#include <array>
#include <cstdint>
#include <cstdio>

namespace wireproof {
namespace {

struct Close {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};
using Handle = std::unique_ptr<pcap_t, Close>;

// Of an empty file: only what reads one knows that nothing but the packets' bytes can be asked
// (`inbound` is known where packets are captured alone).
struct FileHeader {
  std::uint32_t magic = 0xA1B2C3D4;
  std::uint16_t major = 2;
  std::uint16_t minor = 4;
  std::int32_t zone = 0;
  std::uint32_t accuracy = 0;
  std::uint32_t snap_length = 262144;  // tcpdump's
  std::uint32_t link = 0;
};

Handle open_empty_file(LinkType link, std::string& problem) {
  FileHeader header;
  header.link = static_cast<std::uint32_t>(link);
  std::FILE* const file = ::fmemopen(&header, sizeof header, "rb");
  if (file == nullptr) return nullptr;
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  Handle handle(pcap_fopen_offline(file, error.data()));  // reads the header, and owns the file
  if (!handle) {
    problem = error.data();
    std::fclose(file);
  }
  return handle;
}

}  // namespace

void PacketFilter::Free::operator()(bpf_program* program) const {
  pcap_freecode(program);
  delete program;
}

Expected<PacketFilter, std::string> PacketFilter::parse(const std::string& expression) {
  PacketFilter filter(expression);
  auto program = filter.compile(LinkType::ethernet);
  if (!program) return Unexpected<std::string>(program.error());
  filter.programs_.emplace(LinkType::ethernet, *std::move(program));
  return filter;
}

Expected<PacketFilter::Program, std::string> PacketFilter::compile(LinkType link) const {
  std::string problem;
  const Handle handle = open_empty_file(link, problem);
  if (!handle) return Unexpected<std::string>(problem);
  Program program(new bpf_program{});
  constexpr int kOptimize = 1;
  if (pcap_compile(handle.get(), program.get(), expression_.c_str(), kOptimize,
                   PCAP_NETMASK_UNKNOWN) != 0) {
    return Unexpected<std::string>(pcap_geterr(handle.get()));
  }
  return program;
}

bool PacketFilter::takes(const RawPacket& packet) {
  auto found = programs_.find(packet.link);
  if (found == programs_.end()) {
    auto program = compile(packet.link);
    if (!program && !unasked_) {
      unasked_ =
          fmt::format("link type {}: {}", static_cast<unsigned>(packet.link), program.error());
    }
    found = programs_.emplace(packet.link, program ? *std::move(program) : nullptr).first;
  }
  if (found->second == nullptr) return false;
  pcap_pkthdr header{};
  header.caplen = static_cast<bpf_u_int32>(packet.bytes.size());
  header.len = packet.original_size;
  return pcap_offline_filter(found->second.get(), &header, packet.bytes.data()) != 0;
}

}  // namespace wireproof
