#include "scenario/collect.h"

#include <fstream>

#include "base/system_call.h"
#include "catch.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "wireproof-collect-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TemporaryFolder() { fs::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  fs::path add(const std::string& name) const {
    const fs::path file = path_ / name;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << "# " << name << "\n";
    return file;
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::vector<std::string> ids(const std::vector<fs::path>& paths) {
  std::vector<std::string> names;
  for (const SheetFile& sheet : collect_sheets(paths)) names.push_back(sheet.id);
  return names;
}

TEST_CASE("sheets are named by their path below the scenario root", "[scenario]") {
  const TemporaryFolder folder;
  folder.add("scenarios/calc/two.md");
  folder.add("scenarios/calc/one.md");
  folder.add("scenarios/README.md");
  folder.add("scenarios/calc/notes.txt");
  const fs::path lonely = folder.add("elsewhere/lonely.md");
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
  const fs::path file = folder.add("a.md");
  CHECK(read_sheet_file(file).text() == "# a.md\n");
  CHECK(read_sheet_file(file).name() == file.string());
  CHECK_THROWS_AS(read_sheet_file(folder.path()), SystemError);
}

}  // namespace
}  // namespace wireproof
