#include "corpus/segment_words.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>

namespace wireproof {
namespace {

const std::string kNothing = "-";

std::string our_word(const TrackedSegment& segment) {
  using Twin = TrackedSegment::Twin;
  if (segment.beside == Twin::copy) return "captured twice";
  if (segment.beside == Twin::damaged) return "damaged copy";
  if (segment.reuses_ports) return "ports used again";
  // tshark has no word for what is new, and none for a SYN that may be challenged.
  if (segment.repeat == Repeat::none || segment.repeat == Repeat::pure_ack) return kNothing;
  return render_repeat(segment.repeat);
}

// tshark may have several: the most special one counts.
std::string their_word(const TsharkRow& row) {
  constexpr std::array<std::string_view, 12> kOrder = {
      "zero_window_probe", "zero_window_probe_ack",   "keep_alive",          "keep_alive_ack",
      "reused_ports",      "spurious_retransmission", "fast_retransmission", "out_of_order",
      "retransmission",    "duplicate_ack",           "window_update",       "zero_window"};
  for (const std::string_view word : kOrder) {
    if (row.analysis.contains(word)) return std::string(word);
  }
  return kNothing;
}

// The same in both: needs no entry.
bool is_same(const std::string& ours, const std::string& theirs) {
  static const std::map<std::string, std::string> kSame = {
      {kNothing, kNothing},
      {"zero window probe", "zero_window_probe"},
      {"zero window probe with the next byte", "zero_window_probe"},
      {"zero window probe ACK", "zero_window_probe_ack"},
      {"keep-alive", "keep_alive"},
      {"keep-alive ACK", "keep_alive_ack"},
      {"ports used again", "reused_ports"},
      {"spurious retransmission", "spurious_retransmission"},
      {"fast retransmission", "fast_retransmission"},
      {"out of order", "out_of_order"},
      {"retransmission", "retransmission"},
      {"retransmission of what was not captured", "retransmission"},
      {"retransmission with other bytes", "retransmission"},
      {"duplicate ACK", "duplicate_ack"},
      {"window update", "window_update"},
      {"zero window", "zero_window"},
      {"bytes missing before it", "lost_segment"},
      {"acknowledges missing bytes", "ack_lost_segment"}};
  const auto found = kSame.find(ours);
  return found != kSame.end() && found->second == theirs;
}

std::string trimmed(std::string text) {
  text.erase(0, text.find_first_not_of(' '));
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

}  // namespace

void add_words(SegmentWords& words, const TrackedSegment& segment, const TsharkRow& row,
               const std::string& packet) {
  const auto add = [&](const std::string& ours, const std::string& theirs) {
    if (!is_same(ours, theirs)) words[{ours, theirs}].push_back(packet);
  };
  add(our_word(segment), their_word(row));
  const auto has = [&](const char* word) { return row.analysis.contains(word); };
  add(segment.skipped_bytes != 0 ? "bytes missing before it" : kNothing,
      has("lost_segment") ? "lost_segment" : kNothing);
  add(segment.unseen_bytes != 0 ? "acknowledges missing bytes" : kNothing,
      has("ack_lost_segment") ? "ack_lost_segment" : kNothing);
}

std::vector<AcceptedWords> read_accepted_words(const std::string& path) {
  std::vector<AcceptedWords> accepted;
  std::ifstream input(path);
  for (std::string line; std::getline(input, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream cells(line);
    std::string ours;
    std::string theirs;
    std::string count;
    std::getline(cells, ours, '|');
    std::getline(cells, theirs, '|');
    std::getline(cells, count, '|');
    accepted.push_back({trimmed(ours), trimmed(theirs), std::stoul(trimmed(count))});
  }
  return accepted;
}

std::vector<std::string> check_words(const SegmentWords& words,
                                     const std::vector<AcceptedWords>& accepted) {
  std::vector<std::string> wrong;
  const auto say = [&](const std::string& ours, const std::string& theirs, std::size_t expected) {
    const auto found = words.find({ours, theirs});
    const std::size_t count = found == words.end() ? 0 : found->second.size();
    if (count == expected) return;
    std::string text = ours + " | " + theirs + " | " + std::to_string(count) + " (accepted " +
                       std::to_string(expected) + "):";
    for (std::size_t i = 0; i < std::min<std::size_t>(count, 12); ++i) {
      text += " " + found->second[i];
    }
    wrong.push_back(text);
  };
  for (const AcceptedWords& entry : accepted) say(entry.ours, entry.theirs, entry.count);
  for (const auto& [pair, packets] : words) {
    const auto is_pair = [&pair = pair](const AcceptedWords& entry) {
      return entry.ours == pair.first && entry.theirs == pair.second;
    };
    if (std::ranges::none_of(accepted, is_pair)) say(pair.first, pair.second, 0);
  }
  return wrong;
}

}  // namespace wireproof
