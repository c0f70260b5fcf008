#include "expect/http/http_message.h"
#include "fuzz/targets.h"

// The first byte chooses what the rest is read as.
namespace wireproof {
namespace {

void check_read(HttpRole role, ByteView bytes, bool answers_head) {
  const HttpMessage message = read_http(role, bytes, answers_head);
  promise(!message.complete || (message.size <= bytes.size() && !message.fault),
          "a whole message lies in the bytes");
  promise(message.complete || message.fault || message.to_end || message.size > bytes.size(),
          "an unfinished message asks for more");
  promise(!message.fault || message.fault->offset <= bytes.size(), "a fault lies in the bytes");
  for (const HttpField& field : message.fields) {
    const HttpStretch place = field.value_place;
    promise(place.begin <= place.end && place.end <= bytes.size(), "a value lies in the bytes");
  }
  for (std::size_t i = 0; i < message.body.size(); i += 1 + message.body.size() / 8) {
    promise(bytes[message.body_offset(i)] == message.body[i], "the body stands in the bytes");
  }
}

}  // namespace

void fuzz_http(ByteView input) {
  if (input.empty()) return;
  const HttpRole role = (input[0] & 1) == 0 ? HttpRole::response : HttpRole::request;
  const bool answers_head = (input[0] & 2) != 0;
  const ByteView bytes = input.subspan(1);
  check_read(role, bytes, answers_head);
  // What was complete stays so whatever follows, and no beginning of it is.
  const HttpMessage whole = read_http(role, bytes, answers_head);
  if (!whole.complete || whole.size == 0) return;
  promise(!read_http(role, bytes.first(whole.size - 1), answers_head).complete,
          "a message has one end");
  promise(read_http(role, bytes.first(whole.size), answers_head).complete,
          "what follows does not matter");
}

}  // namespace wireproof
