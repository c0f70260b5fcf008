#include <algorithm>
#include <utility>

#include "base/text/utf8.h"
#include "servers/faults/misconduct.h"
#include "servers/protocols/unicode_text.h"

namespace wireproof {
namespace {

void die_on_garbage(Service& service, const ServerInfo&) {
  change_stream(service, {.on_bytes = [](StreamProtocol& inner, ByteView bytes) {
                  Actions actions = inner.on_bytes(bytes);
                  if (actions.ending == Ending::refuse) throw DeadlyInput("what is no message");
                  return actions;
                }});
  change_datagrams(service, [](DatagramProtocol& inner, ByteView datagram) {
    std::vector<Bytes> replies = inner.on_datagram(datagram);
    if (replies.empty()) throw DeadlyInput("what is no message");
    return replies;
  });
}

void require_utf8(ByteView text) {
  if (find_invalid_utf8(as_text(text))) throw DeadlyInput("what is not UTF-8");
}

// `kept` is the beginning of a character.
void die_on_invalid_text(Service& service) {
  const auto read = [kept = Bytes()](StreamProtocol& inner, ByteView bytes) mutable {
    kept.insert(kept.end(), bytes.begin(), bytes.end());
    const std::size_t size = size_without_cut_character(kept);
    require_utf8(ByteView(kept).first(size));
    kept.erase(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(size));
    return inner.on_bytes(bytes);
  };
  change_stream(service, {.on_bytes = read});
  change_datagrams(service, [](DatagramProtocol& inner, ByteView datagram) {
    require_utf8(datagram);
    return inner.on_datagram(datagram);
  });
}

// Waits for as many bytes as a header announces, however many. So that it harms nobody, it keeps
// no more of them than the largest request has and only counts the rest.
class TrustLength {
 public:
  explicit TrustLength(MessageShape shape) : shape_(std::move(shape)) {}

  Actions operator()(StreamProtocol& inner, ByteView bytes) {
    kept_.insert(kept_.end(), bytes.begin(), bytes.end());
    Actions actions;
    while (actions.ending == Ending::none) {
      const std::optional<std::size_t> size = shape_.request_size(kept_);
      if (!size || kept_.size() + dropped_ < *size) break;
      take(inner, std::min(*size, kept_.size()), actions);
    }
    if (kept_.size() > shape_.max_request_size) {
      dropped_ += kept_.size() - shape_.max_request_size;
      kept_.resize(shape_.max_request_size);
    }
    return actions;
  }

 private:
  void take(StreamProtocol& inner, std::size_t size, Actions& actions) {
    Actions more = inner.on_bytes(ByteView(kept_).first(size));
    actions.ending = more.ending;
    for (Bytes& send : more.sends) actions.sends.push_back(std::move(send));
    kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(size));
    dropped_ = 0;
  }

  MessageShape shape_;
  Bytes kept_;
  std::size_t dropped_ = 0;  // of the first request, behind kept_
};

// Where a text is one of several fields, the reply has it as the request had it.
void require_utf8_fields(const MessageShape& shape, const std::vector<Bytes>& sends) {
  for (const Bytes& send : sends) {
    ByteReader reader(send);
    for (const MessageField& field : shape.reply_fields(send)) {
      const ByteView bytes = reader.read_bytes(field.size);
      if (field.meaning == FieldMeaning::text) require_utf8(bytes);
    }
  }
}

void die_on_invalid_utf8(Service& service, const ServerInfo&) {
  if (!service.shape.reply_fields) return die_on_invalid_text(service);
  change_replies(service, [shape = service.shape](const std::vector<Bytes>& sends) {
    require_utf8_fields(shape, sends);
  });
}

}  // namespace

QuirkTable input_faults() {
  return {
      {{"die-on-garbage", "ends on an input that it cannot answer", "died-on-input"},
       [](const ServerInfo& server) { return server.traits.refuses; },
       die_on_garbage},
      {{"die-on-invalid-utf8", "ends on a text that is not UTF-8", "died-on-input"},
       [](const ServerInfo& server) { return server.traits.has_text; },
       die_on_invalid_utf8},
      {{"trust-length", "waits for as many bytes as the header says, however many",
        "trusted-length"},
       [](const ServerInfo& server) { return server.traits.has_length; },
       [](Service& service, const ServerInfo&) {
         change_stream(service, {.on_bytes = TrustLength(service.shape)});
       }},
      {{"no-overflow-check", "wraps a result that is too large modulo 2^32", "wrapped-number"},
       [](const ServerInfo& server) { return server.traits.calculates; },
       [](Service& service, const ServerInfo&) { service = service.without_overflow_check(); }},
  };
}

}  // namespace wireproof
