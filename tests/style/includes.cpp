#include <algorithm>
#include <optional>
#include <string>

#include "style/rules.h"

namespace wireproof::style {
namespace {

// "harness/packets/wire/tcp.h" -> "packets/wire", "servers/registry.h" -> "servers"; empty
// elsewhere.
std::string room_of(const std::string& path) {
  constexpr std::string_view kHarness = "harness/";
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return "";
  if (path.starts_with("servers/")) return path.substr(0, slash);
  if (!path.starts_with(kHarness) || slash < kHarness.size()) return "";
  return path.substr(kHarness.size(), slash - kHarness.size());
}

// The quoted name of an include line. Angle brackets are for libraries.
std::optional<std::string> included_name(std::string_view line) {
  constexpr std::string_view kInclude = "#include \"";
  if (!line.starts_with(kInclude)) return std::nullopt;
  line.remove_prefix(kInclude.size());
  return std::string(line.substr(0, line.find('"')));
}

std::string join(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "nothing" : text;
}

const Room* find_room(const std::vector<Room>& rooms, const std::string& name) {
  const auto found = std::ranges::find(rooms, name, &Room::name);
  return found == rooms.end() ? nullptr : &*found;
}

std::string judge_include(const std::vector<Room>& rooms, const Room& room,
                          const std::string& name) {
  const std::size_t slash = name.rfind('/');
  if (slash == std::string::npos || name.starts_with(".")) {
    return "include \"" + name + "\" names no room, use \"" + room.name + "/" +
           name.substr(slash == std::string::npos ? 0 : slash + 1) + "\"";
  }
  const std::string target = name.substr(0, slash);
  if (target == room.name || std::ranges::count(room.may_include, target) != 0) return "";
  if (find_room(rooms, target) == nullptr) return "\"" + name + "\" is in no room";
  return room.name + " may not include \"" + name + "\", use " + join(room.may_include);
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end != 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

}  // namespace

std::vector<Room> read_rooms(std::string_view text) {
  std::vector<Room> rooms;
  for (const std::string_view line : split_lines(text)) {
    const std::size_t colon = line.find(':');
    if (line.empty() || line.front() == '#' || colon == std::string_view::npos) continue;
    Room room;
    room.name = line.substr(0, colon);
    const std::vector<std::string> names = split_words(line.substr(colon + 1));
    for (const Room& above : rooms) {
      const std::string wing = above.name.substr(0, above.name.find('/'));
      if (std::ranges::count(names, above.name) + std::ranges::count(names, wing) != 0) {
        room.may_include.push_back(above.name);
      }
    }
    rooms.push_back(std::move(room));
  }
  return rooms;
}

std::vector<RoomSize> measure_rooms(const std::vector<Room>& rooms,
                                    const std::vector<SourceFile>& files) {
  std::vector<RoomSize> sizes;
  for (const Room& room : rooms) sizes.push_back({room.name, 0, 0, {}});
  for (const SourceFile& file : files) {
    const auto size = std::ranges::find(sizes, room_of(file.path), &RoomSize::room);
    if (size == sizes.end() || file.path.ends_with(".txt")) continue;
    ++size->file_count;
    for (const std::string_view line : split_lines(file.text)) {
      ++size->line_count;
      const std::optional<std::string> name = included_name(line);
      if (!name) continue;
      const std::string target = name->substr(0, name->rfind('/'));
      if (target != size->room && find_room(rooms, target) != nullptr)
        size->includes.insert(target);
    }
  }
  return sizes;
}

Findings check_sizes(const std::vector<RoomSize>& sizes) {
  Findings findings;
  const auto report = [&](const std::string& room, const std::string& what, std::size_t count,
                          std::size_t most) {
    if (count <= most) return;
    findings.push_back(
        {room, 1,
         std::to_string(count) + " " + what + " in one room, use at most " + std::to_string(most)});
  };
  for (const RoomSize& size : sizes) {
    report(size.room, "files", size.file_count, kMaxRoomFiles);
    report(size.room, "lines", size.line_count, kMaxRoomLines);
  }
  return findings;
}

Findings check_includes(const std::vector<Room>& rooms, const SourceFile& file) {
  const std::string name = room_of(file.path);
  if (name.empty()) return {};
  const Room* const room = find_room(rooms, name);
  if (room == nullptr) {
    return {{file.path, 1, "folder " + name + " is no room, use one of cmake/rooms.txt"}};
  }
  Findings findings;
  const std::vector<std::string_view> lines = split_lines(file.text);
  for (std::size_t index = 0; index < lines.size(); ++index) {
    const std::optional<std::string> included = included_name(lines[index]);
    if (!included) continue;
    std::string message = judge_include(rooms, *room, *included);
    if (!message.empty()) findings.push_back({file.path, index + 1, std::move(message)});
  }
  return findings;
}

}  // namespace wireproof::style
