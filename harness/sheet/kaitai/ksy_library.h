#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sheet/kaitai/ksy_tree.h"
#include "sheet/text/file_reader.h"

namespace wireproof {

constexpr std::size_t kMaxKsyFiles = 64;
constexpr std::size_t kMaxFoldersAbove = 8;  // in which `/common/name` is looked for

// The descriptions that one layout is made of: the first and all that it imports.
class KsyLibrary {
 public:
  // `shown` goes before the paths of files in messages.
  KsyLibrary(FileReader reader, std::string shown)
      : reader_(std::move(reader)), shown_(std::move(shown)) {}

  // Reads the first, of which `path` is that from the folder of the sheet on (empty: it stands in
  // the sheet), and then what the descriptions import.
  KsyFile& read(const SourceText& source, const std::string& path);

  const std::vector<std::unique_ptr<KsyFile>>& files() const { return files_; }
  bool has_errors() const;

 private:
  KsyFile& add(const SourceText& source, const std::string& path);
  void import(KsyFile& file, const KsyText& wanted);

  FileReader reader_;
  std::string shown_;
  std::vector<std::unique_ptr<KsyFile>> files_;
  std::map<std::string, KsyFile*> by_path_;
};

// A type by the name that `from` uses for it; null where there is none.
const KsyType* find_ksy_type(const KsyType& from, const std::string& name);
// The values of `enum` or `type::enum`.
const KsyEnum* find_ksy_enum(const KsyType& from, const std::string& name);
// Names of types that `from` may use.
std::vector<std::string> ksy_type_names(const KsyType& from);

}  // namespace wireproof
