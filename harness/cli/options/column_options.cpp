#include "cli/options/column_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/text/text_table.h"

namespace wireproof {

namespace {

bool is_known(const std::string& name, const std::vector<std::string>& known) {
  return std::ranges::any_of(
      known, [&](const std::string& column) { return is_column_name(name, column); });
}

}  // namespace

void add_columns_option(ArgumentParser& parser, std::string& columns,
                        const std::vector<std::string>& known) {
  parser.text("--columns", columns,
              fmt::format("some of {}, with commas between", fmt::join(known, ",")));
}

std::vector<std::string> split_columns(const std::string& given) {
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin < given.size();) {
    const std::size_t end = std::min(given.find(',', begin), given.size());
    if (end > begin) names.push_back(given.substr(begin, end - begin));
    begin = end + 1;
  }
  return names;
}

std::optional<int> check_columns(const ArgumentParser& parser, const std::string& given,
                                 const std::vector<std::string>& known) {
  for (const std::string& name : split_columns(given)) {
    if (is_known(name, known)) continue;
    std::vector<Note> notes = nearest_note(name, known);
    notes.push_back({"help", fmt::format("one of {}", fmt::join(known, ", "))});
    return parser.refuse(given, "there is no column `" + name + "`", notes);
  }
  return std::nullopt;
}

}  // namespace wireproof
