#include "cli/record/record_table.h"

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "base/text/bytes.h"
#include "base/text/text_table.h"
#include "cli/record/table_line.h"
#include "result/packet_line.h"

namespace wireproof {
namespace {

constexpr std::size_t kRecordedPayload = 64;  // bytes; longer ones are left to the length

bool is_sent_again(const PacketLine& packet) {
  return packet.remark.mark == PacketMark::repeat && is_retransmission(packet.remark.repeat) &&
         !contributes(packet.remark.repeat);
}

// Without the numbers behind the flags: they are the system's choice, and Len has its own column.
std::string recorded_info(const PacketLine& packet) {
  const std::size_t bracket = packet.info.find(']');
  const bool has_flags = packet.info.starts_with('[') && bracket != std::string::npos;
  if (!has_flags) return packet.info;
  return packet.info.substr(0, bracket + 1) + (is_sent_again(packet) ? " again" : "");
}

// Bytes that JSON-like quoting shows whole; others are compared by length alone.
std::string recorded_payload(const PacketLine& packet) {
  const bool whole = packet.payload.size() == packet.length;
  if (packet.length == 0 || packet.length > kRecordedPayload || !whole) return "";
  return render_quoted(packet.payload, kRecordedPayload);
}

// What a packet says in a column of the language; empty for columns that are never compared.
std::string recorded_cell(const PacketLine& packet, const std::string& column) {
  if (column == "From") return packet.from;
  if (column == "To") return packet.to;
  if (column == "Info") return recorded_info(packet);
  if (column == "Len") return packet.length == 0 ? "" : std::to_string(packet.length);
  if (column == "Payload") return recorded_payload(packet);
  if (column == "Fate" && packet.fate != PacketFate::arrived) return fate_words(packet.fate);
  // What the kernel does by itself is written as nothing, as the lab notes do.
  if (column == "Cause") return packet.cause.kernel ? "" : render_doers(packet.cause);
  if (column == "Blocked") return render_doers(packet.blocked);
  if (column == "Side" && !packet.cause.empty()) {
    return packet.cause_side == Side::client ? "client" : "server";
  }
  return "";
}

bool is_of_scenario(const PacketLine& packet) {
  return packet.from == "server" || packet.to == "server";
}

// The rows of this table that have the packet; from 1.
std::set<std::size_t> row_numbers(const PacketLine& packet, const std::string& table) {
  std::set<std::size_t> numbers;
  for (const RowLabel& label : packet.rows) {
    if (label.table == table) numbers.insert(label.row);
  }
  return numbers;
}

// A table of the sheet as lines: those that stay, and where new ones go.
class TableEditor {
 public:
  TableEditor(const Scenario& scenario, const PacketTable& table, const ScenarioResult& result)
      : scenario_(scenario), table_(table), result_(result) {
    find_columns();
    find_labels();
  }

  // The span of the old rows, and their new text.
  Span span() const {
    const std::string& text = scenario_.source.text();
    const std::size_t begin = line_begin(table_.rows.front().place.row.begin);
    const std::size_t end = text.find('\n', table_.rows.back().place.row.end);
    return {begin, end == std::string::npos ? text.size() : end + 1};
  }

  std::string text() const {
    std::map<std::size_t, std::string> inserted;  // before the row of that index
    std::size_t next = 0;
    for (const PacketLine& packet : result_.packets) {
      const std::set<std::size_t> numbers = row_numbers(packet, table_.name);
      for (const std::size_t number : numbers) next = std::max(next, index_of(number) + 1);
      if (needs_row(packet, numbers)) inserted[next] += write_row(packet);
    }
    std::string text;
    for (std::size_t index = 0; index < table_.rows.size(); ++index) {
      text += lines_before(index) + inserted[index];
      if (!failed(index)) text += old_line(index) + "\n";
    }
    return text + inserted[table_.rows.size()];
  }

 private:
  std::size_t line_begin(std::size_t offset) const {
    return scenario_.source.line_start(scenario_.source.position(offset).line);
  }
  std::size_t line_of(std::size_t index) const {
    return scenario_.source.position(table_.rows[index].place.row.begin).line;
  }
  std::string old_line(std::size_t index) const {
    return std::string(scenario_.source.line_text(line_of(index)));
  }
  // Rows that do not count in this run, between the row and the one above.
  std::string lines_before(std::size_t index) const {
    std::string text;
    for (std::size_t line = index == 0 ? line_of(0) : line_of(index - 1) + 1; line < line_of(index);
         ++line) {
      text += std::string(scenario_.source.line_text(line)) + "\n";
    }
    return text;
  }
  std::size_t index_of(std::size_t number) const {
    const auto found = std::ranges::find(table_.rows, number,
                                         [](const PlacedRow& placed) { return placed.row.number; });
    return static_cast<std::size_t>(found - table_.rows.begin());
  }

  // A row stays unless an error of the result points into it.
  bool failed(std::size_t index) const {
    const Span row = table_.rows[index].place.row;
    return std::ranges::any_of(result_.failures, [&row](const Failure& failure) {
      const auto& span = failure.diagnostic.span;
      return failure.diagnostic.severity == Severity::error && span && span->begin >= row.begin &&
             span->begin < row.end;
    });
  }

  // No row of this table has it, or only rows that go.
  bool needs_row(const PacketLine& packet, const std::set<std::size_t>& numbers) const {
    if (!is_of_scenario(packet) || !is_mine(packet)) return false;
    if (numbers.empty()) return packet.rows.empty() && packet.remark.mark == PacketMark::unexpected;
    return std::ranges::all_of(numbers,
                               [this](std::size_t number) { return failed(index_of(number)); });
  }

  bool is_mine(const PacketLine& packet) const {
    return table_.name.empty() || packet.from == table_.name || packet.to == table_.name;
  }

  // Which cell of a line belongs to which column: by the bars before it in the first row.
  void find_columns() {
    const RowPlace& place = table_.rows.front().place;
    const std::string& text = scenario_.source.text();
    const std::string line = text.substr(place.row.begin, place.row.end - place.row.begin);
    first_bar_ = line.starts_with('|');
    cell_count_ = find_bars(line).size() + 1 - (first_bar_ ? 1 : 0) - (line.ends_with('|') ? 1 : 0);
    for (const auto& [column, span] : place.cells) {
      if (span.begin < place.row.begin || span.begin > place.row.end) continue;
      const std::size_t bars = find_bars(line.substr(0, span.begin - place.row.begin)).size();
      columns_[bars - (first_bar_ ? 1 : 0)] = column;
    }
  }

  // How this table names the two ends: it may have port numbers for them.
  void find_labels() {
    for (const auto& [row, place] : table_.rows) {
      if (row.kind == RowKind::anything) continue;
      const bool from_client = row.from == Side::client;
      server_label_ = cell_text(place, from_client ? "To" : "From");
      client_labels_.insert(cell_text(place, from_client ? "From" : "To"));
    }
  }

  std::string cell_text(const RowPlace& place, const std::string& column) const {
    const auto found = place.cells.find(column);
    if (found == place.cells.end()) return "";
    return scenario_.source.text().substr(found->second.begin,
                                          found->second.end - found->second.begin);
  }

  std::string label_of(const std::string& end) const {
    if (end == "server" && !server_label_.empty()) return server_label_;
    // With one client the table's word for it is the right one, whatever the session calls it.
    if (end != "server" && client_labels_.size() == 1) return *client_labels_.begin();
    return end;
  }

  // Cells are as wide as those of the row above, so that the table stays aligned.
  std::string write_row(PacketLine packet) const {
    packet.from = label_of(packet.from);
    packet.to = label_of(packet.to);
    std::string line = "|";
    for (std::size_t index = 0; index < cell_count_; ++index) {
      const auto column = columns_.find(index);
      std::string cell = column == columns_.end() ? "" : recorded_cell(packet, column->second);
      boost::replace_all(cell, "|", "\\|");
      const std::size_t width = width_of(index);
      cell.append(width - std::min(width, text_width(cell)), ' ');
      line += " " + cell + " |";
    }
    return line + "\n";
  }

  // Between the blanks inside of its bars; 0 where there is no bar behind it.
  std::size_t width_of(std::size_t index) const {
    const std::string line = old_line(0);
    const std::vector<std::size_t> bars = find_bars(line);
    const std::size_t next = index + (first_bar_ ? 1 : 0);
    if (next >= bars.size()) return 0;
    const std::size_t begin = next == 0 ? 0 : bars[next - 1] + 1;
    const std::size_t width = text_width(line.substr(begin, bars[next] - begin));
    return width - std::min<std::size_t>(width, 2);
  }

  const Scenario& scenario_;  // these outlive the editor, which is a local of record_packets()
  const PacketTable& table_;
  const ScenarioResult& result_;
  bool first_bar_ = true;
  std::size_t cell_count_ = 0;
  std::map<std::size_t, std::string> columns_;  // canonical names by index
  std::string server_label_;
  std::set<std::string> client_labels_;
};

bool is_repeat(const PacketLine& packet) {
  const Repeat repeat = packet.remark.repeat;
  return packet.remark.mark == PacketMark::repeat && repeat != Repeat::pure_ack &&
         !contributes(repeat);
}

// Over a path of the sheet's own it tells what became of packets, and what was sent again for it.
std::string new_section(const ScenarioResult& result, std::vector<std::string> columns) {
  const bool has_fates = std::ranges::any_of(
      result.packets, [](const PacketLine& packet) { return packet.fate != PacketFate::arrived; });
  if (has_fates) columns.insert(std::next(std::ranges::find(columns, "Len")), "Fate");
  TextTable table{std::move(columns), {Align::left, Align::left, Align::left, Align::right}, {}};
  for (const PacketLine& packet : result.packets) {
    const bool is_left_out = is_repeat(packet) && !(has_fates && is_sent_again(packet));
    if (!is_of_scenario(packet) || is_left_out) continue;
    std::vector<std::string>& row = table.rows.emplace_back();
    for (const std::string& column : table.heading) row.push_back(recorded_cell(packet, column));
  }
  return "\n## Packets\n" + render_table(table, TableFormat::markdown);
}

}  // namespace

std::vector<std::string> recorded_columns() {
  return {"From", "To", "Info", "Len", "Cause", "Blocked"};
}

// Packet tables may fail: that is what recording mends. Everything else must have gone well.
bool is_recordable(const ScenarioResult& result) {
  if (result.verdict == Verdict::error || result.verdict == Verdict::inconclusive) return false;
  if (!result.soundness.captured) return false;
  for (const CheckResult& check : result.checks) {
    if (check.kind == CheckKind::session && check.verdict != Verdict::pass) return false;
  }
  return true;
}

std::string record_packets(const Scenario& scenario, const ScenarioResult& result,
                           const std::vector<std::string>& columns) {
  std::string text = scenario.source.text();
  if (scenario.packet_tables.empty()) {
    if (!text.ends_with('\n')) text += '\n';
    return text + new_section(result, columns);
  }
  // From the end, so that the places of the earlier tables stay right.
  for (auto table = scenario.packet_tables.rbegin(); table != scenario.packet_tables.rend();
       ++table) {
    if (table->rows.empty()) continue;
    const TableEditor editor(scenario, *table, result);
    const Span span = editor.span();
    text.replace(span.begin, span.end - span.begin, editor.text());
  }
  return text;
}

}  // namespace wireproof
