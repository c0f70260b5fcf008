#include "session/program_names.h"

#include <algorithm>
#include <stdexcept>

#include "catch.h"
#include "session/packet_frame.h"
#include "support/packet_builder.h"

namespace wireproof {

TEST_CASE("a program is called by the file that a person would name", "[session]") {
  struct Named {
    const char* command;
    const char* name;
  };
  const std::vector<Named> cases{
      {"python3 server.py", "server.py"},
      {"python3 -u ./exercise/server.py 12345", "server.py"},
      {"/usr/bin/python3.11 client.py", "client.py"},
      {"PORT=1 ./server --port=2", "server"},
      {"java -cp classes Main", "Main"},
      {"java -jar 'my server.jar' 1", "my server.jar"},
      {"exec node app.js", "app.js"},
      {"go run main.go", "main.go"},
      {"python3 -c 'print(1)'", "python3"},
      {"sh -c './x'", "sh"},
      {"env LANG=C ./client a", "client"},
      {"", "program"},
  };
  for (const Named& named : cases) {
    INFO(named.command);
    CHECK(program_name(named.command) == named.name);
  }
}

TEST_CASE("programs of one name are numbered from the second on", "[session]") {
  CHECK(program_names({"node a.js", "./a.js", "b", "a.js"}) ==
        std::vector<std::string>{"a.js", "a.js#2", "b", "a.js#3"});
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
  for (std::size_t size = 0; size < 13; ++size) {
    CHECK_THROWS_AS(read_packet_frame(body.substr(0, size), received), std::runtime_error);
  }
}

}  // namespace wireproof
