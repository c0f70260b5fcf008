#include <fmt/format.h>

#include <boost/algorithm/string/replace.hpp>
#include <sstream>
#include <string>
#include <string_view>

#include "report/html/exchange.h"
#include "report/html/html.h"
#include "report/html/page.h"

namespace wireproof {
namespace {

constexpr const char* kPictureStyle =
    "svg { font: 12px ui-monospace, monospace; background: var(--paper); }\n";

// With the colours of paper as they are: most programs but browsers know no variables.
std::string plain_style() {
  std::string style = kPictureStyle + std::string(ladder_style());
  std::string_view colours = colour_style();
  colours = colours.substr(0, colours.find('}'));
  for (std::size_t at = colours.find("--"); at != colours.npos; at = colours.find("--", at)) {
    const std::string_view name = colours.substr(at, colours.find(':', at) - at);
    at += name.size() + 2;
    const std::string_view value = colours.substr(at, colours.find(';', at) - at);
    boost::replace_all(style, fmt::format("var({})", name), std::string(value));
  }
  return style;
}

// In a picture there is nothing that a link could lead to.
void drop_links(pugi::xml_node parent) {
  for (pugi::xml_node node : parent.children()) {
    if (node.name() == std::string_view("a")) {
      node.set_name("g");
      node.remove_attribute("href");
    }
    drop_links(node);
  }
}

}  // namespace

std::string render_trace_svg(const TraceResult& result, const TraceAnalysis& analysis) {
  pugi::xml_document page;
  add_ladder(page.append_child("main"),
             {"t", analysis.packets, result.calls, analysis.call_packets, {}, Language::english});
  pugi::xml_document picture;
  pugi::xml_node svg = picture.append_copy(page.child("main").child("div").child("svg"));
  if (!svg) svg = picture.append_child("svg");  // there is no packet
  set(svg, "xmlns", "http://www.w3.org/2000/svg");
  set(svg, "class", "ladder");
  svg.remove_attribute("data-roving");
  drop_links(svg);
  pugi::xml_node style = svg.prepend_child("style");
  style.text().set(plain_style().c_str());
  std::ostringstream out;
  picture.save(out, "", pugi::format_raw | pugi::format_no_declaration, pugi::encoding_utf8);
  return out.str() + "\n";
}

}  // namespace wireproof
