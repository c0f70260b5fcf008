#pragma once

#include <yaml-cpp/yaml.h>

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text/diagnostic.h"
#include "sheet/text/fragment.h"

namespace wireproof {

// Where YAML stands in a sheet.
struct YamlBlock {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t first_line = 1;  // of the sheet
};

// Reads values of the YAML in a sheet: what a node is not is a problem at its place.
class YamlValues {
 public:
  // What has no place of its own is said at `opening`. Owns none of them.
  YamlValues(const SourceText& source, const YamlBlock& block, Span opening, Problems& problems)
      : source_(source), block_(block), opening_(opening), problems_(problems) {}

  // The whole block; throws YAML::Exception where it is no YAML.
  YAML::Node load() const;

  Span place(const YAML::Node& node) const;
  void complain(const YAML::Node& node, const std::string& message,
                const std::string& help = "") const;
  void complain(const YAML::Exception& error) const;

  // One text that is not empty.
  std::optional<std::string> scalar(const YAML::Node& node, const std::string& what) const;
  // `a`, `[a, b]` and a YAML list are all lists of texts.
  std::vector<std::pair<std::string, YAML::Node>> list(const YAML::Node& node,
                                                       const std::string& what) const;
  // One of a few words, or a problem that suggests the nearest.
  template <class T, std::size_t N>
  std::optional<T> choose(const YAML::Node& node, const std::string& text, const char* what,
                          const std::array<std::pair<const char*, T>, N>& choices) const {
    std::vector<std::string> names;
    for (const auto& [name, value] : choices) {
      if (text == name) return value;
      names.emplace_back(name);
    }
    complain(node, "`" + text + "` is no value of " + what, suggest_name(text, names));
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
  Span place(const YAML::Mark& mark, std::size_t size) const;

  const SourceText& source_;
  YamlBlock block_;
  Span opening_;
  Problems& problems_;
};

}  // namespace wireproof
