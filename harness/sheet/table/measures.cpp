#include "sheet/table/measures.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text/time.h"
#include "sheet/table/packet_cells.h"
#include "sheet/text/bit_rate.h"
#include "sheet/text/cursor.h"
#include "sheet/text/table_columns.h"

namespace wireproof {
namespace {

enum class Unit : std::uint8_t { time, number, bit_rate, percent, growth, memory };

struct KnownMeasure {
  MeasureKind kind;
  std::string_view name;
  Unit unit;
  std::string_view example;
};

// In the order of MeasureKind.
constexpr std::array<KnownMeasure, 12> kMeasures{
    {{MeasureKind::reply_time, "reply time", Unit::time, "< 100ms"},
     {MeasureKind::retransmissions, "retransmissions", Unit::number, "0"},
     {MeasureKind::retransmissions_client, "retransmissions client", Unit::number, "1..2"},
     {MeasureKind::retransmissions_server, "retransmissions server", Unit::number, "0"},
     {MeasureKind::lost, "lost", Unit::number, "2"},
     {MeasureKind::recovery_time, "recovery time", Unit::time, "< 400ms"},
     {MeasureKind::goodput, "goodput", Unit::bit_rate, "> 100 kbit/s"},
     {MeasureKind::packets, "packets", Unit::number, "12..16"},
     {MeasureKind::server_cpu, "server cpu", Unit::percent, "< 5%"},
     {MeasureKind::server_descriptors, "server descriptors", Unit::growth, "+0"},
     {MeasureKind::server_threads, "server threads", Unit::growth, "+0"},
     {MeasureKind::server_memory, "server memory", Unit::memory, "< 50 MB"}}};

const KnownMeasure& known_measure(MeasureKind kind) {
  return kMeasures.at(static_cast<std::size_t>(kind));
}

constexpr std::array<ColumnName, 3> kMeasureColumns{
    {{"Measure", "Measure"}, {"Expected", "Expected"}, {"Level", "Level"}}};

std::optional<double> to_double(std::optional<std::uint64_t> number) {
  if (!number) return std::nullopt;
  return static_cast<double>(*number);
}

bool take_end(std::string_view& text, std::string_view end) {
  if (!text.ends_with(end)) return false;
  text.remove_suffix(end.size());
  return true;
}

std::optional<double> read_memory(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 3> kSizes{
      {{"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}}};
  for (const auto& [name, bytes] : kSizes) {
    if (!take_end(text, name)) continue;
    const auto number = to_double(parse_number<std::uint64_t>(trim_text(text)));
    if (number) return *number * bytes;
  }
  return std::nullopt;
}

// A growth's sign may be missing behind `<`.
std::optional<double> read_amount(std::string_view text, Unit unit) {
  const bool grows = unit == Unit::growth || unit == Unit::memory;
  if (grows && text.starts_with('+')) text.remove_prefix(1);
  switch (unit) {
    case Unit::time: {
      const auto duration = parse_duration(text);
      if (!duration) return std::nullopt;
      return static_cast<double>(duration->count());
    }
    case Unit::number:
    case Unit::growth:
      return to_double(parse_number<std::uint64_t>(text));
    case Unit::bit_rate:
      return parse_bit_rate(text);
    case Unit::percent:
      return take_end(text, "%") ? to_double(parse_number<std::uint64_t>(text)) : std::nullopt;
    case Unit::memory:
      return read_memory(text);
  }
  return std::nullopt;
}

std::optional<MeasureRange> read_comparison(std::string_view sign, std::string_view text,
                                            Unit unit) {
  const auto amount = read_amount(trim_text(text), unit);
  if (!amount) return std::nullopt;
  MeasureRange range;
  if (!sign.starts_with('>')) range.most = *amount;
  if (!sign.starts_with('<')) range.least = *amount;
  range.without_least = sign == ">";
  range.without_most = sign == "<";
  return range;
}

}  // namespace

std::string_view measure_name(MeasureKind kind) {
  return known_measure(kind).name;
}

bool is_of_server(MeasureKind kind) {
  return kind >= MeasureKind::server_cpu;
}

bool MeasureRange::holds(double value) const {
  if (without_least ? value <= least : value < least) return false;
  return without_most ? value < most : value <= most;
}

std::optional<MeasureRange> parse_measure_range(MeasureKind kind, std::string_view text) {
  const Unit unit = known_measure(kind).unit;
  for (const std::string_view sign : {"<=", ">=", "<", ">", "="}) {
    if (text.starts_with(sign)) return read_comparison(sign, text.substr(sign.size()), unit);
  }
  if (const auto ends = split_range(text)) {
    const auto least = read_amount(ends->least, unit);
    const auto most = read_amount(ends->most, unit);
    if (!least || !most || *least > *most) return std::nullopt;
    return MeasureRange{*least, *most};
  }
  if (unit != Unit::growth && unit != Unit::memory) return read_comparison("=", text, unit);
  return text.starts_with('+') ? read_comparison("<=", text, unit) : std::nullopt;
}

bool is_measure_table(const Table& table) {
  const TableColumns columns(table, kMeasureColumns);
  return columns.has("Measure") && columns.has("Expected");
}

std::vector<Measure> parse_measures(const Table& table, const Parameters& parameters,
                                    Problems& problems) {
  const TableColumns columns(table, kMeasureColumns);
  columns.report_slips(table, problems);
  columns.report_repeats(table, problems);
  std::vector<Measure> measures;
  for (const TableRow& source : table.rows) {
    const Fragment name = columns.cell(source, "Measure", parameters, problems);
    const Fragment expected = columns.cell(source, "Expected", parameters, problems);
    const auto known = std::ranges::find(kMeasures, lower_case(name.text), &KnownMeasure::name);
    if (known == kMeasures.end()) {
      problems.error(ProblemCode::unknown_measure, name.span(),
                     fmt::format("unknown measure `{}`", name.text),
                     suggest_name(name.text, list_names(kMeasures)));
      continue;
    }
    const auto range = parse_measure_range(known->kind, expected.text);
    if (!range) {
      problems.error(ProblemCode::measure_value, expected.span(),
                     fmt::format("`{}` is nothing that `{}` can be", expected.text, known->name),
                     fmt::format("as: {}", known->example));
      continue;
    }
    // Times depend on the machine, so they are no must unless the sheet says so.
    const bool is_timed = known->unit == Unit::time || known->unit == Unit::bit_rate;
    const Level level = parse_level(columns.cell(source, "Level", parameters, problems),
                                    is_timed ? Level::should : Level::must, problems);
    measures.push_back({known->kind, expected.text, *range, level, source.span});
  }
  return measures;
}

}  // namespace wireproof
