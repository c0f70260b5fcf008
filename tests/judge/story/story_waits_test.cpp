// What a story says of who waited for whom.
#include <sys/socket.h>

#include <cerrno>

#include "catch.h"
#include "judge/story/conversation_story.h"
#include "judge/story/story_names.h"
#include "support/call_log_builder.h"

namespace wireproof {
namespace {

using Story = std::vector<std::string>;

// A capture whose segments come at given times.
struct Timed {
  PacketStore store;
  TestConversation tcp{store, kClient, kServer};

  void add(TestSegment segment, int time_ms) {
    segment.time = std::chrono::milliseconds(time_ms);
    append(store, segment);
  }
};

struct Told {
  std::vector<Packet> packets;
  Conversations conversations;

  explicit Told(const PacketStore& store)
      : packets(store.decode_all()), conversations(build_conversations(packets, 12345, 0)) {}

  Story of(std::size_t connection, const CallLogBuilder& log,
           const std::vector<SocketEntry>& sockets) const {
    const auto queued = list_queued(conversations.tcp, log.calls);
    return tell_connection(conversations.tcp.at(connection), log.calls, kNames, {queued, sockets});
  }
};

bool has(const Story& story, const std::string& sentence) {
  return std::ranges::find(story, sentence) != story.end();
}

std::vector<SocketEntry> listening(std::uint32_t backlog) {
  SocketEntry socket;
  socket.local = kServer;
  socket.state = "LISTEN";
  socket.send_queue = backlog;
  return {socket};
}

// Two connections are complete, the SYN of a third one comes at 10, 1010 and 3010 ms.
struct Crowd {
  Timed capture;
  CallLogBuilder log;
  TestConversation late{capture.store, endpoint("127.0.0.1:40009"), kServer};

  Crowd() {
    capture.tcp.handshake();
    TestConversation second(capture.store, endpoint("127.0.0.1:40008"), kServer);
    second.handshake();
    for (const int time : {10, 1010, 3010}) {
      TestSegment syn = late.next_of_client();
      syn.flags = tcp_flag::kSyn;
      capture.add(syn, time);
    }
  }
  Story tell(std::uint32_t backlog) const {
    return Told(capture.store).of(2, log, listening(backlog));
  }
};

}  // namespace

TEST_CASE("a SYN that found the accept queue full is told with listen's number", "[expect]") {
  Crowd crowd;
  CHECK(crowd.tell(1) ==
        Story{"the accept queue of server.py was full: it had called listen(1), and 2 connections "
              "waited for accept (listen(2)); the kernel dropped the SYN of client.py 3 times"});
  CHECK(crowd.tell(2) == Story{"nobody answered the SYN of client.py"});
  CHECK(Told(crowd.capture.store).of(2, crowd.log, {}) ==
        Story{"nobody answered the SYN of client.py"});
}

TEST_CASE("what was accepted waits in no queue", "[expect]") {
  Crowd crowd;
  crowd.log.add_accept(400, 500);  // the first one
  CHECK(crowd.tell(1) ==
        Story{"the accept queue of server.py was full: it had called listen(1), and 2 connections "
              "waited for accept (listen(2)); the kernel dropped the SYN of client.py"});
  crowd.log.calls.clear();
  crowd.log.add_accept(4, 5);
  CHECK(crowd.tell(1) == Story{"nobody answered the SYN of client.py"});
}

TEST_CASE("a SYN that was answered at last is told as well", "[expect]") {
  Crowd crowd;
  TestSegment answer = crowd.late.next_of_server();
  answer.flags = tcp_flag::kSyn | tcp_flag::kAck;
  answer.acknowledgement = crowd.late.next_of_client().sequence + 1;
  crowd.capture.add(answer, 3011);
  CHECK(crowd.tell(1).front().starts_with("the accept queue of server.py was full"));
}

TEST_CASE("two sides that wait for each other are told", "[expect]") {
  Timed capture;
  capture.tcp.handshake();
  capture.tcp.client("short");  // 3 ms
  CallLogBuilder log;
  log.add_accept(0, 1);
  log.add_client("connect", 0, 0, 2);
  log.add_client("send", 5, 3, 3);
  log.add("recv", 5, 3, 4);
  log.add("recv", 0, 5, 4);  // never returned
  const auto tell = [&] { return Told(capture.store).of(0, log, {}); };
  CHECK(tell().back() == "server.py never closed the connection");
  SECTION("at the end, in calls of one name") {
    log.add_client("recv", 0, 4, 3);
    CHECK(tell().back() == "at the end both were in recv: each waits for the other");
    CHECK_FALSE(has(tell(), "server.py never closed the connection"));
  }
  SECTION("at the end, one of them in a wait call") {
    SocketCall& wait = log.add_client("poll", 0, 4, 3);
    wait.watched = {{kClientSocket, 3, true, false}};
    CHECK(tell().back() ==
          "at the end client.py was in poll and server.py in recv: each waits for the other");
    wait.watched = {{kClientSocket, 3, false, true}};  // to send
    CHECK(tell().back() == "server.py never closed the connection");
  }
  SECTION("until one of them gave up") {
    log.add_client("recv", -1, 4, 2504).error_number = EAGAIN;
    const std::string waited =
        "for 2499.000 ms both were in recv: each waited for the other, until client.py gave up";
    CHECK(has(tell(), waited));
    CHECK(has(tell(), "server.py never closed the connection"));
    log.calls.back().error_number = ECONNRESET;
    CHECK_FALSE(has(tell(), waited));
  }
  SECTION("one that only looks whether something is there waits for nothing") {
    log.add_client("recv", 0, 4, 3).nonblocking = true;
    CHECK(tell().back() == "server.py never closed the connection");
  }
}

TEST_CASE("a call that waits for all of its bytes has not left them unread", "[expect]") {
  Timed capture;
  capture.tcp.handshake();
  capture.tcp.client("short");
  CallLogBuilder log;
  log.add_accept(0, 1);
  log.add_client("connect", 0, 0, 2);
  log.add_client("send", 5, 3, 3);
  SocketCall& recv = log.add("recv", 0, 3, 2);  // never returned
  recv.flags = MSG_WAITALL;
  const std::string sent = "client.py sent 5 bytes with 1 call (send) in 1 packet; ";
  const auto tell = [&] { return Told(capture.store).of(0, log, {}); };
  CHECK(has(tell(), sent + "server.py's recv still waits for more (MSG_WAITALL)"));
  recv.flags = 0;
  CHECK_FALSE(has(tell(), sent + "server.py's recv still waits for more (MSG_WAITALL)"));
}

TEST_CASE("sends that Nagle's algorithm held back are told", "[expect]") {
  Timed capture;
  capture.tcp.handshake();
  CallLogBuilder log;
  log.add_accept(0, 1);
  log.add_client("connect", 0, 0, 2);
  const std::string held =
      "2 sends of client.py waited 41.000 ms to 51.000 ms for the ACK of the one before: Nagle's "
      "algorithm (RFC 9293 §3.7.4); TCP_NODELAY, or one send for what belongs together";
  int now = 3;
  for (const int delay : {40, 50}) {
    CHECK_FALSE(has(Told(capture.store).of(0, log, {}), held));
    log.add_client("send", 4, now, now);
    log.add_client("send", 4, now, now);
    capture.tcp.client("head");
    capture.tcp.wait(std::chrono::milliseconds(delay - 1));
    capture.tcp.server_ack();
    capture.tcp.client("body");
    now += delay + 2;
  }
  CHECK(has(Told(capture.store).of(0, log, {}), held));
}

TEST_CASE("a window that was closed is told, and the send that waits for it", "[expect]") {
  Timed capture;
  capture.tcp.handshake();
  CallLogBuilder log;
  log.add_accept(0, 1);
  log.add_client("connect", 0, 0, 2);
  log.add_client("send", 0, 3, 2);  // never returned
  capture.tcp.client("0123456789");
  TestSegment full = capture.tcp.next_of_server();
  full.flags = tcp_flag::kAck;
  full.window = 0;
  capture.add(full, 4);
  const auto tell = [&] { return Told(capture.store).of(0, log, {}); };
  CHECK(has(tell(),
            "server.py's window was closed from packet 5 on: it did not read; the send of "
            "client.py waited for it still at the end"));
  TestSegment open = capture.tcp.next_of_server();
  open.flags = tcp_flag::kAck;
  SECTION("for long") {
    capture.add(open, 14);
    CHECK(has(tell(),
              "server.py's window was closed for 10.000 ms, from packet 5 to packet 6: it did not "
              "read"));
  }
  SECTION("for a moment") {
    capture.add(open, 13);
    for (const std::string& sentence : tell()) CHECK(sentence.find("window") == std::string::npos);
  }
}

}  // namespace wireproof
