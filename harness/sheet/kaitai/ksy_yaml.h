#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "sheet/kaitai/ksy_tree.h"
#include "sheet/text/yaml_values.h"

namespace wireproof {

// What is known about a key: what to do with its value, or why there is nothing to be done.
using KsySetter = std::function<void(const YAML::Node& key, const YAML::Node& value)>;
using KsySetters = std::map<std::string, KsySetter, std::less<>>;

// The YAML of a description: what its nodes are not is a problem at its place in the file.
class KsyYaml {
 public:
  explicit KsyYaml(KsyFile& file);

  // Nothing where it is no YAML, or has more nodes than are to be looked at (reported).
  std::optional<YAML::Node> load();

  Span place(const YAML::Node& node) const { return yaml_.place(node); }
  const YamlValues& values() const { return yaml_; }
  bool wrong(ProblemCode code, const YAML::Node& node, const std::string& message,
             const std::string& help = "");

  // Setters for what cannot be read, for what changes nothing, and for what changes nothing while
  // it is true.
  KsySetter refuse(const char* reason, const char* help);
  static KsySetter ignore();
  static KsySetter unless_true(const KsySetter& otherwise);
  // Setters for a text, true or false, and a byte. What they set outlives them.
  KsySetter text(std::optional<KsyText>& into);
  KsySetter flag(bool& into);
  KsySetter byte(std::optional<std::uint8_t>& into);

  // Each key once, and none that is not known. Keys that begin with `-` are for other programs.
  void read_keys(const YAML::Node& node, const std::string& what, const KsySetters& setters);
  // Entries with a name each.
  void read_named(const YAML::Node& node, const std::string& what,
                  const std::function<void(const KsyText&, const YAML::Node&)>& read);
  std::optional<KsyText> scalar(const YAML::Node& node, const std::string& what);
  // A text, or a list of bytes and texts.
  std::optional<Bytes> read_contents(const YAML::Node& node);

 private:
  bool count(const YAML::Node& node, std::size_t depth);

  YamlValues yaml_;
  std::size_t nodes_ = 0;
};

bool is_ksy_name(const std::string& name);
// `12`, `0x0c`, `0b1100`, `-1`, with `_` between digits.
std::optional<WideNumber> parse_ksy_number(std::string_view text);

}  // namespace wireproof
