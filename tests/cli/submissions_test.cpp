#include "cli/options/submissions.h"

#include <fstream>

#include "catch.h"
#include "support/program.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

}  // namespace

TEST_CASE("each folder is a submission, by name, with its path in the command", "[cli]") {
  const TemporaryFolder folder;
  write(folder.file("bert") / "server.py", "");
  write(folder.file("anna maria") / "server.py", "");
  write(folder.file(".git") / "config", "");
  write(folder.file("list.txt"), "");
  const auto found = find_submissions(folder.file(""), "python3 {dir}/server.py {port}").all;
  REQUIRE(found.size() == 2);
  CHECK(found[0].name == "anna maria");
  CHECK(found[0].command ==
        "python3 '" + fs::canonical(folder.file("anna maria")).string() + "'/server.py {port}");
  CHECK(found[1].name == "bert");
}

TEST_CASE("a folder that nobody can look into is one error, and the others are found", "[cli]") {
  const TemporaryFolder folder;
  write(folder.file("anna") / "server.py", "");
  fs::create_symlink("loop", folder.file("loop"));
  fs::create_symlink("gone", folder.file("nowhere"));
  const FoundSubmissions found = find_submissions(folder.file(""), "python3 server.py");
  REQUIRE(found.all.size() == 1);
  CHECK(found.all[0].name == "anna");
  CHECK(found.refused == std::vector<SubmissionGrade>{
                             {"loop", "read folder loop: too many levels of symbolic links", {}}});
}

TEST_CASE("a grade is kept under a name of any length", "[cli]") {
  const TemporaryFolder folder;
  const GradeStore store(folder.path());
  const std::string name(255, 'n');
  const std::string other = std::string(254, 'n') + "m";
  store.keep({name, "", {{"calc/a", Verdict::pass, "", 1, 1, {}}}}, "key");
  store.keep({other, "", {}}, "key");
  CHECK(store.find(name, "key")->name == name);
  CHECK(store.find(other, "key")->name == other);
}

TEST_CASE("a submission's key changes with anything in its folder, and with the command", "[cli]") {
  const TemporaryFolder folder;
  const fs::path anna = folder.file("anna");
  write(anna / "a", "1");
  const std::string before = make_content_key(anna, "command");
  CHECK(make_content_key(anna, "command") == before);
  CHECK(make_content_key(anna, "other") != before);
  write(anna / "a", "2");
  CHECK(make_content_key(anna, "command") != before);
  write(anna / "a", "1");
  CHECK(make_content_key(anna, "command") == before);
  fs::permissions(anna / "a", fs::perms::owner_exec, fs::perm_options::add);
  CHECK(make_content_key(anna, "command") != before);
  fs::permissions(anna / "a", fs::perms::owner_exec, fs::perm_options::remove);
  fs::rename(anna / "a", anna / "b");
  CHECK(make_content_key(anna, "command") != before);
}

TEST_CASE("a grade is found by its key, and a damaged one is none", "[cli]") {
  const TemporaryFolder folder;
  const fs::path place = folder.file("state");
  const GradeStore store(place);
  SubmissionGrade grade{"anna", "", {{"calc/a", Verdict::pass, "", 1, 1, {}}}};
  CHECK_FALSE(store.find("anna", "key"));
  store.keep(grade, "key");
  CHECK(store.find("anna", "key") == grade);
  CHECK_FALSE(store.find("anna", "another key"));
  fs::resize_file(place / "anna.json", fs::file_size(place / "anna.json") - 5);
  CHECK_FALSE(store.find("anna", "key"));
}

}  // namespace wireproof
