#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "base/text/text_table.h"
#include "expect/cause/cause.h"
#include "packets/capture/pcap_file.h"
#include "packets/flow/flow_numbers.h"
#include "packets/wire/summary.h"
#include "packets/wire/unread.h"

namespace wireproof {

enum class CaptureColumn : std::uint8_t {
  number,  // from 1
  time,    // seconds since the first packet; empty where the file has no time
  source,
  destination,
  protocol,
  length,  // payload bytes on the wire
  info,
  remark,   // what the segment is to its connection, where it is not the usual
  payload,  // at most 64 bytes, quoted
  defect,
  // of a KnownPacket
  stream,
  cause,
  blocked,
  explanation,
};

// The names of the columns in their usual order: No., Time, Source, Destination, Protocol, Len,
// Info, Remark; Payload and Defect are not among the default ones.
const std::vector<std::string>& capture_columns();

// Those that only a capture that was read as a whole has: Stream, Cause, Blocked, Explanation.
const std::vector<std::string>& conversation_columns();

// Columns by name, case does not count; none: the default ones. Throws std::invalid_argument for a
// column that is neither one of capture_columns() nor of conversation_columns().
std::vector<CaptureColumn> find_capture_columns(const std::vector<std::string>& names);

// A conversation of a capture: TCP connections and UDP exchanges are counted apart, from 0, in the
// order of their first packets, as tcp.stream and udp.stream of Wireshark.
enum class StreamKind : std::uint8_t { tcp, udp };
struct StreamName {
  StreamKind kind = StreamKind::tcp;
  std::size_t number = 0;

  bool operator==(const StreamName&) const = default;
};
// "tcp 3".
std::string render_stream(const StreamName& stream);

// With nine digits behind the point.
std::string render_seconds(Duration time);

// What a capture that was read as a whole tells of a packet. Empty where it is in no conversation.
struct KnownPacket {
  std::optional<StreamName> stream;
  Cause cause;  // inferred
  std::string explanation;
};

struct CaptureTableForm {
  TableFormat format = TableFormat::text;
  std::vector<std::string> columns;       // as find_capture_columns() has them
  SummaryParts info = SummaryParts::all;  // of the column Info
};

// The packet table of a capture, row by row as its packets come.
class CaptureTable {
 public:
  // Begins with the heading. `out` lives longer; failed output is left in its state. Throws as
  // find_capture_columns() does.
  CaptureTable(const CaptureTableForm& form, std::ostream& out);

  // The next packet, which has no row where it is not shown. Its row may wait for others, up to
  // flush() or finish(). `known` may be null.
  void add(const Packet& packet, bool is_shown = true, const KnownPacket* known = nullptr);
  void flush() {
    out_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    buffer_.clear();
  }
  void finish() {
    writer_.write_end(buffer_);
    flush();
  }

 private:
  std::vector<CaptureColumn> columns_;
  SummaryParts info_;
  TableWriter writer_;
  std::ostream& out_;
  fmt::memory_buffer buffer_;
  FlowNumbers flow_numbers_;
  std::uint64_t number_ = 0;        // of the last row
  std::optional<Timestamp> first_;  // of the first packet that has a time
};

// Whether a packet has a row; `number` from 1.
using PacketChoice = std::function<bool(const RawPacket& packet, std::uint64_t number)>;

// Writes one row per packet while reading, so captures of any size take little memory. A damaged
// source gives the rows that precede the damage: ask source.damage() afterwards. Reading ends with
// the first output that fails. No choice: all have a row. Says what was not read.
UnreadPackets write_capture_table(PacketSource& source, const CaptureTableForm& form,
                                  std::ostream& out, const PacketChoice& choice = {});

}  // namespace wireproof
