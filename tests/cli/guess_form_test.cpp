#include "cli/options/guess_form.h"

#include "catch.h"

namespace wireproof {

namespace {

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
