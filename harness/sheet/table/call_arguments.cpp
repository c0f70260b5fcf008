#include "sheet/table/call_arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/system/socket_option.h"
#include "expect/calls/call_fit.h"
#include "expect/cause/call_facts.h"
#include "sheet/text/cursor.h"

namespace wireproof {
namespace {

constexpr std::string_view kArgumentsHelp =
    "as: backlog=5, port=12345, port=server, address=0.0.0.0, SO_REUSEADDR, SHUT_WR, MSG_PEEK, "
    "returns=28, error=ECONNRESET, pending";

// Which calls have an argument.
enum class Of : std::uint8_t { listen, addressed, setsockopt, shutdown, moves, any };

bool has_argument(const CallRow& row, Of of) {
  const CallFamily family = call_family(row.call);
  const bool moves = family == CallFamily::send || family == CallFamily::recv;
  switch (of) {
    case Of::listen:
      return row.call == "listen";
    case Of::addressed:
      return row.call == "bind" || family == CallFamily::connect || family == CallFamily::accept ||
             moves;
    case Of::setsockopt:
      return row.call == "setsockopt";
    case Of::shutdown:
      return family == CallFamily::shutdown;
    case Of::moves:
      return moves;
    case Of::any:
      return true;
  }
  return false;
}

// An end that is missing is open: `1..`.
std::optional<IntegerRange> parse_integer_range(std::string_view text) {
  using Limits = std::numeric_limits<std::int64_t>;
  const auto split = split_range(text);
  const RangeText ends = split.value_or(RangeText{text, text});
  const auto read = [&](std::string_view end, std::int64_t open) {
    return split && end.empty() ? std::optional(open) : parse_number<std::int64_t>(end);
  };
  const auto least = read(ends.least, Limits::min());
  const auto most = read(ends.most, Limits::max());
  if (!least || !most || *least > *most || text == "..") return std::nullopt;
  return IntegerRange{*least, *most};
}

bool is_option_name(std::string_view name) {
  return std::ranges::find(kSocketOptions, name, &SocketOption::name) != kSocketOptions.end();
}

class ArgumentReader {
 public:
  ArgumentReader(CallRow& row, Problems& problems)
      : row_(row), wanted_(row.arguments), problems_(problems) {}

  void read(const Fragment& cell) {
    constexpr std::string_view kBetween = " \t,";
    std::size_t begin = cell.text.find_first_not_of(kBetween);
    while (begin != std::string::npos) {
      const std::size_t end = std::min(cell.text.find_first_of(kBetween, begin), cell.text.size());
      read_one(part_of(cell, begin, end));
      begin = cell.text.find_first_not_of(kBetween, end);
    }
  }

 private:
  void read_one(const Fragment& word) {
    const std::size_t sign = word.text.find('=');
    const std::string name = word.text.substr(0, sign);
    const std::string value = sign == std::string::npos ? "" : word.text.substr(sign + 1);
    if (sign != std::string::npos && value == "*") return;
    const bool is_read =
        sign == std::string::npos ? read_word(word, name) : read_value(word, name, value);
    if (is_read) return;
    const std::vector<std::string> options = list_names(kSocketOptions);
    const auto meant = nearest_name(name, options);
    problems_.error(
        ProblemCode::call_argument, word.span(),
        fmt::format("`{}` is no argument of a call", word.text),
        meant ? fmt::format("did you mean `{}`?", *meant) : std::string(kArgumentsHelp));
  }

  // True also where it was reported that the call has no such argument.
  bool is_of(const Fragment& word, Of of) {
    if (has_argument(row_, of)) return true;
    problems_.error(ProblemCode::argument_of_other_call, word.span(),
                    fmt::format("`{}` has no argument `{}`", row_.call, word.text));
    return true;
  }

  bool read_word(const Fragment& word, const std::string& name) {
    if (name == "pending") {
      wanted_.pending = true;
      return true;
    }
    if (is_option_name(name)) {
      wanted_.option = name;
      return is_of(word, Of::setsockopt);
    }
    for (const NamedFlag& way : shutdown_ways()) {
      if (way.name != name) continue;
      wanted_.how = way.value;
      return is_of(word, Of::shutdown);
    }
    for (const NamedFlag& flag : message_flags()) {
      if (flag.name != name) continue;
      wanted_.flags |= static_cast<std::uint32_t>(flag.value);
      return is_of(word, Of::moves);
    }
    return false;
  }

  bool read_value(const Fragment& word, const std::string& name, const std::string& value) {
    if (name == "backlog") return read_range(value, wanted_.backlog) && is_of(word, Of::listen);
    if (name == "returns") return read_range(value, wanted_.returns);
    if (name == "port" && value == "server") {
      wanted_.server_port = true;
      return is_of(word, Of::addressed);
    }
    if (name == "port") return read_range(value, wanted_.port) && is_of(word, Of::addressed);
    if (name == "address") {
      wanted_.address = parse_ip_address(value);
      return wanted_.address && is_of(word, Of::addressed);
    }
    if (name == "error") {
      wanted_.error = find_error(value);
      return wanted_.error.has_value();
    }
    if (!is_option_name(name)) return false;
    wanted_.option = name;
    wanted_.option_value = parse_number<int>(value);
    return wanted_.option_value && is_of(word, Of::setsockopt);
  }

  static bool read_range(const std::string& value, std::optional<IntegerRange>& range) {
    range = parse_integer_range(value);
    return range.has_value();
  }

  CallRow& row_;
  CallArguments& wanted_;
  Problems& problems_;
};

}  // namespace

void read_call_arguments(const Fragment& cell, CallRow& row, Problems& problems) {
  ArgumentReader(row, problems).read(cell);
}

}  // namespace wireproof
