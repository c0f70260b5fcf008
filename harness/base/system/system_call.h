#pragma once

#include <unistd.h>

#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace wireproof {

// "bind 127.0.0.1:80: permission denied": the system refused; caught at the session's boundary
// (verdict ERROR) and in main (exit code 4).
class SystemError : public std::system_error {
 public:
  SystemError(const std::string& attempt, int error_number);

  const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::string text_;
};

// The result of a call that returns -1 and sets errno; throws SystemError naming the attempt.
long check_call(long result, const std::string& attempt);

// Owns a descriptor; -1 means none. Closing never fails loudly: a descriptor that could not be
// closed cannot be closed again either (POSIX close(), EINTR).
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) reset(std::exchange(other.fd_, -1));
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void reset(int fd = -1) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
  }

 private:
  int fd_ = -1;
};

// The descriptor that a call gives, else -1 with errno set; throws SystemError naming the attempt.
UniqueFd check_descriptor(long result, const std::string& attempt);

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
