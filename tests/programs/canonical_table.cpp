#include "programs/canonical_table.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "base/text/text_table.h"
#include "expect/cause/call_facts.h"
#include "expect/cause/cause.h"
#include "expect/cause/connection_calls.h"
#include "result/packet_line.h"

namespace wireproof {
namespace {

// One event, or the part of one between two cuts, with what is said of it.
struct Row {
  Event event;
  Cause cause;
};

// Where a call of either side began or ended to move this side's bytes.
std::set<std::uint64_t> list_cuts(const TcpConnection& connection,
                                  std::span<const SocketCall> calls, Side from) {
  std::set<std::uint64_t> cuts;
  for (const RangedCall& range : sort_calls(connection, calls, from).sends) {
    cuts.insert({range.begin, range.end});
  }
  for (const RangedCall& range : sort_calls(connection, calls, other_side(from)).receives) {
    cuts.insert({range.begin, range.end});
  }
  return cuts;
}

std::uint16_t flag_of(EventKind kind) {
  switch (kind) {
    case EventKind::open:
      return tcp_flag::kSyn;
    case EventKind::bytes:
      return tcp_flag::kPsh;
    case EventKind::fin:
      return tcp_flag::kFin;
    case EventKind::rst:
      return tcp_flag::kRst;
  }
  return 0;
}

// The connection as if every row had been a segment of its own.
class Splitter {
 public:
  Splitter(const TcpConnection& connection, std::span<const SocketCall> calls)
      : connection_(connection),
        cuts_{list_cuts(connection, calls, Side::client),
              list_cuts(connection, calls, Side::server)},
        split_(connection) {
    split_.segments.clear();
    for (const Event& event : connection.events) add(event);
  }

  std::vector<Row> rows(std::span<const SocketCall> calls) const {
    const std::vector<Cause> causes = infer_causes(split_, calls);
    std::vector<Row> rows;
    for (std::size_t index = 0; index < parts_.size(); ++index) {
      rows.push_back({parts_[index], causes.at(index)});
    }
    return rows;
  }

 private:
  void add(const Event& event) {
    Event part = event;
    if (event.kind == EventKind::bytes) {
      for (const std::uint64_t cut : cuts_[event.from == Side::client ? 0 : 1]) {
        if (cut <= part.begin || cut >= event.end) continue;
        add_part(part, cut);
        part.begin = cut;
      }
    }
    add_part(part, event.end);
  }

  void add_part(Event part, std::uint64_t end) {
    part.end = end;
    Segment segment = connection_.segments.at(part.segment);
    const std::uint16_t ends = tcp_flag::kSyn | tcp_flag::kFin | tcp_flag::kRst | tcp_flag::kPsh;
    segment.flags = static_cast<std::uint16_t>((segment.flags & ~ends) | flag_of(part.kind));
    segment.seq = part.begin;
    segment.payload_size =
        part.kind == EventKind::bytes ? static_cast<std::uint32_t>(end - part.begin) : 0;
    segment.repeat = Repeat::none;
    split_.segments.push_back(segment);
    parts_.push_back(part);
  }

  const TcpConnection& connection_;
  std::array<std::set<std::uint64_t>, 2> cuts_;  // of the bytes of client and server
  TcpConnection split_;
  std::vector<Event> parts_;
};

// Each side's rows in their order, the client's as early as what they acknowledge allows.
std::vector<Row> arrange(const std::vector<Row>& rows) {
  std::array<std::vector<Row>, 2> sides;
  for (const Row& row : rows) sides[row.event.from == Side::client ? 0 : 1].push_back(row);
  std::vector<Row> arranged;
  std::array<std::size_t, 2> next{};
  std::uint64_t of_server = 0;  // placed positions
  while (arranged.size() < rows.size()) {
    const bool client_left = next[0] < sides[0].size();
    const bool server_left = next[1] < sides[1].size();
    const bool client_may = client_left && sides[0][next[0]].event.ack <= of_server;
    const std::size_t side = client_may || !server_left ? 0 : 1;
    const Row& row = sides[side][next[side]++];
    if (side == 1) of_server = row.event.end;
    arranged.push_back(row);
  }
  return arranged;
}

// Names processes and threads of one side by their first appearance in the table: "1.2".
class Names {
 public:
  std::string name(const SocketCall& call) {
    const auto process = number(processes_, call.process);
    return process + "." + number(threads_[call.process], call.thread);
  }
  std::string process(std::int64_t id) { return number(processes_, id); }

 private:
  static std::string number(std::map<std::int64_t, std::size_t>& known, std::int64_t id) {
    return std::to_string(known.try_emplace(id, known.size() + 1).first->second);
  }

  std::map<std::int64_t, std::size_t> processes_;
  std::map<std::int64_t, std::map<std::int64_t, std::size_t>> threads_;
};

bool depends_on_times(CauseFactKind kind) {
  return kind == CauseFactKind::sent_after || kind == CauseFactKind::released_by_ack ||
         kind == CauseFactKind::already_waiting || kind == CauseFactKind::called_later;
}

class Renderer {
 public:
  explicit Renderer(std::span<const SocketCall> calls) : calls_(calls) {}

  std::string render(const std::vector<Row>& rows) {
    TextTable table{{"from", "event", "cause", "by", "blocked", "by", "remark"}, {}, {}};
    std::uint64_t size = 0;
    for (const Row& row : rows) {
      std::vector<std::string> cells = make_cells(row);
      const bool bytes = row.event.kind == EventKind::bytes;
      const std::uint64_t more = row.event.end - row.event.begin;
      size = bytes && !table.rows.empty() && is_same(table.rows.back(), cells) ? size + more : more;
      if (bytes && size > more) table.rows.pop_back();
      if (bytes) cells[1] = std::to_string(size) + " bytes";
      table.rows.push_back(std::move(cells));
    }
    return render_text_table(table);
  }

 private:
  Names& names_of(Side side) { return names_[side == Side::client ? 0 : 1]; }

  // But for the count of bytes.
  static bool is_same(const std::vector<std::string>& left, const std::vector<std::string>& right) {
    return left[1].ends_with(" bytes") && left[0] == right[0] &&
           std::equal(left.begin() + 2, left.end(), right.begin() + 2);
  }

  std::vector<std::string> make_cells(const Row& row) {
    static constexpr std::array kKinds{"open", "bytes", "fin", "rst"};
    const Cause& cause = row.cause;
    const Side from = row.event.from;
    return {from == Side::client ? "client" : "server",
            kKinds.at(static_cast<std::size_t>(row.event.kind)),
            render_call(cause.call, cause.call_inferred),
            name_makers(cause.causing_calls, from),
            render_call(cause.blocked, cause.blocked_inferred),
            name_makers(cause.taking_calls, other_side(from)),
            remark(cause, from)};
  }

  std::string name_makers(const std::vector<std::size_t>& indexes, Side side) {
    std::string text;
    for (const std::size_t index : indexes) {
      const SocketCall& call = calls_[index];
      const std::string name = call.side == side ? names_of(side).name(call) : "?";
      if (text.find(name) == std::string::npos) text += (text.empty() ? "" : ", ") + name;
    }
    return text;
  }

  // Without what depends on times, and with the table's names of processes.
  std::string remark(const Cause& cause, Side side) {
    std::string text;
    for (CauseFact fact : cause.facts) {
      if (depends_on_times(fact.kind)) continue;
      std::string words = render_fact(fact);
      if (fact.kind == CauseFactKind::answers_closed) words = "a packet came for a closed socket";
      if (fact.kind == CauseFactKind::held_by_other) {
        const std::string first = names_of(side).process(fact.process);
        words = "closed by process " + first + " before, but process " +
                names_of(side).process(fact.holder) + " still held the socket";
      }
      text += (text.empty() ? "" : "; ") + words;
    }
    return text;
  }

  std::span<const SocketCall> calls_;
  std::array<Names, 2> names_;  // client, server
};

}  // namespace

std::string render_canonical_table(const TcpConnection& connection,
                                   std::span<const SocketCall> calls) {
  const Splitter splitter(connection, calls);
  return Renderer(calls).render(arrange(splitter.rows(calls)));
}

}  // namespace wireproof
