#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace wireproof {

// What makes Wireshark show more of our captures: a script that makes fields of comments, a profile
// with the columns, and an interface that traces two programs.

std::string_view wireshark_script();
std::string_view wireshark_preferences();
std::string_view wireshark_extcap();  // {program} stands for the path of this program

struct WiresharkFile {
  std::filesystem::path path;
  std::string text;
  bool is_program = false;
};

// The folders of a user's own files.
struct WiresharkFolders {
  std::filesystem::path configuration;  // with the profiles
  std::filesystem::path plugins;        // of Lua
  std::filesystem::path extcap;
};
// As `tshark -G folders` told them; what it does not tell is where Wireshark 4 looks below `home`.
WiresharkFolders read_folders(std::string_view told, const std::filesystem::path& home);
// Of this user, whom tshark is asked about where it is installed. Throws std::runtime_error where
// there is no HOME.
WiresharkFolders find_folders();

// `program` is this program's path.
std::vector<WiresharkFile> list_files(const WiresharkFolders& folders,
                                      const std::filesystem::path& program);
// Throws SystemError naming what cannot be written.
void install_files(const std::vector<WiresharkFile>& files);
// Removes those that are there; which ones. Throws SystemError naming what cannot be removed.
std::vector<std::filesystem::path> remove_files(const std::vector<WiresharkFile>& files);

}  // namespace wireproof
