#include <algorithm>
#include <string>
#include <utility>

#include "base/text/text_table.h"
#include "base/text/utf8.h"
#include "servers/faults/misconduct.h"
#include "servers/protocols/unicode_text.h"

namespace wireproof {
namespace {

// Somebody must be able to ask twice for the first answer to be there still.
bool replies_again(const ServerInfo& server) {
  return server.traits.replies && (!server.traits.closes_first || server.udp_port != 0);
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

// As from a buffer that was empty before.
void fill_buffer(Bytes& reply) {
  constexpr std::size_t kBufferSize = 128;
  reply.resize(std::max(reply.size() + 2, kBufferSize));
}

void end_line(Bytes& reply) {
  reply.push_back('\n');
}

void drop_blank(Service& service, const ServerInfo& server) {
  const std::string prefix = server.find_parameter("prefix")->values.front();
  change_replies(service, [prefix](std::vector<Bytes>& sends) {
    for (Bytes& send : sends) {
      if (!as_text(send).starts_with(prefix)) continue;
      send.erase(send.begin() + static_cast<std::ptrdiff_t>(prefix.size()) - 1);
    }
  });
}

// The first request is answered rightly: there is nothing older.
void answer_previous(Service& service, const ServerInfo&) {
  change_replies(service, [previous = std::vector<Bytes>()](std::vector<Bytes>& sends) mutable {
    if (sends.empty()) return;
    if (previous.empty()) previous = sends;
    std::swap(previous, sends);
  });
}

constexpr std::uint8_t kPadding = '-';

// What the published server that this is taken from answers to everybody.
constexpr std::uint32_t kWrongId = 1234;

struct Field {
  MessageField type;
  Bytes bytes;
};

using Fields = std::vector<Field>;

// No fields where the send is shorter than its layout.
Fields split_fields(const MessageShape& shape, ByteView send) {
  Fields fields;
  ByteReader reader(send);
  for (const MessageField& type : shape.reply_fields(send)) {
    const ByteView bytes = reader.read_bytes(type.size);
    fields.push_back({type, Bytes(bytes.begin(), bytes.end())});
  }
  return reader.failed() ? Fields() : fields;
}

template <void (*change)(Fields& fields)>
void change_fields(Service& service, const ServerInfo&) {
  change_replies(service, [shape = service.shape](std::vector<Bytes>& sends) {
    for (Bytes& send : sends) {
      Fields fields = split_fields(shape, send);
      if (fields.empty()) continue;
      change(fields);
      send.clear();
      for (const Field& field : fields) {
        send.insert(send.end(), field.bytes.begin(), field.bytes.end());
      }
    }
  });
}

bool is_number(const Field& field) {
  return field.type.meaning != FieldMeaning::text;
}

Bytes number_bytes(std::uint32_t value) {
  ByteWriter writer;
  writer.write_u32(value);
  return writer.take();
}

void swap_bytes(Fields& fields) {
  for (Field& field : fields) {
    if (is_number(field)) std::ranges::reverse(field.bytes);
  }
}

// As a compiler lays a struct out that nobody told otherwise (Python: no `!`): every field at a
// multiple of its size, C's size for each, least byte first.
void lay_out_natively(Fields& fields) {
  swap_bytes(fields);
  std::size_t offset = 0;
  for (Field& field : fields) {
    const std::size_t alignment = field.type.native_size;
    if (is_number(field)) field.bytes.resize(alignment);
    const std::size_t padding = (alignment - offset % alignment) % alignment;
    field.bytes.insert(field.bytes.begin(), padding, 0);
    offset += field.bytes.size();
  }
}

// The last two neighbours that are numbers of the same size.
void swap_neighbours(Fields& fields) {
  for (std::size_t i = fields.size(); i > 1; --i) {
    Field& left = fields[i - 2];
    Field& right = fields[i - 1];
    if (!is_number(left) || !is_number(right) || left.type.size != right.type.size) continue;
    std::swap(left.bytes, right.bytes);
    return;
  }
}

void pad_with_zeros(Fields& fields) {
  for (Field& field : fields) {
    if (is_number(field)) continue;
    const auto padding = std::ranges::find_if(field.bytes.rbegin(), field.bytes.rend(),
                                              [](std::uint8_t byte) { return byte != kPadding; });
    std::fill(padding.base(), field.bytes.end(), std::uint8_t{0});
  }
}

void answer_one_id(Fields& fields) {
  for (Field& field : fields) {
    if (field.type.meaning == FieldMeaning::id) field.bytes = number_bytes(kWrongId);
  }
}

void count_text(Fields& fields) {
  const auto count = static_cast<std::uint32_t>(text_width(as_text(fields.back().bytes)));
  for (Field& field : fields) {
    if (field.type.meaning == FieldMeaning::size_of_text) field.bytes = number_bytes(count);
  }
}

// Every read decoded by itself: what is left of a character at either end is none.
template <std::size_t size>
void cut_reads(Service& service, const ServerInfo&) {
  service.stream_read_size = std::min(service.stream_read_size, size);
  change_stream(service, {.on_bytes = [](StreamProtocol& inner, ByteView bytes) {
                  return inner.on_bytes(valid_utf8(bytes));
                }});
}

// `?` for what Latin-1 has no character for, as encoders do.
Bytes encode_latin1(std::string_view text) {
  constexpr char32_t kLastOfLatin1 = 0xff;
  Bytes encoded;
  for (std::size_t offset = 0; offset < text.size();) {
    const CodePoint point = decode_code_point(text, offset);
    const bool known = point.value <= kLastOfLatin1;
    encoded.push_back(known ? static_cast<std::uint8_t>(point.value) : std::uint8_t{'?'});
    offset += point.size;
  }
  return encoded;
}

void answer_latin1(Service& service, const ServerInfo&) {
  change_replies(service, [](std::vector<Bytes>& sends) {
    for (Bytes& send : sends) send = encode_latin1(as_text(send));
  });
}

// A text is not one of several fields.
bool is_all_text(const ServerInfo& server) {
  return server.traits.has_text && !server.traits.has_messages;
}

bool replies_text(const ServerInfo& server) {
  return is_all_text(server) && server.traits.replies;
}

// Prefix and text, or one text of which one read is taken.
bool reads_text(const ServerInfo& server) {
  return speaks_tcp(server) && (is_all_text(server) || server.traits.has_prefix);
}

constexpr std::size_t kSmallBuffer = 512;

void reply_twice(Service& service, const ServerInfo&) {
  change_datagrams(service, [](DatagramProtocol& inner, ByteView datagram) {
    std::vector<Bytes> twice;
    for (const Bytes& reply : inner.on_datagram(datagram)) twice.insert(twice.end(), 2, reply);
    return twice;
  });
}

void drop_third(Service& service, const ServerInfo&) {
  change_datagrams(service, [count = 0U](DatagramProtocol& inner, ByteView datagram) mutable {
    std::vector<Bytes> replies = inner.on_datagram(datagram);
    if (++count % 3 == 0) replies.clear();
    return replies;
  });
}

void die_on_empty(Service& service, const ServerInfo&) {
  change_datagrams(service, [](DatagramProtocol& inner, ByteView datagram) {
    if (datagram.empty()) throw DeadlyInput("an empty datagram");
    return inner.on_datagram(datagram);
  });
}

void truncate(Service& service, const ServerInfo&) {
  service.datagram_read_size = std::min(service.datagram_read_size, kSmallBuffer);
}

bool speaks_udp(const ServerInfo& server) {
  return server.udp_port != 0;
}

bool replies_by_udp(const ServerInfo& server) {
  return speaks_udp(server) && server.traits.replies;
}

}  // namespace

QuirkTable reply_faults() {
  return {
      {{"drop-last-byte", "leaves the last byte of each reply out", "short-reply"},
       has<&ServerTraits::replies>,
       change_ends<drop_last_byte>},
      {{"extra-byte", "sends a zero byte behind each reply, as the end of a C string",
        "long-reply"},
       has<&ServerTraits::replies>,
       change_ends<add_byte>},
      {{"stale-reply", "answers a request by the reply to the one before it", "stale-reply"},
       replies_again,
       answer_previous},
      {{"swap-bytes", "writes the numbers of a reply with the least byte first", "byte-order"},
       has<&ServerTraits::has_numbers>,
       change_fields<swap_bytes>},
      {{"native-layout",
        "replies in the layout of a C struct on this machine: padding, longs of 8 bytes, least "
        "byte first",
        "native-layout"},
       has<&ServerTraits::has_longs>,
       change_fields<lay_out_natively>},
      {{"swap-fields", "writes two fields of a reply in the other order", "swapped-fields"},
       has<&ServerTraits::has_numbers>,
       change_fields<swap_neighbours>},
      {{"zero-padding", "fills the text up with zeros", "wrong-padding"},
       has<&ServerTraits::pads_text>,
       change_fields<pad_with_zeros>},
      {{"wrong-id", "gives every reply the number 1234 instead of its request's", "wrong-id"},
       has<&ServerTraits::has_ids>,
       change_fields<answer_one_id>},
      {{"count-chars", "gives the size of the text in characters", "counted-characters"},
       [](const ServerInfo& server) { return server.traits.has_length && server.traits.has_text; },
       change_fields<count_text>},
      {{"cut-30", "decodes reads of at most 30 bytes, and so half characters", "cut-character"},
       reads_text,
       cut_reads<30>},
      {{"cut-1024", "decodes reads of at most 1024 bytes, and so half characters", "cut-character"},
       [](const ServerInfo& server) {
         return speaks_tcp(server) && is_all_text(server) && !server.traits.closes_first;
       },
       cut_reads<1024>},
      {{"latin1", "answers in Latin-1 instead of UTF-8", "latin1"}, replies_text, answer_latin1},
      {{"no-blank", "leaves the blank at the end of its prefix out", "wrong-beginning"},
       has<&ServerTraits::has_prefix>,
       drop_blank},
      {{"whole-buffer", "sends its whole buffer, with zeros behind the text", "zeros-behind"},
       replies_text,
       change_ends<fill_buffer>},
      {{"line-end", "sends a line end behind each text", "line-end-behind"},
       replies_text,
       change_ends<end_line>},
  };
}

QuirkTable datagram_faults() {
  return {
      {{"reply-from-other-port", "answers a datagram from another port than it was sent to",
        "other-port"},
       replies_by_udp,
       [](Service& service, const ServerInfo&) { service.datagrams_from_other_port = true; }},
      {{"duplicate-reply", "answers every datagram twice", "duplicate-reply"},
       replies_by_udp,
       reply_twice},
      {{"drop-third", "does not answer every third datagram", "lost-reply"},
       replies_by_udp,
       drop_third},
      {{"truncate", "reads at most 512 bytes of a datagram", "truncated-datagram"},
       replies_by_udp,
       truncate},
      {{"die-on-empty", "ends on an empty datagram", "died-on-input"}, speaks_udp, die_on_empty},
  };
}

}  // namespace wireproof
