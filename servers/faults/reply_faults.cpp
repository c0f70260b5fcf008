#include <utility>

#include "servers/faults/misconduct.h"

namespace wireproof {
namespace {

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
template <void (*change)(Bytes& reply)>
void change_ends(Service& service, const ServerInfo&) {
  change_replies(service, [shape = service.shape](std::vector<Bytes>& sends) {
    for (Bytes& send : sends) {
      if (!is_length(shape, send)) change(send);
    }
  });
}

void drop_last_byte(Bytes& reply) {
  if (!reply.empty()) reply.pop_back();
}

void add_byte(Bytes& reply) {
  reply.push_back(0);
}

// The first request is answered rightly: there is nothing older.
void answer_previous(Service& service, const ServerInfo&) {
  change_replies(service, [previous = std::vector<Bytes>()](std::vector<Bytes>& sends) mutable {
    if (sends.empty()) return;
    if (previous.empty()) previous = sends;
    std::swap(previous, sends);
  });
}

}  // namespace

QuirkTable reply_faults() {
  return {
      {{"drop-last-byte", "leaves the last byte of each reply out", "short-reply"},
       replies,
       change_ends<drop_last_byte>},
      {{"extra-byte", "sends a zero byte behind each reply, as the end of a C string",
        "long-reply"},
       replies,
       change_ends<add_byte>},
      {{"stale-reply", "answers a request by the reply to the one before it", "stale-reply"},
       replies_again,
       answer_previous},
  };
}

}  // namespace wireproof
