#include "cli/pack/pack_files.h"

#include <algorithm>

#include "catch.h"
#include "support/contains.h"
#include "support/program.h"

namespace wireproof {
namespace {

std::string text_of(const std::vector<PackedFile>& files, const std::string& name) {
  const auto found = std::ranges::find(files, name, &PackedFile::name);
  REQUIRE(found != files.end());
  return found->bytes;
}

PackContents contents_of(const std::string& command) {
  PackContents contents;
  contents.sheet_folder = kSourceTree / "docs/examples/kv";
  contents.command = command;
  contents.archive = "archive";
  return contents;
}

}  // namespace

TEST_CASE("scripts of a pack quote what is given for the shell and for Python", "[cli]") {
  PackContents contents = contents_of("./it's {port} \"$x\"");
  contents.options = {"--only", "kv/*"};
  contents.packages = {"python3", "gcc"};
  const auto gradescope = list_pack_files(Grader::gradescope, contents);
  const std::string run = text_of(gradescope, "run_autograder");
  CHECK(contains(run, "verify \"$sheets\"/kv --scenarios \"$sheets\" --only 'kv/*' --report-"));
  CHECK(contains(run, R"(-- './it'\''s {port} "$x"')"));
  CHECK(contains(text_of(gradescope, "setup.sh"), "for package in python3 gcc; do"));
  const std::string python =
      text_of(list_pack_files(Grader::classroom50, contents), "autograders/kv/autograder.py");
  CHECK(contains(python, R"(COMMAND = "./it's {port} \"$x\"")"));
  CHECK(contains(python, R"(*["--only","kv/*"]])"));
}

// `verify` refuses a word that names a file nobody may execute, before it writes a report.
TEST_CASE("a submission that may not be executed is one that does not start", "[cli]") {
  const auto files = list_pack_files(Grader::prairielearn, contents_of("./kv"));
  CHECK(contains(text_of(files, "questions/kv/tests/judge.sh"), "-- ' ./kv'"));
}

TEST_CASE("a pack has its sheets with all that lies beside them, in order", "[cli]") {
  const auto files = list_pack_files(Grader::gradescope, contents_of("./kv"));
  CHECK(std::ranges::is_sorted(files, {}, &PackedFile::name));
  CHECK(text_of(files, "wireproof.tar.xz") == "archive");
  CHECK(text_of(files, "scenarios/kv/client.py") ==
        read_text(kSourceTree / "docs/examples/kv/client.py"));
  for (const PackedFile& file : files) {
    CHECK(file.is_program == (file.name == "setup.sh" || file.name == "run_autograder"));
  }
}

}  // namespace wireproof
