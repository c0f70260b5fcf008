#include "cli/options/guess_form.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/options/command_line.h"
#include "cli/options/server_table.h"
#include "sheet/session/step_traits.h"

namespace wireproof {
namespace {

bool is_of_server(const Step& step) {
  return std::holds_alternative<StepServer>(step.action);
}

bool waits_for_answer(const Step& step) {
  return step_traits(step.action).expects != nullptr;
}

bool can_ask(const Scenario& scenario, const ServerInfo& server) {
  if (!scenario.session || !scenario.front.needs.empty() || scenario.front.mtu_bytes) return false;
  if (scenario.front.ip == IpVersion::v6) return false;
  const bool is_udp = scenario.front.transport == Transport::udp;
  if (scenario.front.transport == Transport::tcp_udp || is_udp == (server.tcp_port != 0)) {
    return false;
  }
  const std::vector<Step>& steps = scenario.session->steps;
  return any_step(steps, waits_for_answer) && !any_step(steps, is_of_server);
}

std::string render_form(const ServerForm& form) {
  std::string text;
  for (const auto& [name, value] : form) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, quote_for_shell(value));
  }
  return text.empty() ? "its only form" : text;
}

std::string render_no_form(const ServerInfo& server) {
  std::string text = "none of these forms: the server speaks another protocol";
  for (const ServerParameter& parameter : server.parameters) {
    if (parameter.any_text)
      text += fmt::format(", or another {0} (--set {0}=TEXT)", parameter.name);
  }
  return text + "\n";
}

}  // namespace

std::vector<ServerForm> list_forms(const ServerInfo& server, const ServerForm& given) {
  std::vector<ServerForm> forms{{}};
  for (const ServerParameter& parameter : server.parameters) {
    std::vector<std::string> values = parameter.values;
    const auto known = given.find(parameter.name);
    if (known != given.end()) values = {known->second};
    std::vector<ServerForm> longer;
    for (const ServerForm& form : forms) {
      for (const std::string& value : values) {
        longer.push_back(form);
        longer.back()[parameter.name] = value;
      }
    }
    forms = std::move(longer);
  }
  return forms;
}

std::set<std::string> filled_in(const ServerInfo& server, const std::vector<Sheet>& sheets) {
  std::set<std::string> names;
  for (const ServerParameter& parameter : server.parameters) {
    if (parameter.any_text) names.insert(parameter.name);
  }
  for (const Sheet& sheet : sheets) {
    if (!sheet.scenario || sheet.scenario->front.server != server.name) continue;
    names.insert(sheet.scenario->front.forms.begin(), sheet.scenario->front.forms.end());
  }
  return names;
}

const Sheet* find_simplest(const std::vector<Sheet>& sheets, const ServerInfo& server,
                           const ServerForm& form) {
  const auto cost = [](const Sheet& sheet) {
    const std::vector<std::string>& tags = sheet.scenario->front.tags;
    const bool is_first = std::ranges::find(tags, "first") != tags.end();
    return std::pair(is_first ? 0 : 1, sheet.scenario->session->steps.size());
  };
  const Sheet* best = nullptr;
  for (const Sheet& sheet : sheets) {
    if (!sheet.scenario || !is_about(sheet.scenario->front, server, form)) continue;
    if (!can_ask(*sheet.scenario, server)) continue;
    if (best == nullptr || cost(sheet) < cost(*best)) best = &sheet;
  }
  return best;
}

std::vector<FormTrial> try_forms(const ReadSheets& read, const Guessed& guessed,
                                 RunOptions options) {
  std::vector<FormTrial> trials;
  std::vector<Scenario> scenarios;
  const std::set<std::string> names = filled_in(guessed.server, read({}));
  std::map<ServerForm, std::vector<Sheet>> sheets;  // by the part that is filled in
  for (ServerForm& form : list_forms(guessed.server, guessed.given)) {
    ServerForm part = form;
    std::erase_if(part, [&](const auto& value) { return !names.contains(value.first); });
    if (!sheets.contains(part)) sheets[part] = read(part);
    const Sheet* const sheet = find_simplest(sheets[part], guessed.server, form);
    if (sheet == nullptr) continue;
    scenarios.push_back(*sheet->scenario);
    if (guessed.program != nullptr) give_program(scenarios.back().front, *guessed.program);
    trials.push_back({std::move(form), sheet->id, Verdict::skip, ""});
  }
  options.capture = false;
  options.jobs = 1;
  const RunResult run = run_scenarios(scenarios, make_server_table(), options, {});
  for (std::size_t i = 0; i < run.scenarios.size(); ++i) {
    trials[i].verdict = run.scenarios[i].result.verdict;
    trials[i].reason = run.scenarios[i].result.reason;
  }
  return trials;
}

std::string render_guess(const ServerInfo& server, const std::vector<FormTrial>& trials,
                         const std::string& target) {
  std::string text;
  std::string found;
  for (const FormTrial& trial : trials) {
    const bool answered = trial.verdict == Verdict::pass;
    text += fmt::format("{}  {}  {}\n", answered ? "yes" : "no ", render_form(trial.form),
                        answered ? "(" + trial.sheet + ")" : trial.reason);
    if (!answered) continue;
    found += fmt::format("wireproof verify {}{} {}\n", server.name,
                         render_form_options(server, trial.form), target);
  }
  if (found.empty()) return text + render_no_form(server);
  return text + "verify it with\n  " + found;
}

}  // namespace wireproof
