#include "expect/payload/solved_numbers.h"

#include <utility>

namespace wireproof {
namespace {

std::string last_name(const std::string& path) {
  return path.substr(path.rfind('.') + 1);
}

void add_names(const Field& field, std::set<std::string>& names) {
  const auto add = [&](const Expression& expression) {
    for (const Expression* const leaf : leaves_of(expression)) {
      if (leaf->kind == Operator::field) names.insert(last_name(leaf->field.path));
    }
  };
  if (field.window) add(*field.window);
  if (const auto* const of = std::get_if<CountOf>(&field.count)) add(of->count);
  for (const FieldCase& one : field.cases) add_names(one.field, names);
}

}  // namespace

bool SolvedNumbers::begin_pass() {
  ++passes_;
  return std::exchange(is_changed_, false);
}

std::optional<WideNumber> SolvedNumbers::find(const std::string& path) const {
  const auto found = numbers_.find(path);
  return found == numbers_.end() ? std::nullopt : std::optional(found->second.number);
}

bool SolvedNumbers::may_solve(const FieldReference& reference) {
  if (!names_) {
    names_.emplace();
    for (const auto& [name, layout] : layouts_) {
      for (const Field& field : layout.fields) add_names(field, *names_);
    }
  }
  return names_->contains(last_name(reference.path));
}

void SolvedNumbers::demand(const std::string& path, WideNumber number, Demand demand) {
  const auto [found, is_new] = numbers_.try_emplace(path, Solved{number, demand, passes_});
  Solved& solved = found->second;
  const bool was_asked = !is_new && solved.pass == passes_;
  if (was_asked && solved.demand == Demand::given && demand == Demand::filling) return;
  is_changed_ |= is_new || solved.number != number;
  solved = {number, demand, passes_};
}

}  // namespace wireproof
