#include "servers/faults/fault_tables.h"

#include <utility>

namespace wireproof {
namespace {

class ChangedStream : public StreamProtocol {
 public:
  ChangedStream(std::unique_ptr<StreamProtocol> inner, StreamChange change)
      : inner_(std::move(inner)), change_(std::move(change)) {}

  Actions on_bytes(ByteView bytes) override {
    return replied(change_.on_bytes ? change_.on_bytes(*inner_, bytes) : inner_->on_bytes(bytes));
  }
  Actions on_eof() override {
    return replied(change_.on_eof ? change_.on_eof(*inner_) : inner_->on_eof());
  }

 private:
  Actions replied(Actions actions) const {
    if (change_.replies) change_.replies(actions.sends);
    return actions;
  }

  std::unique_ptr<StreamProtocol> inner_;
  StreamChange change_;
};

class ChangedDatagrams : public DatagramProtocol {
 public:
  ChangedDatagrams(std::unique_ptr<DatagramProtocol> inner, ChangeDatagrams change)
      : inner_(std::move(inner)), change_(std::move(change)) {}

  std::vector<Bytes> on_datagram(ByteView datagram) override { return change_(*inner_, datagram); }

 private:
  std::unique_ptr<DatagramProtocol> inner_;
  ChangeDatagrams change_;
};

}  // namespace

void change_stream(Service& service, const StreamChange& change) {
  if (!service.open_stream) return;
  service.open_stream = [open = service.open_stream, change] {
    return std::make_unique<ChangedStream>(open(), change);
  };
}

void change_datagrams(Service& service, const ChangeDatagrams& change) {
  if (!service.open_datagrams) return;
  service.open_datagrams = [open = service.open_datagrams, change] {
    return std::make_unique<ChangedDatagrams>(open(), change);
  };
}

void change_replies(Service& service, const ChangeReplies& change) {
  change_stream(service, {.replies = change});
  change_datagrams(service, [change](DatagramProtocol& inner, ByteView datagram) {
    std::vector<Bytes> replies = inner.on_datagram(datagram);
    change(replies);
    return replies;
  });
}

QuirkTable join_tables(const std::vector<QuirkTable>& tables) {
  QuirkTable all;
  for (const QuirkTable& table : tables) all.insert(all.end(), table.begin(), table.end());
  return all;
}

const QuirkTable& message_faults() {
  static const QuirkTable kAll =
      join_tables({reply_faults(), field_faults(), text_faults(), boundary_faults(), input_faults(),
                   datagram_faults()});
  return kAll;
}

}  // namespace wireproof
