#include <algorithm>
#include <utility>

#include "base/text/text_table.h"
#include "base/text/utf8.h"
#include "servers/faults/misconduct.h"
#include "servers/protocols/unicode_text.h"

namespace wireproof {
namespace {

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

bool has_numbers(const ServerInfo& server) {
  return server.traits.has_numbers;
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

// Prefix and text, or one text of which one read is taken.
bool reads_text(const ServerInfo& server) {
  return speaks_tcp(server) && (is_all_text(server) || server.traits.has_prefix);
}

}  // namespace

QuirkTable field_faults() {
  return {
      {{"swap-bytes", "writes the numbers of a reply with the least byte first", "byte-order"},
       has_numbers,
       change_fields<swap_bytes>},
      {{"native-layout",
        "replies in the layout of a C struct on this machine: padding, longs of 8 bytes, least "
        "byte first",
        "native-layout"},
       [](const ServerInfo& server) { return server.traits.has_longs; },
       change_fields<lay_out_natively>},
      {{"swap-fields", "writes two fields of a reply in the other order", "swapped-fields"},
       has_numbers,
       change_fields<swap_neighbours>},
      {{"wrong-id", "gives every reply the number 1234 instead of its request's", "wrong-id"},
       [](const ServerInfo& server) { return server.traits.has_ids; },
       change_fields<answer_one_id>},
      {{"count-chars", "gives the size of the text in characters", "counted-characters"},
       [](const ServerInfo& server) { return server.traits.has_length && server.traits.has_text; },
       change_fields<count_text>},
  };
}

QuirkTable text_faults() {
  return {
      {{"cut-30", "decodes reads of at most 30 bytes, and so half characters", "cut-character"},
       reads_text,
       cut_reads<30>},
      {{"cut-1024", "decodes reads of at most 1024 bytes, and so half characters", "cut-character"},
       [](const ServerInfo& server) {
         return speaks_tcp(server) && is_all_text(server) && !server.traits.closes_first;
       },
       cut_reads<1024>},
      {{"latin1", "answers in Latin-1 instead of UTF-8", "latin1"},
       [](const ServerInfo& server) { return is_all_text(server) && server.traits.replies; },
       answer_latin1},
  };
}

}  // namespace wireproof
