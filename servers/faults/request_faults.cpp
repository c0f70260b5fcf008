#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "base/text/utf8.h"
#include "servers/faults/misconduct.h"
#include "servers/protocols/unicode_text.h"

namespace wireproof {
namespace {

void append(Actions& actions, Actions more) {
  std::move(more.sends.begin(), more.sends.end(), std::back_inserter(actions.sends));
  actions.ending = more.ending;
}

// What has come of a stream of requests and is not answered yet.
class Requests {
 public:
  explicit Requests(MessageShape shape) : shape_(std::move(shape)) {}

  void add(ByteView bytes) { kept_.insert(kept_.end(), bytes.begin(), bytes.end()); }
  ByteView kept() const { return kept_; }
  // The size of the first one as it says it itself. One that is too large is as long as what came
  // of it: the server refuses it.
  std::optional<std::size_t> size() const {
    const std::optional<std::size_t> size = shape_.request_size(kept_);
    return size && *size > shape_.max_request_size ? kept_.size() : size;
  }
  bool whole() const {
    const std::optional<std::size_t> first = size();
    return !kept_.empty() && first && *first <= kept_.size();
  }
  // The first one, which must be whole.
  Bytes take() {
    const auto end = kept_.begin() + static_cast<std::ptrdiff_t>(*size());
    Bytes first(kept_.begin(), end);
    kept_.erase(kept_.begin(), end);
    return first;
  }
  void drop() { kept_.clear(); }

 private:
  MessageShape shape_;
  Bytes kept_;
};

// A read is a request. Only the header, where there is one, may come by itself.
void take_reads(Service& service, const ServerInfo&) {
  const auto read = [requests = Requests(service.shape), header_size = service.shape.header_size](
                        StreamProtocol& inner, ByteView bytes) mutable -> Actions {
    const bool starts = requests.kept().empty();
    requests.add(bytes);
    if (requests.whole()) {
      Actions actions = inner.on_bytes(requests.take());
      requests.drop();
      return actions;
    }
    if (starts && bytes.size() == header_size) return {};
    return {{}, Ending::close};
  };
  change_stream(service, {.on_bytes = read});
}

// The requests that wait are taken as one, which the first of them is.
void merge_requests(Service& service, const ServerInfo&) {
  const auto read = [requests = Requests(service.shape)](StreamProtocol& inner,
                                                         ByteView bytes) mutable {
    requests.add(bytes);
    Actions actions;
    if (requests.whole()) actions = inner.on_bytes(requests.take());
    while (requests.whole()) requests.take();
    return actions;
  };
  change_stream(service, {.on_bytes = read});
}

// A request is answered as soon as its size is known, with zeros for what has not come.
class EarlyReplies {
 public:
  explicit EarlyReplies(const Service& service)
      : open_(service.open_stream), requests_(service.shape) {}

  Actions operator()(StreamProtocol&, ByteView bytes) {
    requests_.add(bytes);
    Actions actions;
    while (requests_.whole() && actions.ending == Ending::none) {
      const Bytes request = requests_.take();
      if (!answered_) append(actions, open_()->on_bytes(request));
      answered_ = false;
    }
    if (actions.ending == Ending::none && !answered_) answer_beginning(actions);
    return actions;
  }

 private:
  void answer_beginning(Actions& actions) {
    const std::optional<std::size_t> size = requests_.size();
    if (requests_.kept().empty() || !size) return;
    Bytes request(requests_.kept().begin(), requests_.kept().end());
    request.resize(*size);
    Actions early = open_()->on_bytes(request);
    if (early.sends.empty()) return;  // with zeros it is none
    answered_ = true;
    append(actions, std::move(early));
  }

  std::function<std::unique_ptr<StreamProtocol>()> open_;
  Requests requests_;
  bool answered_ = false;  // the request of which only the beginning has come
};

// As a program does that reads lines, or to the end of the stream.
class EndedStream : public StreamProtocol {
 public:
  explicit EndedStream(std::unique_ptr<StreamProtocol> inner) : inner_(std::move(inner)) {}

  Actions on_bytes(ByteView bytes) override {
    kept_.insert(kept_.end(), bytes.begin(), bytes.end());
    if (kept_.back() != '\n' && kept_.size() <= kReadSize) return {};
    return answer();
  }
  Actions on_eof() override {
    if (kept_.empty()) return inner_->on_eof();
    Actions actions = answer();
    if (actions.ending == Ending::none) append(actions, inner_->on_eof());
    return actions;
  }

 private:
  Actions answer() {
    Actions actions = inner_->on_bytes(kept_);
    kept_.clear();
    return actions;
  }

  std::unique_ptr<StreamProtocol> inner_;
  Bytes kept_;
};

void wait_for_end(Service& service, const ServerInfo&) {
  service.open_stream = [open = service.open_stream] {
    return std::make_unique<EndedStream>(open());
  };
}

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
    append(actions, inner.on_bytes(ByteView(kept_).first(size)));
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

// Decodes what each read brings by itself: half a character is no text either.
void decode_reads_strictly(Service& service, const ServerInfo&) {
  const auto read = [](StreamProtocol& inner, ByteView bytes) -> Actions {
    if (find_invalid_utf8(as_text(bytes))) return {{}, Ending::close};
    return inner.on_bytes(bytes);
  };
  change_stream(service, {.on_bytes = read});
}

void die_on_invalid_utf8(Service& service, const ServerInfo&) {
  if (!service.shape.reply_fields) return die_on_invalid_text(service);
  change_replies(service, [shape = service.shape](const std::vector<Bytes>& sends) {
    require_utf8_fields(shape, sends);
  });
}

}  // namespace

QuirkTable request_faults() {
  return {
      {{"one-recv", "takes what one recv() brings for one message", "one-recv"},
       has<&ServerTraits::has_messages>,
       take_reads},
      {{"merge-next", "answers messages that came together once, by the reply to the first",
        "merged-messages"},
       has<&ServerTraits::has_messages>,
       merge_requests},
      {{"early-reply", "answers before the message is complete, with zeros for what is missing",
        "answered-early"},
       has<&ServerTraits::has_messages>,
       [](Service& service, const ServerInfo&) {
         change_stream(service, {.on_bytes = EarlyReplies(service)});
       }},
      {{"waits-for-end", "answers when a line or the stream ends", "waits-for-end"},
       [](const ServerInfo& server) {
         return replies_on_tcp(server) && !server.traits.has_messages;
       },
       wait_for_end},
      {{"die-on-garbage", "ends on an input that it cannot answer", "died-on-input"},
       has<&ServerTraits::refuses>,
       die_on_garbage},
      {{"die-on-invalid-utf8", "ends on a text that is not UTF-8", "died-on-input"},
       has<&ServerTraits::has_text>,
       die_on_invalid_utf8},
      {{"strict-decode", "ends a connection at a read that is no whole text", "cut-character"},
       [](const ServerInfo& server) {
         const ServerTraits& traits = server.traits;
         return speaks_tcp(server) && traits.has_text && !traits.has_messages &&
                !traits.closes_first;
       },
       decode_reads_strictly},
      {{"trust-length", "waits for as many bytes as the header says, however many",
        "trusted-length"},
       has<&ServerTraits::has_length>,
       [](Service& service, const ServerInfo&) {
         change_stream(service, {.on_bytes = TrustLength(service.shape)});
       }},
      {{"no-overflow-check", "wraps a result that is too large modulo 2^32", "wrapped-number"},
       has<&ServerTraits::calculates>,
       [](Service& service, const ServerInfo&) { service.drop_overflow_check(service); }},
  };
}

}  // namespace wireproof
