#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace wireproof {

// What lies at the addresses from `begin` to before `end`.
struct MappedRange {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  std::string name;  // "/usr/bin/wireproof", "socket:[4711]", "[heap]"; empty: memory of its own

  bool operator==(const MappedRange&) const = default;
};

// The lines of /proc/N/maps (proc_pid_maps(5)); what is no such line is passed over.
std::vector<MappedRange> parse_memory_map(std::string_view maps);

// That of this process; empty where /proc is not there.
std::vector<MappedRange> read_memory_map();

// The file that the running program was loaded from; empty where /proc does not tell. Not
// /proc/self/exe, which is the loader where the program was started by one of its own, as that of
// the archive is (scripts/package).
std::filesystem::path own_program_file();
// What starts it: unpacked from an archive the launcher above libexec/, which finds the libraries.
std::filesystem::path own_start_file();

}  // namespace wireproof
