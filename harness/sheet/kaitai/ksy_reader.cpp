#include "sheet/kaitai/ksy_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <set>

#include "base/text/words.h"
#include "sheet/kaitai/ksy_yaml.h"
#include "sheet/layout/layout_section.h"

namespace wireproof {
namespace {

constexpr std::size_t kMaxDocBytes = 200;

constexpr std::array<std::pair<const char*, ByteOrder>, 2> kOrders{
    {{"be", ByteOrder::big}, {"le", ByteOrder::little}}};

class KsyReader {
 public:
  explicit KsyReader(KsyFile& file) : yaml_(file), file_(file), problems_(file.problems) {}

  void read() {
    const auto root = yaml_.load();
    if (!root) return;
    file_.root.file = &file_;
    read_type(*root, file_.root, nullptr);
  }

 private:
  static std::string first_line(const std::string& text) {
    const std::string_view line = trim_text(std::string_view(text).substr(0, text.find('\n')));
    return std::string(line.substr(0, kMaxDocBytes));
  }

  void read_type(const YAML::Node& node, KsyType& type, const KsyType* outer) {
    type.file = &file_;
    type.outer = outer;
    type.span = yaml_.place(node);
    if (outer != nullptr) {
      type.order = outer->order;
      type.order_switch = outer->order_switch;
    }
    // What is around the types inside is read before them.
    if (node.IsMap() && node["meta"]) read_meta(node["meta"], type);
    KsySetters setters{
        {"meta", KsyYaml::ignore()},
        {"doc", KsyYaml::ignore()},
        {"doc-ref", KsyYaml::ignore()},
        {"to-string", KsyYaml::ignore()},
        {"params", attributes(type.params)},
        {"seq", attributes(type.seq)},
        {"instances",
         [&](const YAML::Node&, const YAML::Node& value) {
           yaml_.read_named(value, "instances", [&](const KsyText& name, const YAML::Node& one) {
             KsyAttribute& attribute = type.instances.emplace_back();
             attribute.id = name.text;
             attribute.span = name.span;
             read_attribute(one, attribute);
           });
         }},
        {"enums",
         [&](const YAML::Node&, const YAML::Node& value) {
           yaml_.read_named(value, "enums", [&](const KsyText& name, const YAML::Node& one) {
             read_enum(one, type.enums[name.text]);
           });
         }},
        {"types", [&](const YAML::Node&, const YAML::Node& value) {
           yaml_.read_named(value, "types", [&](const KsyText& name, const YAML::Node& one) {
             type.types.push_back(std::make_unique<KsyType>());
             type.types.back()->name = name.text;
             read_type(one, *type.types.back(), &type);
           });
         }}};
    if (node.IsMap())
      yaml_.read_keys(node, outer == nullptr ? "the description" : "the type", setters);
    if (!node.IsMap() && (outer == nullptr || !node.IsNull())) {
      yaml_.wrong(ProblemCode::kaitai_shape, node, "a description has `key: value` entries",
                  "as: seq, types, enums");
    }
  }

  void read_meta(const YAML::Node& node, KsyType& type) {
    KsySetters setters{
        {"id",
         [&](const YAML::Node& key, const YAML::Node& value) {
           const auto id = yaml_.scalar(value, key.Scalar());
           if (id && type.outer == nullptr) type.name = id->text;
         }},
        {"endian", [&](const YAML::Node&, const YAML::Node& value) { read_order(value, type); }},
        {"bit-endian",
         [&](const YAML::Node& key, const YAML::Node& value) {
           if (yaml_.scalar(value, key.Scalar()).value_or(KsyText()).text == "be") return;
           yaml_.wrong(ProblemCode::kaitai_unread, value,
                       "bit fields from the least significant bit on are not read",
                       "bit-endian: be");
         }},
        {"encoding", encoding()},
        {"imports",
         [&](const YAML::Node& key, const YAML::Node& value) {
           for (const auto& [path, item] : yaml_.values().list(value, key.Scalar())) {
             file_.imports.push_back({path, yaml_.place(item)});
           }
         }},
        {"opaque-types",
         [&](const YAML::Node& key, const YAML::Node& value) {
           if (yaml_.scalar(value, key.Scalar()).value_or(KsyText()).text != "true") return;
           yaml_.wrong(ProblemCode::kaitai_unread, value, "opaque types are not read",
                       "a type needs a description");
         }},
    };
    for (const char* const name : {"title", "application", "file-extension", "xref", "license",
                                   "ks-version", "ks-debug", "tags"}) {
      setters.emplace(name, KsyYaml::ignore());
    }
    yaml_.read_keys(node, "`meta`", setters);
  }

  void read_order(const YAML::Node& node, KsyType& type) {
    type.order.reset();
    type.order_switch.reset();
    if (node.IsMap()) {
      type.order_switch = read_switch(node);
    } else {
      type.order = yaml_.values().choice(node, "`endian`", kOrders);
    }
  }

  // A text's bytes are those that the message has.
  KsySetter encoding() {
    return [this](const YAML::Node& key, const YAML::Node& value) {
      const auto name = yaml_.scalar(value, key.Scalar());
      const std::string small = name ? lower_case(name->text) : "ascii";
      if (small == "ascii" || small == "utf-8" || small == "utf8" || small == "us-ascii") return;
      yaml_.wrong(ProblemCode::kaitai_unread, value,
                  fmt::format("texts in {} are not read", name->text), "ASCII, UTF-8, or bytes");
    };
  }

  KsySetter attributes(std::vector<KsyAttribute>& all) {
    return [this, &all](const YAML::Node& key, const YAML::Node& value) {
      if (value.IsNull()) return;
      if (!value.IsSequence()) {
        yaml_.wrong(ProblemCode::kaitai_shape, value,
                    fmt::format("`{}` needs a list", key.Scalar()), "as: - id: len");
        return;
      }
      for (const YAML::Node& item : value) {
        if (all.size() == kMaxFields) {
          yaml_.wrong(ProblemCode::kaitai_limit, item,
                      fmt::format("a type has at most {} fields", kMaxFields));
          return;
        }
        KsyAttribute& attribute = all.emplace_back();
        attribute.id = fmt::format("unnamed{}", all.size() - 1);
        attribute.span = yaml_.place(item);
        read_attribute(item, attribute);
        const auto same = std::ranges::count(all, attribute.id, &KsyAttribute::id);
        if (same > 1) {
          problems_.error(ProblemCode::kaitai_key, attribute.span,
                          fmt::format("the field `{}` is there twice", attribute.id));
        }
      }
    };
  }

  void read_attribute(const YAML::Node& node, KsyAttribute& attribute) {
    const auto unread_process =
        yaml_.refuse("what it does to bytes is not known here", "without it");
    const auto end =
        yaml_.refuse("only fields that end as usual are written back as they were", "");
    KsySetters setters{
        {"id",
         [&](const YAML::Node& key, const YAML::Node& value) {
           const auto id = yaml_.scalar(value, key.Scalar());
           if (!id) return;
           attribute.id = id->text;
           attribute.span = id->span;
           if (is_ksy_name(id->text)) return;
           yaml_.wrong(ProblemCode::kaitai_shape, value, fmt::format("`{}` is no name", id->text),
                       "letters, digits and `_`");
         }},
        {"doc",
         [&](const YAML::Node&, const YAML::Node& value) {
           if (value.IsScalar()) attribute.doc = first_line(value.Scalar());
         }},
        {"doc-ref", KsyYaml::ignore()},
        {"encoding", encoding()},
        {"type",
         [&](const YAML::Node& key, const YAML::Node& value) {
           if (value.IsMap()) {
             attribute.cases = read_switch(value);
           } else {
             attribute.type = yaml_.scalar(value, key.Scalar());
           }
         }},
        {"size", yaml_.text(attribute.size)},
        {"if", yaml_.text(attribute.condition)},
        {"repeat", yaml_.text(attribute.repeat)},
        {"repeat-expr", yaml_.text(attribute.repeat_expr)},
        {"repeat-until", yaml_.text(attribute.repeat_until)},
        {"enum", yaml_.text(attribute.enumeration)},
        {"value", yaml_.text(attribute.value)},
        {"pos", yaml_.text(attribute.pos)},
        {"io", yaml_.text(attribute.io)},
        {"size-eos", yaml_.flag(attribute.size_eos)},
        {"terminator", yaml_.byte(attribute.terminator)},
        {"pad-right", yaml_.byte(attribute.padding)},
        {"include", KsyYaml::ignore()},
        {"consume", KsyYaml::unless_true(end)},
        {"eos-error", KsyYaml::unless_true(end)},
        {"contents",
         [&](const YAML::Node&, const YAML::Node& value) {
           attribute.contents = yaml_.read_contents(value);
         }},
        {"valid", [&](const YAML::Node& key,
                      const YAML::Node& value) { attribute.valid = read_valid(key, value); }},
        {"process", unread_process},
    };
    yaml_.read_keys(node, "the field", setters);
  }

  std::optional<KsyValid> read_valid(const YAML::Node& key, const YAML::Node& node) {
    KsyValid valid;
    if (node.IsScalar()) {
      if (const auto only = yaml_.scalar(node, "valid")) valid.any_of.push_back(*only);
      return valid;
    }
    const auto computed =
        yaml_.refuse("a rule is made of values, not of other fields", "eq, min, max, any-of");
    const KsySetters setters{
        {"eq",
         [&](const YAML::Node& name, const YAML::Node& value) {
           if (const auto only = yaml_.scalar(value, name.Scalar())) valid.any_of.push_back(*only);
         }},
        {"min", yaml_.text(valid.least)},
        {"max", yaml_.text(valid.most)},
        {"any-of",
         [&](const YAML::Node& name, const YAML::Node& value) {
           for (const auto& [one, item] : yaml_.values().list(value, name.Scalar())) {
             valid.any_of.push_back({one, yaml_.place(item)});
           }
         }},
        {"expr", computed},
        {"in-enum", yaml_.refuse("the names of an enum leave other values open", "any-of")},
    };
    yaml_.read_keys(node, fmt::format("`{}`", key.Scalar()), setters);
    return valid;
  }

  std::optional<KsySwitch> read_switch(const YAML::Node& node) {
    KsySwitch read;
    bool has_on = false;
    const KsySetters setters{
        {"switch-on",
         [&](const YAML::Node& key, const YAML::Node& value) {
           const auto on = yaml_.scalar(value, key.Scalar());
           has_on = on.has_value();
           if (on) read.on = *on;
         }},
        {"cases",
         [&](const YAML::Node&, const YAML::Node& value) {
           if (!value.IsMap()) {
             yaml_.wrong(ProblemCode::kaitai_shape, value, "`cases` need a value and a type each");
             return;
           }
           for (const auto& entry : value) {
             const auto one = yaml_.scalar(entry.first, "cases");
             const auto type = yaml_.scalar(entry.second, "cases");
             if (one && type) read.cases.emplace_back(*one, *type);
           }
         }},
    };
    yaml_.read_keys(node, "the switch", setters);
    if (has_on && !read.cases.empty()) return read;
    yaml_.wrong(ProblemCode::kaitai_shape, node, "a switch needs `switch-on` and `cases`");
    return std::nullopt;
  }

  void read_enum(const YAML::Node& node, KsyEnum& into) {
    if (!node.IsMap()) {
      yaml_.wrong(ProblemCode::kaitai_shape, node, "an enum needs a name for each value",
                  "as: 1: query");
      return;
    }
    for (const auto& entry : node) {
      const auto value = yaml_.scalar(entry.first, "enums");
      const auto number = value ? parse_ksy_number(value->text) : std::nullopt;
      const YAML::Node named =
          entry.second.IsMap() && entry.second["id"] ? entry.second["id"] : entry.second;
      const auto name = yaml_.scalar(named, "enums");
      if (!name) continue;
      if (number && is_ksy_name(name->text)) {
        into.names.emplace_back(*number, name->text);
      } else {
        yaml_.wrong(ProblemCode::kaitai_shape, number ? named : entry.first,
                    "a value of an enum is a number with a name", "as: 1: query");
      }
    }
  }

  KsyYaml yaml_;
  KsyFile& file_;
  Problems& problems_;
};

}  // namespace

void read_ksy(KsyFile& file) {
  if (file.source->text().size() <= kMaxKsyBytes) {
    KsyReader(file).read();
    return;
  }
  file.problems.error(ProblemCode::kaitai_limit, "the description is too large",
                      fmt::format("at most {} bytes", kMaxKsyBytes));
}

}  // namespace wireproof
