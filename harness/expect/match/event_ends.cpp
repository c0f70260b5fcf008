#include <algorithm>

#include "expect/match/event_table.h"

namespace wireproof {
namespace {

// How many of `bytes` the message takes; nothing when they do not tell.
std::optional<std::uint64_t> read_message_size(const Message& message, const MatchContext& context,
                                               ByteView bytes) {
  const MessageNeed need = message_need(message, *context.layouts, *context.variables, bytes);
  if (!need.complete || need.to_end || need.size == 0 || need.size > bytes.size()) {
    return std::nullopt;
  }
  return need.size;
}

class EndFinder {
 public:
  EndFinder(const EventTable& table, const Item& item, std::uint64_t begin)
      : table_(table),
        item_(item),
        lane_(table.lanes.of(item.from)),
        begin_(begin),
        limit_(lane_.bytes_end(begin)) {}

  std::vector<ItemEnd> find() {
    if (item_.size) {
      if (begin_ + *item_.size <= limit_) ends_.push_back({begin_ + *item_.size});
    } else if (item_.limits) {
      const std::uint64_t least = std::max<std::uint64_t>(item_.limits->least, 1);
      const std::uint64_t most = std::min(item_.limits->most, limit_ - begin_);
      add_boundaries({begin_ + least, begin_ + most});
    } else if (item_.payload != nullptr) {
      add_payload_ends();
    } else {
      add_open_ends();
    }
    return std::move(ends_);
  }

 private:
  // One or more whole segments: each state takes the next one and ends or stays.
  void add_open_ends() {
    const std::uint64_t boundary = lane_.piece_at(begin_)->end;
    add_boundaries({begin_ + 1, boundary});
    // Two items of unknown size may share a segment.
    if (item_.unknown_size_after && boundary > begin_ + 1) ends_.push_back({begin_ + 1});
    if (boundary < limit_) ends_.push_back({boundary, true});
  }

  // A message whose bytes tell its size ends there. Where they do not, or are wrong, it may end
  // with one of the next segments or with the run.
  void add_payload_ends() {
    constexpr std::size_t kMaxTriedSegments = 8;
    const ByteView bytes = stream_bytes(table_.connection, item_.from, begin_, limit_);
    if (const auto size = read_message_size(*item_.payload, table_.context, bytes)) {
      ends_.push_back({begin_ + *size});
      if (payload_matches(table_, item_, begin_, begin_ + *size)) return;
    }
    std::uint64_t boundary = begin_;
    for (std::size_t count = 0; count < kMaxTriedSegments && boundary < limit_; ++count) {
      boundary = lane_.piece_at(boundary)->end;
    }
    add_boundaries({begin_ + 1, boundary});
    if (boundary < limit_) add_boundaries({limit_, limit_});
  }

  // Adds the ends within `positions` from which the items of known size behind reach the end of a
  // segment.
  void add_boundaries(Range positions) {
    if (positions.least > positions.most) return;
    const std::uint64_t after = item_.known_size_after;
    for (std::size_t index = lane_.piece_index(positions.least + after - 1);
         index < lane_.pieces().size(); ++index) {
      const std::uint64_t boundary = lane_.pieces()[index].end;
      if (boundary > limit_ || boundary > positions.most + after) break;
      if (boundary >= positions.least + after) ends_.push_back({boundary - after});
    }
  }

  const EventTable& table_;
  const Item& item_;
  const Lane& lane_;
  std::uint64_t begin_;
  std::uint64_t limit_;  // where the run of bytes ends
  std::vector<ItemEnd> ends_;
};

}  // namespace

std::vector<ItemEnd> find_ends(const EventTable& table, const Item& item, std::uint64_t begin) {
  return EndFinder(table, item, begin).find();
}

bool payload_matches(const EventTable& table, const Item& item, std::uint64_t begin,
                     std::uint64_t end) {
  const Row& row = table.rows[item.row];
  if (!row.payload || !item.has(EventKind::bytes)) return true;
  Variables variables = *table.context.variables;
  return !compare_message(*row.payload, *table.context.layouts, variables,
                          stream_bytes(table.connection, item.from, begin, end));
}

}  // namespace wireproof
