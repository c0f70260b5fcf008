#pragma once

#include <string>
#include <string_view>

#include "base/system/system_call.h"

namespace wireproof {

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

// A program that is executed gets neither end. Throws SystemError.
Pipe open_pipe();

// Makes reading and writing return at once (EAGAIN), for everybody who shares what the descriptor
// names. Throws SystemError.
void make_nonblocking(int fd);

// Reads what has come, at most `size` bytes, again where a signal interrupts. As read(2): 0 at the
// end, -1 with errno otherwise.
ssize_t read_some(int fd, char* into, std::size_t size);

// Appends everything until the end, or until nothing more has come at a descriptor that does not
// block; also what had come before another error ends it.
void read_rest(int fd, std::string& text);

// Writes all of it, in as many pieces as it takes. Throws SystemError naming the attempt.
void write_all(int fd, std::string_view text, const std::string& attempt);

}  // namespace wireproof
