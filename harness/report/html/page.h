#pragma once

#include <initializer_list>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/text/text_table.h"
#include "result/verdict.h"

namespace wireproof {

// One file that opens from disk: whatever it says is put into a tree, and the tree's writer escapes
// it. Its style and its script are the files *.css and page.js; it can be read without the script.

std::string_view page_style();
// Of it the colours, by name, those of paper first; and the lines of a ladder.
std::string_view colour_style();
std::string_view ladder_style();
std::string_view page_script();

class Page {
 public:
  // `language` as BCP 47 names it.
  Page(const std::string& title, const char* language);

  // What stands under the heading.
  pugi::xml_node main() { return main_; }
  std::string render() const;

 private:
  pugi::xml_document document_;
  pugi::xml_node main_;
};

// An element with this text, safe_text.h's xml_text; `css` is its class.
pugi::xml_node add(pugi::xml_node parent, const char* element, const std::string& text,
                   const char* css = "");
// One without text.
pugi::xml_node add_node(pugi::xml_node parent, const char* element, const char* css = "");
void set(pugi::xml_node node, const char* attribute, const std::string& value);
pugi::xml_node add_link(pugi::xml_node parent, const std::string& target, const std::string& text);
// The verdict's word, coloured.
pugi::xml_node add_verdict(pugi::xml_node parent, const char* element, Verdict verdict);
void add_list(pugi::xml_node parent, const std::vector<std::string>& lines);

// A table's body, under a heading of these names. It scrolls by itself where it is too wide.
pugi::xml_node add_table(pugi::xml_node parent, const std::string& caption,
                         const std::vector<std::string>& heading);
pugi::xml_node add_table(pugi::xml_node parent, const std::string& caption, const TextTable& table);
void add_number(pugi::xml_node row, const std::string& number);

}  // namespace wireproof
