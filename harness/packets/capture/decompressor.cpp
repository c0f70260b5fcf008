#include "packets/capture/decompressor.h"

#include <lz4frame.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

#include "base/system/system_call.h"

namespace wireproof {
namespace {

constexpr std::array<std::uint8_t, 2> kGzipMagic = {0x1f, 0x8b};              // RFC 1952 §2.3.1
constexpr std::array<std::uint8_t, 4> kZstdMagic = {0x28, 0xb5, 0x2f, 0xfd};  // RFC 8878 §3.1.1
constexpr std::array<std::uint8_t, 4> kLz4Magic = {0x04, 0x22, 0x4d, 0x18};   // LZ4 frame format

template <std::size_t size>
bool begins_with(ByteView bytes, const std::array<std::uint8_t, size>& magic) {
  return bytes.size() >= size && std::equal(magic.begin(), magic.end(), bytes.begin());
}

template <class Library>
std::unique_ptr<Decompressor> make() {
  auto made = std::make_unique<Library>();
  if (!made->is_ready()) throw SystemError("allocate a decompressor", ENOMEM);
  return made;
}

class Gzip : public Decompressor {
 public:
  Gzip() {
    constexpr int kGzipWithLargestWindow = 16 + MAX_WBITS;
    is_ready_ = inflateInit2(&stream_, kGzipWithLargestWindow) == Z_OK;
  }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;
  ~Gzip() override { inflateEnd(&stream_); }
  bool is_ready() const { return is_ready_; }

 protected:
  Step decompress(ByteView in, std::span<char> out) override {
    if (is_whole_) {
      // gzip passes over what is behind a member and is no other one.
      if (!in.empty() && in.front() != kGzipMagic.front()) return {};
      inflateReset(&stream_);
    }
    constexpr std::size_t kMost = std::numeric_limits<uInt>::max();
    stream_.next_in = const_cast<Bytef*>(in.data());  // NOLINT: an interface of C
    stream_.avail_in = static_cast<uInt>(std::min(in.size(), kMost));
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());  // NOLINT: the same
    stream_.avail_out = static_cast<uInt>(std::min(out.size(), kMost));
    const uInt in_before = stream_.avail_in;
    const uInt out_before = stream_.avail_out;
    const int code = inflate(&stream_, Z_NO_FLUSH);
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
      failure_ = stream_.msg == nullptr ? "it is damaged" : stream_.msg;
    }
    const Step step{in_before - stream_.avail_in, out_before - stream_.avail_out};
    if (step.taken + step.given > 0) is_whole_ = code == Z_STREAM_END;
    return step;
  }

 private:
  z_stream stream_{};
  bool is_ready_ = false;
};

// Its window is at most 128 MiB, as the library has it.
class Zstd : public Decompressor {
 public:
  bool is_ready() const { return context_ != nullptr; }

 protected:
  Step decompress(ByteView in, std::span<char> out) override {
    ZSTD_inBuffer from{in.data(), in.size(), 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    const std::size_t code = ZSTD_decompressStream(context_.get(), &to, &from);
    if (ZSTD_isError(code) != 0) failure_ = ZSTD_getErrorName(code);
    if (from.pos + to.pos > 0) is_whole_ = code == 0;
    return {from.pos, to.pos};
  }

 private:
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };
  std::unique_ptr<ZSTD_DCtx, Free> context_{ZSTD_createDCtx()};
};

class Lz4 : public Decompressor {
 public:
  Lz4() {
    LZ4F_dctx* made = nullptr;
    if (LZ4F_isError(LZ4F_createDecompressionContext(&made, LZ4F_VERSION)) == 0) {
      context_.reset(made);
    }
  }
  bool is_ready() const { return context_ != nullptr; }

 protected:
  Step decompress(ByteView in, std::span<char> out) override {
    Step step{in.size(), out.size()};
    const std::size_t code =
        LZ4F_decompress(context_.get(), out.data(), &step.given, in.data(), &step.taken, nullptr);
    if (LZ4F_isError(code) != 0) failure_ = LZ4F_getErrorName(code);
    if (step.taken + step.given > 0) is_whole_ = code == 0;
    return step;
  }

 private:
  struct Free {
    void operator()(LZ4F_dctx* context) const { LZ4F_freeDecompressionContext(context); }
  };
  std::unique_ptr<LZ4F_dctx, Free> context_;
};

}  // namespace

Decompressor::Step Decompressor::run(ByteView in, std::span<char> out) {
  if (!failure_.empty()) return {};
  return decompress(in, out);  // what came before the failure is given all the same
}

std::unique_ptr<Decompressor> make_decompressor(ByteView first_bytes) {
  if (begins_with(first_bytes, kGzipMagic)) return make<Gzip>();
  if (begins_with(first_bytes, kZstdMagic)) return make<Zstd>();
  if (begins_with(first_bytes, kLz4Magic)) return make<Lz4>();
  return nullptr;
}

}  // namespace wireproof
