#include "programs/program_case.h"

#include <csignal>

namespace wireproof {
namespace {

const std::string kPython = "/usr/bin/python3";

std::string compiled(const std::string& program) {
  return "exec {c}/program_" + program + " {port}";
}

std::string python(const std::string& file) {
  return "exec " + kPython + " {src}/" + file + " {port}";
}

// By its server, with the client that brings out what it shows.
ProgramCase c_case(const std::string& server, const std::string& client) {
  return {server, compiled(server), {compiled(client)}, {}};
}

}  // namespace

const std::vector<ProgramCase>& program_cases() {
  static const std::string kAsk = compiled("ask");
  static const std::vector<ProgramCase> kCases{
      {"c", compiled("echo"), {kAsk}, {}},
      {"static", compiled("echo_static"), {compiled("ask_static")}, {}},
      {"cpp", compiled("echo_poll"), {kAsk}, {}},
      {"half_close", compiled("echo"), {compiled("half_close")}, {}},
      {"linger", compiled("until_reset"), {compiled("linger")}, {}},
      c_case("exec_thread", "ask"),
      c_case("fork_leak", "ask"),
      c_case("peek", "ask"),
      c_case("sendfile", "read_to_end"),
      c_case("threads", "read_to_end"),
      c_case("unread", "read_to_end"),
      c_case("writev", "read_to_end"),
      {"io_uring", compiled("io_uring"), {kAsk}, {}, "", "asked for io_uring"},
      {"killed", compiled("killed"), {compiled("kill_it")}, {}, "", "", SIGKILL},
      {"python", python("echo.py"), {python("ask.py")}, {kPython}},
      {"python_threads", python("threads.py"), {python("ask.py"), python("ask.py")}, {kPython}},
      {"asyncio", python("echo_asyncio.py"), {python("ask_asyncio.py")}, {kPython}},
      {"selectors", python("echo_selectors.py"), {python("ask.py")}, {kPython}},
      {"node", "exec node {src}/echo.js {port}", {"exec node {src}/ask.js {port}"}, {"node"}},
      {"java",
       "exec java -cp {c}/java Echo {port}",
       {"exec java -cp {c}/java Ask {port}"},
       {"java", "javac"},
       "javac -d {c}/java {src}/Echo.java {src}/Ask.java"},
      {"rust",
       "exec {c}/rust/echo {port}",
       {"exec {c}/rust/ask {port}"},
       {"rustc"},
       "mkdir -p {c}/rust && cd {c}/rust && rustc -o echo {src}/echo.rs && rustc -o ask "
       "{src}/ask.rs"},
      {"go", "exec {c}/go_echo {port}", {kAsk}, {"go"}, "go build -o {c}/go_echo {src}/echo.go"},
  };
  return kCases;
}

}  // namespace wireproof
