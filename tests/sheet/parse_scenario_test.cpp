#include "catch.h"
#include "sheet/scenario.h"
#include "support/golden.h"

namespace wireproof {
namespace {

Expected<Scenario, Diagnostics> parse_sheet(const std::string& text,
                                            const ParseOptions& options = {}) {
  return parse_scenario("topic/sheet", SourceText("sheet.md", text), options);
}

std::string whole_sheet() {
  for (const GoldenCase& item : golden_cases("sheet")) {
    if (item.name == "whole_sheet") return read_golden(item.file("input.md"));
  }
  return "";
}

TEST_CASE("a sheet that is too large is refused by its size", "[scenario]") {
  const auto scenario = parse_sheet(std::string((1 << 20) + 1, 'x'));
  REQUIRE_FALSE(scenario);
  REQUIRE(scenario.error().size() == 1);
  CHECK(scenario.error().front().message == "the sheet has 1048577 bytes");
}

TEST_CASE("tables of more cells than are read are refused at the line", "[scenario]") {
  const std::string head = "---\nserver: echo\n---\n# Cells\n\n";
  const std::string row = std::string(5000, '|') + "\n";
  const auto four = parse_sheet(head + row + row + row + row);
  REQUIRE_FALSE(four);
  CHECK(four.error().front().code != ProblemCode::file_too_large);
  const auto five = parse_sheet(head + row + row + row + row + row);
  REQUIRE_FALSE(five);
  REQUIRE(five.error().size() == 1);
  CHECK(five.error().front().code == ProblemCode::file_too_large);
  REQUIRE(five.error().front().span);
  CHECK(five.error().front().span->begin == head.size() + 4 * row.size());
}

TEST_CASE("parameters given from outside win over the sheet's own", "[scenario]") {
  const std::string text =
      "---\nserver: calc\nparameters: {word: sheet}\n---\n# T\n## Session\n```session\n"
      "connect\nrecv \"{word}\"\n```\n";
  const auto own = parse_sheet(text);
  REQUIRE(own);
  CHECK(render_step(own->session->steps.at(1)) == "recv \"sheet\"");
  const auto other = parse_sheet(text, {{{"word", "outside"}}, {}, ""});
  REQUIRE(other);
  CHECK(render_step(other->session->steps.at(1)) == "recv \"outside\"");
}

TEST_CASE("a sheet's hosts are names of hosts", "[scenario]") {
  const auto sheet = [](const std::string& hosts) {
    return parse_sheet("---\nserver: calc\nhosts: " + hosts +
                       "\n---\n# T\n## Session\n```session\nconnect\nrecv \"x\"\n```\n");
  };
  const auto two = sheet("[one.example, two.example]");
  REQUIRE(two);
  CHECK(two->front.hosts == std::vector<std::string>{"one.example", "two.example"});
  const auto wrong = sheet("[one.example, \"two example\"]");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().front().message == "`two example` is no host name");
}

TEST_CASE("a sheet is about the exercise as set, unless it says that it goes beyond",
          "[scenario]") {
  const auto front = [](const std::string& lines) {
    return parse_sheet("---\nserver: calc\n" + lines +
                       "---\n# T\n## Session\n```session\nconnect\nrecv \"x\"\n```\n");
  };
  REQUIRE(front(""));
  CHECK(front("")->front.level == SheetLevel::exercise);
  CHECK_FALSE(front("")->front.one_client);
  const auto other = front("level: robust\nclients: one\n");
  REQUIRE(other);
  CHECK(other->front.level == SheetLevel::robust);
  CHECK(other->front.one_client);
  CHECK_FALSE(front("level: hard\n"));
  CHECK_FALSE(front("clients: 2\n"));
}

TEST_CASE("a row knows where its cells stand in the sheet", "[scenario]") {
  const std::string text = whole_sheet();
  const auto scenario = parse_sheet(text);
  REQUIRE(scenario);
  const PacketTable& table = scenario->packet_tables.at(0);
  REQUIRE(table.rows.size() > 11);
  const auto piece = [&text](Span span) { return text.substr(span.begin, span.end - span.begin); };
  CHECK(piece(table.rows[11].place.cells.at("Info")) == "[FIN, ACK]");
  CHECK(piece(table.rows[11].place.cells.at("From")) == "server");
  CHECK(piece(table.rows[5].place.cells.at("Len")) == "28");
  CHECK(piece(scenario->session->steps.at(3).span) == "recv eof");
}

TEST_CASE("every beginning of a sheet is read or refused, never more", "[scenario]") {
  const std::string text = whole_sheet();
  REQUIRE_FALSE(text.empty());
  for (std::size_t size = 0; size < text.size(); size += 3) {
    const auto scenario = parse_sheet(text.substr(0, size));
    if (!scenario) CHECK_FALSE(scenario.error().empty());
  }
}

TEST_CASE("nesting that the writer chose does not end the reader", "[scenario]") {
  const std::string front = "---\nserver: calc\n---\n# T\n";
  CHECK_FALSE(parse_sheet(front + std::string(20'000, '>') + "\n"));
  CHECK_FALSE(parse_sheet(front + "## " + std::string(20'000, '*') + "\n"));
  CHECK_FALSE(parse_sheet("---\nserver: " + std::string(20'000, '[') + "\n---\n"));
}

}  // namespace
TEST_CASE("a sheet about clients is read for each of its servers", "[scenario]") {
  const std::string text =
      "---\nserver: echo-text\nparameters: {word: hello, end: x}\nservers:\n  echo-select:\n"
      "  reverse: {word: olleh}\n---\n# T\n## Session\n```session\nrun \"it\"\n"
      "type \"{end}\" if running\nprints \"{word}\"\nexits within 3s\nexits 4\n```\n";
  const auto own = parse_sheet(text, {{}, {}, ""});
  REQUIRE(own);
  CHECK(own->front.server == "echo-text");
  CHECK(render_step(own->session->steps.at(1)) == "type \"x\" if running");
  CHECK(render_step(own->session->steps.at(2)) == "prints \"hello\"");
  CHECK(render_step(own->session->steps.at(3)) == "exits within 3s");
  CHECK(render_step(own->session->steps.at(4)) == "exits 4");
  const auto same = parse_sheet(text, {{}, {}, "echo-select"});
  REQUIRE(same);
  CHECK(same->front.server == "echo-select");
  CHECK(render_step(same->session->steps.at(2)) == "prints \"hello\"");
  const auto other = parse_sheet(text, {{{"end", "y"}}, {}, "reverse"});
  REQUIRE(other);
  CHECK(other->front.server == "reverse");
  CHECK(render_step(other->session->steps.at(1)) == "type \"y\" if running");
  CHECK(render_step(other->session->steps.at(2)) == "prints \"olleh\"");
  const auto stranger = parse_sheet(text, {{}, {}, "calc"});
  REQUIRE(stranger);
  CHECK(stranger->front.server == "echo-text");
  CHECK_FALSE(
      parse_sheet("---\nserver: calc\nservers: [a]\n---\n# T\n## Session\n```session\n"
                  "connect\ntype \"a\" if ever\n```\n"));
}

}  // namespace wireproof
