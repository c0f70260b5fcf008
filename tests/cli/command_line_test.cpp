#include "cli/options/command_line.h"

#include "catch.h"

namespace wireproof {

TEST_CASE("a word is quoted so that a shell takes it back", "[cli]") {
  CHECK(quote_for_shell("scenarios/a-b.md") == "scenarios/a-b.md");
  CHECK(quote_for_shell("") == "''");
  CHECK(quote_for_shell("a b") == "'a b'");
  CHECK(quote_for_shell("it's") == "'it'\\''s'");
  CHECK(quote_for_shell("$(x)") == "'$(x)'");
  CHECK(quote_for_shell("--port={port}") == "--port={port}");
  CHECK(quote_for_shell("{a,b}") == "'{a,b}'");
  CHECK(quote_for_shell("x{1..3}") == "'x{1..3}'");
}

TEST_CASE("each word of the command line knows its place", "[cli]") {
  const CommandLine line = read_command_line({"/usr/bin/wireproof", "run", "a b"});
  CHECK(line.source.text() == "wireproof run 'a b'");
  REQUIRE(line.spans.size() == 3);
  CHECK(line.spans[0] == Span{0, 9});
  CHECK(line.spans[1] == Span{10, 13});
  CHECK(line.spans[2] == Span{14, 19});
}

TEST_CASE("the command that plays a sheet again says once which sheet and what it keeps", "[cli]") {
  const auto again = [](const std::vector<std::string>& words) {
    return render_again(split_at_dashes(read_command_line(words)));
  };
  CHECK(again({"wireproof", "verify", "h:1", "--only", "a", "--pcap-keep", "never", "-j", "2"}) ==
        "wireproof verify h:1 -j 2 --only {sheet} --pcap-keep always");
  CHECK(
      again({"wireproof", "verify", "--only=a", "--pcap-keep=never", "--", "./a b", "--only=x"}) ==
      "wireproof verify --only {sheet} --pcap-keep always -- './a b' --only=x");
}

TEST_CASE("escapes in a client's input are what they are in C, other backslashes stay", "[cli]") {
  CHECK(read_input_text("a\\nb\\r\\t\\\\n") == "a\nb\r\t\\n");
  CHECK(read_input_text("\\x41\\xff\\0") == std::string("A\xff\0", 3));
  CHECK(read_input_text("\\q \\x4 \\xzz \\") == "\\q \\x4 \\xzz \\");
  CHECK(read_input_text("").empty());
}

}  // namespace wireproof
