#include "packets/wire/transport.h"

namespace wireproof {
namespace {

constexpr std::uint16_t kFlagMask = 0x01ff;

constexpr std::uint32_t kDataOffsetOffset = 12;

// RFC 9293 §3.1: the data offset counts words of four bytes.
std::uint32_t tcp_header_size(ByteView bytes) {
  return std::uint32_t{4} * (bytes[kDataOffsetOffset] >> 4);
}

// https://www.iana.org/assignments/tcp-parameters, those that are read here.
enum Kind : std::uint8_t {
  kEnd = 0,
  kNoOperation = 1,
  kMss = 2,
  kWindowScale = 3,
  kSackPermitted = 4,
  kSack = 5,
  kTimestamps = 8,
};

// RFC 9293 §3.2: kinds 0 and 1 are single bytes, every other has a length that counts itself.
bool has_good_length(std::uint8_t kind, std::size_t length) {
  switch (kind) {
    case kMss:
      return length == 4;
    case kWindowScale:
      return length == 3;
    case kSackPermitted:
      return length == 2;
    case kSack:
      return length >= 10 && (length - 2) % 8 == 0;
    case kTimestamps:
      return length == 10;
    default:
      return length >= 2;
  }
}

struct Option {
  std::uint8_t kind = kEnd;
  ByteView data;
};

enum class Step : std::uint8_t { option, end, broken };

// Takes the next option with data off `rest`; where it is broken, `rest` stays at it.
Step take_option(ByteView& rest, Option& option) {
  while (!rest.empty() && rest[0] == kNoOperation) rest = rest.subspan(1);
  if (rest.empty() || rest[0] == kEnd) return Step::end;
  if (rest.size() < 2 || rest[1] > rest.size() || !has_good_length(rest[0], rest[1])) {
    return Step::broken;
  }
  option = Option{rest[0], rest.subspan(2, std::size_t{rest[1]} - 2)};
  rest = rest.subspan(rest[1]);
  return Step::option;
}

void read_sack(ByteView data, TcpOptions& options) {
  ByteReader reader(data);
  while (!reader.rest().empty() && options.sack_block_count < options.sack_blocks.size()) {
    SackBlock& block = options.sack_blocks[options.sack_block_count++];
    block.left = reader.read_u32();
    block.right = reader.read_u32();
  }
}

void read_option(const Option& option, TcpOptions& options) {
  ByteReader reader(option.data);
  switch (option.kind) {
    case kMss:
      options.mss = reader.read_u16();
      break;
    case kWindowScale:
      options.window_scale = reader.read_u8();
      break;
    case kSackPermitted:
      options.sack_permitted = true;
      break;
    case kSack:
      read_sack(option.data, options);
      break;
    case kTimestamps: {
      TcpTimestamps timestamps;
      timestamps.value = reader.read_u32();
      timestamps.echo_reply = reader.read_u32();
      options.timestamps = timestamps;
      break;
    }
    default:
      break;
  }
}

}  // namespace

std::optional<HeaderDefect> find_tcp_defect(ByteView bytes) {
  if (bytes.size() < kTcpLeastHeaderSize) return HeaderDefect{0, "tcp header is cut off"};
  if (tcp_header_size(bytes) < kTcpLeastHeaderSize) {
    return HeaderDefect{kDataOffsetOffset, "tcp header length is below 20"};
  }
  if (bytes.size() < tcp_header_size(bytes)) {
    return HeaderDefect{kTcpLeastHeaderSize, "tcp options are cut off"};
  }
  return std::nullopt;
}

void fill_tcp(TcpHeader& header, ByteView bytes) {
  // A size that is known beforehand spares the test before every field.
  ByteReader reader(bytes.first(kTcpLeastHeaderSize));
  header.source_port = reader.read_u16();
  header.destination_port = reader.read_u16();
  header.sequence = reader.read_u32();
  header.acknowledgement = reader.read_u32();
  header.flags = reader.read_u16() & kFlagMask;
  header.window = reader.read_u16();
  header.checksum = reader.read_u16();
  header.urgent_pointer = reader.read_u16();
  header.options = bytes.subspan(kTcpLeastHeaderSize, tcp_header_size(bytes) - kTcpLeastHeaderSize);
}

std::uint32_t tcp_header_size(const TcpHeader& header) {
  return kTcpLeastHeaderSize + static_cast<std::uint32_t>(header.options.size());
}

TcpOptions read_tcp_options(ByteView options) {
  TcpOptions result;
  if (are_usual_timestamps(options)) {
    read_option(Option{kTimestamps, options.subspan(4)}, result);
    return result;
  }
  Option option;
  Step step = take_option(options, option);
  while (step == Step::option) {
    read_option(option, result);
    step = take_option(options, option);
  }
  result.malformed = step == Step::broken;
  return result;
}

std::optional<std::uint32_t> find_bad_option_among(ByteView options) {
  const std::size_t size = options.size();
  Option option;
  Step step = take_option(options, option);
  while (step == Step::option) step = take_option(options, option);
  if (step == Step::end) return std::nullopt;
  return static_cast<std::uint32_t>(size - options.size());
}

HeaderResult<UdpHeader> read_udp(ByteView bytes) {
  if (bytes.size() < kUdpHeaderSize) return header_defect(0, "udp header is cut off");
  ByteReader reader(bytes);
  UdpHeader header;
  header.source_port = reader.read_u16();
  header.destination_port = reader.read_u16();
  header.length = reader.read_u16();
  header.checksum = reader.read_u16();
  return header;
}

}  // namespace wireproof
