#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>

#include "catch.h"
#include "cli/commands.h"
#include "support/contains.h"
#include "support/program.h"

namespace wireproof {
namespace {

std::string printed(const std::vector<std::string>& arguments) {
  const ProgramResult result = run_wireproof(".", arguments);
  CHECK(result.exit_code == 0);
  return result.out;
}

// The options that a command's own help names: `-j,--jobs TEXT` at the beginning of a line.
std::set<std::string> options_in_help(const std::string& command) {
  const std::string help = printed({command, "--help"});
  const std::regex line("\n  (-[^ ]+)");
  std::set<std::string> names;
  for (std::sregex_iterator found(help.begin(), help.end(), line), end; found != end; ++found) {
    const std::string all = (*found)[1];
    const std::size_t comma = all.find(',');
    names.insert(all.substr(0, comma));
    if (comma != std::string::npos) names.insert(all.substr(comma + 1));
  }
  return names;
}

// The part of a text that is about a command: from `begin` to before `end`.
std::string section(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t from = text.find(begin);
  if (from == std::string::npos) return {};
  return text.substr(from, text.find(end, from + begin.size()) - from);
}

// The lines that begin so.
std::string lines_of(const std::string& text, const std::string& begin) {
  std::string lines;
  for (std::size_t at = text.find("\n" + begin); at != std::string::npos;
       at = text.find("\n" + begin, at + 1)) {
    lines += text.substr(at, text.find('\n', at + 1) - at) + " ";
  }
  return lines;
}

std::string roff(const std::string& name) {
  return std::regex_replace(name, std::regex("-"), "\\-");
}

// What bash would offer for the last of the words.
std::string completed(const std::string& words) {
  const TemporaryFolder folder;
  const std::filesystem::path script = folder.path() / "completion";
  std::ofstream(script) << printed({"completion", "bash"});
  const std::string out = (folder.path() / "out").string();
  const std::string command = "bash -c 'source " + script.string() + "; COMP_WORDS=(" + words +
                              "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _wireproof; "
                              "echo \"${COMPREPLY[*]}\"' >" +
                              out;
  CHECK(std::system(command.c_str()) == 0);
  std::ifstream file(out);
  std::string line;
  std::getline(file, line);
  return line;
}

}  // namespace

TEST_CASE("every command and every option is in each completion and in the manual", "[cli]") {
  const std::string bash = printed({"completion", "bash"});
  const std::string zsh = printed({"completion", "zsh"});
  const std::string fish = printed({"completion", "fish"});
  const std::string manual = printed({"manual"});
  const std::vector<CommandFacts> commands = describe_commands();
  REQUIRE(commands.size() > 10);
  const std::string overview = printed({"--help"});
  for (const CommandFacts& command : commands) {
    INFO("command " << command.name);
    CHECK(contains(overview, "\n" + command.name));
    CHECK(contains(zsh, "'" + command.name + ":"));
    CHECK(contains(fish, "-n __fish_use_subcommand -f -a " + command.name + " "));
    const std::string in_bash = section(bash, "\n      " + command.name + ") words=", ";;");
    const std::string in_zsh = section(zsh, "\n    " + command.name + ")\n", ";;");
    const std::string in_fish = lines_of(
        fish, "complete -c wireproof -n '__fish_seen_subcommand_from " + command.name + "'");
    const std::string in_manual =
        section(manual, "\n.SS \"wireproof " + roff(command.name), "\n.S");
    CHECK_FALSE(in_manual.empty());
    const std::set<std::string> options = options_in_help(command.name);
    CHECK(options.count("--help") == 1);
    for (const std::string& option : options) {
      INFO("option " << option);
      const bool is_long = option.starts_with("--");
      CHECK((contains(in_bash, option + " ") || contains(in_bash, option + "'")));
      CHECK(contains(in_zsh, "*" + option + "["));
      CHECK(contains(in_fish,
                     is_long ? " -l " + option.substr(2) + " " : " -s " + option.substr(1) + " "));
      CHECK(contains(in_manual, "\\fB" + roff(option) + "\\fR"));
    }
  }
}

TEST_CASE("bash completes commands, options, their values and servers, up to --", "[cli]") {
  CHECK(completed("wireproof verify-") == "verify-client");
  CHECK(completed("wireproof run --repe") == "--repeat");
  CHECK(completed("wireproof run --match st") == "stream");
  CHECK(completed("wireproof verify calc --hints \"\"") == "0 1 2");
  CHECK(completed("wireproof verify cal") == "calc");
  CHECK(completed("wireproof completion f") == "fish");
  CHECK(completed("wireproof verify calc -- --h").empty());  // names of files
  CHECK(completed("wireproof run scen").empty());
}

TEST_CASE("each shell that is installed reads its completion, and groff the manual", "[cli]") {
  const TemporaryFolder folder;
  const auto reads = [&folder](const std::vector<std::string>& arguments, const std::string& with) {
    const std::filesystem::path file = folder.path() / "text";
    std::ofstream(file) << printed(arguments);
    const std::string program = with.substr(0, with.find(' '));
    const std::string command = "if command -v " + program + " >/dev/null; then test -z \"$(" +
                                with + " " + file.string() + " 2>&1)\"; fi";
    INFO(with);
    CHECK(std::system(command.c_str()) == 0);
  };
  reads({"completion", "bash"}, "bash -n");
  reads({"completion", "zsh"}, "zsh -n");
  reads({"completion", "fish"}, "fish -n");
  reads({"manual"}, "groff -man -Tutf8 -ww -z");
}

}  // namespace wireproof
