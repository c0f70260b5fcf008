#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/text/diagnostic.h"

namespace wireproof {

// A sheet that was found, by its id: the path below the scenario root without `.md`.
struct SheetFile {
  std::string id;
  std::filesystem::path path;

  bool operator==(const SheetFile&) const = default;
};

// The sheets of files and folders, in the order of the paths, those of a folder by id, each once.
// A folder is its own scenario root, unless it lies in one; the root of a file is the nearest
// folder above it named `scenarios`, else its id is its name. README.md is no sheet. Throws
// SystemError naming a path that is not there or cannot be read.
std::vector<SheetFile> collect_sheets(std::span<const std::filesystem::path> paths);

// The sheet's text, named by its path. Throws SystemError.
SourceText read_sheet_file(const std::filesystem::path& path);

}  // namespace wireproof
