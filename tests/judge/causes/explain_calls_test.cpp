#include <cerrno>

#include "catch.h"
#include "support/talks.h"

namespace wireproof {
namespace {

constexpr std::uint64_t kListening = 1;
constexpr std::uint64_t kAccepted = 2;
constexpr std::int64_t kMain = 100;
constexpr std::int64_t kThread = 101;

// What a traced server did for alice, who asked with five bytes and gave up after 50 ms.
struct TracedServer {
  TracedServer() {
    alice.handshake();
    alice.client("hello");
    evidence.requests = {text("hello")};
    evidence.expected = text("hello");
    evidence.expected_head = evidence.expected->bytes;
    evidence.gave_up = at(50);
  }

  // Returns after a millisecond; one with `forever` never does.
  SocketCall& add(const char* name, std::int64_t result, std::uint64_t socket = kAccepted) {
    SocketCall call;
    call.side = Side::server;
    call.name = name;
    call.order = calls.size() + 1;
    call.thread = call.process = kMain;
    call.socket = socket;
    call.entered = at(static_cast<int>(calls.size()));
    call.returned = call.entered + std::chrono::milliseconds(1);
    call.result = result;
    return calls.emplace_back(std::move(call));
  }

  void accept() {
    SocketCall& call = add("accept", 5, kListening);
    call.new_socket = kAccepted;
    call.remote = kAlice;
  }

  SocketCall& wait_in(const char* name, std::uint64_t socket = kAccepted) {
    SocketCall& call = add(name, 0, socket);
    call.returned.reset();
    return call;
  }

  const FailureEvidence& at_end() {
    evidence.connection = talks.tcp(0);
    evidence.calls = calls;
    return evidence;
  }

  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  std::vector<SocketCall> calls;
};

SocketCall& fail(SocketCall& call, int error_number) {
  call.result = -1;
  call.error_number = error_number;
  return call;
}

}  // namespace

TEST_CASE("a traced server is told by what it took and waits in", "[expect]") {
  TracedServer seen;
  seen.accept();
  seen.add("recv", 5);
  seen.wait_in("recv");
  CHECK(tell_calls(seen.at_end()) ==
        "it took 5 of 5 bytes and sent none; it waits in recv() for more");
}

TEST_CASE("an answer that began right is told by how much was sent", "[expect]") {
  TracedServer seen;
  seen.accept();
  seen.add("recv", 5);
  seen.add("send", 3);
  seen.add("close", 0).releases = true;
  seen.evidence.end = StepEnd::end_of_stream;
  seen.evidence.came = text("hel").bytes;
  CHECK(tell_calls(seen.at_end()) == "it took 5 of 5 bytes and sent 3, then close()");
  seen.evidence.end = StepEnd::bytes;
  CHECK(tell_calls(seen.at_end()).empty());
}

TEST_CASE("a connection that no call has touched says what its thread waits in", "[expect]") {
  TracedServer seen;
  seen.accept();
  SocketCall& wait = seen.wait_in("select", 0);
  wait.watched = {{kListening, 3, true, false}};
  CHECK(explain(seen.at_end()) == "never-read");
  CHECK(says(seen.at_end(), "waits in select(), which does not watch this connection"));
  wait.watched.push_back({kAccepted, 4, true, false});
  CHECK(tell_calls(seen.at_end()) == "it took 0 of 5 bytes and sent none; it waits in select()");
}

TEST_CASE("another thread that reads it is what counts", "[expect]") {
  TracedServer seen;
  seen.accept();
  seen.add("recv", 5).thread = kThread;
  seen.wait_in("accept", kListening);
  CHECK(tell_calls(seen.at_end()) ==
        "it took 5 of 5 bytes and sent none; it is in no call of a socket: it waits for something "
        "else, or computes");
}

TEST_CASE("who was never accepted is told so", "[expect]") {
  TracedServer seen;
  seen.wait_in("accept", kListening);
  CHECK(tell_calls(seen.at_end()) == "it has not called accept() for this connection");
}

TEST_CASE("what was called after the client gave up tells nothing", "[expect]") {
  TracedServer seen;
  seen.accept();
  seen.add("recv", 5).entered = at(60);
  CHECK_FALSE(contains(tell_calls(seen.at_end()), "took 5 of 5"));
}

TEST_CASE("a call that failed for the client is the cause", "[expect]") {
  TracedServer seen;
  seen.accept();
  seen.add("recv", 5);
  fail(seen.add("send", -1), EMSGSIZE);
  CHECK(explain(seen.at_end()) == "failed-call");
  CHECK(says(seen.at_end(), "send() failed with EMSGSIZE (Message too long)"));
  for (const int usual : {EAGAIN, EPIPE, ECONNRESET, EINPROGRESS}) {
    seen.calls.back().error_number = usual;
    CHECK(explain(seen.at_end()) != "failed-call");
  }
  fail(seen.calls.back(), EMSGSIZE).socket = kAccepted + 1;
  CHECK(explain(seen.at_end()) != "failed-call");
}

TEST_CASE("an accept that a signal interrupted is a cause where the server ended by it",
          "[expect]") {
  TracedServer seen;
  fail(seen.add("accept", -1, kListening), EINTR);
  CHECK(explain(seen.at_end()) != "failed-call");
  seen.evidence.server_end = "exited with code 1";
  CHECK(explain(seen.at_end()) == "failed-call");
  CHECK(says(seen.at_end(), "accept() failed with EINTR (Interrupted system call): a signal came"));
  seen.accept();  // it was called again
  CHECK(explain(seen.at_end()) != "failed-call");
}

TEST_CASE("a server without descriptors says what holds them", "[expect]") {
  TracedServer seen;
  fail(seen.add("accept", -1, kListening), EMFILE);
  CHECK(says(seen.at_end(), "those of earlier clients were not closed"));
}

TEST_CASE("a datagram that was taken whole was not too long for a buffer", "[expect]") {
  Talks talks;
  const std::string long_text(300, 'a');
  append(talks.store(), TestDatagram{{}, kAlice, endpoint("127.0.0.1:7"), long_text});
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.exchange = talks.udp(0);
  evidence.requests = {text(long_text)};
  CHECK(explain(evidence) == "truncated-datagram");
  SocketCall taken;
  taken.side = Side::server;
  taken.name = "recvfrom";
  taken.order = 1;
  taken.udp = true;
  taken.remote = kAlice;
  taken.result = 300;
  taken.returned = taken.entered;
  evidence.calls = {&taken, 1};
  CHECK(explain(evidence) != "truncated-datagram");
  taken.message_rooms = {100};  // MSG_TRUNC tells the size of what was cut
  CHECK(explain(evidence) == "truncated-datagram");
  taken.message_rooms.clear();
  taken.remote = kBob;
  CHECK(explain(evidence) == "truncated-datagram");
  taken.remote.reset();  // it did not ask who sent
  CHECK(explain(evidence) != "truncated-datagram");
  SocketCall answer = taken;
  answer.name = "sendto";
  answer.order = 2;
  answer.result = -1;
  answer.error_number = EINVAL;
  SocketCall next = taken;
  next.order = 3;
  next.returned.reset();
  const std::vector<SocketCall> calls{taken, answer, next};
  evidence.calls = calls;
  CHECK(says(evidence, "sendto() failed with EINVAL (Invalid argument): look at the address"));
  evidence.calls = {&taken, 1};
  CHECK(contains(tell_calls(evidence), "it took 300 bytes and sent none"));
}

}  // namespace wireproof
