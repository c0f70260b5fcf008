#include "packets/capture/pcap_file.h"

#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <vector>

#include "base/system/file.h"
#include "base/system/system_call.h"
#include "catch.h"
#include "support/capture_contents.h"
#include "support/packet_builder.h"
#include "support/temporary_folder.h"

namespace wireproof {
namespace {

PacketStore sample() {
  PacketStore store;
  TestConversation tcp(store, endpoint("10.0.0.1:5000"), endpoint("10.0.0.2:80"));
  tcp.wait(std::chrono::nanoseconds(123));
  tcp.handshake();
  tcp.client("ping");
  return store;
}

void write_u32(ByteWriter& writer, std::uint32_t value, bool little) {
  if (little) {
    writer.write_u32_le(value);
  } else {
    writer.write_u32(value);
  }
}

struct Stamp {
  std::uint32_t seconds = 1;
  std::uint32_t fraction = 5;  // ns or us
};

// A pcap file of one three-byte packet.
Bytes pcap_bytes(std::uint32_t magic, std::uint32_t link_type, bool little, Stamp stamp = {}) {
  ByteWriter writer;
  write_u32(writer, magic, little);
  write_u32(writer, little ? 0x00040002 : 0x00020004, little);
  for (const std::uint32_t value :
       {0u, 0u, 65535u, link_type, stamp.seconds, stamp.fraction, 3u, 60u}) {
    write_u32(writer, value, little);
  }
  writer.write_bytes(as_bytes("abc"));
  return writer.take();
}

TEST_CASE("a pcap file reads back as it was written, to the nanosecond", "[capture]") {
  const TemporaryFolder folder;
  const PacketStore store = sample();
  write_pcap(folder.file("a.pcap"), store);
  const CaptureContents contents = read_contents(folder.file("a.pcap"));
  CHECK_FALSE(contents.damage.has_value());
  REQUIRE(contents.packets.size() == store.size());
  for (std::size_t i = 0; i < store.size(); ++i) {
    CHECK(contents.packets[i].time == store.at(i).time);
    CHECK(contents.packets[i].original_size == store.at(i).original_size);
    CHECK(contents.packets[i].link == LinkType::ethernet);
    CHECK(std::ranges::equal(contents.bytes[i], store.at(i).bytes));
  }
}

TEST_CASE("pcap files of either byte order and precision are read", "[capture]") {
  const TemporaryFolder folder;
  for (const bool little : {false, true}) {
    for (const bool nano : {false, true}) {
      write_bytes(folder.file("a.pcap"), pcap_bytes(nano ? 0xa1b23c4d : 0xa1b2c3d4, 1, little));
      const CaptureContents contents = read_contents(folder.file("a.pcap"));
      REQUIRE(contents.packets.size() == 1);
      CHECK(contents.packets[0].time.time_since_epoch() ==
            std::chrono::seconds(1) + std::chrono::nanoseconds(nano ? 5 : 5000));
      CHECK(contents.packets[0].original_size == 60);
      CHECK(as_text(contents.bytes[0]) == "abc");
    }
  }
}

TEST_CASE("seconds and fractions of a pcap file are unsigned, a large fraction is added",
          "[capture]") {
  const TemporaryFolder folder;
  struct Case {
    Stamp stamp;
    std::uint64_t nanoseconds;
  };
  const Case micro[] = {{{0x7fffffff, 999'999}, 2'147'483'647'999'999'000},
                        {{0x80000000, 100'000}, 2'147'483'648'100'000'000},
                        {{0xffffffff, 0}, 4'294'967'295'000'000'000},
                        {{7, 1'500'000}, 8'500'000'000},
                        {{7, 0xffffffff}, 7'000'000'000 + 4'294'967'295'000}};
  const Case nano[] = {{{0x80000000, 1}, 2'147'483'648'000'000'001},
                       {{7, 0xffffffff}, 11'294'967'295}};
  for (const bool little : {false, true}) {
    const auto check = [&](std::uint32_t magic, const Case& item) {
      INFO(item.stamp.seconds << " s and " << item.stamp.fraction);
      write_bytes(folder.file("a.pcap"), pcap_bytes(magic, 1, little, item.stamp));
      const CaptureContents contents = read_contents(folder.file("a.pcap"));
      REQUIRE(contents.packets.size() == 1);
      CHECK(contents.packets[0].time.time_since_epoch() ==
            std::chrono::nanoseconds(item.nanoseconds));
    };
    for (const Case& item : micro) check(0xa1b2c3d4, item);
    for (const Case& item : nano) check(0xa1b23c4d, item);
  }
}

TEST_CASE("link types that are not read give packets all the same", "[capture]") {
  const TemporaryFolder folder;
  struct Case {
    std::uint32_t number;
    LinkType link;
  };
  const Case cases[] = {{0, LinkType::bsd_null},
                        {1, LinkType::ethernet},
                        {101, LinkType::raw_ip},
                        {108, LinkType::bsd_loop},
                        {113, LinkType::linux_cooked_v1},
                        {276, LinkType::linux_cooked_v2},
                        {228, LinkType::raw_ip},
                        {12, LinkType::raw_ip},
                        {14, LinkType::raw_ip},
                        {9, LinkType::ppp},
                        {50, LinkType::ppp},
                        {105, LinkType{105}}};
  for (const Case& item : cases) {
    write_bytes(folder.file("a.pcap"), pcap_bytes(0xa1b2c3d4, item.number, true));
    const CaptureContents contents = read_contents(folder.file("a.pcap"));
    REQUIRE(contents.packets.size() == 1);
    CHECK(contents.packets[0].link == item.link);
  }
}

TEST_CASE("a gzip'd file is read as the file in it", "[capture]") {
  const TemporaryFolder folder;
  const PacketStore store = sample();
  write_pcap(folder.file("a.pcap"), store);
  const Bytes plain = read_bytes(folder.file("a.pcap"));
  gzFile file = gzopen((folder.file("a.pcap.gz")).c_str(), "wb");
  gzwrite(file, plain.data(), static_cast<unsigned>(plain.size()));
  gzclose(file);
  CHECK(read_contents(folder.file("a.pcap.gz")).packets.size() == store.size());

  // Cut off inside of the compressed data, the packets before are delivered and the rest is damage.
  const Bytes compressed = read_bytes(folder.file("a.pcap.gz"));
  REQUIRE(compressed.size() > 12);
  write_bytes(folder.file("cut.pcap.gz"), ByteView(compressed).first(compressed.size() - 12));
  const CaptureContents contents = read_contents(folder.file("cut.pcap.gz"));
  REQUIRE(contents.damage.has_value());
  CHECK(contents.damage->reason == "compressed data ends early");
}

TEST_CASE("what is no file is no capture, and is not waited for", "[capture]") {
  const TemporaryFolder folder;
  const std::string pipe = folder.file("pipe").string();
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK_THROWS_WITH(open_capture(pipe), "open " + pipe +
                                            ", which is no regular file (`-` is standard input): "
                                            "invalid argument");
  CHECK_THROWS_AS(open_capture("/dev/zero"), SystemError);
  CHECK_THROWS_WITH(open_capture(folder.path()), Catch::EndsWith("is a directory"));
}

TEST_CASE("a capture comes through a pipe that a shell gives", "[capture]") {
  const TemporaryFolder folder;
  write_pcap(folder.file("a.pcap"), sample());
  const Bytes plain = read_bytes(folder.file("a.pcap"));
  Pipe pipe = open_pipe();
  write_all(pipe.write.get(), as_text(plain), "fill the pipe");
  pipe.write.reset();
  const std::string name = "/dev/fd/" + std::to_string(pipe.read.get());
  CHECK(read_contents(name).packets.size() == sample().size());
}

TEST_CASE("a truncated file gives what precedes the damage, and its offset", "[capture]") {
  const TemporaryFolder folder;
  write_pcap(folder.file("a.pcap"), sample());
  const Bytes whole = read_bytes(folder.file("a.pcap"));
  constexpr std::size_t kHeader = 24;
  constexpr std::size_t kRecord = 16;
  const std::size_t first_end = kHeader + kRecord + sample().at(0).bytes.size();
  for (std::size_t size = kHeader + 1; size < first_end; ++size) {
    INFO("cut to " << size);
    write_bytes(folder.file("cut.pcap"), ByteView(whole).first(size));
    const CaptureContents contents = read_contents(folder.file("cut.pcap"));
    CHECK(contents.packets.empty());
    REQUIRE(contents.damage.has_value());
    CHECK(contents.damage->offset == size);
    CHECK_FALSE(contents.damage->reason.empty());
  }
  write_bytes(folder.file("cut.pcap"), ByteView(whole).first(whole.size() - 1));
  const CaptureContents contents = read_contents(folder.file("cut.pcap"));
  REQUIRE(contents.damage.has_value());
  CHECK(contents.packets.size() == 3);
  CHECK(contents.damage->packets_before == 3);
}

// Packets of three bytes, without end.
class EndlessSource : public PacketSource {
 public:
  std::optional<RawPacket> next() override {
    ++given_;
    return RawPacket{{}, 3, LinkType::ethernet, as_bytes("abc")};
  }
  std::optional<CaptureDamage> damage() const override { return std::nullopt; }
  std::size_t given() const { return given_; }

 private:
  std::size_t given_ = 0;
};

TEST_CASE("a source without end fills no more than the limits, of packets or of bytes",
          "[capture]") {
  for (const StoreLimits limits : {StoreLimits{5, 1000}, StoreLimits{1000, 17}}) {
    EndlessSource source;
    const StoredPackets stored = store_packets(source, limits);
    CHECK(stored.left_out);
    CHECK(stored.packets.size() == 5);
    CHECK(source.given() == 6);
  }
}

TEST_CASE("what just fits is stored whole", "[capture]") {
  const TemporaryFolder folder;
  write_pcap(folder.file("a.pcap"), sample());
  const std::unique_ptr<PacketSource> source = open_capture(folder.file("a.pcap"));
  const StoredPackets stored = store_packets(*source, {sample().size(), sample().byte_count()});
  CHECK_FALSE(stored.left_out);
  CHECK(stored.packets.size() == sample().size());
}

TEST_CASE("a file that is no capture is refused with its name and the reason", "[capture]") {
  const TemporaryFolder folder;
  for (const std::string_view text : {"", "abc", "this is a text, not a capture at all"}) {
    write_bytes(folder.file("a.txt"), as_bytes(text));
    CHECK_THROWS_WITH(open_capture(folder.file("a.txt")),
                      Catch::Contains("a.txt") && Catch::Contains("is not a capture"));
  }
  CHECK_THROWS_AS(open_capture(folder.file("none.pcap")), SystemError);
  CHECK_THROWS_WITH(open_capture(folder.file("none.pcap")), Catch::Contains("none.pcap"));
}

TEST_CASE("a file that cannot be written is an error that names it", "[capture]") {
  const TemporaryFolder folder;
  write_file(folder.file("file"), "");
  const std::filesystem::path below = folder.file("file") / "a.pcap";
  CHECK_THROWS_WITH(write_pcap(below, sample()), Catch::Contains("write " + below.string()));
  CHECK_THROWS_AS(write_pcap("/dev/full", sample()), SystemError);
}

TEST_CASE("a capture takes the place of an older one as a whole", "[capture]") {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.file("a.pcap");
  write_pcap(path, sample());
  const Bytes whole = read_bytes(path);
  std::ifstream old(path, std::ios::binary);
  write_pcap(path, PacketStore());
  CHECK(Bytes(std::istreambuf_iterator<char>(old), {}) == whole);
  CHECK(read_bytes(path).size() < whole.size());
}

}  // namespace
}  // namespace wireproof
