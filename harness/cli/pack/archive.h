#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/text/expected.h"

namespace wireproof {

// The archive that runs without an installation (scripts/package bundle), as bytes.

// That of a file; else what is wrong with it. It is looked into with tar. Throws SystemError where
// it cannot be read.
Expected<std::string, std::string> read_archive(const std::filesystem::path& file);

// The folder of the archive that the running program was unpacked from.
std::optional<std::filesystem::path> find_own_archive();

// Packs that folder again, in some seconds: the same bytes for the same files. Throws
// std::runtime_error with what tar or xz said.
std::string pack_own_archive(const std::filesystem::path& folder);

}  // namespace wireproof
