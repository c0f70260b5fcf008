// How long the match takes at the size that it promises (1,000 rows against 10,000 packets in
// under a second), with sizes known, unknown, and all packets concurrent.
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "expect/match/match.h"

namespace wireproof {
namespace {

constexpr std::size_t kTurns = 500;    // two rows each
constexpr std::size_t kSegments = 10;  // per row
constexpr std::uint32_t kSegmentSize = 100;

enum class Sizes { known, unknown };
enum class Answers { ordered, concurrent };

void add_segment(TcpConnection& connection, Side from, std::uint64_t& position, std::uint64_t ack) {
  Segment segment;
  segment.packet = connection.segments.size();
  segment.from = from;
  segment.flags = tcp_flag::kPsh | tcp_flag::kAck;
  segment.seq = position;
  segment.ack = ack;
  segment.payload_size = kSegmentSize;
  connection.events.push_back(
      {EventKind::bytes, from, position, position + kSegmentSize, connection.segments.size(), ack});
  connection.segments.push_back(segment);
  position += kSegmentSize;
}

TcpConnection make_connection(Answers answers) {
  TcpConnection connection;
  std::uint64_t client = 1;
  std::uint64_t server = 1;
  for (std::size_t turn = 0; turn < kTurns; ++turn) {
    const bool ordered = answers == Answers::ordered;
    for (std::size_t count = 0; count < kSegments; ++count) {
      add_segment(connection, Side::client, client, ordered ? server : 1);
    }
    for (std::size_t count = 0; count < kSegments; ++count) {
      add_segment(connection, Side::server, server, ordered ? client : 1);
    }
  }
  connection.client_stream.resize(client - 1);
  connection.server_stream.resize(server - 1);
  return connection;
}

std::vector<Row> make_rows(Sizes sizes) {
  std::vector<Row> rows;
  for (std::size_t index = 0; index < 2 * kTurns; ++index) {
    Row row;
    row.number = index + 1;
    row.from = index % 2 == 0 ? Side::client : Side::server;
    row.flags = tcp_flag::kPsh | tcp_flag::kAck;
    constexpr std::uint64_t kSize = kSegments * kSegmentSize;
    if (sizes == Sizes::known) row.length = Range{kSize, kSize};
    rows.push_back(row);
  }
  return rows;
}

void measure(const char* name, const std::vector<Row>& rows, const TcpConnection& connection) {
  const auto begin = std::chrono::steady_clock::now();
  const MatchResult result = match_tcp(rows, connection, {});
  const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - begin;
  std::printf(
      "%-44s %5zu rows %6zu packets %9.1f ms  %s\n", name, rows.size(), connection.segments.size(),
      taken.count(),
      result.matched ? "match" : (result.beyond_limit.empty() ? "no match" : "beyond the limit"));
}

void run() {
  const TcpConnection ordered = make_connection(Answers::ordered);
  const TcpConnection concurrent = make_connection(Answers::concurrent);
  measure("sizes known", make_rows(Sizes::known), ordered);
  measure("sizes unknown", make_rows(Sizes::unknown), ordered);
  measure("sizes known, all packets concurrent", make_rows(Sizes::known), concurrent);
  measure("sizes unknown, all packets concurrent", make_rows(Sizes::unknown), concurrent);
  std::vector<Row> wrong = make_rows(Sizes::known);
  wrong[700].length = Range{1, 1};
  measure("sizes known, one of them wrong", wrong, ordered);
  std::vector<Row> more = make_rows(Sizes::unknown);
  more.push_back(more.back());
  more.back().flags = tcp_flag::kFin | tcp_flag::kAck;
  measure("sizes unknown, a FIN missing", more, ordered);
  measure("sizes unknown, a FIN missing, concurrent", more, concurrent);
  measure("a table that ends too soon", {more.begin(), more.begin() + 3}, ordered);
}

}  // namespace
}  // namespace wireproof

int main() {
  wireproof::run();
}
