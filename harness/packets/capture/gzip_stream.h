#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "base/system/unique_fd.h"

namespace wireproof {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using UniqueFile = std::unique_ptr<std::FILE, FileCloser>;

// What became of a stream's compression; readable after the stream's end.
struct GzipState {
  std::string failure;  // why the compressed data ended early, empty when it did not
};

// The file's bytes, decompressed where they are gzip'd and as they are where not. A plain file
// that can be looked into beforehand comes without the detour through the decompressor. ftello()
// tells the offset in the uncompressed bytes; it is not seekable. Throws SystemError.
UniqueFile open_gzip_stream(UniqueFd fd, const std::shared_ptr<GzipState>& state);

}  // namespace wireproof
