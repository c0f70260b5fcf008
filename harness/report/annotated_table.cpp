#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "base/text/bytes.h"
#include "base/text/text_table.h"
#include "base/text/words.h"
#include "report/report.h"
#include "report/safe_text.h"
#include "result/packet_line.h"

namespace wireproof {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kShownPayload = 32;  // bytes

// A packet with the start of its table, which times are counted from.
struct Cell {
  const PacketLine& packet;
  Timestamp start;
  Language language = Language::english;
};

enum class Choice : std::uint8_t {
  always,    // in every table for which no columns are named
  wide,      // in those of csv and json
  on_demand  // where it is named
};

struct Column {
  std::string name;
  std::string german_name;
  Choice choice = Choice::always;
  Align align = Align::left;
  std::string (*text)(const Cell&) = nullptr;
  void (*json)(const Cell&, Json&) = nullptr;
};

std::string time_text(const Cell& cell) {
  const auto since = std::chrono::duration<double, std::milli>(cell.packet.time - cell.start);
  return fmt::format("{:.3f}", since.count());
}

std::string payload_text(const Cell& cell) {
  const Bytes& payload = cell.packet.payload;
  return payload.empty() ? "" : render_quoted(payload, kShownPayload);
}

// The words of RFC 9293 in brackets, or the protocol.
std::string flags_text(const std::string& info) {
  const std::size_t end = info.find(info.starts_with("[") ? ']' : ' ');
  return end == std::string::npos ? info : info.substr(0, info.starts_with("[") ? end + 1 : end);
}

// German tables name commands, and leave it empty where none was: the kernel acts by itself.
std::string cause_text(const Cell& cell) {
  if (cell.language == Language::german && cell.packet.cause.kernel) return "";
  return render_call(cell.packet.cause, cell.packet.cause_inferred);
}

std::string side_text(const Cell& cell) {
  return cell.packet.cause_side == Side::client ? "Client" : "Server";
}

// Times are milliseconds since the first packet of the table; in JSON exact nanoseconds.
const std::vector<Column>& columns() {
  static const std::vector<Column> kColumns = {
      {"No.", "Nr.", Choice::always, Align::right,
       [](const Cell& cell) { return std::to_string(cell.packet.number); },
       [](const Cell& cell, Json& row) { row["number"] = cell.packet.number; }},
      {"Time", "Zeit", Choice::always, Align::right, time_text,
       [](const Cell& cell, Json& row) {
         row["time_ns"] = Duration(cell.packet.time - cell.start).count();
       }},
      {"From", "Von", Choice::always, Align::left,
       [](const Cell& cell) { return cell.packet.from; },
       [](const Cell& cell, Json& row) {
         row["from"] = one_line(cell.packet.from);
         row["from_port"] = cell.packet.from_port;
       }},
      {"To", "An", Choice::always, Align::left, [](const Cell& cell) { return cell.packet.to; },
       [](const Cell& cell, Json& row) {
         row["to"] = one_line(cell.packet.to);
         row["to_port"] = cell.packet.to_port;
       }},
      {"Info", "Info", Choice::always, Align::left,
       [](const Cell& cell) { return cell.packet.info; },
       [](const Cell& cell, Json& row) { row["info"] = one_line(cell.packet.info); }},
      {"Len", "Länge", Choice::wide, Align::right,
       [](const Cell& cell) { return std::to_string(cell.packet.length); },
       [](const Cell& cell, Json& row) { row["length"] = cell.packet.length; }},
      {"Payload", "Daten", Choice::wide, Align::left, payload_text,
       [](const Cell& cell, Json& row) { row["payload"] = render_hex(cell.packet.payload); }},
      {"Cause", "Befehl", Choice::always, Align::left, cause_text,
       [](const Cell& cell, Json& row) {
         row["cause"] = one_line(render_doers(cell.packet.cause));
         row["cause_inferred"] = cell.packet.cause_inferred;
       }},
      {"Blocked", "blockierender Befehl", Choice::always, Align::left,
       [](const Cell& cell) {
         return render_call(cell.packet.blocked, cell.packet.blocked_inferred);
       },
       [](const Cell& cell, Json& row) {
         row["blocked"] = one_line(render_doers(cell.packet.blocked));
         row["blocked_inferred"] = cell.packet.blocked_inferred;
       }},
      {"Row", "Zeile", Choice::always, Align::left,
       [](const Cell& cell) { return render_rows(cell.packet.rows); },
       [](const Cell& cell, Json& row) { row["rows"] = one_line(render_rows(cell.packet.rows)); }},
      {"Src Port", "Src Port", Choice::on_demand, Align::left,
       [](const Cell& cell) { return std::to_string(cell.packet.from_port); },
       [](const Cell& cell, Json& row) { row["from_port"] = cell.packet.from_port; }},
      {"Dst Port", "Dst Port", Choice::on_demand, Align::left,
       [](const Cell& cell) { return std::to_string(cell.packet.to_port); },
       [](const Cell& cell, Json& row) { row["to_port"] = cell.packet.to_port; }},
      {"Flags", "Flags", Choice::on_demand, Align::left,
       [](const Cell& cell) { return flags_text(cell.packet.info); },
       [](const Cell& cell, Json& row) { row["flags"] = one_line(flags_text(cell.packet.info)); }},
      {"Side", "Script", Choice::on_demand, Align::left, side_text,
       [](const Cell& cell, Json& row) { row["side"] = side_text(cell); }},
      {"Process", "Prozess", Choice::on_demand, Align::right,
       [](const Cell& cell) {
         return cell.packet.process == 0 ? "" : std::to_string(cell.packet.process);
       },
       [](const Cell& cell, Json& row) { row["process"] = cell.packet.process; }},
      {"Remark", "Bemerkung", Choice::always, Align::left,
       [](const Cell& cell) { return render_remark(cell.packet); },
       [](const Cell& cell, Json& row) { row["remark"] = one_line(render_remark(cell.packet)); }},
  };
  return kColumns;
}

const Column& find_column(const std::string& name) {
  const auto found = std::ranges::find_if(columns(), [&name](const Column& column) {
    return is_column_name(name, column.name) || is_column_name(name, column.german_name);
  });
  if (found == columns().end()) throw std::invalid_argument("there is no column " + name);
  return *found;
}

// Len stands in Info already, and payloads make a table too wide for a page.
std::vector<Column> choose_columns(TableFormat format, const std::vector<std::string>& names) {
  std::vector<Column> chosen;
  for (const std::string& name : names) chosen.push_back(find_column(name));
  if (!names.empty()) return chosen;
  const bool wide = format == TableFormat::csv || format == TableFormat::json;
  for (const Column& column : columns()) {
    if (column.choice == Choice::always || (wide && column.choice == Choice::wide)) {
      chosen.push_back(column);
    }
  }
  return chosen;
}

Timestamp start_of(const std::vector<PacketLine>& packets) {
  return packets.empty() ? Timestamp{} : packets.front().time;
}

// Each cell on one line.
TextTable fill_table(const std::vector<PacketLine>& packets, const std::vector<Column>& chosen,
                     Language language) {
  TextTable table;
  for (const Column& column : chosen) {
    table.heading.push_back(language == Language::german ? column.german_name : column.name);
    table.aligns.push_back(column.align);
  }
  for (const PacketLine& packet : packets) {
    std::vector<std::string>& row = table.rows.emplace_back();
    for (const Column& column : chosen) {
      row.push_back(one_line(column.text({packet, start_of(packets), language})));
    }
  }
  return table;
}

std::string render_json_rows(const std::vector<PacketLine>& packets,
                             const std::vector<Column>& chosen) {
  Json rows = Json::array();
  for (const PacketLine& packet : packets) {
    Json row = Json::object();
    for (const Column& column : chosen) column.json({packet, start_of(packets)}, row);
    rows.push_back(std::move(row));
  }
  return rows.dump(1) + "\n";
}

}  // namespace

const std::vector<std::string>& packet_columns() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> names = list_names(columns());
    for (const Column& column : columns()) {
      if (column.german_name != column.name) names.push_back(column.german_name);
    }
    return names;
  }();
  return kNames;
}

TextTable make_packet_table(const std::vector<PacketLine>& packets,
                            const std::vector<std::string>& names, Language language) {
  return fill_table(packets, choose_columns(TableFormat::text, names), language);
}

std::string render_packet_table(const std::vector<PacketLine>& packets, TableFormat format,
                                const std::vector<std::string>& names, Language language) {
  const std::vector<Column> chosen = choose_columns(format, names);
  if (format == TableFormat::json) return render_json_rows(packets, chosen);
  TextTable table = fill_table(packets, chosen, language);
  if (format == TableFormat::markdown) {
    for (auto& row : table.rows) std::ranges::transform(row, row.begin(), markdown_text);
  }
  if (format == TableFormat::csv) {  // names of programs, and what they sent
    for (auto& row : table.rows) {
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (chosen[i].align == Align::left) row[i] = formula_free(row[i]);
      }
    }
  }
  return render_table(table, format);
}

}  // namespace wireproof
