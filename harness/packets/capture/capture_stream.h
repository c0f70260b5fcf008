#pragma once

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

namespace wireproof {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using UniqueFile = std::unique_ptr<std::FILE, FileCloser>;

// What a stream stands on: it outlives the stream.
struct StreamState {
  std::string failure;  // why the compressed data ended early, empty when it did not
  // glibc takes the size of a buffer only with the buffer, and reads 4096 bytes at once without.
  std::array<char, 256 * 1024> buffer;
};

// A file's bytes, decompressed where they are compressed (Decompressor) and as they are where not.
// ftello() tells the offset in the uncompressed bytes; it is not seekable.
struct CaptureStream {
  std::shared_ptr<StreamState> state;
  UniqueFile file;
};

// "-" for standard input. Throws SystemError.
CaptureStream open_capture_stream(const std::filesystem::path& path);

}  // namespace wireproof
