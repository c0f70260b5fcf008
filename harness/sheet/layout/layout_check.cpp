#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "sheet/layout/layout_section.h"
#include "sheet/text/cursor.h"

namespace wireproof {
namespace {

// How many layouts lie inside each other, at most one more than allowed.
std::size_t nesting_depth(const Layout& layout, const LayoutSet& layouts, std::size_t depth) {
  std::size_t deepest = depth;
  if (depth > kMaxLayoutDepth) return depth;
  for (const Field& field : layout.fields) {
    const auto nested = layouts.find(field.layout);
    if (field.type != FieldType::layout || nested == layouts.end()) continue;
    deepest = std::max(deepest, nesting_depth(nested->second, layouts, depth + 1));
    if (deepest > kMaxLayoutDepth) break;
  }
  return deepest;
}

// Within the depth that is allowed, layer by layer: what comes back later is nested too deep.
bool contains_itself(const Layout& layout, const LayoutSet& layouts) {
  std::set<std::string_view> seen;
  std::vector<const Layout*> layer{&layout};
  for (std::size_t depth = 1; depth <= kMaxLayoutDepth && !layer.empty(); ++depth) {
    std::vector<const Layout*> next;
    for (const Layout* const each : layer) {
      for (const Field& field : each->fields) {
        if (field.type != FieldType::layout) continue;
        if (field.layout == layout.name) return true;
        const auto nested = layouts.find(field.layout);
        if (nested == layouts.end() || !seen.insert(field.layout).second) continue;
        next.push_back(&nested->second);
      }
    }
    layer = std::move(next);
  }
  return false;
}

class LayoutChecker {
 public:
  LayoutChecker(const LayoutSource& source, const LayoutSet& layouts, Problems& problems)
      : source_(source), layouts_(layouts), problems_(problems) {}

  void check() {
    if (contains_itself(source_.layout, layouts_)) {
      problems_.error(source_.span,
                      fmt::format("the layout `{}` contains itself", source_.layout.name));
      return;
    }
    if (nesting_depth(source_.layout, layouts_, 1) > kMaxLayoutDepth) {
      problems_.error(source_.span, fmt::format("the layout `{}` is nested more than {} deep",
                                                source_.layout.name, kMaxLayoutDepth));
      return;
    }
    std::optional<std::size_t> offset = 0;
    for (std::size_t i = 0; i < source_.layout.fields.size(); ++i) {
      const Field& field = source_.layout.fields[i];
      check_type(field, i);
      check_rule(field, i);
      if (offset) offset = aligned_offset(*offset, field);
      const auto size = field_size(field, layouts_);
      check_number(source_.fields[i].offset, offset, "starts at offset", field);
      check_number(source_.fields[i].size, size, "takes", field);
      offset = offset && size ? std::optional(*offset + *size) : std::nullopt;
    }
  }

 private:
  void check_type(const Field& field, std::size_t index) {
    if (field.type == FieldType::layout && !layouts_.contains(field.layout)) {
      std::vector<std::string> names = type_names();
      for (const auto& [name, layout] : layouts_) names.push_back(name);
      problems_.error(source_.fields[index].type, fmt::format("unknown type `{}`", field.layout),
                      suggest_name(field.layout, names));
    }
    const bool to_end = std::holds_alternative<CountRest>(field.count);
    if (to_end && index + 1 < source_.layout.fields.size()) {
      problems_.error(source_.fields[index].type,
                      fmt::format("`{}` takes the rest, but fields follow it", field.name),
                      "give it a count, or put it last");
    }
    const auto* const count = std::get_if<CountField>(&field.count);
    if (count == nullptr) return;
    const auto& fields = source_.layout.fields;
    const auto end = fields.begin() + static_cast<std::ptrdiff_t>(index);
    const auto found = std::ranges::find(fields.begin(), end, count->field, &Field::name);
    if (found == end) {
      problems_.error(source_.fields[index].type,
                      fmt::format("`{}` is no earlier field", count->field),
                      suggest_name(count->field, list_names(source_.layout.fields)));
    } else if (!is_integer(*found) || found->is_array) {
      problems_.error(source_.fields[index].type,
                      fmt::format("`{}` is no integer, so it cannot be a count", count->field));
    }
  }

  void check_rule(const Field& field, std::size_t index) {
    const auto* const size = std::get_if<ValueSizeOf>(&field.rule);
    const auto* const count = std::get_if<ValueCountOf>(&field.rule);
    std::string name;
    if (size != nullptr) name = size->field;
    if (count != nullptr) name = count->field;
    if (name.empty()) return;
    const Field* const target = field_named(source_.layout, name);
    if (target == nullptr) {
      problems_.error(source_.fields[index].value, fmt::format("unknown field `{}`", name),
                      suggest_name(name, list_names(source_.layout.fields)));
    } else if (field.is_array) {
      problems_.error(source_.fields[index].value, "an array cannot hold a size or a count");
    } else if (count != nullptr && !target->is_array && !is_string(*target)) {
      problems_.error(source_.fields[index].value, fmt::format("`{}` is no array", name),
                      fmt::format("`size of {}` counts its bytes", name));
    }
  }

  // A cell of `Offset` or `Size`: a number, "4 bytes", or prose where the value varies.
  void check_number(const Fragment& cell, std::optional<std::size_t> actual, std::string_view what,
                    const Field& field) {
    if (cell.empty() || cell.text == "*") return;
    const std::string_view number =
        std::string_view(cell.text).substr(0, cell.text.find_first_of(" \t"));
    const auto claimed = parse_number<std::uint64_t>(number);
    if (!claimed && !actual) return;  // as "4n": what a reader wants to know
    const std::string is = actual ? fmt::format("{} {}", what, *actual) : "varies";
    if (!claimed) {
      problems_.error(cell.span(),
                      fmt::format("`{}` is no number; `{}` {}", cell.text, field.name, is));
    } else if (!actual || *actual != *claimed) {
      std::string message = fmt::format("the table says {}, but `{}` {}", *claimed, field.name, is);
      if (actual && what == "takes") message += *actual == 1 ? " byte" : " bytes";
      if (!actual) {
        message = fmt::format("the table says {}, but {} of `{}` varies", *claimed,
                              what == "takes" ? "the size" : "the offset", field.name);
      }
      problems_.error(cell.span(), message,
                      fmt::format("`{}` is {}", field.name, render_field_type(field)));
    }
  }

  const LayoutSource& source_;
  const LayoutSet& layouts_;
  Problems& problems_;
};

}  // namespace

void check_layouts(const std::vector<LayoutSource>& sources, const LayoutSet& layouts,
                   Problems& problems) {
  for (const LayoutSource& source : sources) LayoutChecker(source, layouts, problems).check();
}

}  // namespace wireproof
