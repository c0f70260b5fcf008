#include "cli/wireshark/wireshark_files.h"

#include <boost/algorithm/string/replace.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <stdexcept>

#include "base/system/file.h"
#include "base/system/system_call.h"
#include "cli/options/command_line.h"

namespace wireproof {

namespace fs = std::filesystem;

namespace {

// "Personal Lua Plugins:\t/home/anna/.local/lib/wireshark/plugins"
std::optional<fs::path> find_folder(std::string_view told, std::string_view name) {
  const std::size_t begin = told.find(name);
  if (begin == std::string_view::npos) return std::nullopt;
  std::string_view line = told.substr(begin + name.size());
  line = line.substr(0, line.find('\n'));
  std::string path(line);
  boost::trim(path);
  return path.empty() ? std::nullopt : std::optional<fs::path>(path);
}

// What it prints where it is not installed, or fails: nothing.
std::string ask_tshark() {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(
      ::popen("tshark -G folders 2>/dev/null", "r"), ::pclose);
  if (!pipe) return "";
  std::string text;
  for (int got = std::fgetc(pipe.get()); got != EOF; got = std::fgetc(pipe.get())) {
    text += static_cast<char>(got);
  }
  return text;
}

}  // namespace

WiresharkFolders read_folders(std::string_view told, const fs::path& home) {
  WiresharkFolders folders;
  folders.configuration =
      find_folder(told, "Personal configuration:").value_or(home / ".config/wireshark");
  folders.plugins =
      find_folder(told, "Personal Lua Plugins:").value_or(home / ".local/lib/wireshark/plugins");
  // Wireshark before 4.2 does not name it, and has it beside the profiles.
  folders.extcap =
      find_folder(told, "Personal Extcap path:").value_or(folders.configuration / "extcap");
  return folders;
}

WiresharkFolders find_folders() {
  const char* const home = std::getenv("HOME");
  if (home == nullptr || *home == '\0') {
    throw std::runtime_error("HOME does not say whose Wireshark is meant");
  }
  return read_folders(ask_tshark(), home);
}

std::vector<WiresharkFile> list_files(const WiresharkFolders& folders, const fs::path& program) {
  std::string extcap(wireshark_extcap());
  boost::replace_first(extcap, "{program}", quote_for_shell(program.string()));
  return {{folders.plugins / "wireproof.lua", std::string(wireshark_script())},
          {folders.configuration / "profiles/wireproof/preferences",
           std::string(wireshark_preferences())},
          {folders.extcap / "wireproof", extcap, true}};
}

void install_files(const std::vector<WiresharkFile>& files) {
  for (const WiresharkFile& file : files) {
    OutputFile(file.path, "write " + file.path.string()).write(file.text);
    if (!file.is_program) continue;
    std::error_code error;
    fs::permissions(file.path, fs::perms::owner_exec, fs::perm_options::add, error);
    if (error) throw SystemError("make " + file.path.string() + " a program", error.value());
  }
}

std::vector<fs::path> remove_files(const std::vector<WiresharkFile>& files) {
  std::vector<fs::path> removed;
  for (const WiresharkFile& file : files) {
    std::error_code error;
    if (fs::remove(file.path, error)) removed.push_back(file.path);
    if (error) throw SystemError("remove " + file.path.string(), error.value());
  }
  return removed;
}

}  // namespace wireproof
