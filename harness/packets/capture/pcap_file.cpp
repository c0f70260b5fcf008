#include "packets/capture/pcap_file.h"

#include <pcap/pcap.h>
#include <stdio_ext.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "base/system/file.h"
#include "base/system/system_call.h"
#include "packets/capture/capture_stream.h"
#include "packets/capture/pcapng_file.h"

namespace wireproof {
namespace {

using Magic = std::array<std::uint8_t, 4>;
constexpr Magic kPcapngMagic = {0x0a, 0x0d, 0x0d, 0x0a};  // the type of a section header

// The first bytes, which stay in the stream: glibc takes back any number that it has just given.
Magic peek_magic(std::FILE* file) {
  Magic magic{};
  const std::size_t size = std::fread(magic.data(), 1, magic.size(), file);
  for (std::size_t i = size; i > 0; --i) std::ungetc(magic[i - 1], file);
  return magic;
}

// Of a record's fraction (draft-ietf-opsawg-pcap §4): 0xa1b23c4d says nanoseconds.
std::int64_t fraction_nanoseconds(const Magic& magic) {
  constexpr Magic kBig = {0xa1, 0xb2, 0x3c, 0x4d};
  constexpr Magic kLittle = {0x4d, 0x3c, 0xb2, 0xa1};
  return magic == kBig || magic == kLittle ? 1 : 1000;
}

struct PcapCloser {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};
using UniquePcap = std::unique_ptr<pcap_t, PcapCloser>;

class PcapFile : public PacketSource {
 public:
  // `unit` is that of the records' fractions, in nanoseconds.
  PcapFile(UniquePcap handle, std::shared_ptr<StreamState> state, std::int64_t unit)
      : state_(std::move(state)),
        handle_(std::move(handle)),
        unit_(unit),
        link_(link_type_of(static_cast<std::uint16_t>(pcap_datalink(handle_.get())))) {}

  std::optional<RawPacket> next() override;
  std::optional<CaptureDamage> damage() const override { return damage_; }

 private:
  Timestamp time_of(const timeval& stamp) const;
  void set_damage(std::string reason);

  std::shared_ptr<StreamState> state_;  // outlives the handle, which closes the stream
  UniquePcap handle_;
  std::int64_t unit_;
  LinkType link_;
  std::uint64_t count_ = 0;
  bool ended_ = false;
  std::optional<CaptureDamage> damage_;
};

// Both fields are unsigned (draft-ietf-opsawg-pcap §5); libpcap reads them as signed ones, and
// makes nanoseconds of the fraction. A fraction of more than a second is added as it is.
Timestamp PcapFile::time_of(const timeval& stamp) const {
  const auto seconds = static_cast<std::uint32_t>(stamp.tv_sec);
  constexpr std::int64_t kWrap = std::int64_t{1} << 32;
  const std::int64_t fraction = stamp.tv_usec < 0 ? stamp.tv_usec + kWrap * unit_ : stamp.tv_usec;
  return Timestamp(std::chrono::seconds(seconds) + std::chrono::nanoseconds(fraction));
}

std::optional<RawPacket> PcapFile::next() {
  std::optional<RawPacket> packet;  // filled in where it is returned, not copied
  if (ended_) return packet;
  pcap_pkthdr* header = nullptr;
  const u_char* bytes = nullptr;
  const int got = pcap_next_ex(handle_.get(), &header, &bytes);
  if (got != 1) {
    ended_ = true;
    if (!state_->failure.empty()) {
      set_damage(state_->failure);
    } else if (got == PCAP_ERROR) {
      set_damage(pcap_geterr(handle_.get()));
    }
    return packet;
  }
  ++count_;
  packet.emplace();
  packet->time = time_of(header->ts);
  packet->original_size = header->len;
  packet->link = link_;
  packet->bytes = ByteView(bytes, header->caplen);
  return packet;
}

// libpcap stopped in or just behind the damaged record.
void PcapFile::set_damage(std::string reason) {
  const off_t offset = ftello(pcap_file(handle_.get()));
  damage_ =
      CaptureDamage{offset < 0 ? 0 : static_cast<std::uint64_t>(offset), count_, std::move(reason)};
}

// The largest snaplen that readers accept (MAXIMUM_SNAPLEN of tcpdump and Wireshark).
constexpr int kSnaplen = 262144;

struct DumperCloser {
  void operator()(pcap_dumper_t* dumper) const { pcap_dump_close(dumper); }
};

// libpcap has a number of its own for what files call 101.
int dlt_of_link_type(LinkType link) {
  return link == LinkType::raw_ip ? DLT_RAW : static_cast<int>(link);
}

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

[[noreturn]] void refuse_capture(const std::string& name, const std::string& reason) {
  throw CaptureError(name + " is not a capture that can be read: " + reason);
}

// The bytes of the file.
std::string render_pcap(const PacketStore& packets) {
  const LinkType link = packets.size() == 0 ? LinkType::ethernet : packets.at(0).link;
  const UniquePcap handle(pcap_open_dead_with_tstamp_precision(dlt_of_link_type(link), kSnaplen,
                                                               PCAP_TSTAMP_PRECISION_NANO));
  if (!handle) throw SystemError("allocate a capture writer", ENOMEM);
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* const file = ::open_memstream(&text, &size);
  if (file == nullptr) throw SystemError("allocate a capture", errno);
  std::unique_ptr<pcap_dumper_t, DumperCloser> dumper(pcap_dump_fopen(handle.get(), file));
  for (std::size_t i = 0; dumper && i < packets.size(); ++i) {
    const RawPacket packet = packets.at(i);
    assert(packet.link == link);
    const pcap_pkthdr header = record_header(packet);
    pcap_dump(reinterpret_cast<u_char*>(dumper.get()), &header, packet.bytes.data());
  }
  const bool is_whole = dumper && pcap_dump_flush(dumper.get()) == 0 && std::ferror(file) == 0;
  dumper.reset();  // where there is none it has closed the file itself
  const std::unique_ptr<char, decltype(&std::free)> owner(text, &std::free);
  if (!is_whole) throw SystemError("allocate a capture", ENOMEM);
  return {text, size};
}

}  // namespace

std::unique_ptr<PacketSource> open_capture(const std::filesystem::path& path) {
  const std::string name = path == "-" ? "<stdin>" : path.string();
  CaptureStream stream = open_capture_stream(path);
  const Magic magic = peek_magic(stream.file.get());
  if (magic == kPcapngMagic) {
    auto source = std::make_unique<PcapngFile>(std::move(stream));
    if (const auto reason = source->begin()) refuse_capture(name, *reason);
    return source;
  }
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  UniquePcap handle(pcap_fopen_offline_with_tstamp_precision(
      stream.file.get(), PCAP_TSTAMP_PRECISION_NANO, error.data()));
  if (!handle) {
    refuse_capture(name, stream.state->failure.empty() ? error.data() : stream.state->failure);
  }
  __fsetlocking(stream.file.get(), FSETLOCKING_BYCALLER);  // one thread reads: no lock per packet
  static_cast<void>(stream.file.release());                // the handle closes it
  return std::make_unique<PcapFile>(std::move(handle), std::move(stream.state),
                                    fraction_nanoseconds(magic));
}

StoredPackets store_packets(PacketSource& source, const StoreLimits& limits) {
  StoredPackets stored;
  while (const std::optional<RawPacket> packet = source.next()) {
    const bool fits = stored.packets.size() < limits.packets &&
                      stored.packets.byte_count() + packet->bytes.size() <= limits.bytes;
    stored.left_out = !fits;
    if (!fits) break;
    stored.packets.append(*packet);
  }
  return stored;
}

// 12 and 14 are DLT_RAW of most systems and of OpenBSD, 228 and 229 say the version as well.
LinkType link_type_of(std::uint16_t number) {
  switch (number) {
    case 12:
    case 14:
    case 228:
    case 229:
      return LinkType::raw_ip;
    case 50:  // in HDLC-like framing (RFC 1662), which 9 may have too
      return LinkType::ppp;
    default:
      return static_cast<LinkType>(number);
  }
}

void write_pcap(const std::filesystem::path& path, const PacketStore& packets) {
  write_file(path, render_pcap(packets));
}

}  // namespace wireproof
