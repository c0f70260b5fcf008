#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <string>
#include <vector>

#include "base/text/words.h"
#include "cli/commands.h"
#include "sheet/problems/problem_pages.h"

namespace wireproof {
namespace {

constexpr std::size_t kMostNear = 3;

// The codes nearest to a number, as people that have mistyped a digit want them.
std::vector<std::string> nearest_codes(int number) {
  std::vector<ProblemCode> codes;
  for (const ProblemPage& page : problem_pages()) codes.push_back(page.code);
  std::ranges::stable_sort(
      codes, {}, [number](ProblemCode code) { return std::abs(static_cast<int>(code) - number); });
  codes.resize(std::min(codes.size(), kMostNear));
  std::vector<std::string> names;
  for (const ProblemCode code : codes) names.push_back(render_code(code));
  return names;
}

int refuse_code(const ArgumentParser& parser, const std::string& name) {
  std::string digits;
  std::ranges::copy_if(name, std::back_inserter(digits),
                       [](char c) { return c >= '0' && c <= '9'; });
  std::vector<Note> notes;
  if (const auto number = parse_number<std::uint16_t>(digits)) {
    notes.push_back({"help", "near it: " + enumerate(nearest_codes(*number), kMostNear)});
  }
  notes.push_back({"help", "`wireproof explain --all` has all of them"});
  return parser.refuse(name, fmt::format("there is no code `{}`", name), notes);
}

}  // namespace

int explain_command(const CommandLine& line) {
  std::string name;
  bool all = false;
  ArgumentParser parser(line, "explain CODE | explain --all",
                        "Tells what a message about a sheet or a server.yaml means, by the code at "
                        "its end: an example that provokes it, and how to mend it.");
  parser.text("CODE", name, "as WP0203");
  parser.flag("--all", all, "all codes, as one page of Markdown");
  if (const auto code = parser.parse()) return *code;
  if (all) {
    print_out(render_problem_pages());
    return kExitPassed;
  }
  if (name.empty())
    return parser.refuse("explain", "explain needs a code",
                         {{"help", "as: wireproof explain WP0203"}});
  const ProblemPage* const page = find_problem_page(name);
  if (page == nullptr) return refuse_code(parser, name);
  print_text(render_problem_page(*page));
  return kExitPassed;
}

}  // namespace wireproof
