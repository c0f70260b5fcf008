#include "result/packet_line.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/text/words.h"
#include "packets/wire/packet_fate.h"

namespace wireproof {
namespace {

constexpr std::string_view kKernel = "kernel";
constexpr std::string_view kBetweenCalls = " + ";
constexpr std::string_view kBetweenRows = ", ";
constexpr std::string_view kBetweenFacts = "; ";
constexpr std::string_view kFragmentOf = "a fragment of packet ";
constexpr std::string_view kCopyOf = "captured twice: a copy of packet ";
constexpr std::string_view kDamaged = "wrong checksum: damaged copy of packet ";

// The words before the next `between`, which leaves `text` with them.
std::string_view take_part(std::string_view& text, std::string_view between) {
  const std::string_view part = text.substr(0, text.find(between));
  text.remove_prefix(std::min(text.size(), part.size() + between.size()));
  return part;
}

// "4" or "alice 6": nothing where no number ends it.
std::optional<RowLabel> parse_row(std::string_view text) {
  const std::size_t blank = text.rfind(' ');
  RowLabel label;
  if (blank != std::string_view::npos) label.table = text.substr(0, blank);
  const std::string_view digits = blank == std::string_view::npos ? text : text.substr(blank + 1);
  const auto row = parse_number<std::size_t>(digits);
  if (!row) return std::nullopt;
  label.row = *row;
  return label;
}

std::string render_mark(const PacketRemark& remark) {
  switch (remark.mark) {
    case PacketMark::none:
      return "";
    case PacketMark::repeat:
      return render_repeat(remark.repeat);
    case PacketMark::unexpected:
      return "unexpected";
    case PacketMark::stranger:
      return "not of this scenario";
    case PacketMark::fragment:
      return fmt::format("{}{}", kFragmentOf, remark.whole);
    case PacketMark::copy:
      return fmt::format("{}{}", kCopyOf, remark.whole);
    case PacketMark::damaged:
      return fmt::format("{}{}", kDamaged, remark.whole);
  }
  return "";
}

}  // namespace

std::string render_doers(const Doers& doers) {
  return doers.kernel ? std::string(kKernel)
                      : fmt::format("{}", fmt::join(doers.calls, kBetweenCalls));
}

std::string render_call(const Doers& doers, bool inferred) {
  const std::string words = render_doers(doers);
  return inferred && !words.empty() ? "(" + words + ")" : words;
}

std::string render_fact(const CauseFact& fact) {
  switch (fact.kind) {
    case CauseFactKind::retransmission_timer:
      return "retransmission timer";
    case CauseFactKind::inside_connect:
      return "inside connect";
    case CauseFactKind::socket_gone:
      return "the socket is gone";
    case CauseFactKind::never_accepted:
      return "for the listening socket; the connection was never accepted";
    case CauseFactKind::nothing_listens:
      return "nothing listens there";
    case CauseFactKind::port_unbound:
      return "no socket is bound to the port";
    case CauseFactKind::listener_closed:
      return "the listening socket was closed before the connection was accepted";
    case CauseFactKind::linger_zero:
      return "SO_LINGER is on with 0 seconds";
    case CauseFactKind::unread_bytes:
      return fact.count == 1 ? "1 byte was still unread"
                             : fmt::format("{} bytes were still unread", fact.count);
    case CauseFactKind::answers_closed:
      return fmt::format("packet {} came for a closed socket", fact.packet + 1);
    case CauseFactKind::several_calls:
      return fmt::format("{} calls", fact.count);
    case CauseFactKind::sent_after:
      return "sent " + render_milliseconds(fact.time) + " after the call";
    case CauseFactKind::released_by_ack:
      return fmt::format("released by the ACK of packet {}", fact.packet + 1);
    case CauseFactKind::held_by_other:
      return fmt::format("closed by process {} before, but process {} still held the socket",
                         fact.process, fact.holder);
    case CauseFactKind::segmented:
      return fmt::format("one send of {} bytes, {}", fact.total, counted(fact.count, "datagram"));
    case CauseFactKind::urgent_byte:
      return "the last byte is urgent: it is not in the stream";
    case CauseFactKind::cut:
      return fmt::format("took {} of {} bytes; {} {} gone", fact.count, fact.total,
                         fact.total - fact.count, fact.total - fact.count == 1 ? "is" : "are");
    case CauseFactKind::already_waiting:
      return "already waiting for " + render_milliseconds(fact.time);
    case CauseFactKind::called_later:
      return "called " + render_milliseconds(fact.time) + " later";
  }
  return "";
}

std::string render_facts(std::span<const CauseFact> facts) {
  std::string text;
  for (const CauseFact& fact : facts) {
    text += fmt::format("{}{}", text.empty() ? "" : kBetweenFacts, render_fact(fact));
  }
  return text;
}

std::string render_remark(const PacketRemark& remark) {
  const std::string mark = render_mark(remark);
  const std::string facts = render_facts(remark.facts);
  return mark.empty() || facts.empty() ? mark + facts
                                       : fmt::format("{}{}{}", mark, kBetweenFacts, facts);
}

std::string render_remark(const PacketLine& line) {
  const std::string remark = render_remark(line.remark);
  const std::string_view fate = render_fate(line.fate);
  const bool both = !remark.empty() && !fate.empty();
  return fmt::format("{}{}{}", fate, both ? kBetweenFacts : "", remark);
}

std::string render_rows(std::span<const RowLabel> rows) {
  std::string text;
  for (const RowLabel& label : rows) {
    text += fmt::format("{}{}{}{}", text.empty() ? "" : kBetweenRows, label.table,
                        label.table.empty() ? "" : " ", label.row);
  }
  return text;
}

Doers parse_doers(std::string_view text) {
  Doers doers;
  doers.kernel = text == kKernel;
  while (!doers.kernel && !text.empty()) doers.calls.emplace_back(take_part(text, kBetweenCalls));
  return doers;
}

std::optional<PacketRemark> parse_remark(std::string_view text) {
  const std::string_view mark = take_part(text, kBetweenFacts);
  if (mark.empty()) return PacketRemark{};
  for (const PacketMark plain : {PacketMark::unexpected, PacketMark::stranger}) {
    if (mark == render_mark({plain})) return PacketRemark{plain};
  }
  constexpr std::pair<PacketMark, std::string_view> kParts[] = {{PacketMark::fragment, kFragmentOf},
                                                                {PacketMark::copy, kCopyOf},
                                                                {PacketMark::damaged, kDamaged}};
  for (const auto& [kind, words] : kParts) {
    if (!mark.starts_with(words)) continue;
    const auto whole = parse_row(mark.substr(words.size()));
    if (!whole || !whole->table.empty()) return std::nullopt;
    return PacketRemark{kind, Repeat::none, {}, whole->row};
  }
  for (int repeat = 0; repeat <= static_cast<int>(kLastRepeat); ++repeat) {
    const PacketRemark remark{PacketMark::repeat, static_cast<Repeat>(repeat)};
    if (mark == render_mark(remark)) return remark;
  }
  return std::nullopt;
}

std::optional<std::vector<RowLabel>> parse_rows(std::string_view text) {
  std::vector<RowLabel> rows;
  while (!text.empty()) {
    // A table's name may hold what stands between rows: a label ends behind a number.
    std::string_view rest = text;
    std::optional<RowLabel> label;
    while (!label && !rest.empty()) {
      take_part(rest, kBetweenRows);
      const std::size_t taken = text.size() - rest.size();
      label = parse_row(text.substr(0, rest.empty() ? taken : taken - kBetweenRows.size()));
    }
    if (!label) return std::nullopt;
    rows.push_back(*std::move(label));
    text = rest;
  }
  return rows;
}

}  // namespace wireproof
