#include "cli/verify/guess.h"

#include "base/text/bytes.h"
#include "catch.h"
#include "cli/calc_sheet.h"

namespace wireproof {

TEST_CASE("the forms of a server are all combinations of its parameters' values", "[cli]") {
  CHECK(list_forms(*find_server("calc"), {}).size() == 2 * 2 * 2 * 9 * 2);
  CHECK(list_forms(*find_server("calc"), {{"framing", "none"}}).size() == 2 * 2 * 9 * 2);
  CHECK(list_forms(*find_server("echo-both"), {}) == std::vector<ServerForm>{{}});
}

TEST_CASE("of a parameter that may be any text the known values are tried, or the given one",
          "[cli]") {
  const ServerInfo& echo = *find_server("echo-threads");
  const std::vector<ServerForm> forms = list_forms(echo, {});
  REQUIRE(forms.size() == 5);
  CHECK(forms.front() == ServerForm{{"prefix", "You told me: "}});
  CHECK(list_forms(echo, {{"prefix", "> "}}) == std::vector<ServerForm>{{{"prefix", "> "}}});
}

TEST_CASE("texts are filled into sheets, and what one of them holds for all values of", "[cli]") {
  CHECK(filled_in(*find_server("echo-text"), {}, FormExtent::published) ==
        std::set<std::string>{"prefix"});
  Sheet open = sheet_of("open", {}, {});
  open.scenario->front.forms = {"framing"};
  Sheet some = open;
  some.scenario->front.forms = {"layout=text", "layout=opcode"};
  CHECK(filled_in(*find_server("calc"), {some}, FormExtent::all) ==
        std::set<std::string>{"layout"});
  CHECK(filled_in(*find_server("calc"), {some}, FormExtent::published).empty());
  Sheet other = open;
  other.scenario->front.server = "reverse";
  other.scenario->front.forms = {"ops"};
  CHECK(filled_in(*find_server("calc"), {sheet_of("plain", {}, {}), open, other},
                  FormExtent::published) == std::set<std::string>{"framing"});
}

TEST_CASE("a form is asked for by the shortest sheet about it that waits for an answer", "[cli]") {
  const ServerInfo& calc = *find_server("calc");
  const std::vector<Sheet> sheets{
      sheet_of("silent", {}, {StepConnect{}, StepClose{}}),
      sheet_of("long", {}, {StepConnect{}, StepRecvMessage{}, StepRecvMessage{}, StepClose{}}),
      sheet_of("short", {}, {StepConnect{}, StepRecvMessage{}, StepClose{}}),
      sheet_of("idle", {}, {StepRecvMessage{}, StepServer{ServerAction::idle}}),
      sheet_of("bare", {{"framing", "none"}}, {StepRecvMessage{}})};
  const Sheet* const found = find_simplest(sheets, calc, {}, Transport::tcp);
  REQUIRE(found != nullptr);
  CHECK(found->id == "short");
  const Sheet* const bare = find_simplest(sheets, calc, {{"framing", "none"}}, Transport::tcp);
  REQUIRE(bare != nullptr);
  CHECK(bare->id == "bare");
  CHECK(find_simplest(sheets, calc, {{"ops", "long"}}, Transport::tcp) == nullptr);
}

TEST_CASE("a form without answers is asked for by a sheet that sends and waits for the end",
          "[cli]") {
  const ServerInfo& calc = *find_server("calc");
  std::vector<Sheet> sheets{sheet_of("silent", {}, {StepConnect{}, StepRecvEof{}}),
                            sheet_of("unread", {}, {StepConnect{}, StepSend{}, StepClose{}}),
                            sheet_of("end", {}, {StepConnect{}, StepSend{}, StepRecvEof{}})};
  CHECK(find_simplest({sheets[0], sheets[1]}, calc, {}, Transport::tcp) == nullptr);
  const Sheet* const found = find_simplest(sheets, calc, {}, Transport::tcp);
  REQUIRE(found != nullptr);
  CHECK(found->id == "end");
  sheets.front().scenario->front.tags = {"first"};
  sheets.push_back(
      sheet_of("answer", {}, {StepConnect{}, StepSend{}, StepShutdown{}, StepRecvMessage{}}));
  CHECK(find_simplest(sheets, calc, {}, Transport::tcp)->id == "answer");
}

TEST_CASE("a form is asked for by a sheet with the tag `first` where there is one", "[cli]") {
  std::vector<Sheet> sheets{sheet_of("short", {}, {StepConnect{}, StepRecvMessage{}}),
                            sheet_of("usual", {}, {StepConnect{}, StepRecvMessage{}, StepClose{}})};
  CHECK(find_simplest(sheets, *find_server("calc"), {}, Transport::tcp)->id == "short");
  sheets.back().scenario->front.tags = {"first"};
  CHECK(find_simplest(sheets, *find_server("calc"), {}, Transport::tcp)->id == "usual");
}

TEST_CASE("a form is asked for as the exercise is set rather than by a shorter sheet beyond it",
          "[cli]") {
  std::vector<Sheet> sheets{sheet_of("split", {}, {StepConnect{}, StepRecvMessage{}}),
                            sheet_of("usual", {}, {StepConnect{}, StepRecvMessage{}, StepClose{}})};
  sheets.front().scenario->front.level = SheetLevel::robust;
  CHECK(find_simplest(sheets, *find_server("calc"), {}, Transport::tcp)->id == "usual");
}

TEST_CASE("the guess says how to verify the form that was found", "[cli]") {
  const ServerInfo& calc = *find_server("calc");
  const std::vector<FormTrial> trials{
      {{{"framing", "length"}, {"ops", "short"}}, "calc/one", Verdict::fail, "no answer"},
      {{{"framing", "none"}, {"ops", "short"}}, "calc/bare", Verdict::pass, ""}};
  CHECK(render_guess(calc, trials, {"", "127.0.0.1:50000"}) ==
        "no   framing=length ops=short  no answer\n"
        "yes  framing=none ops=short  (calc/bare)\n"
        "verify it with\n"
        "  wireproof verify calc --set framing=none 127.0.0.1:50000\n");
  CHECK(render_guess(calc, {trials.front()}, {"", "-- ./calc"}) ==
        "no   framing=length ops=short  no answer\n"
        "none of these forms: the server speaks another protocol\n");
}

TEST_CASE("of forms that one sheet cannot tell apart the guess names the others", "[cli]") {
  const ServerInfo& calc = *find_server("calc");
  const ServerForm close{{"connection", "close"}, {"ops", "long"}};
  const ServerForm keep{{"connection", "keep"}, {"ops", "long"}};
  CHECK(render_guess(calc,
                     {{close, "calc/some", Verdict::pass, ""},
                      {keep, "calc/some", Verdict::pass, ""},
                      {{{"ops", "short"}}, "calc/other", Verdict::pass, ""}},
                     {"", "-- ./calc"}) ==
        "yes  connection=close ops=long  (calc/some)\n"
        "yes  connection=keep ops=long  (calc/some)\n"
        "yes  ops=short  (calc/other)\n"
        "verify it with\n"
        "  wireproof verify calc --set ops=long -- ./calc\n"
        "the same sheet passes with --set ops=long --set connection=keep\n");
}

TEST_CASE("texts of a guess are quoted as a shell needs them", "[cli]") {
  const ServerInfo& echo = *find_server("echo-text");
  CHECK(render_guess(echo, {{{{"prefix", "You told me: "}}, "echo-text/one", Verdict::pass, ""}},
                     {"", "127.0.0.1:5005"}) ==
        "yes  prefix='You told me: '  (echo-text/one)\n"
        "verify it with\n"
        "  wireproof verify echo-text --set prefix='You told me: ' 127.0.0.1:5005\n");
  CHECK(render_guess(echo, {}, {"", "127.0.0.1:5005"}) ==
        "none of these forms: the server speaks another protocol, or another prefix "
        "(--set prefix=TEXT)\n");
}

TEST_CASE("a guess names what is not known, and takes it for no other protocol", "[cli]") {
  const ServerInfo& calc = *find_server("calc");
  const std::vector<FormTrial> trials{
      {{{"ops", "short"}}, "calc/one", Verdict::inconclusive, "no CPU"},
      {{{"ops", "long"}}, "calc/words", Verdict::fail, "no answer"}};
  CHECK(render_guess(calc, trials, {"", "-- ./calc"}) ==
        "?    ops=short  no CPU\n"
        "no   ops=long  no answer\n"
        "not known: what has a `?` could not be found out here\n");
}

TEST_CASE("the nearest form is the one with most right answers, with what differs", "[cli]") {
  const ServerInfo& calc = *find_server("calc");
  const std::vector<FormTrial> trials{
      {{{"ops", "short"}}, "calc/one", Verdict::fail, "no answer", 0},
      {{{"ops", "long"}}, "calc/words", Verdict::fail, "it did not close", 1}};
  CHECK(render_guess(calc, trials, {" --scenarios '/my sheets'", "-- ./calc"}) ==
        "no   ops=short  no answer\n"
        "no   ops=long  it did not close\n"
        "nearest: ops=long, but it did not close\n"
        "to see what differs\n"
        "  wireproof verify calc --set ops=long --scenarios '/my sheets' -- ./calc\n");
}

TEST_CASE("of many forms those that it is not are counted", "[cli]") {
  std::vector<FormTrial> trials(9, {{{"ops", "short"}}, "calc/one", Verdict::fail, "no answer"});
  trials.push_back({{{"ops", "long"}}, "calc/words", Verdict::pass, ""});
  CHECK(render_guess(*find_server("calc"), trials, {" --port 7000", "-- ./calc"}) ==
        "yes  ops=long  (calc/words)\n"
        "no   9 other forms\n"
        "verify it with\n"
        "  wireproof verify calc --set ops=long --port 7000 -- ./calc\n");
}

TEST_CASE("the text before an echoed message is the server's prefix", "[cli]") {
  const auto line = [](const std::string& from, const std::string& payload) {
    PacketLine packet;
    packet.from = from;
    const ByteView bytes = as_bytes(payload);
    packet.payload.assign(bytes.begin(), bytes.end());
    return packet;
  };
  const auto said = [&](const std::string& answer) {
    return find_prefix({line("client", ""), line("client", "hel"), line("client", "lo"),
                        line("server", answer.substr(0, 3)), line("server", answer.substr(3)),
                        line("client", "more")});
  };
  CHECK(said("Got: hello") == "Got: ");
  CHECK_FALSE(said("hello"));
  CHECK_FALSE(said("Got: HELLO"));
  CHECK_FALSE(said("Got: hello\n"));
  CHECK_FALSE(said("\x01: hello"));
  CHECK_FALSE(said("\xff: hello"));
  CHECK_FALSE(find_prefix({}));
}

}  // namespace wireproof
