#include "sheet/select/collect.h"

#include <fstream>

#include "base/system/system_call.h"
#include "catch.h"
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
  CHECK(ids({root / "calc" / "two.md", root}) == Ids{"calc/two", "calc/one"});
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

}  // namespace
}  // namespace wireproof
