#include "expect/match/event_table.h"

#include <algorithm>
#include <set>

namespace wireproof {
namespace {

constexpr KindSet kBytes = kind_bit(EventKind::bytes);

Item make_item(const Row& row, std::size_t index, KindSet kinds, const MatchContext& context) {
  Item item;
  item.row = index;
  item.from = row.from;
  item.kinds = kinds;
  item.level = row.level;
  item.any_order = row.any_order;
  item.anything = row.kind == RowKind::anything;
  if (!item.has(EventKind::bytes)) return item;
  item.size = known_size(row, context);
  if (item.size) return item;
  item.limits = row.length;
  if (row.payload) item.payload = &*row.payload;
  return item;
}

void add_items(ItemPlan& plan, const Row& row, std::size_t index, const MatchContext& context) {
  if (is_obligation(row)) return;
  const KindSet kinds = row_kinds(row);
  if (row.kind == RowKind::anything || context.strictness != Strictness::stream) {
    if (row.kind == RowKind::anything || kinds != 0) {
      plan.items.push_back(make_item(row, index, kinds, context));
    }
    return;
  }
  for (const EventKind kind : {EventKind::open, EventKind::bytes, EventKind::fin, EventKind::rst}) {
    if ((kinds & kind_bit(kind)) == 0) continue;
    plan.items.push_back(make_item(row, index, kind_bit(kind), context));
  }
}

// Whether the item `next` goes on with the run of bytes that `item` belongs to.
bool same_run(const Item& item, const Item& next) {
  return next.from == item.from && next.kinds == kBytes && !next.anything;
}

void link_runs(std::vector<Item>& items) {
  for (std::size_t index = items.size(); index-- > 0;) {
    Item& item = items[index];
    if (item.kinds != kBytes || item.anything || index + 1 == items.size()) continue;
    const Item& next = items[index + 1];
    if (!same_run(item, next)) continue;
    if (next.size) {
      item.known_size_after = *next.size + next.known_size_after;
      item.unknown_size_after = next.unknown_size_after;
    } else {
      item.unknown_size_after = true;
    }
  }
}

std::uint64_t most_bytes(const Item& item) {
  if (item.anything) return kUnlimited;
  if (!item.has(EventKind::bytes)) return 0;
  return item.size.value_or(kUnlimited);
}

ItemLane make_lane(const std::vector<Item>& items, Side side) {
  ItemLane lane;
  for (std::size_t index = 0; index < items.size(); ++index) {
    if (items[index].anything || items[index].from == side) lane.items.push_back(index);
  }
  lane.next_ordered.assign(lane.items.size() + 1, kNoItem);
  lane.bytes_after.assign(lane.items.size() + 1, 0);
  for (std::size_t place = lane.items.size(); place-- > 0;) {
    const Item& item = items[lane.items[place]];
    lane.next_ordered[place] = item.any_order ? lane.next_ordered[place + 1] : lane.items[place];
    const std::uint64_t most = most_bytes(item);
    const std::uint64_t behind = lane.bytes_after[place + 1];
    lane.bytes_after[place] =
        most == kUnlimited || behind == kUnlimited ? kUnlimited : most + behind;
  }
  return lane;
}

// Whether a part of a message gives every field of its layout that has no size of its own: by an
// argument, or by the only text that its rule allows.
bool gives_sizes(const LayoutPart& part, const LayoutSet& layouts) {
  const auto arguments = resolve_arguments(part, layouts);
  if (!arguments) return false;
  const std::vector<FieldRef> fields = list_fields(layouts.at(part.layout), layouts);
  return std::ranges::all_of(fields, [&](const FieldRef& item) {
    const Field& field = *item.field;
    if (field.type == FieldType::layout && !field.is_array) return true;  // its fields follow
    // Bits, padding and what is computed have the size that the rest leaves them.
    const bool follows = field.bits != 0 || std::holds_alternative<CountAlign>(field.count) ||
                         std::holds_alternative<ValueSizeOf>(field.rule) ||
                         std::holds_alternative<ValueCountOf>(field.rule);
    if (follows && !is_conditional(field)) return true;
    const auto* const choice = std::get_if<ValueOneOf>(&field.rule);
    return field_size(field, layouts) || arguments->contains(item.path) ||
           (is_string(field) && choice != nullptr && choice->values.size() == 1);
  });
}

// The size of a message whatever its free fields hold; nothing when it varies.
std::optional<std::uint64_t> fixed_message_size(const Message& message,
                                                const MatchContext& context) {
  const LayoutSet& layouts = *context.layouts;
  std::uint64_t total = 0;
  for (const MessagePart& part : message.parts) {
    const auto* const named = std::get_if<LayoutPart>(&part);
    const auto layout = named == nullptr ? layouts.end() : layouts.find(named->layout);
    const auto fixed =
        layout == layouts.end() ? std::nullopt : layout_size(layout->second, layouts);
    if (fixed) {
      total += *fixed;
      continue;
    }
    if (named != nullptr && !gives_sizes(*named, layouts)) return std::nullopt;
    const auto encoded = encode_message(Message{{part}, {}}, layouts, *context.variables);
    if (!encoded) return std::nullopt;
    total += encoded->bytes.size();
  }
  return total;
}

}  // namespace

bool has_bytes(const Row& row) {
  if (row.length) return row.length->most > 0;
  return row.payload || (row.flags & tcp_flag::kPsh) != 0;
}

KindSet row_kinds(const Row& row) {
  if (row.kind != RowKind::tcp) return 0;
  KindSet kinds = 0;
  if ((row.flags & tcp_flag::kSyn) != 0) kinds |= kind_bit(EventKind::open);
  if (has_bytes(row)) kinds |= kind_bit(EventKind::bytes);
  if ((row.flags & tcp_flag::kFin) != 0) kinds |= kind_bit(EventKind::fin);
  if ((row.flags & tcp_flag::kRst) != 0) kinds |= kind_bit(EventKind::rst);
  return kinds;
}

bool is_acknowledgement(const Row& row) {
  return row.kind == RowKind::tcp && row_kinds(row) == 0;
}

bool is_obligation(const Row& row) {
  return row.kind == RowKind::tcp && (row.again || is_acknowledgement(row));
}

bool is_sent_again(const Row& row, const Segment& segment) {
  if (segment.from != row.from) return false;
  if (!is_acknowledgement(row)) return is_retransmission(segment.repeat);
  return segment.payload_size == 0 && is_acknowledgement_again(segment.repeat);
}

std::optional<std::uint64_t> known_size(const Row& row, const MatchContext& context) {
  if (row.length && row.length->least == row.length->most) return row.length->most;
  if (row.payload) return fixed_message_size(*row.payload, context);
  return std::nullopt;
}

ItemPlan plan_items(std::span<const Row> rows, const MatchContext& context) {
  ItemPlan plan;
  for (std::size_t index = 0; index < rows.size(); ++index) {
    add_items(plan, rows[index], index, context);
  }
  if (context.strictness == Strictness::stream) link_runs(plan.items);
  plan.client = make_lane(plan.items, Side::client);
  plan.server = make_lane(plan.items, Side::server);
  return plan;
}

ByteView stream_bytes(const TcpConnection& connection, Side from, std::uint64_t begin,
                      std::uint64_t end) {
  // Stream byte k is at position k + 1.
  const ByteView stream = connection.stream(from);
  const std::uint64_t first = begin == 0 ? 0 : begin - 1;
  const std::uint64_t behind = std::min<std::uint64_t>(end == 0 ? 0 : end - 1, stream.size());
  if (first >= behind) return {};
  return stream.subspan(first, behind - first);
}

Lane::Lane(const TcpConnection& connection, Side from) {
  std::vector<Piece> resets;
  for (const Event& event : connection.events) {
    if (event.from != from) continue;
    const Piece piece{event.kind, event.begin, event.end, event.ack, event.segment};
    (event.kind == EventKind::rst ? resets : pieces_).push_back(piece);
  }
  for (const Hole& hole : connection.holes) {
    if (hole.from != from || hole.end <= 1) continue;
    pieces_.push_back(
        {EventKind::bytes, std::max<std::uint64_t>(hole.begin, 1), hole.end, 0, kNoSegment});
  }
  std::ranges::stable_sort(pieces_, {}, &Piece::begin);
  for (Piece& reset : resets) {
    reset.begin = std::max(end(), reset.begin);
    reset.end = reset.begin + 1;
    pieces_.push_back(reset);
  }
  bytes_behind_.resize(pieces_.size());
  std::uint64_t behind = 0;
  for (std::size_t index = pieces_.size(); index-- > 0;) {
    bytes_behind_[index] = behind;
    const Piece& piece = pieces_[index];
    if (piece.kind == EventKind::bytes) behind += piece.end - piece.begin;
  }
}

std::uint64_t Lane::bytes_left(std::uint64_t position) const {
  const std::size_t index = piece_index(position);
  if (index == pieces_.size()) return 0;
  const Piece& piece = pieces_[index];
  const bool counts = piece.kind == EventKind::bytes;
  return bytes_behind_[index] + (counts ? piece.end - std::max(position, piece.begin) : 0);
}

std::uint64_t Lane::sent_end() const {
  for (auto piece = pieces_.rbegin(); piece != pieces_.rend(); ++piece) {
    if (piece->kind != EventKind::rst) return piece->end;
  }
  return 0;
}

std::optional<EventKind> Lane::last_acknowledged(std::uint64_t ack) const {
  const std::size_t behind = piece_index(ack);
  if (behind == 0 || ack == 0) return std::nullopt;
  return pieces_[behind - 1].kind;
}

std::size_t Lane::piece_index(std::uint64_t position) const {
  const auto found =
      std::upper_bound(pieces_.begin(), pieces_.end(), position,
                       [](std::uint64_t wanted, const Piece& piece) { return wanted < piece.end; });
  return static_cast<std::size_t>(found - pieces_.begin());
}

const Piece* Lane::piece_at(std::uint64_t position) const {
  const std::size_t index = piece_index(position);
  return index < pieces_.size() ? &pieces_[index] : nullptr;
}

std::uint64_t Lane::settle(std::uint64_t position) const {
  const Piece* piece = piece_at(position);
  return piece == nullptr ? end() : std::max(position, piece->begin);
}

std::uint64_t Lane::bytes_end(std::uint64_t position) const {
  std::uint64_t at = position;
  for (std::size_t index = piece_index(position); index < pieces_.size(); ++index) {
    const Piece& piece = pieces_[index];
    if (piece.kind != EventKind::bytes || piece.begin > at) break;
    at = piece.end;
  }
  return at;
}

std::uint64_t Lane::needed_ack(std::uint64_t begin, std::uint64_t end) const {
  std::uint64_t needed = 0;
  for (std::size_t index = piece_index(begin); index < pieces_.size(); ++index) {
    if (pieces_[index].begin >= end) break;
    needed = std::max(needed, pieces_[index].ack);
  }
  return needed;
}

std::vector<std::size_t> Lane::segments(std::uint64_t begin, std::uint64_t end) const {
  std::vector<std::size_t> result;
  std::set<std::size_t> known;
  for (std::size_t index = piece_index(begin); index < pieces_.size(); ++index) {
    const Piece& piece = pieces_[index];
    if (piece.begin >= end) break;
    if (piece.segment == kNoSegment) continue;
    if (known.insert(piece.segment).second) result.push_back(piece.segment);
  }
  return result;
}

std::size_t Lane::unit_end(std::size_t index) const {
  std::size_t last = index + 1;
  while (last < pieces_.size() && pieces_[last].segment == pieces_[index].segment &&
         pieces_[last].begin == pieces_[last - 1].end) {
    ++last;
  }
  return last;
}

void Lane::clamp_acks(std::uint64_t most) {
  for (Piece& piece : pieces_) piece.ack = std::min(piece.ack, most);
}

Lanes::Lanes(const TcpConnection& connection)
    : client(connection, Side::client), server(connection, Side::server) {
  client.clamp_acks(server.sent_end());
  server.clamp_acks(client.sent_end());
}

}  // namespace wireproof
