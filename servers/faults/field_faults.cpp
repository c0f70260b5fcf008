#include <algorithm>
#include <utility>

#include "base/text/utf8.h"
#include "servers/faults/fault_tables.h"
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

Service with_changed_fields(Service service, void (*change)(Fields& fields)) {
  const MessageShape shape = service.shape;
  return with_changed_replies(std::move(service), [shape, change](std::vector<Bytes>& sends) {
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

std::uint32_t count_characters(std::string_view text) {
  std::uint32_t count = 0;
  for (std::size_t offset = 0; offset < text.size(); ++count) {
    offset += decode_code_point(text, offset).size;
  }
  return count;
}

void count_text(Fields& fields) {
  const std::uint32_t count = count_characters(as_text(fields.back().bytes));
  for (Field& field : fields) {
    if (field.type.meaning == FieldMeaning::size_of_text) field.bytes = number_bytes(count);
  }
}

template <void (*change)(Fields& fields)>
Service wrap(Service service) {
  return with_changed_fields(std::move(service), change);
}

bool has_numbers(const ServerInfo& server) {
  return server.traits.has_numbers;
}

bool has_longs(const ServerInfo& server) {
  return server.traits.has_longs;
}

bool has_ids(const ServerInfo& server) {
  return server.traits.has_ids;
}

bool has_sized_text(const ServerInfo& server) {
  return server.traits.has_length && server.traits.has_text;
}

// Every read decoded by itself: what is left of a character at either end is none.
class DecodedReads : public StreamProtocol {
 public:
  explicit DecodedReads(std::unique_ptr<StreamProtocol> inner) : inner_(std::move(inner)) {}

  Actions on_bytes(ByteView bytes) override { return inner_->on_bytes(valid_utf8(bytes)); }
  Actions on_eof() override { return inner_->on_eof(); }

 private:
  std::unique_ptr<StreamProtocol> inner_;
};

template <std::size_t size>
Service cut_reads(Service service) {
  service.stream_read_size = std::min(service.stream_read_size, size);
  service.open_stream = [open = service.open_stream] {
    return std::make_unique<DecodedReads>(open());
  };
  return service;
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

Service answer_latin1(Service service) {
  return with_changed_replies(std::move(service), [](std::vector<Bytes>& sends) {
    for (Bytes& send : sends) send = encode_latin1(as_text(send));
  });
}

// A text is not one of several fields.
bool is_all_text(const ServerInfo& server) {
  return server.traits.has_text && !server.traits.has_messages;
}

bool replies_with_text(const ServerInfo& server) {
  return is_all_text(server) && server.traits.replies;
}

// Prefix and text, or one text of which one read is taken.
bool reads_text(const ServerInfo& server) {
  return server.tcp_port != 0 && (is_all_text(server) || server.traits.has_prefix);
}

bool reads_text_in_chunks(const ServerInfo& server) {
  return server.tcp_port != 0 && is_all_text(server) && !server.traits.closes_first;
}

}  // namespace

std::vector<MessageFault> field_faults() {
  return {
      {{"swap-bytes", "writes the numbers of a reply with the least byte first", "byte-order"},
       has_numbers,
       wrap<swap_bytes>},
      {{"native-layout",
        "replies in the layout of a C struct on this machine: padding, longs of 8 bytes, least "
        "byte first",
        "native-layout"},
       has_longs,
       wrap<lay_out_natively>},
      {{"swap-fields", "writes two fields of a reply in the other order", "swapped-fields"},
       has_numbers,
       wrap<swap_neighbours>},
      {{"wrong-id", "gives every reply the number 1234 instead of its request's", "wrong-id"},
       has_ids,
       wrap<answer_one_id>},
      {{"count-chars", "gives the size of the text in characters", "counted-characters"},
       has_sized_text,
       wrap<count_text>},
  };
}

std::vector<MessageFault> text_faults() {
  return {
      {{"cut-30", "decodes reads of at most 30 bytes, and so half characters", "cut-character"},
       reads_text,
       cut_reads<30>},
      {{"cut-1024", "decodes reads of at most 1024 bytes, and so half characters", "cut-character"},
       reads_text_in_chunks,
       cut_reads<1024>},
      {{"latin1", "answers in Latin-1 instead of UTF-8", "latin1"},
       replies_with_text,
       answer_latin1},
  };
}

}  // namespace wireproof
