#include "base/system/system_call.h"

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <thread>

#include "catch.h"

namespace wireproof {

TEST_CASE("a pipe hands on what is written, and neither end to a program", "[base]") {
  Pipe pipe = open_pipe();
  CHECK((::fcntl(pipe.read.get(), F_GETFD) & FD_CLOEXEC) != 0);
  CHECK((::fcntl(pipe.write.get(), F_GETFD) & FD_CLOEXEC) != 0);
  write_all(pipe.write.get(), "hello", "say hello");
  pipe.write.reset();
  std::string text;
  read_rest(pipe.read.get(), text);
  CHECK(text == "hello");
}

TEST_CASE("a text that is longer than the pipe is written whole", "[base]") {
  Pipe pipe = open_pipe();
  const std::string text(1 << 20, 'x');
  std::string read;
  std::thread reader([&] { read_rest(pipe.read.get(), read); });
  write_all(pipe.write.get(), text, "say much");
  pipe.write.reset();
  reader.join();
  CHECK(read == text);
}

TEST_CASE("the rest of a pipe that does not block ends where nothing more has come", "[base]") {
  const Pipe pipe = open_pipe();
  make_nonblocking(pipe.read.get());
  write_all(pipe.write.get(), "a", "say a");
  std::string text = "before ";
  read_rest(pipe.read.get(), text);
  CHECK(text == "before a");
  char byte = 0;
  CHECK(read_some(pipe.read.get(), &byte, 1) == -1);
  CHECK(errno == EAGAIN);
}

TEST_CASE("what cannot be written names the attempt", "[base]") {
  const Pipe pipe = open_pipe();
  CHECK_THROWS_WITH(write_all(pipe.read.get(), "a", "say a"), "say a: bad file descriptor");
  CHECK_THROWS_AS(make_nonblocking(-1), SystemError);
}

}  // namespace wireproof
