#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

namespace wireproof {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using UniqueFile = std::unique_ptr<std::FILE, FileCloser>;

// What became of a stream's compression; readable after the stream's end.
struct GzipState {
  std::string failure;  // why the compressed data ended early, empty when it did not
};

// A file's bytes, decompressed where they are gzip'd and as they are where not. ftello() tells the
// offset in the uncompressed bytes; it is not seekable.
struct CaptureStream {
  UniqueFile file;
  std::shared_ptr<GzipState> state;
};

// "-" for standard input. Throws SystemError.
CaptureStream open_capture_stream(const std::filesystem::path& path);

}  // namespace wireproof
