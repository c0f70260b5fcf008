#include "servers/protocols/reference_servers.h"

#include <utility>

#include "servers/protocols/unicode_text.h"

namespace wireproof {
namespace {

constexpr std::size_t kChunkSize = 30;
constexpr std::size_t kOnceSize = 128;
constexpr std::size_t kEchoReadSize = 1024;
constexpr std::size_t kDatagramSize = 2048;

using Answer = std::function<Bytes(ByteView)>;

Bytes copy_of(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

Bytes reverse_of(ByteView bytes) {
  return {bytes.rbegin(), bytes.rend()};
}

Bytes join(const std::string& prefix, ByteView bytes) {
  ByteWriter answer;
  answer.write_bytes(as_bytes(prefix));
  answer.write_bytes(bytes);
  return answer.take();
}

// Answers what each read brings by itself.
class AnsweredReads : public StreamProtocol {
 public:
  AnsweredReads(Answer answer, Ending ending) : answer_(std::move(answer)), ending_(ending) {}

  Actions on_bytes(ByteView bytes) override { return {{answer_(bytes)}, ending_}; }

 private:
  Answer answer_;
  Ending ending_;
};

class AnsweredDatagrams : public DatagramProtocol {
 public:
  explicit AnsweredDatagrams(Answer answer) : answer_(std::move(answer)) {}

  std::vector<Bytes> on_datagram(ByteView datagram) override { return {answer_(datagram)}; }

 private:
  Answer answer_;
};

class UnansweredDatagrams : public DatagramProtocol {
 public:
  std::vector<Bytes> on_datagram(ByteView) override { return {}; }
};

class TextEcho : public StreamProtocol {
 public:
  explicit TextEcho(std::string prefix) : prefix_(std::move(prefix)) {}

  Actions on_bytes(ByteView bytes) override {
    kept_.insert(kept_.end(), bytes.begin(), bytes.end());
    const std::size_t size = size_without_cut_character(kept_);
    if (size == 0 && !kept_.empty()) return {};
    Bytes answer = join(prefix_, valid_utf8(ByteView(kept_).first(size)));
    kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(size));
    return {{std::move(answer)}, Ending::none};
  }

 private:
  std::string prefix_;
  Bytes kept_;  // between calls at most the three first bytes of a character
};

Service answer_reads(std::size_t read_size, const Answer& answer, Ending ending) {
  Service service;
  service.open_stream = [answer, ending] {
    return std::make_unique<AnsweredReads>(answer, ending);
  };
  service.stream_read_size = read_size;
  return service;
}

// Beside what the service does already.
Service answer_datagrams(std::size_t read_size, const Answer& answer, Service service = {}) {
  service.open_datagrams = [answer] { return std::make_unique<AnsweredDatagrams>(answer); };
  service.datagram_read_size = read_size;
  return service;
}

}  // namespace

Service make_echo_both(const ServerParameters&) {
  return answer_datagrams(kReadSize, copy_of, answer_reads(kReadSize, copy_of, Ending::none));
}

Service make_echo_chunks(const ServerParameters& parameters) {
  const auto answer = [prefix = parameters.at("prefix")](ByteView bytes) {
    return join(prefix, bytes);
  };
  return answer_reads(kChunkSize, answer, Ending::none);
}

Service make_echo_once(const ServerParameters& parameters) {
  const auto answer = [prefix = parameters.at("prefix")](ByteView bytes) {
    return join(prefix, valid_utf8(bytes));
  };
  return answer_reads(kOnceSize, answer, Ending::close);
}

// With nothing before the answer it is the echo of RFC 862: bytes, not text.
Service make_text_echo(const ServerParameters& parameters) {
  if (parameters.at("prefix").empty()) return answer_reads(kEchoReadSize, copy_of, Ending::none);
  Service service;
  service.open_stream = [prefix = parameters.at("prefix")] {
    return std::make_unique<TextEcho>(prefix);
  };
  service.stream_read_size = kEchoReadSize;
  return service;
}

Service make_print_udp(const ServerParameters&) {
  Service service;
  service.open_datagrams = [] { return std::make_unique<UnansweredDatagrams>(); };
  service.datagram_read_size = kDatagramSize;
  return service;
}

Service make_reverse(const ServerParameters&) {
  return answer_datagrams(kEchoReadSize, reverse_of,
                          answer_reads(kEchoReadSize, reverse_of, Ending::none));
}

Service make_upper_tcp(const ServerParameters&) {
  return answer_reads(kEchoReadSize, upper_case, Ending::close);
}

Service make_upper_udp(const ServerParameters&) {
  return answer_datagrams(kDatagramSize, upper_case);
}

}  // namespace wireproof
