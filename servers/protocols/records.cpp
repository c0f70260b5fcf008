#include "servers/protocols/reference_servers.h"

namespace wireproof {
namespace {

constexpr std::size_t kHeaderSize = 9;       // 1 + 4 + 4; "!" neither pads nor widens L
constexpr std::size_t kRecordTextSize = 20;  // of a `record`
constexpr std::size_t kRecordSize = kHeaderSize + kRecordTextSize;

enum class RecordReply : std::uint8_t { whole, text, none };

RecordReply parse_reply(const std::string& value) {
  if (value == "none") return RecordReply::none;
  return value == "text" ? RecordReply::text : RecordReply::whole;
}

// The size of the text behind a whole header.
using TextSize = std::size_t (*)(ByteView header);

std::size_t fixed_text_size(ByteView) {
  return kRecordTextSize;
}

std::size_t announced_text_size(ByteView header) {
  ByteReader reader(header);
  reader.skip(1);  // version
  return reader.read_u32();
}

class RecordStream : public StreamProtocol {
 public:
  RecordStream(TextSize text_size, RecordReply reply) : text_size_(text_size), reply_(reply) {}

  Actions on_bytes(ByteView bytes) override {
    kept_.insert(kept_.end(), bytes.begin(), bytes.end());
    Actions actions;
    ByteView rest = kept_;
    while (rest.size() >= kHeaderSize) {
      const std::size_t text_size = text_size_(rest);
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
    if (reply_ == RecordReply::none) return {};
    return reply_ == RecordReply::text ? message.subspan(kHeaderSize) : message;
  }

  TextSize text_size_;
  RecordReply reply_;
  Bytes kept_;  // between calls less than a message
};

std::vector<MessageField> text_alone(ByteView reply) {
  return {{FieldMeaning::text, reply.size(), 1}};
}

std::vector<MessageField> record_fields(ByteView) {
  return {{FieldMeaning::number, 1, 1},  // version
          {FieldMeaning::id, 4, 8},      // order
          {FieldMeaning::number, 4, 8},  // size
          {FieldMeaning::text, kRecordTextSize, 1}};
}

std::vector<MessageField> sized_fields(ByteView reply) {
  return {{FieldMeaning::number, 1, 1},        // version
          {FieldMeaning::size_of_text, 4, 8},  //
          {FieldMeaning::id, 4, 8},            // order
          {FieldMeaning::text, reply.size() - kHeaderSize, 1}};
}

std::optional<std::size_t> announced_size(ByteView stream) {
  if (stream.size() < kHeaderSize) return std::nullopt;
  return kHeaderSize + announced_text_size(stream);
}

Service serve_records(TextSize text_size, RecordReply reply) {
  Service service;
  service.open_stream = [text_size, reply] {
    return std::make_unique<RecordStream>(text_size, reply);
  };
  return service;
}

}  // namespace

Service make_record(const ServerParameters& parameters) {
  const RecordReply reply = parse_reply(parameters.at("reply"));
  Service service = serve_records(fixed_text_size, reply);
  service.shape.request_size = [](ByteView) { return kRecordSize; };
  service.shape.max_request_size = kRecordSize;
  service.shape.reply_fields = reply == RecordReply::text ? text_alone : record_fields;
  return service;
}

Service make_record_sized(const ServerParameters& parameters) {
  const RecordReply reply = parse_reply(parameters.at("reply"));
  Service service = serve_records(announced_text_size, reply);
  service.shape.request_size = announced_size;
  service.shape.max_request_size = kHeaderSize + kMaxRecordText;
  service.shape.header_size = kHeaderSize;
  service.shape.reply_fields = reply == RecordReply::text ? text_alone : sized_fields;
  return service;
}

}  // namespace wireproof
