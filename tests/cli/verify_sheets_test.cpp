#include "cli/options/verify_sheets.h"

#include "catch.h"

namespace wireproof {
namespace {

FrontMatter front_of(std::map<std::string, std::string> parameters) {
  FrontMatter front;
  front.server = "calc";
  front.parameters = std::move(parameters);
  return front;
}

Sheet sheet_of(const std::string& id, std::map<std::string, std::string> parameters,
               std::vector<StepAction> actions) {
  Sheet sheet;
  sheet.id = id;
  Scenario scenario;
  scenario.id = id;
  scenario.front.server = "calc";
  scenario.front.parameters = std::move(parameters);
  scenario.session.emplace();
  for (StepAction& action : actions) {
    Step step;
    step.action = std::move(action);
    scenario.session->steps.push_back(std::move(step));
  }
  sheet.scenario = std::move(scenario);
  return sheet;
}

}  // namespace

TEST_CASE("a server is verified by the sheets that are about its form of the protocol", "[cli]") {
  const ServerInfo& calc = *find_server("calc");
  CHECK(is_about(front_of({}), calc, {}));
  CHECK(is_about(front_of({{"framing", "length"}}), calc, {}));
  CHECK_FALSE(is_about(front_of({{"framing", "none"}}), calc, {}));
  CHECK(is_about(front_of({{"framing", "none"}}), calc, {{"framing", "none"}}));
  CHECK_FALSE(is_about(front_of({}), calc, {{"framing", "none"}}));
  CHECK(is_about(front_of({{"name", "Anna"}}), calc, {}));
}

TEST_CASE("sheets about another server, a program or our own server's ways do not count", "[cli]") {
  const ServerInfo& calc = *find_server("calc");
  FrontMatter other = front_of({});
  other.server = "reverse";
  CHECK_FALSE(is_about(other, calc, {}));
  FrontMatter program = front_of({});
  program.command = "ncat -l {port}";
  CHECK_FALSE(is_about(program, calc, {}));
  for (const std::string own : {"serve", "fault", "variant"}) {
    CHECK_FALSE(is_about(front_of({{own, "any"}}), calc, {}));
  }
}

TEST_CASE("a program with two ports is started with both, whatever a sheet is about", "[cli]") {
  const ServerInfo& calc = *find_server("calc");
  FrontMatter udp = front_of({});
  udp.transport = Transport::udp;
  give_program(udp, {calc, "./calc {port} {udp_port}", std::nullopt, std::nullopt});
  CHECK(udp.command == "./calc 12345 12346");
  CHECK_FALSE(udp.port);
  give_program(udp, {calc, "./calc {port} {udp_port}", 7000, 7001});
  CHECK(udp.command == "./calc 7000 7001");
  CHECK(udp.port == 7001);
  FrontMatter tcp = front_of({});
  give_program(tcp, {calc, "./calc {port}", 7000, std::nullopt});
  CHECK(tcp.command == "./calc 7000");
  CHECK(tcp.port == 7000);
}

TEST_CASE("a program that speaks UDP alone has one port, whatever it is called", "[cli]") {
  const ServerInfo& calc = *find_server("calc");
  FrontMatter udp = front_of({});
  udp.transport = Transport::udp;
  VerifiedProgram program{calc, "./calc {port} {udp_port}", std::nullopt, std::nullopt,
                          Transport::udp};
  FrontMatter usual = udp;
  give_program(usual, program);
  CHECK(usual.command == "./calc 12346 12346");
  CHECK_FALSE(usual.port);
  program.port = 7000;
  give_program(udp, program);
  CHECK(udp.command == "./calc 7000 7000");
  CHECK(udp.port == 7000);
}

TEST_CASE("a program with one port is told it when it is started", "[cli]") {
  FrontMatter front = front_of({});
  give_program(front, {*find_server("echo-text"), "./echo {port}", 7000, std::nullopt});
  CHECK(front.command == "./echo {port}");
  CHECK(front.port == 7000);
}

TEST_CASE("a setting that may be any text goes to the sheets as well", "[cli]") {
  const ServerInfo& echo = *find_server("echo-text");
  const VerifySettings settings = split_settings(echo, {"prefix=> "});
  CHECK(settings.form == std::map<std::string, std::string>{{"prefix", "> "}});
  CHECK(settings.sheet == std::vector<std::string>{"prefix=> "});
  FrontMatter front = front_of({{"prefix", "> "}});
  front.server = "echo-text";
  CHECK(is_about(front, echo, settings.form));
  CHECK_FALSE(is_about(front, echo, {}));
}

TEST_CASE("settings of the server choose sheets, the others are the sheets' own", "[cli]") {
  const VerifySettings settings =
      split_settings(*find_server("calc"), {"framing=none", "name=A=B", "ops=long"});
  CHECK(settings.form == std::map<std::string, std::string>{{"framing", "none"}, {"ops", "long"}});
  CHECK(settings.sheet == std::vector<std::string>{"name=A=B"});
}

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
  CHECK(filled_in(*find_server("echo-text"), {}) == std::set<std::string>{"prefix"});
  Sheet open = sheet_of("open", {}, {});
  open.scenario->front.forms = {"framing"};
  Sheet other = open;
  other.scenario->front.server = "reverse";
  other.scenario->front.forms = {"ops"};
  CHECK(filled_in(*find_server("calc"), {sheet_of("plain", {}, {}), open, other}) ==
        std::set<std::string>{"framing"});
}

TEST_CASE("a form is asked for by the shortest sheet about it that waits for an answer", "[cli]") {
  const ServerInfo& calc = *find_server("calc");
  const std::vector<Sheet> sheets{
      sheet_of("silent", {}, {StepConnect{}, StepClose{}}),
      sheet_of("long", {}, {StepConnect{}, StepRecvMessage{}, StepRecvMessage{}, StepClose{}}),
      sheet_of("short", {}, {StepConnect{}, StepRecvMessage{}, StepClose{}}),
      sheet_of("idle", {}, {StepRecvMessage{}, StepServer{ServerAction::idle}}),
      sheet_of("bare", {{"framing", "none"}}, {StepRecvMessage{}})};
  const Sheet* const found = find_simplest(sheets, calc, {});
  REQUIRE(found != nullptr);
  CHECK(found->id == "short");
  const Sheet* const bare = find_simplest(sheets, calc, {{"framing", "none"}});
  REQUIRE(bare != nullptr);
  CHECK(bare->id == "bare");
  CHECK(find_simplest(sheets, calc, {{"ops", "long"}}) == nullptr);
}

TEST_CASE("the forms that sheets are about are those that have the given values", "[cli]") {
  const ServerInfo& calc = *find_server("calc");
  const std::vector<Sheet> sheets{sheet_of("usual", {}, {}),
                                  sheet_of("text", {{"layout", "text"}, {"framing", "none"}}, {}),
                                  sheet_of("again", {{"layout", "text"}, {"framing", "none"}}, {}),
                                  sheet_of("fault", {{"layout", "text"}, {"fault", "leak"}}, {})};
  CHECK(list_sheet_forms(sheets, calc, {{"layout", "text"}}) ==
        std::set<std::string>{" --set framing=none --set layout=text"});
  CHECK(list_sheet_forms(sheets, calc, {{"ops", "long"}}).empty());
  CHECK(list_sheet_forms(sheets, calc, {}).size() == 2);
}

TEST_CASE("a form is asked for by a sheet with the tag `first` where there is one", "[cli]") {
  std::vector<Sheet> sheets{sheet_of("short", {}, {StepConnect{}, StepRecvMessage{}}),
                            sheet_of("usual", {}, {StepConnect{}, StepRecvMessage{}, StepClose{}})};
  CHECK(find_simplest(sheets, *find_server("calc"), {})->id == "short");
  sheets.back().scenario->front.tags = {"first"};
  CHECK(find_simplest(sheets, *find_server("calc"), {})->id == "usual");
}

TEST_CASE("the guess says how to verify the form that was found", "[cli]") {
  const ServerInfo& calc = *find_server("calc");
  const std::vector<FormTrial> trials{
      {{{"framing", "length"}, {"ops", "short"}}, "calc/one", Verdict::fail, "no answer"},
      {{{"framing", "none"}, {"ops", "short"}}, "calc/bare", Verdict::pass, ""}};
  CHECK(render_guess(calc, trials, "127.0.0.1:50000") ==
        "no   framing=length ops=short  no answer\n"
        "yes  framing=none ops=short  (calc/bare)\n"
        "verify it with\n"
        "  wireproof verify calc --set framing=none 127.0.0.1:50000\n");
  CHECK(render_guess(calc, {trials.front()}, "-- ./calc") ==
        "no   framing=length ops=short  no answer\n"
        "none of these forms: the server speaks another protocol\n");
}

TEST_CASE("texts of a guess are quoted as a shell needs them", "[cli]") {
  const ServerInfo& echo = *find_server("echo-text");
  CHECK(render_guess(echo, {{{{"prefix", "You told me: "}}, "echo-text/one", Verdict::pass, ""}},
                     "127.0.0.1:5005") ==
        "yes  prefix='You told me: '  (echo-text/one)\n"
        "verify it with\n"
        "  wireproof verify echo-text --set prefix='You told me: ' 127.0.0.1:5005\n");
  CHECK(render_guess(echo, {}, "127.0.0.1:5005") ==
        "none of these forms: the server speaks another protocol, or another prefix "
        "(--set prefix=TEXT)\n");
}

}  // namespace wireproof
