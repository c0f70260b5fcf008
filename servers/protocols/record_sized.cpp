#include "servers/protocols/record_sized.h"

namespace wireproof {
namespace {

constexpr std::size_t kHeaderSize = 9;  // 1 + 4 + 4

enum class SizedReply : std::uint8_t { header_and_bytes, text, none };

class RecordSizedProtocol : public StreamProtocol {
 public:
  explicit RecordSizedProtocol(SizedReply reply) : reply_(reply) {}

  Actions on_bytes(ByteView bytes) override {
    kept_.insert(kept_.end(), bytes.begin(), bytes.end());
    Actions actions;
    ByteView rest = kept_;
    while (rest.size() >= kHeaderSize) {
      ByteReader header(rest);
      header.skip(1);  // version
      const std::uint32_t text_size = header.read_u32();
      if (text_size > kMaxRecordText) {
        actions.ending = Ending::refuse;
        break;
      }
      if (rest.size() < kHeaderSize + text_size) break;
      const ByteView message = rest.first(kHeaderSize + text_size);
      const ByteView reply = reply_part(message);
      if (!reply.empty()) actions.sends.emplace_back(reply.begin(), reply.end());
      rest = rest.subspan(message.size());
    }
    kept_.erase(kept_.begin(), kept_.end() - static_cast<std::ptrdiff_t>(rest.size()));
    return actions;
  }

 private:
  ByteView reply_part(ByteView message) const {
    switch (reply_) {
      case SizedReply::header_and_bytes:
        return message;
      case SizedReply::text:
        return message.subspan(kHeaderSize);
      case SizedReply::none:
        return {};
    }
    return {};
  }

  SizedReply reply_;
  Bytes kept_;  // between calls less than a message
};

std::optional<std::size_t> announced_size(ByteView stream) {
  if (stream.size() < kHeaderSize) return std::nullopt;
  ByteReader header(stream);
  header.skip(1);  // version
  return kHeaderSize + header.read_u32();
}

std::vector<MessageField> reply_fields(ByteView reply) {
  return {{FieldMeaning::number, 1, 1},        // version
          {FieldMeaning::size_of_text, 4, 8},  //
          {FieldMeaning::id, 4, 8},            // order
          {FieldMeaning::text, reply.size() - kHeaderSize, 1}};
}

std::vector<MessageField> text_alone(ByteView reply) {
  return {{FieldMeaning::text, reply.size(), 1}};
}

MessageShape record_sized_shape(SizedReply reply) {
  MessageShape shape;
  shape.request_size = announced_size;
  shape.max_request_size = kHeaderSize + kMaxRecordText;
  shape.header_size = kHeaderSize;
  shape.reply_fields = reply == SizedReply::text ? text_alone : reply_fields;
  return shape;
}

SizedReply parse_reply(const std::string& value) {
  if (value == "none") return SizedReply::none;
  return value == "text" ? SizedReply::text : SizedReply::header_and_bytes;
}

}  // namespace

ReferenceServer record_sized_server() {
  ServerInfo info;
  info.name = "record-sized";
  info.tcp_port = 5005;
  info.protocol =
      "header `!BLL` (version, size, order), then size bytes; answered by header and bytes";
  info.origin = "Redes de Comunicações, guide 6, exercise 5";
  info.parameters = {{"reply",
                      {"header-and-bytes", "text", "none"},
                      "answer each message by itself (5.3) or by its text, or never answer (5.2)"}};
  info.traits = {.has_messages = true,
                 .has_text = true,
                 .has_numbers = true,
                 .has_longs = true,
                 .has_ids = true,
                 .has_length = true,
                 .refuses = true};
  return {info, [](const ServerParameters& parameters) {
            const SizedReply reply = parse_reply(parameters.at("reply"));
            Service service;
            service.open_stream = [reply] { return std::make_unique<RecordSizedProtocol>(reply); };
            service.shape = record_sized_shape(reply);
            return service;
          }};
}

}  // namespace wireproof
