#include "packets/capture/pcap_file.h"

#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdio_ext.h>

#include <array>
#include <chrono>
#include <limits>

#include "base/system/system_call.h"
#include "base/system/unique_fd.h"
#include "packets/capture/gzip_stream.h"
#include "packets/capture/link_types.h"

namespace wireproof {
namespace {

struct PcapCloser {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};
using UniquePcap = std::unique_ptr<pcap_t, PcapCloser>;

// A damaged stamp may be beyond what nanoseconds in 64 bits can say; it becomes the nearest.
Timestamp clamped_time(std::int64_t seconds, std::int64_t nanoseconds) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 1'000'000'000 - 5;
  if (seconds > kMost) return Timestamp::max();
  if (seconds < -kMost) return Timestamp::min();
  return Timestamp(std::chrono::seconds(seconds) + std::chrono::nanoseconds(nanoseconds));
}

class PcapFile : public PacketSource {
 public:
  PcapFile(UniquePcap handle, std::shared_ptr<GzipState> state)
      : handle_(std::move(handle)),
        state_(std::move(state)),
        link_(link_type_of_dlt(pcap_datalink(handle_.get()))) {}

  std::optional<RawPacket> next() override;
  std::optional<CaptureDamage> damage() const override { return damage_; }

 private:
  void set_damage(std::string reason);

  UniquePcap handle_;
  std::shared_ptr<GzipState> state_;
  LinkType link_;
  std::uint64_t count_ = 0;
  bool ended_ = false;
  std::optional<CaptureDamage> damage_;
};

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
  // The handle was opened for nanoseconds, so tv_usec holds those.
  packet->time = clamped_time(header->ts.tv_sec, header->ts.tv_usec);
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
  if (path == "-") return UniqueFd(static_cast<int>(check_call(::dup(0), "read standard input")));
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  return UniqueFd(static_cast<int>(check_call(fd, "open " + path.string())));
}

}  // namespace

std::unique_ptr<PacketSource> open_capture(const std::filesystem::path& path) {
  const std::string name = path == "-" ? "<stdin>" : path.string();
  auto state = std::make_shared<GzipState>();
  UniqueFile file = open_gzip_stream(open_file(path), state);
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  UniquePcap handle(pcap_fopen_offline_with_tstamp_precision(file.get(), PCAP_TSTAMP_PRECISION_NANO,
                                                             error.data()));
  if (!handle) {
    const std::string reason = state->failure.empty() ? error.data() : state->failure;
    throw CaptureError(name + " is not a capture that can be read: " + reason);
  }
  __fsetlocking(file.get(), FSETLOCKING_BYCALLER);  // one thread reads: no lock for each packet
  static_cast<void>(file.release());                // the handle closes it
  return std::make_unique<PcapFile>(std::move(handle), std::move(state));
}

}  // namespace wireproof
