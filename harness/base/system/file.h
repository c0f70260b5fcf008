#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>

#include "base/system/system_call.h"

namespace wireproof {

// All of a file, a pipe or a device, up to `max_bytes`: what follows is not read, and not waited
// for. Throws SystemError ("read PATH: …").
std::string read_file(const std::filesystem::path& path,
                      std::size_t max_bytes = std::numeric_limits<std::size_t>::max());

// The same of a regular file; anything else (a pipe, a device, a folder) is refused, so that nobody
// is waited for. Throws SystemError ("read PATH: is a directory").
std::string read_regular_file(const std::filesystem::path& path, std::size_t max_bytes);

// A file that will be written as a whole: whatever ends the process, at any moment, under the name
// is what was there before or all of the new text. Opened before the work of which it shall keep
// the result, so that a path that cannot be written is refused first.
//
// A regular file is replaced by a new one of its folder that takes over its name, mode and owner,
// so that a full disk leaves the old text; while it is written it has no name where the file system
// can do that, else a new one that nothing waits under. A symbolic link stays, and what it leads to
// is replaced. Whatever else the path names (a device, a pipe, a terminal, a file with other names
// too, or in a folder where none may be made) is written into, and what this process's standard
// output or error goes to as well goes on from there.
class OutputFile {
 public:
  // Makes the folder where there is none, not the file; that gets the mode 0666 less the umask.
  // Throws SystemError ("ATTEMPT: permission denied").
  OutputFile(const std::filesystem::path& path, std::string attempt);

  // Once. Throws SystemError naming the attempt.
  void write(std::string_view text);

  // What there is to say before write(), any number of times: where the file is replaced, it holds
  // this text meanwhile, unless the machine loses power. Elsewhere, and where it cannot be written,
  // nothing is done: write() tells.
  void update(std::string_view text) const;

 private:
  enum class Lasting : std::uint8_t { on_disk, in_memory };

  bool replace(std::string_view text, Lasting lasting) const;
  bool refuse_replacement() const;
  void write_into(std::string_view text);

  std::string attempt_;
  UniqueFd file_;                   // none: there is no such file yet
  std::filesystem::path replaced_;  // the regular file, without links; empty: is written into
  bool appends_ = false;
};

// Throws SystemError ("write PATH: …").
void write_file(const std::filesystem::path& path, std::string_view text);

}  // namespace wireproof
