#include "sheet/server_description.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <set>
#include <utility>

#include "sheet/text/yaml_values.h"

namespace wireproof {
namespace {

constexpr YamlCodes kCodes{ProblemCode::description_no_yaml, ProblemCode::description_shape,
                           ProblemCode::description_word, ProblemCode::description_value};

// Puts the value of one key where it belongs; what it is not, it reports.
using KeySetter = std::function<void(const YAML::Node& node)>;
using KeySetters = std::map<std::string, KeySetter>;

// Each key once, and none that is not known.
void read_keys(const YamlValues& yaml, const YAML::Node& node, const std::string& what,
               const KeySetters& setters) {
  if (!node.IsMap()) {
    yaml.complain(ProblemCode::description_shape, node,
                  fmt::format("{} is not a list of `key: value` lines", what));
    return;
  }
  std::vector<std::string> names;
  for (const auto& [name, setter] : setters) names.push_back(name);
  std::set<std::string> given;
  for (const auto& entry : node) {
    const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "";
    const auto setter = setters.find(key);
    if (setter == setters.end()) {
      yaml.complain(ProblemCode::description_key, entry.first,
                    fmt::format("unknown key `{}` in {}", key, what), suggest_name(key, names));
    } else if (!given.insert(key).second) {
      yaml.complain(ProblemCode::repeated_description_key, entry.first,
                    fmt::format("`{}` is given twice", key));
    } else {
      setter->second(entry.second);
    }
  }
}

KeySetter text_setter(const YamlValues& yaml, const char* name, std::string& value) {
  return [&yaml, name, &value](const YAML::Node& node) {
    value = yaml.scalar(node, name).value_or("");
  };
}

// Entries with a name each; `read` gets name and value.
void read_named(const YamlValues& yaml, const YAML::Node& node, const std::string& what,
                const std::function<void(const std::string&, const YAML::Node&)>& read) {
  if (!node.IsMap()) {
    yaml.complain(ProblemCode::description_shape, node, fmt::format("{} needs entries", what),
                  "one `name: { ... }` a line below it");
    return;
  }
  std::set<std::string> given;
  for (const auto& entry : node) {
    const auto name = yaml.scalar(entry.first, fmt::format("a name in {}", what));
    if (!name) continue;
    if (given.insert(*name).second) {
      read(*name, entry.second);
    } else {
      yaml.complain(ProblemCode::repeated_description_key, entry.first,
                    fmt::format("`{}` is there twice in {}", *name, what));
    }
  }
}

std::optional<std::uint16_t> read_port(const YamlValues& yaml, const YAML::Node& node,
                                       const char* name) {
  const auto text = yaml.scalar(node, name);
  if (!text) return std::nullopt;
  const auto port = parse_number<std::uint16_t>(*text);
  if (port && *port >= 1) return port;
  yaml.complain(ProblemCode::description_value, node, fmt::format("`{}` is no port", *text),
                "a number from 1 to 65535");
  return std::nullopt;
}

// `mode: plain`, or with `meaning`, `default` and `choices`.
DescribedParameter read_parameter(const YamlValues& yaml, const std::string& name,
                                  const YAML::Node& node) {
  DescribedParameter parameter{name, "", {}, true};
  if (node.IsScalar()) {
    parameter.values = {node.Scalar()};
    return parameter;
  }
  std::string initial;
  std::vector<std::string> choices;
  read_keys(yaml, node, fmt::format("the parameter `{}`", name),
            {{"meaning", text_setter(yaml, "meaning", parameter.meaning)},
             {"default",
              [&](const YAML::Node& value) { initial = value.IsScalar() ? value.Scalar() : ""; }},
             {"choices", [&](const YAML::Node& value) {
                for (const auto& [text, item] : yaml.list(value, "choices"))
                  choices.push_back(text);
              }}});
  parameter.any_text = choices.empty();
  if (parameter.any_text || initial.empty()) {
    parameter.values = choices.empty() ? std::vector{initial} : choices;
    return parameter;
  }
  parameter.values = {initial};
  bool is_choice = false;
  for (const std::string& choice : choices) {
    if (choice == initial) {
      is_choice = true;
    } else {
      parameter.values.push_back(choice);
    }
  }
  if (!is_choice) {
    yaml.complain(ProblemCode::default_no_choice, node,
                  fmt::format("the default `{}` is none of the choices", initial),
                  suggest_name(initial, choices));
  }
  return parameter;
}

// What a quirk may say: a fault has an explanation, one of these; a variant has none.
struct QuirkKind {
  const char* name = "variant";
  std::vector<std::string> explanations = {};
};

DescribedQuirk read_quirk(const YamlValues& yaml, const std::string& name, const YAML::Node& node,
                          const QuirkKind& kind) {
  DescribedQuirk quirk;
  quirk.name = name;
  KeySetters setters{{"meaning", text_setter(yaml, "meaning", quirk.meaning)},
                     {"command", text_setter(yaml, "command", quirk.command)},
                     {"settings", [&](const YAML::Node& value) {
                        read_named(yaml, value, "settings",
                                   [&](const std::string& key, const YAML::Node& text) {
                                     quirk.settings[key] = yaml.scalar(text, key).value_or("");
                                   });
                      }}};
  if (!kind.explanations.empty()) {
    setters["explanation"] = [&](const YAML::Node& value) {
      quirk.explanation = yaml.scalar(value, "explanation").value_or("");
      if (std::ranges::find(kind.explanations, quirk.explanation) != kind.explanations.end())
        return;
      yaml.complain(ProblemCode::unknown_explanation, value,
                    fmt::format("there is no explanation `{}`", quirk.explanation),
                    suggest_name(quirk.explanation, kind.explanations));
    };
  }
  read_keys(yaml, node, fmt::format("the {} `{}`", kind.name, name), setters);
  if (quirk.command.empty() && quirk.settings.empty()) {
    yaml.complain(ProblemCode::quirk_without_effect, node,
                  fmt::format("the {} `{}` has neither command nor settings", kind.name, name),
                  "`command:` of a program that has it, or `settings: {parameter: value}`");
  }
  return quirk;
}

struct Ports {
  Transport transport = Transport::tcp;
  std::optional<std::uint16_t> port;
  std::optional<std::uint16_t> udp_port;
};

void set_ports(const YamlValues& yaml, const YAML::Node& root, const Ports& ports,
               ServerDescription& server) {
  if (!ports.port) {
    if (!root["port"])
      yaml.complain(ProblemCode::description_value, root, "the server has no `port`",
                    "as `port: 12345`");
    return;
  }
  if (ports.udp_port && ports.transport != Transport::tcp_udp) {
    yaml.complain(ProblemCode::udp_port_alone, root["udp_port"],
                  "`udp_port` is for servers that speak both",
                  "`port` is that of the one transport; or `transport: tcp+udp`");
  }
  if (ports.transport != Transport::udp) server.tcp_port = *ports.port;
  if (ports.transport != Transport::tcp) server.udp_port = ports.udp_port.value_or(*ports.port);
}

void read_description(const YamlValues& yaml, const YAML::Node& root,
                      const std::vector<std::string>& explanations, ServerDescription& server) {
  constexpr std::array<std::pair<const char*, Transport>, 3> kTransports{
      {{"tcp", Transport::tcp}, {"udp", Transport::udp}, {"tcp+udp", Transport::tcp_udp}}};
  Ports ports;
  const auto quirks = [&yaml](const QuirkKind& kind, std::vector<DescribedQuirk>& all) {
    return [&yaml, kind, &all](const YAML::Node& node) {
      read_named(yaml, node, fmt::format("{}s", kind.name),
                 [&](const std::string& name, const YAML::Node& value) {
                   all.push_back(read_quirk(yaml, name, value, kind));
                 });
    };
  };
  constexpr std::array<std::pair<const char*, bool>, 2> kYesOrNo{
      {{"true", true}, {"false", false}}};
  read_keys(
      yaml, root, "the description",
      {{"builtin",
        [&](const YAML::Node& node) {
          server.builtin = yaml.choice(node, "builtin", kYesOrNo).value_or(false);
        }},
       {"title", text_setter(yaml, "title", server.title)},
       {"origin", text_setter(yaml, "origin", server.origin)},
       {"command", text_setter(yaml, "command", server.command)},
       {"start_within",
        [&](const YAML::Node& node) { server.start_within = yaml.duration(node, "start_within"); }},
       {"transport",
        [&](const YAML::Node& node) {
          ports.transport = yaml.choice(node, "transport", kTransports).value_or(Transport::tcp);
        }},
       {"port", [&](const YAML::Node& node) { ports.port = read_port(yaml, node, "port"); }},
       {"udp_port",
        [&](const YAML::Node& node) { ports.udp_port = read_port(yaml, node, "udp_port"); }},
       {"parameters",
        [&](const YAML::Node& node) {
          read_named(yaml, node, "parameters", [&](const std::string& name, const auto& value) {
            server.parameters.push_back(read_parameter(yaml, name, value));
          });
        }},
       {"faults", quirks({"fault", explanations}, server.faults)},
       {"variants", quirks({"variant"}, server.variants)}});
  if (server.builtin && root.size() > 1) {
    yaml.complain(ProblemCode::builtin_server, root,
                  "a server that is built in has no other key than `builtin`",
                  "what it is stands in the program: `wireproof servers NAME` shows it");
  }
  if (root.IsMap() && !server.builtin) set_ports(yaml, root, ports, server);
}

}  // namespace

Expected<ServerDescription, Diagnostics> parse_server_description(
    const SourceText& source, const std::vector<std::string>& explanations) {
  ServerDescription server;
  Problems problems;
  const YamlBlock block{
      0, source.text().size(), 1, "the description", "one `key: value` a line", kCodes};
  const YamlValues yaml(source, block, {}, problems);
  try {
    read_description(yaml, yaml.load(), explanations, server);
  } catch (const YAML::Exception& error) {
    yaml.complain(error);
  }
  if (problems.has_errors()) return Unexpected<Diagnostics>(problems.take());
  return server;
}

}  // namespace wireproof
