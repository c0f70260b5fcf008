#include "cli/options/input_text.h"

#include "base/text/bytes.h"

namespace wireproof {
namespace {

// The byte that `\c` stands for; -1 for none.
int simple_escape(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case '0':
      return '\0';
    case '\\':
      return '\\';
    default:
      return -1;
  }
}

}  // namespace

std::string read_input_text(std::string_view given) {
  std::string text;
  for (std::size_t at = 0; at < given.size(); ++at) {
    const std::string_view rest = given.substr(at + 1);
    if (given[at] != '\\' || rest.empty()) {
      text += given[at];
      continue;
    }
    if (const int byte = simple_escape(rest.front()); byte >= 0) {
      text += static_cast<char>(byte);
      ++at;
      continue;
    }
    const auto bytes = rest.front() == 'x' && rest.size() >= 3
                           ? parse_hex(std::string(rest.substr(1, 2)))
                           : std::nullopt;
    if (bytes && bytes->size() == 1) {
      text += static_cast<char>(bytes->front());
      at += 3;
    } else {
      text += given[at];
    }
  }
  return text;
}

}  // namespace wireproof
