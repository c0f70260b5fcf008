#include "cli/options/server_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <set>
#include <string>
#include <string_view>

#include "base/system/system_call.h"
#include "base/text/words.h"
#include "cli/options/own_servers.h"
#include "sheet/text/condition.h"
#include "sheet/text/fragment.h"

namespace wireproof {

namespace fs = std::filesystem;

namespace {

// Empty: any text, or a parameter that is the sheet's alone.
std::vector<std::string> allowed_values(const ServerInfo& info, const std::string& name) {
  if (name == kServeParameter) return serve_way_names();
  if (name == kFaultParameter) return list_names(info.faults);
  if (name == kVariantParameter) return list_names(info.variants);
  const ServerParameter* const parameter = info.find_parameter(name);
  const bool is_open = parameter == nullptr || parameter->any_text;
  return is_open ? std::vector<std::string>{} : parameter->values;
}

// "no-blank,leak": two at once.
std::vector<std::string> split_faults(const std::string& value) {
  std::vector<std::string> faults;
  boost::split(faults, value, boost::is_any_of(","));
  return faults;
}

int serve_reference(const ServerInfo& info, const ServerStart& start) {
  ServeOptions options;
  options.host = start.host;
  options.tcp_port = start.tcp_port;
  options.udp_port = start.udp_port;
  options.on_ready = [fd = start.ready_fd] {
    write_all(fd, ".", "report that the server is ready");
  };
  options.patience = std::chrono::ceil<std::chrono::milliseconds>(start.patience);
  for (const auto& [name, value] : start.parameters) {
    if (name == kServeParameter) options.way = parse_serve_way(value);
    if (name == kFaultParameter) options.faults = split_faults(value);
    if (name == kVariantParameter) options.variant = value;
    if (info.find_parameter(name) != nullptr) options.parameters[name] = value;
  }
  return serve(info, options);
}

// Where the front matter gives `key` its value: the rest of its line. YAML has other ways to write
// the same; then the message is about the sheet as a whole.
std::optional<Span> find_value(const SourceText& source, const std::string& key) {
  for (std::size_t line = 2; line <= source.line_count(); ++line) {
    const std::string_view text = source.line_text(line);
    if (trim_text(text) == "---") break;
    const std::string_view entry = trim_text(text);
    if (!entry.starts_with(key) || !trim_text(entry.substr(key.size())).starts_with(':')) continue;
    const std::string_view value = trim_text(text.substr(text.find(':') + 1));
    if (value.empty()) return std::nullopt;
    const std::size_t begin =
        source.line_start(line) + static_cast<std::size_t>(value.data() - text.data());
    return Span{begin, begin + value.size()};
  }
  return std::nullopt;
}

Diagnostic error_at(ProblemCode code, const Scenario& scenario, const std::string& key,
                    const std::string& message, std::vector<Note> notes) {
  Diagnostic diagnostic{Severity::error, message, find_value(scenario.source, key), "",
                        std::move(notes)};
  diagnostic.code = code;
  return diagnostic;
}

void check_transport(const Scenario& scenario, const ServerInfo& info, Diagnostics& problems) {
  if (!scenario.front.transport) return;
  const bool wants_tcp = *scenario.front.transport != Transport::udp;
  const bool wants_udp = *scenario.front.transport != Transport::tcp;
  for (const auto& [wanted, port, name] :
       {std::tuple{wants_tcp, info.tcp_port, "TCP"}, std::tuple{wants_udp, info.udp_port, "UDP"}}) {
    if (!wanted || port != 0) continue;
    problems.push_back(error_at(ProblemCode::server_differs, scenario, "transport",
                                fmt::format("the server {} does not speak {}", info.name, name),
                                {}));
  }
}

void check_parameters(const Scenario& scenario, const ServerInfo& info, Diagnostics& problems) {
  for (const auto& [name, value] : scenario.front.parameters) {
    const std::vector<std::string> values = allowed_values(info, name);
    if (values.empty()) continue;
    const bool is_list = name == kFaultParameter;
    for (const std::string& one : is_list ? split_faults(value) : std::vector{value}) {
      if (std::ranges::find(values, one) != values.end()) continue;
      problems.push_back(error_at(ProblemCode::server_differs, scenario, name,
                                  fmt::format("the server {} has no {} `{}`", info.name, name, one),
                                  choice_notes(one, values)));
    }
  }
}

void check_forms(const Scenario& scenario, const ServerInfo& info, Diagnostics& problems) {
  for (const std::string& item : scenario.front.forms) {
    const auto condition = parse_condition(item);
    const std::string& name = condition ? condition->name : item;
    const ServerParameter* const parameter = info.find_parameter(name);
    if (parameter != nullptr && (!condition || parameter->takes(condition->value))) continue;
    if (parameter != nullptr) {
      problems.push_back(
          error_at(ProblemCode::server_differs, scenario, "forms",
                   fmt::format("the server {} has no {} `{}`", info.name, name, condition->value),
                   choice_notes(condition->value, parameter->values)));
      continue;
    }
    problems.push_back(error_at(ProblemCode::server_differs, scenario, "forms",
                                fmt::format("the server {} has no parameter `{}`", info.name, name),
                                nearest_note(name, list_names(info.parameters))));
  }
}

std::vector<std::string> server_names() {
  std::vector<std::string> names;
  for (const ServerInfo* const info : known_servers()) names.push_back(info->name);
  return names;
}

// The exit code where the description is wrong.
std::optional<int> read_description(const fs::path& folder) {
  const DescribedFolder& described = described_folder(folder);
  for (const Diagnostic& wrong : described.errors) {
    print_error(render_diagnostic(wrong, described.source) + "\n");
  }
  return described.errors.empty() ? std::nullopt : std::optional(kExitSheetWrong);
}

std::optional<int> read_sheet_server(const std::string& path, std::string& name,
                                     SelectionOptions& selection) {
  SelectionOptions alone;
  alone.paths = {path};
  const Selection sheets = select_sheets(alone);
  if (const int code = print_diagnostics(sheets.sheets); code != kExitPassed) return code;
  const Scenario& scenario = sheets.sheets.front().scenario.value();
  const bool stands = !scenario.front.command.empty();
  name = stands ? stand_for_server(scenario).info.name : scenario.front.server;
  if (selection.paths.empty()) selection.paths = {path};
  return std::nullopt;
}

// A word that is a path, or the name of a folder among the sheets.
std::optional<int> read_named_server(const ArgumentParser& parser, std::string& name,
                                     SelectionOptions& selection) {
  const fs::path path = name;
  if (fs::is_regular_file(path) && path.extension() == ".md") {
    return read_sheet_server(path.string(), name, selection);
  }
  std::vector<fs::path> roots{"", kScenarioRoot};
  roots.insert(roots.end(), selection.paths.begin(), selection.paths.end());
  for (const fs::path& root : roots) {
    const fs::path folder = root / path;
    if (!fs::is_regular_file(folder / kServerDescription)) continue;
    if (const auto code = read_description(folder)) return code;
    const DescribedFolder& described = described_folder(folder);
    if (described.builtin != nullptr) {  // other folders have sheets about it as well
      name = described.builtin->name;
      return std::nullopt;
    }
    name = described.server->info.name;
    if (selection.paths.empty()) selection.paths = {folder.string()};
    return std::nullopt;
  }
  if (find_server(name) != nullptr || !fs::is_directory(path)) return std::nullopt;
  return parser.refuse(
      name, fmt::format("{} has no {}", name, kServerDescription),
      {{"help", "it says the server's port and command; docs/own-servers.md has an example"}});
}

}  // namespace

std::optional<int> find_server_named(const ArgumentParser& parser, std::string& name,
                                     SelectionOptions& selection,
                                     const std::vector<Note>& further) {
  const std::string word = name;
  if (const auto code = read_named_server(parser, name, selection)) return *code;
  if (find_own_server(name) != nullptr && find_server(name) != nullptr) {
    print_error(fmt::format("note: {} is the server of {}, not the reference server of that name\n",
                            name, find_own_server(name)->folder.string()));
  }
  if (find_known_server(name) != nullptr) return std::nullopt;
  std::vector<Note> notes = nearest_note(name, server_names());
  notes.insert(notes.end(), further.begin(), further.end());
  return parser.refuse(word, "there is no reference server `" + name + "`", notes);
}

int read_described_servers() {
  int code = kExitPassed;
  for (const fs::path& root : {fs::path("."), find_sheet_path(kScenarioRoot)}) {
    if (!fs::is_directory(root)) continue;
    for (const fs::directory_entry& entry : fs::directory_iterator(root)) {
      if (!entry.is_directory()) continue;
      if (const auto wrong = read_description(entry.path())) code = *wrong;
    }
  }
  return code;
}

std::vector<std::string> parameter_names() {
  std::set<std::string> names;
  for (const std::string_view name : {kServeParameter, kFaultParameter, kVariantParameter}) {
    names.emplace(name);
  }
  for (const ServerInfo* const info : known_servers()) {
    for (const ServerParameter& parameter : info->parameters) names.insert(parameter.name);
  }
  return {names.begin(), names.end()};
}

ServerTable make_server_table() {
  ServerTable table;
  for (const ServerInfo& info : reference_servers()) {
    const ServerInfo* const server = &info;  // the registry lives as long as the program
    table[info.name] = {
        info.name, info.tcp_port, info.udp_port,
        [server](const ServerStart& start) { return serve_reference(*server, start); }};
  }
  for (const OwnServer* const own : own_servers()) table[own->info.name] = make_own_program(*own);
  return table;
}

Diagnostics check_server(const Scenario& scenario) {
  Diagnostics problems;
  const std::string& name = scenario.front.server;
  if (name.empty()) return problems;
  const ServerInfo* const info = find_known_server(name);
  if (info == nullptr) {
    std::vector<Note> notes = nearest_note(name, server_names());
    notes.push_back({"help", "`wireproof servers` lists the reference servers"});
    problems.push_back(error_at(ProblemCode::unknown_server, scenario, "server",
                                fmt::format("there is no reference server `{}`", name),
                                std::move(notes)));
    return problems;
  }
  check_transport(scenario, *info, problems);
  check_parameters(scenario, *info, problems);
  check_forms(scenario, *info, problems);
  return problems;
}

}  // namespace wireproof
