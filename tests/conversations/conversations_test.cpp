// Conversations with rare but legal TCP, each with the right verdict, and the same with a wrong
// answer behind the rare part. `check` and `table` show the same of every packet.
#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <iostream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "base/system/system_call.h"
#include "catch.h"
#include "cli/commands.h"
#include "conversations/conversation_case.h"
#include "conversations/conversation_file.h"
#include "conversations/frame_words.h"
#include "packets/capture/pcap_file.h"
#include "packets/wire/summary.h"
#include "report/capture/capture_table.h"
#include "support/temporary_folder.h"

namespace wireproof {
namespace {

using nlohmann::json;

// An output of this process that goes to a file for a while.
class Redirected {
 public:
  Redirected(int output, const std::filesystem::path& file)
      : output_(output), kept_(check_descriptor(::dup(output), "keep an output")) {
    const UniqueFd target = check_descriptor(
        ::open(file.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600), "open " + file.string());
    check_call(::dup2(target.get(), output_), "redirect an output");
  }
  ~Redirected() { ::dup2(kept_.get(), output_); }
  Redirected(const Redirected&) = delete;
  Redirected& operator=(const Redirected&) = delete;

 private:
  int output_;
  UniqueFd kept_;
};

// One of the program's commands in this process, which takes a tenth of the time; what it prints
// goes nowhere.
void run_quietly(const std::vector<std::string>& words) {
  std::cout.flush();
  std::fflush(nullptr);
  const Redirected out(STDOUT_FILENO, "/dev/null");
  const Redirected error(STDERR_FILENO, "/dev/null");
  run_program(read_command_line(words));
  flush_output();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// `open`, `talk`, `close` and their numbers stand for what is usual.
std::vector<ScriptSegment> segments_of(const std::string& script) {
  std::vector<std::string> words;
  for (const std::string& line : lines_of(script)) {
    const std::size_t digit = line.find_first_of("0123456789");
    const std::string name = line.substr(0, digit);
    const std::string number = digit == std::string::npos ? "" : line.substr(digit);
    const auto add = [&](const std::string& side, const std::string& what) {
      words.push_back(side);
      words.back().append(number).append(" ").append(what);
    };
    if (name == "open") {
      add("C", "SYN");
      add("S", "SYN");
      add("C", "ACK");
    } else if (name == "talk") {
      add("C", "\"hello\"");
      add("S", "\"HELLO\"");
    } else if (name == "close") {
      add("C", "FIN");
      add("S", "FIN");
      add("C", "ACK");
    } else {
      words.push_back(line);
    }
  }
  return script_segments(words);
}

void make_answer_wrong(std::vector<ScriptSegment>& segments) {
  for (ScriptSegment& segment : segments) {
    if (segment.from != Side::server) continue;
    std::ranges::replace(segment.payload, 'O', '0');
  }
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

std::string without_window(std::string info) {
  const std::size_t begin = info.find(" Win=");
  if (begin == std::string::npos) return info;
  return info.erase(begin, info.find(' ', begin + 1) - begin);
}

// A case as one file, judged and shown.
class Played {
 public:
  Played(const ConversationCase& item, const std::vector<ScriptSegment>& segments) {
    const std::string capture = folder_.file("a.pcap");
    const std::string report = folder_.file("report.json");
    const std::string sheet =
        std::string(WIREPROOF_SOURCE_DIR) + "/tests/conversations/sheets/" + item.sheet + ".md";
    write_conversation(capture, segments, item.frame, item.file);
    const auto check = [&](const std::vector<std::string>& options) {
      std::vector<std::string> words{"wireproof", "check",         sheet, "--capture",
                                     capture,     "--report-json", report};
      words.insert(words.end(), options.begin(), options.end());
      run_quietly(words);
      return json::parse(read_text(report)).at("run").at("scenarios").at(0);
    };
    result_ = check({}).at("result");
    all_ = check({"--all"});
    std::ostringstream table;  // the command would take std::cout away from the test's own output
    write_capture_table(*open_capture(capture), {TableFormat::json, {}}, table);
    for (const json& row : json::parse(table.str())) rows_.push_back(row);
  }

  // Empty where the verdict and its reason are right.
  std::string difference(const std::string& truth) const {
    const std::string verdict = truth.substr(0, truth.find(' '));
    const std::string words = truth.substr(std::min(truth.size(), verdict.size() + 1));
    std::string said = upper(result_.at("verdict")) + " " + std::string(result_.at("reason"));
    for (const json& failure : result_.at("rendered")) said += "\n" + std::string(failure);
    const bool is_right = said.starts_with(verdict + " ") && said.find(words) != std::string::npos;
    return is_right ? "" : "not " + truth + " but " + said;
  }
  std::string info(std::size_t packet) const { return rows_.at(packet).at("Info"); }
  std::string remark(std::size_t packet) const {
    return result_.at("packets").at(packet).at("remark");
  }
  // What `check --all` says otherwise of the only connection; empty: nothing. A sheet of several
  // is refused.
  std::string otherwise() const {
    const json& alone = all_.at("result");
    if (all_.at("repeats") != 1 || alone.at("verdict") == "error") return "";
    if (alone.at("verdict") == result_.at("verdict")) return "";
    return fmt::format("{} {}", upper(alone.at("verdict")), std::string(alone.at("reason")));
  }
  // Where `check` and `table` show a packet otherwise than each other; empty: nowhere.
  std::string disagreement() const {
    const json& packets = result_.at("packets");
    if (packets.size() != rows_.size()) return "another number of packets";
    const std::set<std::size_t> last_fragments = last_fragments_of(packets);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const std::string told = packets[i].at("remark");
      const std::string remark = rows_[i].at("Remark");
      if (!is_told_by_both(told, remark)) {
        return fmt::format("packet {}: check `{}`, table `{}`", i + 1, told, remark);
      }
      if (last_fragments.contains(i)) continue;
      const std::string checked = packets[i].at("info");
      const std::string shown = without_window(info(i)) + " ";
      const bool is_same = shown.starts_with(checked + " ") || shown.starts_with(checked + " [");
      if (!is_same || packets[i].at("length") != rows_[i].at("Len")) {
        return "packet " + std::to_string(i + 1) + ": check " + checked + ", table " + info(i);
      }
    }
    return "";
  }

 private:
  // The last fragment of a packet stands for all of it in `check`, for itself in `table`.
  static std::set<std::size_t> last_fragments_of(const json& packets) {
    std::set<std::size_t> indexes;
    for (const json& packet : packets) {
      const std::string remark = packet.at("remark");
      if (!remark.starts_with(kFragment)) continue;
      indexes.insert(std::stoul(remark.substr(kFragment.size())) - 1);
    }
    return indexes;
  }

  // `table` has no rows to be unexpected, leaves pure ACKs unsaid, and does not know which packet
  // will make a fragment's whole, or show that one before it was damaged.
  static bool is_told_by_both(const std::string& checked, const std::string& shown) {
    const bool is_own = checked.empty() || checked == "pure ACK" || checked == "unexpected" ||
                        checked == "not of this scenario" || checked.starts_with(kFragment) ||
                        (checked.starts_with("wrong checksum") && shown.empty());
    const bool is_copy = shown.starts_with("captured twice");
    return is_own ? !is_copy : shown.find(checked) != std::string::npos;
  }

  static constexpr std::string_view kFragment = "a fragment of packet ";
  TemporaryFolder folder_;
  json result_;
  json all_;  // with --all
  std::vector<json> rows_;
};

// What the tables must show of each packet: its positions.
std::vector<std::string> numbers_of(const ConversationCase& item,
                                    const std::vector<ScriptSegment>& segments) {
  std::vector<std::string> numbers;
  for (const ScriptSegment& segment : segments) {
    const FrameWords words = FrameWords(segment.words).with(FrameWords(item.frame));
    if (words.has("lost")) continue;
    std::string text = render_tcp_flags(segment.flags) + " Seq=" + std::to_string(segment.seq);
    if (segment.has(tcp_flag::kAck)) text += " Ack=" + std::to_string(segment.ack);
    text += " Len=" + std::to_string(segment.payload.size());
    if (words.has("isn") || words.has("ackisn") || words.has("udp")) text.clear();
    numbers.push_back(text);
    if (words.has("copy")) numbers.push_back(text);
  }
  return numbers;
}

void check_packets(const ConversationCase& item, const std::vector<ScriptSegment>& segments,
                   const Played& played) {
  const auto packet_of = [](const std::string& text) { return std::stoul(text) - 1; };
  const auto words_of = [](const std::string& text) { return text.substr(text.find(' ') + 1); };
  for (const std::string& remark : item.remarks) {
    INFO(remark << ", not: " << played.remark(packet_of(remark)));
    CHECK(played.remark(packet_of(remark)) == words_of(remark));
  }
  for (const std::string& row : item.rows) {
    INFO(row << ", not in: " << played.info(packet_of(row)));
    CHECK(played.info(packet_of(row)).find(words_of(row)) != std::string::npos);
  }
  if (!item.is_numbered || item.frame.find("frag=") != std::string::npos) return;
  const std::vector<std::string> numbers = numbers_of(item, segments);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    INFO("packet " << i + 1 << ": " << numbers[i] << ", not " << played.info(i));
    CHECK(without_window(played.info(i)).starts_with(numbers[i]));
  }
}

void check_case(const ConversationCase& item) {
  INFO(item.name);
  std::vector<ScriptSegment> segments = segments_of(item.script);
  const Played played(item, segments);
  std::string differs = played.difference(item.verdict);
  CHECK(played.disagreement() == "");
  CHECK(played.otherwise() == "");
  if (item.differs.empty()) check_packets(item, segments, played);
  if (!item.if_wrong.empty()) {
    make_answer_wrong(segments);
    const Played wrong(item, segments);
    const std::string also = wrong.difference(item.if_wrong);
    if (!also.empty()) differs += (differs.empty() ? "" : "; ") + ("the wrong one: " + also);
    CHECK(wrong.disagreement() == "");
    CHECK(wrong.otherwise() == "");
  }
  INFO("differs: " << (item.differs.empty() ? "not known" : item.differs));
  if (item.differs.empty()) {
    CHECK(differs == "");
  } else {
    CHECK(differs != "");
  }
}

void check_all(const std::vector<ConversationCase>& cases) {
  std::set<std::string> names;
  for (const ConversationCase& item : cases) {
    CHECK(names.insert(item.name).second);
    check_case(item);
  }
}

}  // namespace

TEST_CASE("what was lost, sent again, cut or merged does not change a verdict", "[conversations]") {
  check_all(kLossCases);
}
TEST_CASE("openings are told apart as RFC 9293 does", "[conversations]") {
  check_all(kOpeningCases);
}
TEST_CASE("ends and resets count where their receiver takes them", "[conversations]") {
  check_all(kEndingCases);
}
TEST_CASE("probes and windows change no stream", "[conversations]") {
  check_all(kWindowCases);
}
TEST_CASE("options and marks change no stream", "[conversations]") {
  check_all(kOptionCases);
}
TEST_CASE("frames of every kind are read", "[conversations]") {
  check_all(kFrameCases);
}
TEST_CASE("a part of a conversation is judged for what it shows", "[conversations]") {
  check_all(kPartCases);
}
TEST_CASE("several connections are several clients'", "[conversations]") {
  check_all(kClientCases);
}
TEST_CASE("datagrams are judged one by one", "[conversations]") {
  check_all(kDatagramCases);
}

}  // namespace wireproof
