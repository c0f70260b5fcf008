#include "sheet/select/collect.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>

#include "base/system/system_call.h"
#include "sheet/text/fragment.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRootName = "scenarios";
constexpr std::size_t kMaxSheets = 100'000;
// One byte more than parse_scenario accepts would do; the rest of a huge file is not read.
constexpr std::size_t kMaxReadBytes = 2 << 20;

bool is_sheet(const fs::path& path) {
  return lower_case(path.extension().string()) == ".md" &&
         lower_case(path.filename().string()) != "readme.md";
}

// The nearest folder `scenarios` at or above `folder`, or nothing.
fs::path find_root(const fs::path& folder) {
  for (fs::path root = folder; !root.empty(); root = root.parent_path()) {
    if (root.filename() == kRootName) return root;
    if (root == root.parent_path()) break;
  }
  return {};
}

std::string make_id(const fs::path& file, const fs::path& root) {
  fs::path name = root.empty() ? file.filename() : file.lexically_relative(root);
  name.replace_extension();
  return name.generic_string();
}

fs::path absolute_folder(const fs::path& path) {
  fs::path absolute = fs::absolute(path).lexically_normal();
  if (!absolute.has_filename()) absolute = absolute.parent_path();  // a slash at the end
  return absolute;
}

std::vector<SheetFile> collect_folder(const fs::path& folder) {
  const fs::path absolute = absolute_folder(folder);
  fs::path root = find_root(absolute);
  if (root.empty()) root = absolute;
  std::vector<SheetFile> sheets;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (!entry->is_regular_file() || !is_sheet(entry->path())) continue;
    const fs::path full = fs::absolute(entry->path()).lexically_normal();
    sheets.push_back({make_id(full, root), entry->path()});
    if (sheets.size() > kMaxSheets) throw SystemError("read folder " + folder.string(), EFBIG);
  }
  if (error) throw SystemError("read folder " + folder.string(), error.value());
  std::ranges::sort(sheets, {}, &SheetFile::id);
  return sheets;
}

}  // namespace

std::vector<SheetFile> collect_sheets(std::span<const fs::path> paths) {
  std::vector<SheetFile> sheets;
  std::set<fs::path> seen;
  for (const fs::path& path : paths) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) throw SystemError("open " + path.string(), ENOENT);
    std::vector<SheetFile> found;
    if (fs::is_directory(status)) {
      found = collect_folder(path);
    } else {
      const fs::path absolute = fs::absolute(path).lexically_normal();
      found.push_back({make_id(absolute, find_root(absolute.parent_path())), path});
    }
    for (SheetFile& sheet : found) {
      const fs::path absolute = fs::absolute(sheet.path).lexically_normal();
      if (seen.insert(absolute).second) sheets.push_back(std::move(sheet));
    }
  }
  return sheets;
}

SourceText read_sheet_file(const fs::path& path) {
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw SystemError("open " + path.string(), errno == 0 ? EIO : errno);
  std::string text(kMaxReadBytes, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad() || (stream.fail() && !stream.eof())) {
    throw SystemError("read " + path.string(), errno == 0 ? EIO : errno);
  }
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return SourceText(path.string(), std::move(text));
}

}  // namespace wireproof
