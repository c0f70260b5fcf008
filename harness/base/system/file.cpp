#include "base/system/file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace wireproof {
namespace {

namespace fs = std::filesystem;

// 1 or 2 where that is open on the same file, pipe or device; 0 where neither is.
int find_own_output(const fs::path& path) {
  struct stat wanted {};
  if (::stat(path.c_str(), &wanted) != 0) return 0;
  for (const int own : {STDOUT_FILENO, STDERR_FILENO}) {
    struct stat found {};
    if (::fstat(own, &found) != 0) continue;
    if (found.st_dev == wanted.st_dev && found.st_ino == wanted.st_ino) return own;
  }
  return 0;
}

// A file of another name beside the one that it shall replace.
struct Draft {
  std::string path;
  UniqueFd file;

  ~Draft() {
    if (!path.empty()) ::unlink(path.c_str());
  }
};

// What a new file can be made to look like the old one; false: the old one must be kept.
bool resemble(int file, const struct stat& old) {
  struct stat now {};
  if (::fstat(file, &now) != 0) return false;
  const bool same_owner = now.st_uid == old.st_uid && now.st_gid == old.st_gid;
  if (!same_owner && ::fchown(file, old.st_uid, old.st_gid) != 0) return false;
  return ::fchmod(file, old.st_mode & 07777) == 0;  // behind fchown(), which takes set-id bits away
}

}  // namespace

std::string read_file(const fs::path& path, std::size_t max_bytes) {
  const std::string attempt = "read " + path.string();
  const UniqueFd file = check_descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC), attempt);
  std::string text;
  std::array<char, 65536> block{};
  while (text.size() < max_bytes) {
    const std::size_t wanted = std::min(block.size(), max_bytes - text.size());
    const long size = check_call(read_some(file.get(), block.data(), wanted), attempt);
    if (size == 0) break;
    text.append(block.data(), static_cast<std::size_t>(size));
  }
  return text;
}

OutputFile::OutputFile(const fs::path& path, std::string attempt) : attempt_(std::move(attempt)) {
  if (const int own = find_own_output(path); own != 0) {
    file_ = check_descriptor(::fcntl(own, F_DUPFD_CLOEXEC, 0), attempt_);
    appends_ = true;
    return;
  }
  std::error_code ignored;
  const bool is_new = !fs::exists(path, ignored);
  constexpr mode_t kMode = 0666;
  file_ = check_descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, kMode), attempt_);
  struct stat status {};
  check_call(::fstat(file_.get(), &status), attempt_);
  if (!S_ISREG(status.st_mode)) return;
  const fs::path real = fs::canonical(path, ignored);
  if (ignored) return;
  if (is_new) made_ = real;
  if (status.st_nlink == 1) replaced_ = real;
}

OutputFile::~OutputFile() {
  if (file_ && !made_.empty()) ::unlink(made_.c_str());
}

void OutputFile::write(std::string_view text) {
  if (replaced_.empty() || !replace(text)) write_into(text);
  made_.clear();
}

// False: no other file can take its place here, and nothing has been changed.
bool OutputFile::replace(std::string_view text) const {
  struct stat old {};
  if (::fstat(file_.get(), &old) != 0) return false;
  Draft draft;
  std::string name = replaced_.string() + ".XXXXXX";
  draft.file.reset(::mkostemp(name.data(), O_CLOEXEC));
  if (!draft.file) return false;
  draft.path = name;
  if (!resemble(draft.file.get(), old)) return false;
  write_all(draft.file.get(), text, attempt_);
  check_call(::close(draft.file.release()), attempt_);
  // Not over what somebody has mounted there (EBUSY), as a container does with a single file.
  if (std::rename(draft.path.c_str(), replaced_.c_str()) != 0) return false;
  draft.path.clear();
  return true;
}

void OutputFile::write_into(std::string_view text) {
  // Pipes and terminals cannot be cut to a length (EINVAL), and need not be.
  if (!appends_ && ::ftruncate(file_.get(), 0) != 0 && errno != EINVAL) {
    throw SystemError(attempt_, errno);
  }
  write_all(file_.get(), text, attempt_);
  check_call(::close(file_.release()), attempt_);
}

void write_file(const fs::path& path, std::string_view text) {
  OutputFile(path, "write " + path.string()).write(text);
}

}  // namespace wireproof
