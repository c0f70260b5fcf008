#include "sheet/front_matter.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <utility>

#include "sheet/text/cursor.h"
#include "sheet/text/fragment.h"
#include "sheet/text/yaml_values.h"

namespace wireproof {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::uint64_t kMaxMtu = 65536;  // of Linux's loopback device
constexpr std::uint64_t kMinMtu = 576;    // RFC 791 §3.1: every host takes that much

class FrontMatterReader {
 public:
  FrontMatterReader(const YamlValues& yaml, FrontMatterText& result)
      : yaml_(yaml), result_(result) {}

  void read();

 private:
  using Setter = void (FrontMatterReader::*)(const YAML::Node&);
  static const std::map<std::string, Setter>& setters();

  void read_entries(const YAML::Node& root);

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

  const YamlValues yaml_;
  FrontMatterText& result_;
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

void FrontMatterReader::read() {
  try {
    read_entries(yaml_.load());
  } catch (const YAML::Exception& error) {
    yaml_.complain(error);
  }
}

void FrontMatterReader::read_entries(const YAML::Node& root) {
  if (root.IsNull()) return;
  if (!root.IsMap()) {
    yaml_.complain(root, "the front matter is not a list of `key: value` lines");
    return;
  }
  std::vector<std::string> names;
  for (const auto& [name, setter] : setters()) names.push_back(name);
  for (const auto& entry : root) {
    if (!entry.first.IsScalar()) {
      yaml_.complain(entry.first, "a key of the front matter is one word");
      continue;
    }
    const std::string& key = entry.first.Scalar();
    const auto setter = setters().find(key);
    if (setter == setters().end()) {
      yaml_.complain(entry.first, fmt::format("unknown key `{}`", key), suggest_name(key, names));
    } else if (!result_.places.emplace(key, yaml_.place(entry.second)).second) {
      yaml_.complain(entry.first, fmt::format("`{}` is given twice", key));
    } else {
      (this->*setter->second)(entry.second);
    }
  }
}

void FrontMatterReader::set_server(const YAML::Node& node) {
  if (const auto text = yaml_.scalar(node, "server")) result_.values.server = *text;
}

void FrontMatterReader::set_command(const YAML::Node& node) {
  if (const auto text = yaml_.scalar(node, "command")) result_.values.command = *text;
}

void FrontMatterReader::set_transport(const YAML::Node& node) {
  constexpr std::array<std::pair<const char*, Transport>, 3> kChoices{
      {{"tcp", Transport::tcp}, {"udp", Transport::udp}, {"tcp+udp", Transport::tcp_udp}}};
  const auto text = yaml_.scalar(node, "transport");
  if (text) result_.values.transport = yaml_.choose(node, *text, "transport", kChoices);
}

void FrontMatterReader::set_port(const YAML::Node& node) {
  const auto text = yaml_.scalar(node, "port");
  if (!text) return;
  const auto port = parse_number<std::uint64_t>(*text);
  if (*text == "any") {
    result_.values.any_port = true;
  } else if (port && *port >= 1 && *port <= 65535) {
    result_.values.port = static_cast<std::uint16_t>(*port);
  } else {
    yaml_.complain(node, fmt::format("`{}` is no port", *text),
                   "a number from 1 to 65535, or `any`");
  }
}

void FrontMatterReader::set_match(const YAML::Node& node) {
  constexpr std::array<std::pair<const char*, Strictness>, 3> kChoices{
      {{"stream", Strictness::stream},
       {"segments", Strictness::segments},
       {"exact", Strictness::exact}}};
  const auto text = yaml_.scalar(node, "match");
  if (!text) return;
  result_.values.match = yaml_.choose(node, *text, "match", kChoices).value_or(Strictness::stream);
}

void FrontMatterReader::set_timeout(const YAML::Node& node) {
  const auto text = yaml_.scalar(node, "timeout");
  if (!text) return;
  const auto timeout = parse_duration(*text);
  if (timeout && *timeout > Duration::zero()) {
    result_.values.timeout = *timeout;
  } else {
    yaml_.complain(node, fmt::format("`{}` is no duration", *text),
                   "write it with a unit: 500ms, 2s");
  }
}

void FrontMatterReader::set_expect(const YAML::Node& node) {
  constexpr std::array<std::pair<const char*, Expectation>, 2> kChoices{
      {{"pass", Expectation::pass}, {"fail", Expectation::fail}}};
  const auto text = yaml_.scalar(node, "expect");
  if (!text) return;
  result_.values.expect = yaml_.choose(node, *text, "expect", kChoices).value_or(Expectation::pass);
}

void FrontMatterReader::set_needs(const YAML::Node& node) {
  constexpr std::array<std::pair<const char*, Need>, 4> kChoices{
      {{"same-host", Need::same_host},
       {"started-server", Need::started_server},
       {"trace", Need::trace},
       {"ipv6", Need::ipv6}}};
  for (const auto& [text, item] : yaml_.list(node, "needs")) {
    if (const auto need = yaml_.choose(item, text, "needs", kChoices)) {
      result_.values.needs.push_back(*need);
    }
  }
}

// `[ncat]`, or `{nc.openbsd: netcat-openbsd}` where the package has another name.
void FrontMatterReader::set_programs(const YAML::Node& node) {
  std::map<std::string, std::string>& programs = result_.values.programs;
  if (!node.IsMap()) {
    for (const auto& [name, item] : yaml_.list(node, "programs")) programs[name] = name;
    return;
  }
  for (const auto& entry : node) {
    const auto name = yaml_.scalar(entry.first, "a program's name");
    if (!name) continue;
    if (const auto package =
            yaml_.scalar(entry.second, fmt::format("the package of `{}`", *name))) {
      programs[*name] = *package;
    }
  }
}

void FrontMatterReader::set_network(const YAML::Node& node) {
  if (!node.IsMap()) {
    yaml_.complain(node, "network needs entries", "as `network: {mtu: 1500, ip: 6}`");
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
      yaml_.complain(entry.first, fmt::format("unknown key `{}` in network", key),
                     suggest_name(key, names));
    }
  }
}

void FrontMatterReader::set_mtu(const YAML::Node& node) {
  const auto text = yaml_.scalar(node, "mtu");
  if (!text) return;
  const auto mtu = parse_number<std::uint64_t>(*text);
  if (mtu && *mtu >= kMinMtu && *mtu <= kMaxMtu) {
    result_.values.mtu_bytes = static_cast<std::uint32_t>(*mtu);
  } else {
    yaml_.complain(node, fmt::format("`{}` is no MTU", *text),
                   fmt::format("a number of bytes from {} to {}", kMinMtu, kMaxMtu));
  }
}

void FrontMatterReader::set_ip(const YAML::Node& node) {
  constexpr std::array<std::pair<const char*, IpVersion>, 2> kChoices{
      {{"4", IpVersion::v4}, {"6", IpVersion::v6}}};
  const auto text = yaml_.scalar(node, "ip");
  if (text) result_.values.ip = yaml_.choose(node, *text, "ip", kChoices).value_or(IpVersion::v4);
}

void FrontMatterReader::set_parameters(const YAML::Node& node) {
  if (node.IsNull()) return;
  if (!node.IsMap()) {
    yaml_.complain(node, "parameters needs entries", "one `name: value` a line below it");
    return;
  }
  for (const auto& entry : node) {
    const auto name = yaml_.scalar(entry.first, "a parameter's name");
    if (!name) continue;
    if (*name == "n" || *name == "i") {
      yaml_.complain(entry.first, fmt::format("`{}` cannot be a parameter", *name),
                     "{n} is the client's number and {i} counts repeats");
    } else if (entry.second.IsScalar()) {
      result_.values.parameters[*name] = entry.second.Scalar();
    } else {
      yaml_.complain(entry.second, fmt::format("the parameter `{}` needs a text", *name));
    }
  }
}

void FrontMatterReader::set_forms(const YAML::Node& node) {
  for (const auto& [text, item] : yaml_.list(node, "forms")) result_.values.forms.push_back(text);
}

void FrontMatterReader::set_tags(const YAML::Node& node) {
  for (const auto& [text, item] : yaml_.list(node, "tags")) result_.values.tags.push_back(text);
}

void FrontMatterReader::set_points(const YAML::Node& node) {
  const auto text = yaml_.scalar(node, "points");
  if (!text) return;
  double points = 0;
  if (YAML::convert<double>::decode(node, points) && points >= 0 && points < 1e9) {
    result_.values.points = points;
  } else {
    yaml_.complain(node, fmt::format("`{}` is no number of points", *text), "a number from 0 on");
  }
}

void FrontMatterReader::set_order(const YAML::Node& node) {
  constexpr std::array<std::pair<const char*, bool>, 2> kChoices{
      {{"global", true}, {"connection", false}}};
  const auto text = yaml_.scalar(node, "order");
  if (text)
    result_.values.global_order = yaml_.choose(node, *text, "order", kChoices).value_or(false);
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
      const YamlBlock block{source.line_start(2), source.line_start(line), 2};
      FrontMatterReader(YamlValues(source, block, result.span, problems), result).read();
    }
    return result;
  }
  problems.error(result.span, "the front matter has no end", "it ends with a line of `---`");
  result.body = source.text().size();
  return result;
}

}  // namespace wireproof
