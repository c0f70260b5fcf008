#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace wireproof {

// A file of a pack, by its name in the zip: folders with `/`, UTF-8.
struct PackedFile {
  std::string name;
  std::string bytes;
  bool is_program = false;
};

// The same bytes for the same files: in their order, of one time, and nothing of the machine. Makes
// the folder where there is none. What is there under the name is replaced, once the zip is whole.
// Throws SystemError, std::runtime_error.
void write_zip(const std::filesystem::path& path, const std::vector<PackedFile>& files);

}  // namespace wireproof
