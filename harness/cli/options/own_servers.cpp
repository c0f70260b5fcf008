#include "cli/options/own_servers.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>
#include <deque>
#include <map>

#include "base/system/file.h"
#include "base/system/system_call.h"
#include "cli/options/command_line.h"
#include "cli/options/server_table.h"
#include "result/explanation.h"

namespace wireproof {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxDescriptionBytes = 1 << 20;

struct ReadServers {
  std::deque<OwnServer> all;                      // stays where it is
  std::map<fs::path, DescribedFolder> folders;    // by canonical path
  std::map<fs::path, const OwnServer*> by_sheet;  // those that single sheets stand for
};

ReadServers& read_servers() {
  static ReadServers servers;
  return servers;
}

std::vector<ServerQuirk> list_quirks(const std::vector<DescribedQuirk>& described) {
  std::vector<ServerQuirk> quirks;
  for (const DescribedQuirk& quirk : described) {
    quirks.push_back({quirk.name, quirk.meaning, quirk.explanation});
  }
  return quirks;
}

ServerInfo make_info(const std::string& name, const ServerDescription& description) {
  ServerInfo info;
  info.name = name;
  info.tcp_port = description.tcp_port;
  info.udp_port = description.udp_port;
  info.protocol = description.title;
  info.origin = description.origin;
  for (const DescribedParameter& parameter : description.parameters) {
    info.parameters.push_back(
        {parameter.name, parameter.values, parameter.meaning, parameter.any_text});
  }
  info.faults = list_quirks(description.faults);
  info.variants = list_quirks(description.variants);
  return info;
}

const OwnServer& keep(const std::string& name, ServerDescription description,
                      const fs::path& folder) {
  OwnServer server{make_info(name, description), std::move(description), folder};
  return read_servers().all.emplace_back(std::move(server));
}

Diagnostic no_such_builtin(const std::string& name) {
  Diagnostic wrong{Severity::error,
                   fmt::format("no server `{}` is built in", name),
                   {},
                   "",
                   {{"help", "the folder has the server's name: `wireproof servers` lists them"}}};
  wrong.code = ProblemCode::builtin_server;
  return wrong;
}

DescribedFolder read_folder(const fs::path& folder) {
  DescribedFolder described;
  std::error_code error;
  described.file = fs::proximate(folder, error) / kServerDescription;
  const fs::file_status status = fs::status(described.file, error);
  if (error && status.type() != fs::file_type::not_found) {
    throw SystemError("read " + described.file.string(), error.value());
  }
  if (status.type() != fs::file_type::regular) return described;
  described.source =
      SourceText(described.file.string(), read_file(described.file, kMaxDescriptionBytes + 1));
  if (described.source.text().size() > kMaxDescriptionBytes) {
    throw SystemError("read " + described.file.string(), EFBIG);
  }
  auto description = parse_server_description(described.source, explanation_names());
  const std::string name = folder.filename().string();
  if (!description) {
    described.errors = std::move(description).error();
  } else if (!description->builtin) {
    described.server = &keep(name, *std::move(description), folder);
  } else {
    described.builtin = find_server(name);
    if (described.builtin == nullptr) described.errors.push_back(no_such_builtin(name));
  }
  return described;
}

const DescribedQuirk* find_quirk(const std::vector<DescribedQuirk>& quirks,
                                 const std::map<std::string, std::string>& parameters,
                                 std::string_view kind) {
  const auto wanted = parameters.find(std::string(kind));
  if (wanted == parameters.end()) return nullptr;
  const auto found = std::ranges::find(quirks, wanted->second, &DescribedQuirk::name);
  return found == quirks.end() ? nullptr : &*found;
}

// The server's command, or that of a fault or variant, with the parameters filled in. Host and
// ports are known only where it is started.
std::string make_command(const ServerDescription& server,
                         const std::map<std::string, std::string>& parameters) {
  std::map<std::string, std::string> values;
  for (const DescribedParameter& parameter : server.parameters) {
    values[parameter.name] = parameter.values.front();
  }
  for (const auto& [name, value] : parameters) values[name] = value;
  std::string command = server.command;
  for (const DescribedQuirk* const quirk :
       {find_quirk(server.faults, parameters, kFaultParameter),
        find_quirk(server.variants, parameters, kVariantParameter)}) {
    if (quirk == nullptr) continue;
    if (!quirk->command.empty()) command = quirk->command;
    for (const auto& [name, value] : quirk->settings) values[name] = value;
  }
  for (const auto& [name, value] : values) {
    boost::replace_all(command, fmt::format("{{{}}}", name), quote_for_shell(value));
  }
  return command;
}

}  // namespace

const DescribedFolder& described_folder(const fs::path& folder) {
  std::error_code error;
  const fs::path place = fs::weakly_canonical(folder.empty() ? fs::path(".") : folder, error);
  auto& folders = read_servers().folders;
  const auto known = folders.find(place);
  if (known != folders.end()) return known->second;
  return folders[place] = read_folder(place);
}

const OwnServer& stand_for_server(const Scenario& scenario) {
  const fs::path sheet = fs::canonical(scenario.path);
  const FrontMatter& front = scenario.front;
  ServerDescription description;
  description.title = scenario.title;
  description.command = front.command;
  const Transport transport = transport_of(front, true);
  constexpr std::uint16_t kPort = 12345;
  const std::uint16_t port = front.port.value_or(kPort);
  if (transport != Transport::udp) description.tcp_port = port;
  if (transport != Transport::tcp) description.udp_port = port;
  const std::filesystem::path folder = sheet.parent_path();
  const std::string name = sheet.stem().string();
  const OwnServer& server = keep(name, std::move(description), folder);
  read_servers().by_sheet[sheet] = &server;
  return server;
}

const OwnServer* own_server_of(const fs::path& sheet) {
  std::error_code error;
  const auto stands = read_servers().by_sheet.find(fs::weakly_canonical(sheet, error));
  if (stands != read_servers().by_sheet.end()) return stands->second;
  return described_folder(sheet.parent_path()).server;
}

std::vector<const OwnServer*> own_servers() {
  std::vector<const OwnServer*> servers;
  for (const OwnServer& own : read_servers().all) servers.push_back(&own);
  return servers;
}

const OwnServer* find_own_server(const std::string& name) {
  const auto& all = read_servers().all;
  const auto found =
      std::ranges::find(all, name, [](const OwnServer& one) { return one.info.name; });
  return found == all.end() ? nullptr : &*found;
}

const ServerInfo* find_known_server(const std::string& name) {
  const OwnServer* const own = find_own_server(name);
  return own != nullptr ? &own->info : find_server(name);
}

std::vector<const ServerInfo*> known_servers() {
  std::map<std::string, const ServerInfo*> by_name;
  for (const ServerInfo& info : reference_servers()) by_name[info.name] = &info;
  for (const OwnServer& own : read_servers().all) by_name[own.info.name] = &own.info;
  std::vector<const ServerInfo*> servers;
  for (const auto& [name, info] : by_name) servers.push_back(info);
  return servers;
}

ServerProgram make_own_program(const OwnServer& server) {
  ServerProgram program{server.info.name, server.info.tcp_port, server.info.udp_port, {}};
  if (server.description.command.empty()) return program;
  const ServerDescription* const description = &server.description;  // lives as long as the program
  program.command = [description](const auto& parameters) {
    return make_command(*description, parameters);
  };
  program.folder = server.folder;
  program.start_within = server.description.start_within;
  return program;
}

}  // namespace wireproof
