#include "report/report.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/safe_text.h"
#include "result/packet_line.h"

namespace wireproof {
namespace {

constexpr std::size_t kMaxNoteSize = 200;  // of the last line

// Mermaid ends a statement at `;`, and reads `#…;` as a character and `<…>` as HTML.
std::string mermaid_text(const std::string& text) {
  std::string safe;
  for (const char c : one_line(text)) {
    switch (c) {
      case ';':
        safe += "#59;";
        break;
      case '#':
        safe += "#35;";
        break;
      case '<':
        safe += "#lt;";
        break;
      case '>':
        safe += "#gt;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

bool is_pure_ack(const PacketLine& packet) {
  return packet.remark.mark == PacketMark::repeat && packet.remark.repeat == Repeat::pure_ack;
}

// A lost one ends with a cross.
const char* arrow_of(const PacketLine& packet) {
  if (packet.fate == PacketFate::lost) return is_pure_ack(packet) ? "--x" : "-x";
  return is_pure_ack(packet) ? "-->>" : "->>";
}

// "[SYN] Seq=0 Len=0", then "connect, ends accept".
std::string message_text(const PacketLine& packet) {
  std::string text = mermaid_text(packet.info);
  if (packet.fate != PacketFate::arrived) text += fmt::format(", {}", render_fate(packet.fate));
  if (packet.cause.empty() && packet.blocked.empty()) return text;
  text += "<br/>" + mermaid_text(render_call(packet.cause, packet.cause_inferred));
  if (packet.blocked.empty()) return text;
  return text + ", ends " + mermaid_text(render_call(packet.blocked, packet.blocked_inferred));
}

// Names with blanks or colons cannot stand in an arrow: a participant is p1, p2, …
class Participants {
 public:
  std::string alias(const std::string& name) {
    const auto found = std::ranges::find(names_, name);
    const auto index = static_cast<std::size_t>(found - names_.begin());
    if (found == names_.end()) names_.push_back(name);
    return fmt::format("p{}", index + 1);
  }
  std::string declarations() const {
    std::string text;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      text += fmt::format("    participant p{} as {}\n", i + 1, mermaid_text(names_[i]));
    }
    return text;
  }
  std::size_t count() const { return names_.size(); }

 private:
  std::vector<std::string> names_;
};

}  // namespace

std::string render_mermaid(const std::vector<PacketLine>& packets) {
  Participants participants;
  std::string arrows;
  for (std::size_t index = 0; index < packets.size(); ++index) {
    const PacketLine& packet = packets[index];
    const std::string from = participants.alias(packet.from);
    const std::string to = participants.alias(packet.to);
    const std::string line =
        fmt::format("    {}{}{}: {}\n", from, arrow_of(packet), to, message_text(packet));
    const std::size_t size = participants.declarations().size() + arrows.size() + line.size();
    if (size + kMaxNoteSize > kMaxMermaidSize) {
      arrows += fmt::format("    Note over p1,p{}: {} more packets\n", participants.count(),
                            packets.size() - index);
      break;
    }
    arrows += line;
  }
  return "sequenceDiagram\n" + participants.declarations() + arrows;
}

}  // namespace wireproof
