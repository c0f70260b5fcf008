#include "style/rules.h"

#include "catch.h"

namespace {

using wireproof::style::SourceFile;

std::string form(const SourceFile& file) {
  return render_findings(wireproof::style::check_form(file));
}
std::string banned(const SourceFile& file) {
  return render_findings(wireproof::style::check_banned_text(file));
}
constexpr std::string_view kRooms =
    "# the order\nbase/text:\npackets/wire:  base\npackets/flow:  base packets/wire play\n"
    "servers: base/text\nplay: base packets\n";

std::string includes(const SourceFile& file) {
  return render_findings(
      wireproof::style::check_includes(wireproof::style::read_rooms(kRooms), file));
}

std::string lines(std::size_t count) {
  return std::string(count, '\n');
}

TEST_CASE("a file has at most 500 lines and a header at most 180", "[style]") {
  CHECK(form({"a.cpp", lines(500)}).empty());
  CHECK(form({"a.cpp", lines(501)}) == "a.cpp:501: 501 lines, use at most 500\n");
  CHECK(form({"a.h", "#pragma once\n" + lines(179)}).empty());
  CHECK(form({"a.h", "#pragma once\n" + lines(180)}) == "a.h:181: 181 lines, use at most 180\n");
}

TEST_CASE("a line has at most 100 columns, counted in code points", "[style]") {
  CHECK(form({"a.cpp", std::string(100, 'x') + "\n"}).empty());
  CHECK(form({"a.cpp", "\n" + std::string(101, 'x') + "\n"}) ==
        "a.cpp:2: 101 columns, use at most 100\n");
  CHECK(form({"a.cpp", "// " + std::string(95, 'x') + "\u00e9\u2026\n"}).empty());
}

TEST_CASE("tabs, a missing last line end and a header without guard are found", "[style]") {
  CHECK(form({"a.cpp", "int a;\n\tint b;\n"}) == "a.cpp:2: tab, use spaces\n");
  CHECK(form({"a.cpp", "int a;\nint b;"}) == "a.cpp:2: no line end at the end, use one\n");
  CHECK(form({"a.h", "// #pragma once\n"}) ==
        "a.h:1: header without include guard, use one line `#pragma once`\n");
}

TEST_CASE("a brace between co_await and its semicolon is found", "[style]") {
  const std::string message = ":1: `{` between `co_await` and `;`, use a local named before\n";
  CHECK(banned({"a.cpp", "co_await send({1, 2});\n"}) == "a.cpp" + message);
  CHECK(banned({"a.cpp", "co_await go([x] { return x; });\n"}) == "a.cpp" + message);
  CHECK(banned({"a.cpp", "co_await go(\n  Point{.x = 1});\n"}) == "a.cpp" + message);
  CHECK(banned({"a.cpp", "auto r = co_await go(a); if (r) { b(); }\n"}).empty());
  CHECK(banned({"a.cpp", "// co_await {\nco_await say(\"{\"); f('{');\n"}).empty());
}

TEST_CASE("using namespace is found at file scope and anywhere in a header", "[style]") {
  CHECK(banned({"a.cpp", "using namespace std;\n"}) ==
        "a.cpp:1: `using namespace` outside a function, use whole names\n");
  CHECK(banned({"a.cpp", "void f() {\n  using namespace std::chrono_literals;\n}\n"}).empty());
  CHECK(banned({"a.h", "inline void f() {\n  using namespace std;\n}\n"}) ==
        "a.h:2: `using namespace` in a header, use whole names\n");
}

TEST_CASE("notes for later are found in comments too", "[style]") {
  const std::string message = ":1: a note to do it later, use the time to do it\n";
  CHECK(banned({"a.cpp",
                "// TO"
                "DO: more\n"}) == "a.cpp" + message);
  CHECK(banned({"a.h",
                "int x;  // FIX"
                "ME\n"}) == "a.h" + message);
  CHECK(banned({"a.cpp",
                "// AUTO"
                "DOC\n"})
            .empty());
}

TEST_CASE("sleeps are found in code and not in words about them", "[style]") {
  const std::string message = ":1: sleep in place of a barrier, use the event waited for\n";
  CHECK(banned({"a.cpp", "std::this_thread::sleep_for(1s);\n"}) == "a.cpp" + message);
  CHECK(banned({"a.cpp", "usleep(100);\n"}) == "a.cpp" + message);
  CHECK(banned({"a.cpp", "::sleep(1);\n"}) == "a.cpp" + message);
  CHECK(banned({"a.cpp", "oversleep(1);  // never usleep(1)\n"}).empty());
  CHECK(banned({"harness/play/stage/stage_server.cpp", "::sleep(1);\n"}).empty());
}

TEST_CASE("a header named for nothing is found", "[style]") {
  CHECK(banned({"base/util.h", "#pragma once\n"}) ==
        "base/util.h:1: `util.h` says nothing, use the name of its one idea\n");
}

TEST_CASE("a room may include itself and what the list allows it", "[style]") {
  CHECK(
      includes({"harness/packets/flow/a.h", "#include <set>\n#include \"packets/wire/packet.h\"\n"})
          .empty());
  CHECK(includes({"harness/packets/wire/tcp.cpp",
                  "#include <set>\n#include \"packets/flow/sequence.h\"\n"}) ==
        "harness/packets/wire/tcp.cpp:2: packets/wire may not include \"packets/flow/sequence.h\", "
        "use base/text\n");
  CHECK(includes({"servers/calc.cpp", "#include \"packets/wire/packet.h\"\n"}) ==
        "servers/calc.cpp:1: servers may not include \"packets/wire/packet.h\", use base/text\n");
  CHECK(includes({"harness/play/a.cpp", "#include \"packets/flow/history.h\"\n"}).empty());
  CHECK(includes({"tests/live/run_test.cpp", "#include \"cli/options.h\"\n"}).empty());
}

TEST_CASE("what the list allows further down leads back up and counts as not allowed", "[style]") {
  CHECK(includes({"harness/packets/flow/a.h", "#include \"play/runner.h\"\n"}) != "");
}

TEST_CASE("an include without room and a folder that is none are found", "[style]") {
  CHECK(includes({"harness/packets/wire/tcp.cpp", "#include \"tcp.h\"\n"}) ==
        "harness/packets/wire/tcp.cpp:1: include \"tcp.h\" names no room, "
        "use \"packets/wire/tcp.h\"\n");
  CHECK(includes({"harness/packets/wire/tcp.cpp", "#include \"misc/tcp.h\"\n"}) ==
        "harness/packets/wire/tcp.cpp:1: \"misc/tcp.h\" is in no room\n");
  CHECK(includes({"harness/misc/a.cpp", "#include \"base/text/bytes.h\"\n"}) ==
        "harness/misc/a.cpp:1: folder misc is no room, use one of cmake/rooms.txt\n");
}

TEST_CASE("a room has at most 30 files and 3300 lines", "[style]") {
  const auto sizes = [](std::size_t files, std::size_t line_count) {
    std::vector<SourceFile> room(files, SourceFile{"servers/a.h", ""});
    room.front().text = lines(line_count);
    return render_findings(wireproof::style::check_sizes(
        wireproof::style::measure_rooms(wireproof::style::read_rooms(kRooms), room)));
  };
  CHECK(sizes(30, 3300).empty());
  CHECK(sizes(31, 1) == "servers:1: 31 files in one room, use at most 30\n");
  CHECK(sizes(1, 3301) == "servers:1: 3301 lines in one room, use at most 3300\n");
}

TEST_CASE("comments and literals are made blank and offsets stay", "[style]") {
  using wireproof::style::blank_comments_and_literals;
  CHECK(blank_comments_and_literals("a /* b\n c */ d") == "a     \n      d");
  CHECK(blank_comments_and_literals("f(\"{\\\"\"); // x\ng;") == "f(     );     \ng;");
  CHECK(blank_comments_and_literals("n = 1'000'000; c = '{';") == "n = 1'000'000; c =    ;");
  CHECK(blank_comments_and_literals("R\"x(a)\" {)x\";") == "            ;");
}

}  // namespace
