#include "live/listen_program.h"

#include <iostream>

#include "live/echo_server.h"

namespace wireproof {

int run_listen_program(const std::string& port) {
  const UniqueFd listener = listen_on(static_cast<std::uint16_t>(std::stoi(port)));
  std::cout << "listening" << std::endl;
  serve_echo(listener.get());
}

}  // namespace wireproof
