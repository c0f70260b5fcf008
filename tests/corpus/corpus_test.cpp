#include <fnmatch.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <future>
#include <iostream>
#include <sstream>

#include "catch.h"
#include "corpus/segment_words.h"
#include "corpus/tshark.h"
#include "packets/capture/pcap_file.h"
#include "packets/flow/flow_numbers.h"
#include "packets/flow/tcp_connection.h"
#include "report/capture/capture_table.h"
#include "wireshark/tshark_run.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;

const fs::path kCorpus = fs::path(WIREPROOF_SOURCE_DIR) / ".." / "shared" / "corpus";
const fs::path kDifferences =
    fs::path(WIREPROOF_SOURCE_DIR) / "tests" / "corpus" / "tshark_differences.txt";
const std::string kWords =
    (fs::path(WIREPROOF_SOURCE_DIR) / "tests" / "corpus" / "tshark_words.txt").string();
constexpr int kSkipped = 77;  // CTest's SKIP_RETURN_CODE

// Beside the captures lie notes and format descriptions.
bool is_capture(const fs::directory_entry& entry) {
  const fs::path extension = entry.path().extension();
  return entry.is_regular_file() && extension != ".md" && extension != ".ksy";
}

std::vector<fs::path> corpus_files() {
  std::vector<fs::path> files;
  if (!fs::exists(kCorpus)) return files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(kCorpus)) {
    if (is_capture(entry)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// A line of tshark_differences.txt: file pattern, protocols pattern, reason.
struct Accepted {
  std::string file;
  std::string what;
};

std::vector<Accepted> read_accepted() {
  std::vector<Accepted> accepted;
  std::ifstream input(kDifferences);
  for (std::string line; std::getline(input, line);) {
    std::istringstream words(line);
    Accepted entry;
    if (line.empty() || line[0] == '#' || !(words >> entry.file >> entry.what)) continue;
    accepted.push_back(entry);
  }
  return accepted;
}

std::string row_text(const std::string& transport, const std::string& source,
                     const std::string& destination) {
  return transport + " " + source + " > " + destination;
}

std::string number_text(const char* label, std::uint64_t value) {
  return std::string(label) + std::to_string(value);
}

// Only what tshark shows is compared: it has no length for a fragment, for example.
void add_number(std::string& ours, std::string& theirs, const char* label, std::uint64_t value,
                const std::optional<std::uint64_t>& oracle) {
  if (!oracle) return;
  ours += number_text(label, value);
  theirs += number_text(label, *oracle);
}

// tshark's numbers have 32 bits.
std::uint64_t modulo_32_bits(std::int64_t number) {
  return static_cast<std::uint32_t>(number);
}

struct TsharkComparison {
  std::string ours;
  std::string theirs;
};

TsharkComparison compare_tcp(const Packet& packet, const RelativeNumbers& numbers,
                             const TsharkRow& row) {
  const TcpHeader& header = *packet.tcp();
  TsharkComparison result;
  result.ours = row_text("tcp", render_endpoint({packet.ip->source, header.source_port}),
                         render_endpoint({packet.ip->destination, header.destination_port}));
  result.theirs = row_text(row.transport, row.source, row.destination);
  constexpr std::uint64_t kFlagMask = 0x1ff;  // the reserved bits are not flags
  add_number(result.ours, result.theirs, " flags=", header.flags,
             row.flags ? std::optional(*row.flags & kFlagMask) : std::nullopt);
  add_number(result.ours, result.theirs, " seq=", modulo_32_bits(numbers.seq), row.seq);
  if ((header.flags & tcp_flag::kAck) != 0) {
    add_number(result.ours, result.theirs, " ack=", modulo_32_bits(numbers.ack), row.ack);
  }
  if (!packet.defect) {
    add_number(result.ours, result.theirs, " len=", packet.payload_size, row.tcp_length);
  }
  return result;
}

TsharkComparison compare_udp(const Packet& packet, const TsharkRow& row) {
  const UdpHeader& header = *packet.udp();
  TsharkComparison result;
  result.ours = row_text("udp", render_endpoint({packet.ip->source, header.source_port}),
                         render_endpoint({packet.ip->destination, header.destination_port}));
  result.theirs = row_text(row.transport, row.source, row.destination);
  add_number(result.ours, result.theirs, " len=", header.length, row.udp_length);
  return result;
}

TsharkComparison compare(const Packet& packet, const RelativeNumbers& numbers,
                         const TsharkRow& row) {
  if (packet.tcp() != nullptr) return compare_tcp(packet, numbers, row);
  if (packet.udp() != nullptr) return compare_udp(packet, row);
  // A header that does not decode here may be shown in part there.
  if (packet.defect && !packet.is_unsupported()) return {};
  return {"", row.transport.empty() ? "" : row_text(row.transport, row.source, row.destination)};
}

struct FileResult {
  std::size_t packets = 0;
  std::vector<std::string> differences;
  std::vector<bool> used;  // of the accepted differences
  SegmentWords words;
  std::size_t fragments = 0;
};

bool is_accepted(const std::vector<Accepted>& accepted, const std::string& file,
                 const TsharkRow& row, std::vector<bool>& used) {
  const std::string packet = "#" + std::to_string(row.number);
  for (std::size_t i = 0; i < accepted.size(); ++i) {
    const Accepted& entry = accepted[i];
    if (fnmatch(entry.file.c_str(), file.c_str(), 0) != 0) continue;
    if (entry.what == packet || fnmatch(entry.what.c_str(), row.protocols.c_str(), 0) == 0) {
      used[i] = true;
      return true;
    }
  }
  return false;
}

std::string fragments_text(const std::map<std::size_t, std::size_t>& wholes) {
  std::string text;
  for (const auto& [part, whole] : wholes) {
    text += " " + std::to_string(part) + ">" + std::to_string(whole);
  }
  return text;
}

// Which packets are put together where.
void check_fragments(const fs::path& path, const std::string& name, FileResult& result) {
  PacketStore store;
  const std::unique_ptr<PacketSource> source = open_capture(path);
  while (const std::optional<RawPacket> raw = source->next()) store.append(*raw);
  const std::vector<Packet> packets = store.decode_all();
  std::map<std::size_t, std::size_t> ours;
  const Conversations sorted = build_conversations(packets, 0, 0);
  for (const FragmentPart& part : sorted.fragments) ours[part.packet + 1] = part.whole + 1;
  std::map<std::size_t, std::size_t> wholes = read_fragments_with_tshark(path);
  // tshark joins those that were captured twice with the others.
  for (const CapturedCopy& copy : sorted.copies) wholes.erase(copy.packet + 1);
  const std::string theirs = fragments_text(wholes);
  if (fragments_text(ours) == theirs) return;
  result.differences.push_back(name + " fragments\n  wireproof" + fragments_text(ours) +
                               "\n  tshark   " + theirs);
}

FileResult check_file(const fs::path& path, const std::vector<Accepted>& accepted) {
  FileResult result;
  result.used.resize(accepted.size());
  const std::string name = fs::relative(path, kCorpus).string();
  const std::vector<TsharkRow> rows = read_with_tshark(path);
  const std::unique_ptr<PacketSource> source = open_capture(path);
  FlowNumbers flow_numbers;
  for (std::optional<RawPacket> raw = source->next(); raw; raw = source->next()) {
    if (result.packets == rows.size()) {
      result.differences.push_back(name + ": tshark has only " + std::to_string(rows.size()));
      return result;
    }
    const TsharkRow& row = rows[result.packets++];
    const Packet packet = decode_packet(*raw);
    const TrackedSegment segment = flow_numbers.track(packet);
    const TsharkComparison both = compare(packet, segment.numbers, row);
    const bool is_fragment = packet.ip && packet.ip->is_fragment();
    if (is_fragment) ++result.fragments;
    if (packet.tcp() != nullptr && row.transport == "tcp" && !is_fragment && !packet.defect) {
      add_words(result.words, segment, row, name + " #" + std::to_string(row.number));
    }
    if (both.ours != both.theirs && !is_accepted(accepted, name, row, result.used)) {
      result.differences.push_back(name + " #" + std::to_string(row.number) + " " + row.protocols +
                                   "\n  wireproof " + both.ours + "\n  tshark    " + both.theirs);
    }
  }
  if (result.fragments > 0) check_fragments(path, name, result);
  if (result.packets != rows.size() && !source->damage()) {
    result.differences.push_back(name + ": tshark has " + std::to_string(rows.size()) +
                                 " packets, not " + std::to_string(result.packets));
  }
  return result;
}

// Reports the test as skipped, as there is nothing it could check.
void skip_without_corpus(bool needs_tshark) {
  if (!fs::exists(kCorpus)) {
    std::cout << "skipped: no folder " << kCorpus.string() << '\n';
    std::exit(kSkipped);
  }
  if (needs_tshark && !has_tshark()) {
    std::cout << "skipped: tshark is not installed\n";
    std::exit(kSkipped);
  }
}

TEST_CASE("every capture of the corpus becomes a table of all its packets", "[corpus]") {
  skip_without_corpus(false);
  for (const fs::path& path : corpus_files()) {
    INFO(path.string());
    for (const TableFormat format : {TableFormat::text, TableFormat::json}) {
      std::ostringstream out;
      const std::unique_ptr<PacketSource> source = open_capture(path);
      write_capture_table(*source, {format, capture_columns()}, out);
      CHECK_FALSE(out.str().empty());
      CHECK_FALSE(source->damage().has_value());
    }
  }
}

TEST_CASE("TCP and UDP rows of the corpus equal tshark's", "[corpus]") {
  skip_without_corpus(true);
  const std::vector<fs::path> files = corpus_files();
  const std::vector<Accepted> accepted = read_accepted();
  std::vector<FileResult> results(files.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < files.size(); i = next++) {
      results[i] = check_file(files[i], accepted);
    }
  };
  std::future<void> helper = std::async(std::launch::async, work);
  work();
  helper.get();

  std::size_t packets = 0;
  std::size_t fragments = 0;
  SegmentWords words;
  std::vector<bool> used(accepted.size());
  for (const FileResult& result : results) {
    packets += result.packets;
    fragments += result.fragments;
    for (const auto& [pair, named] : result.words) {
      words[pair].insert(words[pair].end(), named.begin(), named.end());
    }
    for (const std::string& difference : result.differences) FAIL_CHECK(difference);
    for (std::size_t i = 0; i < used.size(); ++i) used[i] = used[i] || result.used[i];
  }
  for (std::size_t i = 0; i < used.size(); ++i) {
    INFO("accepted difference that is none any more: " << accepted[i].file << ' '
                                                       << accepted[i].what);
    CHECK(used[i]);
  }
  for (const std::string& wrong : check_words(words, read_accepted_words(kWords))) {
    FAIL_CHECK(wrong);
  }
  std::cout << files.size() << " captures, " << packets << " packets, " << fragments
            << " fragments compared\n";
  CHECK(packets > 0);
}

}  // namespace
}  // namespace wireproof
