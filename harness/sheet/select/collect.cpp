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

// Also a link that leads round in circles: whoever reads it is told so. One that leads nowhere is
// what editors leave beside a file that they hold.
bool is_sheet(const fs::directory_entry& entry) {
  if (entry.path().extension() != ".md" || entry.path().filename() == "README.md") return false;
  std::error_code error;
  const bool is_file = entry.is_regular_file(error);
  return is_file || (error && error != std::errc::no_such_file_or_directory);
}

// Not through a link, which may lead above itself. What cannot be looked at (a path of more than
// PATH_MAX bytes) may be one: whoever opens it is told.
bool is_own_folder(const fs::directory_entry& entry) {
  std::error_code error;
  const fs::file_type type = entry.symlink_status(error).type();
  return type == fs::file_type::directory || (error && type != fs::file_type::not_found);
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
  return {without_extension(absolute.lexically_relative(root)), file, ""};
}

void collect_folder(const fs::path& folder, std::vector<SheetFile>& sheets) {
  const fs::path named = absolute_path(folder);
  std::vector<fs::path> open{folder};
  while (!open.empty()) {
    const fs::path next = std::move(open.back());
    open.pop_back();
    std::error_code error;
    fs::directory_iterator entry(next, error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
      if (is_own_folder(*entry)) open.push_back(entry->path());
      if (!is_sheet(*entry)) continue;
      sheets.push_back(name_below(entry->path().lexically_normal(), named));
      if (sheets.size() > kMaxSheets) throw SystemError("read folder " + folder.string(), EFBIG);
    }
    if (!error) continue;
    sheets.push_back(name_below(next.lexically_normal(), named));
    sheets.back().refusal = SystemError("read folder " + next.string(), error.value()).what();
  }
}

// As far as it can be known.
fs::path without_links(const fs::path& path) {
  std::error_code error;
  const fs::path canonical = fs::weakly_canonical(path, error);
  return error ? absolute_path(path) : canonical;
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
    if (status.type() == fs::file_type::not_found)
      throw SystemError("read " + path.string(), ENOENT);
    if (fs::is_directory(status)) {
      collect_folder(path, found);
    } else {
      found.push_back(name_sheet(path));
    }
  }
  std::set<fs::path> seen;
  std::erase_if(found, [&seen](const SheetFile& sheet) {
    return !seen.insert(without_links(sheet.path)).second;
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
  return SourceText(path.string(), read_regular_file(path, kMaxReadBytes));
}

}  // namespace wireproof
