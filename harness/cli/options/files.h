#pragma once

#include <filesystem>
#include <string>

namespace wireproof {

// Both throw SystemError naming the file.
std::string read_file(const std::filesystem::path& path);
// By a new file that takes the old one's place and permissions, so that no half-written sheet
// is left behind.
void replace_file(const std::filesystem::path& path, const std::string& text);

// The same for a file that need not be there yet; it can be read by everybody, less the umask.
void write_whole_file(const std::filesystem::path& path, const std::string& text);

}  // namespace wireproof
