#include <fmt/format.h>

#include <algorithm>

#include "expect/layout/layout.h"

namespace wireproof {
namespace {

class FieldLister {
 public:
  explicit FieldLister(const LayoutSet& layouts) : layouts_(layouts) {}

  void list(const Layout& layout, const std::string& prefix) {
    // A layout that is being listed already would be listed for ever.
    if (open_.size() >= kMaxLayoutDepth || std::ranges::count(open_, &layout) > 0) return;
    open_.push_back(&layout);
    for (const Field& field : layout.fields) {
      if (fields.size() >= kMaxElements) break;
      fields.push_back({&field, prefix + field.name});
      list_nested(field, prefix + field.name + ".");
    }
    open_.pop_back();
  }

  std::vector<FieldRef> fields;

 private:
  void list_nested(const Field& field, const std::string& prefix) {
    if (field.type == FieldType::choice) {
      for (const FieldCase& one : field.cases) list_nested(one.field, prefix);
    }
    const auto nested = layouts_.find(field.layout);
    const bool is_one = field.type == FieldType::layout && !field.is_array;
    if (is_one && nested != layouts_.end()) list(nested->second, prefix);
  }

  const LayoutSet& layouts_;
  std::vector<const Layout*> open_;
};

// `name` or `name[3]`.
struct PathStep {
  std::string_view name;
  bool is_element = false;
};

// Takes the first step off a path and the dot behind it.
PathStep take_step(std::string_view& path) {
  std::string_view whole = path.substr(0, path.find('.'));
  path.remove_prefix(std::min(path.size(), whole.size() + 1));
  const std::size_t bracket = whole.find('[');
  return {whole.substr(0, bracket), bracket != whole.npos};
}

void add_cases(const Field& field, std::vector<const Field*>& found) {
  found.push_back(&field);
  for (const FieldCase& one : field.cases) add_cases(one.field, found);
}

}  // namespace

std::vector<FieldRef> list_fields(const Layout& layout, const LayoutSet& layouts) {
  FieldLister lister(layouts);
  lister.list(layout, "");
  return std::move(lister.fields);
}

std::vector<const Field*> fields_at(const Layout& layout, const LayoutSet& layouts,
                                    std::string_view path) {
  std::vector<const Layout*> holders{&layout};
  for (std::size_t depth = 0; depth < kMaxLayoutDepth && !path.empty(); ++depth) {
    const PathStep step = take_step(path);
    std::vector<const Field*> found;
    for (const Layout* const holder : holders) {
      if (const Field* const field = field_named(*holder, step.name)) add_cases(*field, found);
    }
    if (path.empty()) return step.is_element ? std::vector<const Field*>() : found;
    holders.clear();
    for (const Field* const field : found) {
      const auto nested = layouts.find(field->layout);
      if (nested == layouts.end() || field->is_array != step.is_element) continue;
      if (std::ranges::count(holders, &nested->second) == 0) holders.push_back(&nested->second);
    }
  }
  return {};
}

Expected<FieldRef, std::string> find_field(const Layout& layout, const LayoutSet& layouts,
                                           std::string_view name) {
  const auto whole = fields_at(layout, layouts, name);
  if (!whole.empty()) return FieldRef{whole.front(), std::string(name)};
  std::string_view rest = name;
  const PathStep first = take_step(rest);
  std::vector<FieldRef> found;
  for (const FieldRef& item : list_fields(layout, layouts)) {
    if (item.field->name != first.name) continue;
    const std::string path = item.path + std::string(name.substr(first.name.size()));
    const auto fields = fields_at(layout, layouts, path);
    const bool is_new = std::ranges::count(found, path, &FieldRef::path) == 0;
    if (!fields.empty() && is_new) found.push_back({fields.front(), path});
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    return Unexpected<std::string>(
        fmt::format("the layout `{}` has no field `{}`", layout.name, name));
  }
  return Unexpected<std::string>(fmt::format("`{}` is not unique in `{}`: it may be `{}` or `{}`",
                                             name, layout.name, found[0].path, found[1].path));
}

}  // namespace wireproof
