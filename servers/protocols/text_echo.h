#pragma once

#include <memory>
#include <string>

#include "servers/protocols/protocol.h"

namespace wireproof {

// The most that one read of a text echo takes.
constexpr std::size_t kTextEchoReadSize = 1024;

// Every chunk that a read brings is answered by `prefix` and the chunk, in one send. A
// UTF-8 character that the chunk cuts is kept back and opens the next answer; a chunk of nothing
// but the beginning of a character is not answered yet. What is not UTF-8 comes back as U+FFFD. At
// the end of the stream the server closes; the beginning of a character that never came whole is
// not answered.
std::unique_ptr<StreamProtocol> make_text_echo(const std::string& prefix);

}  // namespace wireproof
