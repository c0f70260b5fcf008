#include "sheet/text/headings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace wireproof {
namespace {

constexpr std::array<std::pair<std::string_view, SectionKind>, 5> kKinds{
    {{"layout", SectionKind::layout},
     {"session", SectionKind::session},
     {"packets", SectionKind::packets},
     {"sockets", SectionKind::sockets},
     {"measures", SectionKind::measures}}};

void read_byte_order(Heading& heading) {
  constexpr std::array<std::pair<std::string_view, ByteOrder>, 2> kOrders{
      {{"(little-endian)", ByteOrder::little}, {"(big-endian)", ByteOrder::big}}};
  for (const auto& [suffix, order] : kOrders) {
    if (!lower_case(heading.name).ends_with(suffix)) continue;
    heading.order = order;
    heading.name.resize(heading.name.size() - suffix.size());
    heading.name = trim_text(std::string(heading.name));
  }
}

void check_name(const Heading& heading, bool has_colon, const Section& section,
                Problems& problems) {
  const bool named = !heading.name.empty();
  switch (heading.kind) {
    case SectionKind::layout:
      if (!named) problems.error(section.span, "the layout has no name", "as: Layout: request");
      return;
    case SectionKind::sockets:
      if (named) return;
      problems.error(section.span, "the table of sockets has no name",
                     "as: Sockets: NAME, of the step `sockets \"NAME\"`");
      return;
    case SectionKind::session:
    case SectionKind::measures:
      if (named) problems.error(section.span, "this section has no name of its own");
      return;
    case SectionKind::packets:
      if (has_colon && !named) problems.error(section.span, "a name is missing behind the colon");
      return;
    case SectionKind::prose:
      return;
  }
}

void report_slip(const Section& section, const std::string& word, Problems& problems) {
  const std::vector<std::string> names{"Layout", "Session", "Packets", "Sockets", "Measures"};
  const auto meant = nearest_name(word, names);
  if (!meant) return;
  problems.error(section.span, fmt::format("unknown section `{}`", section.heading),
                 fmt::format("did you mean `{}`? A heading of prose needs other words", *meant));
}

}  // namespace

Heading read_heading_kind(const Section& section, bool is_title, Problems& problems) {
  Heading heading;
  const std::size_t colon = section.heading.find(':');
  const bool has_colon = colon != std::string::npos;
  const std::string word(trim_text(std::string_view(section.heading).substr(0, colon)));
  const auto kind =
      std::ranges::find(kKinds, lower_case(word), &std::pair<std::string_view, SectionKind>::first);
  if (kind == kKinds.end()) {
    if (!is_title) report_slip(section, word, problems);
    return heading;
  }
  heading.kind = kind->second;
  if (has_colon) heading.name = trim_text(std::string_view(section.heading).substr(colon + 1));
  if (heading.kind == SectionKind::layout) read_byte_order(heading);
  check_name(heading, has_colon, section, problems);
  return heading;
}

}  // namespace wireproof
