#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "packets/capture/capture_stream.h"
#include "packets/capture/pcap_file.h"

namespace wireproof {

// Reads pcapng (draft-ietf-opsawg-pcapng) block by block: every section in its byte order, and each
// packet with the link type and the clock of its own interface. Blocks that hold neither are passed
// over without being kept. Of comments those of packets that a path of wireproof's own carried are
// read. libpcap, which reads pcap files, refuses an interface whose link type or snap length is not
// that of the first one.
class PcapngFile : public PacketSource {
 public:
  explicit PcapngFile(CaptureStream stream) : stream_(std::move(stream)) {}

  // Reads the header of the first section; says why it cannot.
  std::optional<std::string> begin();
  std::optional<RawPacket> next() override;
  std::optional<CaptureDamage> damage() const override { return damage_; }

 private:
  struct Interface {
    LinkType link = LinkType::ethernet;
    std::uint32_t snap_length = 0;  // 0: none
    std::uint8_t resolution = 6;    // if_tsresol
    std::int64_t offset_seconds = 0;
    bool is_path = false;  // it says what became of its packets (fate_comment.h)
  };

  std::size_t read(std::uint8_t* bytes, std::size_t size);
  bool read_block();
  bool read_section(std::uint32_t stored_length);
  bool read_body(std::uint32_t size);
  bool skip(std::uint32_t size);
  bool read_end(std::uint32_t length);
  bool add_interface();
  bool take_option(std::uint16_t code, ByteView value, Interface& interface) const;
  std::optional<RawPacket> take_packet();
  static Timestamp time_of(const Interface& interface, std::uint64_t stamp);
  // All of them end the reading, and give false.
  bool fail(std::string reason, CaptureDamage::Kind kind = CaptureDamage::Kind::damaged);
  bool fail_short();

  CaptureStream stream_;
  bool is_little_ = false;  // the present section
  std::vector<Interface> interfaces_;
  std::uint32_t type_ = 0;  // of the present block
  Bytes body_;              // the same, where it is one that counts
  Timestamp last_time_{};
  std::uint64_t position_ = 0;
  std::uint64_t block_begin_ = 0;
  std::uint64_t count_ = 0;
  bool ended_ = false;
  std::optional<CaptureDamage> damage_;
};

}  // namespace wireproof
