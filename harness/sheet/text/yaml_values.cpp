#include "sheet/text/yaml_values.h"

#include <fmt/format.h>

#include <algorithm>

namespace wireproof {

YAML::Node YamlValues::load() const {
  return YAML::Load(source_.text().substr(block_.begin, block_.end - block_.begin));
}

// The library's lines and columns count from 0 inside the block; columns count bytes.
Span YamlValues::place(const YAML::Mark& mark, std::size_t size) const {
  if (mark.line < 0) return opening_;
  const std::size_t line =
      std::min(block_.first_line + static_cast<std::size_t>(mark.line), source_.line_count());
  const std::size_t begin = source_.line_start(line) + static_cast<std::size_t>(mark.column);
  const std::size_t end = source_.line_start(line) + source_.line_text(line).size();
  return {std::min(begin, end), std::clamp(begin + size, std::min(begin, end), end)};
}

Span YamlValues::place(const YAML::Node& node) const {
  std::size_t size = 1;
  if (node.IsScalar()) {
    const Span start = place(node.Mark(), 1);
    const char first = start.begin < source_.text().size() ? source_.text()[start.begin] : ' ';
    size = node.Scalar().size() + (first == '"' || first == '\'' ? 2 : 0);
  }
  return place(node.Mark(), std::max<std::size_t>(size, 1));
}

void YamlValues::complain(const YAML::Node& node, const std::string& message,
                          const std::string& help) const {
  problems_.error(place(node), message, help);
}

void YamlValues::complain(const YAML::Exception& error) const {
  problems_.error(place(error.mark, 1), fmt::format("the front matter is no YAML: {}", error.msg),
                  "one `key: value` a line between the `---` lines");
}

std::optional<std::string> YamlValues::scalar(const YAML::Node& node,
                                              const std::string& what) const {
  if (node.IsScalar() && !node.Scalar().empty()) return node.Scalar();
  complain(node, fmt::format("{} needs one value", what));
  return std::nullopt;
}

std::vector<std::pair<std::string, YAML::Node>> YamlValues::list(const YAML::Node& node,
                                                                 const std::string& what) const {
  std::vector<std::pair<std::string, YAML::Node>> items;
  if (node.IsScalar()) items.emplace_back(node.Scalar(), node);
  if (node.IsMap()) complain(node, fmt::format("{} needs a list, as [a, b]", what));
  if (!node.IsSequence()) return items;
  for (const YAML::Node& item : node) {
    if (const auto text = scalar(item, fmt::format("an item of {}", what))) {
      items.emplace_back(*text, item);
    }
  }
  return items;
}

}  // namespace wireproof
