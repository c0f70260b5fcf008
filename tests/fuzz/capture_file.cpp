#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/system/system_call.h"
#include "fuzz/targets.h"
#include "packets/capture/pcap_file.h"
#include "packets/flow/tcp_connection.h"
#include "packets/wire/summary.h"

// A capture file: pcap, pcapng, either gzip'd.
namespace wireproof {
namespace {

// A file without a name, with a path by which it can be opened.
class MemoryFile {
 public:
  MemoryFile() : fd_(check_descriptor(::memfd_create("capture", MFD_CLOEXEC), "memfd_create")) {}
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_.get()); }
  void write(ByteView bytes) const { write_all(fd_.get(), as_text(bytes), "write a capture"); }

 private:
  UniqueFd fd_;
};

// Whether write_pcap() may be called, and its format holds all that is said of the packets.
bool fits_pcap(const PacketStore& packets) {
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const RawPacket packet = packets.at(i);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(packet.time.time_since_epoch());
    if (packet.link != packets.at(0).link || !packet.has_time) return false;
    if (seconds.count() < 0 || seconds.count() > INT32_MAX) return false;
    if (packet.bytes.size() > packet.original_size) return false;
  }
  // libpcap knows no more of those that are not read, and writes another one for bsd_loop.
  constexpr std::array kLinks{LinkType::ethernet, LinkType::bsd_null, LinkType::ppp,
                              LinkType::raw_ip, LinkType::linux_cooked_v1};
  return packets.size() != 0 && std::ranges::find(kLinks, packets.at(0).link) != kLinks.end();
}

void check_round_trip(const PacketStore& packets) {
  const MemoryFile file;
  write_pcap(file.path(), packets);
  const auto source = open_capture(file.path());
  const PacketStore again = store_packets(*source).packets;
  promise(again.size() == packets.size(), "as many packets are read as were written");
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const RawPacket before = packets.at(i);
    const RawPacket after = again.at(i);
    promise(before.time == after.time && before.original_size == after.original_size &&
                before.link == after.link && std::ranges::equal(before.bytes, after.bytes),
            "a packet is read as it was written");
  }
}

}  // namespace

void fuzz_capture_file(ByteView input) {
  const MemoryFile file;
  file.write(input);
  PacketStore packets;
  try {
    const auto source = open_capture(file.path());
    constexpr StoreLimits kLimits{10'000, std::size_t{4} << 20};
    auto stored = store_packets(*source, kLimits);
    packets = std::move(stored.packets);
    const auto damage = source->damage();
    if (damage && !stored.left_out) {
      promise(damage->packets_before == packets.size(), "damage tells what came before it");
      promise(!damage->reason.empty(), "damage has a reason");
    }
  } catch (const CaptureError&) {
    return;
  } catch (const SystemError&) {
    return;
  }
  const auto decoded = packets.decode_all();
  for (const Packet& packet : decoded) render_summary(packet, {});
  build_conversations(decoded, 0, 0);
  if (fits_pcap(packets)) check_round_trip(packets);
}

}  // namespace wireproof
