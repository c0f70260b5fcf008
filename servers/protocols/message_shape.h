#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/text/bytes.h"

namespace wireproof {

enum class FieldMeaning : std::uint8_t {
  id,            // a number that the client has given to its request
  number,        // any other number
  length,        // of the message that follows in a send of its own
  size_of_text,  // in bytes, of the text in the same message
  text,          // UTF-8
};

// A field of a message. Numbers are big-endian.
struct MessageField {
  FieldMeaning meaning = FieldMeaning::number;
  std::size_t size = 0;
  std::size_t native_size = 0;  // of the C type that it is on a 64-bit Linux, and its alignment
};

// What the bytes of a server's messages mean. The server itself does without; faults need it that
// are about where a message ends or what a field is.
struct MessageShape {
  // TCP: the size of the request at the beginning of a stream, as its own header says it, however
  // large; nothing as long as the header is not there.
  std::function<std::optional<std::size_t>(ByteView stream)> request_size;
  std::size_t max_request_size = 0;
  std::size_t header_size = 0;  // what a program reads by itself to know the rest; 0: nothing
  // The fields of one send of a reply, in their order; none when it is no reply.
  std::function<std::vector<MessageField>(ByteView reply)> reply_fields;
};

}  // namespace wireproof
