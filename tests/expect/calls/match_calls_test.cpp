#include "expect/calls/match_calls.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "catch.h"
#include "expect/calls/call_words.h"

namespace wireproof {
namespace {

CallMatch match_words(const std::string& calls, const std::string& rows) {
  const std::vector<SocketCall> called = read_calls(calls);
  return match_calls(read_rows(rows), called, kSocketNames);
}

struct CallConsequence {
  std::string called;
  std::string rows;
  bool matches;
};

// The rows of docs/calls.md, and their like.
const std::vector<CallConsequence>& consequences() {
  static const std::vector<CallConsequence> kAll{
      {"P L socket; P L bind; P L listen", "L socket; L bind; L listen", true},
      {"P L socket; P L bind; P L listen", "L socket; L listen; L bind", false},
      {"P L socket; P L bind", "L socket; L bind; L listen", false},
      {"P L accept C; P C recv 5", "L accept; C recv", true},
      {"P L accept C; P C recv 5", "C accept; C recv", true},
      {"P L accept C; P C recv 5", "C recv; L accept", false},
      {"T1 L accept C; T2 C send 5; T2 C close", "C …; L …", true},
      {"T1 L accept C; T2 C send 5; T2 C close", "L …; C …", true},
      {"T1 C send 5; T2 C close", "C close; C send", true},
      {"T1 C send 5; T1 C close", "C close; C send", false},
      {"P C recv 4; P C recv 24", "C recv returns=28", true},
      {"P C recv 4; P C recv 24", "C recv", true},
      {"P C recv 4; P C recv 24", "C exactly recv", false},
      {"P C recv 4; P C send 4; P C recv 24", "C recv returns=28; C send", false},
      {"P C recv 4; P C recv 25", "C recv returns=28", false},
      {"P C readv 28", "C recv", true},
      {"P C recv 28", "C exactly readv", false},
      {"P C readv 28", "C exactly readv", true},
      {"P C writev 32", "C send returns=4; C send returns=28", false},
      {"P C send 4; P C writev 28", "C send returns=4; C send returns=28", true},
      {"P C send 1; P C send 1; P C send 1", "C send", true},
      {"P C send 1; P C recv 1; P C send 1", "C send; C recv; C send", true},
      {"P C recv EAGAIN; P C recv 5", "C recv returns=5", true},
      {"P C recv EINTR; P C recv 5", "C recv returns=5", true},
      {"P C recv 1 peek; P C recv 5", "C recv returns=5", true},
      {"P C recv 5; P C recv 0", "C recv", false},
      {"P C recv 5; P C recv 0", "C recv; C recv returns=0", true},
      {"P C send ECONNRESET", "C send", false},
      {"P C send ECONNRESET", "C send error=ECONNRESET", true},
      {"P C close copy; P C close", "C close", true},
      {"P L accept C; P fork K; P C close copy; K C send 5; K C close",
       "L accept; fork; C close parent; C send; C close child", true},
      {"P L accept C; P fork K; K C send 5; K C close copy; P C close",
       "L accept; fork; C close parent; C send; C close child", true},
      {"P L accept C; P fork K; K C send 5; K C close copy", "L accept; C send; C close", false},
      {"P L accept C; P fork K; K C send 5; K C close copy",
       "L accept; fork; C close parent; C send; C close child", false},
      {"P L accept C; K C send 5; P fork K", "L accept; C send", true},
      {"P L socket; P L setsockopt SO_REUSEADDR; P L bind", "L socket; L bind", true},
      {"P L socket; P L setsockopt SO_REUSEADDR; P L bind",
       "L socket; L setsockopt SO_REUSEADDR; L bind", true},
      {"P L socket; P L bind; P L setsockopt SO_REUSEADDR",
       "L socket; L setsockopt SO_REUSEADDR; L bind", false},
      {"P L socket; P L bind", "L socket; L setsockopt SO_REUSEADDR; L bind", false},
      {"P L socket; P L bind", "L socket; L setsockopt SO_REUSEADDR should; L bind", true},
      {"P L listen backlog=1", "L listen backlog=5", false},
      {"P L listen backlog=1", "L listen backlog=5 should", true},
      {"P L listen backlog=5", "L listen backlog=5", true},
      {"P C exit", "C close", true},
      {"P C exit", "C exactly close", false},
      {"P C exit", "C …", true},
      {"P C recv 5; P C exit", "C recv", true},
      {"P L accept open", "L …", true},
      {"P L listen; P L accept open", "L listen", true},
      {"P L listen; P L accept open", "L listen; L accept pending", true},
      {"P L listen; P L accept open", "L listen; L accept", false},
      {"P C recv 5; P C send 5; P C recv 5; P C send 5; P C recv 0; P C close",
       "C …; C recv returns=0; C close", true},
      {"P C recv 5; P C send 5; P C recv 5; P C send 5; P C recv 0; P C close",
       "C recv; C …; C close", true},
      {"P C recv 5; P C send 5; P C close", "C recv; C …", true},
      {"P C recv 5; P C send 5; P C close; P C close", "C recv; C …; C close", true},
      {"P C recv 5; P C send 5", "C …; C close", false},
      {"T1 L listen; T2 L accept C", "L accept; L listen", false},  // listen had returned
      {"", "L listen", false},
      {"", "L …", true},
  };
  return kAll;
}

}  // namespace

TEST_CASE("the consequences of calls.md hold", "[expect][calls]") {
  for (const CallConsequence& one : consequences()) {
    INFO(one.called << "  |  " << one.rows);
    CHECK(match_words(one.called, one.rows).matched == one.matches);
  }
}

TEST_CASE("where a table does not match, some row failed or some call is left over",
          "[expect][calls]") {
  for (const CallConsequence& one : consequences()) {
    INFO(one.called << "  |  " << one.rows);
    const CallMatch found = match_words(one.called, one.rows);
    const bool has_failed = std::ranges::any_of(found.rows, [](const CallRowMatch& row) {
      return row.state != CallRowState::met && row.state != CallRowState::open;
    });
    CHECK((has_failed || !found.extra.empty()) >= !found.matched);
  }
}

TEST_CASE("a row that is missing names what was called in its place", "[expect][calls]") {
  const CallMatch found =
      match_words("P L socket; P L bind; P L accept C", "L socket; L bind; L listen; L accept");
  REQUIRE(found.rows.size() == 4);
  CHECK(found.rows[2].state == CallRowState::missing);
  CHECK(found.rows[2].instead == 2);
  CHECK(found.rows[3].state == CallRowState::met);
  CHECK(found.extra.empty());
}

TEST_CASE("a call that differs is neither missing nor left over", "[expect][calls]") {
  const CallMatch found = match_words("P L listen backlog=0", "L listen backlog=5");
  REQUIRE(found.rows.size() == 1);
  CHECK(found.rows[0].state == CallRowState::differs);
  CHECK(found.rows[0].differences ==
        std::vector<FieldDifference>{{"backlog", "5", "0", Level::must}});
  CHECK(found.extra.empty());
}

TEST_CASE("a call that no row has is told by its place in the log", "[expect][calls]") {
  const CallMatch found = match_words("P C recv 5; P C shutdown; P C close", "C recv; C close");
  CHECK_FALSE(found.matched);
  CHECK(found.extra == std::vector<std::size_t>{1});
}

TEST_CASE("a run names all calls that it took, and `…` those that it stands for",
          "[expect][calls]") {
  const CallMatch found = match_words("P C recv 4; P C recv 24; P C send 1; P C close",
                                      "C recv returns=28; C …; C close");
  REQUIRE(found.matched);
  CHECK(found.rows[0].calls == std::vector<std::size_t>{0, 1});
  CHECK(found.rows[1].calls == std::vector<std::size_t>{2});
  CHECK(found.rows[1].state == CallRowState::open);
}

namespace {

using Generator = std::mt19937;

std::size_t choose(Generator& generator, std::size_t count) {
  return std::uniform_int_distribution<std::size_t>(0, count - 1)(generator);
}

// A server's threads, each with what it calls, in order: the listener's has the accepts, a worker
// of each connection the rest. Each call is "WHO SOCKET NAME…", its row "SOCKET NAME".
struct Chain {
  std::vector<std::string> calls;
  std::size_t after = 0;  // calls of the first chain that come before this one begins
};

std::vector<Chain> make_server(Generator& generator) {
  std::vector<Chain> chains{{{"T1 L socket", "T1 L bind", "T1 L listen", "T1 L accept C"}, 0}};
  chains.push_back({{}, 4});
  const std::vector<std::string> moves{"recv 5", "send 5"};
  const std::size_t begin = choose(generator, 2);
  const std::size_t count = 1 + choose(generator, 6);
  for (std::size_t i = 0; i < count; ++i) {
    chains[1].calls.push_back("T2 C " + moves[(begin + i) % 2]);
  }
  if (choose(generator, 2) == 0) chains[1].calls.emplace_back("T2 C shutdown");
  chains[1].calls.emplace_back("T2 C close");
  if (choose(generator, 2) == 0) chains[0].calls.emplace_back("T1 L close");
  return chains;
}

std::vector<std::string> interleave(const std::vector<Chain>& chains, Generator& generator) {
  std::vector<std::size_t> next(chains.size(), 0);
  std::vector<std::string> calls;
  for (;;) {
    std::vector<std::size_t> ready;
    for (std::size_t i = 0; i < chains.size(); ++i) {
      const bool may_begin = i == 0 || next[0] >= chains[i].after;
      if (may_begin && next[i] < chains[i].calls.size()) ready.push_back(i);
    }
    if (ready.empty()) return calls;
    const std::size_t chain = ready[choose(generator, ready.size())];
    calls.push_back(chains[chain].calls[next[chain]++]);
  }
}

std::string join(const std::vector<std::string>& items) {
  return fmt::format("{}", fmt::join(items, "; "));
}

// Without who calls, and the results.
std::string rows_of(std::vector<std::string> calls) {
  for (std::string& call : calls) {
    call = call.substr(call.find(' ') + 1);
    const std::size_t name = call.find(' ');
    call.resize(std::min(call.find(' ', name + 1), call.size()));
  }
  return join(calls);
}

}  // namespace

TEST_CASE("every order that threads may run in matches, an order within one does not",
          "[expect][calls]") {
  Generator generator(20250419);
  for (int round = 0; round < 300; ++round) {
    std::vector<Chain> chains = make_server(generator);
    const std::string rows = rows_of(interleave(chains, generator));
    const std::string calls = join(interleave(chains, generator));
    INFO(calls << "  |  " << rows);
    CHECK(match_words(calls, rows).matched);
    // Two neighbours of one thread, on one socket, change places.
    std::vector<std::string>& chain = chains[choose(generator, 2)].calls;
    const std::size_t at = choose(generator, chain.size() - 1);
    std::swap(chain[at], chain[at + 1]);
    const std::string wrong = join(interleave(chains, generator));
    INFO(wrong);
    const CallMatch found = match_words(wrong, rows);
    CHECK_FALSE(found.matched);
    const bool names_row = std::ranges::any_of(found.rows, [](const CallRowMatch& row) {
      return row.state != CallRowState::met && row.state != CallRowState::open;
    });
    CHECK(names_row);
  }
}

TEST_CASE("a long session against few rows is decided in time", "[expect][calls]") {
  std::string calls = "P L accept C";
  for (int i = 0; i < 500; ++i) calls += "; P C recv 5; P C send 5";
  CHECK(match_words(calls + "; P C close", "L accept; C …; C recv; C …; C send; C …; C close")
            .matched);
  const CallMatch lacking = match_words(calls, "L accept; C …; C recv; C …; C send; C …; C close");
  CHECK_FALSE(lacking.matched);
  CHECK_FALSE(lacking.gave_up);
  CHECK(lacking.rows.back().state == CallRowState::missing);
}

}  // namespace wireproof
