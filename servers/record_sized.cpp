#include "servers/record_sized.h"

namespace wireproof {
namespace {

constexpr std::size_t kHeaderSize = 9;  // 1 + 4 + 4

enum class SizedReply : std::uint8_t { header_and_bytes, none };

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
      if (reply_ == SizedReply::header_and_bytes) {
        actions.sends.emplace_back(message.begin(), message.end());
      }
      rest = rest.subspan(message.size());
    }
    kept_.erase(kept_.begin(), kept_.end() - static_cast<std::ptrdiff_t>(rest.size()));
    return actions;
  }

 private:
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

MessageShape record_sized_shape() {
  MessageShape shape;
  shape.request_size = announced_size;
  shape.max_request_size = kHeaderSize + kMaxRecordText;
  shape.header_size = kHeaderSize;
  shape.reply_fields = reply_fields;
  return shape;
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
                      {"header-and-bytes", "none"},
                      "answer each message by itself (5.3), or never answer (5.2)"}};
  info.traits = {.has_messages = true,
                 .has_text = true,
                 .has_numbers = true,
                 .has_longs = true,
                 .has_ids = true,
                 .has_length = true,
                 .refuses = true};
  return {info, [](const ServerParameters& parameters) {
            const SizedReply reply =
                parameters.at("reply") == "none" ? SizedReply::none : SizedReply::header_and_bytes;
            Service service;
            service.open_stream = [reply] { return std::make_unique<RecordSizedProtocol>(reply); };
            service.shape = record_sized_shape();
            return service;
          }};
}

}  // namespace wireproof
