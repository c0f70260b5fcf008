#include "servers/echo_threads.h"

#include <string_view>

#include "servers/unicode_text.h"

namespace wireproof {
namespace {

constexpr std::size_t kStreamReadSize = 1024;
constexpr std::string_view kPrefix = "You told me: ";

class EchoThreads : public StreamProtocol {
 public:
  Actions on_bytes(ByteView bytes) override {
    kept_.insert(kept_.end(), bytes.begin(), bytes.end());
    const std::size_t size = size_without_cut_character(kept_);
    if (size == 0) return {};
    ByteWriter answer;
    answer.write_bytes(as_bytes(kPrefix));
    answer.write_bytes(valid_utf8(ByteView(kept_).first(size)));
    kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(size));
    return {{answer.take()}, Ending::none};
  }

 private:
  Bytes kept_;  // between calls at most the three first bytes of a character
};

}  // namespace

ReferenceServer echo_threads_server() {
  ServerInfo info;
  info.name = "echo-threads";
  info.tcp_port = 12345;
  info.protocol = "each chunk of at most 1024 bytes is answered by `You told me: ` and the chunk";
  info.origin = "socket lab with netcat, exercises 4-7";
  return {info, [](const ServerParameters&) {
            Service service;
            service.open_stream = [] { return std::make_unique<EchoThreads>(); };
            service.stream_read_size = kStreamReadSize;
            return service;
          }};
}

}  // namespace wireproof
