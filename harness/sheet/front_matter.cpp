#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "sheet/scenario.h"
#include "sheet/text/bit_rate.h"
#include "sheet/text/yaml_values.h"

namespace wireproof {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::uint64_t kMaxMtu = 65536;  // of Linux's loopback device
constexpr std::uint64_t kMinMtu = 576;    // RFC 791 §3.1: every host takes that much

// Puts the value of one key into `values`; what it is not, it reports.
using Setter = void (*)(const YamlValues& yaml, const YAML::Node& node, FrontMatter& values);

void set_server(const YamlValues& yaml, const YAML::Node& node, FrontMatter& values) {
  values.server = yaml.scalar(node, "server").value_or("");
}

void set_command(const YamlValues& yaml, const YAML::Node& node, FrontMatter& values) {
  values.command = yaml.scalar(node, "command").value_or("");
}

void set_transport(const YamlValues& yaml, const YAML::Node& node, FrontMatter& values) {
  constexpr std::array<std::pair<const char*, Transport>, 3> kChoices{
      {{"tcp", Transport::tcp}, {"udp", Transport::udp}, {"tcp+udp", Transport::tcp_udp}}};
  values.transport = yaml.choice(node, "transport", kChoices);
}

void set_port(const YamlValues& yaml, const YAML::Node& node, FrontMatter& values) {
  const auto text = yaml.scalar(node, "port");
  if (!text) return;
  const auto port = parse_number<std::uint16_t>(*text);
  if (*text == "any") {
    values.any_port = true;
  } else if (port && *port >= 1) {
    values.port = port;
  } else {
    yaml.complain(ProblemCode::value_out_of_range, node, fmt::format("`{}` is no port", *text),
                  "a number from 1 to 65535, or `any`");
  }
}

void set_match(const YamlValues& yaml, const YAML::Node& node, FrontMatter& values) {
  constexpr std::array<std::pair<const char*, Strictness>, 3> kChoices{
      {{"stream", Strictness::stream},
       {"segments", Strictness::segments},
       {"exact", Strictness::exact}}};
  values.match = yaml.choice(node, "match", kChoices).value_or(Strictness::stream);
}

void set_timeout(const YamlValues& yaml, const YAML::Node& node, FrontMatter& values) {
  values.timeout = yaml.duration(node, "timeout").value_or(values.timeout);
}

void set_start_within(const YamlValues& yaml, const YAML::Node& node, FrontMatter& values) {
  values.start_within = yaml.duration(node, "start_within");
}

void set_reveal(const YamlValues& yaml, const YAML::Node& node, FrontMatter& values) {
  constexpr std::array<std::pair<const char*, Reveal>, 3> kChoices{
      {{"all", Reveal::all}, {"observed", Reveal::observed}, {"verdict", Reveal::verdict}}};
  values.reveal = yaml.choice(node, "reveal", kChoices).value_or(Reveal::all);
}

void set_expect(const YamlValues& yaml, const YAML::Node& node, FrontMatter& values) {
  constexpr std::array<std::pair<const char*, Expectation>, 2> kChoices{
      {{"pass", Expectation::pass}, {"fail", Expectation::fail}}};
  values.expect = yaml.choice(node, "expect", kChoices).value_or(Expectation::pass);
}

void set_level(const YamlValues& yaml, const YAML::Node& node, FrontMatter& values) {
  constexpr std::array<std::pair<const char*, SheetLevel>, 2> kChoices{
      {{"exercise", SheetLevel::exercise}, {"robust", SheetLevel::robust}}};
  values.level = yaml.choice(node, "level", kChoices).value_or(SheetLevel::exercise);
}

void set_clients(const YamlValues& yaml, const YAML::Node& node, FrontMatter& values) {
  constexpr std::array<std::pair<const char*, bool>, 2> kChoices{{{"one", true}, {"many", false}}};
  values.one_client = yaml.choice(node, "clients", kChoices).value_or(false);
}

void set_needs(const YamlValues& yaml, const YAML::Node& node, FrontMatter& values) {
  constexpr std::array<std::pair<const char*, Need>, 4> kChoices{
      {{"same-host", Need::same_host},
       {"started-server", Need::started_server},
       {"trace", Need::trace},
       {"ipv6", Need::ipv6}}};
  for (const auto& [text, item] : yaml.list(node, "needs")) {
    if (const auto need = yaml.choose(item, text, "needs", kChoices)) {
      values.needs.push_back(*need);
    }
  }
}

// `[ncat]`, or `{nc.openbsd: netcat-openbsd}` where the package has another name.
void set_programs(const YamlValues& yaml, const YAML::Node& node, FrontMatter& values) {
  if (!node.IsMap()) {
    for (const auto& [name, item] : yaml.list(node, "programs")) values.programs[name] = name;
    return;
  }
  for (const auto& entry : node) {
    const auto name = yaml.scalar(entry.first, "a program's name");
    if (!name) continue;
    if (const auto package = yaml.scalar(entry.second, fmt::format("the package of `{}`", *name))) {
      values.programs[*name] = *package;
    }
  }
}

void set_hosts(const YamlValues& yaml, const YAML::Node& node, FrontMatter& values) {
  for (const auto& [name, item] : yaml.list(node, "hosts")) {
    if (is_host_name(name)) {
      values.hosts.push_back(name);
    } else {
      yaml.complain(ProblemCode::wrong_shape, item, fmt::format("`{}` is no host name", name),
                    "letters, digits and hyphens between dots: `www.example.org`");
    }
  }
}

void set_mtu(const YamlValues& yaml, const YAML::Node& node, FrontMatter& values) {
  const auto text = yaml.scalar(node, "mtu");
  if (!text) return;
  const auto mtu = parse_number<std::uint32_t>(*text);
  if (mtu && *mtu >= kMinMtu && *mtu <= kMaxMtu) {
    values.mtu_bytes = mtu;
  } else {
    yaml.complain(ProblemCode::value_out_of_range, node, fmt::format("`{}` is no MTU", *text),
                  fmt::format("a number of bytes from {} to {}", kMinMtu, kMaxMtu));
  }
}

void set_ip(const YamlValues& yaml, const YAML::Node& node, FrontMatter& values) {
  constexpr std::array<std::pair<const char*, IpVersion>, 2> kChoices{
      {{"4", IpVersion::v4}, {"6", IpVersion::v6}}};
  values.ip = yaml.choice(node, "ip", kChoices).value_or(IpVersion::v4);
}

void set_delay(const YamlValues& yaml, const YAML::Node& node, FrontMatter& values) {
  const auto delay = yaml.duration(node, "delay");
  if (!delay) return;
  if (*delay <= kMaxPathDelay) {
    values.path.delay = *delay;
  } else {
    yaml.complain(ProblemCode::value_out_of_range, node,
                  fmt::format("a path cannot delay by `{}`", node.Scalar()),
                  fmt::format("at most {}", render_duration(kMaxPathDelay)));
  }
}

void set_rate(const YamlValues& yaml, const YAML::Node& node, FrontMatter& values) {
  constexpr double kLeast = 1e3;
  constexpr double kMost = 1e11;
  const auto text = yaml.scalar(node, "rate");
  if (!text) return;
  const auto rate = parse_bit_rate(*text);
  if (rate && *rate >= kLeast && *rate <= kMost) {
    values.path.rate_bits_per_second = static_cast<std::uint64_t>(std::llround(*rate));
    return;
  }
  yaml.complain(ProblemCode::value_out_of_range, node, fmt::format("`{}` is no rate", *text),
                "from 1 kbit/s to 100 Gbit/s, as: 1.5 Mbit/s");
}

void set_queue(const YamlValues& yaml, const YAML::Node& node, FrontMatter& values) {
  constexpr std::uint64_t kMost = 100'000;
  const auto text = yaml.scalar(node, "queue");
  if (!text) return;
  const auto count = parse_number<std::uint64_t>(*text);
  if (count && *count >= 1 && *count <= kMost) {
    values.path.queue_packets = count;
  } else {
    yaml.complain(ProblemCode::value_out_of_range, node, fmt::format("`{}` is no queue", *text),
                  fmt::format("a number of packets from 1 to {}", kMost));
  }
}

// `5%`, `5% seed 7`.
void set_loss(const YamlValues& yaml, const YAML::Node& node, FrontMatter& values) {
  const auto text = yaml.scalar(node, "loss");
  if (!text) return;
  const std::string_view whole = *text;
  const std::size_t sign = std::min(whole.find('%'), whole.size());
  const auto percent = parse_number<double>(trim_text(whole.substr(0, sign)));
  const auto words = split_words(whole.substr(std::min(sign + 1, whole.size())));
  std::optional<std::uint64_t> seed;
  if (words.empty()) seed = 1;
  if (words.size() == 2 && words[0] == "seed") seed = parse_number<std::uint64_t>(words[1]);
  if (sign < whole.size() && percent && *percent > 0 && *percent <= 100 && seed) {
    values.path.loss_percent = *percent;
    values.path.loss_seed = *seed;
  } else {
    yaml.complain(ProblemCode::value_out_of_range, node, fmt::format("`{}` is no loss", *text),
                  "more than 0% and at most 100%, as: 5%, or 5% seed 7");
  }
}

void set_network(const YamlValues& yaml, const YAML::Node& node, FrontMatter& values) {
  if (!node.IsMap()) {
    yaml.complain(ProblemCode::wrong_shape, node, "network needs entries",
                  "as `network: {mtu: 1500, ip: 6}`");
    return;
  }
  static const std::map<std::string, Setter> kKeys{{"mtu", set_mtu},     {"ip", set_ip},
                                                   {"delay", set_delay}, {"rate", set_rate},
                                                   {"queue", set_queue}, {"loss", set_loss}};
  std::vector<std::string> names;
  for (const auto& [name, setter] : kKeys) names.push_back(name);
  for (const auto& entry : node) {
    const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "";
    const auto setter = kKeys.find(key);
    if (setter != kKeys.end()) {
      setter->second(yaml, entry.second, values);
    } else {
      yaml.complain(ProblemCode::unknown_key, entry.first,
                    fmt::format("unknown key `{}` in network", key), suggest_name(key, names));
    }
  }
  if (values.path.queue_packets && !node["rate"]) {
    yaml.complain(ProblemCode::impossible_path, node, "nothing waits in a queue without a rate",
                  "as `network: {rate: 1 Mbit/s, queue: 10}`");
  }
}

void set_parameters(const YamlValues& yaml, const YAML::Node& node, FrontMatter& values) {
  if (node.IsNull()) return;
  if (!node.IsMap()) {
    yaml.complain(ProblemCode::wrong_shape, node, "parameters needs entries",
                  "one `name: value` a line below it");
    return;
  }
  for (const auto& entry : node) {
    const auto name = yaml.scalar(entry.first, "a parameter's name");
    if (!name) continue;
    if (*name == "n" || *name == "i") {
      yaml.complain(ProblemCode::reserved_parameter, entry.first,
                    fmt::format("`{}` cannot be a parameter", *name),
                    "{n} is the client's number and {i} counts repeats");
    } else if (entry.second.IsScalar()) {
      values.parameters[*name] = entry.second.Scalar();
    } else {
      yaml.complain(ProblemCode::wrong_shape, entry.second,
                    fmt::format("the parameter `{}` needs a text", *name));
    }
  }
}

// `reverse: { answer: "olleh" }`; what follows the name may be missing.
void set_servers(const YamlValues& yaml, const YAML::Node& node, FrontMatter& values) {
  if (!node.IsMap()) {
    yaml.complain(ProblemCode::wrong_shape, node, "servers needs entries",
                  "one `name: { parameter: value }` a line below it");
    return;
  }
  for (const auto& entry : node) {
    const auto name = yaml.scalar(entry.first, "a server's name");
    if (!name) continue;
    FrontMatter own;
    set_parameters(yaml, entry.second, own);
    values.servers[*name] = std::move(own.parameters);
  }
}

void set_forms(const YamlValues& yaml, const YAML::Node& node, FrontMatter& values) {
  for (const auto& [text, item] : yaml.list(node, "forms")) values.forms.push_back(text);
}

void set_tags(const YamlValues& yaml, const YAML::Node& node, FrontMatter& values) {
  for (const auto& [text, item] : yaml.list(node, "tags")) values.tags.push_back(text);
}

void set_points(const YamlValues& yaml, const YAML::Node& node, FrontMatter& values) {
  const auto text = yaml.scalar(node, "points");
  if (!text) return;
  double points = 0;
  if (YAML::convert<double>::decode(node, points) && points >= 0 && points < 1e9) {
    values.points = points;
  } else {
    yaml.complain(ProblemCode::value_out_of_range, node,
                  fmt::format("`{}` is no number of points", *text), "a number from 0 on");
  }
}

void set_order(const YamlValues& yaml, const YAML::Node& node, FrontMatter& values) {
  constexpr std::array<std::pair<const char*, bool>, 2> kChoices{
      {{"global", true}, {"connection", false}}};
  values.global_order = yaml.choice(node, "order", kChoices).value_or(false);
}

const std::map<std::string, Setter>& setters() {
  static const std::map<std::string, Setter> kSetters{
      {"server", set_server},         {"command", set_command},
      {"transport", set_transport},   {"port", set_port},
      {"match", set_match},           {"timeout", set_timeout},
      {"expect", set_expect},         {"needs", set_needs},
      {"programs", set_programs},     {"network", set_network},
      {"parameters", set_parameters}, {"tags", set_tags},
      {"forms", set_forms},           {"points", set_points},
      {"order", set_order},           {"servers", set_servers},
      {"level", set_level},           {"clients", set_clients},
      {"reveal", set_reveal},         {"start_within", set_start_within},
      {"hosts", set_hosts},
  };
  return kSetters;
}

void read_entries(const YamlValues& yaml, const YAML::Node& root, FrontMatter& values) {
  if (root.IsNull()) return;
  if (!root.IsMap()) {
    yaml.complain(ProblemCode::wrong_shape, root,
                  "the front matter is not a list of `key: value` lines");
    return;
  }
  std::vector<std::string> names;
  for (const auto& [name, setter] : setters()) names.push_back(name);
  std::set<std::string> given;
  for (const auto& entry : root) {
    if (!entry.first.IsScalar()) {
      yaml.complain(ProblemCode::wrong_shape, entry.first, "a key of the front matter is one word");
      continue;
    }
    const std::string& key = entry.first.Scalar();
    const auto setter = setters().find(key);
    if (setter == setters().end()) {
      yaml.complain(ProblemCode::unknown_key, entry.first, fmt::format("unknown key `{}`", key),
                    suggest_name(key, names));
    } else if (!given.insert(key).second) {
      yaml.complain(ProblemCode::repeated_key, entry.first,
                    fmt::format("`{}` is given twice", key));
    } else {
      setter->second(yaml, entry.second, values);
    }
  }
}

}  // namespace

std::size_t parse_front_matter(const SourceText& source, FrontMatter& values, Problems& problems) {
  const std::size_t start = source.text().starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  if (source.line_text(1).substr(start) != "---") return start;
  const Span opening{start, start + 3};
  for (std::size_t line = 2; line <= source.line_count(); ++line) {
    const std::string_view text = source.line_text(line);
    if (text != "---" && text != "...") continue;
    if (line > 2) {
      const YamlBlock block{source.line_start(2), source.line_start(line), 2};
      const YamlValues yaml(source, block, opening, problems);
      try {
        read_entries(yaml, yaml.load(), values);
      } catch (const YAML::Exception& error) {
        yaml.complain(error);
      }
    }
    return source.line_start(line) + text.size();
  }
  problems.error(ProblemCode::open_front_matter, opening, "the front matter has no end",
                 "it ends with a line of `---`");
  return source.text().size();
}

}  // namespace wireproof
