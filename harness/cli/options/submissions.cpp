#include "cli/options/submissions.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <cerrno>
#include <map>

#include "base/system/file.h"
#include "cli/options/command_line.h"
#include "result/result_codec.h"

namespace wireproof {

namespace fs = std::filesystem;

namespace {

// Of a file; a larger one is known by its size and time.
constexpr std::uintmax_t kMaxReadBytes = std::uintmax_t{64} << 20;

std::string fill_folder(std::string command, const fs::path& folder) {
  boost::replace_all(command, "{dir}", quote_for_shell(folder.string()));
  return command;
}

// A chain of name-based UUIDs (RFC 4122 §4.3): each text is named within all that came before it.
class KeyChain {
 public:
  void add(const std::string& text) {
    boost::uuids::name_generator_sha1 generator(key_);
    key_ = generator(text.data(), text.size());
  }
  std::string text() const { return boost::uuids::to_string(key_); }

 private:
  boost::uuids::uuid key_ = boost::uuids::ns::oid();
};

bool is_executable(const fs::path& path) {
  return (fs::status(path).permissions() & fs::perms::owner_exec) != fs::perms::none;
}

std::string render_stamp(const fs::directory_entry& entry) {
  return std::to_string(entry.file_size()) + " bytes of " +
         std::to_string(entry.last_write_time().time_since_epoch().count());
}

void add_entry(KeyChain& chain, const fs::directory_entry& entry, const std::string& name) {
  chain.add(name);
  if (entry.is_symlink()) {
    chain.add("link " + fs::read_symlink(entry.path()).string());
  } else if (entry.is_regular_file()) {
    chain.add(is_executable(entry.path()) ? "program" : "file");
    const bool is_small = entry.file_size() <= kMaxReadBytes;
    chain.add(is_small ? read_file(entry.path()) : render_stamp(entry));
  } else {
    chain.add("folder");
  }
}

}  // namespace

FoundSubmissions find_submissions(const fs::path& folder, const std::string& command) {
  FoundSubmissions found;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with('.')) continue;
    std::error_code error;
    const bool is_folder = entry.is_directory(error);
    const fs::path real = is_folder ? fs::canonical(entry.path(), error) : entry.path();
    if (is_folder && !error && ::access(real.c_str(), R_OK | X_OK) != 0) {
      error = std::make_error_code(static_cast<std::errc>(errno));
    }
    if (error && error != std::errc::no_such_file_or_directory) {
      found.refused.push_back({name, SystemError("read folder " + name, error.value()).what(), {}});
    } else if (is_folder) {
      found.all.push_back({name, real, fill_folder(command, real)});
    }
  }
  std::ranges::sort(found.all, std::ranges::less{}, &Submission::name);
  std::ranges::sort(found.refused, std::ranges::less{}, &SubmissionGrade::name);
  return found;
}

std::string make_content_key(const fs::path& folder, const std::string& start) {
  std::map<std::string, fs::directory_entry> entries;  // by path, as folders come in any order
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    entries.emplace(entry.path().lexically_relative(folder).generic_string(), entry);
  }
  KeyChain chain;
  chain.add(start);
  for (const auto& [name, entry] : entries) add_entry(chain, entry, name);
  return chain.text();
}

// A name may be as long as that of a file (NAME_MAX): with the ending it may not.
fs::path GradeStore::file_of(const std::string& name) const {
  constexpr std::size_t kMostNameBytes = 200;
  if (name.size() <= kMostNameBytes) return folder_ / (name + ".json");
  KeyChain chain;
  chain.add(name);
  return folder_ / fmt::format("{}-{}.json", name.substr(0, kMostNameBytes), chain.text());
}

// The first line is the key.
std::optional<SubmissionGrade> GradeStore::find(const std::string& name,
                                                const std::string& key) const {
  const fs::path path = file_of(name);
  if (!fs::exists(path)) return std::nullopt;
  const std::string text = read_file(path);
  const std::size_t line_end = text.find('\n');
  if (line_end == std::string::npos || text.substr(0, line_end) != key) return std::nullopt;
  try {
    return read_json<SubmissionGrade>(text.substr(line_end + 1));
  } catch (const std::exception&) {
    return std::nullopt;  // it is graded again
  }
}

void GradeStore::keep(const SubmissionGrade& grade, const std::string& key) const {
  write_file(file_of(grade.name), key + "\n" + write_json(grade) + "\n");
}

}  // namespace wireproof
