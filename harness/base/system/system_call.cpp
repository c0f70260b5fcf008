#include "base/system/system_call.h"

#include <cctype>
#include <cerrno>
#include <cstring>

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

}  // namespace wireproof
