#include "report/capture_table.h"

#include <stdexcept>

#include "packets/flow/connection_numbers.h"
#include "report/capture_cell.h"
#include "report/row_writer.h"

namespace wireproof {
namespace {

// More columns than there are names for would only repeat some.
constexpr std::size_t kMaxColumns = 12;

std::vector<CaptureColumn> default_columns() {
  return {CaptureColumn::number,      CaptureColumn::time,     CaptureColumn::source,
          CaptureColumn::destination, CaptureColumn::protocol, CaptureColumn::length,
          CaptureColumn::info};
}

std::vector<CaptureColumn> find_columns(const std::vector<std::string>& names) {
  if (names.empty()) return default_columns();
  if (names.size() > kMaxColumns) throw std::invalid_argument("too many columns");
  std::vector<CaptureColumn> columns;
  for (const std::string& name : names) {
    const std::optional<CaptureColumn> column = find_capture_column(name);
    if (!column) throw std::invalid_argument("unknown column '" + name + "'");
    columns.push_back(*column);
  }
  return columns;
}

// Stamps of a damaged file may lie too far apart to be subtracted.
Duration time_between(Timestamp from, Timestamp to) {
  std::int64_t count = 0;
  if (__builtin_sub_overflow(to.time_since_epoch().count(), from.time_since_epoch().count(),
                             &count)) {
    return to < from ? Duration::min() : Duration::max();
  }
  return Duration(count);
}

}  // namespace

const std::vector<std::string>& capture_columns() {
  static const std::vector<std::string> kColumns = [] {
    std::vector<std::string> names;
    for (const CaptureColumn column : default_columns()) {
      names.emplace_back(capture_column_name(column));
    }
    names.emplace_back(capture_column_name(CaptureColumn::payload));
    names.emplace_back(capture_column_name(CaptureColumn::defect));
    return names;
  }();
  return kColumns;
}

void write_capture_table(PacketSource& source, TableFormat format,
                         const std::vector<std::string>& columns, std::ostream& out) {
  const std::unique_ptr<RowWriter> writer = make_row_writer(format, find_columns(columns));
  OutputBuffer buffer(out);
  writer->write_heading(buffer);

  FlowNumbers flow_numbers;
  Timestamp first{};
  std::uint64_t count = 0;
  while (const std::optional<RawPacket> raw = source.next()) {
    if (buffer.failed()) break;
    if (count == 0) first = raw->time;
    ++count;
    const Packet packet = decode_packet(*raw);
    // The numbers are made where the row has them: a copy would wait for what was just written.
    writer->write_row(buffer, CaptureRow{count, time_between(first, raw->time), packet,
                                         packet.tcp() == nullptr ? RelativeNumbers{}
                                                                 : flow_numbers.number(packet)});
  }
  writer->write_end(buffer);
  buffer.flush();
}

}  // namespace wireproof
