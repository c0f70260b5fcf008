#include <pcap/pcap.h>

#include <cassert>
#include <cerrno>

#include "base/system/system_call.h"
#include "packets/capture/link_types.h"
#include "packets/capture/pcap_file.h"

namespace wireproof {
namespace {

// The largest snaplen that readers accept (MAXIMUM_SNAPLEN of tcpdump and Wireshark).
constexpr int kSnaplen = 262144;

struct DumperCloser {
  void operator()(pcap_dumper_t* dumper) const { pcap_dump_close(dumper); }
};
struct HandleCloser {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};

pcap_pkthdr record_header(const RawPacket& packet) {
  const auto since_epoch = packet.time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
  pcap_pkthdr header{};
  header.ts.tv_sec = static_cast<time_t>(seconds.count());
  header.ts.tv_usec = static_cast<suseconds_t>((since_epoch - seconds).count());  // nanoseconds
  header.caplen = static_cast<bpf_u_int32>(packet.bytes.size());
  header.len = packet.original_size;
  return header;
}

}  // namespace

void write_pcap(const std::filesystem::path& path, const PacketStore& packets) {
  const LinkType link = packets.size() == 0 ? LinkType::ethernet : packets.at(0).link;
  const std::unique_ptr<pcap_t, HandleCloser> handle(pcap_open_dead_with_tstamp_precision(
      dlt_of_link_type(link), kSnaplen, PCAP_TSTAMP_PRECISION_NANO));
  if (!handle) throw SystemError("allocate a capture writer", ENOMEM);

  const std::string attempt = "write " + path.string();
  std::FILE* const file = std::fopen(path.c_str(), "wbe");
  if (file == nullptr) throw SystemError(attempt, errno);
  const std::unique_ptr<pcap_dumper_t, DumperCloser> dumper(pcap_dump_fopen(handle.get(), file));
  if (!dumper) throw SystemError(attempt, errno != 0 ? errno : EIO);  // it closed the file
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const RawPacket packet = packets.at(i);
    assert(packet.link == link);
    const pcap_pkthdr header = record_header(packet);
    pcap_dump(reinterpret_cast<u_char*>(dumper.get()), &header, packet.bytes.data());
  }
  if (pcap_dump_flush(dumper.get()) != 0 || std::ferror(file) != 0) {
    throw SystemError(attempt, errno != 0 ? errno : EIO);
  }
}

}  // namespace wireproof
