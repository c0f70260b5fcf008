#include "cli/pack/archive.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <limits>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "base/system/file.h"
#include "base/system/memory_map.h"
#include "base/system/system_call.h"
#include "cli/options/command_line.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;

struct ShellOutput {
  std::string text;
  bool done = false;  // exit code 0
};

ShellOutput read_shell(const std::string& command) {
  std::FILE* const pipe = ::popen(command.c_str(), "re");
  if (pipe == nullptr) throw SystemError("start a shell", errno);
  ShellOutput output;
  std::array<char, 1U << 16U> block{};
  for (std::size_t got = block.size(); got > 0;) {
    got = std::fread(block.data(), 1, block.size(), pipe);
    output.text.append(block.data(), got);
  }
  output.done = ::pclose(pipe) == 0;
  return output;
}

// Of lines that may be names of files as well.
std::string find_reason(const std::string& text) {
  const std::string lines = "\n" + text;
  for (const std::string_view program : {"\nxz: ", "\ntar: "}) {
    const std::size_t at = lines.find(program);
    if (at != std::string::npos) return lines.substr(at + 1, lines.find('\n', at + 1) - at - 1);
  }
  return "it says nothing";
}

}  // namespace

Expected<std::string, std::string> read_archive(const fs::path& file) {
  std::string bytes = read_regular_file(file, std::numeric_limits<std::size_t>::max());
  const ShellOutput list =
      read_shell("LC_ALL=C tar --list --xz --file " + quote_for_shell(file.string()) + " 2>&1");
  if (!list.done) {
    return Unexpected<std::string>("tar cannot read it as a .tar.xz (" + find_reason(list.text) +
                                   ")");
  }
  const std::string top = list.text.substr(0, list.text.find('/'));
  for (const std::string_view name : {"/wireproof\n", "/libexec/wireproof\n"}) {
    if (("\n" + list.text).find("\n" + top + std::string(name)) != std::string::npos) continue;
    return Unexpected<std::string>("it has no file " + top +
                                   std::string(name.substr(0, name.size() - 1)));
  }
  return bytes;
}

std::optional<fs::path> find_own_archive() {
  const fs::path start = own_start_file();
  if (start.empty() || start == own_program_file()) return std::nullopt;
  return start.parent_path();
}

std::string pack_own_archive(const fs::path& folder) {
  ShellOutput packed = read_shell(
      "LC_ALL=C tar --create --sort=name --owner=0 --group=0 --numeric-owner --mode=go=u-w "
      "--mtime=@315532800 --transform='flags=r;s,^[.],wireproof,' "
      "--use-compress-program='xz -9 --threads=1' --directory=" +
      quote_for_shell(folder.string()) + " .");
  if (packed.done) return std::move(packed.text);
  throw std::runtime_error("pack " + folder.string() +
                           " with tar and xz: what they say is above; `--archive FILE` takes the "
                           "archive as it was made");
}

}  // namespace wireproof
