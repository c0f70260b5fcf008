#include "result/capture/capture_notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>

#include "base/text/bytes.h"

namespace wireproof {
namespace {

// On one line: readers take a comment's lines apart.
std::string as_line(const std::string& text) {
  std::string line = escape_control(text);
  std::ranges::replace(line, '\n', ' ');
  std::ranges::replace(line, '\t', ' ');
  return line;
}

std::string render_comment(const PacketLine& line, bool has_failed) {
  std::string comment;
  const auto add = [&comment](const char* key, const std::string& value) {
    if (value.empty()) return;
    comment += fmt::format("{}{}: {}", comment.empty() ? "" : "\n", key, as_line(value));
  };
  add("cause", render_call(line.cause, line.cause_inferred));
  add("blocked", render_call(line.blocked, line.blocked_inferred));
  add("row", render_rows(line.rows));
  const bool is_judged = has_failed || !line.rows.empty();
  add("verdict", is_judged ? (has_failed ? "fail" : "pass") : "");
  add("remark", render_remark(line.remark));  // the file says its fate
  return comment;
}

void add_names(const NotedCapture& capture, CaptureNotes& notes) {
  std::map<IpAddress, std::set<std::string>> names;
  const std::vector<Packet> packets = capture.packets.decode_all();
  const std::size_t count = std::min(packets.size(), capture.lines.size());
  for (std::size_t i = 0; i < count; ++i) {
    if (!packets[i].ip || capture.lines[i].from.empty()) continue;
    names[packets[i].ip->source].insert(capture.lines[i].from);
    names[packets[i].ip->destination].insert(capture.lines[i].to);
  }
  for (const auto& [address, all] : names) {
    const std::string name = as_line(*all.begin());
    // An address in the place of a name is none.
    const bool is_name = all.size() == 1 && name.find(render_ip_address(address)) == name.npos;
    if (is_name) notes.names.emplace_back(address, name);
  }
}

std::string render_outcome(const SocketCall& call) {
  if (call.result >= 0) return fmt::format("{} = {}", call.name, call.result);
  const char* const error = ::strerrorname_np(call.error_number);
  return fmt::format("{} = -1 {}", call.name,
                     error == nullptr ? std::to_string(call.error_number) : error);
}

void add_call(const SocketCall& call, bool waits, CaptureNotes& notes) {
  const auto add = [&](Timestamp time, const std::string& message) {
    notes.calls.push_back({time, as_line(message), as_line(call.actor), call.process});
  };
  add(call.entered, waits ? call.name + " waits" : render_outcome(call));
  if (!waits || !call.returned) return;
  add(*call.returned, fmt::format("{}, had waited {}", render_outcome(call),
                                  render_milliseconds(*call.returned - call.entered)));
}

}  // namespace

std::set<std::size_t> find_wrong_packets(const std::vector<PacketLine>& lines,
                                         const std::vector<CheckResult>& checks) {
  std::set<std::size_t> wrong;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].remark.mark == PacketMark::unexpected) wrong.insert(i);
  }
  for (const CheckResult& check : checks) {
    for (const PacketRowResult& row : check.packet_rows) {
      const bool counts = row.verdict == Verdict::fail && row.level != Level::info;
      if (counts) wrong.insert(row.packets.begin(), row.packets.end());
    }
  }
  return wrong;
}

bool has_waited(const std::vector<SocketCall>& calls, std::size_t index,
                const std::vector<CallPackets>& taken, const std::vector<PacketLine>& lines) {
  const SocketCall& call = calls[index];
  if (call.waited || index >= taken.size()) return call.waited;
  return std::ranges::any_of(taken[index].taken, [&](std::size_t packet) {
    return packet < lines.size() && lines[packet].time > call.entered;
  });
}

CaptureNotes make_capture_notes(const NotedCapture& capture,
                                const std::vector<CheckResult>& checks) {
  CaptureNotes notes;
  notes.application = "wireproof";
  notes.received = capture.soundness.received;
  notes.dropped = capture.soundness.dropped;
  const std::set<std::size_t> wrong = find_wrong_packets(capture.lines, checks);
  for (std::size_t i = 0; i < capture.lines.size(); ++i) {
    std::string comment = render_comment(capture.lines[i], wrong.contains(i));
    if (!comment.empty()) notes.comments[i] = std::move(comment);
  }
  add_names(capture, notes);
  if (!capture.with_calls) return notes;
  for (std::size_t i = 0; i < capture.calls.size(); ++i) {
    const bool waits = !capture.calls[i].returned ||
                       has_waited(capture.calls, i, capture.call_packets, capture.lines);
    add_call(capture.calls[i], waits, notes);
  }
  std::ranges::stable_sort(notes.calls, {}, &CaptureNotes::CallRow::time);
  return notes;
}

}  // namespace wireproof
