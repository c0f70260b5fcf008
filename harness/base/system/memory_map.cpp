#include "base/system/memory_map.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/system/proc.h"
#include "base/text/words.h"

namespace wireproof {
namespace {

// "55d0f000-55d1a000 r-xp 00001000 08:01 4711   /usr/bin/wireproof"
std::optional<MappedRange> parse_line(std::string_view line) {
  constexpr int kHexadecimal = 16;
  constexpr std::size_t kFieldsBeforeName = 5;
  MappedRange range;
  const char* const last = line.data() + line.size();
  const auto dash = std::from_chars(line.data(), last, range.begin, kHexadecimal);
  if (dash.ptr == last || *dash.ptr != '-') return std::nullopt;
  const auto blank = std::from_chars(dash.ptr + 1, last, range.end, kHexadecimal);
  if (blank.ptr == last || *blank.ptr != ' ') return std::nullopt;
  const auto fields = split_words(line);
  if (fields.size() > kFieldsBeforeName) {
    const char* const name = fields[kFieldsBeforeName].data();  // may hold blanks
    range.name.assign(name, last);
  }
  return range;
}

}  // namespace

std::vector<MappedRange> parse_memory_map(std::string_view maps) {
  std::vector<MappedRange> ranges;
  while (!maps.empty()) {
    const std::string_view line = maps.substr(0, maps.find('\n'));
    if (auto range = parse_line(line)) ranges.push_back(*std::move(range));
    maps.remove_prefix(std::min(line.size() + 1, maps.size()));
  }
  return ranges;
}

std::vector<MappedRange> read_memory_map() {
  return parse_memory_map(read_proc_file("/proc/self/maps"));
}

std::filesystem::path own_program_file() {
  // Any function will do: each is linked into the program itself.
  const auto address = reinterpret_cast<std::uintptr_t>(&own_program_file);
  for (const MappedRange& range : read_memory_map()) {
    if (range.begin <= address && address < range.end) return range.name;
  }
  return {};
}

std::filesystem::path own_start_file() {
  const std::filesystem::path program = own_program_file();
  const std::filesystem::path folder = program.parent_path();
  const std::filesystem::path launcher = folder.parent_path() / program.filename();
  const bool is_unpacked = folder.filename() == "libexec";
  return is_unpacked && std::filesystem::is_regular_file(launcher) ? launcher : program;
}

}  // namespace wireproof
