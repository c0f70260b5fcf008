#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "style/source_file.h"

// What the compiler, clang-format and clang-tidy do not check. Functions of at most 70 lines and
// 5 parameters are clang-tidy's (readability-function-size).
namespace wireproof::style {

inline constexpr std::size_t kMaxFileLines = 500;
inline constexpr std::size_t kMaxHeaderLines = 180;  // a header must be readable alone
inline constexpr std::size_t kMaxColumns = 100;      // code points

// Sizes, line ends, tabs, `#pragma once`.
Findings check_form(const SourceFile& file);

// Names and constructs that this project does without.
Findings check_banned_text(const SourceFile& file);

// A room of the house: a folder of sources, and what it may include besides itself.
struct Room {
  std::string name;  // "packets/wire"
  std::vector<std::string> may_include;
};

// The rooms that cmake/rooms.txt lists, in their order. A room that it allows and that does not
// stand above is left out, so that nothing can lead back up.
std::vector<Room> read_rooms(std::string_view text);

// `#include "room/…"` lines against what the rooms may include.
Findings check_includes(const std::vector<Room>& rooms, const SourceFile& file);

// What is in a room, for people.
struct RoomSize {
  std::string room;
  std::size_t file_count = 0;  // .cpp and .h
  std::size_t line_count = 0;
  std::set<std::string> includes;  // other rooms
};
std::vector<RoomSize> measure_rooms(const std::vector<Room>& rooms,
                                    const std::vector<SourceFile>& files);
inline constexpr std::size_t kMaxRoomFiles = 30;
inline constexpr std::size_t kMaxRoomLines = 3300;
Findings check_sizes(const std::vector<RoomSize>& sizes);

}  // namespace wireproof::style
