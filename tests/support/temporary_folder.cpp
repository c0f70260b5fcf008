#include "support/temporary_folder.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/system/system_call.h"

namespace wireproof {

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "wireproof-test-XXXXXX").string();
  check_call(::mkdtemp(name.data()) == nullptr ? -1 : 0, "make a temporary folder");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string read_text(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace wireproof
