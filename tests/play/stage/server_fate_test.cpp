#include "play/stage/server_fate.h"

#include "catch.h"

namespace wireproof {
namespace {

Scenario sheet(const std::string& id, Transport transport = Transport::tcp) {
  Scenario scenario;
  scenario.id = id;
  scenario.front.server = "echo";
  scenario.front.transport = transport;
  return scenario;
}

ScenarioResult not_started(const std::string& id) {
  ScenarioResult result;
  result.id = id;
  result.server_failed_to_start = true;
  result.reason = "start `false`: it exited with code 1";
  return result;
}

ScenarioResult judged(const std::string& id, Verdict verdict) {
  ScenarioResult result;
  result.id = id;
  result.verdict = verdict;
  return result;
}

class CommandFate {
 public:
  CommandFate() : fate_(options_, servers_) {}
  ServerFate* operator->() { return &fate_; }

 private:
  RunOptions options_;
  ServerTable servers_{{"echo", ServerProgram{"echo", 7000, 7000, {}}}};
  ServerFate fate_;
};

}  // namespace

TEST_CASE("a command that does not start is one error, the other sheets are not played",
          "[session]") {
  CommandFate fate;
  REQUIRE_FALSE(fate->rule_out(sheet("a"), 1));
  ScenarioResult first = not_started("a");
  fate->take(sheet("a"), false, first);
  CHECK(first.verdict == Verdict::error);
  CHECK(first.reason == "start `false`: it exited with code 1");
  const auto second = fate->rule_out(sheet("b"), 1);
  REQUIRE(second);
  CHECK(second->verdict == Verdict::skip);
  CHECK(second->reason == "not played: the server does not start (see a)");
}

TEST_CASE("where a command starts for no transport, one error says so", "[session]") {
  CommandFate fate;
  REQUIRE_FALSE(fate->rule_out(sheet("a"), 1));
  ScenarioResult first = not_started("a");
  fate->take(sheet("a"), false, first);
  // It is tried: a server may serve UDP alone.
  REQUIRE_FALSE(fate->rule_out(sheet("u", Transport::udp), 1));
  ScenarioResult other = not_started("u");
  fate->take(sheet("u", Transport::udp), false, other);
  CHECK(other.verdict == Verdict::skip);
  CHECK(fate->rule_out(sheet("v", Transport::udp), 1));
}

TEST_CASE("a command is started for one sheet before it is for the others", "[session]") {
  CommandFate fate;
  REQUIRE_FALSE(fate->rule_out(sheet("a"), 1));
  CHECK(fate->awaits(sheet("b")));
  CHECK_FALSE(fate->awaits(sheet("u", Transport::udp)));
  ScenarioResult skipped = judged("a", Verdict::skip);  // it was not tried
  fate->take(sheet("a"), false, skipped);
  CHECK_FALSE(fate->awaits(sheet("b")));
  REQUIRE_FALSE(fate->rule_out(sheet("b"), 1));
  CHECK(fate->awaits(sheet("c")));
  ScenarioResult passed = judged("b", Verdict::pass);
  fate->take(sheet("b"), false, passed);
  REQUIRE_FALSE(fate->rule_out(sheet("c"), 1));
  CHECK_FALSE(fate->awaits(sheet("d")));
}

TEST_CASE("a command that does not start on ::1 need not, and says nothing of the others",
          "[session]") {
  CommandFate fate;
  Scenario six = sheet("six");
  six.front.ip = IpVersion::v6;
  REQUIRE_FALSE(fate->rule_out(six, 1));
  ScenarioResult result = not_started("six");
  fate->take(six, false, result);
  CHECK(result.verdict == Verdict::skip);
  CHECK(result.reason.starts_with("needs ipv6: start"));
  CHECK_FALSE(fate->rule_out(sheet("a"), 1));
}

TEST_CASE("a command that was started once has its later errors one by one", "[session]") {
  CommandFate fate;
  REQUIRE_FALSE(fate->rule_out(sheet("a"), 1));
  ScenarioResult passed = judged("a", Verdict::pass);
  fate->take(sheet("a"), false, passed);
  REQUIRE_FALSE(fate->rule_out(sheet("b"), 1));
  ScenarioResult failed = not_started("b");
  fate->take(sheet("b"), false, failed);
  CHECK(failed.verdict == Verdict::error);
  CHECK_FALSE(fate->rule_out(sheet("c"), 1));
}

}  // namespace wireproof
