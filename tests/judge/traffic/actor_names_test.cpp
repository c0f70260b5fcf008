#include "judge/traffic/actor_names.h"

#include "catch.h"

namespace wireproof {
namespace {

Scenario parsed(const std::string& text) {
  auto sheet = parse_scenario("one", SourceText("one.md", text), {});
  REQUIRE(sheet);
  return *std::move(sheet);
}

}  // namespace

TEST_CASE("without a session the tables name the clients, each once", "[judge]") {
  const std::string head = "| From | To | Info |\n|---|---|---|\n";
  const Scenario sheet = parsed(
      "---\nserver: echo\n---\n# One\n## Packets\n" + head +
      "| alice | server | [SYN] |\n| server | bob | [SYN, ACK] |\n| alice | server | [ACK] |\n");
  CHECK(actor_names(sheet) == std::vector<std::string>{"alice", "bob"});
}

TEST_CASE("a client's number is that of the session, or the one in its name", "[judge]") {
  const Scenario sheet = parsed(
      "---\nserver: echo\n---\n# One\n## Session\n```session\nclients 2\neach: connect\n"
      "c1: recv eof\n```\n");
  const SessionPlan plan = plan_session(*sheet.session);
  const std::vector<std::pair<std::string, std::string>> cases{
      {"c2", "2"}, {"c7", "7"}, {"c12", "12"}, {"c", "1"}, {"cx", "1"}, {"d7", "1"}, {"", "1"}};
  for (const auto& [actor, number] : cases) {
    CAPTURE(actor);
    CHECK(client_number(plan, actor) == number);
  }
}

}  // namespace wireproof
