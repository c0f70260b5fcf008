// What a sheet may write where a number or a type has limits: the last that is taken, and the
// first that is not.
#include "catch.h"
#include "sheet/scenario.h"

namespace wireproof {
namespace {

// The first problem of a sheet; empty: it has none.
std::string problem_of(const std::string& sheet) {
  const auto parsed = parse_scenario("one", SourceText("one.md", sheet), {});
  return parsed ? "" : parsed.error().front().message;
}

std::string of_front(const std::string& line) {
  return problem_of("---\nserver: echo\n" + line +
                    "\n---\n# One\n## Session\n```session\nconnect\nrecv eof\n```\n");
}

std::string of_packet(const std::string& info) {
  return problem_of(
      "---\nserver: echo\n---\n# One\n## Packets\n| From | To | Info |\n|---|---|---|\n"
      "| client | server | " +
      info + " |\n");
}

std::string of_fields(const std::string& rows) {
  return problem_of("---\nserver: echo\n---\n# One\n## Session\n```session\nconnect\nrecv eof\n" +
                    std::string("```\n## Layout: one\n| Field | Type | Value |\n|---|---|---|\n") +
                    rows);
}

struct LimitCase {
  const char* text;
  bool taken;
};

}  // namespace

TEST_CASE("numbers of the front matter are taken up to their limits", "[scenario]") {
  const std::vector<LimitCase> cases{{"port: 1", true},
                                     {"port: 65535", true},
                                     {"port: 0", false},
                                     {"port: 65536", false},
                                     {"port: any", true},
                                     {"port: x", false},
                                     {"network: {mtu: 576}", true},
                                     {"network: {mtu: 65536}", true},
                                     {"network: {mtu: 575}", false},
                                     {"network: {mtu: 65537}", false},
                                     {"points: 0", true},
                                     {"points: 999999999", true},
                                     {"points: -1", false},
                                     {"points: 1e9", false},
                                     {"timeout: 1ms", true},
                                     {"timeout: 0ms", false},
                                     {"timeout: 5", false}};
  for (const LimitCase& one : cases) {
    CAPTURE(one.text);
    CHECK(of_front(one.text).empty() == one.taken);
  }
}

TEST_CASE("values of a packet are taken up to their limits", "[scenario]") {
  const std::vector<LimitCase> cases{{"[SYN] MSS=65535", true},  {"[SYN] MSS=65536", false},
                                     {"[SYN] MSS=1..2", false},  {"[SYN] Win=1..2", true},
                                     {"[SYN] Seq=5", true},      {"[SYN] Seq=5..6", false},
                                     {"[SYN] Ack=5", true},      {"[SYN] Len=3..4", true},
                                     {"[SYN] Nothing=1", false}, {"UDP Seq=1", false}};
  for (const LimitCase& one : cases) {
    CAPTURE(one.text);
    CHECK(of_packet(one.text).empty() == one.taken);
  }
  CHECK(of_packet("[SYN] MSS=65536") == "an MSS has 16 bits");
}

TEST_CASE("only a single integer counts a field", "[scenario]") {
  const std::string data = "| data | u8[n] | |\n";
  CHECK(of_fields("| n | u8 | |\n" + data).empty());
  CHECK(of_fields("| n | i16 | |\n" + data).empty());
  CHECK(of_fields("| n | u8[2] | |\n" + data) == "`n` is no integer, so it cannot be a count");
  CHECK(of_fields("| n | f32 | |\n" + data) == "`n` is no integer, so it cannot be a count");
  CHECK(of_fields("| m | u8 | |\n" + data) == "`n` is no earlier field");
}

TEST_CASE("a field has as many elements, and a range such ends, as are possible", "[scenario]") {
  const std::vector<LimitCase> cases{{"| a | u8[67108864] | |\n", true},
                                     {"| a | u8[67108865] | |\n", false},
                                     {"| a | u8 | 3..3 |\n", true},
                                     {"| a | u8 | 4..3 |\n", false},
                                     {"| a | u8 | x..3 |\n", false},
                                     {"| a | u8 | 3..x |\n", false},
                                     {"| a | bytes[2] | \"ab\" |\n", true},
                                     {"| a | bytes[2] | \"a\" |\n", false},
                                     {"| a | bytes[2] | \"abc\" |\n", false},
                                     {"| a | text[3] padded by \"-\" | \"a\" |\n", true},
                                     {"| a | text[3] padded by \"--\" | \"a\" |\n", false},
                                     {"| a | u8[3] padded by \"-\" | |\n", false}};
  for (const LimitCase& one : cases) {
    CAPTURE(one.text);
    CHECK(of_fields(one.text).empty() == one.taken);
  }
}

TEST_CASE("layouts may hold each other to a depth of 16", "[scenario]") {
  const auto nested = [](int count) {
    std::string layouts;
    for (int i = 1; i <= count; ++i) {
      const std::string type = i == count ? "u8" : "l" + std::to_string(i + 1);
      layouts += "## Layout: l" + std::to_string(i) + "\n| Field | Type |\n|---|---|\n| a | " +
                 type + " |\n";
    }
    return problem_of("---\nserver: echo\n---\n# One\n## Session\n```session\nconnect\nrecv eof\n" +
                      std::string("```\n") + layouts);
  };
  CHECK(nested(16).empty());
  CHECK_FALSE(nested(17).empty());
}

TEST_CASE("steps take numbers and texts up to their limits", "[scenario]") {
  const auto taken = [](const std::string& steps) {
    return problem_of("---\nserver: echo\n---\n# One\n## Session\n```session\n" + steps + "\n```\n")
        .empty();
  };
  const auto repeats = [](std::size_t depth) {
    std::string steps = "connect\n";
    for (std::size_t i = 0; i < depth; ++i) steps += "repeat 1 {\n";
    steps += "send \"a\"\nrecv \"a\"\n";
    for (std::size_t i = 0; i < depth; ++i) steps += "}\n";
    return steps;
  };
  CHECK(taken("connect\nrecv 1 bytes"));
  CHECK_FALSE(taken("connect\nrecv 0 bytes"));
  CHECK(taken("connect\nrecv 1073741824 bytes"));
  CHECK_FALSE(taken("connect\nrecv 1073741825 bytes"));
  CHECK(taken("connect\nrecv /" + std::string(1000, 'a') + "/"));
  CHECK_FALSE(taken("connect\nrecv /" + std::string(1001, 'a') + "/"));
  CHECK(taken("tool: run \"x\"\ntool: exits 255"));
  CHECK_FALSE(taken("tool: run \"x\"\ntool: exits 256"));
  CHECK_FALSE(taken("connect\nsend 67108865 * \"a\"\nrecv eof"));
  CHECK(taken("connect\nsend 9 * \"a\"\nrecv eof"));
  CHECK(taken(repeats(8)));
  CHECK_FALSE(taken(repeats(9)));
}

}  // namespace wireproof
