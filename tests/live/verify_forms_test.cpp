#include <filesystem>

#include "catch.h"
#include "support/program.h"

namespace wireproof {
namespace {

using Words = std::vector<std::string>;

// `verify` of the reference server itself, started with settings of its own.
ProgramResult verify(const std::string& server, const Words& options, const Words& settings) {
  Words words{"verify", server};
  words.insert(words.end(), options.begin(), options.end());
  for (const char* const word : {"--", WIREPROOF_PROGRAM, "serve"}) words.emplace_back(word);
  for (const std::string& word : {server, std::string("--port"), std::string("{port}")}) {
    words.push_back(word);
  }
  for (const std::string& setting : settings) {
    words.emplace_back("--set");
    words.push_back(setting);
  }
  return run_wireproof(kSourceTree, words);
}

// The options that the guess ends with: what stands between the server's name and the command.
std::string guessed(const std::string& server, const Words& settings) {
  const ProgramResult result = verify(server, {"--guess"}, settings);
  UNSCOPED_INFO(result.out << result.error);
  const std::string before = "  wireproof verify " + server;
  const std::size_t begin = result.out.find(before);
  if (begin == std::string::npos) return "none";
  CHECK(result.exit_code == 0);
  CHECK(result.out.find(before, begin + 1) == std::string::npos);
  const std::string rest = result.out.substr(begin + before.size());
  return rest.substr(0, rest.find(" -- "));
}

}  // namespace

TEST_CASE("a guess finds the form that a program speaks, and the options that verify it",
          "[live]") {
  CHECK(guessed("calc", {}).empty());
  CHECK(guessed("calc", {"framing=none", "ops=long", "layout=op-64"}) ==
        " --set framing=none --set ops=long --set layout=op-64");
  CHECK(guessed("echo-text", {"prefix=You told me: "}) == " --set prefix='You told me: '");
  CHECK(guessed("record", {"reply=text"}) == " --set reply=text");
  CHECK(guessed("record", {"reply=none"}) == " --set reply=none");
}

TEST_CASE("a guess takes a text that nobody knows from the server's own answer", "[live]") {
  CHECK(guessed("echo-once", {"prefix=somebody's own "}) == " --set prefix='somebody'\\''s own '");
}

TEST_CASE("a guess at what is none of the forms says so", "[live]") {
  const ProgramResult result =
      run_wireproof(kSourceTree, {"verify", "record", "--guess", "--", WIREPROOF_PROGRAM, "serve",
                                  "upper-tcp", "--port", "{port}"});
  INFO(result.out << result.error);
  CHECK(result.exit_code == 1);
  CHECK(result.out.find("none of these forms") != std::string::npos);
}

TEST_CASE("sheets that hold for every form are played in the one that is asked for", "[live]") {
  const ProgramResult result = verify("calc", {"--set", "framing=none"}, {"framing=none"});
  INFO(result.out << result.error);
  CHECK(result.exit_code == 0);
  for (const char* const sheet : {"calc/no-length", "calc/test-set", "calc/udp-request"}) {
    CHECK(result.out.find(sheet) != std::string::npos);
  }
  CHECK(result.out.find("calc/split-at-fields") == std::string::npos);
}

TEST_CASE("a program of one transport is told how to be verified by its sheets alone", "[live]") {
  // Text in upper case is a wrong answer to `reverse`: what it is, is seen all the same.
  const auto verify_upper = [](Words words) {
    words.insert(words.begin(), {"verify", "reverse"});
    for (const char* const word :
         {"--", WIREPROOF_PROGRAM, "serve", "upper-udp", "--port", "{port}"}) {
      words.emplace_back(word);
    }
    return run_wireproof(kSourceTree, words);
  };
  const ProgramResult both = verify_upper({});
  INFO(both.out << both.error);
  CHECK(both.out.find("it listens on UDP only: `--set transport=udp`") != std::string::npos);
  CHECK(both.out.find("SKIP          14 sheets: not played: ") != std::string::npos);
  const ProgramResult alone = verify_upper({"--set", "transport=udp"});
  CHECK(alone.out.find("4 sheets of UDP; 15 left out that need TCP") != std::string::npos);
  CHECK(alone.out.find("ERROR") == std::string::npos);
  CHECK(alone.out.find("SKIP") == std::string::npos);
}

TEST_CASE("an echo server is verified with the prefix that it has, and with no other", "[live]") {
  const std::string prefix = "prefix=(echo) [\"x\"]: ";
  const ProgramResult right = verify("echo-text", {"--set", prefix}, {prefix});
  INFO(right.out << right.error);
  CHECK(right.exit_code == 0);
  CHECK(right.out.find("echo-text/split-every-byte") != std::string::npos);
  const ProgramResult wrong =
      verify("echo-text", {"--set", prefix, "--only", "*/one-message"}, {"prefix=> "});
  INFO(wrong.out << wrong.error);
  CHECK(wrong.exit_code == 1);
}

}  // namespace wireproof
