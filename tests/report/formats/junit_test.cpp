#include <map>
#include <pugixml.hpp>
#include <set>

#include "catch.h"
#include "report/formats/format.h"
#include "report/sample_run.h"
#include "support/golden.h"

namespace wireproof {

namespace {

pugi::xml_document parse(const std::string& text) {
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_string(text.c_str());
  INFO(parsed.description());
  REQUIRE(parsed);
  return document;
}

std::set<std::string> attributes(const pugi::xml_node& node) {
  std::set<std::string> names;
  for (const pugi::xml_attribute& attribute : node.attributes()) names.insert(attribute.name());
  return names;
}

}  // namespace

TEST_CASE("the JUnit report is the subset that all readers know", "[report]") {
  const std::string text = render_junit(sample_run());
  CHECK(text == expect_golden(golden_file("report/junit/expected.xml"), text));
}

TEST_CASE("JUnit elements have exactly the attributes of the subset", "[report]") {
  const pugi::xml_document document = parse(render_junit(sample_run()));
  const pugi::xml_node root = document.child("testsuites");
  const std::set<std::string> totals = {"name", "tests", "failures", "errors", "skipped", "time"};
  CHECK(attributes(root) == totals);
  std::set<std::string> suite_names = totals;
  suite_names.insert("timestamp");
  CHECK(attributes(root.child("testsuite")) == suite_names);
  for (const pugi::xml_node& testcase : root.child("testsuite").children()) {
    CHECK(attributes(testcase) ==
          std::set<std::string>{"classname", "name", "file", "line", "time"});
  }
}

TEST_CASE("a testcase has at most one of failure, error and skipped", "[report]") {
  const pugi::xml_document document = parse(render_junit(sample_run()));
  const std::map<std::string, std::string> expected = {
      {"one", ""},           {"two", "failure"},     {"error", "error"},
      {"unsound", "error"},  {"skipped", "skipped"}, {"known", "skipped"},
      {"better", "failure"}, {"often", "failure"}};
  for (const pugi::xml_node& testcase :
       document.child("testsuites").child("testsuite").children("testcase")) {
    std::string outcomes;
    for (const pugi::xml_node& child : testcase.children()) {
      if (std::string(child.name()) != "system-out") outcomes += child.name();
    }
    INFO(testcase.attribute("name").value());
    CHECK(outcomes == expected.at(testcase.attribute("name").value()));
  }
}

TEST_CASE("the totals of JUnit count what the testcases say", "[report]") {
  const pugi::xml_document document = parse(render_junit(sample_run()));
  const pugi::xml_node root = document.child("testsuites");
  CHECK(root.attribute("tests").as_int() == 8);
  CHECK(root.attribute("failures").as_int() == 3);
  CHECK(root.attribute("errors").as_int() == 2);
  CHECK(root.attribute("skipped").as_int() == 2);
}

TEST_CASE("a failure in JUnit points at the line of its row", "[report]") {
  const pugi::xml_document document = parse(render_junit(sample_run()));
  const pugi::xml_node two = document.child("testsuites")
                                 .child("testsuite")
                                 .find_child_by_attribute("testcase", "name", "two");
  CHECK(std::string(two.attribute("line").value()) == "47");
  CHECK(std::string(two.attribute("file").value()) == "scenarios/calc/two.md");
}

TEST_CASE("bytes that XML forbids do not reach the JUnit report", "[report]") {
  RunResult run = sample_run();
  std::string hostile;
  for (int value = 0; value < 256; ++value) hostile += static_cast<char>(value);
  hostile += "\xef\xbf\xbe\xef\xbf\xbf\xed\xa0\x80";  // U+FFFE, U+FFFF, a surrogate
  ScenarioResult& result = run.scenarios[1].result;
  result.id = result.file = result.reason = result.server_output = hostile;
  const std::string text = render_junit(run);
  parse(text);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    REQUIRE((byte >= 0x20 || c == '\n' || c == '\t'));
  }
  CHECK(text.find("&#") == std::string::npos);  // &#0; … are as forbidden as the bytes
  CHECK(text.find("\xef\xbf") == std::string::npos);
  CHECK(text.find("\xed\xa0\x80") == std::string::npos);
}

TEST_CASE("server output cannot attach files in JUnit", "[report]") {
  RunResult run = sample_run();
  for (ScenarioSummary& scenario : run.scenarios) {
    scenario.result.reason = "it sent [[ATTACHMENT|/etc/passwd]]";
    for (Failure& failure : scenario.result.failures) failure.rendered = scenario.result.reason;
  }
  const std::string text = render_junit(run);
  CHECK(text.find("\n[[ATTACHMENT|out/calc/two.pcap]]") != std::string::npos);
  CHECK(text.find("[[ATTACHMENT|/etc/passwd") == std::string::npos);
}

TEST_CASE("the sheets of each level are a suite of JUnit", "[report]") {
  RunResult run = sample_run();
  run.scenarios[1].result.level = SheetLevel::robust;
  const pugi::xml_document document = parse(render_junit(run));
  const pugi::xml_node first = document.child("testsuites").first_child();
  CHECK(std::string(first.attribute("name").value()) == "exercise");
  CHECK(first.attribute("tests").as_int() == 7);
  const pugi::xml_node second = first.next_sibling();
  CHECK(std::string(second.attribute("name").value()) == "robust");
  CHECK(std::string(second.child("testcase").attribute("name").value()) == "two");
  CHECK_FALSE(second.next_sibling());
}

}  // namespace wireproof
