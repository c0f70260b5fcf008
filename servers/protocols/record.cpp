#include "servers/protocols/record.h"

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

RecordReply parse_reply(const std::string& value) {
  if (value == "none") return RecordReply::none;
  return value == "text" ? RecordReply::text : RecordReply::record;
}

}  // namespace

ReferenceServer record_server() {
  ServerInfo info;
  info.name = "record";
  info.tcp_port = 5005;
  info.protocol =
      "29-byte records `!BLL20s` (version, order, size, text padded with `-`), each answered by "
      "the same record";
  info.origin = "Redes de Comunicações, guide 6, exercise 4";
  info.parameters = {{"reply",
                      {"record", "text", "none"},
                      "answer each record by itself (4.3) or by its text, or never answer (4.2)"}};
  info.traits = {.has_messages = true,
                 .has_text = true,
                 .has_numbers = true,
                 .has_longs = true,
                 .has_ids = true};
  return {info, [](const ServerParameters& parameters) {
            const RecordReply reply = parse_reply(parameters.at("reply"));
            Service service;
            service.open_stream = [reply] { return std::make_unique<RecordProtocol>(reply); };
            service.shape = record_shape(reply);
            return service;
          }};
}

}  // namespace wireproof
