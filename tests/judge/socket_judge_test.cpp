#include "judge/socket_judge.h"

#include "catch.h"
#include "judge/diagnostic_note.h"
#include "judge/ends.h"
#include "judge/judge.h"
#include "judge/parsed_sheet.h"
#include "result/explanation.h"
#include "support/contains.h"

namespace wireproof {
namespace {

constexpr const char* kTwoClientsSheet = R"(---
server: echo
---
# Two clients

## Session
```session
alice: connect
bob: connect
sockets "open"
```

## Sockets: open
| Local  | Remote | State       | Count |
|--------|--------|-------------|-------|
| server | *      | LISTEN      |       |
| server | *      | ESTABLISHED | 2     |
| alice  | server | ESTABLISHED |       |
| *      | server | ESTABLISHED |       |
)";

Scenario sockets_sheet() {
  return parse_sheet(kTwoClientsSheet);
}

SocketEntry socket(const Endpoint& local, const Endpoint& remote, const std::string& state) {
  SocketEntry entry;
  entry.local = local;
  entry.remote = remote;
  entry.state = state;
  return entry;
}

std::vector<SocketEntry> two_connections() {
  return {socket(endpoint("0.0.0.0:7"), {}, "LISTEN"), socket(kEchoServer, kAlice, "ESTABLISHED"),
          socket(kEchoServer, kBob, "ESTABLISHED"), socket(kAlice, kEchoServer, "ESTABLISHED"),
          socket(kBob, kEchoServer, "ESTABLISHED")};
}

Evidence socket_evidence(std::vector<SocketEntry> sockets) {
  Evidence evidence;
  evidence.tcp_port = 7;
  evidence.played.actors = {{"alice", kAlice, true}, {"bob", kBob, true}};
  evidence.played.sockets = {{"open", std::move(sockets)}};
  return evidence;
}

SectionJudgement judge_open(const Evidence& evidence) {
  const Scenario scenario = sockets_sheet();
  return judge_sockets(scenario.socket_tables.at(0), scenario, evidence);
}

std::string note(const SectionJudgement& judgement, const std::string& label) {
  REQUIRE(judgement.failures.size() == 1);
  return note(judgement.failures[0], label);
}

}  // namespace

TEST_CASE("the rows are a multiset: one with a name takes its socket before a wildcard does",
          "[judge]") {
  std::vector<SocketEntry> sockets = two_connections();
  CHECK(judge_open(socket_evidence(sockets)).check.verdict == Verdict::pass);
  // Also where the wildcard meets alice's socket first.
  std::reverse(sockets.begin(), sockets.end());
  CHECK(judge_open(socket_evidence(sockets)).check.verdict == Verdict::pass);
}

TEST_CASE("a missing socket names its row, how many were there, and shows all there were",
          "[judge]") {
  std::vector<SocketEntry> sockets = two_connections();
  sockets.erase(sockets.begin() + 3);
  const SectionJudgement judged = judge_open(socket_evidence(sockets));
  CHECK(judged.check.verdict == Verdict::fail);
  CHECK(note(judged, "missing") == "alice -> server  ESTABLISHED: 0 of 1");
  CHECK(note(judged, "too many").empty());
  CHECK(contains(note(judged, "sockets"), "127.0.0.3:40000"));
  CHECK(contains(note(judged, "sockets"), "bob -> server"));
}

TEST_CASE("a socket of the server in CLOSE-WAIT is marked, and says what the server forgot",
          "[judge]") {
  std::vector<SocketEntry> sockets = two_connections();
  sockets[1].state = "CLOSE-WAIT";
  const SectionJudgement judged = judge_open(socket_evidence(sockets));
  CHECK(judged.check.verdict == Verdict::fail);
  CHECK(note(judged, "missing") == "server -> *  ESTABLISHED: 1 of 2");
  CHECK(contains(note(judged, "sockets"), "server -> alice  <- too many"));
  CHECK(contains(note(judged, "why"), "has not called close()"));
  CHECK(judged.failures[0].explanation == ExplanationId::close_wait);
}

TEST_CASE("a listening socket whose queue is full says why connections are missing", "[judge]") {
  std::vector<SocketEntry> sockets = two_connections();
  sockets[2].state = "SYN-RECEIVED";
  sockets[0].receive_queue = 2;
  sockets[0].send_queue = 1;
  const SectionJudgement judged = judge_open(socket_evidence(sockets));
  CHECK(note(judged, "why") ==
        "the accept queue of the server is full: it had called listen(1), and 2 connections wait "
        "for accept() (Send-Q and Recv-Q of LISTEN; listen(2)); the kernel drops the SYN, or the "
        "last ACK, of who connects meanwhile");
  CHECK(judged.failures[0].explanation == ExplanationId::one_at_a_time);
  sockets[0].receive_queue = 1;
  CHECK(note(judge_open(socket_evidence(sockets)), "why").empty());
}

TEST_CASE("what the table counts of one kind is neither less nor more", "[judge]") {
  std::vector<SocketEntry> sockets = two_connections();
  sockets.push_back(socket(endpoint("127.0.0.9:40009"), kEchoServer, "ESTABLISHED"));
  const SectionJudgement judged = judge_open(socket_evidence(sockets));
  CHECK(judged.check.verdict == Verdict::fail);
  CHECK(note(judged, "too many") == "1, marked below");
}

TEST_CASE("a message shows forty sockets, and counts those that it leaves out", "[judge]") {
  std::vector<SocketEntry> sockets = two_connections();
  while (sockets.size() < 40) sockets.push_back(sockets[1]);
  CHECK_FALSE(contains(note(judge_open(socket_evidence(sockets)), "sockets"), "more"));
  sockets.push_back(sockets[1]);
  CHECK(note(judge_open(socket_evidence(sockets)), "sockets").ends_with("\n… and 1 more"));
}

TEST_CASE("the end of an unknown client is that of a program", "[judge]") {
  const std::vector<ActorEndpoint> actors{{"alice", kAlice, true}};
  const std::vector<std::string> programs{"bob", "carol"};
  const SocketOwners owners{7, 0, &actors, &programs, 0};
  const SocketEntry own = socket(kAlice, kEchoServer, "ESTABLISHED");
  const SocketEntry other = socket(kBob, kEchoServer, "ESTABLISHED");
  CHECK(owners.name_local(own) == "alice");
  CHECK(owners.name_local(other) == "bob or carol");
  CHECK(owners.fits_local("carol", other));
  CHECK_FALSE(owners.fits_local("carol", own));
  CHECK_FALSE(owners.fits_remote("carol", own));
  CHECK_FALSE(owners.fits_local("alice", other));
}

TEST_CASE("`each` is any client of the group", "[judge]") {
  const std::vector<ActorEndpoint> actors{{"c2", kAlice, true}, {"c3", kBob, true}};
  const std::vector<std::string> programs;
  const SocketOwners owners{7, 0, &actors, &programs, 2};
  CHECK(owners.fits_local("each", socket(kAlice, kEchoServer, "ESTABLISHED")));
  CHECK_FALSE(owners.fits_local("each", socket(kBob, kEchoServer, "ESTABLISHED")));
  CHECK(owners.fits_remote("each", socket(kEchoServer, kAlice, "ESTABLISHED")));
}

TEST_CASE("sockets are skipped offline, and where the step was not reached", "[judge]") {
  Evidence offline;
  offline.offline = true;
  CHECK(judge_open(offline).check.verdict == Verdict::skip);
  CHECK(contains(judge_open(offline).check.reason, "only a run"));
  CHECK(judge_open(Evidence()).check.verdict == Verdict::skip);
}

TEST_CASE("a result shows every snapshot with the names of its ends", "[judge]") {
  const auto snapshots = name_snapshots(sockets_sheet(), socket_evidence(two_connections()));
  REQUIRE(snapshots.size() == 1);
  CHECK(snapshots[0].name == "open");
  REQUIRE(snapshots[0].sockets.size() == 5);
  CHECK(snapshots[0].sockets[0].local_name == "server");
  CHECK(snapshots[0].sockets[0].remote_name.empty());
  CHECK(snapshots[0].sockets[2].remote_name == "bob");
}

}  // namespace wireproof
