#include "report/html/page.h"

#include <boost/algorithm/string/erase.hpp>
#include <boost/algorithm/string/replace.hpp>
#include <sstream>

#include "base/text/bytes.h"
#include "report/safe_text.h"

namespace wireproof {
namespace {

// The text of a script or a style is not escaped in HTML (§13.2.5), but in XML it would be: it is
// put in behind the tree's writer.
constexpr const char* kStyleMark = "{style}";
constexpr const char* kScriptMark = "{script}";

}  // namespace

Page::Page(const std::string& title, const char* language) {
  document_.append_child(pugi::node_doctype).set_value("html");
  pugi::xml_node html = add_node(document_, "html");
  set(html, "lang", language);
  pugi::xml_node head = add_node(html, "head");
  set(add_node(head, "meta"), "charset", "utf-8");
  pugi::xml_node viewport = add_node(head, "meta");
  set(viewport, "name", "viewport");
  set(viewport, "content", "width=device-width, initial-scale=1");
  // Nothing of it is ever loaded from elsewhere.
  pugi::xml_node policy = add_node(head, "meta");
  set(policy, "http-equiv", "Content-Security-Policy");
  set(policy, "content",
      "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'");
  add(head, "title", title);
  add(head, "style", kStyleMark);
  pugi::xml_node body = add_node(html, "body");
  add(add_node(body, "header"), "h1", title);
  main_ = add_node(body, "main");
  add(body, "script", kScriptMark);
}

std::string Page::render() const {
  std::ostringstream out;
  document_.save(
      out, "", pugi::format_raw | pugi::format_no_declaration | pugi::format_no_empty_element_tags,
      pugi::encoding_utf8);
  std::string text = out.str();
  // Elements without an end (HTML §13.1.2), which XML does not know.
  boost::erase_all(text, "</meta>");
  boost::erase_all(text, "</input>");
  boost::replace_first(text, std::string("<style>") + kStyleMark,
                       "<style>" + std::string(page_style()));
  boost::replace_last(text, std::string("<script>") + kScriptMark,
                      "<script>" + std::string(page_script()));
  return text + "\n";
}

pugi::xml_node add_node(pugi::xml_node parent, const char* element, const char* css) {
  pugi::xml_node node = parent.append_child(element);
  if (*css != '\0') node.append_attribute("class").set_value(css);
  return node;
}

pugi::xml_node add(pugi::xml_node parent, const char* element, const std::string& text,
                   const char* css) {
  pugi::xml_node node = add_node(parent, element, css);
  node.append_child(pugi::node_pcdata).set_value(xml_text(text).c_str());
  return node;
}

void set(pugi::xml_node node, const char* attribute, const std::string& value) {
  node.append_attribute(attribute).set_value(xml_text(value).c_str());
}

pugi::xml_node add_link(pugi::xml_node parent, const std::string& target, const std::string& text) {
  pugi::xml_node link = add(parent, "a", one_line(text));
  set(link, "href", "#" + target);
  return link;
}

pugi::xml_node add_verdict(pugi::xml_node parent, const char* element, Verdict verdict) {
  const std::string word = render_verdict(verdict);
  return add(parent, element, word, ("verdict " + word).c_str());
}

void add_list(pugi::xml_node parent, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  pugi::xml_node list = add_node(parent, "ul");
  for (const std::string& line : lines) add(list, "li", one_line(line));
}

pugi::xml_node add_table(pugi::xml_node parent, const std::string& caption,
                         const std::vector<std::string>& heading) {
  pugi::xml_node frame = add_node(parent, "div", "wide");
  // Who has no mouse scrolls it by the keyboard.
  set(frame, "tabindex", "0");
  set(frame, "role", "group");
  set(frame, "aria-label", caption);
  pugi::xml_node table = add_node(frame, "table");
  if (!caption.empty()) add(table, "caption", caption);
  pugi::xml_node row = add_node(add_node(table, "thead"), "tr");
  for (const std::string& name : heading) set(add(row, "th", name), "scope", "col");
  return add_node(table, "tbody");
}

pugi::xml_node add_table(pugi::xml_node parent, const std::string& caption,
                         const TextTable& table) {
  pugi::xml_node body = add_table(parent, caption, table.heading);
  for (const auto& cells : table.rows) {
    pugi::xml_node row = add_node(body, "tr");
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const bool is_number = i < table.aligns.size() && table.aligns[i] == Align::right;
      add(row, "td", one_line(cells[i]), is_number ? "number" : "");
    }
  }
  return body;
}

void add_number(pugi::xml_node row, const std::string& number) {
  add(row, "td", number, "number");
}

}  // namespace wireproof
