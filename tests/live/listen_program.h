#pragma once

#include <string>

namespace wireproof {

// A program that prints `listening`, accepts one connection after another on 127.0.0.1 and sends
// each byte back, until SIGINT ends it. Tests start their own executable as this.
int run_listen_program(const std::string& port);

}  // namespace wireproof
