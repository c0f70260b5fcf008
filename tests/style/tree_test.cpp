#include <algorithm>
#include <iomanip>
#include <iostream>

#include "catch.h"
#include "style/rules.h"

namespace {

using wireproof::style::Findings;
using wireproof::style::Room;
using wireproof::style::RoomSize;
using wireproof::style::SourceFile;

void print_rooms(const std::vector<RoomSize>& sizes) {
  std::size_t files = 0;
  std::size_t lines = 0;
  std::cout << "room                files  lines  includes\n";
  for (const RoomSize& size : sizes) {
    files += size.file_count;
    lines += size.line_count;
    std::cout << std::left << std::setw(20) << size.room << std::right << std::setw(5)
              << size.file_count << std::setw(7) << size.line_count << " ";
    for (const std::string& room : size.includes) std::cout << " " << room;
    std::cout << "\n";
  }
  std::cout << std::left << std::setw(20) << "all" << std::right << std::setw(5) << files
            << std::setw(7) << lines << "\n";
}

TEST_CASE("the tree keeps the rules of style", "[style]") {
  const std::vector<SourceFile> files =
      wireproof::style::read_tree(WIREPROOF_SOURCE_DIR, {"cmake", "harness", "servers", "tests"});
  REQUIRE(files.size() > 10);
  const auto list = std::ranges::find(files, "cmake/rooms.txt", &SourceFile::path);
  REQUIRE(list != files.end());
  const std::vector<Room> rooms = wireproof::style::read_rooms(list->text);
  REQUIRE(rooms.size() > 10);
  const std::vector<RoomSize> sizes = wireproof::style::measure_rooms(rooms, files);
  print_rooms(sizes);
  Findings findings = wireproof::style::check_sizes(sizes);
  const auto add = [&](const Findings& more) {
    findings.insert(findings.end(), more.begin(), more.end());
  };
  for (const SourceFile& file : files) {
    if (file.path.ends_with(".txt")) continue;
    add(wireproof::style::check_form(file));
    add(wireproof::style::check_banned_text(file));
    add(wireproof::style::check_includes(rooms, file));
  }
  std::cerr << render_findings(findings);  // not INFO, which breaks the lines
  CHECK(findings.empty());
}

}  // namespace
