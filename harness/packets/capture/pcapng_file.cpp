#include "packets/capture/pcapng_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>

#include "packets/capture/fate_comment.h"

namespace wireproof {
namespace {

// draft-ietf-opsawg-pcapng §4 and appendix A.
constexpr std::uint32_t kSectionHeader = 0x0a0d0d0a;
constexpr std::uint32_t kInterface = 1;
constexpr std::uint32_t kOldPacket = 2;
constexpr std::uint32_t kSimplePacket = 3;
constexpr std::uint32_t kEnhancedPacket = 6;

constexpr std::uint32_t kLeastBlock = 12;           // type, length, length again
constexpr std::uint32_t kLeastSection = 28;         // with byte order, version and section length
constexpr std::uint32_t kMaxBlockBytes = 16 << 20;  // of a block that is kept, as in libpcap

bool counts(std::uint32_t type) {
  return type == kInterface || type == kOldPacket || type == kSimplePacket ||
         type == kEnhancedPacket;
}

// Some writers leave the padding out of the length (§3.1 wants multiples of four).
std::uint32_t padded(std::uint32_t length) {
  return (length + 3) / 4 * 4;
}

// Numbers in a section's byte order.
class OrderedReader {
 public:
  OrderedReader(ByteView bytes, bool is_little) : reader_(bytes), is_little_(is_little) {}

  std::uint16_t u16() {
    const std::uint16_t value = reader_.read_u16();
    return is_little_ ? __builtin_bswap16(value) : value;
  }
  std::uint32_t u32() { return is_little_ ? reader_.read_u32_le() : reader_.read_u32(); }
  std::uint64_t u64() {
    const std::uint64_t value = reader_.read_u64();
    return is_little_ ? __builtin_bswap64(value) : value;
  }
  // Two words, the upper one first in either order (§4.3).
  std::uint64_t two_u32() {
    const std::uint64_t upper = u32();
    return upper << 32 | u32();
  }
  ByteView bytes(std::size_t size) { return reader_.read_bytes(size); }
  ByteView rest() { return reader_.rest(); }
  bool failed() const { return reader_.failed(); }

 private:
  ByteReader reader_;
  bool is_little_;
};

// §3.5: all up to opt_endofopt are given to `take`. False: one has a wrong length, `take` says so
// or the block does.
template <class Take>
bool read_options(OrderedReader& reader, const Take& take) {
  constexpr std::size_t kHead = 4;
  while (reader.rest().size() >= kHead) {
    const std::uint16_t code = reader.u16();
    const std::uint16_t size = reader.u16();
    if (code == 0) break;
    const ByteView value = reader.bytes(size);
    if (reader.failed() || !take(code, value)) return false;
    reader.bytes(std::min<std::size_t>(padded(size) - size, reader.rest().size()));
  }
  return true;
}

// What the options behind a packet say of it; nothing: they are damaged, or say what is not known.
std::optional<PacketFate> read_packet_fate(OrderedReader& reader) {
  constexpr std::uint16_t kComment = 1;  // opt_comment, any number of them
  std::optional<PacketFate> fate = PacketFate::arrived;
  const bool is_whole = read_options(reader, [&](std::uint16_t code, ByteView value) {
    if (code == kComment && fate == PacketFate::arrived) fate = read_fate_line(as_text(value));
    return true;
  });
  return is_whole ? fate : std::nullopt;
}

constexpr std::uint64_t kBillion = 1'000'000'000;

// A count of units as seconds and nanoseconds; what is less than one is cut off.
struct Moment {
  std::uint64_t seconds = 0;
  std::uint64_t nanoseconds = 0;
};

constexpr unsigned kMostDigits = 19;  // of a power of ten in 64 bits

std::uint64_t power_of_ten(unsigned exponent) {
  std::uint64_t power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

// Units of 10^-exponent s.
Moment decimal_moment(std::uint64_t count, unsigned exponent) {
  constexpr unsigned kNano = 9;
  if (exponent <= kNano) {
    const std::uint64_t unit = power_of_ten(exponent);
    return {count / unit, count % unit * power_of_ten(kNano - exponent)};
  }
  if (exponent - kNano > kMostDigits) return {};
  const std::uint64_t all = count / power_of_ten(exponent - kNano);
  return {all / kBillion, all % kBillion};
}

// Units of 2^-exponent s.
Moment binary_moment(std::uint64_t count, unsigned exponent) {
  __extension__ typedef unsigned __int128 Wide;  // NOLINT(modernize-use-using)
  constexpr unsigned kBits = 64;
  const std::uint64_t seconds = exponent < kBits ? count >> exponent : 0;
  const std::uint64_t fraction = exponent < kBits ? count - (seconds << exponent) : count;
  return {seconds, static_cast<std::uint64_t>(Wide{fraction} * kBillion >> exponent)};
}

// What is beyond nanoseconds in 64 bits becomes the nearest.
Timestamp clamped_time(std::int64_t seconds, std::uint64_t nanoseconds) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 1'000'000'000 - 1;
  if (seconds > kMost) return Timestamp::max();
  if (seconds < -kMost) return Timestamp::min();
  return Timestamp(std::chrono::seconds(seconds) + std::chrono::nanoseconds(nanoseconds));
}

}  // namespace

// §4.2, if_tsresol: the upper bit says a power of two. Every number is a resolution.
Timestamp PcapngFile::time_of(const Interface& interface, std::uint64_t stamp) {
  constexpr unsigned kBinary = 0x80;
  const unsigned exponent = interface.resolution & (kBinary - 1);
  const Moment moment = (interface.resolution & kBinary) != 0 ? binary_moment(stamp, exponent)
                                                              : decimal_moment(stamp, exponent);
  std::int64_t seconds = 0;
  if (__builtin_add_overflow(moment.seconds, interface.offset_seconds, &seconds)) {
    return Timestamp::max();
  }
  return clamped_time(seconds, moment.nanoseconds);
}

bool PcapngFile::fail(std::string reason, CaptureDamage::Kind kind) {
  ended_ = true;
  damage_ = CaptureDamage{block_begin_, count_, std::move(reason), kind};
  return false;
}

bool PcapngFile::fail_short() {
  const bool is_compressed = !stream_.state->failure.empty();
  fail(is_compressed                          ? stream_.state->failure
       : std::ferror(stream_.file.get()) != 0 ? "the file cannot be read"
                                              : "the file ends within a block");
  damage_->offset = position_;
  return false;
}

std::size_t PcapngFile::read(std::uint8_t* bytes, std::size_t size) {
  const std::size_t got = std::fread(bytes, 1, size, stream_.file.get());
  position_ += got;
  return got;
}

// In steps: a length that the file does not have takes no memory.
bool PcapngFile::read_body(std::uint32_t size) {
  constexpr std::size_t kStep = 65536;
  if (size > kMaxBlockBytes) {
    return fail(fmt::format("a block of {} bytes", size), CaptureDamage::Kind::unsupported);
  }
  body_.clear();
  while (body_.size() < size) {
    const std::size_t had = body_.size();
    const std::size_t step = std::min(kStep, size - had);
    body_.resize(had + step);
    if (read(body_.data() + had, step) < step) return fail_short();
  }
  return true;
}

bool PcapngFile::skip(std::uint32_t size) {
  std::array<std::uint8_t, 4096> unused;
  while (size > 0) {
    const std::size_t step = std::min<std::size_t>(unused.size(), size);
    if (read(unused.data(), step) < step) return fail_short();
    size -= static_cast<std::uint32_t>(step);
  }
  return true;
}

bool PcapngFile::read_end(std::uint32_t length) {
  std::array<std::uint8_t, 4> end{};
  if (read(end.data(), end.size()) < end.size()) return fail_short();
  if (OrderedReader(end, is_little_).u32() == length) return true;
  return fail("a block has two different lengths");
}

// The byte order is known only behind the length, whose bytes are given as they were read
// big-endian.
bool PcapngFile::read_section(std::uint32_t stored_length) {
  std::array<std::uint8_t, 16> fields{};
  if (read(fields.data(), fields.size()) < fields.size()) return fail_short();
  constexpr std::uint32_t kByteOrder = 0x1a2b3c4d;
  is_little_ = OrderedReader(fields, true).u32() == kByteOrder;
  OrderedReader reader(fields, is_little_);
  if (reader.u32() != kByteOrder) return fail("a section header has no byte order");
  const std::uint32_t length = is_little_ ? __builtin_bswap32(stored_length) : stored_length;
  const std::uint16_t major = reader.u16();
  const std::uint16_t minor = reader.u16();
  // §4.1: 2 is to be read as 0.
  if (major != 1 || (minor != 0 && minor != 2)) {
    return fail(fmt::format("pcapng version {}.{}", major, minor),
                CaptureDamage::Kind::unsupported);
  }
  if (length < kLeastSection || length > padded(length)) {
    return fail(fmt::format("a section header of {} bytes", length));
  }
  interfaces_.clear();
  return skip(padded(length) - kLeastSection) && read_end(length);
}

bool PcapngFile::read_block() {
  block_begin_ = position_;
  std::array<std::uint8_t, 8> head{};
  const std::size_t got = read(head.data(), head.size());
  const bool is_end = got == 0 && stream_.state->failure.empty();
  if (is_end && std::ferror(stream_.file.get()) == 0) {
    ended_ = true;
    return false;
  }
  if (got < head.size()) return fail_short();
  OrderedReader reader(head, is_little_);
  type_ = reader.u32();
  if (type_ == kSectionHeader)
    return read_section(ByteReader(ByteView(head).subspan(4)).read_u32());
  const std::uint32_t length = reader.u32();
  if (length < kLeastBlock || length > padded(length)) {
    return fail(fmt::format("a block of {} bytes", length));
  }
  const std::uint32_t size = padded(length) - kLeastBlock;
  return (counts(type_) ? read_body(size) : skip(size)) && read_end(length);
}

// §4.2. The others say nothing about the packets.
bool PcapngFile::take_option(std::uint16_t code, ByteView value, Interface& interface) const {
  constexpr std::uint16_t kName = 2;        // if_name
  constexpr std::uint16_t kResolution = 9;  // if_tsresol
  constexpr std::uint16_t kOffset = 14;     // if_tsoffset
  if (code == kName) interface.is_path = as_text(value) == kPathInterface;
  if (code == kResolution) {
    if (value.size() != 1) return false;
    interface.resolution = value[0];
  }
  if (code == kOffset) {
    if (value.size() != 8) return false;
    interface.offset_seconds = static_cast<std::int64_t>(OrderedReader(value, is_little_).u64());
  }
  return true;
}

bool PcapngFile::add_interface() {
  OrderedReader reader(body_, is_little_);
  Interface interface;
  interface.link = link_type_of(reader.u16());
  reader.u16();  // reserved
  interface.snap_length = reader.u32();
  if (reader.failed()) return fail("the description of an interface is too short");
  const bool is_whole = read_options(reader, [&](std::uint16_t code, ByteView value) {
    return take_option(code, value, interface);
  });
  if (!is_whole) return fail("an option of an interface has a wrong length");
  interfaces_.push_back(interface);
  return true;
}

std::optional<RawPacket> PcapngFile::take_packet() {
  OrderedReader reader(body_, is_little_);
  std::uint32_t number = 0;  // §4.4: that of a simple packet
  if (type_ == kEnhancedPacket) number = reader.u32();
  if (type_ == kOldPacket) {
    number = reader.u16();
    reader.u16();  // packets lost
  }
  if (number >= interfaces_.size()) {
    fail(fmt::format("a packet of interface {}, which its section does not describe", number));
    return std::nullopt;
  }
  const Interface& interface = interfaces_[number];
  RawPacket packet;
  packet.link = interface.link;
  packet.has_time = type_ != kSimplePacket;
  if (packet.has_time) last_time_ = time_of(interface, reader.two_u32());
  packet.time = last_time_;
  const std::uint32_t stored_size = packet.has_time ? reader.u32() : 0;
  packet.original_size = reader.u32();
  const std::uint32_t most =
      interface.snap_length == 0 ? packet.original_size : interface.snap_length;
  packet.bytes = reader.bytes(packet.has_time ? stored_size : std::min(packet.original_size, most));
  if (reader.failed()) {
    fail("a packet is longer than its block");
    return std::nullopt;
  }
  if (interface.is_path && type_ == kEnhancedPacket) {
    const std::uint32_t padding = padded(stored_size) - stored_size;
    reader.bytes(std::min<std::size_t>(padding, reader.rest().size()));
    const auto fate = read_packet_fate(reader);
    packet.has_fate = fate.has_value();
    packet.fate = fate.value_or(PacketFate::arrived);
  }
  ++count_;
  return packet;
}

std::optional<std::string> PcapngFile::begin() {
  if (read_block()) return std::nullopt;
  if (!damage_) return "it is empty";
  const bool is_unsupported = damage_->kind == CaptureDamage::Kind::unsupported;
  return damage_->reason + (is_unsupported ? " is not supported" : "");
}

std::optional<RawPacket> PcapngFile::next() {
  while (!ended_ && read_block()) {
    if (type_ == kInterface) {
      add_interface();
    } else if (counts(type_)) {
      if (const auto packet = take_packet()) return packet;
    }
  }
  return std::nullopt;
}

}  // namespace wireproof
