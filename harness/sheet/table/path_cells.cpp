#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>

#include "sheet/table/path_table.h"
#include "sheet/text/cursor.h"

namespace wireproof {
namespace {

constexpr std::uint64_t kMaxPayload = 65'507;  // of a UDP datagram over IPv4
constexpr std::uint64_t kMinNextMtu = 68;      // RFC 791 §3.2: what every link carries
constexpr std::uint64_t kMaxNextMtu = 65'535;
constexpr std::uint64_t kMaxPacketNumber = 1'000'000;

struct KnownDeed {
  std::string_view name;  // its first word
  PathDeed deed;
  std::string_view form;
};

constexpr std::array<KnownDeed, 7> kDeeds{
    {{"lose", PathDeed::lose, "`lose`"},
     {"delay", PathDeed::delay, "`delay 40ms`"},
     {"duplicate", PathDeed::duplicate, "`duplicate`"},
     {"swap", PathDeed::swap, "`swap with next`"},
     {"corrupt", PathDeed::corrupt, "`corrupt byte 3`, or `corrupt byte 3, checksum right`"},
     {"cut", PathDeed::cut, "`cut to 10`"},
     {"answer", PathDeed::port_unreachable,
      "`answer ICMP port unreachable`, or `answer ICMP fragmentation needed 1400`"}}};

class ActionReader {
 public:
  ActionReader(const Fragment& cell, Problems& problems)
      : cell_(cell), cursor_(cell), problems_(problems) {}

  std::optional<PathAction> read() {
    const std::string word = lower_case(cursor_.take_any_word());
    const auto known = std::ranges::find(kDeeds, word, &KnownDeed::name);
    if (known == kDeeds.end()) {
      problems_.error(ProblemCode::path_deed, cell_.span(),
                      cell_.empty() ? std::string("the rule does not say what it does")
                                    : fmt::format("`{}` is nothing that a path does", cell_.text),
                      suggest_name(word, list_names(kDeeds)));
      return std::nullopt;
    }
    form_ = known->form;
    action_.deed = known->deed;
    const std::size_t told = problems_.count();
    if (read_rest() && cursor_.at_end()) return action_;
    if (problems_.count() == told) report_rest(known->name);
    return std::nullopt;
  }

 private:
  bool read_rest() {
    switch (action_.deed) {
      case PathDeed::lose:
      case PathDeed::duplicate:
        return true;
      case PathDeed::delay:
        return read_delay();
      case PathDeed::swap:
        return take_words({"with", "next"});
      case PathDeed::corrupt:
        if (!take_words({"byte"}) || !read_number(action_.byte, 0, kMaxPayload - 1)) return false;
        action_.mends_checksum = cursor_.take_symbol(",");
        return !action_.mends_checksum || take_words({"checksum", "right"});
      case PathDeed::cut:
        return take_words({"to"}) && read_number(action_.size, 0, kMaxPayload - 1);
      case PathDeed::port_unreachable:
      case PathDeed::fragmentation_needed:
        return read_answer();
    }
    return false;
  }

  bool read_answer() {
    if (!take_words({"icmp"})) return false;
    if (take_words({"port"})) return take_words({"unreachable"});
    action_.deed = PathDeed::fragmentation_needed;
    return take_words({"fragmentation", "needed"}) &&
           read_number(action_.size, kMinNextMtu, kMaxNextMtu);
  }

  // In any case, as `ICMP`.
  bool take_words(std::initializer_list<std::string_view> words) {
    for (const std::string_view word : words) {
      const std::size_t begin = cursor_.offset();
      if (lower_case(cursor_.take_any_word()) == word) continue;
      cursor_.reset(begin);
      return false;
    }
    return true;
  }

  bool read_delay() {
    if (cursor_.at_end()) return false;
    const std::size_t begin = cursor_.offset();
    const std::string text = cursor_.take_token();
    const auto delay = parse_duration(text);
    if (!delay) {
      return problems_.error(ProblemCode::path_value, cursor_.span_from(begin),
                             fmt::format("`{}` is no duration", text),
                             "write it with a unit: 40ms, 1s");
    }
    if (*delay <= Duration::zero() || *delay > kMaxPathDelay) {
      return problems_.error(
          ProblemCode::path_value, cursor_.span_from(begin),
          fmt::format("a path cannot delay by `{}`", text),
          fmt::format("more than nothing, and at most {}", render_duration(kMaxPathDelay)));
    }
    action_.delay = *delay;
    return true;
  }

  bool read_number(std::uint64_t& value, std::uint64_t least, std::uint64_t most) {
    const std::size_t begin = cursor_.offset();
    const auto number = cursor_.take_number();
    if (!number) return false;
    value = *number;
    if (least <= value && value <= most) return true;
    return problems_.error(ProblemCode::path_value, cursor_.span_from(begin),
                           fmt::format("`{}` is out of range", value),
                           fmt::format("a number of bytes from {} to {}", least, most));
  }

  void report_rest(std::string_view name) {
    const std::string help = fmt::format("as: {}", form_);
    if (cursor_.at_end()) {
      problems_.error(ProblemCode::path_deed, cell_.span(),
                      fmt::format("`{}` lacks what stands behind it", cell_.text), help);
      return;
    }
    problems_.error(ProblemCode::path_deed, cursor_.next_span(),
                    fmt::format("`{}` does not belong to `{}`", cursor_.next_token(), name), help);
  }

  const Fragment& cell_;
  Cursor cursor_;
  Problems& problems_;
  PathAction action_;
  std::string_view form_;
};

// `3` or `1..2`, counted from 1.
std::optional<Range> parse_numbers(std::string_view text) {
  const RangeText ends = split_range(text).value_or(RangeText{text, text});
  const auto least = parse_number<std::uint64_t>(ends.least);
  const auto most = parse_number<std::uint64_t>(ends.most);
  if (!least || !most || *least < 1 || *most < *least || *most > kMaxPacketNumber) {
    return std::nullopt;
  }
  return Range{*least, *most};
}

std::optional<PathChoice> complain_of_choice(const Fragment& part, const std::string& message,
                                             Problems& problems) {
  problems.error(ProblemCode::path_choice, part.span(), message,
                 fmt::format("numbers from 1 to {}, as `2`, `1..2, 5`, or `every 4`; nothing: all",
                             kMaxPacketNumber));
  return std::nullopt;
}

std::optional<PathChoice> parse_every(const Fragment& cell, Problems& problems) {
  Cursor cursor(cell);
  cursor.take_word("every");
  const auto every = cursor.take_number();
  if (every && cursor.at_end() && *every >= 1 && *every <= kMaxPacketNumber) {
    return PathChoice{{}, *every};
  }
  return complain_of_choice(cell, fmt::format("`{}` chooses no packets", cell.text), problems);
}

}  // namespace

std::optional<PathAction> parse_path_action(const Fragment& cell, Problems& problems) {
  return ActionReader(cell, problems).read();
}

std::optional<PathChoice> parse_path_choice(const Fragment& cell, Problems& problems) {
  PathChoice choice;
  if (cell.empty() || cell.text == "*") return choice;
  if (Cursor(cell).is_word("every")) return parse_every(cell, problems);
  for (std::size_t begin = 0; begin <= cell.text.size();) {
    const std::size_t end = std::min(cell.text.find(',', begin), cell.text.size());
    const Fragment part = trim(part_of(cell, begin, end));
    const auto numbers = parse_numbers(part.text);
    if (!numbers) {
      return complain_of_choice(
          part.empty() ? cell : part,
          fmt::format("`{}` is no number of a packet", part.empty() ? cell.text : part.text),
          problems);
    }
    const auto twice = std::ranges::find_if(choice.ranges, [&numbers](const Range& other) {
      return other.least <= numbers->most && numbers->least <= other.most;
    });
    if (twice != choice.ranges.end()) {
      return complain_of_choice(part, fmt::format("`{}` is named twice", part.text), problems);
    }
    choice.ranges.push_back(*numbers);
    begin = end + 1;
  }
  std::ranges::sort(choice.ranges, {}, &Range::least);
  return choice;
}

}  // namespace wireproof
