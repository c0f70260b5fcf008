#include "servers/protocols/records.h"

namespace wireproof {
namespace {

constexpr std::size_t kRecordSize = 29;  // 1 + 4 + 4 + 20; "!" neither pads nor widens L
constexpr std::size_t kTextSize = 20;

enum class RecordReply : std::uint8_t { record, text, none };

class RecordProtocol : public StreamProtocol {
 public:
  explicit RecordProtocol(RecordReply reply) : reply_(reply) {}

  Actions on_bytes(ByteView bytes) override {
    kept_.insert(kept_.end(), bytes.begin(), bytes.end());
    Actions actions;
    ByteView rest = kept_;
    while (rest.size() >= kRecordSize) {
      const ByteView record = rest.first(kRecordSize);
      const ByteView reply = reply_ == RecordReply::text ? record.last(kTextSize) : record;
      if (reply_ != RecordReply::none) actions.sends.emplace_back(reply.begin(), reply.end());
      rest = rest.subspan(kRecordSize);
    }
    kept_.erase(kept_.begin(), kept_.end() - static_cast<std::ptrdiff_t>(rest.size()));
    return actions;
  }

 private:
  RecordReply reply_;
  Bytes kept_;  // between calls less than a record
};

MessageShape record_shape(RecordReply reply) {
  MessageShape shape;
  shape.request_size = [](ByteView) { return kRecordSize; };
  shape.max_request_size = kRecordSize;
  shape.reply_fields = [reply](ByteView) {
    const MessageField text{FieldMeaning::text, kTextSize, 1};
    if (reply == RecordReply::text) return std::vector<MessageField>{text};
    return std::vector<MessageField>{{FieldMeaning::number, 1, 1},  // version
                                     {FieldMeaning::id, 4, 8},      // order
                                     {FieldMeaning::number, 4, 8},  // size
                                     text};
  };
  return shape;
}

RecordReply parse_record_reply(const std::string& value) {
  if (value == "none") return RecordReply::none;
  return value == "text" ? RecordReply::text : RecordReply::record;
}

constexpr std::size_t kSizedHeader = 9;  // 1 + 4 + 4

enum class SizedReply : std::uint8_t { header_and_bytes, text, none };

class RecordSizedProtocol : public StreamProtocol {
 public:
  explicit RecordSizedProtocol(SizedReply reply) : reply_(reply) {}

  Actions on_bytes(ByteView bytes) override {
    kept_.insert(kept_.end(), bytes.begin(), bytes.end());
    Actions actions;
    ByteView rest = kept_;
    while (rest.size() >= kSizedHeader) {
      ByteReader header(rest);
      header.skip(1);  // version
      const std::uint32_t text_size = header.read_u32();
      if (text_size > kMaxRecordText) {
        actions.ending = Ending::refuse;
        break;
      }
      if (rest.size() < kSizedHeader + text_size) break;
      const ByteView message = rest.first(kSizedHeader + text_size);
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
        return message.subspan(kSizedHeader);
      case SizedReply::none:
        return {};
    }
    return {};
  }

  SizedReply reply_;
  Bytes kept_;  // between calls less than a message
};

std::optional<std::size_t> announced_size(ByteView stream) {
  if (stream.size() < kSizedHeader) return std::nullopt;
  ByteReader header(stream);
  header.skip(1);  // version
  return kSizedHeader + header.read_u32();
}

std::vector<MessageField> sized_fields(ByteView reply) {
  return {{FieldMeaning::number, 1, 1},        // version
          {FieldMeaning::size_of_text, 4, 8},  //
          {FieldMeaning::id, 4, 8},            // order
          {FieldMeaning::text, reply.size() - kSizedHeader, 1}};
}

std::vector<MessageField> text_alone(ByteView reply) {
  return {{FieldMeaning::text, reply.size(), 1}};
}

MessageShape record_sized_shape(SizedReply reply) {
  MessageShape shape;
  shape.request_size = announced_size;
  shape.max_request_size = kSizedHeader + kMaxRecordText;
  shape.header_size = kSizedHeader;
  shape.reply_fields = reply == SizedReply::text ? text_alone : sized_fields;
  return shape;
}

SizedReply parse_sized_reply(const std::string& value) {
  if (value == "none") return SizedReply::none;
  return value == "text" ? SizedReply::text : SizedReply::header_and_bytes;
}

}  // namespace

Service make_record(const ServerParameters& parameters) {
  const RecordReply reply = parse_record_reply(parameters.at("reply"));
  Service service;
  service.open_stream = [reply] { return std::make_unique<RecordProtocol>(reply); };
  service.shape = record_shape(reply);
  return service;
}

Service make_record_sized(const ServerParameters& parameters) {
  const SizedReply reply = parse_sized_reply(parameters.at("reply"));
  Service service;
  service.open_stream = [reply] { return std::make_unique<RecordSizedProtocol>(reply); };
  service.shape = record_sized_shape(reply);
  return service;
}

}  // namespace wireproof
