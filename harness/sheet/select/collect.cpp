#include "sheet/select/collect.h"

#include <algorithm>
#include <cerrno>
#include <set>
#include <system_error>

#include "base/system/file.h"
#include "base/system/system_call.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRootName = "scenarios";
constexpr std::size_t kMaxSheets = 100'000;
// One byte more than parse_scenario accepts would do; the rest of a huge file is not read.
constexpr std::size_t kMaxReadBytes = 2 << 20;

bool is_sheet(const fs::directory_entry& entry) {
  return entry.is_regular_file() && entry.path().extension() == ".md" &&
         entry.path().filename() != "README.md";
}

// The nearest folder `scenarios` at or above `folder`, else `other`.
fs::path find_root(const fs::path& folder, const fs::path& other) {
  for (fs::path root = folder; root.has_relative_path(); root = root.parent_path()) {
    if (root.filename() == kRootName) return root;
  }
  return other;
}

fs::path absolute_path(const fs::path& path) {
  fs::path absolute = fs::absolute(path).lexically_normal();
  if (!absolute.has_filename()) absolute = absolute.parent_path();  // a slash at the end
  return absolute;
}

std::string without_extension(fs::path path) {
  return path.replace_extension().generic_string();
}

SheetFile name_below(const fs::path& file, const fs::path& named) {
  const fs::path absolute = absolute_path(file);
  const fs::path root = find_root(absolute.parent_path(), named);
  return {without_extension(absolute.lexically_relative(root)), file};
}

void collect_folder(const fs::path& folder, std::vector<SheetFile>& sheets) {
  const fs::path named = absolute_path(folder);
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (!is_sheet(*entry)) continue;
    sheets.push_back(name_below(entry->path().lexically_normal(), named));
    if (sheets.size() > kMaxSheets) throw SystemError("read folder " + folder.string(), EFBIG);
  }
  if (error) throw SystemError("read folder " + folder.string(), error.value());
}

// Two roots may hold the same id.
void tell_apart(std::vector<SheetFile>& sheets) {
  std::set<std::string> taken;
  for (const SheetFile& sheet : sheets) taken.insert(sheet.id);
  std::string before;
  for (SheetFile& sheet : sheets) {
    const bool is_again = sheet.id == before;
    before = sheet.id;
    if (!is_again) continue;
    sheet.id = without_extension(sheet.path);
    if (!taken.insert(sheet.id).second) sheet.id = without_extension(absolute_path(sheet.path));
  }
}

}  // namespace

SheetFile name_sheet(const fs::path& file) {
  return name_below(file, absolute_path(file).parent_path());
}

std::vector<SheetFile> collect_sheets(std::span<const fs::path> paths) {
  std::vector<SheetFile> found;
  for (const fs::path& path : paths) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) throw SystemError("read " + path.string(), ENOENT);
    if (fs::is_directory(status)) {
      collect_folder(path, found);
    } else {
      found.push_back(name_sheet(path));
    }
  }
  std::set<fs::path> seen;
  std::erase_if(found, [&seen](const SheetFile& sheet) {
    return !seen.insert(fs::weakly_canonical(sheet.path)).second;
  });
  std::ranges::sort(found);
  tell_apart(found);
  return found;
}

fs::path locate_sheets(const fs::path& named, std::span<const fs::path> roots) {
  const fs::path normal = named.lexically_normal();
  if (normal.empty() || *normal.begin() != kRootName) return named;
  const auto root =
      std::ranges::find_if(roots, [](const fs::path& path) { return fs::is_directory(path); });
  if (root == roots.end() || *root == kRootName) return named;
  const fs::path below = normal.lexically_relative(kRootName);
  return below == "." ? *root : *root / below;
}

SourceText read_sheet_file(const fs::path& path) {
  return SourceText(path.string(), read_file(path, kMaxReadBytes));
}

}  // namespace wireproof
