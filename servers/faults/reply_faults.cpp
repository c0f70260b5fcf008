#include <utility>

#include "servers/faults/fault_tables.h"

namespace wireproof {
namespace {

class ChangedStream : public StreamProtocol {
 public:
  ChangedStream(std::unique_ptr<StreamProtocol> inner, ChangeReplies change)
      : inner_(std::move(inner)), change_(std::move(change)) {}

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

// Somebody must be able to ask twice for the first answer to be there still.
bool replies_again(const ServerInfo& server) {
  return replies(server) && (!server.traits.closes_first || server.udp_port != 0);
}

bool is_length(const MessageShape& shape, ByteView send) {
  if (!shape.reply_fields) return false;
  const std::vector<MessageField> fields = shape.reply_fields(send);
  return fields.size() == 1 && fields.front().meaning == FieldMeaning::length;
}

// Changes the end of every reply; a length in a send of its own is not one.
Service with_changed_ends(Service service, void (*change)(Bytes& reply)) {
  const MessageShape shape = service.shape;
  return with_changed_replies(std::move(service), [shape, change](std::vector<Bytes>& sends) {
    for (Bytes& send : sends) {
      if (!is_length(shape, send)) change(send);
    }
  });
}

Service drop_last_byte(Service service) {
  return with_changed_ends(std::move(service), [](Bytes& reply) {
    if (!reply.empty()) reply.pop_back();
  });
}

Service add_byte(Service service) {
  return with_changed_ends(std::move(service), [](Bytes& reply) { reply.push_back(0); });
}

// The first request is answered rightly: there is nothing older.
Service answer_previous(Service service) {
  const auto change = [previous = std::vector<Bytes>()](std::vector<Bytes>& sends) mutable {
    if (sends.empty()) return;
    if (previous.empty()) previous = sends;
    std::swap(previous, sends);
  };
  return with_changed_replies(std::move(service), change);
}

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

std::vector<MessageFault> reply_faults() {
  return {
      {{"drop-last-byte", "leaves the last byte of each reply out", "short-reply"},
       replies,
       drop_last_byte},
      {{"extra-byte", "sends a zero byte behind each reply, as the end of a C string",
        "long-reply"},
       replies,
       add_byte},
      {{"stale-reply", "answers a request by the reply to the one before it", "stale-reply"},
       replies_again,
       answer_previous},
  };
}

}  // namespace wireproof
