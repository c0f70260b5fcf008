#pragma once

#include <string>
#include <system_error>

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

}  // namespace wireproof
