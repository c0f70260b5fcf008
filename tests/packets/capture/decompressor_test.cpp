#include "packets/capture/decompressor.h"

#include <lz4frame.h>
#include <zlib.h>
#include <zstd.h>

#include <functional>

#include "catch.h"
#include "packets/capture/pcap_file.h"
#include "support/capture_contents.h"
#include "support/packet_builder.h"
#include "support/temporary_folder.h"

namespace wireproof {
namespace {

Bytes gzip_of(const Bytes& plain) {
  z_stream stream{};
  constexpr int kGzip = 16 + MAX_WBITS;
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  Bytes packed(deflateBound(&stream, plain.size()));
  Bytes from = plain;
  stream.next_in = from.data();
  stream.avail_in = static_cast<uInt>(from.size());
  stream.next_out = packed.data();
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

// With a checksum, so that damage shows.
Bytes zstd_of(const Bytes& plain) {
  const std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> context(ZSTD_createCCtx(),
                                                                        ZSTD_freeCCtx);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  Bytes packed(ZSTD_compressBound(plain.size()));
  packed.resize(
      ZSTD_compress2(context.get(), packed.data(), packed.size(), plain.data(), plain.size()));
  return packed;
}

Bytes lz4_of(const Bytes& plain) {
  LZ4F_preferences_t preferences{};
  preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
  Bytes packed(LZ4F_compressFrameBound(plain.size(), &preferences));
  packed.resize(
      LZ4F_compressFrame(packed.data(), packed.size(), plain.data(), plain.size(), &preferences));
  return packed;
}

struct Compression {
  const char* name;
  std::function<Bytes(const Bytes&)> pack;
};

const std::vector<Compression>& compressions() {
  static const std::vector<Compression> kAll = {
      {"gzip", gzip_of}, {"zstd", zstd_of}, {"lz4", lz4_of}};
  return kAll;
}

// More than any buffer on the way holds.
PacketStore many_packets() {
  PacketStore store;
  const std::string payload(1400, 'x');
  for (int i = 0; i < 2000; ++i) {
    append(store, TestDatagram{std::chrono::milliseconds(i), endpoint("10.0.0.1:5000"),
                               endpoint("10.0.0.2:53"), payload});
  }
  return store;
}

Bytes file_of(const PacketStore& store, const TemporaryFolder& folder) {
  write_pcap(folder.file("plain.pcap"), store);
  return read_bytes(folder.file("plain.pcap"));
}

CaptureContents contents_of(const Bytes& bytes, const TemporaryFolder& folder) {
  write_bytes(folder.file("packed"), bytes);
  return read_contents(folder.file("packed"));
}

}  // namespace

TEST_CASE("a compressed capture is read as the file in it", "[capture]") {
  const TemporaryFolder folder;
  const PacketStore store = many_packets();
  const Bytes plain = file_of(store, folder);
  for (const Compression& compression : compressions()) {
    CAPTURE(compression.name);
    const CaptureContents contents = contents_of(compression.pack(plain), folder);
    CHECK_FALSE(contents.damage);
    REQUIRE(contents.packets.size() == store.size());
    CHECK(std::ranges::equal(contents.bytes.back(), store.at(store.size() - 1).bytes));
  }
}

TEST_CASE("what is compressed in parts is read as one", "[capture]") {
  const TemporaryFolder folder;
  const PacketStore store = many_packets();
  const Bytes plain = file_of(store, folder);
  const auto half = plain.begin() + static_cast<std::ptrdiff_t>(plain.size() / 2);
  for (const Compression& compression : compressions()) {
    CAPTURE(compression.name);
    Bytes parts = compression.pack(Bytes(plain.begin(), half));
    const Bytes second = compression.pack(Bytes(half, plain.end()));
    parts.insert(parts.end(), second.begin(), second.end());
    const CaptureContents contents = contents_of(parts, folder);
    CHECK_FALSE(contents.damage);
    CHECK(contents.packets.size() == store.size());
  }
}

TEST_CASE("compressed data that is cut or damaged gives what precedes it", "[capture]") {
  const TemporaryFolder folder;
  const Bytes plain = file_of(many_packets(), folder);
  for (const Compression& compression : compressions()) {
    CAPTURE(compression.name);
    const Bytes packed = compression.pack(plain);
    const CaptureContents cut = contents_of(Bytes(packed.begin(), packed.end() - 3), folder);
    REQUIRE(cut.damage);
    CHECK(cut.damage->reason == "compressed data ends early");
    CHECK(cut.packets.size() > 1900);

    Bytes damaged = packed;
    damaged[damaged.size() - 2] ^= 0xff;  // of the checksum or the size at the end
    const CaptureContents contents = contents_of(damaged, folder);
    REQUIRE(contents.damage);
    CHECK(contents.damage->reason.starts_with("compressed data: "));
    CHECK(contents.packets.size() > 1900);
  }
}

TEST_CASE("what is not compressed data has no decompressor", "[capture]") {
  CHECK(make_decompressor(Bytes{0xa1, 0xb2, 0xc3, 0xd4}) == nullptr);
  CHECK(make_decompressor(Bytes{0x28, 0xb5, 0x2f}) == nullptr);
  CHECK(make_decompressor(Bytes{}) == nullptr);
}

}  // namespace wireproof
