#include "conversations/conversation_file.h"

#include <algorithm>
#include <map>

#include "conversations/frames.h"
#include "packets/capture/pcap_file.h"
#include "support/capture_contents.h"
#include "support/packet_builder.h"
#include "support/pcapng_writer.h"

namespace wireproof {
namespace {

// Both streams wrap soon.
constexpr std::uint32_t kClientBase = 0xfffffff0;
constexpr std::uint32_t kServerBase = 0xfffffffa;
constexpr std::uint16_t kServerPort = 7000;

struct Captured {
  Duration time{};
  std::uint32_t original_size = 0;
  LinkType link = LinkType::ethernet;
  std::uint32_t interface = 0;
  Bytes bytes;
};

// Sends the segments of a script, each with its own words before those of all.
class Wire {
 public:
  explicit Wire(const std::string& frame) : all_(frame) {}

  void send(const ScriptSegment& segment) {
    const FrameWords words = FrameWords(segment.words).with(all_);
    time_ += std::chrono::milliseconds(words.number("ms", 1));
    const bool begins_anew = FrameWords(segment.words).has("new");
    if (begins_anew) shifts_[segment.connection] += FrameWords(segment.words).number("new");
    const FrameEnds ends = ends_of(segment, words);
    if (words.has("lost")) return;
    capture(segment, ends, words);
    if (const auto otherwise = words.text("copy")) {
      std::string second = *otherwise;
      std::ranges::replace(second, ',', ' ');
      capture(segment, ends, FrameWords(second).with(words));
    }
  }
  const std::vector<Captured>& captured() const { return captured_; }

 private:
  FrameEnds ends_of(const ScriptSegment& segment, const FrameWords& words) {
    const bool is_v6 = words.has("v6");
    const auto host = static_cast<std::uint32_t>(segment.connection);
    const std::uint32_t shift = shifts_[segment.connection] + 1'000'000 * (host - 1);
    FrameEnds ends{endpoint(is_v6 ? "[2001:db8::1]:40000" : "10.0.0.1:40000"),
                   endpoint(is_v6 ? "[2001:db8::2]:7000" : "10.0.0.2:7000"), kClientBase + shift,
                   kServerBase + shift, 0};
    ends.from.port =
        static_cast<std::uint16_t>(ends.from.port + (words.has("sameport") ? 0 : host));
    ends.to.port = kServerPort;
    const bool by_client = segment.from == Side::client;
    if (!by_client) std::swap(ends.from, ends.to);
    if (!by_client) std::swap(ends.sequence_base, ends.acknowledgement_base);
    std::uint32_t& count = by_client ? client_id_ : server_id_;
    ends.identification = words.number("id", count++);
    return ends;
  }

  void capture(const ScriptSegment& segment, const FrameEnds& ends, const FrameWords& words) {
    for (Bytes& frame : build_frames(segment, ends, words)) {
      const auto size = static_cast<std::uint32_t>(frame.size());
      frame.resize(std::min<std::size_t>(frame.size(), words.number("cut", size)));
      captured_.push_back({time_, size, link_of(words), words.number("if"), std::move(frame)});
    }
  }

  FrameWords all_;
  Duration time_{};
  std::map<std::size_t, std::uint32_t> shifts_;  // of both ends' numbers, by connection
  std::uint32_t client_id_ = 1000;
  std::uint32_t server_id_ = 5000;
  std::vector<Captured> captured_;
};

void write_pcapng(const std::filesystem::path& path, const std::vector<Captured>& captured,
                  bool little) {
  Pcapng file;
  file.section(little).interface(1, 65535).interface(101, 100);
  for (const Captured& packet : captured) {
    const Duration time = (kTestStart + packet.time).time_since_epoch();
    const auto stamp = std::chrono::duration_cast<std::chrono::microseconds>(time).count();
    file.packet(packet.interface, static_cast<std::uint64_t>(stamp), as_text(packet.bytes),
                packet.original_size);
  }
  write_bytes(path, file.bytes());
}

}  // namespace

void write_conversation(const std::filesystem::path& path,
                        const std::vector<ScriptSegment>& segments, const std::string& frame,
                        const std::string& file) {
  Wire wire(frame);
  for (const ScriptSegment& segment : segments) wire.send(segment);
  const FrameWords words(file);
  if (words.has("pcapng")) {
    write_pcapng(path, wire.captured(), !words.has("swapped"));
  } else {
    PacketStore store;
    for (const Captured& packet : wire.captured()) {
      store.append({kTestStart + packet.time, packet.original_size, packet.link, packet.bytes});
    }
    write_pcap(path, store);
  }
  const std::uintmax_t size = std::filesystem::file_size(path);
  std::filesystem::resize_file(path, size - words.number("tail"));
}

}  // namespace wireproof
