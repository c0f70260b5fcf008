#include "machine/process/program_streams.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace wireproof {
namespace {

UniqueFd open_file(const char* path, int flags, const std::string& attempt) {
  return check_descriptor(::open(path, flags | O_CLOEXEC), attempt);
}

// Its end that a program reads. Nobody reads yet: a pipe that is smaller than usual must not be
// waited for.
UniqueFd filled_pipe(const std::string& input) {
  Pipe pipe = open_pipe();
  make_nonblocking(pipe.write.get());
  if (::write(pipe.write.get(), input.data(), input.size()) != static_cast<ssize_t>(input.size())) {
    throw std::runtime_error("a program's input of " + std::to_string(input.size()) +
                             " bytes does not fit into a pipe");
  }
  return std::move(pipe.read);
}

}  // namespace

ProgramStreams ProgramStreams::pipes(const std::optional<std::string>& input) {
  ProgramStreams streams;
  Pipe output = open_pipe();
  streams.ours_ = std::move(output.read);
  streams.output_ = std::move(output.write);
  make_nonblocking(streams.fd());
  streams.input_ = input ? filled_pipe(*input) : open_file("/dev/null", O_RDONLY, "open /dev/null");
  return streams;
}

ProgramStreams ProgramStreams::terminal() {
  ProgramStreams streams;
  streams.is_terminal_ = true;
  streams.ours_ =
      check_descriptor(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), "open a pseudo-terminal");
  const int master = streams.fd();
  check_call(::grantpt(master), "grant a pseudo-terminal");
  check_call(::unlockpt(master), "unlock a pseudo-terminal");
  std::array<char, 128> name{};
  if (const int error = ::ptsname_r(master, name.data(), name.size()); error != 0) {
    throw SystemError("name a pseudo-terminal", error);
  }
  streams.input_ = open_file(name.data(), O_RDWR | O_NOCTTY, "open a pseudo-terminal");
  const int slave = streams.program_input();
  streams.output_ =
      check_descriptor(::fcntl(slave, F_DUPFD_CLOEXEC, 0), "duplicate a pseudo-terminal");
  termios settings{};
  check_call(::tcgetattr(slave, &settings), "read a terminal's settings");
  // Lines and Ctrl-D, and every other byte stays what it is.
  settings.c_lflag = ICANON;
  settings.c_iflag = 0;
  settings.c_oflag = 0;
  check_call(::tcsetattr(slave, TCSANOW, &settings), "set up a terminal");
  make_nonblocking(master);
  return streams;
}

void ProgramStreams::have_started() {
  if (!is_terminal_) return;
  input_.reset();
  output_.reset();
}

void ProgramStreams::drain() {
  std::array<char, 4096> buffer{};
  for (std::size_t taken = 0; taken < kMaxProgramOutput && !has_ended_;) {
    const ssize_t size = read_some(fd(), buffer.data(), buffer.size());
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) {  // EIO: nobody has the terminal open any more
      has_ended_ = true;
      return;
    }
    taken += static_cast<std::size_t>(size);
    const std::size_t room = kMaxProgramOutput - text_.size();
    text_.append(buffer.data(), std::min(room, static_cast<std::size_t>(size)));
  }
}

}  // namespace wireproof
