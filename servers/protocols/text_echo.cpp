#include "servers/protocols/text_echo.h"

#include <utility>

#include "servers/protocols/unicode_text.h"

namespace wireproof {
namespace {

class TextEcho : public StreamProtocol {
 public:
  explicit TextEcho(std::string prefix) : prefix_(std::move(prefix)) {}

  Actions on_bytes(ByteView bytes) override {
    kept_.insert(kept_.end(), bytes.begin(), bytes.end());
    const std::size_t size = size_without_cut_character(kept_);
    if (size == 0 && !kept_.empty()) return {};
    ByteWriter answer;
    answer.write_bytes(as_bytes(prefix_));
    answer.write_bytes(valid_utf8(ByteView(kept_).first(size)));
    kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(size));
    return {{answer.take()}, Ending::none};
  }

 private:
  std::string prefix_;
  Bytes kept_;  // between calls at most the three first bytes of a character
};

}  // namespace

std::unique_ptr<StreamProtocol> make_text_echo(const std::string& prefix) {
  return std::make_unique<TextEcho>(prefix);
}

}  // namespace wireproof
