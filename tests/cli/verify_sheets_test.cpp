#include "cli/verify/verify_sheets.h"

#include "catch.h"
#include "cli/calc_sheet.h"

namespace wireproof {
namespace {

FrontMatter front_of(std::map<std::string, std::string> parameters) {
  FrontMatter front;
  front.server = "calc";
  front.parameters = std::move(parameters);
  return front;
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

}  // namespace wireproof
