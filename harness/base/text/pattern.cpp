#include "base/text/pattern.h"

#include <re2/re2.h>

namespace wireproof {
namespace {

re2::RE2::Options byte_options() {
  re2::RE2::Options options;
  options.set_encoding(re2::RE2::Options::EncodingLatin1);  // a byte is a character
  options.set_log_errors(false);
  return options;
}

}  // namespace

Expected<Pattern, std::string> Pattern::parse(const std::string& text) {
  auto expression = std::make_shared<const re2::RE2>(text, byte_options());
  if (!expression->ok()) return Unexpected<std::string>(expression->error());
  return Pattern(std::move(expression));
}

std::optional<std::size_t> Pattern::find_end(ByteView bytes) const {
  // By address and size: which class of string_view it is differs between RE2's releases.
  const std::string_view whole = as_text(bytes);
  const re2::StringPiece text(whole.data(), whole.size());
  re2::StringPiece match;
  if (!expression_->Match(text, 0, text.size(), re2::RE2::UNANCHORED, &match, 1)) {
    return std::nullopt;
  }
  return static_cast<std::size_t>(match.data() + match.size() - text.data());
}

std::string quote_pattern(std::string_view text) {
  return re2::RE2::QuoteMeta(re2::StringPiece(text.data(), text.size()));
}

}  // namespace wireproof
