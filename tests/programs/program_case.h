#pragma once

#include <string>
#include <vector>

namespace wireproof {

// A server and its clients, each as plain as its language allows. `{c}` in a command is the folder
// of the compiled programs, `{src}` that of the sources, `{port}` the server's port.
struct ProgramCase {
  std::string name;  // of its golden table, and of its test
  std::string server;
  std::vector<std::string> clients;
  std::vector<std::string> tools;  // what must be installed; without them the case is skipped
  std::string build = "";          // a shell command that compiles both, run first
  std::string note = "";           // part of a note that the run must give
  int server_signal = 0;           // that ends the server
};

const std::vector<ProgramCase>& program_cases();

}  // namespace wireproof
