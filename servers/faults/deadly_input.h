#pragma once

#include <stdexcept>
#include <string>

namespace wireproof {

// Thrown by a protocol that an input is to kill. Nobody catches it: the process ends, as that of a
// program does that has forgotten an exception.
class DeadlyInput : public std::runtime_error {
 public:
  explicit DeadlyInput(const std::string& input) : std::runtime_error("cannot take " + input) {}
};

}  // namespace wireproof
