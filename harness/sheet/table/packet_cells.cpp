#include "sheet/table/packet_cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "packets/wire/summary.h"
#include "sheet/text/cursor.h"

namespace wireproof {
namespace {

constexpr std::string_view kCellHelp =
    "as: [SYN], [PSH, ACK] Seq=1 Ack=1 Len=5, UDP Len=5, ICMP port unreachable, …";

// Wireshark prints these too; they are the kernel's business and not compared.
constexpr std::array<std::string_view, 7> kIgnoredKeys{"WS",  "TSval",     "TSecr", "SLE",
                                                       "SRE", "SACK_PERM", "Urg"};

// Both ends of `a..b`, or one number for both; decimal.
std::optional<Range> parse_range(std::string_view text) {
  const RangeText ends = split_range(text).value_or(RangeText{text, text});
  const auto least = parse_number<std::uint64_t>(trim_text(ends.least));
  const auto most = parse_number<std::uint64_t>(trim_text(ends.most));
  if (!least || !most || *least > *most) return std::nullopt;
  return Range{*least, *most};
}

class InfoParser {
 public:
  InfoParser(const Fragment& cell, Row& row, Problems& problems)
      : cursor_(cell), row_(row), problems_(problems) {}

  bool parse() {
    if (cursor_.at_end())
      return fail(ProblemCode::unknown_packet, cursor_.next_span(),
                  "the row says nothing about its packet");
    skip_ports();
    if (cursor_.take_symbol("…") || cursor_.take_symbol("...")) {
      row_.kind = RowKind::anything;
      if (cursor_.at_end()) return true;
      return fail(ProblemCode::anything_row, cursor_.next_span(),
                  "a row `…` stands alone: it is any packets at all");
    }
    if (cursor_.peek() == '[') {
      row_.kind = RowKind::tcp;
      return parse_flags() && parse_keys();
    }
    const Span start = cursor_.next_span();
    const std::string word = lower_case(cursor_.take_any_word());
    if (word == "udp") {
      row_.kind = RowKind::udp;
      return parse_keys();
    }
    if (word == "icmp" || word == "icmpv6") {
      row_.kind = RowKind::port_unreachable;
      cursor_.take_symbol(":");
      const std::string rest = lower_case(cursor_.rest());
      if (rest == "port unreachable" || rest == "destination unreachable (port unreachable)") {
        return true;
      }
      return fail(ProblemCode::unknown_packet, start,
                  "of ICMP, only `ICMP port unreachable` can be expected");
    }
    return fail(ProblemCode::unknown_packet, start, "the packet is not understood");
  }

 private:
  // Wireshark begins with `63671 → 12345`; From and To say the same.
  void skip_ports() {
    Cursor ahead = cursor_;
    if (!ahead.take_number()) return;
    if (!ahead.take_symbol("→") && !ahead.take_symbol("->") && !ahead.take_symbol(">")) return;
    if (ahead.take_number()) cursor_ = ahead;
  }

  bool parse_flags() {
    const std::size_t begin = cursor_.offset();
    cursor_.take_symbol("[");
    while (!cursor_.at_end() && cursor_.peek() != ']') {
      if (!parse_flag()) return false;
      if (!cursor_.take_symbol(",")) break;
    }
    if (!cursor_.take_symbol("]"))
      return fail(ProblemCode::packet_flags, cursor_.span_from(begin), "the flags are not closed");
    if (row_.flags == 0)
      return fail(ProblemCode::packet_flags, cursor_.span_from(begin), "the row has no flags");
    return true;
  }

  bool parse_flag() {
    const std::size_t begin = cursor_.offset();
    const std::string word = cursor_.take_any_word();
    const std::string wanted = lower_case(word);
    const auto flag = std::ranges::find_if(kTcpFlagNames, [&wanted](const TcpFlagName& known) {
      return lower_case(known.name) == wanted;
    });
    if (flag != kTcpFlagNames.end()) {
      row_.flags = static_cast<std::uint16_t>(row_.flags | flag->flag);
      return true;
    }
    if (word.empty())
      return fail(ProblemCode::packet_flags, cursor_.next_span(), "a flag is missing");
    return fail(ProblemCode::packet_flags, cursor_.span_from(begin),
                fmt::format("unknown flag `{}`", word),
                suggest_name(word, list_names(kTcpFlagNames)));
  }

  bool parse_keys() {
    while (!cursor_.at_end()) {
      const Span span = cursor_.next_span();
      if (cursor_.take_word("again")) return parse_again(span);
      if (!parse_key()) return false;
    }
    return true;
  }

  bool parse_again(Span span) {
    row_.again = true;
    if (!cursor_.at_end()) {
      return fail(ProblemCode::unknown_packet, cursor_.next_span(),
                  "`again` is the last word of an Info");
    }
    if ((row_.flags & tcp_flag::kRst) == 0) return true;
    return fail(ProblemCode::packet_again, span, "a reset is not sent again",
                "what is: [SYN] again, [PSH, ACK] again, [FIN, ACK] again, [ACK] again, UDP again");
  }

  bool parse_key() {
    const std::size_t begin = cursor_.offset();
    const std::string key = cursor_.take_any_word();
    const bool ignored = std::ranges::find(kIgnoredKeys, key) != kIgnoredKeys.end();
    if (!cursor_.take_symbol("=")) {
      if (ignored) return true;
      cursor_.reset(begin);
      return fail(ProblemCode::unknown_packet, cursor_.next_span(),
                  fmt::format("`{}` is not understood", cursor_.next_token()));
    }
    const std::string value = cursor_.take_token();
    const Span span = cursor_.span_from(begin);
    if (ignored || value == "*") return true;
    const auto range = parse_range(value);
    if (!range)
      return fail(ProblemCode::packet_value, span, fmt::format("`{}` is no number", value));
    return set_key(key, *range, span);
  }

  bool set_key(const std::string& key, const Range& value, Span span) {
    if (key == "Len") {
      row_.length = value;
      return true;
    }
    if (row_.kind == RowKind::udp)
      return fail(ProblemCode::packet_value, span, fmt::format("UDP has no `{}`", key));
    if (key == "Win") {
      row_.window = value;
      return true;
    }
    if (key != "Seq" && key != "Ack" && key != "MSS") {
      const std::vector<std::string> names{"Seq", "Ack", "Win", "Len", "MSS"};
      return fail(ProblemCode::packet_value, span, fmt::format("unknown value `{}`", key),
                  suggest_name(key, names));
    }
    if (value.least != value.most)
      return fail(ProblemCode::packet_value, span, fmt::format("`{}` is one number", key));
    if (key == "Seq") row_.seq = value.least;
    if (key == "Ack") row_.ack = value.least;
    if (key == "MSS") {
      if (value.least > std::numeric_limits<std::uint16_t>::max()) {
        return fail(ProblemCode::packet_value, span, "an MSS has 16 bits");
      }
      row_.mss = static_cast<std::uint16_t>(value.least);
    }
    return true;
  }

  bool fail(ProblemCode code, Span span, const std::string& message,
            const std::string& help = std::string(kCellHelp)) {
    return problems_.error(code, span, message, help);
  }

  Cursor cursor_;
  Row& row_;
  Problems& problems_;
};

}  // namespace

bool parse_packet_info(const Fragment& cell, Row& row, Problems& problems) {
  return InfoParser(cell, row, problems).parse();
}

namespace {

bool multiply(Range& range, std::uint64_t times) {
  return !__builtin_mul_overflow(range.least, times, &range.least) &&
         !__builtin_mul_overflow(range.most, times, &range.most);
}

bool add(Range& sum, const Range& range) {
  return !__builtin_add_overflow(sum.least, range.least, &sum.least) &&
         !__builtin_add_overflow(sum.most, range.most, &sum.most);
}

std::optional<Range> parse_term(std::string_view text) {
  const std::size_t star = text.find('*');
  const auto times = star == text.npos
                         ? std::optional<std::uint64_t>(1)
                         : parse_number<std::uint64_t>(trim_text(text.substr(0, star)));
  auto range = parse_range(trim_text(star == text.npos ? text : text.substr(star + 1)));
  const bool fits = times && range && multiply(*range, *times);
  return fits ? range : std::nullopt;
}

}  // namespace

Level parse_level(const Fragment& cell, Level unless_said, Problems& problems) {
  if (cell.empty()) return unless_said;
  const std::string name = lower_case(cell.text);
  if (name == "should") return Level::should;
  if (name == "info") return Level::info;
  if (name != "must") {
    const std::vector<std::string> names{"must", "should", "info"};
    problems.error(ProblemCode::unknown_cell_value, cell.span(),
                   fmt::format("`{}` is no level", cell.text), suggest_name(name, names));
  }
  return Level::must;
}

double parse_points(const Fragment& cell, Problems& problems) {
  if (cell.empty()) return 0;
  const auto points = parse_number<double>(cell.text);
  if (points && *points >= 0 && *points < 1e9) return *points;
  problems.error(ProblemCode::unknown_cell_value, cell.span(),
                 fmt::format("`{}` is no number of points", cell.text), "a number from 0 on");
  return 0;
}

std::optional<Range> parse_length_sum(std::string_view text) {
  Range sum;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('+', begin), text.size());
    const auto term = parse_term(text.substr(begin, end - begin));
    if (!term || !add(sum, *term)) return std::nullopt;
    begin = end + 1;
  }
  return sum;
}

}  // namespace wireproof
