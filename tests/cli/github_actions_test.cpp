#include <fstream>
#include <sstream>

#include "catch.h"
#include "packets/capture/pcap_file.h"
#include "support/packet_builder.h"
#include "support/program.h"

namespace wireproof {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

constexpr const char* kSheet =
    "---\nserver: echo-once\n---\n# A title\n\n## Session\n\n```session\nconnect\nsend \"a\"\n"
    "recv \"b\"\nclose\n```\n\n## Packets\n\n| From | To | Info |\n|---|---|---|\n"
    "| client | server | [SYN] |\n";

// A sheet that fails by a capture, which takes no privilege.
class Failing {
 public:
  Failing() {
    PacketStore store;
    TestConversation tcp(store, endpoint("10.0.0.1:5000"), endpoint("10.0.0.2:12345"));
    tcp.handshake();
    tcp.client("a");
    tcp.server("::error::x");
    tcp.close();
    write_pcap(folder_.file("a.pcap"), store);
    std::ofstream(folder_.file("a.md")) << kSheet;
  }

  ProgramResult check(const std::vector<std::string>& environment) const {
    return run_wireproof(folder_.path(),
                         {"check", "a.md", "--capture", "a.pcap", "--port", "12345"}, environment);
  }
  std::string path(const std::string& name) const { return folder_.file(name).string(); }

 private:
  TemporaryFolder folder_;
};

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("on GitHub a failure is annotated, and what is printed gives no commands", "[cli]") {
  const Failing failing;
  const ProgramResult result =
      failing.check({"GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY=" + failing.path("summary.md"),
                     "GITHUB_OUTPUT=" + failing.path("outputs")});
  CHECK(result.exit_code == 1);
  CHECK(text_of(failing.path("outputs")) == "verdict=fail\npoints=0\nmax_points=1\n");
  CHECK_THAT(result.out, StartsWith("::stop-commands::wireproof-"));
  const std::string token = result.out.substr(17, result.out.find('\n') - 17);
  const std::size_t end = result.out.find("\n::" + token + "::\n");
  REQUIRE(end != std::string::npos);
  CHECK_THAT(result.out.substr(end), Contains("\n::error file=a.md,line="));
  CHECK(result.out.find("::error") > end);
  CHECK_THAT(text_of(failing.path("summary.md")), StartsWith("# Feedback"));
}

TEST_CASE("elsewhere nothing is said to GitHub", "[cli]") {
  const Failing failing;
  const ProgramResult result = failing.check({"GITHUB_STEP_SUMMARY=" + failing.path("summary.md")});
  CHECK_THAT(result.out, !Contains("::stop-commands::"));
  CHECK(text_of(failing.path("summary.md")).empty());
}

TEST_CASE("a summary that cannot be written takes nothing else away", "[cli]") {
  const Failing failing;
  const ProgramResult result =
      failing.check({"GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY=/proc/none/summary.md"});
  CHECK(result.exit_code == 4);
  CHECK_THAT(result.out, Contains("FAIL"));
  CHECK_THAT(result.error, Contains("/proc/none/summary.md"));
}

}  // namespace wireproof
