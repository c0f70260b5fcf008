#include "report/report.h"

#include <nlohmann/json.hpp>

#include "catch.h"
#include "report/html/html.h"

namespace wireproof {
namespace {

SheetGrade sheet_of(const std::string& id, Verdict verdict, double points) {
  SheetGrade sheet{id, verdict, verdict == Verdict::pass ? "" : "<b>\x1b[31m", points, 1, {}};
  sheet.server_failed_to_start = verdict == Verdict::error;
  return sheet;
}

Gradebook sample_book() {
  Gradebook book;
  book.server = "calc";
  book.command = "python3 {dir}/server.py";
  book.sheets = {"calc/a", "calc/b"};
  book.submissions = {
      {"anna", "", {sheet_of("calc/a", Verdict::pass, 1), sheet_of("calc/b", Verdict::fail, 0.5)}},
      {"=1+1",
       "start `x`: it exited",
       {sheet_of("calc/a", Verdict::error, 0), sheet_of("calc/b", Verdict::error, 0)}},
      {"cleo", "", {}}};
  return book;
}

}  // namespace

TEST_CASE("the CSV gradebook has a row for each submission and no formulas", "[report]") {
  CHECK(render_gradebook_csv(sample_book()) ==
        "submission,verdict,points,max points,as set,beyond,error,calc/a,calc/b\r\n"
        "anna,FAIL,1.5,2,1 of 2,0 of 0,,1,0.5\r\n"
        "'=1+1,ERROR,0,2,0 of 2,0 of 0,start `x`: it exited,0,0\r\n"
        "cleo,not graded,0,0,0 of 0,0 of 0,,,\r\n");
}

TEST_CASE("a submission that nobody could look into is an error", "[report]") {
  Gradebook book = sample_book();
  book.submissions = {{"loop", "read folder loop: permission denied", {}}};
  CHECK(render_gradebook_csv(book).find("loop,ERROR,0,0,0 of 0,0 of 0,read folder") !=
        std::string::npos);
}

TEST_CASE("of a sheet that does not count the gradebook has the verdict", "[report]") {
  Gradebook book = sample_book();
  SheetGrade& beyond = book.submissions[0].sheets[1];
  beyond.level = SheetLevel::robust;
  beyond.counts = false;
  beyond.points = beyond.max_points = 0;
  CHECK(render_gradebook_csv(book).find("anna,PASS,1,1,1 of 1,0 of 1,,1,FAIL\r\n") !=
        std::string::npos);
  const auto json = nlohmann::json::parse(render_gradebook_json(book)).at("submissions").at(0);
  CHECK(json.at("robust").at("judged") == 1);
  CHECK(json.at("sheets").at(1).at("level") == "robust");
  CHECK(json.at("sheets").at(1).at("counts") == false);
}

TEST_CASE("the text gradebook says where points were lost and counts the verdicts", "[report]") {
  const std::string text = render_gradebook_text(sample_book());
  CHECK(text.find("anna        FAIL           1.5   2  1 of 2  0 of 0  calc/b\n") !=
        std::string::npos);
  CHECK(text.find("3 submissions, 2 sheets: 1 ERROR, 1 FAIL, 1 not graded\n") != std::string::npos);
}

TEST_CASE("a gradebook says what is wrong with a program", "[report]") {
  Gradebook book = sample_book();
  book.submissions[0].things = {
      {ExplanationId::close_wait, "no end\x1b[31m came", "it <i>leaks</i>", {"calc/a", "calc/b"}},
      {ExplanationId::none, "something else", "", {"calc/c"}}};
  const std::string text = render_gradebook_text(book);
  CHECK(text.find("  no end\\x1b[31m came (2 sheets), and 1 other thing\n") != std::string::npos);
  const auto wrong = nlohmann::json::parse(render_gradebook_json(book)).at("submissions").at(0);
  CHECK(wrong.at("wrong").at(0).at("explanation") == "close-wait");
  CHECK(wrong.at("wrong").at(0).at("what") == "no end\\x1b[31m came");
  CHECK(wrong.at("wrong").at(1).at("sheets").at(0) == "calc/c");
  const std::string html = render_gradebook_html(book);
  CHECK(html.find("no end\\x1b[31m came") != std::string::npos);
  CHECK(html.find("it &lt;i&gt;leaks&lt;/i&gt;; in 2 sheets: calc/a, calc/b") != std::string::npos);
}

TEST_CASE("the JSON gradebook has the points of every sheet", "[report]") {
  const auto json = nlohmann::json::parse(render_gradebook_json(sample_book()));
  CHECK(json.at("submissions").at(0).at("points") == 1.5);
  CHECK(json.at("submissions").at(0).at("sheets").at(1).at("reason") == "<b>\\x1b[31m");
  CHECK(json.at("submissions").at(1).at("error") == "start `x`: it exited");
}

TEST_CASE("the HTML gradebook shows what programs say as text", "[report]") {
  const std::string html = render_gradebook_html(sample_book());
  CHECK(html.find("<!DOCTYPE html>") == 0);
  CHECK(html.find("</meta>") == std::string::npos);
  CHECK(html.find("<b>") == std::string::npos);
  CHECK(html.find("&lt;b&gt;\\x1b[31m") != std::string::npos);
  CHECK(html.find("href=\"#submission-2\"") != std::string::npos);
}

}  // namespace wireproof
