#include "packets/capture/pcapng_writer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/system/file.h"
#include "packets/capture/fate_comment.h"

namespace wireproof {
namespace {

// Block types of §11.1, and that of systemd's journal export.
constexpr std::uint32_t kSectionBlock = 0x0a0d0d0a;
constexpr std::uint32_t kInterfaceBlock = 1;
constexpr std::uint32_t kNameBlock = 4;
constexpr std::uint32_t kCounterBlock = 5;
constexpr std::uint32_t kPacketBlock = 6;
constexpr std::uint32_t kJournalBlock = 9;

constexpr std::uint16_t kComment = 1;           // opt_comment, of every block
constexpr std::uint16_t kApplication = 4;       // shb_userappl
constexpr std::uint16_t kInterfaceName = 2;     // if_name
constexpr std::uint16_t kResolution = 9;        // if_tsresol
constexpr std::uint16_t kPacketId = 5;          // epb_packetid
constexpr std::uint16_t kReceived = 4;          // isb_ifrecv
constexpr std::uint16_t kDropped = 5;           // isb_ifdrop
constexpr std::uint8_t kNanoseconds = 9;        // 10⁻⁹ s
constexpr std::size_t kMaxOption = 0xffff - 3;  // its length has 16 bits, and it is padded

// Blocks in network byte order, which the section's first number says.
class BlockWriter {
 public:
  void write_padded(ByteView bytes) {
    body_.write_bytes(bytes);
    constexpr std::size_t kAlignment = 4;
    while (body_.size() % kAlignment != 0) body_.write_u8(0);
  }
  void write_option(std::uint16_t code, ByteView value) {
    const ByteView kept = value.first(std::min(value.size(), kMaxOption));
    body_.write_u16(code);
    body_.write_u16(static_cast<std::uint16_t>(kept.size()));
    write_padded(kept);
  }
  void write_option(std::uint16_t code, std::uint64_t value) {
    ByteWriter number;
    number.write_u64(value);
    write_option(code, number.bytes());
  }
  void end_options() { body_.write_u32(0); }
  ByteWriter& body() { return body_; }

  void put(std::uint32_t type, ByteWriter& out) {
    constexpr std::size_t kFrame = 12;  // type, and the length before and behind the body
    write_padded({});
    const auto length = static_cast<std::uint32_t>(body_.size() + kFrame);
    out.write_u32(type);
    out.write_u32(length);
    out.write_bytes(body_.bytes());
    out.write_u32(length);
  }

 private:
  ByteWriter body_;
};

std::uint64_t nanoseconds(Timestamp time) {
  return static_cast<std::uint64_t>(Duration(time.time_since_epoch()).count());
}

void put_section(const std::string& application, ByteWriter& out) {
  constexpr std::uint32_t kByteOrder = 0x1a2b3c4d;
  BlockWriter block;
  block.body().write_u32(kByteOrder);
  block.body().write_u16(1);
  block.body().write_u16(0);
  block.body().write_u64(~std::uint64_t{0});  // as long as the file
  block.write_option(kApplication, as_bytes(application));
  block.end_options();
  block.put(kSectionBlock, out);
}

// Packets of one link type, of a path or not.
struct WrittenInterface {
  LinkType link = LinkType::ethernet;
  bool is_path = false;

  bool operator==(const WrittenInterface&) const = default;
};

WrittenInterface interface_of(const RawPacket& packet) {
  return {packet.link, packet.has_fate};
}

void put_interface(const WrittenInterface& interface, ByteWriter& out) {
  BlockWriter block;
  block.body().write_u16(static_cast<std::uint16_t>(interface.link));
  block.body().write_u16(0);
  block.body().write_u32(0);  // packets are not cut
  block.write_option(kInterfaceName, as_bytes(interface.is_path ? kPathInterface : "lo"));
  block.write_option(kResolution, ByteView(&kNanoseconds, 1));
  block.end_options();
  block.put(kInterfaceBlock, out);
}

void put_names(const std::vector<std::pair<IpAddress, std::string>>& names, ByteWriter& out) {
  if (names.empty()) return;
  constexpr std::size_t kSizeV4 = 4;
  BlockWriter block;
  for (const auto& [address, name] : names) {
    const bool is_v4 = address.version == IpVersion::v4;
    ByteWriter record;
    record.write_bytes(ByteView(address.bytes).first(is_v4 ? kSizeV4 : address.bytes.size()));
    record.write_bytes(as_bytes(name));
    record.write_u8(0);
    block.write_option(is_v4 ? 1 : 2, record.bytes());  // nrb_record_ipv4, nrb_record_ipv6
  }
  block.end_options();  // of the records
  block.put(kNameBlock, out);
}

void put_call(const CaptureNotes::CallRow& call, ByteWriter& out) {
  constexpr std::uint64_t kMicrosecond = 1000;
  std::string entry =
      fmt::format("__REALTIME_TIMESTAMP={}\nMESSAGE={}\n_COMM={}\n",
                  nanoseconds(call.time) / kMicrosecond, call.message, call.program);
  if (call.process != 0) entry += fmt::format("_PID={}\n", call.process);
  entry += fmt::format("SYSLOG_IDENTIFIER={}\nPRIORITY=6\n", call.program);
  BlockWriter block;
  block.write_padded(as_bytes(entry));
  block.put(kJournalBlock, out);
}

struct NumberedPacket {
  RawPacket raw;
  std::size_t index = 0;
  std::uint32_t interface = 0;
};

// All that is said of a packet.
std::string comment_of(const NumberedPacket& packet, const CaptureNotes& notes) {
  std::string comment = packet.raw.has_fate ? render_fate_line(packet.raw.fate) : "";
  const auto noted = notes.comments.find(packet.index);
  if (noted == notes.comments.end()) return comment;
  return comment.empty() ? noted->second : comment + "\n" + noted->second;
}

void put_packet(const NumberedPacket& packet, const CaptureNotes& notes, ByteWriter& out) {
  constexpr int kWord = 32;
  const std::uint64_t time = nanoseconds(packet.raw.time);
  BlockWriter block;
  block.body().write_u32(packet.interface);
  block.body().write_u32(static_cast<std::uint32_t>(time >> kWord));
  block.body().write_u32(static_cast<std::uint32_t>(time));
  block.body().write_u32(static_cast<std::uint32_t>(packet.raw.bytes.size()));
  block.body().write_u32(packet.raw.original_size);
  block.write_padded(packet.raw.bytes);
  const std::string comment = comment_of(packet, notes);
  if (!comment.empty()) block.write_option(kComment, as_bytes(comment));
  block.write_option(kPacketId, packet.index + 1);
  block.end_options();
  block.put(kPacketBlock, out);
}

void put_counters(std::uint32_t interface, Timestamp end, const CaptureNotes& notes,
                  ByteWriter& out) {
  constexpr int kWord = 32;
  BlockWriter block;
  block.body().write_u32(interface);
  block.body().write_u32(static_cast<std::uint32_t>(nanoseconds(end) >> kWord));
  block.body().write_u32(static_cast<std::uint32_t>(nanoseconds(end)));
  block.write_option(kReceived, notes.received);
  block.write_option(kDropped, notes.dropped);
  block.end_options();
  block.put(kCounterBlock, out);
}

}  // namespace

Bytes render_pcapng(const PacketStore& packets, const CaptureNotes& notes) {
  ByteWriter out;
  put_section(notes.application, out);
  std::vector<WrittenInterface> interfaces;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const WrittenInterface interface = interface_of(packets.at(i));
    if (std::ranges::find(interfaces, interface) == interfaces.end())
      interfaces.push_back(interface);
  }
  if (interfaces.empty()) interfaces.emplace_back();
  for (const WrittenInterface& interface : interfaces) put_interface(interface, out);
  put_names(notes.names, out);
  auto call = notes.calls.begin();
  Timestamp end{};
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const RawPacket packet = packets.at(i);
    for (; call != notes.calls.end() && call->time <= packet.time; ++call) put_call(*call, out);
    const auto place = std::ranges::find(interfaces, interface_of(packet)) - interfaces.begin();
    put_packet({packet, i, static_cast<std::uint32_t>(place)}, notes, out);
    end = std::max(end, packet.time);
  }
  for (; call != notes.calls.end(); ++call) put_call(*call, out);
  if (packets.size() > 0) put_counters(0, end, notes, out);
  return out.take();
}

void write_pcapng(const std::filesystem::path& path, const PacketStore& packets,
                  const CaptureNotes& notes) {
  write_file(path, as_text(render_pcapng(packets, notes)));
}

}  // namespace wireproof
