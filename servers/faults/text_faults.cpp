#include <algorithm>
#include <utility>

#include "base/text/utf8.h"
#include "servers/faults/fault_tables.h"
#include "servers/protocols/unicode_text.h"

namespace wireproof {
namespace {

// Every read decoded by itself: what is left of a character at either end is none.
class DecodedReads : public StreamProtocol {
 public:
  explicit DecodedReads(std::unique_ptr<StreamProtocol> inner) : inner_(std::move(inner)) {}

  Actions on_open() override { return inner_->on_open(); }
  Actions on_bytes(ByteView bytes) override { return inner_->on_bytes(valid_utf8(bytes)); }
  Actions on_eof() override { return inner_->on_eof(); }

 private:
  std::unique_ptr<StreamProtocol> inner_;
};

template <std::size_t size>
Service cut_reads(Service service) {
  service.stream_read_size = std::min(service.stream_read_size, size);
  service.open_stream = [open = service.open_stream] {
    return std::make_unique<DecodedReads>(open());
  };
  return service;
}

// `?` for what Latin-1 has no character for, as encoders do.
Bytes encode_latin1(std::string_view text) {
  constexpr char32_t kLastOfLatin1 = 0xff;
  Bytes encoded;
  for (std::size_t offset = 0; offset < text.size();) {
    const CodePoint point = decode_code_point(text, offset);
    const bool known = point.value <= kLastOfLatin1;
    encoded.push_back(known ? static_cast<std::uint8_t>(point.value) : std::uint8_t{'?'});
    offset += point.size;
  }
  return encoded;
}

Service answer_latin1(Service service) {
  return with_changed_replies(std::move(service), [](std::vector<Bytes>& sends) {
    for (Bytes& send : sends) send = encode_latin1(as_text(send));
  });
}

// A text is not one of several fields.
bool is_all_text(const ServerInfo& server) {
  return server.traits.has_text && !server.traits.has_messages;
}

bool replies_with_text(const ServerInfo& server) {
  return is_all_text(server) && server.traits.replies;
}

// Prefix and text, or one text of which one read is taken.
bool reads_text(const ServerInfo& server) {
  return server.tcp_port != 0 && (is_all_text(server) || server.traits.has_prefix);
}

bool reads_text_in_chunks(const ServerInfo& server) {
  return server.tcp_port != 0 && is_all_text(server) && !server.traits.closes_first;
}

}  // namespace

std::vector<MessageFault> text_faults() {
  return {
      {{"cut-30", "decodes reads of at most 30 bytes, and so half characters", "cut-character"},
       reads_text,
       cut_reads<30>},
      {{"cut-1024", "decodes reads of at most 1024 bytes, and so half characters", "cut-character"},
       reads_text_in_chunks,
       cut_reads<1024>},
      {{"latin1", "answers in Latin-1 instead of UTF-8", "latin1"},
       replies_with_text,
       answer_latin1},
  };
}

}  // namespace wireproof
