#include "packets/capture/pcap_file.h"

#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdio_ext.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#include "base/system/system_call.h"

namespace wireproof {
namespace {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using UniqueFile = std::unique_ptr<std::FILE, FileCloser>;

// What became of a stream's compression; readable after the stream's end.
struct GzipState {
  std::string failure;  // why the compressed data ended early, empty when it did not
};

constexpr unsigned kBufferSize = 256 * 1024;

// What a stream's callbacks work on.
struct Cookie {
  gzFile file = nullptr;
  std::uint64_t position = 0;  // bytes delivered, uncompressed
  std::shared_ptr<GzipState> state;
};

void note_failure(const Cookie& cookie) {
  int code = Z_OK;
  const char* const text = gzerror(cookie.file, &code);
  if (code == Z_OK || code == Z_STREAM_END || code == Z_ERRNO) return;
  cookie.state->failure =
      code == Z_BUF_ERROR ? "compressed data ends early" : std::string("compressed data: ") + text;
}

ssize_t read_cookie(void* opaque, char* buffer, std::size_t size) {
  auto* cookie = static_cast<Cookie*>(opaque);
  constexpr std::size_t kMost = std::numeric_limits<int>::max();
  const int got = gzread(cookie->file, buffer, static_cast<unsigned>(std::min(size, kMost)));
  if (got <= 0) note_failure(*cookie);
  // A failure of the data is told by `failure`; stdio would hide it behind an errno.
  if (got < 0) return cookie->state->failure.empty() ? -1 : 0;
  cookie->position += static_cast<std::uint64_t>(got);
  return got;
}

// Only "where am I", which ftello() asks; it takes off what stdio has buffered.
int seek_cookie(void* opaque, off64_t* offset, int whence) {
  if (whence != SEEK_CUR || *offset != 0) return -1;
  const auto* cookie = static_cast<const Cookie*>(opaque);
  *offset = static_cast<off64_t>(cookie->position);
  return 0;
}

int close_cookie(void* opaque) {
  const std::unique_ptr<Cookie> cookie(static_cast<Cookie*>(opaque));
  gzclose_r(cookie->file);
  return 0;
}

// RFC 1952 §2.3.1. Only of a file that stands at its start and can be read without moving on.
bool is_surely_plain(int fd) {
  constexpr std::array<std::uint8_t, 2> kGzipMagic = {0x1f, 0x8b};
  std::array<std::uint8_t, 2> start{};
  return ::lseek(fd, 0, SEEK_CUR) == 0 &&
         ::pread(fd, start.data(), start.size(), 0) == ssize_t{start.size()} && start != kGzipMagic;
}

UniqueFile open_plain_stream(UniqueFd fd) {
  UniqueFile file(::fdopen(fd.get(), "r"));
  if (file == nullptr) throw SystemError("allocate a stream", ENOMEM);
  fd.release();
  std::setvbuf(file.get(), nullptr, _IOFBF, kBufferSize);
  return file;
}

// The file's bytes, decompressed where they are gzip'd and as they are where not. A plain file
// that can be looked into beforehand comes without the detour through the decompressor. ftello()
// tells the offset in the uncompressed bytes; it is not seekable. Throws SystemError.
UniqueFile open_gzip_stream(UniqueFd fd, const std::shared_ptr<GzipState>& state) {
  if (is_surely_plain(fd.get())) return open_plain_stream(std::move(fd));
  auto cookie = std::make_unique<Cookie>();
  cookie->state = state;
  cookie->file = gzdopen(fd.get(), "rb");
  if (cookie->file == nullptr) throw SystemError("allocate a decompressor", ENOMEM);
  fd.release();
  gzbuffer(cookie->file, kBufferSize);

  cookie_io_functions_t functions{};
  functions.read = read_cookie;
  functions.seek = seek_cookie;
  functions.close = close_cookie;
  UniqueFile file(fopencookie(cookie.get(), "r", functions));
  if (file == nullptr) {
    gzclose_r(cookie->file);
    throw SystemError("allocate a stream", ENOMEM);
  }
  static_cast<void>(cookie.release());  // the stream closes it
  std::setvbuf(file.get(), nullptr, _IOFBF, kBufferSize);
  return file;
}

using Magic = std::array<std::uint8_t, 4>;

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
  PcapFile(UniquePcap handle, std::shared_ptr<GzipState> state, std::int64_t unit)
      : handle_(std::move(handle)),
        state_(std::move(state)),
        unit_(unit),
        link_(link_type_of_dlt(pcap_datalink(handle_.get()))) {}

  std::optional<RawPacket> next() override;
  std::optional<CaptureDamage> damage() const override { return damage_; }

 private:
  Timestamp time_of(const timeval& stamp) const;
  void set_damage(std::string reason);

  UniquePcap handle_;
  std::shared_ptr<GzipState> state_;
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
  const auto fraction = static_cast<std::uint32_t>(stamp.tv_usec / unit_);
  return Timestamp(std::chrono::seconds(seconds) + std::chrono::nanoseconds(fraction * unit_));
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

UniqueFd open_file(const std::filesystem::path& path) {
  if (path == "-") return check_descriptor(::dup(0), "read standard input");
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  return check_descriptor(fd, "open " + path.string());
}

// The largest snaplen that readers accept (MAXIMUM_SNAPLEN of tcpdump and Wireshark).
constexpr int kSnaplen = 262144;

struct DumperCloser {
  void operator()(pcap_dumper_t* dumper) const { pcap_dump_close(dumper); }
};

// Not for LinkType::unsupported.
int dlt_of_link_type(LinkType link) {
  switch (link) {
    case LinkType::ethernet:
      return DLT_EN10MB;
    case LinkType::linux_cooked_v1:
      return DLT_LINUX_SLL;
    case LinkType::linux_cooked_v2:
      return DLT_LINUX_SLL2;
    case LinkType::raw_ip:
      return DLT_RAW;
    case LinkType::bsd_null:
      return DLT_NULL;
    case LinkType::bsd_loop:
      return DLT_LOOP;
    case LinkType::unsupported:
      break;
  }
  assert(link != LinkType::unsupported);
  return DLT_EN10MB;
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

}  // namespace

std::unique_ptr<PacketSource> open_capture(const std::filesystem::path& path) {
  const std::string name = path == "-" ? "<stdin>" : path.string();
  auto state = std::make_shared<GzipState>();
  UniqueFile file = open_gzip_stream(open_file(path), state);
  const std::int64_t unit = fraction_nanoseconds(peek_magic(file.get()));
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  UniquePcap handle(pcap_fopen_offline_with_tstamp_precision(file.get(), PCAP_TSTAMP_PRECISION_NANO,
                                                             error.data()));
  if (!handle) {
    const std::string reason = state->failure.empty() ? error.data() : state->failure;
    throw CaptureError(name + " is not a capture that can be read: " + reason);
  }
  __fsetlocking(file.get(), FSETLOCKING_BYCALLER);  // one thread reads: no lock for each packet
  static_cast<void>(file.release());                // the handle closes it
  return std::make_unique<PcapFile>(std::move(handle), std::move(state), unit);
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

LinkType link_type_of_dlt(int dlt) {
  switch (dlt) {
    case DLT_EN10MB:
      return LinkType::ethernet;
    case DLT_LINUX_SLL:
      return LinkType::linux_cooked_v1;
    case DLT_LINUX_SLL2:
      return LinkType::linux_cooked_v2;
    case DLT_RAW:
    case DLT_IPV4:
    case DLT_IPV6:
      return LinkType::raw_ip;
    case DLT_NULL:
      return LinkType::bsd_null;
    case DLT_LOOP:
      return LinkType::bsd_loop;
    default:
      return LinkType::unsupported;
  }
}

void write_pcap(const std::filesystem::path& path, const PacketStore& packets) {
  const LinkType link = packets.size() == 0 ? LinkType::ethernet : packets.at(0).link;
  const UniquePcap handle(pcap_open_dead_with_tstamp_precision(dlt_of_link_type(link), kSnaplen,
                                                               PCAP_TSTAMP_PRECISION_NANO));
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
