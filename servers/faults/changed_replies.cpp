#include "servers/faults/changed_replies.h"

#include <utility>

namespace wireproof {
namespace {

class ChangedStream : public StreamProtocol {
 public:
  ChangedStream(std::unique_ptr<StreamProtocol> inner, ChangeReplies change)
      : inner_(std::move(inner)), change_(std::move(change)) {}

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
      : inner_(std::move(inner)), change_(std::move(change)) {}

  std::vector<Bytes> on_datagram(ByteView datagram) override {
    std::vector<Bytes> replies = inner_->on_datagram(datagram);
    change_(replies);
    return replies;
  }

 private:
  std::unique_ptr<DatagramProtocol> inner_;
  ChangeReplies change_;
};

}  // namespace

Service with_changed_replies(Service service, const ChangeReplies& change) {
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

}  // namespace wireproof
