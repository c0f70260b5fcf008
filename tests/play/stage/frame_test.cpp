#include "play/stage/worker.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <vector>

#include "base/system/system_call.h"
#include "catch.h"
#include "support/packet_builder.h"

namespace wireproof {

using std::string_literals::operator""s;

namespace {

// A link with both ends.
struct Link {
  Link() {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
    near.reset(ends[0]);
    far.reset(ends[1]);
  }

  // As they are, which need not be frames.
  void send_bytes(const std::string& bytes) const {
    REQUIRE(::send(far.get(), bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  }

  UniqueFd near;
  UniqueFd far;
};

// The bytes of a frame on the wire.
std::string bytes_of(const Frame& frame) {
  const Link link;
  write_frame(link.far.get(), frame);
  std::array<char, 4096> bytes{};
  const ssize_t size = ::recv(link.near.get(), bytes.data(), bytes.size(), 0);
  REQUIRE(size > 0);
  return {bytes.data(), static_cast<std::size_t>(size)};
}

}  // namespace

TEST_CASE("a frame is a kind, the size of its body in big-endian order, and the body",
          "[session]") {
  CHECK(bytes_of({FrameKind::go, ""}) == "G\0\0\0\0"s);
  CHECK(bytes_of({FrameKind::result, std::string(300, 'x')}) ==
        "E\0\0\x01\x2c"s + std::string(300, 'x'));
}

TEST_CASE("a frame is whole with its last byte, and no sooner", "[session]") {
  const Frame frame{FrameKind::result, "body"};
  const std::string bytes = bytes_of(frame);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    INFO(size);
    const Link link;
    FrameReader reader;
    link.send_bytes(bytes.substr(0, size));
    CHECK(reader.take(link.near.get()));
    CHECK_FALSE(reader.next());
    CHECK(reader.has_part() == (size > 0));
    link.send_bytes(bytes.substr(size));
    CHECK(reader.take(link.near.get()));
    CHECK(reader.next() == frame);
    CHECK_FALSE(reader.has_part());
  }
}

TEST_CASE("a link that ends within a frame is told from one that ends behind one", "[session]") {
  const std::string bytes = bytes_of({FrameKind::result, "body"});
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    INFO(size);
    Link link;
    FrameReader reader;
    link.send_bytes(bytes.substr(0, size));
    link.far.reset();
    if (size == bytes.size()) CHECK(reader.await(link.near.get()));
    if (size == 0 || size == bytes.size()) {
      CHECK_FALSE(reader.await(link.near.get()));
    } else {
      CHECK_THROWS_AS(reader.await(link.near.get()), std::runtime_error);
    }
    CHECK_FALSE(reader.take(link.near.get()));  // the end is seen without waiting, too
  }
}

TEST_CASE("frames arrive whole and in their order, however they were cut", "[session]") {
  const std::vector<Frame> sent{{FrameKind::ready, ""},
                                {FrameKind::result, std::string(1 << 20, 'x')},
                                {FrameKind::final_result, "x"},
                                {FrameKind::idle, ""}};
  const auto send_all = [&sent](UniqueFd end) {
    for (const Frame& frame : sent) write_frame(end.get(), frame);
  };
  Link link;
  FrameReader reader;
  std::vector<Frame> received;
  SECTION("taken as they come") {
    const std::jthread other(send_all, std::move(link.far));
    for (bool is_open = true; is_open;) {
      is_open = reader.take(link.near.get());
      while (auto frame = reader.next()) received.push_back(std::move(*frame));
    }
    CHECK(received == sent);
  }
  SECTION("waited for") {
    const std::jthread other(send_all, std::move(link.far));
    while (auto frame = reader.await(link.near.get())) received.push_back(std::move(*frame));
    CHECK(received == sent);
  }
}

TEST_CASE("what is no frame is refused before its body is waited for", "[session]") {
  const auto [bytes, why] = GENERATE(table<std::string, std::string>({
      {"?\0\0\0\0"s, "a frame of an unknown kind came"},
      {"\0\0\0\0\0"s, "a frame of an unknown kind came"},
      {"GET / HTTP/1.1\r\n"s, "a frame of 1163141167 bytes was announced"},
      {"E\xff\xff\xff\xff"s, "a frame of 4294967295 bytes was announced"},
      {"E\x20\0\0\x01"s, "a frame of 536870913 bytes was announced"},
  }));
  const Link link;
  FrameReader reader;
  link.send_bytes(bytes);
  CHECK(reader.take(link.near.get()));
  CHECK_THROWS_WITH(reader.next(), why);
}

TEST_CASE("the longest body is announced and waited for", "[session]") {
  const Link link;
  FrameReader reader;
  link.send_bytes("E\x20\0\0\0"s);
  CHECK(reader.take(link.near.get()));
  CHECK_FALSE(reader.next());
}

TEST_CASE("a body that no reader would take is not sent", "[session]") {
  Link link;
  CHECK_THROWS_AS(
      write_frame(link.far.get(), {FrameKind::result, std::string(kMaxFrameBody + 1, 'x')}),
      std::length_error);
  link.far.reset();
  FrameReader reader;
  CHECK_FALSE(reader.await(link.near.get()));
}

TEST_CASE("a writer hears that the other end is closed", "[session]") {
  Link link;
  link.near.reset();
  CHECK_THROWS_AS(write_frame(link.far.get(), {FrameKind::go, ""}), SystemError);
}

TEST_CASE("an order reads as it was written, and no prefix of it does", "[session]") {
  const PlayOrder order{270, 64};
  const Frame frame = write_order(order);
  CHECK(frame.kind == FrameKind::play);
  CHECK(read_order(frame.body) == order);
  for (std::size_t size = 0; size < frame.body.size(); ++size) {
    CHECK_THROWS_AS(read_order(frame.body.substr(0, size)), std::runtime_error);
  }
  CHECK_THROWS_AS(read_order(frame.body + "x"), std::runtime_error);
}

TEST_CASE("a packet reads from its frame as it was written", "[session]") {
  PacketStore sent;
  TestConversation tcp(sent, endpoint("127.0.0.1:40000"), endpoint("127.0.0.1:12345"));
  tcp.handshake();
  PacketStore received;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    read_packet_frame(write_packet_frame(sent.at(i)).body, received);
  }
  REQUIRE(received.size() == sent.size());
  for (std::size_t i = 0; i < sent.size(); ++i) {
    CHECK(received.at(i).time == sent.at(i).time);
    CHECK(received.at(i).original_size == sent.at(i).original_size);
    CHECK(received.at(i).link == sent.at(i).link);
    CHECK(std::ranges::equal(received.at(i).bytes, sent.at(i).bytes));
  }
  const std::string body = write_packet_frame(sent.at(0)).body;
  for (std::size_t size = 0; size < 14; ++size) {
    CHECK_THROWS_AS(read_packet_frame(body.substr(0, size), received), std::runtime_error);
  }
}

}  // namespace wireproof
