#include "judge/story/capture_diff.h"

#include "catch.h"
#include "support/connection_script.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

const Endpoint kAsking = endpoint("10.0.0.1:40000");
const Endpoint kAsked = endpoint("10.0.0.9:7000");

// A capture that lives as long as what was made of it.
class DiffSide {
 public:
  TestConversation talk(const Endpoint& client = kAsking, const Endpoint& server = kAsked) {
    return {store, client, server};
  }
  // One question and its answer, closed by the client.
  void add(const std::string& question, const std::string& answer, const Endpoint& client = kAsking,
           const Endpoint& server = kAsked) {
    TestConversation talk(store, client, server);
    talk.handshake();
    talk.client(question);
    talk.server(answer);
    talk.close();
  }
  const Conversations& sorted() {
    packets = store.decode_all();
    conversations = build_conversations(packets, ServedPorts{{7000, 7001}, {53}});
    return conversations;
  }

  PacketStore store;
  std::vector<Packet> packets;
  Conversations conversations;
};

CaptureDifference difference_of(DiffSide& first, DiffSide& second) {
  return compare_captures(first.sorted(), second.sorted());
}

std::string order_of(const std::vector<std::string>& words) {
  return render_order(capture_script(words).connection());
}

Bytes bytes_of_text(std::string_view text) {
  const ByteView view = as_bytes(text);
  return {view.begin(), view.end()};
}

}  // namespace

TEST_CASE("client ports, sequence numbers, segments and pure ACKs are no difference", "[story]") {
  DiffSide first;
  first.add("hello", "HELLO");
  DiffSide second;
  TestConversation talk = second.talk(endpoint("10.7.7.7:50000"), endpoint("10.0.0.8:7000"));
  talk.set_initial_sequences(77, 4000000000);
  talk.handshake();
  talk.client("hel");
  talk.server_ack();
  talk.client("lo");
  talk.server("HELLO");
  talk.client_ack();
  talk.close();
  const CaptureDifference difference = difference_of(first, second);
  CHECK(difference.conversations == 1);
  CHECK(difference.told.empty());
}

TEST_CASE("the first byte that differs is told with the row around it", "[story]") {
  DiffSide first;
  first.add("hello", "0123456789abcdefGHIJK");
  DiffSide second;
  second.add("hello", "0123456789abcdefGHxJKL");
  const CaptureDifference difference = difference_of(first, second);
  REQUIRE(difference.told.size() == 1);
  const ConversationDifference& one = difference.told.front();
  CHECK(one.differs());
  REQUIRE(one.messages.size() == 1);
  const MessageDifference& message = one.messages.front();
  CHECK(message.from == Side::server);
  CHECK(message.at == 18);
  CHECK(message.shown == 16);
  CHECK(message.sizes == std::pair<std::uint64_t, std::uint64_t>{21, 22});
  CHECK(message.bytes == std::pair{bytes_of_text("GHIJK"), bytes_of_text("GHxJKL")});
  CHECK_FALSE(one.orders);
  CHECK_FALSE(one.closes);
}

TEST_CASE("the n-th conversation to a port is compared with the n-th one", "[story]") {
  DiffSide first;
  first.add("a", "A");
  first.add("b", "B", kAsking, endpoint("10.0.0.9:7001"));
  first.add("c", "C", endpoint("10.0.0.1:40001"));
  DiffSide second;
  second.add("b", "B", kAsking, endpoint("10.0.0.9:7001"));
  second.add("a", "A");
  const CaptureDifference difference = difference_of(first, second);
  CHECK(difference.conversations == 3);
  REQUIRE(difference.told.size() == 1);
  const ConversationDifference& one = difference.told.front();
  CHECK(one.is_missing());
  CHECK(one.port == 7000);
  CHECK(one.number == 2);
  CHECK(one.streams.first == 2);
  CHECK_FALSE(one.streams.second);
  CHECK(one.clients.first.port == 40001);
  CHECK(difference.count_differing() == 1);
}

TEST_CASE("a port that only the second capture has is told too", "[story]") {
  DiffSide first;
  first.add("a", "A");
  DiffSide second;
  second.add("a", "A");
  second.add("a", "A", kAsking, endpoint("10.0.0.9:7001"));
  const CaptureDifference difference = difference_of(first, second);
  REQUIRE(difference.told.size() == 1);
  CHECK(difference.told.front().port == 7001);
  CHECK_FALSE(difference.told.front().streams.first);
}

TEST_CASE("data of one side is one letter, and what crossed stands client first", "[story]") {
  CHECK(order_of({"C SYN", "S SYN", "C ACK", "C 4", "C 4", "S ACK", "S 5", "C 3", "C FIN", "S FIN",
                  "C ACK"}) == "SsDdDFf");
  CHECK(order_of({"C SYN", "S SYN", "C ACK", "S 5", "C 4 ack=1", "S 5 ack=1"}) == "SsDd");
  CHECK(order_of({"C SYN", "S SYN", "C ACK", "C 4", "S 5 ack=1", "C 4 ack=1"}) == "SsDd");
  CHECK(order_of({"C SYN", "S SYN", "C ACK", "S 5", "C 4", "S 5"}) == "SsdDd");
  CHECK(order_of({"C SYN", "S SYN", "C ACK", "S FIN", "C FIN ack=1"}) == "SsFf");
  CHECK(order_of({"C SYN", "S RST"}) == "Sr");
}

TEST_CASE("who closed first is told once", "[story]") {
  DiffSide first;
  first.add("a", "A");
  DiffSide second;
  TestConversation talk = second.talk();
  talk.handshake();
  talk.client("a");
  talk.server("A");
  talk.server("", tcp_flag::kFin);
  talk.client("", tcp_flag::kFin);
  const CaptureDifference difference = difference_of(first, second);
  REQUIRE(difference.told.size() == 1);
  CHECK(difference.told.front().closes == std::pair{FirstClose::client, FirstClose::server});
  CHECK_FALSE(difference.told.front().orders);
  CHECK(difference.told.front().differs());
}

TEST_CASE("another order of the same bytes is a difference", "[story]") {
  DiffSide first;
  DiffSide second;
  TestConversation here = first.talk();
  here.handshake();
  here.client("a");
  here.server("A");
  here.client("b");
  TestConversation there = second.talk();
  there.handshake();
  there.client("a");
  there.client("b");
  there.server("A");
  const CaptureDifference difference = difference_of(first, second);
  REQUIRE(difference.told.size() == 1);
  CHECK(difference.told.front().messages.empty());
  CHECK(difference.told.front().orders == std::pair<std::string, std::string>{"SsDdD", "SsDd"});
}

TEST_CASE("times are told beyond three times and 50 ms, and are no difference", "[story]") {
  const auto told = [](Duration here, Duration there) {
    DiffSide first;
    DiffSide second;
    for (auto& [side, wait] : {std::pair{&first, here}, std::pair{&second, there}}) {
      TestConversation talk = side->talk();
      talk.handshake();
      talk.client("a");
      talk.wait(wait);
      talk.server("A");
      talk.close();
    }
    const CaptureDifference difference = difference_of(first, second);
    CHECK(difference.count_differing() == 0);
    return difference.told.empty() ? std::size_t{0} : difference.told.front().times.size();
  };
  using std::chrono::milliseconds;
  CHECK(told(milliseconds(0), milliseconds(45)) == 0);
  CHECK(told(milliseconds(0), milliseconds(400)) == 2);
  CHECK(told(milliseconds(400), milliseconds(0)) == 2);
  CHECK(told(milliseconds(200), milliseconds(550)) == 0);
}

TEST_CASE("what was not captured whole is not compared", "[story]") {
  DiffSide first;
  first.add("hello", "HELLO");
  DiffSide second;
  TestConversation talk = second.talk();
  talk.handshake();
  talk.client("hello");
  talk.skip_server("HELLO");
  talk.close();
  const CaptureDifference difference = difference_of(first, second);
  CHECK(difference.count_differing() == 0);
  CHECK(difference.count_unseen() == 1);
  CHECK(difference.told.front().unseen == std::pair{false, true});
}

TEST_CASE("a connection that began before the capture is not compared and shifts no pair",
          "[story]") {
  DiffSide first;
  first.add("a", "A");
  first.add("b", "B", endpoint("10.0.0.1:40001"));
  DiffSide second;
  TestConversation begun = second.talk(endpoint("10.0.0.1:39999"));
  begun.client("x");
  begun.server("X");
  second.add("a", "A");
  second.add("b", "B", endpoint("10.0.0.1:40001"));
  const CaptureDifference one_more = difference_of(first, second);
  REQUIRE(one_more.told.size() == 1);
  CHECK(one_more.told.front().is_missing());
  CHECK(one_more.told.front().number == 3);
  CHECK(one_more.told.front().streams.second == 0);
  first.add("c", "C", endpoint("10.0.0.1:40002"));
  const CaptureDifference unseen = difference_of(first, second);
  CHECK(unseen.count_differing() == 0);
  REQUIRE(unseen.told.size() == 1);
  CHECK(unseen.told.front().unseen == std::pair{false, true});
  CHECK(unseen.told.front().number == 3);
}

TEST_CASE("a connection that is open at the end of one capture ends otherwise", "[story]") {
  DiffSide first;
  first.add("a", "A");
  DiffSide second;
  TestConversation open = second.talk();
  open.handshake();
  open.client("a");
  open.server("A");
  const CaptureDifference difference = difference_of(first, second);
  REQUIRE(difference.told.size() == 1);
  CHECK(difference.told.front().closes == std::pair{FirstClose::client, FirstClose::nobody});
  CHECK(difference.count_unseen() == 0);
}

TEST_CASE("times of any length are compared", "[story]") {
  struct Lasting {
    Duration until_data;
    Duration until_answer;
  };
  const auto times = [](const Lasting& here, const Lasting& there) {
    DiffSide first;
    DiffSide second;
    for (auto& [side, lasts] : {std::pair{&first, here}, std::pair{&second, there}}) {
      TestConversation talk = side->talk();
      talk.wait(-lasts.until_data);
      talk.handshake();
      talk.wait(lasts.until_data);
      talk.client("a");
      talk.wait(lasts.until_answer);
      talk.server("A");
    }
    const CaptureDifference difference = difference_of(first, second);
    return difference.told.empty() ? std::vector<TimeDifference>{} : difference.told.front().times;
  };
  constexpr Duration kYear = std::chrono::hours(24 * 365);
  const auto told = times({250 * kYear, 200 * kYear}, {});
  REQUIRE(told.size() == 2);
  CHECK(told.back().lasted.first == Duration::max());
  CHECK(times({{}, 150 * kYear}, {{}, 200 * kYear}).empty());
}

TEST_CASE("datagrams are compared one by one", "[story]") {
  const Endpoint server = endpoint("10.0.0.9:53");
  DiffSide first;
  DiffSide second;
  for (DiffSide* const side : {&first, &second}) {
    append(side->store, TestDatagram{{}, kAsking, server, "one"});
    append(side->store, TestDatagram{{}, server, kAsking, "ONE"});
    append(side->store, TestDatagram{{}, kAsking, server, "two"});
  }
  CHECK(difference_of(first, second).told.empty());
  append(first.store, TestDatagram{{}, server, kAsking, ""});
  const CaptureDifference lacks = difference_of(first, second);
  REQUIRE(lacks.told.size() == 1);
  CHECK_FALSE(lacks.told.front().tcp);
  const MessageDifference& message = lacks.told.front().messages.front();
  CHECK(message.datagram == 1);
  CHECK(message.is_there == std::pair{true, false});
  append(second.store, TestDatagram{{}, server, kAsking, "x"});
  const CaptureDifference longer = difference_of(first, second);
  CHECK(longer.told.front().messages.front().is_there == std::pair{true, true});
  CHECK(longer.told.front().messages.front().sizes ==
        std::pair<std::uint64_t, std::uint64_t>{0, 1});
}

}  // namespace wireproof
