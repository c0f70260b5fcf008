#include <iterator>
#include <utility>

#include "servers/faults/misconduct.h"

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

bool has_messages(const ServerInfo& server) {
  return server.traits.has_messages;
}

}  // namespace

QuirkTable boundary_faults() {
  return {
      {{"one-recv", "takes what one recv() brings for one message", "one-recv"},
       has_messages,
       take_reads},
      {{"merge-next", "answers messages that came together once, by the reply to the first",
        "merged-messages"},
       has_messages,
       merge_requests},
      {{"early-reply", "answers before the message is complete, with zeros for what is missing",
        "answered-early"},
       has_messages,
       [](Service& service, const ServerInfo&) {
         change_stream(service, {.on_bytes = EarlyReplies(service)});
       }},
  };
}

}  // namespace wireproof
