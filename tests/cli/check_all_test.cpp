// `check --all`: each connection of a capture against a sheet of one.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/system/file.h"
#include "catch.h"
#include "packets/capture/pcap_file.h"
#include "support/contains.h"
#include "support/packet_builder.h"
#include "support/program.h"

namespace wireproof {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

constexpr const char* kAskSheet = R"(---
command: python3 server.py
port: 7000
---
# One question, one answer

## Session
```session
connect
send "hello"
recv "HELLO"
close
```
)";

constexpr const char* kTwoSheet = R"(---
command: python3 server.py
port: 7000
---
# Two clients

## Session
```session
alice: connect
bob: connect
alice: send "hello"
alice: recv "HELLO"
```
)";

// A capture of connections to port 7000, each from a port of its own.
class AskedServer {
 public:
  AskedServer() {
    write_file(folder_.file("ask.md"), kAskSheet);
    write_file(folder_.file("two.md"), kTwoSheet);
  }

  TestConversation begin() {
    Endpoint client = endpoint("10.0.0.1:40000");
    client.port = static_cast<std::uint16_t>(client.port + ++count_);
    TestConversation talk(store_, client, endpoint("10.0.0.9:7000"));
    talk.handshake();
    talk.client("hello");
    return talk;
  }
  void add(const std::string& answer) {
    TestConversation talk = begin();
    talk.server(answer);
    talk.close();
  }

  ProgramResult check(std::vector<std::string> options, const std::string& sheet = "ask.md") {
    write_pcap(folder_.file("a.pcap"), store_);
    options.insert(options.begin(), {"check", sheet, "--capture", "a.pcap", "--all"});
    return run_wireproof(folder_.path(), options);
  }
  std::filesystem::path file(const std::string& name) const { return folder_.file(name); }

 private:
  TemporaryFolder folder_;
  PacketStore store_;
  std::uint16_t count_ = 0;
};

}  // namespace

TEST_CASE("all connections of a capture are held against the sheet, and counted", "[cli]") {
  AskedServer server;
  for (int i = 0; i < 5; ++i) server.add("HELLO");
  const ProgramResult result = server.check({});
  CHECK(result.exit_code == 0);
  CHECK(result.out ==
        "5 connections: 5 PASS\n\n"
        "  Count  Verdict  History\n"
        "      5  PASS     SsADdFafA\n");
}

TEST_CASE("the first connections that fail are told whole, and which they are", "[cli]") {
  AskedServer server;
  server.add("HELLO");
  for (int i = 0; i < 4; ++i) server.add("HALLO");
  const ProgramResult result = server.check({});
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.out, StartsWith("5 connections: 1 PASS, 4 FAIL\n\n"
                                    "  Count  Verdict         History\n"
                                    "      5  1 PASS, 4 FAIL  SsADdFafA\n\n"
                                    "FAIL: the connection of 10.0.0.1:40002, from packet 10 on\n"));
  CHECK_THAT(result.out, Contains("--filter 'host 10.0.0.1 and tcp port 40002'"));
  CHECK_THAT(result.out, Contains("1. byte 1 of the message differs\n"));
  CHECK_THAT(result.out, Contains("FAIL: the connection of 10.0.0.1:40004, from packet 28 on\n"));
  CHECK_THAT(result.out, !Contains("10.0.0.1:40005"));
}

TEST_CASE("a connection that is open at the end of the capture is INCONCLUSIVE", "[cli]") {
  AskedServer server;
  server.add("HELLO");
  server.begin();
  const ProgramResult result = server.check({});
  CHECK(result.exit_code == 4);
  CHECK_THAT(result.out, StartsWith("2 connections: 1 PASS, 1 INCONCLUSIVE\n"));
  CHECK_THAT(result.out, Contains("INCONCLUSIVE: the connection of 10.0.0.1:40002, from packet 10 "
                                  "on: the capture ends before the connection of "
                                  "10.0.0.1:40002 did\n"));
  server.add("HALLO");
  CHECK(server.check({}).exit_code == 1);
}

TEST_CASE("twenty histories are shown, and the others counted", "[cli]") {
  AskedServer server;
  server.add("HELLO");
  for (int i = 0; i < 24; ++i) {
    TestConversation talk = server.begin();
    for (int more = 0; more <= i; ++more) talk.client("x");
    talk.server("HELLO");
    talk.client("x");
    for (int more = 0; more <= i; ++more) talk.server("y");
    talk.close();
  }
  const ProgramResult result = server.check({});
  CHECK_THAT(result.out, Contains("      5  of 5 further histories\n"));
  CHECK_THAT(server.check({"--quiet"}).out, !Contains("History"));
}

TEST_CASE("a thousand histories are counted each, and all others as one", "[cli]") {
  constexpr unsigned kConnections = 1010;
  AskedServer server;
  for (unsigned i = 0; i < kConnections; ++i) {
    TestConversation talk = server.begin();
    for (unsigned bit = 0; bit < 10; ++bit) {
      if ((i >> bit & 1U) != 0) {
        talk.client("x");
      } else {
        talk.server_ack();
      }
    }
  }
  server.check({"--report-json", "report.json"});
  const auto report = nlohmann::json::parse(read_text(server.file("report.json")));
  const auto& histories = report.at("run").at("scenarios").at(0).at("histories");
  CHECK(histories.size() == 1001);
  CHECK(histories.at(0).at("history") == "…");
  CHECK(histories.at(0).at("count") == 10);
  CHECK(report.at("run").at("scenarios").at(0).at("repeats") == kConnections);
}

TEST_CASE("how a connection is judged again is said with all that it needs", "[cli]") {
  AskedServer server;
  server.add("HALLO");
  std::filesystem::create_directory(server.file("of a day"));
  server.check({});
  std::filesystem::rename(server.file("a.pcap"), server.file("of a day/a.pcap"));
  const std::filesystem::path folder = server.file("ask.md").parent_path();
  const auto check = [&](std::vector<std::string> options) {
    options.insert(options.begin(), {"check", "ask.md", "--capture", "of a day/a.pcap"});
    return run_wireproof(folder, options).out;
  };
  CHECK_THAT(check({"--all", "-v"}),
             Contains("again: wireproof check ask.md --capture 'of a day/a.pcap' --all -v\n"));
  CHECK_THAT(check({"--port", "7000", "--strict", "-v"}),
             Contains("again: wireproof check ask.md --capture 'of a day/a.pcap' --port 7000 "
                      "--strict -v\n"));
}

TEST_CASE("a report of all connections has their counts and the first that failed", "[cli]") {
  AskedServer server;
  server.add("HELLO");
  server.add("HELLO");
  server.add("HALLO");
  server.check({"--report-json", "report.json", "--report-html", "report.html"});
  const auto report = nlohmann::json::parse(read_text(server.file("report.json")));
  CHECK(report.at("exit_code") == 1);
  const auto& sheet = report.at("run").at("scenarios").at(0);
  CHECK(sheet.at("repeats") == 3);
  CHECK(sheet.at("verdicts").dump() == R"([["fail",1],["pass",2]])");
  CHECK(sheet.at("histories").at(0).dump() ==
        R"({"count":2,"history":"SsADdFafA","verdict":"pass"})");
  CHECK(sheet.at("result").at("verdict") == "fail");
  CHECK(sheet.at("result").at("packets").at(0).at("from_port") == 40003);
  CHECK_THAT(read_text(server.file("report.html")), Contains("3 connections"));
}

TEST_CASE("a capture without a connection to the port proves nothing", "[cli]") {
  AskedServer server;
  server.add("HELLO");
  const ProgramResult other = server.check({"--port", "7001"});
  CHECK(other.exit_code == 4);
  CHECK(other.out == "0 connections\n  the capture has no connection to port 7001\n");
}

TEST_CASE("what a damaged capture lacks is of the connections that are open at its end", "[cli]") {
  AskedServer server;
  server.add("HALLO");
  server.add("HELLO");
  server.check({});
  const std::filesystem::path file = server.file("a.pcap");
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 5);
  const ProgramResult damaged =
      run_wireproof(file.parent_path(), {"check", "ask.md", "--capture", "a.pcap", "--all"});
  CHECK(damaged.exit_code == 1);
  CHECK_THAT(damaged.out, StartsWith("2 connections: 1 FAIL, 1 INCONCLUSIVE\n"));
  CHECK_THAT(damaged.out, Contains("  capture: the file is damaged at offset "));
  CHECK_THAT(damaged.out, Contains("INCONCLUSIVE: the connection of 10.0.0.1:40002, from packet 10 "
                                   "on: the capture is unsound: the file is damaged at "));
  CHECK_THAT(damaged.error, Contains("packets before it were read"));
}

TEST_CASE("a sheet of several connections is refused with --all at its step", "[cli]") {
  AskedServer server;
  server.add("HELLO");
  const ProgramResult result = server.check({"--report-json", "report.json"}, "two.md");
  CHECK(result.exit_code == 2);
  CHECK_THAT(result.error,
             StartsWith("error: the session is more than one connection of one client [WP0327]\n"
                        "  --> two.md:10:1\n"));
  CHECK_THAT(result.error, Contains("without `--all`"));
  const auto report = nlohmann::json::parse(read_text(server.file("report.json")));
  CHECK(report.at("run").at("scenarios").at(0).at("result").at("verdict") == "error");
}

}  // namespace wireproof
