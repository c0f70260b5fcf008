#include <boost/algorithm/string.hpp>
#include <functional>
#include <pugixml.hpp>
#include <regex>
#include <set>

#include "catch.h"
#include "report/html/exchange.h"
#include "report/html/html.h"
#include "report/sample_run.h"
#include "result/reveal.h"

namespace wireproof {
namespace {

// HTML as XML: elements without an end get one, and a script's or a style's text goes. Whatever is
// not nested as it should be does not parse then.
struct ParsedPage {
  explicit ParsedPage(std::string html) {
    html = std::regex_replace(html, std::regex("(<(?:meta|input) [^>]*)>"), "$1/>");
    const auto erase = [&html](const std::string& element) {
      const std::size_t begin = html.find("<" + element + ">") + element.size() + 2;
      html.erase(begin, html.find("</" + element + ">") - begin);
    };
    erase("style");
    erase("script");
    REQUIRE(document.load_string(html.c_str(), pugi::parse_full));
  }

  std::vector<pugi::xml_node> find(const char* path) const {
    std::vector<pugi::xml_node> nodes;
    for (const auto& found : document.select_nodes(path)) nodes.push_back(found.node());
    return nodes;
  }
  std::string text(const char* path) const {
    const pugi::xml_node node = document.select_node(path).node();
    std::string all;
    for (const auto& part : node.select_nodes(".//text()")) all += part.node().value();
    return all;
  }

  pugi::xml_document document;
};

SocketCall call_at(const std::string& actor, Side side, const std::string& name, Timestamp entered,
                   Timestamp returned) {
  SocketCall call;
  call.actor = actor;
  call.side = side;
  call.name = name;
  call.entered = entered;
  call.returned = returned;
  return call;
}

// Sheet 2 of the sample with calls and with rows: its fourth packet is no row's, row 3 has none.
RunResult run_with_calls() {
  RunResult run = sample_run();
  ScenarioResult& result = run.scenarios[1].result;
  const Timestamp start = result.packets.front().time;
  result.calls = {
      call_at("server", Side::server, "accept", start - Duration(1000), start + Duration(12'000)),
      call_at("client", Side::client, "connect", start - Duration(500), start + Duration(11'000))};
  result.call_packets = {{{}, {0}}, {{0, 2}, {}}};
  result.packets[0].causing_calls = {1};
  result.packets[0].taking_calls = {0};
  result.packets[2].causing_calls = {1};
  result.checks[0].packet_rows = {
      {1, "client", "server", "[SYN]", Level::must, Verdict::pass, {0}},
      {2, "server", "client", "[SYN, ACK]", Level::must, Verdict::pass, {1}},
      {3, "server", "client", "[FIN, ACK]", Level::must, Verdict::fail, {}}};
  return run;
}

}  // namespace

TEST_CASE("the page of a run has a page for each sheet, and every link leads to something",
          "[report]") {
  const ParsedPage page(render_run_html(run_with_calls(), "one thing"));
  CHECK(page.find("//section[@class='page']").size() == 1 + sample_run().scenarios.size());
  std::set<std::string> ids;
  for (const pugi::xml_node node : page.find("//*[@id]")) {
    CHECK(ids.insert(node.attribute("id").value()).second);
  }
  const std::vector<pugi::xml_node> links = page.find("//a");
  CHECK(links.size() > 20);
  for (const pugi::xml_node link : links) {
    const std::string target = link.attribute("href").value();
    REQUIRE(target.starts_with("#"));
    CHECK(ids.contains(target.substr(1)));
  }
  CHECK(page.text("//section[@id='summary']/pre[@class='message']") == "one thing");
}

TEST_CASE("nothing of a page comes from elsewhere, and nothing hostile leaves its place",
          "[report]") {
  RunResult run = run_with_calls();
  run.scenarios[1].result.title = "</title><script>alert(1)</script>{script}{style}";
  run.scenarios[1].result.tags = {"\" onload=\"x"};
  const std::string html = render_run_html(run, "<img src=x onerror=alert(1)>\x1b[31m");
  const ParsedPage page(html);
  CHECK(page.find("//script").size() == 1);
  CHECK(page.find("//style").size() == 1);
  CHECK(page.find("//img | //link | //iframe | //*[@src] | //*[@onload]").empty());
  CHECK(html.find('\x1b') == std::string::npos);
  CHECK(html.find("default-src 'none'") != std::string::npos);
  CHECK(page.text("//section[@id='s2']/h2") ==
        "calc/two: </title><script>alert(1)</script>{script}{style}");
}

TEST_CASE("expected rows stand beside what was captured for them", "[report]") {
  const ParsedPage page(render_run_html(run_with_calls(), ""));
  const auto rows = page.find(
      "//section[@id='s2']//table[caption='Packets: expected and "
      "captured']/tbody/tr");
  REQUIRE(rows.size() == 4);
  const auto cells = [&rows](std::size_t row) {
    std::string text;
    for (const pugi::xml_node cell : rows[row].children("td")) {
      for (const auto& part : cell.select_nodes(".//text()")) text += part.node().value();
      text += "|";
    }
    return text;
  };
  CHECK(cells(0) == "1|client > server  [SYN]|PASS|1  client > server  [SYN] Seq=0 Len=0|");
  CHECK(cells(2) == "3|server > client  [FIN, ACK]|FAIL|nothing|");
  CHECK(cells(3) == "|no row|FAIL|4  client > server  [PSH, ACK] Seq=1 Ack=1 Len=9|");
  CHECK(std::string(rows[2].attribute("class").value()) == "wrong");
}

TEST_CASE("a ladder has an arrow for each packet and a bar for each call", "[report]") {
  const ParsedPage page(render_run_html(run_with_calls(), ""));
  const std::string ladder = "//section[@id='s2']//svg";
  CHECK(page.find((ladder + "//line[@class='arrow']").c_str()).size() == 4);
  CHECK(page.find((ladder + "//g[@class='packet wrong']").c_str()).size() == 1);
  const auto bars = page.find((ladder + "//g[@class='call']").c_str());
  REQUIRE(bars.size() == 2);
  // The accept waited until the first packet came: its hatched part ends at that arrow.
  const pugi::xml_node wait = page.find((ladder + "//rect[@class='wait']").c_str()).at(0);
  const pugi::xml_node arrow = page.find((ladder + "//line[@class='arrow']").c_str()).at(0);
  CHECK(wait.attribute("y").as_int() + wait.attribute("height").as_int() ==
        arrow.attribute("y1").as_int());
  CHECK(page.find((ladder + "//rect[@class='wait']").c_str()).size() == 1);
  // From the client's lifeline on the left to the server's.
  CHECK(arrow.attribute("x1").as_int() < arrow.attribute("x2").as_int());
  // What the script marks together.
  const pugi::xml_node packet = page.find((ladder + "//g[@data-packet='0']").c_str()).at(0);
  CHECK(std::string(packet.attribute("data-calls").value()) == "1 0");
  CHECK(page.text((ladder + "//g[@data-packet='1']/text").c_str()) == "+0.011 ms");
}

TEST_CASE("a ladder and its table say what the path did with a packet", "[report]") {
  RunResult run = run_with_calls();
  for (ScenarioSummary& summary : run.scenarios) {
    if (!summary.result.packets.empty()) summary.result.packets[0].fate = PacketFate::lost;
  }
  const ParsedPage page(render_run_html(run, ""));
  const std::string packet = "//section[@id='s2']//g[@class='packet lost']";
  CHECK(page.text((packet + "//text[@class='label']").c_str()).find("lost on the path: [SYN]") !=
        std::string::npos);
  const std::string cell = "//section[@id='s2']//td[.='lost on the path']";
  CHECK(page.find(cell.c_str()).size() == 1);
}

TEST_CASE("bytes that a packet carries are shown in hex and as text", "[report]") {
  const ParsedPage page(render_run_html(run_with_calls(), ""));
  CHECK(page.text("//div[@id='s2-b4']/pre") ==
        "0000  61 7c 62 2a 3c 1b ff 22 0a                       a|b*<..\".\n");
}

TEST_CASE("what a sheet of a run keeps to itself is in no page", "[report]") {
  ScenarioResult hidden = run_with_calls().scenarios[1].result;
  conceal(hidden, Reveal::observed);
  RunResult run;
  run.scenarios = {summarize({hidden})};
  CHECK(render_run_html(run, "").find("[FIN, ACK]") == std::string::npos);
}

TEST_CASE("many packets are folded, and a thousand are drawn", "[report]") {
  RunResult run = sample_run();
  ScenarioResult& result = run.scenarios[0].result;
  const PacketLine line = result.packets.back();
  while (result.packets.size() < 2500) {
    result.packets.push_back(line);
    result.packets.back().number = result.packets.size();
  }
  const ParsedPage page(render_run_html(run, ""));
  CHECK(page.find("//section[@id='s1']//line[@class='arrow']").size() == kMostShownPackets);
  CHECK(page.find("//section[@id='s1']/details/div/table[caption='Packets']").size() == 2);
  CHECK(page.find("//section[@id='s1']//tr[@data-packet]").size() == 2500);
  CHECK(page.text("//section[@id='s1']/p[starts-with(., 'The first')]") ==
        "The first 1000 of 2500 packets are drawn.");
}

}  // namespace wireproof
