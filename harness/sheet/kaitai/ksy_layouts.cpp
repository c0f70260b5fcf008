#include "sheet/kaitai/ksy_layouts.h"

#include <fmt/format.h>

#include "expect/payload/references.h"
#include "sheet/kaitai/ksy_fields.h"
#include "sheet/layout/layout_section.h"

namespace wireproof {
namespace {

std::string key_of(const KsyUse& use) {
  std::string key = fmt::format("{}", static_cast<const void*>(use.type));
  for (const Expression& argument : use.arguments) {
    key += fmt::format(",{}", render_expression(argument));
  }
  if (use.order) key += *use.order == ByteOrder::little ? " le" : " be";
  return key;
}

}  // namespace

KsyLayouts::KsyLayouts(const KsyLibrary& library, const std::string& name)
    : library_(library), roots_(root_names(library, name)), names_(library.files(), roots_) {}

std::map<const KsyFile*, std::string> KsyLayouts::root_names(const KsyLibrary& library,
                                                             const std::string& name) {
  std::map<const KsyFile*, std::string> roots;
  std::map<std::string, int> taken;
  for (const auto& file : library.files()) {
    std::string root = roots.empty() ? name : fmt::format("{}.{}", name, file->root.name);
    const int count = ++taken[root];
    if (count > 1) root += fmt::format("-{}", count);
    roots[file.get()] = root;
  }
  return roots;
}

LayoutSet KsyLayouts::make() {
  KsyFile& first = *library_.files().front();
  if (!first.root.params.empty()) {
    first.problems.error(ProblemCode::kaitai_unread, first.root.params.front().span,
                         "the description has parameters, which a message cannot give",
                         "a type that gives them can be read");
    return {};
  }
  if (first.root.order_switch) {
    first.problems.error(ProblemCode::kaitai_unread, first.root.order_switch->on.span,
                         "the byte order of the whole description depends on a field",
                         "one of a type can");
    return {};
  }
  add_types(first.root);
  for (std::size_t i = 0; i < work_.size() && !library_.has_errors(); ++i) {
    make_layout(Work(work_[i]));
  }
  for (std::size_t i = 0; i < work_.size() && !library_.has_errors(); ++i) check_nesting(work_[i]);
  return std::move(layouts_);
}

// Types with parameters, or with an order that depends on a field, are made where they are used.
void KsyLayouts::add_types(const KsyType& type) {
  if (type.params.empty() && !type.order_switch) {
    layout_of({&type, {}, std::nullopt}, *type.file, type.span);
  }
  for (const auto& inner : type.types) add_types(*inner);
}

std::string KsyLayouts::base_name(const KsyType& type) const {
  if (type.outer == nullptr) return roots_.at(type.file);
  return fmt::format("{}.{}", base_name(*type.outer), type.name);
}

std::string KsyLayouts::free_name(const std::string& wanted) const {
  std::string name = wanted;
  for (int i = 2; layouts_.contains(name); ++i) name = fmt::format("{}-{}", wanted, i);
  return name;
}

std::optional<std::string> KsyLayouts::layout_of(const KsyUse& use, KsyFile& file, Span span) {
  const auto [found, is_new] = by_use_.try_emplace(key_of(use));
  if (!is_new) return found->second;
  if (work_.size() == kMaxKsyLayouts) {
    file.problems.error(ProblemCode::kaitai_limit, span,
                        fmt::format("the description has more than {} layouts", kMaxKsyLayouts),
                        "a type that uses itself with other arguments each time is one each time");
    return std::nullopt;
  }
  std::string name = base_name(*use.type);
  if (use.order) name += *use.order == ByteOrder::little ? "-le" : "-be";
  name = free_name(name);
  found->second = name;
  layouts_[name].name = name;
  work_.push_back({use, name});
  return name;
}

std::string KsyLayouts::add_element(const std::string& holder, const std::string& array,
                                    const Field& element) {
  const std::string name = free_name(fmt::format("{}.{}", holder, array));
  layouts_[name] = Layout{name, {element}, true};
  return name;
}

void KsyLayouts::make_layout(const Work& work) {
  const KsyType& type = *work.use.type;
  KsyFields fields(*this, work.use, work.layout);
  for (std::size_t i = 0; i < type.seq.size(); ++i) {
    auto field = fields.read(i);
    if (field) layouts_[work.layout].fields.push_back(*std::move(field));
  }
}

void KsyLayouts::check_nesting(const Work& work) {
  const KsyType& type = *work.use.type;
  const Layout& layout = layouts_.at(work.layout);
  check_layout_nesting(layout, layouts_, type.span, type.file->problems);
}

}  // namespace wireproof
