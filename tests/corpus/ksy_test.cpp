#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "base/text/words.h"
#include "catch.h"
#include "corpus/random_messages.h"
#include "expect/payload/payload.h"
#include "sheet/layout/layout_reader.h"
#include "support/skip_test.h"
#include "wireshark/dissection.h"
#include "wireshark/tshark_run.h"

// Kaitai Struct's own descriptions (https://formats.kaitai.io): each is read, or refused at its
// place, and what is read writes what it reads.
namespace wireproof {
namespace {

namespace fs = std::filesystem;

// With sanitizers a message takes many times as long.
#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t kMessages = 100;
#else
constexpr std::size_t kMessages = 1000;
#endif
constexpr std::size_t kMostSteps = 60 * kMessages;

struct Described {
  std::string_view path;
  std::string_view refusal;  // empty: it is read; else "FILE:LINE: CODE" of what is said first
  std::string_view needed;   // `path=value` of what every message has
};

constexpr std::array kDescribed{
    Described{"common/bytes_with_io.ksy", "", ""},
    Described{"common/vlq_base128_be.ksy", "", ""},
    Described{"common/vlq_base128_le.ksy", "common/vlq_base128_le.ksy:46: WP0533", ""},
    Described{"network/bitcoin_transaction.ksy", "", ""},
    Described{"network/dime_message.ksy", "", ""},
    Described{"network/dns_packet.ksy", "", ""},
    Described{"network/ethernet_frame.ksy", "", ""},
    Described{"network/hccap.ksy", "", ""},
    Described{"network/hccapx.ksy", "", ""},
    Described{"network/icmp_packet.ksy", "", ""},
    Described{"network/ipv4_packet.ksy", "", "b1=69 protocol=59"},
    Described{"network/ipv6_packet.ksy", "", "next_header_type=59"},
    Described{"network/microsoft_network_monitor_v2.ksy",
              "network/microsoft_network_monitor_v2.ksy:12: WP0534", ""},
    Described{"network/packet_ppi.ksy", "", ""},
    Described{"network/pcap.ksy", "", "magic_number=0xd4c3b2a1"},
    Described{"network/protocol_body.ksy", "network/protocol_body.ksy:26: WP0533", ""},
    Described{"network/rtcp_payload.ksy", "", ""},
    Described{"network/rtp_packet.ksy", "network/rtp_packet.ksy:41: WP0533", ""},
    Described{"network/rtpdump.ksy", "network/rtp_packet.ksy:41: WP0533", ""},
    Described{"network/some_ip/some_ip.ksy", "", ""},
    Described{"network/some_ip/some_ip_container.ksy", "", ""},
    Described{"network/some_ip/some_ip_sd.ksy", "", ""},
    Described{"network/some_ip/some_ip_sd_entries.ksy", "", ""},
    Described{"network/some_ip/some_ip_sd_options.ksy", "", ""},
    Described{"network/tcp_segment.ksy", "", ""},
    Described{"network/tls_client_hello.ksy", "", ""},
    Described{"network/udp_datagram.ksy", "", ""},
    Described{"network/websocket.ksy", "", "trailing_frames[0].header.finished=1"},
    Described{"serialization/asn1/asn1_der.ksy", "", ""},
    Described{"serialization/bson.ksy", "", ""},
    Described{"serialization/google_protobuf.ksy", "common/vlq_base128_le.ksy:117: WP0533", ""},
    Described{"serialization/msgpack.ksy", "", ""},
};

// Beside the checkout, or beside the folder that it is in.
fs::path ksy_folder() {
  const fs::path source(WIREPROOF_SOURCE_DIR);
  for (const fs::path& above : {source / "..", source / ".." / ".."}) {
    const fs::path folder = above / "shared" / "corpus" / "ksy";
    if (fs::exists(folder)) return fs::canonical(folder);
  }
  return {};
}

FileReader files_of(const fs::path& folder) {
  return [folder](const std::string& path) -> Expected<Bytes, std::string> {
    if (path.find("..") != path.npos) return Unexpected<std::string>("there is no " + path);
    std::ifstream file(folder / path, std::ios::binary);
    if (!file) return Unexpected<std::string>("there is no " + path);
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    const ByteView bytes = as_bytes(text);
    return Bytes(bytes.begin(), bytes.end());
  };
}

LayoutReader read_description(const fs::path& folder, std::string_view path) {
  return LayoutReader("## Layout: x\n\nfrom: " + std::string(path) + "\n", files_of(folder));
}

// "FILE:LINE: CODE" of what was said first.
std::string first_refusal(const std::string& errors) {
  const std::size_t code = errors.find("[WP");
  const std::size_t arrow = errors.find("--> ");
  if (code == errors.npos || arrow == errors.npos) return errors;
  std::string place = errors.substr(arrow + 4, errors.find('\n', arrow) - arrow - 4);
  place.erase(std::min(place.size(), place.rfind(':')));
  return place + ": " + errors.substr(code + 1, 6);
}

void start(RandomMessages& messages, const Described& one) {
  for (const std::string_view needed : split_words(one.needed)) {
    const std::size_t equals = needed.find('=');
    messages.start(std::string(needed.substr(0, equals)), std::string(needed.substr(equals + 1)));
  }
}

// What is first wrong with the messages of a description.
std::string first_loss(const LayoutSet& layouts, const Described& one) {
  RandomMessages messages(layouts, "x", 20260701);
  start(messages, one);
  std::size_t made = 0;
  std::size_t steps = 0;
  std::set<Bytes> different;
  for (; steps < kMostSteps && made < kMessages; ++steps) {
    if (!messages.step()) continue;
    ++made;
    different.insert(messages.bytes());
    const Message read = messages.read_back();
    const auto again = messages.encode(read);
    if (!again) return messages.shown() + ": " + again.error();
    if (*again != messages.bytes()) {
      return messages.shown() + ":\n" + render_hex(messages.bytes()) + "\n" + render_hex(*again);
    }
    Variables variables;
    const auto found = compare_message(read, layouts, variables, messages.bytes());
    if (found) return messages.shown() + ": " + found->field + ": " + found->expected;
  }
  if (made < kMessages) {
    return std::to_string(made) + " messages, the last refusal: " + messages.refusal();
  }
  const bool is_varied = different.size() > kMessages / 10 || layouts.at("x").fields.size() < 2;
  if (!is_varied) return "only " + std::to_string(different.size()) + " messages differ";
  if (messages.contradictions() * 4 > steps * 3) return "most messages contradict themselves";
  return "";
}

constexpr std::size_t kShownMessages = 50;
constexpr std::size_t kMostShownBytes = 20'000;

std::vector<Bytes> some_messages(const LayoutSet& layouts, const Described& one) {
  RandomMessages messages(layouts, "x", 20261130);
  start(messages, one);
  std::vector<Bytes> all;
  for (std::size_t step = 0; step < kMostSteps && all.size() < kShownMessages; ++step) {
    if (!messages.step()) continue;
    const Bytes& bytes = messages.bytes();
    if (!bytes.empty() && bytes.size() < kMostShownBytes) all.push_back(bytes);
  }
  return all;
}

}  // namespace

TEST_CASE("each description of the corpus is read, or refused at its place", "[ksy]") {
  const fs::path folder = ksy_folder();
  if (folder.empty()) {
    skip_test("no folder of descriptions beside the checkout");
    return;
  }
  std::set<std::string> seen;
  for (const Described& one : kDescribed) {
    CAPTURE(one.path);
    seen.insert(std::string(one.path));
    const LayoutReader reader = read_description(folder, one.path);
    CHECK(first_refusal(reader.errors()) == one.refusal);
    CHECK(reader.layouts().contains("x") == one.refusal.empty());
  }
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".ksy") continue;
    CHECK(seen.contains(fs::relative(entry.path(), folder).string()));
  }
}

TEST_CASE("what a description of the corpus writes is read back and written the same", "[ksy]") {
  const fs::path folder = ksy_folder();
  if (folder.empty()) {
    skip_test("no folder of descriptions beside the checkout");
    return;
  }
  for (const Described& one : kDescribed) {
    if (!one.refusal.empty()) continue;
    CAPTURE(one.path);
    const LayoutReader reader = read_description(folder, one.path);
    if (!reader.layouts().contains("x")) continue;
    CHECK(first_loss(reader.layouts(), one) == "");
  }
}

TEST_CASE("tshark sees the values of each description's messages", "[ksy]") {
  const fs::path folder = ksy_folder();
  if (folder.empty() || !has_tshark()) {
    skip_test("no folder of descriptions beside the checkout, or no tshark");
    return;
  }
  for (const Described& one : kDescribed) {
    if (!one.refusal.empty()) continue;
    INFO(one.path);
    const LayoutReader reader = read_description(folder, one.path);
    CHECK(first_other_value(reader.layouts(), "x", some_messages(reader.layouts(), one)) == "");
  }
}

}  // namespace wireproof
