#include <fmt/format.h>

#include <fstream>

#include "catch.h"
#include "support/program.h"
#include "support/temporary_folder.h"

namespace wireproof {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

class SheetWithLayouts {
 public:
  explicit SheetWithLayouts(const std::string& front) {
    std::ofstream(folder_.file("a.md")) << "---\n"
                                        << front
                                        << "---\n# A\n\n"
                                           "## Layout: whole\n| Field | Type |\n|-|-|\n"
                                           "| n | u8 |\n| inner | inner |\n\n"
                                           "## Layout: inner\n| Field | Type |\n|-|-|\n"
                                           "| m | u8[n] |\n\n"
                                           "## Session\n```session\nconnect\nrecv whole n=1\n```\n";
  }

  ProgramResult print(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"layout", "a.md"});
    return run_wireproof(folder_.path(), arguments);
  }

  // "tcp 5000, udp 0", of the dissector.
  std::string ports(const std::vector<std::string>& options = {}) const {
    std::vector<std::string> arguments = {"whole", "--lua"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const ProgramResult result = print(arguments);
    const std::size_t begin = result.out.find("local ports");
    if (result.exit_code != 0 || begin == std::string::npos) return result.error;
    return result.out.substr(begin, result.out.find('\n', begin) - begin);
  }

 private:
  TemporaryFolder folder_;
};

std::string ports_line(int tcp, int udp) {
  return fmt::format("local ports = {{ [\"tcp.port\"] = {}, [\"udp.port\"] = {} }}", tcp, udp);
}

}  // namespace

TEST_CASE("a dissector looks at the sheet's port, in the transports that it may have", "[cli]") {
  const SheetWithLayouts open("command: ./server\nport: 5000\n");
  CHECK(open.ports() == ports_line(5000, 5000));
  CHECK(open.ports({"--port", "9"}) == ports_line(9, 9));
  CHECK(SheetWithLayouts("command: ./server\ntransport: udp\n").ports() == ports_line(0, 0));
  CHECK(SheetWithLayouts("command: ./server\ntransport: udp\nport: 7\n").ports() ==
        ports_line(0, 7));
  CHECK(SheetWithLayouts("command: ./server\ntransport: tcp\nport: 7\n").ports() ==
        ports_line(7, 0));
  CHECK(SheetWithLayouts("server: calc\nport: any\ntransport: tcp\n").ports() == ports_line(0, 0));
  CHECK(SheetWithLayouts("server: calc\n").ports({"--port", "7"}) == ports_line(7, 7));
}

TEST_CASE("a layout that needs another one around it is no dissector", "[cli]") {
  const ProgramResult refused =
      SheetWithLayouts("command: ./server\nport: 5000\n").print({"inner", "--lua"});
  CHECK(refused.exit_code == 3);
  CHECK(refused.out.empty());
  CHECK(refused.error ==
        "error: the layout `inner` cannot be a dissector: `n` stands in a layout around it; name "
        "that one\n");
}

TEST_CASE("a port without a dissector is refused", "[cli]") {
  const ProgramResult refused =
      SheetWithLayouts("command: ./server\nport: 5000\n").print({"whole", "--port", "7"});
  CHECK(refused.exit_code == 2);
  CHECK_THAT(refused.error, StartsWith("error: a table has no port"));
  CHECK_THAT(refused.error, Contains("`--lua` prints a dissector, which has one"));
}

TEST_CASE("a format string is a dissector without a port of its own", "[cli]") {
  const TemporaryFolder folder;
  const ProgramResult result =
      run_wireproof(folder.path(), {"layout", "struct \"!BL\": kind size", "--lua"});
  CHECK(result.exit_code == 0);
  CHECK_THAT(result.out, Contains("\"wireproof_struct.size\", ftypes.UINT32"));
  CHECK_THAT(result.out, Contains(ports_line(0, 0)));
}

}  // namespace wireproof
