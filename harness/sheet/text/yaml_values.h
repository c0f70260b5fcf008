#pragma once

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text/diagnostic.h"
#include "base/text/time.h"
#include "sheet/text/fragment.h"

namespace wireproof {

// The rules that any YAML may break.
struct YamlCodes {
  ProblemCode no_yaml = ProblemCode::no_yaml;
  ProblemCode wrong_shape = ProblemCode::wrong_shape;
  ProblemCode unknown_word = ProblemCode::unknown_word;
  ProblemCode out_of_range = ProblemCode::value_out_of_range;
};

// Where YAML stands in a text, and what that part of it is called.
struct YamlBlock {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t first_line = 1;
  const char* name = "the front matter";
  const char* shape = "one `key: value` a line between the `---` lines";
  YamlCodes codes = {};
};

// Reads values of YAML: what a node is not is a problem at its place.
class YamlValues {
 public:
  // What has no place of its own is said at `opening`. Owns none of them.
  YamlValues(const SourceText& source, const YamlBlock& block, Span opening, Problems& problems)
      : source_(source), block_(block), opening_(opening), problems_(problems) {}

  // The whole block; throws YAML::Exception where it is no YAML.
  YAML::Node load() const {
    return YAML::Load(source_.text().substr(block_.begin, block_.end - block_.begin));
  }

  Span place(const YAML::Node& node) const {
    std::size_t size = 1;
    if (node.IsScalar()) {
      const Span start = place(node.Mark(), 1);
      const char first = start.begin < source_.text().size() ? source_.text()[start.begin] : ' ';
      size = node.Scalar().size() + (first == '"' || first == '\'' ? 2 : 0);
    }
    return place(node.Mark(), std::max<std::size_t>(size, 1));
  }

  void complain(ProblemCode code, const YAML::Node& node, const std::string& message,
                const std::string& help = "") const {
    problems_.error(code, place(node), message, help);
  }
  void complain(const YAML::Exception& error) const {
    problems_.error(block_.codes.no_yaml, place(error.mark, 1),
                    fmt::format("{} is no YAML: {}", block_.name, error.msg), block_.shape);
  }

  // One text that is not empty.
  std::optional<std::string> scalar(const YAML::Node& node, const std::string& what) const {
    if (node.IsScalar() && !node.Scalar().empty()) return node.Scalar();
    complain(block_.codes.wrong_shape, node, fmt::format("{} needs one value", what));
    return std::nullopt;
  }
  // Above zero.
  std::optional<Duration> duration(const YAML::Node& node, const char* what) const {
    const auto text = scalar(node, what);
    if (!text) return std::nullopt;
    const auto duration = parse_duration(*text);
    if (duration && *duration > Duration::zero()) return duration;
    complain(block_.codes.out_of_range, node, fmt::format("`{}` is no duration", *text),
             "write it with a unit: 500ms, 2s");
    return std::nullopt;
  }
  // `a`, `[a, b]` and a YAML list are all lists of texts.
  std::vector<std::pair<std::string, YAML::Node>> list(const YAML::Node& node,
                                                       const std::string& what) const {
    std::vector<std::pair<std::string, YAML::Node>> items;
    if (node.IsScalar()) items.emplace_back(node.Scalar(), node);
    if (node.IsMap())
      complain(block_.codes.wrong_shape, node, fmt::format("{} needs a list, as [a, b]", what));
    if (!node.IsSequence()) return items;
    for (const YAML::Node& item : node) {
      if (const auto text = scalar(item, fmt::format("an item of {}", what))) {
        items.emplace_back(*text, item);
      }
    }
    return items;
  }
  // One of a few words, or a problem that suggests the nearest.
  template <class T, std::size_t N>
  std::optional<T> choose(const YAML::Node& node, const std::string& text, const char* what,
                          const std::array<std::pair<const char*, T>, N>& choices) const {
    std::vector<std::string> names;
    for (const auto& [name, value] : choices) {
      if (text == name) return value;
      names.emplace_back(name);
    }
    complain(block_.codes.unknown_word, node, "`" + text + "` is no value of " + what,
             suggest_name(text, names));
    return std::nullopt;
  }
  // The same of a node that is one text.
  template <class T, std::size_t N>
  std::optional<T> choice(const YAML::Node& node, const char* what,
                          const std::array<std::pair<const char*, T>, N>& choices) const {
    const auto text = scalar(node, what);
    return text ? choose(node, *text, what, choices) : std::nullopt;
  }

 private:
  // The library's lines and columns count from 0 inside the block; columns count bytes.
  Span place(const YAML::Mark& mark, std::size_t size) const {
    if (mark.line < 0) return opening_;
    const std::size_t line =
        std::min(block_.first_line + static_cast<std::size_t>(mark.line), source_.line_count());
    const std::size_t begin = source_.line_start(line) + static_cast<std::size_t>(mark.column);
    const std::size_t end = source_.line_start(line) + source_.line_text(line).size();
    return {std::min(begin, end), std::clamp(begin + size, std::min(begin, end), end)};
  }

  const SourceText& source_;
  YamlBlock block_;
  Span opening_;
  Problems& problems_;
};

}  // namespace wireproof
