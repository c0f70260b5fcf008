#include "judge/program_judge.h"

#include <cerrno>
#include <csignal>

#include "catch.h"
#include "judge/ends.h"
#include "judge/parsed_sheet.h"
#include "result/explanation.h"
#include "support/contains.h"

namespace wireproof {
namespace {

const Endpoint kTool = endpoint("127.0.0.1:40000");

Scenario tool_sheet(const std::string& payload = "\"hello\"") {
  const std::string text =
      "---\nserver: echo\n---\n# A client\n\n## Session\n```session\ntool: run \"tool\"\n"
      "tool: type \"hello\\n\"\ntool: prints \"ECHO: hello\"\ntool: exits 0\n```\n\n"
      "## Layout: number\n```layout\nstruct \"!L\": value\n```\n\n## Packets: tool\n"
      "| From | To | Info | Payload |\n|---|---|---|---|\n| tool | server | [SYN] | |\n"
      "| server | tool | [SYN, ACK] | |\n| tool | server | [PSH, ACK] | " +
      payload + " |\n| server | tool | [PSH, ACK] | |\n";
  return parse_sheet(text);
}

FailedStep failed(std::size_t playing, StepEnd end, const std::string& output) {
  FailedStep step;
  step.actor = "tool";
  step.playing = playing;
  step.end = end;
  step.output = output;
  step.diagnostic.message = "tool failed";
  return step;
}

struct Session {
  PacketStore store;
  Evidence evidence;

  Session() {
    evidence.tcp_port = 7;
    evidence.played.programs = {"tool"};
  }
  // The client says one thing and the server another, each in a segment of its own.
  void talk(const std::vector<std::string>& said, const std::vector<std::string>& answered) {
    TestConversation talk(store, kTool, kEchoServer);
    talk.handshake();
    for (const std::string& text : said) talk.client(text);
    for (const std::string& text : answered) talk.server(text);
  }
  Diagnostic judge(const Scenario& scenario) {
    evidence.traffic = assign_traffic(decode_capture(store, 7, 0), evidence.played);
    Diagnostics found = judge_programs(scenario, evidence);
    return found.empty() ? Diagnostic{} : found.front();
  }
  std::string cause(const Scenario& scenario) {
    return std::string(explanation_name(judge(scenario).explanation));
  }
};

SocketCall tool_call(const std::string& name, const std::string& remote, int error) {
  SocketCall made;
  made.actor = "tool";
  made.name = name;
  made.remote = endpoint(remote);
  made.result = error == 0 ? 0 : -1;
  made.error_number = error;
  made.returned = kTestStart;
  return made;
}

}  // namespace

TEST_CASE("a client that asks on another port is told where it asked", "[judge]") {
  Session traced;
  traced.evidence.played.calls = {tool_call("connect", "[::1]:6001", ECONNREFUSED),
                                  tool_call("connect", "127.0.0.1:6001", ECONNREFUSED)};
  const Diagnostic found = traced.judge(tool_sheet());
  CHECK(found.message == "tool connected to 127.0.0.1:6001, where nothing listens");
  CHECK(found.explanation == ExplanationId::client_elsewhere);
  // Without a trace the packets tell it.
  Session untraced;
  TestConversation(untraced.store, kTool, endpoint("127.0.0.1:6001")).client("", tcp_flag::kSyn);
  CHECK(untraced.judge(tool_sheet()).message == found.message);
}

TEST_CASE("a client that has reached the server did not go elsewhere", "[judge]") {
  const std::vector<SocketCall> refused{tool_call("connect", "127.0.0.1:6001", ECONNREFUSED)};
  CHECK(find_other_target(refused, "tool", 7) == endpoint("127.0.0.1:6001"));
  CHECK_FALSE(find_other_target(refused, "other.py", 7));
  std::vector<SocketCall> tried_both = refused;
  tried_both.push_back(tool_call("connect", "127.0.0.1:7", 0));
  CHECK_FALSE(find_other_target(tried_both, "tool", 7));
  // The same port of another address is elsewhere; who asks for a name asks nobody yet.
  CHECK(find_other_target({{tool_call("connect", "10.1.2.3:7", ENETUNREACH)}}, "tool", 7));
  CHECK_FALSE(find_other_target({{tool_call("sendto", "127.0.0.53:53", ECONNREFUSED)}}, "tool", 7));
}

TEST_CASE("what a client sent is compared with what the rows let it send", "[judge]") {
  const auto cause = [](const std::vector<std::string>& said) {
    Session session;
    session.talk(said, {"x"});
    return session.cause(tool_sheet());
  };
  CHECK(cause({"hello"}).empty());
  CHECK(cause({"hel", "lo"}).empty());
  CHECK(cause({"hello\n"}) == "client-line-end");
  CHECK(cause({"hello\r\n"}) == "client-line-end");
  CHECK(cause({std::string("hello\0", 6)}) == "client-zeros");
  CHECK(cause({"hel"}) == "client-half-message");
  CHECK(cause({"HELLO"}) == "client-other-bytes");
}

TEST_CASE("a row `again` lets a client send nothing new", "[judge]") {
  Scenario scenario = tool_sheet();
  auto& rows = scenario.packet_tables[0].rows;
  const PlacedRow said = rows[2];
  rows.push_back(said);
  rows.back().row.again = true;
  rows.back().row.payload.reset();
  rows.back().row.length = Range{5, 5};
  rows.push_back(said);
  for (const auto& [second, told] : {std::pair("hello", ""), {"HELLO", "client-other-bytes"}}) {
    Session session;
    session.talk({"hello", second}, {"x"});
    CHECK(session.cause(scenario) == told);
  }
}

// Of a client whose rows have the blocks a, b (which is lost and sent again) and cc.
std::string datagram_finding(const std::vector<std::string>& said, const std::string& fate = "") {
  const std::string row = "| tool | server | UDP | block number=";
  const Scenario scenario = parse_sheet(
      "---\nserver: echo\ntransport: udp\n---\n# A client\n\n## Session\n```session\n"
      "tool: run \"tool\"\ntool: exits 0\n```\n\n## Layout: block\n| Field | Type |\n|---|---|\n"
      "| number | u8 |\n| data | bytes |\n\n## Path\n| Packets | Do |\n|---|---|\n| UDP | lose "
      "|\n\n"
      "## Packets: tool\n| From | To | Info | Payload | Fate |\n|---|---|---|---|---|\n" +
      row + "0 data=\"a\" | |\n" + row + "1 data=\"b\" | " + fate + " |\n" + row +
      "1 data=\"b\" | |\n" + row + "0 data=\"cc\" | |\n");
  Session session;
  session.evidence.tcp_port = 0;
  session.evidence.udp_port = 7;
  for (const std::string& text : said) {
    const bool is_lost = text.starts_with("lost ");
    append(session.store, TestDatagram{{},
                                       kTool,
                                       kEchoServer,
                                       text.substr(is_lost ? 5 : 0),
                                       is_lost ? PacketFate::lost : PacketFate::arrived});
  }
  session.evidence.traffic =
      assign_traffic(decode_capture(session.store, 0, 7), session.evidence.played);
  const Diagnostics found = judge_programs(scenario, session.evidence);
  return found.empty() ? "" : found.front().message;
}

TEST_CASE("a datagram that is not the one due is told by its own place among the rows", "[judge]") {
  const std::string a("\0a", 2);
  const std::string b = "\1b";
  const std::string c("\0cc", 3);
  CHECK(datagram_finding({a, b, b, c}).empty());
  CHECK(datagram_finding({a, b, c}) ==
        "tool sent \"\\x00cc\" (packet 3) before the datagram of row 3");
  CHECK(datagram_finding({b, b, c}) ==
        "tool sent \"\\x01b\" (packet 1) before the datagram of row 1");
  CHECK(datagram_finding({a, b, b, b, c}) ==
        "tool sent \"\\x01b\" (packet 4) once more than it has to");
  CHECK(datagram_finding({a, b, b, c, c}) ==
        "tool sent a datagram with \"\\x00cc\" more than it has to (packet 5)");
  // Shorter than what is due, and no part of it.
  CHECK(datagram_finding({a, b, b, std::string("\0x", 2)}) ==
        "tool sent \"x\" as `data` instead of \"cc\"");
}

TEST_CASE("a lost datagram that no row is about is none that was sent too often", "[judge]") {
  const std::string a("\0a", 2);
  CHECK(datagram_finding({a, "lost " + a, "\1b", "\1b", std::string("\0cc", 3)}).empty());
  CHECK(datagram_finding({a, "lost " + a}, "lost") ==
        "tool sent \"\\x00a\" (packet 2) once more than it has to");
}

TEST_CASE("numbers the other way round are told as such", "[judge]") {
  Session session;
  session.talk({std::string("\x05\0\0\0", 4)}, {"x"});
  CHECK(session.cause(tool_sheet("number value=5")) == "client-byte-order");
  Session other;
  other.talk({std::string("\x06\0\0\0", 4)}, {"x"});
  CHECK(other.cause(tool_sheet("number value=5")) == "client-other-bytes");
}

TEST_CASE("the first part of an answer that came in parts is not all of it", "[judge]") {
  Session session;
  session.talk({"hello"}, {"ECHO:", " hello"});
  session.evidence.played.failures = {failed(2, StepEnd::timed_out, "> ECHO:\n> ")};
  CHECK(session.cause(tool_sheet()) == "client-one-recv");
  session.evidence.played.failures = {failed(2, StepEnd::timed_out, "> ECHO: hello\n> ")};
  CHECK(session.cause(tool_sheet()).empty());
  Session whole;
  whole.talk({"hello"}, {"ECHO: hello"});
  whole.evidence.played.failures = {failed(2, StepEnd::timed_out, "> ECHO:\n> ")};
  CHECK(whole.cause(tool_sheet()) == "client-not-printed");
}

TEST_CASE("a client's own error, the call that it is in and its reset are told", "[judge]") {
  Session session;
  session.talk({"hello"}, {"x"});
  session.evidence.played.failures = {
      failed(3, StepEnd::end_of_stream, "Traceback\nEOFError: EOF when reading a line\n")};
  CHECK(session.cause(tool_sheet()) == "client-died");
  session.evidence.played.failures = {failed(3, StepEnd::end_of_stream, "goodbye\n")};
  CHECK(session.cause(tool_sheet()).empty());
  session.evidence.played.failures = {failed(3, StepEnd::timed_out, "")};
  SocketCall open = tool_call("recv", "127.0.0.1:7", 0);
  open.returned.reset();
  session.evidence.played.calls = {open};
  CHECK(session.cause(tool_sheet()) == "client-waits");
  Session reset;
  TestConversation talk(reset.store, kTool, kEchoServer);
  talk.handshake();
  talk.client("hello");
  talk.client("", tcp_flag::kRst);
  CHECK(reset.cause(tool_sheet()) == "client-reset");
}

TEST_CASE("a client waits for nothing where the actor that serves it has failed", "[judge]") {
  const Scenario sheet = parse_sheet(
      "# A client\n\n## Session\n```session\norigin: listen 7\ntool: run \"tool\"\n"
      "origin: accept\norigin: recv \"hello\"\ntool: exits 0\n```\n");
  Session session;
  session.talk({"help"}, {});
  session.evidence.played.failures = {failed(4, StepEnd::timed_out, "")};
  CHECK(session.cause(sheet) == "client-waits");
  FailedStep wrong = failed(3, StepEnd::bytes, "");
  wrong.actor = "origin";
  std::vector<FailedStep>& failures = session.evidence.played.failures;
  failures.push_back(wrong);
  CHECK(session.cause(sheet) == "client-waits");  // that came behind it
  std::ranges::reverse(failures);
  CHECK(session.cause(sheet).empty());
}

TEST_CASE("a client that asks nobody, or again on another connection, is told so", "[judge]") {
  Session nobody;
  CHECK(nobody.judge(tool_sheet()).message == "tool never asked the server");
  Session mute;
  mute.talk({}, {});
  CHECK(mute.judge(tool_sheet()).message == "tool connected and sent nothing");
  Session again;
  again.talk({"hello"}, {"x"});
  TestConversation second(again.store, endpoint("127.0.0.1:40001"), kEchoServer);
  second.handshake();
  CHECK(again.judge(tool_sheet()).message == "tool opened 2 connections where 1 is enough");
  Session more;
  more.talk({"hello", "hello"}, {"x"});
  CHECK(more.judge(tool_sheet()).message == "tool sent \"hello\" behind its last message");
}

TEST_CASE(
    "a client that asks again where the server had closed is told so, if the rows have another "
    "connection there",
    "[judge]") {
  const auto told = [](std::size_t connections, std::uint16_t end) {
    Scenario scenario = tool_sheet();
    auto& rows = scenario.packet_tables[0].rows;
    const std::vector<PlacedRow> one = rows;
    for (std::size_t i = 1; i < connections; ++i) rows.insert(rows.end(), one.begin(), one.end());
    Session session;
    TestConversation talk(session.store, kTool, kEchoServer);
    talk.handshake();
    talk.client("hello");
    talk.server("ECHO: hello");
    talk.server("", end);
    talk.client("hello");
    FailedStep silent = failed(2, StepEnd::end_of_stream, "");
    silent.diagnostic.notes = {{"output", "ECHO: hello\nerror"}};
    session.evidence.played.failures = {silent};
    return session.judge(scenario);
  };
  const Diagnostic found = told(2, tcp_flag::kFin | tcp_flag::kAck);
  CHECK(found.message == "tool asked again on a connection that the server had closed");
  REQUIRE(found.notes.size() == 2);
  CHECK(found.notes[0].text ==
        "the server closes the connection behind its answer (packet 6), and what was sent later "
        "(packet 7) gets none: 2 connections, each for its own question, are expected, and 1 was "
        "opened");
  CHECK(found.notes[1] == Note{"output", "ECHO: hello\nerror"});
  CHECK(told(1, tcp_flag::kFin | tcp_flag::kAck).message != found.message);
  CHECK(told(2, tcp_flag::kAck).message != found.message);
}

TEST_CASE("as many bytes of an answer as it has characters are told as such", "[judge]") {
  const auto why = [](const std::string& printed) {
    Session session;
    session.talk({"hello"}, {"ECHO: gr\xc3\xbcn"});
    session.evidence.played.failures = {failed(2, StepEnd::end_of_stream, printed)};
    const Diagnostic found = session.judge(tool_sheet());
    return found.notes.empty() ? std::string() : found.notes.front().text;
  };
  CHECK(
      why("ECHO: gr\xc3\xbc\n")
          .ends_with(", 10 of 11 bytes: as many as the answer has characters, where bytes count"));
  CHECK_FALSE(contains(why("ECHO: gr\xc3\n"), "characters"));
  CHECK_FALSE(contains(why("ECHO: \n"), "characters"));
}

TEST_CASE("a client that goes on when the server has closed is told so", "[judge]") {
  Session session;
  TestConversation talk(session.store, kTool, kEchoServer);
  talk.handshake();
  talk.client("hello");
  talk.server("", tcp_flag::kFin);
  FailedStep still = failed(3, StepEnd::timed_out, "");
  still.gave_up = kTestStart + std::chrono::seconds(10);
  session.evidence.played.failures = {still};
  const Diagnostic found = session.judge(tool_sheet());
  CHECK(found.explanation == ExplanationId::client_waits);
  REQUIRE_FALSE(found.notes.empty());
  CHECK(found.notes.front().text.find("recv() gives 0") != std::string::npos);
}

TEST_CASE("a connection that only a kill ended was held by what the client had started",
          "[judge]") {
  const auto holder = [](bool is_left, bool has_fin, int signal) {
    Session session;
    TestConversation talk(session.store, kTool, kEchoServer);
    talk.handshake();
    if (has_fin) talk.client("", tcp_flag::kFin | tcp_flag::kAck);
    SocketCall rest = tool_call("exit", "127.0.0.1:7", 0);
    rest.side = Side::client;
    rest.order = 1;
    rest.process = 11;
    rest.local = kTool;
    rest.releases = true;
    rest.ended_by_signal = signal;
    rest.entered = kTestStart + std::chrono::seconds(1);
    Evidence& evidence = session.evidence;
    evidence.played.calls = {rest};
    if (is_left) evidence.played.left_behind = {"tool"};
    evidence.traffic = assign_traffic(decode_capture(session.store, 7, 0), evidence.played);
    return find_client_holder(evidence, "tool");
  };
  CHECK(holder(true, false, SIGKILL) == 11);
  CHECK_FALSE(holder(false, false, SIGKILL));
  CHECK_FALSE(holder(true, true, SIGKILL));  // shutdown() had ended it
  CHECK_FALSE(holder(true, false, 0));       // it ended by itself
}

TEST_CASE("an answer in pieces of which the program read one is told by its calls", "[judge]") {
  Session session;
  TestConversation talk(session.store, kTool, kEchoServer);
  talk.handshake();
  talk.client("hello");
  talk.server("ECHO: ");
  talk.server("hello");
  SocketCall read = tool_call("read", "127.0.0.1:7", 0);
  read.order = 1;
  read.local = kTool;
  read.result = 6;
  session.evidence.played.calls = {read};
  session.evidence.played.failures = {failed(2, StepEnd::end_of_stream, "6 bytes")};
  const auto told = [&] {
    const Diagnostic found = session.judge(tool_sheet());
    return std::pair(found.explanation, found.notes.empty() ? "" : found.notes.front().text);
  };
  CHECK(told().first == ExplanationId::client_one_recv);
  CHECK(told().second.find("it has read 6 of the 11 bytes that came, in 2 pieces") == 0);
  session.evidence.played.calls.front().result = 11;
  CHECK(told().first == ExplanationId::client_not_printed);
  CHECK(told().second.find("and had read all of it") != std::string::npos);
}

}  // namespace wireproof
