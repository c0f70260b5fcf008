#include "sheet/server_description.h"

#include "catch.h"

namespace wireproof {
namespace {

const std::vector<std::string> kExplanations{"late-reply", "short-reply"};

Expected<ServerDescription, Diagnostics> parse_description(const std::string& text) {
  return parse_server_description(SourceText("server.yaml", text), kExplanations);
}

// "1: message" of each problem.
std::vector<std::string> complaints(const std::string& text) {
  std::vector<std::string> all;
  const SourceText source("server.yaml", text);
  const auto server = parse_server_description(source, kExplanations);
  if (server) return all;
  for (const Diagnostic& one : server.error()) {
    REQUIRE(one.span);
    all.push_back(std::to_string(source.position(one.span->begin).line) + ": " + one.message);
  }
  return all;
}

}  // namespace

TEST_CASE("a built-in server needs no port, and says nothing else", "[sheet]") {
  const auto server = parse_description("builtin: true\n");
  REQUIRE(server);
  CHECK(server->builtin);
  CHECK(complaints("builtin: maybe\nport: 5000\n") ==
        std::vector<std::string>{"1: `maybe` is no value of builtin"});
  CHECK(complaints("builtin: true\nport: 5000\n") ==
        std::vector<std::string>{"1: a server that is built in has no other key than `builtin`"});
  const auto own = parse_description("builtin: false\nport: 5000\n");
  REQUIRE(own);
  CHECK_FALSE(own->builtin);
}

TEST_CASE("a description says transport, ports, command and parameters", "[sheet]") {
  const auto server = parse_description(
      "title: keys\n"
      "transport: tcp+udp\n"
      "port: 5000\n"
      "udp_port: 5001\n"
      "command: ./kv {port}\n"
      "start_within: 30s\n"
      "parameters:\n"
      "  end: {meaning: of a line, default: crlf, choices: [lf, crlf]}\n"
      "  name: anna\n"
      "faults:\n"
      "  late: {command: ./kv --late, explanation: late-reply}\n"
      "variants:\n"
      "  other: {settings: {end: lf}}\n");
  REQUIRE(server);
  CHECK(server->title == "keys");
  CHECK(server->tcp_port == 5000);
  CHECK(server->udp_port == 5001);
  CHECK(server->command == "./kv {port}");
  CHECK(server->start_within == std::chrono::seconds(30));
  REQUIRE(server->parameters.size() == 2);
  CHECK(server->parameters[0].values == std::vector<std::string>{"crlf", "lf"});
  CHECK_FALSE(server->parameters[0].any_text);
  CHECK(server->parameters[1].values == std::vector<std::string>{"anna"});
  CHECK(server->parameters[1].any_text);
  REQUIRE(server->faults.size() == 1);
  CHECK(server->faults[0].explanation == "late-reply");
  REQUIRE(server->variants.size() == 1);
  CHECK(server->variants[0].settings.at("end") == "lf");
}

TEST_CASE("a server that speaks one transport has one port", "[sheet]") {
  const auto udp = parse_description("transport: udp\nport: 53\n");
  REQUIRE(udp);
  CHECK(udp->tcp_port == 0);
  CHECK(udp->udp_port == 53);
  const auto tcp = parse_description("port: 80\n");
  REQUIRE(tcp);
  CHECK(tcp->tcp_port == 80);
  CHECK(tcp->udp_port == 0);
}

TEST_CASE("what is wrong in a description is said at its place", "[sheet]") {
  using Lines = std::vector<std::string>;
  CHECK(complaints("title: keys\n") == Lines{"1: the server has no `port`"});
  CHECK(complaints("port: 0\n") == Lines{"1: `0` is no port"});
  CHECK(complaints("port: 1\nport: 2\n") == Lines{"2: `port` is given twice"});
  CHECK(complaints("port: 1\nprot: 2\n") == Lines{"2: unknown key `prot` in the description"});
  CHECK(complaints("- port\n") == Lines{"1: the description is not a list of `key: value` lines"});
  CHECK(complaints("port: 1\nudp_port: 2\n") ==
        Lines{"2: `udp_port` is for servers that speak both"});
  CHECK(complaints("port: 1\nfaults:\n  late: {explanation: late-reply}\n") ==
        Lines{"3: the fault `late` has neither command nor settings"});
  CHECK(complaints("port: 1\nfaults:\n  a: {command: b, explanation: late-replies}\n") ==
        Lines{"3: there is no explanation `late-replies`"});
  CHECK(complaints("port: 1\nvariants:\n  a: {command: b, explanation: late-reply}\n") ==
        Lines{"3: unknown key `explanation` in the variant `a`"});
  CHECK(complaints("port: 1\nparameters: {a: {default: x, choices: [y, z]}}\n") ==
        Lines{"2: the default `x` is none of the choices"});
  CHECK(complaints("port: 1\nparameters: {a: b, a: c}\n") ==
        Lines{"2: `a` is there twice in parameters"});
  CHECK(complaints("port: [1\n").size() == 1);
}

}  // namespace wireproof
