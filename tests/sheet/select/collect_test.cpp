#include "sheet/select/collect.h"

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

TEST_CASE("a file without an end is read up to a limit that no sheet reaches", "[scenario]") {
  const SourceText text = read_sheet_file("/dev/zero");
  CHECK(text.text().size() == 2 << 20);
  CHECK_FALSE(parse_scenario("zero", text, {}));
}

}  // namespace
}  // namespace wireproof
