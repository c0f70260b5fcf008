#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "expect/payload/derived_value.h"
#include "expect/payload/field_codec.h"
#include "expect/payload/references.h"
#include "sheet/layout/layout_section.h"
#include "sheet/text/cursor.h"

namespace wireproof {
namespace {

// Whether what is nested in the field is there whatever the bytes say.
bool is_always_nested(const Field& field) {
  const auto* const fixed = std::get_if<CountFixed>(&field.count);
  const bool is_counted =
      std::holds_alternative<CountOne>(field.count) || (fixed != nullptr && fixed->count > 0);
  return field.type == FieldType::layout && !is_conditional(field) && is_counted;
}

// How many layouts lie inside each other, at most one more than allowed. Where the bytes say how
// many there are, one that comes again is not counted. Of more ways than kMaxElements not all are
// gone: what lies too deep is then found in the bytes.
class NestingDepth {
 public:
  explicit NestingDepth(const LayoutSet& layouts) : layouts_(layouts) {}

  std::size_t of(const Layout& layout) {
    std::size_t deepest = holders_.size() + 1;
    if (deepest > kMaxLayoutDepth || is_open(layout)) return deepest - 1;
    holders_.push_back(&layout);
    for (const Field& field : layout.fields) {
      const auto nested = layouts_.find(field.layout);
      if (field.type != FieldType::layout || nested == layouts_.end()) continue;
      if (++ways_ > kMaxElements) break;
      if (holders_.size() == kMaxLayoutDepth && !is_open(nested->second)) {
        deepest = kMaxLayoutDepth + 1;
        break;
      }
      deepest = std::max(deepest, of(nested->second));
      if (deepest > kMaxLayoutDepth) break;
    }
    holders_.pop_back();
    return deepest;
  }

 private:
  bool is_open(const Layout& layout) const { return std::ranges::count(holders_, &layout) > 0; }

  const LayoutSet& layouts_;
  std::vector<const Layout*> holders_;
  std::size_t ways_ = 0;
};

// Within the depth that is allowed, layer by layer: what comes back later is nested too deep.
bool contains_itself(const Layout& layout, const LayoutSet& layouts) {
  std::set<std::string_view> seen;
  std::vector<const Layout*> layer{&layout};
  for (std::size_t depth = 1; depth <= kMaxLayoutDepth && !layer.empty(); ++depth) {
    std::vector<const Layout*> next;
    for (const Layout* const each : layer) {
      for (const Field& field : each->fields) {
        if (!is_always_nested(field)) continue;
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

bool nests(const Field& field, const std::string& layout) {
  if (field.type == FieldType::layout) return field.layout == layout;
  return std::ranges::any_of(field.cases,
                             [&](const FieldCase& one) { return nests(one.field, layout); });
}

class LayoutChecker {
 public:
  LayoutChecker(const LayoutSource& source, const LayoutSet& layouts, Problems& problems)
      : source_(source), layouts_(layouts), problems_(problems) {}

  void check() {
    if (!check_layout_nesting(source_.layout, layouts_, source_.span, problems_)) return;
    const std::vector<FieldSpace> spaces = measure_fields(source_.layout, layouts_);
    for (std::size_t i = 0; i < spaces.size(); ++i) {
      const Field& field = source_.layout.fields[i];
      check_field(field, i);
      check_conditions(field, i);
      check_rule(field, i);
      const FieldSpace& space = spaces[i];
      const std::size_t unit = field.bits != 0 ? 1 : 8;
      check_number(source_.fields[i].offset,
                   space.begin ? std::optional(*space.begin / 8) : std::nullopt, "starts at offset",
                   field);
      check_number(source_.fields[i].size,
                   space.size ? std::optional(*space.size / unit) : std::nullopt, "takes", field);
    }
    check_bits();
  }

 private:
  void check_field(const Field& field, std::size_t index) {
    const Span place = source_.fields[index].type;
    check_type(field, index);
    if (is_open_ended(field) && !has_end(index)) {
      problems_.error(ProblemCode::open_field_inside, place,
                      fmt::format("`{}` takes the rest, but fields follow it", field.name),
                      "give it a count, or put it last");
    }
  }

  void check_type(const Field& field, std::size_t index) {
    const Span place = source_.fields[index].type;
    check_nested(field, index);
    if (const auto* const until = std::get_if<CountUntilValue>(&field.count)) {
      for (const FieldCondition& one : until->conditions) check_last_element(field, one, place);
    }
    if (const auto* const count = std::get_if<CountField>(&field.count)) {
      for (const Field* const found : find_reference(count->field, index)) {
        if (is_integer(*found) && !found->is_array) continue;
        problems_.error(ProblemCode::count_of_field, place,
                        fmt::format("`{}` is no integer, so it cannot be a count", count->field));
      }
    }
    if (field.type == FieldType::choice) check_choice(field, index);
  }

  void check_nested(const Field& field, std::size_t index) {
    if (field.type != FieldType::layout || layouts_.contains(field.layout)) return;
    std::vector<std::string> names = type_names();
    for (const auto& [name, layout] : layouts_) names.push_back(name);
    std::string help = suggest_name(field.layout, names);
    if (help.empty()) help = fmt::format("known: {}", fmt::join(names, ", "));
    problems_.error(ProblemCode::unknown_type, source_.fields[index].type,
                    fmt::format("unknown type `{}`", field.layout), help);
  }

  // Whether something says where a field without a length of its own ends: the end of all, with
  // only fields of a fixed size before it, or a size or count that is read before.
  bool has_end(std::size_t index) const {
    const Layout& layout = source_.layout;
    const std::string& name = layout.fields[index].name;
    if (size_behind(layout, layouts_, index, layout.fields.size() - 1)) return true;
    for (std::size_t i = 0; i < index; ++i) {
      const auto* const size = std::get_if<ValueSizeOf>(&layout.fields[i].rule);
      const auto* const count = std::get_if<ValueCountOf>(&layout.fields[i].rule);
      if (count != nullptr && count->field == name) return true;
      const auto stretch =
          size == nullptr ? std::nullopt : find_stretch(layout, {size->field, size->last});
      const bool ends = stretch && stretch->first <= index && index <= stretch->last &&
                        size_behind(layout, layouts_, index, stretch->last);
      if (ends) return true;
    }
    return false;
  }

  void check_last_element(const Field& field, const FieldCondition& condition, Span place) {
    std::vector<const Field*> found;
    Field element = field;
    element.is_array = false;
    if (field.type != FieldType::layout) {
      if (condition.field == field.name) found.push_back(&element);
    } else if (const auto nested = layouts_.find(field.layout); nested != layouts_.end()) {
      found = fields_at(nested->second, layouts_, condition.field);
    } else {
      return;
    }
    if (found.empty()) {
      problems_.error(ProblemCode::unknown_field, place,
                      fmt::format("`{}` is no field of an element", condition.field),
                      field.type == FieldType::layout
                          ? fmt::format("a field of the layout `{}`", field.layout)
                          : fmt::format("the element itself is `{}`", field.name));
    }
    check_literal(found, condition.field, condition.value, place);
  }

  void check_conditions(const Field& field, std::size_t index) {
    const Span place = source_.fields[index].type;
    for (const FieldCondition& condition : field.conditions) {
      check_literal(find_reference(condition.field, index), condition.field, condition.value,
                    place);
    }
    if (field.bits == 0 || field.conditions.empty()) return;
    problems_.error(ProblemCode::bit_fields, place,
                    fmt::format("the bit field `{}` cannot be missing", field.name),
                    "bit fields share bytes: put them into a layout, and give that the condition");
  }

  void check_choice(const Field& field, std::size_t index) {
    const Span place = source_.fields[index].type;
    const auto chooser = find_reference(field.chosen_by, index);
    const Field* const own = field_named(source_.layout, field.chosen_by);
    if (own != nullptr && is_derived(*own, source_.layout)) {
      problems_.error(ProblemCode::computed_chooser, place,
                      fmt::format("`{}` is computed, so it cannot choose", own->name));
    }
    for (const FieldCase& one : field.cases) {
      if (one.value) check_literal(chooser, field.chosen_by, *one.value, place);
      if (one.field.bits != 0) {
        problems_.error(ProblemCode::bit_fields, place, "a case has whole bytes",
                        "bit fields share bytes: put them into a layout");
      }
      check_type(one.field, index);
    }
  }

  // A value that the field can have.
  void check_literal(const std::vector<const Field*>& fields, const std::string& name,
                     const Literal& literal, Span place) {
    for (const Field* const field : fields) {
      if (field->type == FieldType::choice) continue;
      if (field->is_array || field->type == FieldType::layout) {
        problems_.error(ProblemCode::compared_value, place,
                        fmt::format("`{}` is no single value", name));
      } else if (is_string(*field) != literal.is_text) {
        problems_.error(ProblemCode::compared_value, place,
                        is_string(*field) ? fmt::format("`{}` is compared with a text", name)
                                          : fmt::format("`{}` is no text", name),
                        is_string(*field) ? "in quotes, as: \"SUM\"" : "a number without quotes");
      } else if (!literal.is_text) {
        const auto value = parse_field_number(literal.text, *field);
        if (value) continue;
        problems_.error(ProblemCode::compared_value, place,
                        fmt::format("`{}`: {}", name, value.error()),
                        suggest_name(literal.text, list_names(field->names)));
      }
    }
  }

  // The fields that a name may mean, of this layout or of those that hold it; reported when there
  // are none.
  std::vector<const Field*> find_reference(const std::string& name, std::size_t index) {
    std::vector<const Field*> found = fields_before(source_.layout, layouts_, index, name);
    if (!found.empty()) return found;
    std::set<const Layout*> seen;
    if (find_outside(source_.layout, name, seen, found) && !found.empty()) return found;
    std::vector<std::string> names = list_names(source_.layout.fields);
    names.resize(index);
    problems_.error(ProblemCode::unknown_field, source_.fields[index].type,
                    fmt::format("`{}` is no earlier field", name), suggest_name(name, names));
    return {};
  }

  // False where a layout that holds this one does not have the field before it.
  bool find_outside(const Layout& layout, const std::string& name, std::set<const Layout*>& seen,
                    std::vector<const Field*>& found) const {
    if (!seen.insert(&layout).second) return true;
    bool is_held = false;
    for (const auto& [holder_name, holder] : layouts_) {
      for (std::size_t i = 0; i < holder.fields.size(); ++i) {
        if (!nests(holder.fields[i], layout.name)) continue;
        const auto here = fields_before(holder, layouts_, i, name);
        if (here.empty() && !find_outside(holder, name, seen, found)) return false;
        found.insert(found.end(), here.begin(), here.end());
        is_held = true;
      }
    }
    return is_held;
  }

  // Bit fields that follow each other fill whole bytes.
  void check_bits() {
    const auto& fields = source_.layout.fields;
    std::size_t bits = 0;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      bits += fields[i].bits;
      const bool ends = i + 1 == fields.size() || fields[i + 1].bits == 0;
      if (!ends) continue;
      if (bits % 8 != 0) {
        problems_.error(ProblemCode::bit_fields, source_.fields[i].type,
                        fmt::format("the bit fields up to `{}` have {} bits, which are no whole "
                                    "bytes",
                                    fields[i].name, bits),
                        fmt::format("`bits {}` more, or as many less", 8 - bits % 8));
      }
      bits = 0;
    }
  }

  void check_rule(const Field& field, std::size_t index) {
    const Span place = source_.fields[index].value;
    if (const auto* const count = std::get_if<ValueCountOf>(&field.rule)) {
      const Field* const target = check_target(count->field, field, place);
      if (target == nullptr || target->is_array || is_string(*target)) return;
      problems_.error(ProblemCode::count_of_field, place,
                      fmt::format("`{}` is no array", count->field),
                      fmt::format("`size of {}` counts its bytes", count->field));
    } else if (const auto* const size = std::get_if<ValueSizeOf>(&field.rule)) {
      check_range({size->field, size->last}, field, place);
    } else if (const auto* const checksum = std::get_if<ValueChecksum>(&field.rule)) {
      check_range(checksum->range, field, place);
    }
  }

  void check_range(const FieldRange& range, const Field& field, Span place) {
    if (range.first.empty()) return;
    const Field* const first = check_target(range.first, field, place);
    if (range.last.empty() || first == nullptr) return;
    const Field* const last = check_target(range.last, field, place);
    if (last == nullptr || find_stretch(source_.layout, range)) return;
    problems_.error(ProblemCode::range_of_fields, place,
                    fmt::format("`{}` stands behind `{}`", range.first, range.last),
                    fmt::format("as: {}..{}", range.last, range.first));
  }

  // Null: reported.
  const Field* check_target(const std::string& name, const Field& field, Span place) {
    const Field* const target = field_named(source_.layout, name);
    if (target == nullptr) {
      problems_.error(ProblemCode::unknown_field, place, fmt::format("unknown field `{}`", name),
                      suggest_name(name, list_names(source_.layout.fields)));
    } else if (field.is_array) {
      problems_.error(ProblemCode::holder_of_size, place, "an array cannot hold a size or a count");
      return nullptr;
    }
    return target;
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
      problems_.error(ProblemCode::claimed_place, cell.span(),
                      fmt::format("`{}` is no number; `{}` {}", cell.text, field.name, is));
    } else if (!actual || *actual != *claimed) {
      std::string message = fmt::format("the table says {}, but `{}` {}", *claimed, field.name, is);
      const std::string unit = field.bits != 0 ? " bit" : " byte";
      if (actual && what == "takes") message += unit + (*actual == 1 ? "" : "s");
      if (!actual) {
        message = fmt::format("the table says {}, but {} of `{}` varies", *claimed,
                              what == "takes" ? "the size" : "the offset", field.name);
      }
      problems_.error(ProblemCode::claimed_place, cell.span(), message,
                      fmt::format("`{}` is {}", field.name, render_field_type(field)));
    }
  }

  const LayoutSource& source_;
  const LayoutSet& layouts_;
  Problems& problems_;
};

}  // namespace

bool check_layout_nesting(const Layout& layout, const LayoutSet& layouts, Span place,
                          Problems& problems) {
  if (contains_itself(layout, layouts)) {
    return problems.error(ProblemCode::nested_layout, place,
                          fmt::format("the layout `{}` contains itself", layout.name));
  }
  if (NestingDepth(layouts).of(layout) <= kMaxLayoutDepth) return true;
  return problems.error(
      ProblemCode::nested_layout, place,
      fmt::format("the layout `{}` is nested more than {} deep", layout.name, kMaxLayoutDepth));
}

void check_layouts(const std::vector<LayoutSource>& sources, const LayoutSet& layouts,
                   Problems& problems) {
  for (const LayoutSource& source : sources) LayoutChecker(source, layouts, problems).check();
}

}  // namespace wireproof
