#include <nlohmann/json.hpp>

#include "catch.h"
#include "packets/capture/pcap_file.h"
#include "support/packet_builder.h"
#include "support/program.h"

namespace wireproof {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

// What a server answered yesterday and today.
class TwoDays {
 public:
  TwoDays() {
    add(yesterday_, "10.0.0.1:40001", "HELLO");
    add(today_, "10.0.0.1:50001", "HELLO");
  }

  static void add(PacketStore& store, const char* client, const char* answer) {
    TestConversation talk(store, endpoint(client), endpoint("10.0.0.9:7000"));
    talk.handshake();
    talk.client("hello");
    talk.server(answer);
    talk.close();
  }
  PacketStore& yesterday() { return yesterday_; }
  PacketStore& today() { return today_; }

  ProgramResult diff(std::vector<std::string> options = {}) {
    write_pcap(folder_.file("a.pcap"), yesterday_);
    write_pcap(folder_.file("b.pcap"), today_);
    options.insert(options.begin(), {"diff", "a.pcap", "b.pcap"});
    return run_wireproof(folder_.path(), options);
  }
  const TemporaryFolder& folder() const { return folder_; }

 private:
  TemporaryFolder folder_;
  PacketStore yesterday_;
  PacketStore today_;
};

}  // namespace

TEST_CASE("captures of the same conversations do not differ", "[cli]") {
  TwoDays days;
  const ProgramResult result = days.diff();
  CHECK(result.exit_code == 0);
  CHECK(result.out == "1 conversation, 0 differ\n");
  CHECK(result.error.empty());
}

TEST_CASE("of each conversation that differs a line says how, and all of it stands below",
          "[cli]") {
  TwoDays days;
  TwoDays::add(days.yesterday(), "10.0.0.1:40002", "HELLO");
  TwoDays::add(days.today(), "10.0.0.1:50002", "HELP!!");
  TwoDays::add(days.today(), "10.0.0.1:50003", "HELLO");
  const ProgramResult result = days.diff();
  CHECK(result.exit_code == 1);
  CHECK(result.out ==
        "3 conversations, 2 differ\n"
        "\n"
        "tcp port 7000, conversation 2: what the server sent differs from byte 3 on (5 bytes in A, "
        "6 bytes in B)\n"
        "  A: tcp 1 of 10.0.0.1:40002, B: tcp 1 of 10.0.0.1:50002\n"
        "    A  00000000  48 45 4c 4c 4f                                   HELLO\n"
        "    B  00000000  48 45 4c 50 21 21                                HELP!!\n"
        "\n"
        "tcp port 7000, conversation 3: only in B\n"
        "  B: tcp 2 of 10.0.0.1:50003\n");
}

TEST_CASE("the ends of a conversation, and times that are told only, have their words", "[cli]") {
  PacketStore a;
  PacketStore b;
  const TemporaryFolder folder;
  for (PacketStore* const store : {&a, &b}) {
    TestConversation talk(*store, endpoint("10.0.0.1:40001"), endpoint("10.0.0.9:7000"));
    talk.handshake();
    talk.client("hello");
    if (store == &b) talk.wait(std::chrono::milliseconds(500));
    talk.server("HELLO");
    if (store == &a) talk.close();
    if (store == &b) talk.server("", tcp_flag::kRst);
  }
  write_pcap(folder.file("a.pcap"), a);
  write_pcap(folder.file("b.pcap"), b);
  const ProgramResult result = run_wireproof(folder.path(), {"diff", "a.pcap", "b.pcap"});
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.out, Contains("conversation 1: the order differs\n"));
  CHECK_THAT(result.out, Contains("  order: SsDdFf in A, SsDdr in B\n"
                                  "  end: client closed first in A, nobody closed in B\n"
                                  "  until the first answer: 1.000 ms in A, 501.000 ms in B (told "
                                  "only)\n"));
}

TEST_CASE("what ends sooner, and a datagram that is missing, have their words", "[cli]") {
  TwoDays days;
  TwoDays::add(days.yesterday(), "10.0.0.1:40002", "HELLO");
  TwoDays::add(days.today(), "10.0.0.1:50002", "HE");
  append(days.yesterday(),
         TestDatagram{{}, endpoint("10.0.0.1:4000"), endpoint("10.0.0.9:53"), "a"});
  append(days.yesterday(),
         TestDatagram{{}, endpoint("10.0.0.9:53"), endpoint("10.0.0.1:4000"), "A"});
  append(days.today(), TestDatagram{{}, endpoint("10.0.0.1:4000"), endpoint("10.0.0.9:53"), "a"});
  const std::string out = days.diff().out;
  CHECK_THAT(out, Contains("what the server sent ends sooner in B (5 bytes in A, 2 bytes in B)\n"));
  CHECK_THAT(out, Contains("udp port 53, conversation 1: datagram 1 of the server is only in A\n"
                           "  A: udp 0 of 10.0.0.1:4000, B: udp 0 of 10.0.0.1:4000\n"
                           "    A  00000000  41                                               A\n"
                           "    B  nothing there\n"
                           "  order: Dd in A, D in B\n"));
}

TEST_CASE("differences are there as JSON", "[cli]") {
  TwoDays days;
  TwoDays::add(days.today(), "10.0.0.1:50002", "HELLO");
  const ProgramResult result = days.diff({"--json"});
  CHECK(result.exit_code == 1);
  const auto report = nlohmann::json::parse(result.out);
  CHECK(report.at("format") == "wireproof-diff");
  CHECK(report.at("exit_code") == 1);
  CHECK(report.at("conversations") == 2);
  CHECK(report.at("differ") == 1);
  const auto& one = report.at("differences").at(0);
  CHECK(one.at("port") == 7000);
  CHECK(one.at("streams").dump() == "[null,1]");
  CHECK(one.at("clients").at(1) == "10.0.0.1:50002");
}

TEST_CASE("standard input is one of two captures, not both", "[cli]") {
  TwoDays days;
  days.diff();
  const ProgramResult both = run_wireproof(days.folder().path(), {"diff", "-", "-"});
  CHECK(both.exit_code == 2);
  CHECK_THAT(both.error, StartsWith("error: standard input is one capture, and is not compared "
                                    "with itself\n"));
}

TEST_CASE("captures that hold nothing to compare are refused by name", "[cli]") {
  TwoDays days;
  const ProgramResult other = days.diff({"--port", "80"});
  CHECK(other.exit_code == 5);
  CHECK_THAT(other.error, StartsWith("error: neither capture has a conversation with port 80\n"));
  CHECK(days.diff({"--port", "7000"}).exit_code == 0);
  const ProgramResult missing =
      run_wireproof(days.folder().path(), {"diff", "a.pcap", "nosuch.pcap"});
  CHECK(missing.exit_code == 4);
  CHECK_THAT(missing.error, Contains("nosuch.pcap"));
}

TEST_CASE("what a damaged capture lacks is no difference, and no proof either", "[cli]") {
  TwoDays days;
  days.diff();
  const std::filesystem::path file = days.folder().file("b.pcap");
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 5);
  const ProgramResult result = run_wireproof(days.folder().path(), {"diff", "a.pcap", "b.pcap"});
  CHECK(result.exit_code == 4);
  CHECK_THAT(result.error, Contains("b.pcap is damaged at offset"));
}

}  // namespace wireproof
