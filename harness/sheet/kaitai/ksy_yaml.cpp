#include "sheet/kaitai/ksy_yaml.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "base/text/words.h"
#include "sheet/kaitai/ksy_reader.h"

namespace wireproof {
namespace {

constexpr YamlCodes kYamlCodes{ProblemCode::kaitai_yaml, ProblemCode::kaitai_shape,
                               ProblemCode::kaitai_shape, ProblemCode::kaitai_limit};

YamlBlock block_of(const SourceText& source) {
  return {0,         source.text().size(), 1, "the description", "YAML as Kaitai Struct has it",
          kYamlCodes};
}

}  // namespace

bool is_ksy_name(const std::string& name) {
  constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  return !name.empty() && name.find_first_not_of(kLetters) == name.npos &&
         (name.front() < '0' || name.front() > '9');
}

std::optional<WideNumber> parse_ksy_number(std::string_view text) {
  const bool minus = text.starts_with('-');
  if (minus) text.remove_prefix(1);
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), [](char one) { return one != '_'; });
  int base = 10;
  const std::string prefix = lower_case(digits.substr(0, 2));
  if (prefix == "0x") base = 16;
  if (prefix == "0b") base = 2;
  if (prefix == "0o") base = 8;
  const auto number =
      parse_number<std::uint64_t>(std::string_view(digits).substr(base == 10 ? 0 : 2), base);
  if (!number) return std::nullopt;
  return minus ? -WideNumber{*number} : WideNumber{*number};
}

KsyYaml::KsyYaml(KsyFile& file) : yaml_(*file.source, block_of(*file.source), {}, file.problems) {}

std::optional<YAML::Node> KsyYaml::load() {
  try {
    YAML::Node root = yaml_.load();
    if (count(root, 0)) return root;
  } catch (const YAML::Exception& error) {
    yaml_.complain(error);
  }
  return std::nullopt;
}

bool KsyYaml::count(const YAML::Node& node, std::size_t depth) {
  if (++nodes_ > kMaxKsyNodes || depth > kMaxKsyNesting) {
    yaml_.complain(
        ProblemCode::kaitai_limit, node,
        nodes_ > kMaxKsyNodes ? "the description has too many parts"
                              : "the description is nested too deep",
        fmt::format("at most {} in all, {} in each other", kMaxKsyNodes, kMaxKsyNesting));
    return false;
  }
  if (node.IsSequence()) {
    return std::ranges::all_of(node.begin(), node.end(),
                               [&](const YAML::Node& item) { return count(item, depth + 1); });
  }
  if (!node.IsMap()) return true;
  for (const auto& entry : node) {
    if (!count(entry.first, depth + 1) || !count(entry.second, depth + 1)) return false;
  }
  return true;
}

bool KsyYaml::wrong(ProblemCode code, const YAML::Node& node, const std::string& message,
                    const std::string& help) {
  yaml_.complain(code, node, message, help);
  return false;
}
KsySetter KsyYaml::refuse(const char* reason, const char* help) {
  return [this, reason, help](const YAML::Node& key, const YAML::Node&) {
    wrong(ProblemCode::kaitai_unread, key,
          fmt::format("`{}` is not read: {}", key.Scalar(), reason), help);
  };
}
KsySetter KsyYaml::ignore() {
  return [](const YAML::Node&, const YAML::Node&) {};
}
KsySetter KsyYaml::text(std::optional<KsyText>& into) {
  return [this, &into](const YAML::Node& key, const YAML::Node& value) {
    into = scalar(value, key.Scalar());
  };
}

std::optional<KsyText> KsyYaml::scalar(const YAML::Node& node, const std::string& what) {
  const auto found = yaml_.scalar(node, fmt::format("`{}`", what));
  if (!found) return std::nullopt;
  return KsyText{*found, yaml_.place(node)};
}

void KsyYaml::read_keys(const YAML::Node& node, const std::string& what,
                        const KsySetters& setters) {
  if (node.IsNull()) return;
  if (!node.IsMap()) {
    wrong(ProblemCode::kaitai_shape, node, fmt::format("{} needs `key: value` entries", what));
    return;
  }
  std::set<std::string> seen;
  for (const auto& entry : node) {
    const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "";
    if (key.starts_with('-')) continue;
    const auto setter = setters.find(key);
    if (setter == setters.end()) {
      std::vector<std::string> names;
      for (const auto& [name, unused] : setters) names.push_back(name);
      wrong(ProblemCode::kaitai_key, entry.first, fmt::format("unknown key `{}` in {}", key, what),
            suggest_name(key, names));
    } else if (!seen.insert(key).second) {
      wrong(ProblemCode::kaitai_key, entry.first, fmt::format("`{}` is there twice", key));
    } else {
      setter->second(entry.first, entry.second);
    }
  }
}

void KsyYaml::read_named(const YAML::Node& node, const std::string& what,
                         const std::function<void(const KsyText&, const YAML::Node&)>& read) {
  if (node.IsNull()) return;
  if (!node.IsMap()) {
    wrong(ProblemCode::kaitai_shape, node, fmt::format("{} need a name each", what));
    return;
  }
  std::set<std::string> seen;
  for (const auto& entry : node) {
    const auto name = scalar(entry.first, what);
    if (!name) continue;
    if (!is_ksy_name(name->text)) {
      wrong(ProblemCode::kaitai_shape, entry.first, fmt::format("`{}` is no name", name->text),
            "letters, digits and `_`");
    } else if (!seen.insert(name->text).second) {
      wrong(ProblemCode::kaitai_key, entry.first,
            fmt::format("`{}` is there twice in the {}", name->text, what));
    } else {
      read(*name, entry.second);
    }
  }
}

KsySetter KsyYaml::flag(bool& into) {
  return [this, &into](const YAML::Node& key, const YAML::Node& value) {
    const auto found = scalar(value, key.Scalar());
    if (!found) return;
    into = found->text == "true";
    if (into || found->text == "false") return;
    wrong(ProblemCode::kaitai_shape, value, fmt::format("`{}` is true or false", key.Scalar()));
  };
}
KsySetter KsyYaml::unless_true(const KsySetter& otherwise) {
  return [otherwise](const YAML::Node& key, const YAML::Node& value) {
    if (!value.IsScalar() || value.Scalar() != "true") otherwise(key, value);
  };
}

KsySetter KsyYaml::byte(std::optional<std::uint8_t>& into) {
  return [this, &into](const YAML::Node& key, const YAML::Node& value) {
    const auto found = scalar(value, key.Scalar());
    const auto number = found ? parse_ksy_number(found->text) : std::nullopt;
    if (number && *number >= 0 && *number <= 255) {
      into = static_cast<std::uint8_t>(*number);
    } else if (found) {
      wrong(ProblemCode::kaitai_shape, value, fmt::format("`{}` is a byte", key.Scalar()),
            "0 to 255");
    }
  };
}

std::optional<Bytes> KsyYaml::read_contents(const YAML::Node& node) {
  Bytes bytes;
  const auto add_text = [&](const std::string& text) {
    bytes.insert(bytes.end(), text.begin(), text.end());
  };
  if (node.IsScalar()) {
    add_text(node.Scalar());
  } else if (!node.IsSequence()) {
    wrong(ProblemCode::kaitai_shape, node, "`contents` is a text or a list of bytes");
    return std::nullopt;
  }
  for (const YAML::Node& item : node.IsSequence() ? node : YAML::Node()) {
    if (!item.IsScalar()) {
      wrong(ProblemCode::kaitai_shape, item, "`contents` is a text or a list of bytes");
      return std::nullopt;
    }
    const auto number = item.Tag() == "!" ? std::nullopt : parse_ksy_number(item.Scalar());
    if (number && (*number < 0 || *number > 255)) {
      wrong(ProblemCode::kaitai_shape, item, "a byte is 0 to 255");
      return std::nullopt;
    }
    if (number) {
      bytes.push_back(static_cast<std::uint8_t>(*number));
    } else {
      add_text(item.Scalar());
    }
  }
  return bytes;
}

}  // namespace wireproof
