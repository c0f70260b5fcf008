#include "sheet/kaitai/ksy_library.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text/bytes.h"
#include "sheet/kaitai/ksy_reader.h"

namespace wireproof {
namespace {

// "a/b", ".." and "c" as "a/b/../c" is, without what a path says twice.
std::string joined_path(const std::string& folder, std::string_view path) {
  std::vector<std::string> parts;
  const std::string whole = folder + "/" + std::string(path);
  std::size_t begin = 0;
  while (begin <= whole.size()) {
    const std::size_t end = std::min(whole.find('/', begin), whole.size());
    const std::string part = whole.substr(begin, end - begin);
    begin = end + 1;
    if (part.empty() || part == ".") continue;
    if (part == ".." && !parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else {
      parts.push_back(part);
    }
  }
  const std::string root = folder.starts_with('/') ? "/" : "";
  return fmt::format("{}{}", root, fmt::join(parts, "/"));
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? "" : path.substr(0, std::max<std::size_t>(slash, 1));
}

const KsyType* type_inside(const KsyType& type, std::string_view name) {
  const auto found = std::ranges::find_if(
      type.types, [&](const std::unique_ptr<KsyType>& one) { return one->name == name; });
  return found == type.types.end() ? nullptr : found->get();
}

// One name, of a type inside of `from`, of `from` itself, or of what is around it.
const KsyType* type_around(const KsyType& from, std::string_view name) {
  for (const KsyType* type = &from; type != nullptr; type = type->outer) {
    if (const KsyType* const inside = type_inside(*type, name)) return inside;
    if (type->name == name) return type;
  }
  const auto imported = from.file->imported.find(std::string(name));
  return imported == from.file->imported.end() ? nullptr : &imported->second->root;
}

std::string_view take_part(std::string_view& name) {
  const std::size_t end = name.find("::");
  const std::string_view part = name.substr(0, end);
  name.remove_prefix(end == name.npos ? name.size() : end + 2);
  return part;
}

}  // namespace

KsyFile& KsyLibrary::read(const SourceText& source, const std::string& path) {
  add(source, path.empty() ? "" : joined_path("", path));
  for (std::size_t i = 0; i < files_.size(); ++i) {
    KsyFile& file = *files_[i];
    for (const KsyText& wanted : file.imports) import(file, wanted);
  }
  return *files_.front();
}

bool KsyLibrary::has_errors() const {
  return std::ranges::any_of(files_, [](const auto& file) { return file->problems.has_errors(); });
}

KsyFile& KsyLibrary::add(const SourceText& source, const std::string& path) {
  files_.push_back(std::make_unique<KsyFile>());
  KsyFile& file = *files_.back();
  file.source = std::make_shared<const SourceText>(source);
  file.folder = folder_of(path);
  if (!path.empty()) by_path_[path] = &file;
  read_ksy(file);
  return file;
}

void KsyLibrary::import(KsyFile& file, const KsyText& wanted) {
  const bool is_absolute = wanted.text.starts_with('/');
  const std::string name = wanted.text.substr(wanted.text.rfind('/') + 1);
  std::string above = file.folder;
  std::string refusal;
  for (std::size_t i = 0; i <= (is_absolute ? kMaxFoldersAbove : 0); ++i) {
    const std::string path = joined_path(above, wanted.text + ".ksy");
    above = joined_path(above, "..");
    if (const auto known = by_path_.find(path); known != by_path_.end()) {
      file.imported[name] = known->second;
      return;
    }
    const auto bytes = reader_ ? reader_(path) : Unexpected<std::string>("no files can be named");
    if (!bytes) {
      if (refusal.empty()) refusal = bytes.error();
      continue;
    }
    if (files_.size() == kMaxKsyFiles) {
      file.problems.error(ProblemCode::kaitai_limit, wanted.span, "too many imports",
                          fmt::format("at most {} files", kMaxKsyFiles));
      return;
    }
    KsyFile& added = add(SourceText(shown_ + path, std::string(as_text(*bytes))), path);
    if (added.root.name.empty()) added.root.name = name;
    file.imported[name] = &added;
    return;
  }
  file.problems.error(ProblemCode::kaitai_file, wanted.span,
                      fmt::format("`{}` cannot be imported: {}", wanted.text, refusal),
                      "a path begins in the folder of the description, one with `/` in front in "
                      "that folder or one above");
}

const KsyType* find_ksy_type(const KsyType& from, const std::string& name) {
  std::string_view rest = name;
  const KsyType* type = type_around(from, take_part(rest));
  while (type != nullptr && !rest.empty()) type = type_inside(*type, take_part(rest));
  return type;
}

const KsyEnum* find_ksy_enum(const KsyType& from, const std::string& name) {
  const std::size_t end = name.rfind("::");
  if (end != name.npos) {
    const KsyType* const type = find_ksy_type(from, name.substr(0, end));
    if (type == nullptr) return nullptr;
    const auto found = type->enums.find(name.substr(end + 2));
    return found == type->enums.end() ? nullptr : &found->second;
  }
  for (const KsyType* type = &from; type != nullptr; type = type->outer) {
    const auto found = type->enums.find(name);
    if (found != type->enums.end()) return &found->second;
  }
  return nullptr;
}

std::vector<std::string> ksy_type_names(const KsyType& from) {
  std::vector<std::string> names;
  for (const KsyType* type = &from; type != nullptr; type = type->outer) {
    for (const auto& one : type->types) names.push_back(one->name);
  }
  for (const auto& [name, file] : from.file->imported) names.push_back(name);
  return names;
}

}  // namespace wireproof
