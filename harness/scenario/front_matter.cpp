#include "scenario/front_matter.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <set>
#include <utility>

#include "scenario/cursor.h"
#include "scenario/fragment.h"

namespace wireproof {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::uint64_t kMaxMtu = 65536;  // of Linux's loopback device
constexpr std::uint64_t kMinMtu = 576;    // RFC 791 §3.1: every host takes that much

// Where the YAML stands in the sheet.
struct Block {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t first_line = 1;  // of the sheet
};

class FrontMatterReader {
 public:
  FrontMatterReader(const SourceText& source, const Block& block, FrontMatterText& result,
                    Problems& problems)
      : source_(source), block_(block), result_(result), problems_(problems) {}

  void read();

 private:
  using Setter = void (FrontMatterReader::*)(const YAML::Node&);
  static const std::map<std::string, Setter>& setters();

  void read_entries(const YAML::Node& root);
  Span place(const YAML::Mark& mark, std::size_t size) const;
  Span place(const YAML::Node& node) const;
  void complain(const YAML::Node& node, const std::string& message, const std::string& help = "");
  std::optional<std::string> scalar(const YAML::Node& node, const std::string& what);
  std::vector<std::pair<std::string, YAML::Node>> list(const YAML::Node& node,
                                                       const std::string& what);

  void set_server(const YAML::Node& node);
  void set_command(const YAML::Node& node);
  void set_transport(const YAML::Node& node);
  void set_port(const YAML::Node& node);
  void set_match(const YAML::Node& node);
  void set_timeout(const YAML::Node& node);
  void set_expect(const YAML::Node& node);
  void set_needs(const YAML::Node& node);
  void set_programs(const YAML::Node& node);
  void set_network(const YAML::Node& node);
  void set_parameters(const YAML::Node& node);
  void set_forms(const YAML::Node& node);
  void set_tags(const YAML::Node& node);
  void set_points(const YAML::Node& node);
  void set_order(const YAML::Node& node);
  void set_mtu(const YAML::Node& node);
  void set_ip(const YAML::Node& node);

  // One of a few words, or a complaint that lists them.
  template <class T, std::size_t N>
  std::optional<T> choose(const YAML::Node& node, const std::string& text, const char* what,
                          const std::array<std::pair<const char*, T>, N>& choices);

  const SourceText& source_;
  const Block block_;
  FrontMatterText& result_;
  Problems& problems_;
};

const std::map<std::string, FrontMatterReader::Setter>& FrontMatterReader::setters() {
  using Reader = FrontMatterReader;
  static const std::map<std::string, Setter> kSetters{
      {"server", &Reader::set_server},         {"command", &Reader::set_command},
      {"transport", &Reader::set_transport},   {"port", &Reader::set_port},
      {"match", &Reader::set_match},           {"timeout", &Reader::set_timeout},
      {"expect", &Reader::set_expect},         {"needs", &Reader::set_needs},
      {"programs", &Reader::set_programs},     {"network", &Reader::set_network},
      {"parameters", &Reader::set_parameters}, {"tags", &Reader::set_tags},
      {"forms", &Reader::set_forms},           {"points", &Reader::set_points},
      {"order", &Reader::set_order},
  };
  return kSetters;
}

// The library's lines and columns count from 0 inside the block; columns count bytes.
Span FrontMatterReader::place(const YAML::Mark& mark, std::size_t size) const {
  if (mark.line < 0) return result_.span;
  const std::size_t line =
      std::min(block_.first_line + static_cast<std::size_t>(mark.line), source_.line_count());
  const std::size_t begin = source_.line_start(line) + static_cast<std::size_t>(mark.column);
  const std::size_t end = source_.line_start(line) + source_.line_text(line).size();
  return {std::min(begin, end), std::clamp(begin + size, std::min(begin, end), end)};
}

Span FrontMatterReader::place(const YAML::Node& node) const {
  std::size_t size = 1;
  if (node.IsScalar()) {
    const Span start = place(node.Mark(), 1);
    const char first = start.begin < source_.text().size() ? source_.text()[start.begin] : ' ';
    size = node.Scalar().size() + (first == '"' || first == '\'' ? 2 : 0);
  }
  return place(node.Mark(), std::max<std::size_t>(size, 1));
}

void FrontMatterReader::complain(const YAML::Node& node, const std::string& message,
                                 const std::string& help) {
  problems_.error(place(node), message, help);
}

std::optional<std::string> FrontMatterReader::scalar(const YAML::Node& node,
                                                     const std::string& what) {
  if (node.IsScalar() && !node.Scalar().empty()) return node.Scalar();
  complain(node, fmt::format("{} needs one value", what));
  return std::nullopt;
}

// `a`, `[a, b]` and a YAML list are all lists of texts.
std::vector<std::pair<std::string, YAML::Node>> FrontMatterReader::list(const YAML::Node& node,
                                                                        const std::string& what) {
  std::vector<std::pair<std::string, YAML::Node>> items;
  if (node.IsScalar()) items.emplace_back(node.Scalar(), node);
  if (node.IsMap()) complain(node, fmt::format("{} needs a list, as [a, b]", what));
  if (!node.IsSequence()) return items;
  for (const YAML::Node& item : node) {
    if (const auto text = scalar(item, fmt::format("an item of {}", what))) {
      items.emplace_back(*text, item);
    }
  }
  return items;
}

template <class T, std::size_t N>
std::optional<T> FrontMatterReader::choose(
    const YAML::Node& node, const std::string& text, const char* what,
    const std::array<std::pair<const char*, T>, N>& choices) {
  std::vector<std::string> names;
  for (const auto& [name, value] : choices) {
    if (text == name) return value;
    names.emplace_back(name);
  }
  complain(node, fmt::format("`{}` is no value of {}", text, what), suggest_name(text, names));
  return std::nullopt;
}

void FrontMatterReader::read() {
  const std::string text = source_.text().substr(block_.begin, block_.end - block_.begin);
  try {
    read_entries(YAML::Load(text));
  } catch (const YAML::Exception& error) {
    problems_.error(place(error.mark, 1), fmt::format("the front matter is no YAML: {}", error.msg),
                    "one `key: value` a line between the `---` lines");
  }
}

void FrontMatterReader::read_entries(const YAML::Node& root) {
  if (root.IsNull()) return;
  if (!root.IsMap()) {
    complain(root, "the front matter is not a list of `key: value` lines");
    return;
  }
  std::vector<std::string> names;
  for (const auto& [name, setter] : setters()) names.push_back(name);
  for (const auto& entry : root) {
    if (!entry.first.IsScalar()) {
      complain(entry.first, "a key of the front matter is one word");
      continue;
    }
    const std::string& key = entry.first.Scalar();
    const auto setter = setters().find(key);
    if (setter == setters().end()) {
      complain(entry.first, fmt::format("unknown key `{}`", key), suggest_name(key, names));
    } else if (!result_.places.emplace(key, place(entry.second)).second) {
      complain(entry.first, fmt::format("`{}` is given twice", key));
    } else {
      (this->*setter->second)(entry.second);
    }
  }
}

void FrontMatterReader::set_server(const YAML::Node& node) {
  if (const auto text = scalar(node, "server")) result_.values.server = *text;
}

void FrontMatterReader::set_command(const YAML::Node& node) {
  if (const auto text = scalar(node, "command")) result_.values.command = *text;
}

void FrontMatterReader::set_transport(const YAML::Node& node) {
  constexpr std::array<std::pair<const char*, Transport>, 3> kChoices{
      {{"tcp", Transport::tcp}, {"udp", Transport::udp}, {"tcp+udp", Transport::tcp_udp}}};
  const auto text = scalar(node, "transport");
  if (text) result_.values.transport = choose(node, *text, "transport", kChoices);
}

void FrontMatterReader::set_port(const YAML::Node& node) {
  const auto text = scalar(node, "port");
  if (!text) return;
  const auto port = parse_unsigned(*text);
  if (*text == "any") {
    result_.values.any_port = true;
  } else if (port && *port >= 1 && *port <= 65535) {
    result_.values.port = static_cast<std::uint16_t>(*port);
  } else {
    complain(node, fmt::format("`{}` is no port", *text), "a number from 1 to 65535, or `any`");
  }
}

void FrontMatterReader::set_match(const YAML::Node& node) {
  constexpr std::array<std::pair<const char*, Strictness>, 3> kChoices{
      {{"stream", Strictness::stream},
       {"segments", Strictness::segments},
       {"exact", Strictness::exact}}};
  const auto text = scalar(node, "match");
  if (!text) return;
  result_.values.match = choose(node, *text, "match", kChoices).value_or(Strictness::stream);
}

void FrontMatterReader::set_timeout(const YAML::Node& node) {
  const auto text = scalar(node, "timeout");
  if (!text) return;
  const auto timeout = parse_duration(*text);
  if (timeout && *timeout > Duration::zero()) {
    result_.values.timeout = *timeout;
  } else {
    complain(node, fmt::format("`{}` is no duration", *text), "write it with a unit: 500ms, 2s");
  }
}

void FrontMatterReader::set_expect(const YAML::Node& node) {
  constexpr std::array<std::pair<const char*, Expectation>, 2> kChoices{
      {{"pass", Expectation::pass}, {"fail", Expectation::fail}}};
  const auto text = scalar(node, "expect");
  if (!text) return;
  result_.values.expect = choose(node, *text, "expect", kChoices).value_or(Expectation::pass);
}

void FrontMatterReader::set_needs(const YAML::Node& node) {
  constexpr std::array<std::pair<const char*, Need>, 4> kChoices{
      {{"same-host", Need::same_host},
       {"started-server", Need::started_server},
       {"trace", Need::trace},
       {"ipv6", Need::ipv6}}};
  for (const auto& [text, item] : list(node, "needs")) {
    if (const auto need = choose(item, text, "needs", kChoices)) {
      result_.values.needs.push_back(*need);
    }
  }
}

// `[ncat]`, or `{nc.openbsd: netcat-openbsd}` where the package has another name.
void FrontMatterReader::set_programs(const YAML::Node& node) {
  std::map<std::string, std::string>& programs = result_.values.programs;
  if (!node.IsMap()) {
    for (const auto& [name, item] : list(node, "programs")) programs[name] = name;
    return;
  }
  for (const auto& entry : node) {
    const auto name = scalar(entry.first, "a program's name");
    if (!name) continue;
    if (const auto package = scalar(entry.second, fmt::format("the package of `{}`", *name))) {
      programs[*name] = *package;
    }
  }
}

void FrontMatterReader::set_network(const YAML::Node& node) {
  if (!node.IsMap()) {
    complain(node, "network needs entries", "as `network: {mtu: 1500, ip: 6}`");
    return;
  }
  const std::vector<std::string> names{"mtu", "ip"};
  for (const auto& entry : node) {
    const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "";
    if (key == "mtu") {
      set_mtu(entry.second);
    } else if (key == "ip") {
      set_ip(entry.second);
    } else {
      complain(entry.first, fmt::format("unknown key `{}` in network", key),
               suggest_name(key, names));
    }
  }
}

void FrontMatterReader::set_mtu(const YAML::Node& node) {
  const auto text = scalar(node, "mtu");
  if (!text) return;
  const auto mtu = parse_unsigned(*text);
  if (mtu && *mtu >= kMinMtu && *mtu <= kMaxMtu) {
    result_.values.mtu_bytes = static_cast<std::uint32_t>(*mtu);
  } else {
    complain(node, fmt::format("`{}` is no MTU", *text),
             fmt::format("a number of bytes from {} to {}", kMinMtu, kMaxMtu));
  }
}

void FrontMatterReader::set_ip(const YAML::Node& node) {
  constexpr std::array<std::pair<const char*, IpVersion>, 2> kChoices{
      {{"4", IpVersion::v4}, {"6", IpVersion::v6}}};
  const auto text = scalar(node, "ip");
  if (text) result_.values.ip = choose(node, *text, "ip", kChoices).value_or(IpVersion::v4);
}

void FrontMatterReader::set_parameters(const YAML::Node& node) {
  if (node.IsNull()) return;
  if (!node.IsMap()) {
    complain(node, "parameters needs entries", "one `name: value` a line below it");
    return;
  }
  for (const auto& entry : node) {
    const auto name = scalar(entry.first, "a parameter's name");
    if (!name) continue;
    if (*name == "n" || *name == "i") {
      complain(entry.first, fmt::format("`{}` cannot be a parameter", *name),
               "{n} is the client's number and {i} counts repeats");
    } else if (entry.second.IsScalar()) {
      result_.values.parameters[*name] = entry.second.Scalar();
    } else {
      complain(entry.second, fmt::format("the parameter `{}` needs a text", *name));
    }
  }
}

void FrontMatterReader::set_forms(const YAML::Node& node) {
  for (const auto& [text, item] : list(node, "forms")) result_.values.forms.push_back(text);
}

void FrontMatterReader::set_tags(const YAML::Node& node) {
  for (const auto& [text, item] : list(node, "tags")) result_.values.tags.push_back(text);
}

void FrontMatterReader::set_points(const YAML::Node& node) {
  const auto text = scalar(node, "points");
  if (!text) return;
  double points = 0;
  if (YAML::convert<double>::decode(node, points) && points >= 0 && points < 1e9) {
    result_.values.points = points;
  } else {
    complain(node, fmt::format("`{}` is no number of points", *text), "a number from 0 on");
  }
}

void FrontMatterReader::set_order(const YAML::Node& node) {
  constexpr std::array<std::pair<const char*, bool>, 2> kChoices{
      {{"global", true}, {"connection", false}}};
  const auto text = scalar(node, "order");
  if (text) result_.values.global_order = choose(node, *text, "order", kChoices).value_or(false);
}

}  // namespace

FrontMatterText parse_front_matter(const SourceText& source, Problems& problems) {
  FrontMatterText result;
  const std::size_t start = source.text().starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  result.body = start;
  result.span = {start, start};
  if (source.line_text(1).substr(start) != "---") return result;
  result.present = true;
  result.span = {start, start + 3};
  for (std::size_t line = 2; line <= source.line_count(); ++line) {
    const std::string_view text = source.line_text(line);
    if (text != "---" && text != "...") continue;
    result.body = source.line_start(line) + text.size();
    if (line > 2) {
      const Block block{source.line_start(2), source.line_start(line), 2};
      FrontMatterReader(source, block, result, problems).read();
    }
    return result;
  }
  problems.error(result.span, "the front matter has no end", "it ends with a line of `---`");
  result.body = source.text().size();
  return result;
}

}  // namespace wireproof
