#include "report/capture/capture_table.h"

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>

#include "base/text/bytes.h"
#include "base/text/words.h"
#include "result/packet_line.h"

namespace wireproof {
namespace {

constexpr std::size_t kFlushSize = 131072;  // what is written at once

struct ColumnForm {
  std::string_view name;
  Align align = Align::left;
  std::size_t width = 0;  // nothing is known of later rows: what cells usually need
};

// In the order of CaptureColumn.
constexpr std::array<ColumnForm, 14> kForms = {{{"No.", Align::right, 6},
                                                {"Time", Align::right, 12},
                                                {"Source", Align::left, 21},
                                                {"Destination", Align::left, 21},
                                                {"Protocol", Align::left, 8},
                                                {"Len", Align::right, 5},
                                                {"Info", Align::left, 40},
                                                {"Remark", Align::left, 6},
                                                {"Payload", Align::left, 40},
                                                {"Defect", Align::left, 6},
                                                {"Stream", Align::left, 6},
                                                {"Cause", Align::left, 9},
                                                {"Blocked", Align::left, 9},
                                                {"Explanation", Align::left, 40}}};
constexpr std::size_t kFormsOfAny = 10;  // the first ones

std::vector<TableColumn> table_columns(TableFormat format,
                                       const std::vector<CaptureColumn>& columns) {
  std::vector<TableColumn> table;
  for (const CaptureColumn column : columns) {
    const ColumnForm& form = kForms[static_cast<std::size_t>(column)];
    const std::size_t width = format == TableFormat::text ? form.width : 0;
    const bool ascii = column != CaptureColumn::payload && column != CaptureColumn::explanation;
    table.push_back({std::string(form.name), form.align, width, ascii});
  }
  return table;
}

char* put_seconds(TextCursor out, Duration time) {
  constexpr std::uint64_t kBillion = 1'000'000'000;
  const auto count = static_cast<std::uint64_t>(time.count());
  const std::uint64_t magnitude = time.count() < 0 ? std::uint64_t{0} - count : count;
  if (time.count() < 0) out.put('-');
  out.put_decimal(magnitude / kBillion);
  char* const point = out.at();
  out.put_decimal(static_cast<std::uint32_t>(magnitude % kBillion + kBillion));
  if (!out.is_full()) *point = '.';  // in place of the 1 that keeps the zeros behind it
  return out.at();
}

char* put_defect(TextCursor out, const Packet& packet) {
  if (!packet.defect) return out.at();
  out.put("byte ").put_decimal(packet.defect->offset);
  return put_reason(out.put(": "), *packet.defect);
}

// The Ethernet address of an end.
char* put_mac(TextCursor out, const Packet& packet, bool is_source) {
  constexpr std::size_t kMacSize = 6;
  const bool has_mac =
      packet.raw.link == LinkType::ethernet && packet.raw.bytes.size() >= 2 * kMacSize;
  if (!has_mac) return out.at();
  const ByteView mac = packet.raw.bytes.subspan(is_source ? kMacSize : 0, kMacSize);
  return out.put(fmt::format("{:02x}", fmt::join(mac, ":"))).at();
}

// The end's address and port, without a transport its address, without IP its Ethernet address.
char* put_end(TextCursor out, const Packet& packet, bool is_source) {
  if (!packet.ip) return put_mac(out, packet, is_source);
  const IpAddress& address = is_source ? packet.ip->source : packet.ip->destination;
  if (const TcpHeader* const tcp = packet.tcp()) {  // the usual case, for millions of rows
    return put_endpoint(out, address, is_source ? tcp->source_port : tcp->destination_port);
  }
  const std::optional<TransportPorts> ports = packet.ports();
  if (!ports) return put_ip_address(out, address);
  return put_endpoint(out, address, is_source ? ports->source : ports->destination);
}

char* put_words(TextCursor out, const char* begin, std::string_view words) {
  if (out.at() != begin) out.put("; ");
  return out.put(words).at();
}

// "1 byte that was", "3 bytes that were".
std::string count_bytes(std::int64_t count, std::string_view link) {
  return fmt::format("{} byte{} {}{}", count, count == 1 ? "" : "s", link,
                     count == 1 ? "was" : "were");
}

char* put_twin(TextCursor out, const TrackedSegment& segment) {
  switch (segment.beside) {
    case TrackedSegment::Twin::none:
      break;
    case TrackedSegment::Twin::copy:
      return out.put("captured twice: a copy of packet ").put_decimal(segment.twin).at();
    case TrackedSegment::Twin::damaged:
      return out.put("wrong checksum: damaged copy of packet ").put_decimal(segment.twin).at();
    case TrackedSegment::Twin::good:
      out.put("packet ").put_decimal(segment.twin).put(" was damaged, its checksum is wrong");
      break;
  }
  return out.at();
}

// A pure ACK is too usual to be told.
char* put_remark(TextCursor out, const TrackedSegment& segment) {
  const char* const begin = out.at();
  out.go_on(put_twin(out, segment));
  if (segment.reuses_ports) out.go_on(put_words(out, begin, "ports used again"));
  if (segment.skipped_bytes != 0) {
    out.go_on(put_words(out, begin,
                        count_bytes(segment.skipped_bytes, "before it ") + " not captured so far"));
  }
  if (segment.repeat != Repeat::none && segment.repeat != Repeat::pure_ack) {
    out.go_on(put_words(out, begin, render_repeat(segment.repeat)));
  }
  if (segment.unseen_bytes != 0) {
    out.go_on(
        put_words(out, begin,
                  "acknowledges " + count_bytes(segment.unseen_bytes, "that ") + " not captured"));
  }
  return out.at();
}

// What the cells of a row are made of.
struct CaptureRow {
  const Packet& packet;
  std::uint64_t number;  // from 1
  Duration time;         // since the first packet that has one; of a packet that has one
  TrackedSegment segment;
  const KnownPacket& known;
  SummaryParts info;
};

char* put_cell(TextCursor out, CaptureColumn column, const CaptureRow& row) {
  switch (column) {
    case CaptureColumn::number:
      return out.put_decimal(row.number).at();
    case CaptureColumn::time:
      return row.packet.raw.has_time ? put_seconds(out, row.time) : out.at();
    case CaptureColumn::source:
      return put_end(out, row.packet, true);
    case CaptureColumn::destination:
      return put_end(out, row.packet, false);
    case CaptureColumn::protocol:
      return out.put(protocol_name(row.packet)).at();
    case CaptureColumn::length:
      return out.put_decimal(row.packet.payload_size).at();
    case CaptureColumn::info:
      return put_summary(out, row.packet, row.segment.numbers, row.info);
    case CaptureColumn::remark:
      return put_remark(out, row.segment);
    case CaptureColumn::payload:
      return row.packet.payload.empty() ? out.at()
                                        : out.put(render_quoted(row.packet.payload)).at();
    case CaptureColumn::defect:
      return put_defect(out, row.packet);
    case CaptureColumn::stream:
      return row.known.stream ? out.put(render_stream(*row.known.stream)).at() : out.at();
    case CaptureColumn::cause:
      return out.put(render_call(row.known.cause.call, row.known.cause.call_inferred)).at();
    case CaptureColumn::blocked:
      return out.put(render_call(row.known.cause.blocked, row.known.cause.blocked_inferred)).at();
    case CaptureColumn::explanation:
      return out.put(row.known.explanation).at();
  }
  return out.at();
}

}  // namespace

std::string render_seconds(Duration time) {
  return render_with([time](TextCursor out) { return put_seconds(out, time); });
}

const std::vector<std::string>& capture_columns() {
  static const std::vector<std::string> kNames = list_names(std::span(kForms).first(kFormsOfAny));
  return kNames;
}

const std::vector<std::string>& conversation_columns() {
  static const std::vector<std::string> kNames = list_names(std::span(kForms).subspan(kFormsOfAny));
  return kNames;
}

CaptureTable::CaptureTable(const CaptureTableForm& form, std::ostream& out)
    : columns_(find_capture_columns(form.columns)),
      info_(form.info),
      writer_(form.format, table_columns(form.format, columns_)),
      out_(out) {
  writer_.write_heading(buffer_);
}

void CaptureTable::add(const Packet& packet, bool is_shown, const KnownPacket* known) {
  static const KnownPacket kUnknown;
  if (!first_ && packet.raw.has_time) first_ = packet.raw.time;
  ++number_;
  const TrackedSegment segment = flow_numbers_.track(packet);
  if (!is_shown) return;
  const CaptureRow row{packet,
                       number_,
                       time_between(first_.value_or(packet.raw.time), packet.raw.time),
                       segment,
                       known == nullptr ? kUnknown : *known,
                       info_};
  writer_.write_row(buffer_, [&](TextCursor out, std::size_t index) {
    return put_cell(out, columns_[index], row);
  });
  if (buffer_.size() >= kFlushSize) flush();
}

std::vector<CaptureColumn> find_capture_columns(const std::vector<std::string>& names) {
  std::vector<CaptureColumn> columns;
  for (const std::string& name : names) {
    const auto found = std::ranges::find_if(
        kForms, [&](const ColumnForm& form) { return is_column_name(name, form.name); });
    if (found == kForms.end()) throw std::invalid_argument("there is no column " + name);
    columns.push_back(static_cast<CaptureColumn>(found - kForms.begin()));
  }
  if (!names.empty()) return columns;
  return {CaptureColumn::number,      CaptureColumn::time,     CaptureColumn::source,
          CaptureColumn::destination, CaptureColumn::protocol, CaptureColumn::length,
          CaptureColumn::info,        CaptureColumn::remark};
}

UnreadPackets write_capture_table(PacketSource& source, const CaptureTableForm& form,
                                  std::ostream& out, const PacketChoice& choice) {
  UnreadPackets unread;
  CaptureTable table(form, out);
  std::uint64_t number = 0;
  while (const std::optional<RawPacket> raw = source.next()) {
    if (out.fail()) break;
    const Packet packet = decode_packet(*raw);
    unread.see(packet);
    table.add(packet, !choice || choice(*raw, ++number));
  }
  table.finish();
  return unread;
}

}  // namespace wireproof
