#include "cli/verify/verify_sheets.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>
#include <utility>

#include "base/text/words.h"
#include "cli/options/server_table.h"
#include "result/verdict.h"

namespace wireproof {
namespace {

constexpr std::size_t kNamedTags = 8;
constexpr std::size_t kFewSheets = 5;

std::string value_of(const ServerForm& values, const ServerParameter& parameter) {
  const auto given = values.find(parameter.name);
  if (given != values.end()) return given->second;
  return parameter.values.front();
}

bool is_in_form(const FrontMatter& front, const ServerInfo& server, const ServerForm& form) {
  if (front.server != server.name) return false;
  return std::ranges::all_of(server.parameters, [&](const ServerParameter& parameter) {
    return value_of(front.parameters, parameter) == value_of(form, parameter);
  });
}

// `transport=udp`, for a program that speaks one of the server's two.
std::optional<Transport> read_transport(const std::string& name, const std::string& value) {
  if (name != "transport") return std::nullopt;
  if (value == "tcp") return Transport::tcp;
  if (value == "udp") return Transport::udp;
  return std::nullopt;
}

std::string render_transport(Transport transport) {
  return transport == Transport::udp ? "udp" : "tcp";
}

}  // namespace

VerifySettings split_settings(const ServerInfo& server, const std::vector<std::string>& settings) {
  VerifySettings result;
  for (const std::string& setting : settings) {
    const auto [name, value] = *read_settings({setting}).begin();
    if (const auto transport = read_transport(name, value)) {
      result.transport = transport;
      continue;
    }
    const ServerParameter* const known = server.find_parameter(name);
    if (known != nullptr) result.form[name] = value;
    if (known == nullptr || known->any_text) result.sheet.push_back(setting);
  }
  return result;
}

bool is_about(const FrontMatter& front, const ServerInfo& server, const ServerForm& form) {
  if (!front.command.empty() || !front.servers.empty()) return false;
  for (const std::string_view own : {kServeParameter, kFaultParameter, kVariantParameter}) {
    if (front.parameters.contains(std::string(own))) return false;
  }
  return is_in_form(front, server, form);
}

bool is_for_clients(const FrontMatter& front) {
  return std::ranges::find(front.tags, "client") != front.tags.end();
}

void give_program(FrontMatter& front, const VerifiedProgram& program) {
  const ServerInfo& server = program.server;
  front.command = program.command;
  if (server.tcp_port == 0 || server.udp_port == 0 || server.tcp_port == server.udp_port) {
    boost::replace_all(front.command, "{udp_port}", "{port}");
    if (program.port) front.port = program.port;
    return;
  }
  std::uint16_t tcp_port = program.port.value_or(server.tcp_port);
  std::uint16_t udp_port = program.udp_port.value_or(server.udp_port);
  if (program.transport == Transport::udp) {
    if (program.port && !program.udp_port) udp_port = *program.port;
    tcp_port = udp_port;
  }
  boost::replace_all(front.command, "{port}", std::to_string(tcp_port));
  boost::replace_all(front.command, "{udp_port}", std::to_string(udp_port));
  if (front.transport == Transport::udp) {
    if (udp_port != server.udp_port) front.port = udp_port;
  } else if (tcp_port != server.tcp_port) {
    front.port = tcp_port;
  }
}

std::optional<int> check_form(const ArgumentParser& parser, const ServerInfo& info,
                              const VerifySettings& settings) {
  for (const std::string& setting : settings.sheet) {
    if (!setting.starts_with("transport=")) continue;
    return parser.refuse(setting, "there is no such transport", {{"help", "tcp or udp"}});
  }
  if (settings.transport &&
      (*settings.transport == Transport::udp ? info.udp_port : info.tcp_port) == 0) {
    return parser.refuse(
        "transport=" + render_transport(*settings.transport),
        fmt::format("the server {} speaks {} only", info.name, info.tcp_port == 0 ? "UDP" : "TCP"),
        {{"help", "leave it out: all its sheets are about that"}});
  }
  for (const auto& [name, value] : settings.form) {
    const ServerParameter* const parameter = info.find_parameter(name);
    if (parameter->takes(value)) continue;
    return parser.refuse(fmt::format("{}={}", name, value),
                         fmt::format("the server {} has no {} `{}`", info.name, name, value),
                         choice_notes(value, parameter->values));
  }
  return std::nullopt;
}

std::string render_form_options(const ServerInfo& server, const ServerForm& form) {
  std::string text;
  for (const ServerParameter& parameter : server.parameters) {
    const auto value = form.find(parameter.name);
    if (value == form.end() || value->second == parameter.values.front()) continue;
    text += " --set " + parameter.name + "=" + quote_for_shell(value->second);
  }
  return text;
}

std::set<std::string> list_sheet_forms(const std::vector<Sheet>& sheets, const ServerInfo& server,
                                       const ServerForm& given) {
  std::set<std::string> forms;
  for (const Sheet& sheet : sheets) {
    if (!sheet.scenario) continue;
    ServerForm form;
    for (const ServerParameter& parameter : server.parameters) {
      form[parameter.name] = value_of(sheet.scenario->front.parameters, parameter);
    }
    const bool fits = std::ranges::includes(form, given);
    if (fits && is_about(sheet.scenario->front, server, form)) {
      forms.insert(render_form_options(server, form));
    }
  }
  return forms;
}

int refuse_no_sheets(const Selection& selection, const ServerInfo& server,
                     const SelectionOptions& options, const VerifySettings& settings) {
  SelectionOptions all = options;
  all.settings = settings.sheet;
  const std::set<std::string> forms =
      list_sheet_forms(select_sheets(all).sheets, server, settings.form);
  if (settings.form.empty() || forms.empty()) return refuse_empty(selection, options);
  std::string text = fmt::format("error: no sheet is about {} in the form{} alone\n", server.name,
                                 render_form_options(server, settings.form));
  for (const std::string& form : forms) {
    text += fmt::format("  = help: there are sheets for{}\n", form);
  }
  print_error(text);
  return kExitNothingSelected;
}

Selection select_server_sheets(const ServerInfo& info, const SelectionOptions& options,
                               const VerifySettings& settings) {
  SelectionOptions selected = options;
  selected.settings = settings.sheet;
  selected.form = settings.form;
  if (settings.for_clients) selected.server = info.name;
  for (const ServerParameter& parameter : info.parameters) {
    if (!parameter.any_text) selected.form.emplace(parameter.name, parameter.values.front());
  }
  Selection selection = select_sheets(selected);
  std::erase_if(selection.sheets, [&](const Sheet& sheet) {
    if (!sheet.scenario) return false;
    const FrontMatter& front = sheet.scenario->front;
    const bool is_spoken =
        !settings.transport || transport_of(front, info.tcp_port != 0) == *settings.transport;
    if (!is_spoken) return true;
    if (!settings.for_clients) return !is_about(front, info, settings.form);
    return !is_for_clients(front) || !is_in_form(front, info, settings.form);
  });
  // What the exercise sets is judged before anything can harm a server that goes on running.
  std::ranges::stable_sort(selection.sheets, {}, [](const Sheet& sheet) {
    return sheet.scenario ? sheet.scenario->front.level : SheetLevel::exercise;
  });
  return selection;
}

std::string render_transport_share(const ServerInfo& info, const SelectionOptions& options,
                                   const VerifySettings& settings, std::size_t count) {
  if (!settings.transport) return "";
  VerifySettings both = settings;
  both.transport.reset();
  const std::size_t all = select_server_sheets(info, options, both).sheets.size();
  const bool is_udp = *settings.transport == Transport::udp;
  return fmt::format("{} of {}; {} left out that need {} (--set transport={})\n",
                     counted(count, "sheet"), is_udp ? "UDP" : "TCP", all - count,
                     is_udp ? "TCP" : "UDP", render_transport(*settings.transport));
}

std::string render_form_share(const ServerInfo& info, const SelectionOptions& options,
                              const VerifySettings& settings, const std::vector<Sheet>& sheets) {
  if (render_form_options(info, settings.form).empty()) return "";
  VerifySettings own = settings;
  std::erase_if(own.form,
                [&info](const auto& value) { return !info.find_parameter(value.first)->any_text; });
  const std::vector<Sheet> known = select_server_sheets(info, options, own).sheets;
  if (known.size() <= sheets.size()) return "";
  std::set<std::string> open;
  for (const Sheet& sheet : known) {
    if (sheet.scenario)
      open.insert(sheet.scenario->front.tags.begin(), sheet.scenario->front.tags.end());
  }
  for (const Sheet& sheet : sheets) {
    if (!sheet.scenario) continue;
    for (const std::string& tag : sheet.scenario->front.tags) open.erase(tag);
  }
  std::string text = fmt::format("{} for this form of {}, {} for its own",
                                 counted(sheets.size(), "sheet"), info.name, known.size());
  if (!open.empty()) {
    text += "; not judged here: " + enumerate({open.begin(), open.end()}, kNamedTags);
  }
  if (sheets.size() < kFewSheets) text += "; so few sheets say little about a program";
  return text + "\n";
}

}  // namespace wireproof
