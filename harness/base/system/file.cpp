#include "base/system/file.h"

#include <fcntl.h>
#include <sys/file.h>
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

// What a path leads to through symbolic links, also where nothing is there yet.
fs::path follow_links(fs::path path) {
  constexpr int kMostLinks = 40;  // as Linux follows them (path_resolution(7))
  std::error_code error;
  for (int links = 0; links < kMostLinks && fs::is_symlink(path, error); ++links) {
    const fs::path to = fs::read_symlink(path, error);
    if (error) break;
    path = path.parent_path() / to;
  }
  return path;
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

constexpr mode_t kNewMode = 0666;

// Of a draft that nobody holds any longer: its process was killed. A name that is no draft's, or
// that has become another one's meanwhile, stays.
bool clear_away(const fs::path& name) {
  const UniqueFd file(::open(name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file || ::flock(file.get(), LOCK_EX | LOCK_NB) != 0) return false;
  struct stat held {};
  struct stat named {};
  if (::fstat(file.get(), &held) != 0 || ::lstat(name.c_str(), &named) != 0) return false;
  const bool is_same = held.st_dev == named.st_dev && held.st_ino == named.st_ino;
  return is_same && S_ISREG(held.st_mode) && ::unlink(name.c_str()) == 0;
}

// A file that shall take the place of another one of its folder. It is locked while it has a name
// of its own, so that one which a killed process has left behind is known and cleared away.
class Draft {
 public:
  // Has no descriptor where the folder takes no file.
  explicit Draft(const fs::path& folder)
      : folder_(folder), file_(::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, kNewMode)) {
    if (!file_) {
      give_name([this](const fs::path& name) {
        file_.reset(
            ::open(name.c_str(), O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC, kNewMode));
        return static_cast<bool>(file_);
      });
    }
    // Where there are no locks, nothing is cleared away either.
    if (file_) ::flock(file_.get(), LOCK_EX | LOCK_NB);
  }
  ~Draft() {
    if (!name_.empty()) ::unlink(name_.c_str());
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  const UniqueFd& file() const { return file_; }

  // False, with errno: the other one stays as it is.
  bool take_place_of(const fs::path& other) {
    if (name_.empty()) {
      const std::string unnamed = "/proc/self/fd/" + std::to_string(file_.get());
      give_name([&unnamed](const fs::path& name) {
        return ::linkat(AT_FDCWD, unnamed.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0;
      });
    }
    if (name_.empty() || std::rename(name_.c_str(), other.c_str()) != 0) return false;
    name_.clear();
    return true;
  }

 private:
  // The first name with which it can be made: others may wait under any.
  template <typename Make>
  void give_name(const Make& make) {
    constexpr int kMostTries = 100;
    for (int number = 0; number < kMostTries; ++number) {
      const fs::path name = folder_ / (".wireproof-" + std::to_string(number));
      const bool is_made = make(name);
      if (!is_made && errno != EEXIST) return;
      if (is_made || (clear_away(name) && make(name))) {
        name_ = name;
        return;
      }
    }
  }

  fs::path folder_;
  fs::path name_;  // empty: has none, or has given it away
  UniqueFd file_;
};

// What a new file can be made to look like the old one; false: the old one must be kept.
bool resemble(int file, const struct stat& old) {
  struct stat now {};
  if (::fstat(file, &now) != 0) return false;
  const bool same_owner = now.st_uid == old.st_uid && now.st_gid == old.st_gid;
  if (!same_owner && ::fchown(file, old.st_uid, old.st_gid) != 0) return false;
  return ::fchmod(file, old.st_mode & 07777) == 0;  // behind fchown(), which takes set-id bits away
}

std::string read_up_to(const UniqueFd& file, std::size_t max_bytes, const std::string& attempt) {
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

}  // namespace

std::string read_file(const fs::path& path, std::size_t max_bytes) {
  const std::string attempt = "read " + path.string();
  return read_up_to(check_descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC), attempt),
                    max_bytes, attempt);
}

// A pipe that nobody writes to is opened at once with O_NONBLOCK; a regular file does not mind it.
std::string read_regular_file(const fs::path& path, std::size_t max_bytes) {
  const std::string attempt = "read " + path.string();
  const UniqueFd file =
      check_descriptor(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), attempt);
  struct stat status {};
  check_call(::fstat(file.get(), &status), attempt);
  if (S_ISDIR(status.st_mode)) throw SystemError(attempt, EISDIR);
  if (!S_ISREG(status.st_mode)) throw SystemError(attempt + ", which is no regular file", EINVAL);
  return read_up_to(file, max_bytes, attempt);
}

OutputFile::OutputFile(const fs::path& path, std::string attempt) : attempt_(std::move(attempt)) {
  if (const int own = find_own_output(path); own != 0) {
    file_ = check_descriptor(::fcntl(own, F_DUPFD_CLOEXEC, 0), attempt_);
    appends_ = true;
    return;
  }
  file_.reset(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file_) {
    if (errno != ENOENT) throw SystemError(attempt_, errno);
    replaced_ = follow_links(path);
    const fs::path folder = folder_of(replaced_);
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) throw SystemError(attempt_, error.value());
    if (!replaced_.has_filename()) throw SystemError(attempt_, EISDIR);
    if (!Draft(folder).file()) throw SystemError(attempt_, errno);
    return;
  }
  struct stat status {};
  check_call(::fstat(file_.get(), &status), attempt_);
  if (!S_ISREG(status.st_mode) || status.st_nlink != 1) return;
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  if (!error) replaced_ = real;
}

void OutputFile::write(std::string_view text) {
  if (replaced_.empty() || !replace(text, Lasting::on_disk)) write_into(text);
}

void OutputFile::update(std::string_view text) const {
  if (replaced_.empty()) return;
  try {
    replace(text, Lasting::in_memory);
  } catch (const SystemError&) {
    return;  // as promised
  }
}

// False: no other file can take its place here, and nothing has been changed.
bool OutputFile::replace(std::string_view text, Lasting lasting) const {
  Draft draft(folder_of(replaced_));
  if (!draft.file()) return refuse_replacement();
  const int fd = draft.file().get();
  struct stat old {};
  if (file_ && (::fstat(file_.get(), &old) != 0 || !resemble(fd, old))) return false;
  write_all(fd, text, attempt_);
  // Else a machine that loses power may keep the new name without the text. The folder itself is
  // left to the file system: after such an end it has the old file or the new one, each of them
  // whole, and which of the two is promised to nobody.
  if (lasting == Lasting::on_disk) check_call(::fsync(fd), attempt_);
  // Not over what somebody has mounted there (EBUSY), as a container does with a single file.
  return draft.take_place_of(replaced_) || refuse_replacement();
}

// False where the old file can be written into. Throws SystemError where there is none.
bool OutputFile::refuse_replacement() const {
  if (!file_) throw SystemError(attempt_, errno);
  return false;
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
