#pragma once

#include <filesystem>
#include <string>

namespace wireproof {

// A folder of a test's own that goes with the object. Throws SystemError.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path file(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

// The bytes of a file; none where it cannot be read.
std::string read_text(const std::filesystem::path& path);

}  // namespace wireproof
