#include "sheet/text/fragment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <limits>

#include "base/text/utf8.h"

namespace wireproof {
namespace {

bool is_name_start(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_';
}

bool is_name_char(char c) {
  return is_name_start(c) || c == '-' || std::isdigit(static_cast<unsigned char>(c)) != 0;
}

// A `{name}` or `{size of name}`.
struct Reference {
  std::string_view name;
  bool is_size = false;
  std::size_t end = 0;  // behind the brace
};

// The one that begins at `open`, or nothing.
std::optional<Reference> reference_at(std::string_view text, std::size_t open) {
  constexpr std::string_view kSizeOf = "size of ";
  Reference found;
  found.is_size = text.substr(open + 1).starts_with(kSizeOf);
  const std::size_t begin = open + 1 + (found.is_size ? kSizeOf.size() : 0);
  std::size_t end = begin;
  if (end >= text.size() || !is_name_start(text[end])) return std::nullopt;
  while (end < text.size() && is_name_char(text[end])) ++end;
  if (end >= text.size() || text[end] != '}') return std::nullopt;
  found.name = text.substr(begin, end - begin);
  found.end = end + 1;
  return found;
}

void append(Fragment& target, std::string_view text, std::size_t origin) {
  target.text += text;
  target.origins.insert(target.origins.end(), text.size(), origin);
}

// With a backslash before each of the special characters.
std::string escape(std::string_view value, std::string_view special) {
  std::string escaped;
  for (const char c : value) {
    if (c == '\n') {
      escaped += "\\n";
      continue;
    }
    if (special.find(c) != special.npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

// What a value stands in.
enum class Place : std::uint8_t { plain, quotes, pattern };

// A slash opens a pattern behind the words that take one.
bool opens_pattern(std::string_view before) {
  while (!before.empty() && is_space(before.back())) before.remove_suffix(1);
  for (const std::string_view word : {"recv", "prints"}) {
    if (!before.ends_with(word)) continue;
    before.remove_suffix(word.size());
    return before.empty() || is_space(before.back()) || before.back() == ':';
  }
  return false;
}

// The place behind the byte at `i`, which nothing escapes.
Place place_behind(Place place, std::string_view text, std::size_t i) {
  switch (place) {
    case Place::plain:
      if (text[i] == '"') return Place::quotes;
      return text[i] == '/' && opens_pattern(text.substr(0, i)) ? Place::pattern : place;
    case Place::quotes:
      return text[i] == '"' ? Place::plain : place;
    case Place::pattern:
      return text[i] == '/' ? Place::plain : place;
  }
  return place;
}

std::string written(std::string_view value, const Reference& reference, Place place) {
  if (reference.is_size) return std::to_string(value.size());
  switch (place) {
    case Place::plain:
      return std::string(value);
    case Place::quotes:
      return escape(value, "\"\\");
    case Place::pattern:
      return escape(value, "^$\\.*+?()[]{}|/");
  }
  return std::string(value);
}

// What only a run can fill in.
bool is_known_in_a_run(const Reference& reference) {
  const std::string_view name = reference.name;
  return !reference.is_size && (name == "n" || name == "i" || name == "host" || name == "port");
}

void report_unknown(Span span, std::string_view name, const Parameters& parameters,
                    Problems& problems) {
  std::vector<std::string> names;
  for (const auto& [known, value] : parameters) names.push_back(known);
  std::string help = suggest_name(name, names);
  if (help.empty()) help = "declare it under `parameters` in the front matter";
  problems.error(ProblemCode::unknown_parameter, span,
                 fmt::format("unknown parameter `{{{}}}`", name), help);
}

}  // namespace

Span Fragment::span(std::size_t begin, std::size_t end) const {
  return {origins[begin], origins[std::max(begin, end)]};
}

Fragment make_fragment(std::string_view text, std::size_t offset) {
  Fragment fragment;
  fragment.text = std::string(text);
  for (std::size_t i = 0; i <= text.size(); ++i) fragment.origins.push_back(offset + i);
  return fragment;
}

Fragment part_of(const Fragment& fragment, std::size_t begin, std::size_t end) {
  Fragment part;
  part.text = fragment.text.substr(begin, end - begin);
  const auto first = fragment.origins.begin();
  part.origins.assign(first + static_cast<std::ptrdiff_t>(begin),
                      first + static_cast<std::ptrdiff_t>(end) + 1);
  return part;
}

Fragment trim(const Fragment& fragment) {
  std::size_t begin = 0;
  std::size_t end = fragment.text.size();
  while (begin < end && is_space(fragment.text[begin])) ++begin;
  while (end > begin && is_space(fragment.text[end - 1])) --end;
  return part_of(fragment, begin, end);
}

Fragment strip_backticks(const Fragment& fragment) {
  std::size_t begin = 0;
  std::size_t end = fragment.text.size();
  while (end - begin >= 2 && fragment.text[begin] == '`' && fragment.text[end - 1] == '`') {
    ++begin;
    --end;
  }
  return trim(part_of(fragment, begin, end));
}

Fragment without_comment(const Fragment& line) {
  Place place = Place::plain;
  const std::string_view text = line.text;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_apart = i == 0 || is_blank(text[i - 1]);
    if (place == Place::plain && text[i] == '#' && is_apart) return part_of(line, 0, i);
    if (place != Place::plain && text[i] == '\\') {
      ++i;
    } else {
      place = place_behind(place, text, i);
    }
  }
  return line;
}

Fragment substitute(const Fragment& fragment, const Parameters& parameters, Problems& problems) {
  if (fragment.text.find('{') == std::string::npos) return fragment;
  Fragment result;
  Place place = Place::plain;
  const std::string_view text = fragment.text;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto reference = text[i] == '{' ? reference_at(text, i) : std::nullopt;
    const auto found = reference ? parameters.find(std::string(reference->name)) : parameters.end();
    if (reference && (found != parameters.end() || !is_known_in_a_run(*reference))) {
      if (found != parameters.end()) {
        append(result, written(found->second, *reference, place), fragment.origins[i]);
      } else {
        report_unknown(fragment.span(i, reference->end), reference->name, parameters, problems);
      }
      i = reference->end - 1;
      continue;
    }
    append(result, text.substr(i, 1), fragment.origins[i]);
    if (place != Place::plain && text[i] == '\\' && i + 1 < text.size()) {
      ++i;
      append(result, text.substr(i, 1), fragment.origins[i]);
    } else {
      place = place_behind(place, text, i);
    }
  }
  result.origins.push_back(fragment.origins.back());
  return result;
}

namespace {

// A longer list helps nobody; the sheet itself shows the names.
constexpr std::size_t kMaxListedNames = 20;

std::size_t begin_of(const Diagnostic& diagnostic) {
  return diagnostic.span ? diagnostic.span->begin : std::numeric_limits<std::size_t>::max();
}

}  // namespace

bool Problems::add(ProblemCode code, Severity severity, std::optional<Span> span,
                   std::string message, std::string help) {
  Diagnostic& added = diagnostics_.emplace_back();
  added.severity = severity;
  added.message = std::move(message);
  added.span = span;
  added.code = code;
  if (!help.empty()) added.notes.push_back({"help", std::move(help)});
  return false;
}

Diagnostics Problems::take() {
  std::ranges::stable_sort(diagnostics_, {}, begin_of);
  return std::move(diagnostics_);
}

std::string suggest_name(std::string_view name, std::span<const std::string> known_names) {
  if (const auto nearest = nearest_name(name, known_names)) {
    return fmt::format("did you mean `{}`?", *nearest);
  }
  if (known_names.empty() || known_names.size() > kMaxListedNames) return "";
  return fmt::format("known: {}", fmt::join(known_names, ", "));
}

}  // namespace wireproof
