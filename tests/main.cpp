#define CATCH_CONFIG_RUNNER
#include "catch.h"
#include "support/skip_test.h"

int main(int argc, char** argv) {
  return wireproof::exit_code_of_tests(Catch::Session().run(argc, argv));
}
