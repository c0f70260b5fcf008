#define CATCH_CONFIG_RUNNER
#include <iostream>
#include <string>

#include "catch.h"
#include "live/listen_program.h"
#include "machine/host/network.h"
#include "support/skip_test.h"

// Exit code 77: the machine refuses what these tests are about, so that nothing was tested.
int main(int argc, char** argv) {
  if (argc == 3 && std::string(argv[1]) == "--listen-on") {
    return wireproof::run_listen_program(argv[2]);
  }
  const auto kind = wireproof::probe_network().kind;
  if (kind == wireproof::NetworkKind::host_loopback) {
    std::cout << "skipped: this machine refuses private networks\n";
    return wireproof::kSkippedExit;
  }
  return wireproof::exit_code_of_tests(Catch::Session().run(argc, argv));
}
