#include "packets/capture/capture_stream.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <utility>

#include "base/system/system_call.h"

namespace wireproof {
namespace {

// What a stream's callbacks work on.
struct Cookie {
  gzFile file = nullptr;
  std::uint64_t position = 0;  // bytes delivered, uncompressed
  std::shared_ptr<StreamState> state;
};

void note_failure(const Cookie& cookie) {
  int code = Z_OK;
  const char* const text = gzerror(cookie.file, &code);
  if (code == Z_OK || code == Z_STREAM_END || code == Z_ERRNO) return;
  cookie.state->failure =
      code == Z_BUF_ERROR ? "compressed data ends early" : std::string("compressed data: ") + text;
}

ssize_t read_cookie(void* opaque, char* buffer, std::size_t size) {
  auto* cookie = static_cast<Cookie*>(opaque);
  constexpr std::size_t kMost = std::numeric_limits<int>::max();
  const int got = gzread(cookie->file, buffer, static_cast<unsigned>(std::min(size, kMost)));
  if (got <= 0) note_failure(*cookie);
  // A failure of the data is told by `failure`; stdio would hide it behind an errno.
  if (got < 0) return cookie->state->failure.empty() ? -1 : 0;
  cookie->position += static_cast<std::uint64_t>(got);
  return got;
}

// Only "where am I", which ftello() asks; it takes off what stdio has buffered.
int seek_cookie(void* opaque, off64_t* offset, int whence) {
  if (whence != SEEK_CUR || *offset != 0) return -1;
  const auto* cookie = static_cast<const Cookie*>(opaque);
  *offset = static_cast<off64_t>(cookie->position);
  return 0;
}

int close_cookie(void* opaque) {
  const std::unique_ptr<Cookie> cookie(static_cast<Cookie*>(opaque));
  gzclose_r(cookie->file);
  return 0;
}

// RFC 1952 §2.3.1. Only of a file that stands at its start and can be read without moving on.
bool is_surely_plain(int fd) {
  constexpr std::array<std::uint8_t, 2> kGzipMagic = {0x1f, 0x8b};
  std::array<std::uint8_t, 2> start{};
  return ::lseek(fd, 0, SEEK_CUR) == 0 &&
         ::pread(fd, start.data(), start.size(), 0) == ssize_t{start.size()} && start != kGzipMagic;
}

UniqueFile open_plain_stream(UniqueFd fd, StreamState& state) {
  UniqueFile file(::fdopen(fd.get(), "r"));
  if (file == nullptr) throw SystemError("allocate a stream", ENOMEM);
  fd.release();
  std::setvbuf(file.get(), state.buffer.data(), _IOFBF, state.buffer.size());
  return file;
}

// A plain file that can be looked into beforehand comes without the detour through the
// decompressor.
UniqueFile open_gzip_stream(UniqueFd fd, const std::shared_ptr<StreamState>& state) {
  if (is_surely_plain(fd.get())) return open_plain_stream(std::move(fd), *state);
  auto cookie = std::make_unique<Cookie>();
  cookie->state = state;
  cookie->file = gzdopen(fd.get(), "rb");
  if (cookie->file == nullptr) throw SystemError("allocate a decompressor", ENOMEM);
  fd.release();
  gzbuffer(cookie->file, static_cast<unsigned>(state->buffer.size()));

  cookie_io_functions_t functions{};
  functions.read = read_cookie;
  functions.seek = seek_cookie;
  functions.close = close_cookie;
  UniqueFile file(fopencookie(cookie.get(), "r", functions));
  if (file == nullptr) {
    gzclose_r(cookie->file);
    throw SystemError("allocate a stream", ENOMEM);
  }
  static_cast<void>(cookie.release());  // the stream closes it
  std::setvbuf(file.get(), state->buffer.data(), _IOFBF, state->buffer.size());
  return file;
}

// What a shell gives as `<(COMMAND)`: its writer is there already, and need not be waited for.
bool is_nameless_pipe(int fd) {
  struct statfs status {};
  return ::fstatfs(fd, &status) == 0 && status.f_type == PIPEFS_MAGIC;
}

// Nobody is waited for: a named pipe or a device may have nothing to read, or no end.
UniqueFd open_file(const std::filesystem::path& path) {
  if (path == "-") return check_descriptor(::dup(0), "read standard input");
  const std::string attempt = "open " + path.string();
  UniqueFd file =
      check_descriptor(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), attempt);
  struct stat status {};
  check_call(::fstat(file.get(), &status), attempt);
  if (S_ISDIR(status.st_mode)) throw SystemError(attempt, EISDIR);
  if (is_nameless_pipe(file.get())) {
    check_call(::fcntl(file.get(), F_SETFL, 0), attempt);
  } else if (!S_ISREG(status.st_mode)) {
    throw SystemError(attempt + ", which is no regular file (`-` is standard input)", EINVAL);
  }
  return file;
}

}  // namespace

CaptureStream open_capture_stream(const std::filesystem::path& path) {
  CaptureStream stream;
  stream.state = std::make_shared<StreamState>();
  stream.file = open_gzip_stream(open_file(path), stream.state);
  return stream;
}

}  // namespace wireproof
