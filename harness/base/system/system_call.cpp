#include "base/system/system_call.h"

#include <fcntl.h>

#include <array>
#include <cctype>
#include <cerrno>

namespace wireproof {
namespace {

// strerror's text with a small first letter, as messages here are written.
std::string error_text(int error_number) {
  std::string text = std::generic_category().message(error_number);
  const bool is_acronym = text.size() > 1 && std::isupper(static_cast<unsigned char>(text[1])) != 0;
  if (!text.empty() && !is_acronym) {
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  }
  return text;
}

}  // namespace

SystemError::SystemError(const std::string& attempt, int error_number)
    : std::system_error(error_number, std::generic_category(), attempt),
      text_(attempt + ": " + error_text(error_number)) {}

long check_call(long result, const std::string& attempt) {
  if (result == -1) throw SystemError(attempt, errno);
  return result;
}

UniqueFd check_descriptor(long result, const std::string& attempt) {
  return UniqueFd(static_cast<int>(check_call(result, attempt)));
}

Pipe open_pipe() {
  std::array<int, 2> ends{};
  check_call(::pipe2(ends.data(), O_CLOEXEC), "open a pipe");
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

void make_nonblocking(int fd) {
  const auto flags = static_cast<int>(check_call(::fcntl(fd, F_GETFL), "ask for file flags"));
  check_call(::fcntl(fd, F_SETFL, flags | O_NONBLOCK), "make a descriptor non-blocking");
}

ssize_t read_some(int fd, char* into, std::size_t size) {
  ssize_t count = -1;
  do {
    count = ::read(fd, into, size);
  } while (count < 0 && errno == EINTR);
  return count;
}

void read_rest(int fd, std::string& text) {
  std::array<char, 4096> block{};
  for (;;) {
    const ssize_t size = read_some(fd, block.data(), block.size());
    if (size <= 0) return;
    text.append(block.data(), static_cast<std::size_t>(size));
  }
}

void write_all(int fd, std::string_view text, const std::string& attempt) {
  while (!text.empty()) {
    const ssize_t size = ::write(fd, text.data(), text.size());
    if (size < 0 && errno == EINTR) continue;
    text.remove_prefix(static_cast<std::size_t>(check_call(size, attempt)));
  }
}

}  // namespace wireproof
