#include "cli/options/files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cstdio>
#include <string_view>

#include "base/system/system_call.h"
#include "base/system/unique_fd.h"

namespace wireproof {

namespace {

void write_all(int fd, std::string_view text, const std::string& attempt) {
  while (!text.empty()) {
    const long written = check_call(::write(fd, text.data(), text.size()), attempt);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void write_as_new(const std::filesystem::path& path, const std::string& text, mode_t mode) {
  const std::string draft = path.string() + ".new";
  constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
  UniqueFd file(
      static_cast<int>(check_call(::open(draft.c_str(), kFlags, mode), "write " + draft)));
  write_all(file.get(), text, "write " + draft);
  check_call(::close(file.release()), "write " + draft);
  check_call(std::rename(draft.c_str(), path.c_str()), "write " + path.string());
}

}  // namespace

std::string read_file(const std::filesystem::path& path) {
  const std::string attempt = "read " + path.string();
  const UniqueFd file(
      static_cast<int>(check_call(::open(path.c_str(), O_RDONLY | O_CLOEXEC), attempt)));
  std::string text;
  std::array<char, 65536> block{};
  while (const long size = check_call(::read(file.get(), block.data(), block.size()), attempt)) {
    text.append(block.data(), static_cast<std::size_t>(size));
  }
  return text;
}

void replace_file(const std::filesystem::path& path, const std::string& text) {
  struct stat old {};
  check_call(::stat(path.c_str(), &old), "write " + path.string());
  write_as_new(path, text, old.st_mode & 0777);
}

void write_whole_file(const std::filesystem::path& path, const std::string& text) {
  write_as_new(path, text, 0666);
}

}  // namespace wireproof
