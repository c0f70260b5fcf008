#include "report/html/html.h"
#include "report/html/page.h"
#include "report/safe_text.h"

namespace wireproof {
namespace {

pugi::xml_node add_field(pugi::xml_node form, const char* label, const char* element) {
  pugi::xml_node field = add(form, "label", std::string(label) + " ");
  return add_node(field, element);
}

void add_option(pugi::xml_node select, const std::string& value, const std::string& text) {
  set(add(select, "option", text), "value", value);
}

}  // namespace

void add_filter(pugi::xml_node parent, const std::set<std::string>& verdicts,
                const std::set<std::string>& tags) {
  pugi::xml_node form = add_node(parent, "form", "filter");
  set(form, "hidden", "");
  set(form, "role", "search");
  pugi::xml_node verdict = add_field(form, "Verdict", "select");
  set(verdict, "name", "verdict");
  add_option(verdict, "", "all");
  for (const std::string& word : verdicts) add_option(verdict, word, word);
  if (!tags.empty()) {
    pugi::xml_node tag = add_field(form, "Tag", "select");
    set(tag, "name", "tag");
    add_option(tag, "", "all");
    for (const std::string& word : tags) add_option(tag, one_line(word), one_line(word));
  }
  pugi::xml_node text = add_field(form, "Text", "input");
  set(text, "name", "text");
  set(text, "type", "search");
  set(add_node(form, "output"), "aria-live", "polite");
}

}  // namespace wireproof
