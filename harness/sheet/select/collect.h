#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/text/diagnostic.h"

namespace wireproof {

// A sheet that was found, by its id: the path below the scenario root without `.md`. Or a folder in
// which there may be some.
struct SheetFile {
  std::string id;
  std::filesystem::path path;
  std::string refusal;  // why the system lets nobody read the folder; empty: it is a sheet

  auto operator<=>(const SheetFile&) const = default;
};

// A sheet's id must not depend on how it was named: it counts from the nearest folder `scenarios`
// above the sheet where there is one, else from its own folder.
SheetFile name_sheet(const std::filesystem::path& file);

// The sheets of files and folders by their ids, each once. In a folder outside of any `scenarios`
// ids count from that folder. README.md describes a folder and is no sheet there. No two have the
// same id: of equal ones the first by its path keeps it, the others have their paths instead. What
// cannot be read is among them, so that the others are found. Throws SystemError naming a path that
// is not there or holds too many sheets.
std::vector<SheetFile> collect_sheets(std::span<const std::filesystem::path> paths);

// Where the sheets are that `named` means. A relative path that begins with `scenarios` is below
// the first of `roots` that is a folder: those of the working folder, or those that were installed.
// Any other path, or when there is no such folder, is `named` itself.
std::filesystem::path locate_sheets(const std::filesystem::path& named,
                                    std::span<const std::filesystem::path> roots);

// The sheet's text, named by its path; of a file that is too large for a sheet, or has no end, only
// so much that parse_scenario refuses it. Throws SystemError, also for what is no regular file.
SourceText read_sheet_file(const std::filesystem::path& path);

}  // namespace wireproof
