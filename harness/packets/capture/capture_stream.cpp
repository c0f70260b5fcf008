#include "packets/capture/capture_stream.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <utility>
#include <vector>

#include "base/system/system_call.h"
#include "packets/capture/decompressor.h"

namespace wireproof {
namespace {

// What a stream's callbacks work on.
struct Cookie {
  UniqueFd fd;
  std::unique_ptr<Decompressor> decompressor;  // null: the bytes are as they are
  std::uint64_t position = 0;                  // bytes delivered, uncompressed
  std::shared_ptr<StreamState> state;
  std::vector<std::uint8_t> buffer = std::vector<std::uint8_t>(std::size_t{256} * 1024);
  std::size_t begin = 0;  // of what was read and not delivered
  std::size_t end = 0;

  ByteView waiting() const { return ByteView(buffer).subspan(begin, end - begin); }
};

// Reads on behind what waits, which moves to the front; 0 at the end of the file, -1 with errno.
ssize_t fill(Cookie& cookie) {
  std::copy(cookie.buffer.begin() + static_cast<std::ptrdiff_t>(cookie.begin),
            cookie.buffer.begin() + static_cast<std::ptrdiff_t>(cookie.end), cookie.buffer.begin());
  cookie.end -= cookie.begin;
  cookie.begin = 0;
  ssize_t got = 0;
  do {
    got = ::read(cookie.fd.get(), cookie.buffer.data() + cookie.end,
                 cookie.buffer.size() - cookie.end);
  } while (got < 0 && errno == EINTR);
  if (got > 0) cookie.end += static_cast<std::size_t>(got);
  return got;
}

ssize_t read_plain(Cookie& cookie, std::span<char> out) {
  if (cookie.waiting().empty() && fill(cookie) < 0) return -1;
  const std::size_t size = std::min(out.size(), cookie.waiting().size());
  std::copy_n(cookie.waiting().begin(), size, out.begin());
  cookie.begin += size;
  return static_cast<ssize_t>(size);
}

// A failure of the data is told by `failure`; stdio would hide it behind an errno.
ssize_t read_compressed(Cookie& cookie, std::span<char> out) {
  Decompressor& decompressor = *cookie.decompressor;
  for (;;) {
    const Decompressor::Step step = decompressor.run(cookie.waiting(), out);
    cookie.begin += step.taken;
    if (step.given > 0) return static_cast<ssize_t>(step.given);
    if (!decompressor.failure().empty()) {
      cookie.state->failure = "compressed data: " + decompressor.failure();
      return 0;
    }
    if (!cookie.waiting().empty() && step.taken > 0) continue;
    if (!cookie.waiting().empty()) return 0;  // nothing of the data follows
    const ssize_t got = fill(cookie);
    if (got < 0) return -1;
    if (got > 0) continue;
    if (!decompressor.is_whole()) cookie.state->failure = "compressed data ends early";
    return 0;
  }
}

ssize_t read_cookie(void* opaque, char* buffer, std::size_t size) {
  auto& cookie = *static_cast<Cookie*>(opaque);
  const std::span<char> out(buffer, size);
  const ssize_t got =
      cookie.decompressor == nullptr ? read_plain(cookie, out) : read_compressed(cookie, out);
  if (got > 0) cookie.position += static_cast<std::uint64_t>(got);
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
  return 0;
}

// Only of a file that stands at its start and can be read without moving on.
bool is_surely_plain(int fd) {
  std::array<std::uint8_t, kCompressionMagicSize> start{};
  return ::lseek(fd, 0, SEEK_CUR) == 0 &&
         ::pread(fd, start.data(), start.size(), 0) == ssize_t{start.size()} &&
         make_decompressor(start) == nullptr;
}

UniqueFile open_plain_stream(UniqueFd fd, StreamState& state) {
  UniqueFile file(::fdopen(fd.get(), "r"));
  if (file == nullptr) throw SystemError("allocate a stream", ENOMEM);
  fd.release();
  std::setvbuf(file.get(), state.buffer.data(), _IOFBF, state.buffer.size());
  return file;
}

// A plain file that can be looked into beforehand comes without the detour. A failure to read the
// first bytes is met again by who reads on.
UniqueFile open_stream(UniqueFd fd, const std::shared_ptr<StreamState>& state) {
  if (is_surely_plain(fd.get())) return open_plain_stream(std::move(fd), *state);
  auto cookie = std::make_unique<Cookie>();
  cookie->state = state;
  cookie->fd = std::move(fd);
  while (cookie->waiting().size() < kCompressionMagicSize && fill(*cookie) > 0) {
  }
  cookie->decompressor = make_decompressor(cookie->waiting());

  cookie_io_functions_t functions{};
  functions.read = read_cookie;
  functions.seek = seek_cookie;
  functions.close = close_cookie;
  UniqueFile file(fopencookie(cookie.get(), "r", functions));
  if (file == nullptr) throw SystemError("allocate a stream", ENOMEM);
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
  stream.file = open_stream(open_file(path), stream.state);
  return stream;
}

}  // namespace wireproof
