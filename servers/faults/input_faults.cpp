#include <algorithm>
#include <utility>

#include "base/text/utf8.h"
#include "servers/faults/fault_tables.h"
#include "servers/protocols/unicode_text.h"

namespace wireproof {
namespace {

class DieOnGarbage : public StreamProtocol {
 public:
  explicit DieOnGarbage(std::unique_ptr<StreamProtocol> inner) : inner_(std::move(inner)) {}

  Actions on_bytes(ByteView bytes) override {
    Actions actions = inner_->on_bytes(bytes);
    if (actions.ending == Ending::refuse) throw DeadlyInput("what is no message");
    return actions;
  }

 private:
  std::unique_ptr<StreamProtocol> inner_;
};

class DieOnGarbageDatagram : public DatagramProtocol {
 public:
  explicit DieOnGarbageDatagram(std::unique_ptr<DatagramProtocol> inner)
      : inner_(std::move(inner)) {}

  std::vector<Bytes> on_datagram(ByteView datagram) override {
    std::vector<Bytes> replies = inner_->on_datagram(datagram);
    if (replies.empty()) throw DeadlyInput("what is no message");
    return replies;
  }

 private:
  std::unique_ptr<DatagramProtocol> inner_;
};

void require_utf8(ByteView text) {
  if (find_invalid_utf8(as_text(text))) throw DeadlyInput("what is not UTF-8");
}

class DieOnInvalidUtf8 : public StreamProtocol {
 public:
  explicit DieOnInvalidUtf8(std::unique_ptr<StreamProtocol> inner) : inner_(std::move(inner)) {}

  Actions on_bytes(ByteView bytes) override {
    kept_.insert(kept_.end(), bytes.begin(), bytes.end());
    const std::size_t size = size_without_cut_character(kept_);
    require_utf8(ByteView(kept_).first(size));
    kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(size));
    return inner_->on_bytes(bytes);
  }

 private:
  std::unique_ptr<StreamProtocol> inner_;
  Bytes kept_;  // the beginning of a character
};

class DieOnInvalidDatagram : public DatagramProtocol {
 public:
  explicit DieOnInvalidDatagram(std::unique_ptr<DatagramProtocol> inner)
      : inner_(std::move(inner)) {}

  std::vector<Bytes> on_datagram(ByteView datagram) override {
    require_utf8(datagram);
    return inner_->on_datagram(datagram);
  }

 private:
  std::unique_ptr<DatagramProtocol> inner_;
};

// Waits for as many bytes as a header announces, however many. So that it harms nobody, it keeps
// no more of them than the largest request has and only counts the rest.
class TrustLength : public StreamProtocol {
 public:
  TrustLength(std::unique_ptr<StreamProtocol> inner, MessageShape shape)
      : inner_(std::move(inner)), shape_(std::move(shape)) {}

  Actions on_bytes(ByteView bytes) override {
    kept_.insert(kept_.end(), bytes.begin(), bytes.end());
    Actions actions;
    while (actions.ending == Ending::none) {
      const std::optional<std::size_t> size = shape_.request_size(kept_);
      if (!size || kept_.size() + dropped_ < *size) break;
      take(std::min(*size, kept_.size()), actions);
    }
    if (kept_.size() > shape_.max_request_size) {
      dropped_ += kept_.size() - shape_.max_request_size;
      kept_.resize(shape_.max_request_size);
    }
    return actions;
  }

 private:
  void take(std::size_t size, Actions& actions) {
    Actions more = inner_->on_bytes(ByteView(kept_).first(size));
    actions.ending = more.ending;
    for (Bytes& send : more.sends) actions.sends.push_back(std::move(send));
    kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(size));
    dropped_ = 0;
  }

  std::unique_ptr<StreamProtocol> inner_;
  MessageShape shape_;
  Bytes kept_;
  std::size_t dropped_ = 0;  // of the first request, behind kept_
};

template <class Stream, class Datagrams>
Service read_by(Service service) {
  if (service.open_stream) {
    service.open_stream = [open = service.open_stream] { return std::make_unique<Stream>(open()); };
  }
  if (service.open_datagrams) {
    service.open_datagrams = [open = service.open_datagrams] {
      return std::make_unique<Datagrams>(open());
    };
  }
  return service;
}

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

Service die_on_invalid_utf8(Service service) {
  if (!service.shape.reply_fields) {
    return read_by<DieOnInvalidUtf8, DieOnInvalidDatagram>(std::move(service));
  }
  const MessageShape shape = service.shape;
  return with_changed_replies(std::move(service), [shape](const std::vector<Bytes>& sends) {
    require_utf8_fields(shape, sends);
  });
}

Service trust_length(Service service) {
  service.open_stream = [open = service.open_stream, shape = service.shape] {
    return std::make_unique<TrustLength>(open(), shape);
  };
  return service;
}

}  // namespace

std::vector<MessageFault> input_faults() {
  return {
      {{"die-on-garbage", "ends on an input that it cannot answer", "died-on-input"},
       [](const ServerInfo& server) { return server.traits.refuses; },
       read_by<DieOnGarbage, DieOnGarbageDatagram>},
      {{"die-on-invalid-utf8", "ends on a text that is not UTF-8", "died-on-input"},
       [](const ServerInfo& server) { return server.traits.has_text; },
       die_on_invalid_utf8},
      {{"trust-length", "waits for as many bytes as the header says, however many",
        "trusted-length"},
       [](const ServerInfo& server) { return server.traits.has_length; },
       trust_length},
      {{"no-overflow-check", "wraps a result that is too large modulo 2^32", "wrapped-number"},
       [](const ServerInfo& server) { return server.traits.calculates; },
       [](Service service) { return service.without_overflow_check(); }},
  };
}

}  // namespace wireproof
