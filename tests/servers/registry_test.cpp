#include "servers/registry.h"

#include <algorithm>
#include <stdexcept>

#include "catch.h"
#include "servers/protocols/reference_servers.h"

namespace wireproof {

TEST_CASE("the registry lists the servers in the order of their names", "[servers]") {
  std::vector<std::string> names;
  for (const ServerInfo& info : reference_servers()) names.push_back(info.name);
  CHECK(std::is_sorted(names.begin(), names.end()));
  CHECK(names == std::vector<std::string>{"calc", "echo-both", "echo-chunks", "echo-once",
                                          "echo-select", "echo-text", "echo-threads", "print-udp",
                                          "record", "record-sized", "reverse", "upper-tcp",
                                          "upper-udp"});
}

TEST_CASE("every server says what it speaks, where it is from, and speaks it", "[servers]") {
  for (const ServerInfo& info : reference_servers()) {
    INFO(info.name);
    CHECK_FALSE(info.protocol.empty());
    CHECK_FALSE(info.origin.empty());
    const Service service = make_service(*find_reference_server(info.name), {});
    CHECK((service.open_stream != nullptr) == (info.tcp_port != 0));
    CHECK((service.open_datagrams != nullptr) == (info.udp_port != 0));
  }
}

TEST_CASE("a server is found by its whole name only", "[servers]") {
  REQUIRE(find_server("calc") != nullptr);
  CHECK(find_server("calc")->tcp_port == 12345);
  CHECK(find_server("calc")->udp_port == 12346);
  CHECK(find_server("cal") == nullptr);
  CHECK(find_server("") == nullptr);
}

TEST_CASE("a way of serving is found by the name that it is shown with", "[servers]") {
  CHECK(serve_way_names() == std::vector<std::string>{"threads", "select", "serial", "fork"});
  for (const std::string& name : serve_way_names()) {
    REQUIRE(parse_serve_way(name).has_value());
    CHECK(render_serve_way(*parse_serve_way(name)) == name);
  }
  CHECK_FALSE(parse_serve_way("thread").has_value());
  CHECK_FALSE(parse_serve_way("").has_value());
}

TEST_CASE("servers that the notes serve in a way of its own do so unasked", "[servers]") {
  CHECK(find_server("echo-text")->way == ServeWay::threads);
  CHECK(find_server("echo-select")->way == ServeWay::select);
  CHECK(find_server("echo-chunks")->way == ServeWay::serial);
  CHECK(find_server("echo-once")->way == ServeWay::serial);
}

TEST_CASE("a parameter or value that a server does not have is an error that names those it has",
          "[servers]") {
  const ReferenceServer& calc = *find_reference_server("calc");
  CHECK_THROWS_WITH(
      make_service(calc, {{"frame", "none"}}),
      "server calc has no parameter `frame`; it has framing, ops, connection, layout, "
      "order");
  CHECK_THROWS_WITH(make_service(calc, {{"framing", "big"}}),
                    "`big` is no value of parameter `framing`; it takes length, none");
  CHECK_THROWS_WITH(make_service(*find_reference_server("upper-udp"), {{"a", "b"}}),
                    "server upper-udp has no parameter `a`; it has none");
}

}  // namespace wireproof
