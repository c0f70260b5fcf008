#pragma once

#include <unistd.h>

#include <string>
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

}  // namespace wireproof
