#include <fstream>
#include <nlohmann/json.hpp>

#include "catch.h"
#include "support/contains.h"
#include "support/program.h"
#include "support/skip_test.h"

// Packs as their graders use them: folders, environment, and what is read of the results.
namespace wireproof {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;
using nlohmann::json;

const fs::path kLab = kSourceTree / "docs/examples/kv";
constexpr double kLabPoints = 3;

// As scripts/package lays it out; the program is that of the build.
fs::path make_archive(const fs::path& folder) {
  const fs::path top = folder / "wireproof-test";
  fs::create_directories(top / "libexec");
  std::ofstream(top / "libexec/wireproof") << "the program\n";
  std::ofstream(top / "wireproof") << "#!/bin/sh\n"
                                      "[ -z \"$TEST_BREAKS\" ] || exit 4\n"
                                      "exec '" WIREPROOF_PROGRAM "' \"$@\"\n";
  fs::permissions(top / "wireproof", fs::perms::owner_all);
  const ProgramResult made = run_words(folder, {"tar", "-cJf", "archive.tar.xz", top.filename()});
  REQUIRE(made.exit_code == 0);
  return folder / "archive.tar.xz";
}

std::string text_of_server(const std::string& kind, const fs::path& sheets) {
  std::string text = read_text(kLab / "kv.py");
  const auto replace = [&text](const std::string& from, const std::string& to) {
    REQUIRE(contains(text, from));
    text.replace(text.find(from), from.size(), to);
  };
  if (kind == "wrong" || kind == "unjudged")
    replace("return store.get(", "return 'x' + store.get(");
  if (kind == "broken") replace("import time", "import tyme");
  // In the reduced sandbox wireproof cannot tell whose fault that is.
  if (kind == "unjudged") replace("import time", "import sys, time");
  if (kind == "unjudged") {
    replace("store = {}", "store = {}\nprint('Permission denied', file=sys.stderr, flush=True)");
  }
  if (kind == "own port") {
    replace("allow_reuse_address = True", "allow_reuse_address = False");
    // The server is the first to close, so that the kernel keeps its port.
    replace(".encode())", ".encode())\n            if line[:1] == b'G': return");
  }
  if (kind == "reader") replace("import time", "import os, sys, time");
  if (kind == "reader") {
    replace("store = {}",
            "store = {}\n"
            "try:\n"
            "    sys.exit(f'it reads {os.listdir(\"SHEETS\")}')\n"
            "except PermissionError:\n"
            "    pass");
    replace("SHEETS", sheets.string());
  }
  return text;
}

// A grader's machine: a pack that is laid out there, and submissions.
class Machine {
 public:
  explicit Machine(const std::string& grader, const std::string& sheet_set = kLab.string(),
                   const std::string& port = "{port}") {
    // The reduced sandbox makes the program another user, who must come to it.
    fs::permissions(folder_.path(), fs::perms{0755});
    const fs::path archive = make_archive(folder_.path());
    const ProgramResult packed = run_wireproof(
        folder_.path(), {"pack", grader, "--sheet-set", sheet_set, "--archive", archive.string(),
                         "--output", "a pack.zip", "--port", "5001", "--exclude", "calc/[a-np-z]*",
                         "--", "python3", "kv.py", port});
    INFO(packed.error);
    REQUIRE(packed.exit_code == 0);
    REQUIRE(run_words(folder_.path(), {"unzip", "-q", "a pack.zip", "-d", "pack"}).exit_code == 0);
    if (grader == "gradescope") lay_out_gradescope();
    if (grader == "prairielearn") lay_out_prairielearn();
    if (grader == "classroom50") lay_out_classroom50();
  }

  // The results of what is submitted.
  json judge(const std::string& kind, const Words& within = {}) {
    const ProgramResult result = start(kind, within);
    INFO(result.out << result.error);
    CHECK(result.exit_code == 0);
    const std::string text = read_text(results_);
    REQUIRE(json::accept(text));
    return json::parse(text);
  }

  // Whatever comes of it.
  ProgramResult start(const std::string& kind, const Words& within = {},
                      Words environment = {}) const {
    fs::remove_all(submission_);
    fs::create_directories(submission_);
    std::ofstream(submission_ / "kv.py") << text_of_server(kind, sheets_);
    // Neither sheets nor results of a submission count.
    fs::create_directories(submission_ / "scenarios/calc");
    fs::copy(kSourceTree / "scenarios/calc/server.yaml", submission_ / "scenarios/calc");
    fs::copy(kSourceTree / "scenarios/calc/one-request.md",
             submission_ / "scenarios/calc/own-sheet.md");
    std::ofstream(submission_ / "result.json") << "{}";
    Words words = within;
    words.insert(words.end(), start_.begin(), start_.end());
    environment.emplace_back("PATH=/usr/bin:/bin");
    environment.insert(environment.end(), environment_.begin(), environment_.end());
    return run_words(working_folder_, words, environment);
  }

  std::string results() const { return read_text(results_); }

 private:
  // Gradescope: /autograder/source, and its run_autograder one folder above.
  void lay_out_gradescope() {
    const fs::path top = folder_.path() / "auto grader";
    fs::create_directories(top / "results");
    fs::rename(folder_.path() / "pack", top / "source");
    const ProgramResult setup =
        run_words("/", {(top / "source/setup.sh").string()}, {"PATH=/usr/bin:/bin"});
    INFO(setup.out << setup.error);
    REQUIRE(setup.exit_code == 0);
    fs::copy(top / "source/run_autograder", top);
    submission_ = top / "submission";
    sheets_ = top / "source/scenarios";
    working_folder_ = top;
    start_ = {(top / "run_autograder").string()};
    results_ = top / "results/results.json";
  }

  // PrairieLearn: `/grade`, from the course and the question, by what is in its info.json.
  void lay_out_prairielearn() {
    const fs::path top = folder_.path() / "grade";
    const fs::path question = folder_.path() / "pack/questions/kv";
    const json part = json::parse(read_text(question / "externalGrading.json"));
    const json& options = part.at("externalGradingOptions");
    CHECK(options.at("timeout") <= 600);
    CHECK_FALSE(options.contains("enableNetworking"));
    for (const std::string shared : options.at("serverFilesCourse")) {
      fs::create_directories(top / "serverFilesCourse" / shared);
      fs::copy(folder_.path() / "pack/serverFilesCourse" / shared,
               top / "serverFilesCourse" / shared, fs::copy_options::recursive);
    }
    fs::rename(question / "tests", top / "tests");
    submission_ = top / "student";
    sheets_ = top / "tests/scenarios";
    working_folder_ = "/";
    const std::string entrypoint = options.at("entrypoint");
    REQUIRE(entrypoint.starts_with("/grade/"));
    start_ = {(folder_.path() / entrypoint.substr(1)).string()};
    results_ = top / "results/results.json";
  }

  // Classroom 50: the assignment's folder anywhere, started in the student's checkout.
  void lay_out_classroom50() {
    const fs::path bundle = folder_.path() / "pack/autograders/kv";
    submission_ = folder_.path() / "checkout";
    sheets_ = bundle / "scenarios";
    working_folder_ = submission_;
    start_ = {"python3", (bundle / "autograder.py").string()};
    environment_ = {"CLASSROOM=networks",     "ASSIGNMENT=kv", "OWNER=anna",
                    "COMMIT_URL=c",           "RELEASE_URL=r", "REVIEW_URL=v",
                    "SUBMISSION_TAG=submit/1"};
    results_ = submission_ / "result.json";
  }

  TemporaryFolder folder_;
  fs::path submission_;
  fs::path sheets_;
  fs::path working_folder_;
  Words start_;
  Words environment_;
  fs::path results_;
};

// What a grader reads.
struct Points {
  double points = 0;
  double max_points = 0;
};

// Gradescope adds up the scores of tests where there is no score of the whole.
Points read_gradescope(const json& results) {
  CHECK_FALSE(results.contains("score"));
  Points sum;
  for (const json& test : results.at("tests")) {
    if (test.contains("status")) {
      CHECK((test.at("status") == "passed" || test.at("status") == "failed"));
    }
    if (!test.contains("score")) continue;
    CHECK(test.at("score") <= test.at("max_score"));
    sum.points += test.at("score").get<double>();
    sum.max_points += test.at("max_score").get<double>();
  }
  return sum;
}

// Whole numbers, thirteen members and no other.
Points read_classroom50(const json& result) {
  CHECK(result.at("schema") == "classroom50/result/v1");
  CHECK(result.size() == 13);
  CHECK(result.at("owner") == "anna");
  CHECK(result.at("submission") == "submit/1");
  CHECK(result.at("score").is_number_integer());
  CHECK(result.at("score") <= result.at("max-score"));
  return {result.at("score"), result.at("max-score")};
}

const Words kContainer{IN_CONTAINER};

bool has_container() {
  const ProgramResult tried = run_words("/", {IN_CONTAINER, "true"});
  if (tried.exit_code == 0) return true;
  skip_test("no container can be played here: " + tried.error);
  return false;
}

}  // namespace

TEST_CASE("the pack of Gradescope judges submissions by their folders", "[live]") {
  Machine machine("gradescope");
  const Points right = read_gradescope(machine.judge("right"));
  CHECK(right.points == kLabPoints);
  CHECK(right.max_points == kLabPoints);
  CHECK(read_gradescope(machine.judge("wrong")).points < kLabPoints);
  const json broken = machine.judge("broken");
  CHECK(read_gradescope(broken).points == 0);
  CHECK(read_gradescope(broken).max_points > 0);
  CHECK(contains(broken.dump(), "tyme"));
}

TEST_CASE("the pack of PrairieLearn judges submissions by their folders", "[live]") {
  Machine machine("prairielearn");
  CHECK(machine.judge("right").at("score") == 1);
  const json wrong = machine.judge("wrong");
  CHECK(wrong.at("score") < 1);
  CHECK(wrong.dump().size() < 1'000'000);
  const json broken = machine.judge("broken");
  CHECK(broken.at("gradable") == true);
  CHECK(broken.at("score") == 0);
  CHECK(contains(broken.dump(), "tyme"));
}

TEST_CASE("the pack of Classroom 50 judges a checkout by its environment", "[live]") {
  Machine machine("classroom50");
  const Points right = read_classroom50(machine.judge("right"));
  CHECK(right.points == kLabPoints);
  CHECK(right.max_points == kLabPoints);
  CHECK(read_classroom50(machine.judge("wrong")).points < kLabPoints);
  const json broken = machine.judge("broken");
  CHECK(read_classroom50(broken).points == 0);
  CHECK(contains(broken.dump(), "tyme"));
}

TEST_CASE("in the graders' containers packs give full points, and take none for what is unclear",
          "[live]") {
  if (!has_container()) return;
  Machine gradescope("gradescope");
  CHECK(read_gradescope(gradescope.judge("right", kContainer)).points == kLabPoints);
  const Points open = read_gradescope(gradescope.judge("unjudged", kContainer));
  CHECK(open.points == open.max_points);
  CHECK(open.max_points < kLabPoints);
  CHECK(read_gradescope(gradescope.judge("reader", kContainer)).points == kLabPoints);
  Machine prairielearn("prairielearn");
  CHECK(prairielearn.judge("right", kContainer).at("score") == 1);
  CHECK(prairielearn.judge("reader", kContainer).at("score") == 1);
  const json not_gradable = prairielearn.judge("unjudged", kContainer);
  CHECK(not_gradable.at("gradable") == false);
  CHECK_FALSE(not_gradable.at("format_errors").empty());
  Machine classroom50("classroom50");
  CHECK(read_classroom50(classroom50.judge("right", kContainer)).points == kLabPoints);
  const Points rest = read_classroom50(classroom50.judge("unjudged", kContainer));
  CHECK(rest.points == rest.max_points);
}

TEST_CASE("a port that the sheet before has left to the kernel costs nobody points", "[live]") {
  if (!has_container()) return;
  Machine machine("gradescope", kLab.string(), "5001");
  const json results = machine.judge("own port", kContainer);
  std::size_t refused = 0;
  for (const json& test : results.at("tests")) {
    const std::string output = test.at("output");
    if (!contains(output, "in use")) continue;
    ++refused;
    CHECK_FALSE(test.contains("score"));
    CHECK(contains(output, "INCONCLUSIVE"));
  }
  CHECK(refused > 0);
}

TEST_CASE("where wireproof itself fails nobody gets points, and the grader is told", "[live]") {
  const Words breaks{"TEST_BREAKS=yes"};
  for (const char* const grader : {"gradescope", "classroom50"}) {
    const Machine machine(grader);
    CHECK(machine.start("right", {}, breaks).exit_code == 1);
    CHECK(machine.results().empty());
  }
  const Machine machine("prairielearn");
  CHECK(machine.start("right", {}, breaks).exit_code == 0);
  CHECK(json::parse(machine.results()).at("gradable") == false);
}

TEST_CASE("sheets that a submission brings with it do not count", "[live]") {
  Machine machine("gradescope", "calc");
  const std::string results = machine.judge("right").dump();
  CHECK(contains(results, "calc/one-request"));
  CHECK_FALSE(contains(results, "own-sheet"));
}

TEST_CASE("the same pack has the same bytes, whenever and from wherever it is made", "[live]") {
  const TemporaryFolder folder;
  const std::string archive = make_archive(folder.path()).string();
  fs::copy(kLab, folder.path() / "kv", fs::copy_options::recursive);
  std::ofstream(folder.path() / "kv/.hidden") << "not of the lab\n";
  const auto pack = [&](const std::string& sheets, const std::string& zip) {
    const ProgramResult result =
        run_wireproof(folder.path(), {"pack", "gradescope", "--sheet-set", sheets, "--archive",
                                      archive, "--output", zip, "--", "./kv"});
    CHECK(result.exit_code == 0);
    CHECK(contains(result.error, "the command has no {port}"));
    return read_text(folder.path() / zip);
  };
  const std::string first = pack(kLab.string(), "a zip");
  const bool is_same = first == pack("kv", "b.zip");  // not printed
  CHECK(is_same);
  // A minute later it is as well.
  CHECK(contains(run_words(folder.path(), {"unzip", "-Z", "-T", "b.zip"}).out, " 19800101."));
  std::ofstream(folder.path() / "kv/set-and-get.md", std::ios::app) << "\n";
  const bool is_other = first != pack("kv", "a zip");
  CHECK(is_other);
  CHECK_FALSE(fs::exists(folder.path() / "a zip.part"));
}

}  // namespace wireproof
