#include <cstdio>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "catch.h"
#include "report/report.h"
#include "support/skip_test.h"
#include "support/temporary_folder.h"

namespace wireproof {
namespace {

// Each worksheet by its name: rows of cells, each with its type ("s": text, "n": number, "f": a
// formula) and its value.
constexpr const char* kReader = R"(
import json, openpyxl, sys
book = openpyxl.load_workbook(sys.argv[1])
print(json.dumps({s.title: [[[c.data_type, c.value] for c in row] for row in s.iter_rows()]
                  for s in book.worksheets}))
)";

// Which python3 has openpyxl: another one than Debian's may stand before it. Empty: none has.
std::string python_with_openpyxl() {
  for (const std::string python : {"python3", "/usr/bin/python3"}) {
    if (std::system((python + " -c 'import openpyxl' 2>/dev/null").c_str()) == 0) return python;
  }
  return "";
}

// As openpyxl reads the workbook.
nlohmann::json read_workbook(const std::string& bytes) {
  const TemporaryFolder folder;
  std::ofstream(folder.file("book.xlsx"), std::ios::binary) << bytes;
  std::ofstream(folder.file("read.py")) << kReader;
  const std::string command = python_with_openpyxl() + " " + folder.file("read.py").string() + " " +
                              folder.file("book.xlsx").string();
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string text;
  for (int got = std::fgetc(pipe.get()); got != EOF; got = std::fgetc(pipe.get())) {
    text += static_cast<char>(got);
  }
  return nlohmann::json::parse(text);
}

SheetGrade graded(const std::string& id, Verdict verdict, double points) {
  SheetGrade sheet{id, verdict, verdict == Verdict::pass ? "" : "@why", points, 1, {}};
  sheet.checks = {{"Session", verdict, points, 1}};
  return sheet;
}

Gradebook hostile_book() {
  const std::string first = "calc/a [x]";
  const std::string second = "calc/a-very-long-name-of-a-sheet-of-one";
  Gradebook book;
  book.server = "calc";
  book.sheets = {first, second, second + "-more"};
  book.submissions = {{"=cmd|'/c calc'!A0",
                       "",
                       {graded(first, Verdict::pass, 1), graded(second, Verdict::fail, 0.5),
                        graded(book.sheets[2], Verdict::inconclusive, 0)}},
                      {"+1", "-x", {}},
                      {"@a\x1b\xff", "", {}}};
  return book;
}

}  // namespace

TEST_CASE("another reader finds a summary and a worksheet for each sheet in a workbook",
          "[report]") {
  if (python_with_openpyxl().empty()) return skip_test("python3-openpyxl is not installed");
  const nlohmann::json book = read_workbook(render_gradebook_xlsx(hostile_book()));
  CHECK(book.size() == 4);
  const nlohmann::json& summary = book.at("Summary");
  REQUIRE(summary.size() == 4);
  CHECK(summary[1][2] == nlohmann::json::array({"n", 1.5}));
  CHECK(summary[1][7] == nlohmann::json::array({"n", 1}));
  const nlohmann::json& first = book.at("calc.a .x.");
  CHECK(first[1][1][1] == "PASS");
  CHECK(first[1][2][1] == 1);
  CHECK(first[1][5][1] == "Session");
  CHECK(first[2][1][1] == "ERROR");
  CHECK(first[3][1][1] == "not graded");
  // Both names are cut to 31 characters, and the second is told from the first.
  CHECK(book.at("calc.a-very-long-name-of-a-shee")[1][2][1] == 0.5);
  CHECK(book.contains("calc.a-very-long-name-of-a-sh~2"));
}

TEST_CASE("no cell of a workbook is a formula", "[report]") {
  if (python_with_openpyxl().empty()) return skip_test("python3-openpyxl is not installed");
  const nlohmann::json book = read_workbook(render_gradebook_xlsx(hostile_book()));
  for (const auto& [name, rows] : book.items()) {
    for (const auto& row : rows) {
      for (const auto& cell : row) CHECK(cell[0] != "f");
    }
  }
  const nlohmann::json& summary = book.at("Summary");
  CHECK(summary[1][0] == nlohmann::json::array({"s", "=cmd|'/c calc'!A0"}));
  CHECK(summary[2][0] == nlohmann::json::array({"s", "+1"}));
  CHECK(summary[2][6] == nlohmann::json::array({"s", "-x"}));
  CHECK(summary[3][0] == nlohmann::json::array({"s", "@a\\x1b\\xff"}));
}

TEST_CASE("a sheet that was not judged has its verdict in the place of points", "[report]") {
  if (python_with_openpyxl().empty()) return skip_test("python3-openpyxl is not installed");
  const nlohmann::json book = read_workbook(render_gradebook_xlsx(hostile_book()));
  CHECK(book.at("Summary")[1][9] == nlohmann::json::array({"s", "INCONCLUSIVE"}));
  CHECK(book.at("calc.a-very-long-name-of-a-sh~2")[1][2][1].is_null());
}

TEST_CASE("the same gradebook is the same workbook at any time", "[report]") {
  CHECK(render_gradebook_xlsx(hostile_book()) == render_gradebook_xlsx(hostile_book()));
}

}  // namespace wireproof
