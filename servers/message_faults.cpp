#include "servers/message_faults.h"

#include <utility>

namespace wireproof {
namespace {

bool replies(const ServerInfo& server) {
  return server.traits.replies;
}

using ChangeReplies = void (*)(std::vector<Bytes>& replies);

class ChangedStream : public StreamProtocol {
 public:
  ChangedStream(std::unique_ptr<StreamProtocol> inner, ChangeReplies change)
      : inner_(std::move(inner)), change_(change) {}

  Actions on_open() override { return changed(inner_->on_open()); }
  Actions on_bytes(ByteView bytes) override { return changed(inner_->on_bytes(bytes)); }
  Actions on_eof() override { return changed(inner_->on_eof()); }

 private:
  Actions changed(Actions actions) const {
    change_(actions.sends);
    return actions;
  }

  std::unique_ptr<StreamProtocol> inner_;
  ChangeReplies change_;
};

class ChangedDatagrams : public DatagramProtocol {
 public:
  ChangedDatagrams(std::unique_ptr<DatagramProtocol> inner, ChangeReplies change)
      : inner_(std::move(inner)), change_(change) {}

  std::vector<Bytes> on_datagram(ByteView datagram) override {
    std::vector<Bytes> replies = inner_->on_datagram(datagram);
    change_(replies);
    return replies;
  }

 private:
  std::unique_ptr<DatagramProtocol> inner_;
  ChangeReplies change_;
};

// The same service with its replies changed before they are sent.
Service with_changed_replies(Service service, ChangeReplies change) {
  if (service.open_stream) {
    service.open_stream = [open = service.open_stream, change] {
      return std::make_unique<ChangedStream>(open(), change);
    };
  }
  if (service.open_datagrams) {
    service.open_datagrams = [open = service.open_datagrams, change] {
      return std::make_unique<ChangedDatagrams>(open(), change);
    };
  }
  return service;
}

void drop_last_byte(std::vector<Bytes>& replies) {
  if (!replies.empty() && !replies.back().empty()) replies.back().pop_back();
}

}  // namespace

const std::vector<MessageFault>& message_faults() {
  static const std::vector<MessageFault> faults = {
      {{"drop-last-byte", "leaves the last byte of each reply out", "short-reply"},
       replies,
       [](Service service, const ServerInfo&) {
         return with_changed_replies(std::move(service), drop_last_byte);
       }},
  };
  return faults;
}

}  // namespace wireproof
