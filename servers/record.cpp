#include "servers/record.h"

namespace wireproof {
namespace {

constexpr std::size_t kRecordSize = 29;  // 1 + 4 + 4 + 20; "!" neither pads nor widens L

enum class RecordReply : std::uint8_t { record, none };

class RecordProtocol : public StreamProtocol {
 public:
  explicit RecordProtocol(RecordReply reply) : reply_(reply) {}

  Actions on_bytes(ByteView bytes) override {
    kept_.insert(kept_.end(), bytes.begin(), bytes.end());
    Actions actions;
    ByteView rest = kept_;
    while (rest.size() >= kRecordSize) {
      const ByteView record = rest.first(kRecordSize);
      if (reply_ == RecordReply::record) actions.sends.emplace_back(record.begin(), record.end());
      rest = rest.subspan(kRecordSize);
    }
    kept_.erase(kept_.begin(), kept_.end() - static_cast<std::ptrdiff_t>(rest.size()));
    return actions;
  }

 private:
  RecordReply reply_;
  Bytes kept_;  // between calls less than a record
};

MessageShape record_shape() {
  MessageShape shape;
  shape.request_size = [](ByteView) { return kRecordSize; };
  shape.max_request_size = kRecordSize;
  shape.reply_fields = [](ByteView) {
    return std::vector<MessageField>{{FieldMeaning::number, 1, 1},  // version
                                     {FieldMeaning::id, 4, 8},      // order
                                     {FieldMeaning::number, 4, 8},  // size
                                     {FieldMeaning::text, 20, 1}};
  };
  return shape;
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
  info.parameters = {
      {"reply", {"record", "none"}, "answer each record by itself (4.3), or never answer (4.2)"}};
  info.traits = {.has_messages = true,
                 .has_text = true,
                 .has_numbers = true,
                 .has_longs = true,
                 .has_ids = true};
  return {info, [](const ServerParameters& parameters) {
            const RecordReply reply =
                parameters.at("reply") == "none" ? RecordReply::none : RecordReply::record;
            Service service;
            service.open_stream = [reply] { return std::make_unique<RecordProtocol>(reply); };
            service.shape = record_shape();
            return service;
          }};
}

}  // namespace wireproof
