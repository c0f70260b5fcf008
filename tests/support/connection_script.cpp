#include "support/connection_script.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <map>
#include <sstream>

#include "support/packet_builder.h"

namespace wireproof {
namespace {

constexpr std::uint32_t kClientInitial = 0xFFFFFFF0;
constexpr std::uint32_t kServerInitial = 0xFFFFFFFA;

const std::map<std::string, std::uint16_t> kFlags = {
    {"SYN", tcp_flag::kSyn}, {"FIN", tcp_flag::kFin}, {"RST", tcp_flag::kRst},
    {"PSH", tcp_flag::kPsh}, {"ACK", tcp_flag::kAck}, {"URG", tcp_flag::kUrg},
    {"ECE", tcp_flag::kEce}, {"CWR", tcp_flag::kCwr}, {"AE", tcp_flag::kAe}};

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) {
    if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

std::uint64_t number_after(const std::string& word, std::size_t prefix) {
  return std::stoull(word.substr(prefix));
}

Side parse_side(const std::string& word) {
  assert(word.front() == 'C' || word.front() == 'S');
  return word.front() == 'C' ? Side::client : Side::server;
}

// `"text"`, or `"A"*3000`.
std::string written_payload(const std::string& part) {
  const std::size_t end = part.rfind('"');
  const std::string text = part.substr(1, end - 1);
  if (end + 1 == part.size()) return text;
  std::string payload;
  for (std::uint64_t times = number_after(part, end + 2); times > 0; --times) payload += text;
  return payload;
}

PacketFate read_fate(const std::string& part) {
  if (part == "fate=corrupted_right") return PacketFate::corrupted_right;
  for (int number = 0; number <= static_cast<int>(PacketFate::cut); ++number) {
    const auto fate = static_cast<PacketFate>(number);
    if (part == "fate=" + fate_words(fate)) return fate;
  }
  assert(false);
  return PacketFate::arrived;
}

bool is_size(const std::string& part) {
  return part.find_first_not_of("0123456789") == std::string::npos;
}

void read_part(const std::string& part, ScriptSegment& segment) {
  if (kFlags.contains(part)) {
    segment.flags |= kFlags.at(part);
  } else if (part == "noack") {
    segment.ack = 0;
  } else if (part.starts_with("ack=")) {
    segment.ack = number_after(part, 4);
  } else if (part.starts_with("seq=")) {
    segment.seq = number_after(part, 4);
  } else if (part.starts_with("win=")) {
    segment.window = static_cast<std::uint16_t>(number_after(part, 4));
  } else if (part.starts_with("fate=")) {
    segment.fate = read_fate(part);
  } else if (part.front() == '"') {
    segment.payload = written_payload(part);
  } else if (part != "nopsh" && !is_size(part)) {
    segment.words.push_back(part);
  }
}

}  // namespace

std::uint64_t ScriptSegment::end() const {
  return seq + payload.size() + (has(tcp_flag::kSyn) ? 1U : 0U) + (has(tcp_flag::kFin) ? 1U : 0U);
}

std::string stream_text(Side from, std::uint64_t begin, std::uint64_t end) {
  std::string text;
  const char first = from == Side::client ? 'a' : 'A';
  for (std::uint64_t at = begin; at < end; ++at) {
    text += static_cast<char>(first + static_cast<char>(at * at % 23));
  }
  return text;
}

ScriptCapture capture_segments(const std::vector<ScriptSegment>& segments) {
  ScriptCapture capture;
  capture.store = std::make_unique<PacketStore>();
  const Endpoint client = endpoint("127.0.0.2:40000");
  const Endpoint server = endpoint("127.0.0.1:7000");
  Duration time{};
  for (const ScriptSegment& segment : segments) {
    const bool by_client = segment.from == Side::client;
    TestSegment test;
    test.time = time += std::chrono::milliseconds(1);
    test.from = by_client ? client : server;
    test.to = by_client ? server : client;
    test.flags = segment.flags;
    const std::uint32_t own = by_client ? kClientInitial : kServerInitial;
    const std::uint32_t other = by_client ? kServerInitial : kClientInitial;
    test.sequence = own + static_cast<std::uint32_t>(segment.seq);
    if (segment.has(tcp_flag::kAck)) {
      test.acknowledgement = other + static_cast<std::uint32_t>(segment.ack);
    }
    test.window = segment.window;
    test.payload = segment.payload;
    test.fate = segment.fate;
    append(*capture.store, test);
  }
  capture.packets = capture.store->decode_all();
  capture.conversations = build_conversations(capture.packets, 7000, 0);
  return capture;
}

std::vector<ScriptSegment> script_segments(const std::vector<std::string>& words) {
  std::vector<ScriptSegment> segments;
  std::map<std::size_t, std::array<std::uint64_t, 2>> connections;
  for (const std::string& text : words) {
    const std::vector<std::string> parts = split(text, ' ');
    ScriptSegment segment;
    segment.from = parse_side(parts.front());
    segment.connection = parts.front().size() == 1 ? 1 : number_after(parts.front(), 1);
    std::array<std::uint64_t, 2>& next = connections[segment.connection];
    const bool is_new =
        std::ranges::any_of(parts, [](const std::string& part) { return part.starts_with("new"); });
    if (is_new) next = {0, 0};
    const bool by_client = segment.from == Side::client;
    std::uint64_t& own = next[by_client ? 0 : 1];
    segment.seq = own;
    segment.ack = next[by_client ? 1 : 0];
    for (std::size_t index = 1; index < parts.size(); ++index) read_part(parts[index], segment);
    const auto size = std::ranges::find_if(parts, is_size);
    if (size != parts.end()) {
      const std::uint64_t end = segment.seq + std::stoull(*size);
      segment.payload = stream_text(segment.from, segment.seq, end);
    }
    if (segment.ack > 0) segment.flags |= tcp_flag::kAck;
    const bool pushes = std::ranges::find(parts, "nopsh") == parts.end();
    if (!segment.payload.empty() && pushes) segment.flags |= tcp_flag::kPsh;
    own = std::max(own, segment.end());
    segments.push_back(segment);
  }
  return segments;
}

ScriptCapture capture_script(const std::vector<std::string>& words) {
  return capture_segments(script_segments(words));
}

std::vector<Row> script_rows(const std::vector<std::string>& words) {
  std::vector<Row> rows;
  for (const std::string& text : words) {
    Row row;
    row.number = rows.size() + 1;
    if (text == "…") {
      row.kind = RowKind::anything;
      rows.push_back(row);
      continue;
    }
    const std::vector<std::string> parts = split(text, ' ');
    row.from = parse_side(parts.front());
    for (const std::string& flag : split(parts.at(1), ',')) row.flags |= kFlags.at(flag);
    for (std::size_t index = 2; index < parts.size(); ++index) {
      const std::string& part = parts[index];
      if (part == "should" || part == "info") {
        row.level = part == "should" ? Level::should : Level::info;
      } else if (part == "any") {
        row.any_order = true;
      } else if (part == "again") {
        row.again = true;
      } else if (part.starts_with("fate=")) {
        row.fate = read_fate(part);
      } else {
        const std::size_t dots = part.find("..");
        const std::uint64_t least = std::stoull(part);
        row.length = Range{least, dots == std::string::npos ? least : number_after(part, dots + 2)};
      }
    }
    rows.push_back(row);
  }
  return rows;
}

}  // namespace wireproof
