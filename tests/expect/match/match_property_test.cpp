// Random conversations: what TCP leaves open must not change the verdict, and what it does not
// leave open must change it at the right row.
#include <algorithm>
#include <random>

#include "catch.h"
#include "support/connection_script.h"

namespace wireproof {
namespace {

constexpr std::uint32_t kSeedCount = 2000;

// A conversation and its table. Requests and answers take turns, so that each send of a side
// follows all that the other sent; the capture acknowledges accordingly.
struct Conversation {
  std::vector<ScriptSegment> segments;
  std::vector<Row> rows;
};

class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}
  std::size_t below(std::size_t limit) { return engine_() % limit; }
  bool once_in(std::size_t count) { return below(count) == 0; }

 private:
  std::minstd_rand engine_;  // the same numbers with every library
};

class ConversationWriter {
 public:
  explicit ConversationWriter(Random& random) : random_(random) {}

  Conversation write() {
    add(Side::client, tcp_flag::kSyn, 0);
    add(Side::server, tcp_flag::kSyn | tcp_flag::kAck, 0);
    add(Side::client, tcp_flag::kAck, 0);
    const std::size_t turns = 1 + random_.below(4);
    Side from = random_.once_in(4) ? Side::server : Side::client;
    for (std::size_t turn = 0; turn < turns; ++turn) {
      const std::size_t sends = 1 + random_.below(3);
      for (std::size_t send = 0; send < sends; ++send) {
        add(from, tcp_flag::kPsh | tcp_flag::kAck, 1 + random_.below(20));
        if (random_.once_in(2)) add(other_side(from), tcp_flag::kAck, 0);
      }
      from = other_side(from);
    }
    const Side closer = random_.once_in(2) ? Side::client : Side::server;
    add(closer, tcp_flag::kFin | tcp_flag::kAck, 0);
    add(other_side(closer), tcp_flag::kAck, 0);
    add(other_side(closer), tcp_flag::kFin | tcp_flag::kAck, 0);
    add(closer, tcp_flag::kAck, 0);
    return std::move(conversation_);
  }

 private:
  void add(Side from, std::uint16_t flags, std::size_t size) {
    std::uint64_t& own = from == Side::client ? client_ : server_;
    ScriptSegment segment;
    segment.from = from;
    segment.flags = flags;
    segment.seq = own;
    segment.ack = from == Side::client ? server_ : client_;
    segment.payload = stream_text(from, own, own + size);
    own = segment.end();
    conversation_.segments.push_back(segment);
    Row row;
    row.number = conversation_.rows.size() + 1;
    row.from = from;
    row.flags = flags;
    if (size > 0) {
      row.length = Range{size, size};
      row.payload = Message{{TextPart{segment.payload, 1}}, {}};
    }
    conversation_.rows.push_back(row);
  }

  Random& random_;
  Conversation conversation_;
  std::uint64_t client_ = 0;
  std::uint64_t server_ = 0;
};

bool is_pure_ack(const ScriptSegment& segment) {
  return segment.payload.empty() && segment.flags == tcp_flag::kAck;
}

using Segments = std::vector<ScriptSegment>;

// Cuts a data segment in two.
void split_segment(Segments& segments, Random& random) {
  const std::size_t index = random.below(segments.size());
  ScriptSegment& first = segments[index];
  if (first.payload.size() < 2) return;
  const std::size_t size = 1 + random.below(first.payload.size() - 1);
  ScriptSegment second = first;
  second.payload.erase(0, size);
  second.seq += size;
  first.payload.resize(size);
  first.flags &= static_cast<std::uint16_t>(~(tcp_flag::kPsh | tcp_flag::kFin));
  segments.insert(segments.begin() + static_cast<std::ptrdiff_t>(index) + 1, second);
}

// Joins two segments of one side that follow each other: two sends, or data and FIN.
void join_segments(Segments& segments, Random& random) {
  const std::size_t index = random.below(segments.size() - 1);
  ScriptSegment& first = segments[index];
  const ScriptSegment second = segments[index + 1];
  const bool joins = first.from == second.from && first.end() == second.seq &&
                     !first.payload.empty() && !is_pure_ack(second) && !first.has(tcp_flag::kFin) &&
                     !second.has(tcp_flag::kSyn);
  if (!joins || second.ack != first.ack) return;
  first.payload += second.payload;
  first.flags |= second.flags;
  segments.erase(segments.begin() + static_cast<std::ptrdiff_t>(index) + 1);
}

// Drops a pure ACK where a later packet of its side acknowledges as much.
void drop_ack(Segments& segments, Random& random) {
  const std::size_t index = random.below(segments.size());
  if (!is_pure_ack(segments[index])) return;
  const ScriptSegment dropped = segments[index];
  const auto place = segments.begin() + static_cast<std::ptrdiff_t>(index);
  const bool covered = std::any_of(place + 1, segments.end(), [&](const ScriptSegment& later) {
    return later.from == dropped.from && later.ack >= dropped.ack;
  });
  if (covered) segments.erase(place);
}

// Delays a pure ACK behind the next packet of the other side.
void delay_ack(Segments& segments, Random& random) {
  const std::size_t index = random.below(segments.size() - 1);
  if (!is_pure_ack(segments[index]) || segments[index + 1].from == segments[index].from) return;
  if (index < 3 && segments[index + 1].ack >= segments[index].end()) return;
  std::swap(segments[index], segments[index + 1]);
}

// Swaps neighbours of which neither acknowledges the other.
void swap_concurrent(Segments& segments, Random& random) {
  const std::size_t index = random.below(segments.size() - 1);
  const ScriptSegment& first = segments[index];
  const ScriptSegment& second = segments[index + 1];
  if (index < 3 || first.from == second.from) return;
  if (second.ack > first.seq && !is_pure_ack(first)) return;
  std::swap(segments[index], segments[index + 1]);
}

void retransmit(Segments& segments, Random& random) {
  const std::size_t index = random.below(segments.size());
  const ScriptSegment again = segments[index];
  if (again.payload.empty()) return;
  const std::size_t later = index + 1 + random.below(segments.size() - index);
  segments.insert(segments.begin() + static_cast<std::ptrdiff_t>(later), again);
}

void transform(Segments& segments, Random& random) {
  using Transformation = void (*)(Segments&, Random&);
  constexpr Transformation kAllowed[] = {split_segment, join_segments,   drop_ack,
                                         delay_ack,     swap_concurrent, retransmit};
  const std::size_t count = random.below(12);
  for (std::size_t step = 0; step < count; ++step) {
    kAllowed[random.below(std::size(kAllowed))](segments, random);
  }
}

MatchResult match(const Segments& segments, const std::vector<Row>& rows) {
  const ScriptCapture capture = capture_segments(segments);
  return match_tcp(rows, capture.connection(), {});
}

std::string describe(std::uint32_t seed, const Segments& segments, const MatchResult& result) {
  std::string text = "seed " + std::to_string(seed) + " " + result.history + "\n";
  for (const ScriptSegment& segment : segments) {
    text += segment.from == Side::client ? "C" : "S";
    text += " flags=" + std::to_string(segment.flags) + " seq=" + std::to_string(segment.seq) +
            " ack=" + std::to_string(segment.ack) +
            " len=" + std::to_string(segment.payload.size()) + "\n";
  }
  for (const RowResult& row : result.rows) {
    if (row.failed(Level::should)) text += "row " + std::to_string(row.row + 1) + row.reason + "\n";
  }
  for (const PacketResult& packet : result.packets) {
    if (packet.state != PacketState::unexpected) continue;
    text += "packet " + std::to_string(packet.packet + 1) + " " + packet.reason + "\n";
  }
  return text;
}

std::vector<std::size_t> failed_rows(const MatchResult& result) {
  std::vector<std::size_t> rows;
  for (const RowResult& row : result.rows) {
    if (row.failed(Level::must)) rows.push_back(row.row);
  }
  return rows;
}

// Rows of the conversation whose packets carry something.
std::vector<std::size_t> rows_with(const Conversation& conversation, std::uint16_t flag) {
  std::vector<std::size_t> rows;
  for (std::size_t index = 3; index < conversation.rows.size(); ++index) {
    if ((conversation.rows[index].flags & flag) != 0) rows.push_back(index);
  }
  return rows;
}

}  // namespace

TEST_CASE("what TCP leaves open does not change the verdict", "[expect]") {
  for (std::uint32_t seed = 1; seed <= kSeedCount; ++seed) {
    Random random(seed);
    Conversation conversation = ConversationWriter(random).write();
    transform(conversation.segments, random);
    const MatchResult result = match(conversation.segments, conversation.rows);
    INFO(describe(seed, conversation.segments, result));
    REQUIRE(result.matched);
  }
}

TEST_CASE("a changed byte fails the row that sent it", "[expect]") {
  for (std::uint32_t seed = 1; seed <= kSeedCount; ++seed) {
    Random random(seed);
    Conversation conversation = ConversationWriter(random).write();
    const auto rows = rows_with(conversation, tcp_flag::kPsh);
    const std::size_t row = rows[random.below(rows.size())];
    std::string& payload = conversation.segments[row].payload;
    payload[random.below(payload.size())] = '!';
    transform(conversation.segments, random);
    const MatchResult result = match(conversation.segments, conversation.rows);
    INFO(describe(seed, conversation.segments, result));
    REQUIRE(failed_rows(result) == std::vector<std::size_t>{row});
    REQUIRE_FALSE(result.rows[row].differences.empty());
  }
}

TEST_CASE("an RST for a FIN fails the row of the FIN and names the RST as nearest", "[expect]") {
  for (std::uint32_t seed = 1; seed <= kSeedCount; ++seed) {
    Random random(seed);
    Conversation conversation = ConversationWriter(random).write();
    const std::size_t row = rows_with(conversation, tcp_flag::kFin).front();
    conversation.segments.resize(row + 1);
    conversation.segments[row].flags = tcp_flag::kRst | tcp_flag::kAck;
    const MatchResult result = match(conversation.segments, conversation.rows);
    INFO(describe(seed, conversation.segments, result));
    REQUIRE(failed_rows(result).front() == row);
    REQUIRE(result.rows[row].nearest == row);
    const FieldDifference expected{"flags", "[FIN, ACK]", "[RST, ACK]", Level::must};
    REQUIRE(result.rows[row].differences.front() == expected);
  }
}

TEST_CASE("a missing FIN fails its row", "[expect]") {
  for (std::uint32_t seed = 1; seed <= kSeedCount; ++seed) {
    Random random(seed);
    Conversation conversation = ConversationWriter(random).write();
    const std::size_t row = rows_with(conversation, tcp_flag::kFin).back();
    conversation.segments.resize(row);
    transform(conversation.segments, random);
    const MatchResult result = match(conversation.segments, conversation.rows);
    INFO(describe(seed, conversation.segments, result));
    REQUIRE_FALSE(result.matched);
    REQUIRE(failed_rows(result).front() == row);
  }
}

TEST_CASE("an extra segment of data is a packet that no row has", "[expect]") {
  for (std::uint32_t seed = 1; seed <= kSeedCount; ++seed) {
    Random random(seed);
    Conversation conversation = ConversationWriter(random).write();
    // The side that closes last sends once more before its FIN.
    const std::size_t row = rows_with(conversation, tcp_flag::kFin).back();
    ScriptSegment& fin = conversation.segments[row];
    ScriptSegment extra = fin;
    extra.flags = tcp_flag::kPsh | tcp_flag::kAck;
    extra.payload = "???";
    fin.seq += 3;
    conversation.segments.back().ack += 3;
    conversation.segments.insert(conversation.segments.begin() + static_cast<std::ptrdiff_t>(row),
                                 extra);
    const MatchResult result = match(conversation.segments, conversation.rows);
    INFO(describe(seed, conversation.segments, result));
    REQUIRE(failed_rows(result).empty());
    REQUIRE(result.packets[row].state == PacketState::unexpected);
    const std::string before = "before row " + std::to_string(row + 1);
    REQUIRE_THAT(result.packets[row].reason, Catch::Contains(before));
    REQUIRE_FALSE(result.matched);
  }
}

TEST_CASE("an answer that came before its request was complete fails its row", "[expect]") {
  for (std::uint32_t seed = 1; seed <= kSeedCount; ++seed) {
    Random random(seed);
    const std::size_t size = 2 + random.below(20);
    const std::size_t early = 1 + random.below(size - 1);
    const auto text = [](std::uint64_t value) { return std::to_string(value); };
    // The second part of the request acknowledges the answer: it was sent after it.
    const ScriptCapture capture =
        capture_script({"C SYN", "S SYN", "C ACK", "C " + text(early), "S 4",
                        "C " + text(size - early), "S ACK", "C FIN", "S FIN", "C ACK"});
    const std::vector<Row> rows =
        script_rows({"C SYN", "S SYN,ACK", "C ACK", "C PSH,ACK " + text(size), "S ACK",
                     "S PSH,ACK 4", "C FIN,ACK", "S FIN,ACK", "C ACK"});
    const MatchResult result = match_tcp(rows, capture.connection(), {});
    INFO("seed " << seed);
    REQUIRE(failed_rows(result) == std::vector<std::size_t>{5});
    REQUIRE(result.rows[5].state == RowState::out_of_order);
    const std::string reason =
        "packet 5 acknowledges " + text(early) + " of the " + text(size) + " bytes of row 4";
    REQUIRE_THAT(result.rows[5].reason, Catch::StartsWith(reason));
  }
}

}  // namespace wireproof
