#include "sheet/problems/problem_pages.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text/words.h"
#include "sheet/problems/page_areas.h"

namespace wireproof {
namespace {

constexpr std::string_view kHead =
    "Each message about a sheet, its layouts and tables, or a `server.yaml` ends with a code that "
    "stays the same from release to release: ``error: unknown key `timout` [WP0106]``. "
    "`wireproof explain WP0106` prints its part of this page, `wireproof explain --all` the whole "
    "page.";

// Of the areas, which are hundreds of numbers.
constexpr std::string_view area_title(std::size_t area) {
  constexpr std::array<std::string_view, 10> kTitles{
      "The file and its front matter",
      "Sections and tables",
      "The steps of a session",
      "Messages and the texts in them",
      "Layouts",
      "Tables of packets",
      "Tables of calls, sockets and measures",
      "server.yaml",
      "What `wireproof lint` warns of",
      "The path between client and server",
  };
  return kTitles.at(area - 1);
}

std::size_t area_of(const ProblemPage& page) {
  return static_cast<std::size_t>(page.code) / 100;
}

std::string_view language_of(ExampleKind kind) {
  switch (kind) {
    case ExampleKind::sheet:
    case ExampleKind::sections:
      return "markdown";
    case ExampleKind::session:
      return "session";
    case ExampleKind::front_matter:
    case ExampleKind::description:
      return "yaml";
  }
  return "";
}

// A fence that the example's own fences do not end.
std::string render_example(const char* title, const ProblemPage& page, std::string_view example) {
  const std::string_view fence = example.find("```") == example.npos ? "```" : "````";
  return fmt::format("\n{}:\n\n{}{}\n{}{}\n", title, fence, language_of(page.kind), example, fence);
}

// Lines of at most 100 columns; words stay whole.
std::string wrap(std::string_view text) {
  constexpr std::size_t kColumns = 100;
  std::string lines;
  std::size_t width = 0;
  for (const std::string_view word : split_words(text)) {
    if (width != 0 && width + 1 + word.size() > kColumns) {
      lines += '\n';
      width = 0;
    }
    if (width != 0) lines += ' ';
    lines += word;
    width += word.size() + (width != 0 ? 1 : 0);
  }
  return lines + "\n";
}

std::string render_page(const ProblemPage& page, std::string_view heading) {
  std::string text =
      fmt::format("{} {}: {}\n\n{}", heading, render_code(page.code), page.title, wrap(page.text));
  if (page.wrong.empty()) return text;
  return text + render_example("Wrong", page, page.wrong) +
         render_example("Right", page, page.right);
}

}  // namespace

const std::vector<ProblemPage>& problem_pages() {
  static const std::vector<ProblemPage> kProblemPages = [] {
    std::vector<ProblemPage> all;
    for (const auto area : {file_pages(), section_pages(), session_pages(), message_pages(),
                            layout_pages(), field_pages(), kaitai_pages(), packet_pages(),
                            call_pages(), description_pages(), lint_pages(), path_pages()}) {
      all.insert(all.end(), area.begin(), area.end());
    }
    return all;
  }();
  return kProblemPages;
}

const ProblemPage* find_problem_page(std::string_view name) {
  std::string_view digits = name;
  if (lower_case(digits.substr(0, 2)) == "wp") digits.remove_prefix(2);
  const auto number = parse_number<std::uint16_t>(digits);
  const auto found =
      std::ranges::find(problem_pages(), ProblemCode{number.value_or(0)}, &ProblemPage::code);
  return found == problem_pages().end() ? nullptr : &*found;
}

std::string render_problem_page(const ProblemPage& page) {
  return render_page(page, "#");
}

std::string render_problem_pages() {
  std::string text = "# What messages mean\n\n" + wrap(kHead);
  std::size_t area = 0;
  for (const ProblemPage& page : problem_pages()) {
    if (area_of(page) != area) {
      area = area_of(page);
      text += fmt::format("\n## {}\n", area_title(area));
    }
    text += "\n" + render_page(page, "###");
  }
  return text;
}

}  // namespace wireproof
