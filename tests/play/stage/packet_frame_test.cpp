#include "play/stage/packet_frame.h"

#include <algorithm>
#include <stdexcept>

#include "catch.h"
#include "support/packet_builder.h"

namespace wireproof {

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
  for (std::size_t size = 0; size < 13; ++size) {
    CHECK_THROWS_AS(read_packet_frame(body.substr(0, size), received), std::runtime_error);
  }
}

}  // namespace wireproof
