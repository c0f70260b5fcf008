#include "sheet/select/collect.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "base/system/system_call.h"
#include "catch.h"
#include "sheet/scenario.h"
#include "support/temporary_folder.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;

fs::path add(const TemporaryFolder& folder, const std::string& name) {
  fs::create_directories(folder.file(name).parent_path());
  std::ofstream(folder.file(name)) << "# " << name << "\n";
  return folder.file(name);
}

std::vector<std::string> ids(const std::vector<fs::path>& paths) {
  std::vector<std::string> names;
  for (const SheetFile& sheet : collect_sheets(paths)) names.push_back(sheet.id);
  return names;
}

TEST_CASE("sheets are named by their path below the scenario root", "[scenario]") {
  const TemporaryFolder folder;
  add(folder, "scenarios/calc/two.md");
  add(folder, "scenarios/calc/one.md");
  add(folder, "scenarios/README.md");
  add(folder, "scenarios/calc/notes.txt");
  const fs::path lonely = add(folder, "elsewhere/lonely.md");
  const fs::path root = folder.path() / "scenarios";
  using Ids = std::vector<std::string>;
  CHECK(ids({root}) == Ids{"calc/one", "calc/two"});
  CHECK(ids({root / "calc"}) == Ids{"calc/one", "calc/two"});
  CHECK(ids({root / "calc/"}) == Ids{"calc/one", "calc/two"});
  CHECK(ids({root / "calc" / "two.md"}) == Ids{"calc/two"});
  CHECK(ids({lonely}) == Ids{"lonely"});
  CHECK(ids({folder.path() / "elsewhere"}) == Ids{"lonely"});
  CHECK(ids({root / "calc" / "two.md", root}) == Ids{"calc/one", "calc/two"});
  CHECK(name_sheet(root / "calc" / "two.md").id == "calc/two");
  CHECK(name_sheet(lonely).id == "lonely");
}

TEST_CASE("where no folder scenarios is, its paths mean the first root that is there",
          "[scenario]") {
  const TemporaryFolder folder;
  const fs::path installed = add(folder, "share/scenarios/calc/one.md").parent_path().parent_path();
  const std::vector<fs::path> roots{folder.file("gone"), installed, folder.path()};
  CHECK(locate_sheets("scenarios", roots) == installed);
  CHECK(locate_sheets("./scenarios/", roots) == installed);
  CHECK(locate_sheets("scenarios/calc", roots) == installed / "calc");
  CHECK(locate_sheets("scenarios/calc/one.md", roots) == installed / "calc/one.md");
  CHECK(locate_sheets("calc", roots) == "calc");
  CHECK(locate_sheets("../scenarios/calc", roots) == "../scenarios/calc");
  CHECK(locate_sheets("/tmp/scenarios", roots) == "/tmp/scenarios");
  CHECK(locate_sheets("scenarios/calc", std::vector{folder.file("gone")}) == "scenarios/calc");
}

TEST_CASE("a path that is not there is named", "[scenario]") {
  const TemporaryFolder folder;
  const std::vector<fs::path> paths{folder.path() / "gone.md"};
  CHECK_THROWS_AS(collect_sheets(paths), SystemError);
  CHECK_THROWS_WITH(read_sheet_file(paths.front()), Catch::Contains("gone.md"));
}

TEST_CASE("a sheet file is read as it stands", "[scenario]") {
  const TemporaryFolder folder;
  const fs::path file = add(folder, "a.md");
  CHECK(read_sheet_file(file).text() == "# a.md\n");
  CHECK(read_sheet_file(file).name() == file.string());
  CHECK_THROWS_AS(read_sheet_file(folder.path()), SystemError);
}

TEST_CASE("of equal ids the first keeps its name, every other one has its path", "[scenario]") {
  const TemporaryFolder folder;
  std::vector<fs::path> roots;
  for (const char* const root : {"a", "b", "c"}) {
    add(folder, std::string(root) + "/scenarios/x.md");
    roots.push_back(folder.path() / root / "scenarios");
  }
  const std::string path = folder.path().generic_string();
  CHECK(ids(roots) ==
        std::vector<std::string>{"x", path + "/b/scenarios/x", path + "/c/scenarios/x"});
}

TEST_CASE("a path that stands for an equal id is told from another sheet's id", "[scenario]") {
  const TemporaryFolder folder;
  add(folder, "a/x.md");
  add(folder, "b/x.md");
  add(folder, "c/b/x.md");
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  const std::vector<std::string> found = ids({"a", "b", "c"});
  const std::string absolute = (fs::current_path() / "b" / "x").generic_string();
  fs::current_path(before);
  CHECK(found == std::vector<std::string>{"b/x", "x", absolute});
}

TEST_CASE("a huge file is read up to a limit that no sheet reaches", "[scenario]") {
  const TemporaryFolder folder;
  const fs::path file = add(folder, "huge.md");
  fs::resize_file(file, std::uintmax_t{1} << 30);
  const SourceText text = read_sheet_file(file);
  CHECK(text.text().size() == 2 << 20);
  CHECK_FALSE(parse_scenario("huge", text, {}));
}

TEST_CASE("what is no regular file is no sheet, and is not waited for", "[scenario]") {
  const TemporaryFolder folder;
  const fs::path pipe = folder.file("pipe.md");
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK_THROWS_WITH(read_sheet_file(pipe),
                    "read " + pipe.string() + ", which is no regular file: invalid argument");
  CHECK_THROWS_AS(read_sheet_file("/dev/zero"), SystemError);
  CHECK_THROWS_WITH(read_sheet_file(folder.path()), Catch::EndsWith("is a directory"));
}

TEST_CASE("what cannot be read is found beside the sheets", "[scenario]") {
  const TemporaryFolder folder;
  add(folder, "a.md");
  fs::create_symlink("loop.md", folder.file("loop.md"));
  fs::create_symlink("gone", folder.file(".#a.md"));  // an editor's lock
  fs::create_directory_symlink(".", folder.file("round"));
  CHECK(ids({folder.path()}) == std::vector<std::string>{"a", "loop"});
  CHECK(ids({folder.file("loop.md"), folder.file("a.md")}) ==
        std::vector<std::string>{"a", "loop"});
  CHECK_THROWS_WITH(read_sheet_file(folder.file("loop.md")),
                    Catch::EndsWith("too many levels of symbolic links"));
}

TEST_CASE("a folder that cannot be read is named, and the sheets beside it are found",
          "[scenario]") {
  const TemporaryFolder folder;
  add(folder, "a.md");
  // Deeper than any path reaches.
  const std::string name(200, 'd');
  const UniqueFd before(::open(".", O_PATH | O_DIRECTORY | O_CLOEXEC));
  fs::current_path(folder.path());
  for (int depth = 0; depth < 22; ++depth) {
    REQUIRE(::mkdir(name.c_str(), 0700) == 0);
    REQUIRE(::chdir(name.c_str()) == 0);
  }
  REQUIRE(::fchdir(before.get()) == 0);
  const std::vector<fs::path> paths{folder.path()};
  const std::vector<SheetFile> found = collect_sheets(paths);
  REQUIRE(found.size() == 2);
  CHECK(found[0].id == "a");
  CHECK(found[0].refusal.empty());
  CHECK_THAT(found[1].refusal, Catch::EndsWith("file name too long"));
}

}  // namespace
}  // namespace wireproof
