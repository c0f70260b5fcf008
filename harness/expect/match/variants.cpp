#include "expect/match/placings.h"

#include <algorithm>
#include <map>

#include "base/text/words.h"

namespace wireproof {
namespace {

class VariantFinder {
 public:
  VariantFinder(const EventTable& table, const MatchResult& result)
      : rows_(table.rows), connection_(table.connection), lanes_(table.lanes), result_(result) {
    for (std::size_t index = 0; index < connection_.segments.size(); ++index) {
      by_packet_[connection_.segments[index].packet] = index;
    }
    for (const Event& event : connection_.events) {
      kinds_[event.segment] |= kind_bit(event.kind);
      if (event.kind == EventKind::fin) fins_.push_back(event);
    }
  }

  std::vector<std::string> find() {
    for (const PacketResult& packet : result_.packets) {
      if (packet.state == PacketState::unexpected) continue;
      find_joined_sends(packet);
      find_fin_on_data(packet);
      find_own_ack(packet);
    }
    for (const RowResult& row : result_.rows) {
      find_split_send(row);
      find_riding_ack(row);
    }
    find_simultaneous_close();
    find_retransmissions();
    return std::move(variants_);
  }

 private:
  const Segment& segment(std::size_t packet) const {
    return connection_.segments[by_packet_.at(packet)];
  }

  KindSet kinds(std::size_t packet) const {
    const auto found = kinds_.find(by_packet_.at(packet));
    return found == kinds_.end() ? KindSet{0} : found->second;
  }

  bool carries(std::size_t packet, EventKind kind) const {
    return (kinds(packet) & kind_bit(kind)) != 0;
  }

  void find_joined_sends(const PacketResult& packet) {
    const auto sends = std::ranges::count_if(packet.rows, [&](std::size_t row) {
      return rows_[row].kind == RowKind::tcp && has_bytes(rows_[row]) && !rows_[row].again;
    });
    if (sends < 2) return;
    add_once(variants_,
             (sends == 2 ? std::string("two") : std::to_string(sends)) + " sends in one segment");
  }

  void find_fin_on_data(const PacketResult& packet) {
    constexpr KindSet kBoth = kind_bit(EventKind::bytes) | kind_bit(EventKind::fin);
    if ((kinds(packet.packet) & kBoth) != kBoth) return;
    const bool apart = std::ranges::any_of(packet.rows, [&](std::size_t row) {
      return row_kinds(rows_[row]) == kind_bit(EventKind::fin);
    });
    if (apart) add_once(variants_, "FIN rode on data");
  }

  // A pure ACK that the table has no row for.
  void find_own_ack(const PacketResult& packet) {
    if (packet.state != PacketState::repeat || packet.repeat != Repeat::pure_ack) return;
    const Segment& ack = segment(packet.packet);
    const Side other = other_side(ack.from);
    const auto last = lanes_.of(other).last_acknowledged(ack.ack);
    if (last)
      add_once(variants_,
               "an ACK of its own for the " + side_words(other) + "'s " + event_words(*last));
  }

  void find_split_send(const RowResult& row) {
    if (row.state != RowState::matched || !has_bytes(rows_[row.row])) return;
    const auto parts = std::ranges::count_if(
        row.packets, [&](std::size_t packet) { return carries(packet, EventKind::bytes); });
    if (parts > 1) add_once(variants_, "one send in " + std::to_string(parts) + " segments");
  }

  void find_riding_ack(const RowResult& row) {
    if (row.state != RowState::acknowledged || row.packets.empty()) return;
    const std::size_t packet = row.packets.front();
    const Segment& carrier = segment(packet);
    if (carries(packet, EventKind::fin)) {
      const bool acknowledges_fin = std::ranges::any_of(fins_, [&](const Event& fin) {
        return fin.from != carrier.from && carrier.ack >= fin.end;
      });
      add_once(variants_, acknowledges_fin
                              ? "3-packet close"
                              : "the " + side_words(carrier.from) + "'s ACK rode on its FIN");
    } else if (carries(packet, EventKind::bytes)) {
      add_once(variants_, "the " + side_words(carrier.from) + "'s ACK rode on its " +
                              (carrier.from == Side::server ? "reply" : "next data"));
    }
  }

  // RFC 9293 §3.6: neither end had seen the other's FIN.
  void find_simultaneous_close() {
    if (fins_.size() != 2 || fins_[0].from == fins_[1].from) return;
    if (fins_[0].ack < fins_[1].end && fins_[1].ack < fins_[0].end)
      add_once(variants_, "simultaneous close");
  }

  void find_retransmissions() {
    const auto count =
        std::ranges::count_if(connection_.segments, is_retransmission, &Segment::repeat);
    if (count == 0) return;
    add_once(variants_, counted(static_cast<std::size_t>(count), "retransmission"));
  }

  std::span<const Row> rows_;
  const TcpConnection& connection_;
  const Lanes& lanes_;
  const MatchResult& result_;
  std::map<std::size_t, std::size_t> by_packet_;  // segment index
  std::map<std::size_t, KindSet> kinds_;          // by segment index
  std::vector<Event> fins_;
  std::vector<std::string> variants_;
};

}  // namespace

std::vector<std::string> find_variants(const EventTable& table, const MatchResult& result) {
  return VariantFinder(table, result).find();
}

}  // namespace wireproof
