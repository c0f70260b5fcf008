#include "cli/verify/guess.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "base/system/process.h"
#include "base/system/system_call.h"
#include "base/text/bytes.h"
#include "base/text/utf8.h"
#include "base/text/words.h"
#include "cli/options/server_table.h"
#include "result/verdict.h"
#include "sheet/session/step_traits.h"
#include "sheet/text/condition.h"

namespace wireproof {
namespace {

// Of a program: mostly waits in vain.
constexpr std::size_t kTrialsPerProcessor = 6;
// So many forms that it is not are named, of more they are counted.
constexpr std::size_t kNamedForms = 8;

bool expects_answer(const SessionScript& session) {
  return any_step(session.steps,
                  [](const Step& step) { return step_traits(step.action).expects != nullptr; });
}

// Something is sent, and the server's end waited for: all that a server that only reads shows.
bool awaits_end(const SessionScript& session) {
  return any_step(session.steps,
                  [](const Step& step) { return step_traits(step.action).sends != nullptr; }) &&
         any_step(session.steps,
                  [](const Step& step) { return step_traits(step.action).goal == StepGoal::end; });
}

bool can_ask(const Scenario& scenario, Transport asked) {
  if (!scenario.session || !scenario.front.needs.empty() || scenario.front.mtu_bytes) return false;
  if (!scenario.measures.empty() || scenario.session->group_size > 0) return false;
  if (scenario.front.ip == IpVersion::v6) return false;
  const bool is_udp_alone = asked == Transport::udp;
  if (transport_of(scenario.front, !is_udp_alone) != asked) return false;
  const auto is_of_server = [](const Step& step) {
    return std::holds_alternative<StepServer>(step.action) ||
           std::holds_alternative<StepRun>(step.action);
  };
  const SessionScript& session = *scenario.session;
  return (expects_answer(session) || awaits_end(session)) && !any_step(session.steps, is_of_server);
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

bool is_found(const FormTrial& trial) {
  return trial.verdict == Verdict::pass;
}

// Nothing can be said of a form whose sheet could not be played, or not to its end.
bool is_unknown(const FormTrial& trial) {
  return trial.verdict == Verdict::inconclusive || trial.verdict == Verdict::error ||
         trial.verdict == Verdict::skip;
}

// Receiving steps up to the first that failed.
std::size_t count_answers(const ScenarioResult& result) {
  std::size_t count = 0;
  for (const StepResult& step : result.steps) {
    if (!step.ok) break;
    const std::string prefix = step.actor + ": ";  // of those that name their actor
    const std::size_t begin = step.text.starts_with(prefix) ? prefix.size() : 0;
    if (step.text.compare(begin, 4, "recv") == 0) ++count;
  }
  return count;
}

struct TrialPlan {
  std::vector<FormTrial> trials;
  std::vector<Scenario> scenarios;  // of the trials, in their order
};

void add_trial(const Guessed& guessed, const std::vector<Sheet>& sheets, const ServerForm& form,
               TrialPlan& plan) {
  const Sheet* const sheet = find_simplest(sheets, guessed.server, form,
                                           asked_transport(guessed.server, guessed.transport));
  if (sheet == nullptr) return;
  plan.scenarios.push_back(*sheet->scenario);
  if (guessed.program != nullptr) give_program(plan.scenarios.back().front, *guessed.program);
  plan.trials.push_back({form, sheet->id, Verdict::skip, "", 0});
}

// The form with most right answers, of several the last: it was tried because of the others. Null:
// there was none in any.
const FormTrial* find_nearest(const std::vector<FormTrial>& trials) {
  const FormTrial* best = nullptr;
  for (const FormTrial& trial : trials) {
    if (trial.answers == 0) continue;
    if (best == nullptr || trial.answers >= best->answers) best = &trial;
  }
  return best;
}

bool is_neighbour(const ServerForm& form, const ServerForm& other) {
  return std::ranges::count_if(form, [&other](const auto& value) {
           const auto found = other.find(value.first);
           return found == other.end() || found->second != value.second;
         }) <= 1;
}

// Of the forms that were not tried: of one that is nearest those that differ from it in one thing.
TrialPlan plan_trials(const ReadSheets& read, const Guessed& guessed, FormExtent extent,
                      const std::vector<FormTrial>& tried) {
  const FormTrial* const nearest = find_nearest(tried);
  TrialPlan plan;
  const std::set<std::string> names = filled_in(guessed.server, read({}), extent);
  std::map<ServerForm, std::vector<Sheet>> sheets;  // by the part that is filled in
  for (const ServerForm& form : list_forms(guessed.server, guessed.given)) {
    if (std::ranges::find(tried, form, &FormTrial::form) != tried.end()) continue;
    if (nearest != nullptr && !is_neighbour(form, nearest->form)) continue;
    ServerForm part = form;
    std::erase_if(part, [&](const auto& value) { return !names.contains(value.first); });
    if (!sheets.contains(part)) sheets[part] = read(part);
    add_trial(guessed, sheets[part], form, plan);
  }
  return plan;
}

void take_result(const ScenarioResult& result, FormTrial& trial) {
  trial.verdict = result.verdict;
  trial.reason = result.reason;
  trial.answers = count_answers(result);
}

void play_at_once(const RunOptions& options, TrialPlan& plan) {
  RunOptions run = options;
  run.jobs = count_processors() * kTrialsPerProcessor;
  const RunResult result = run_scenarios(plan.scenarios, make_server_table(), run, {});
  for (std::size_t i = 0; i < result.scenarios.size(); ++i) {
    take_result(result.scenarios[i].result, plan.trials[i]);
  }
}

// Up to the first that passes, or to the server's end: what is behind that was not tried.
void play_in_turn(const RunOptions& options, TrialPlan& plan) {
  for (std::size_t i = 0; i < plan.trials.size(); ++i) {
    const RunResult result = run_scenarios({plan.scenarios[i]}, make_server_table(), options, {});
    if (!result.scenarios.empty()) take_result(result.scenarios[0].result, plan.trials[i]);
    const Verdict verdict = plan.trials[i].verdict;
    if (verdict != Verdict::pass && verdict != Verdict::error && !result.interrupted) continue;
    plan.trials.resize(i + 1);
    return;
  }
}

// The text of the parameter that may be any, as the server's own answer has it.
std::optional<std::string> see_prefix(const TrialPlan& plan, const RunOptions& options) {
  RunOptions run = options;
  run.capture = true;
  try {
    const RunResult result = run_scenarios({plan.scenarios[0]}, make_server_table(), run, {});
    if (result.scenarios.empty()) return std::nullopt;
    return find_prefix(result.scenarios[0].result.packets);
  } catch (const SystemError&) {
    return std::nullopt;  // no capture here
  }
}

void try_seen_prefix(const ReadSheets& read, const Guessed& guessed, const RunOptions& options,
                     TrialPlan& plan) {
  const auto parameter =
      std::ranges::find(guessed.server.parameters, true, &ServerParameter::any_text);
  if (plan.trials.empty() || parameter == guessed.server.parameters.end()) return;
  if (guessed.given.contains(parameter->name)) return;
  const auto prefix = see_prefix(plan, options);
  if (!prefix) return;
  ServerForm form = plan.trials[0].form;
  form[parameter->name] = *prefix;
  TrialPlan seen;
  add_trial(guessed, read({{parameter->name, *prefix}}), form, seen);
  play_in_turn(options, seen);
  plan.trials.insert(plan.trials.end(), seen.trials.begin(), seen.trials.end());
}

std::string render_trials(const std::vector<FormTrial>& trials) {
  std::string text;
  std::size_t others = 0;
  const auto refused = static_cast<std::size_t>(std::ranges::count_if(
      trials, [](const FormTrial& trial) { return !is_found(trial) && !is_unknown(trial); }));
  for (const FormTrial& trial : trials) {
    if (is_found(trial)) {
      text += fmt::format("yes  {}  ({})\n", render_form(trial.form), trial.sheet);
    } else if (is_unknown(trial)) {
      text += fmt::format("?    {}  {}\n", render_form(trial.form), trial.reason);
    } else if (refused <= kNamedForms) {
      text += fmt::format("no   {}  {}\n", render_form(trial.form), trial.reason);
    } else {
      ++others;
    }
  }
  if (others > 0) text += fmt::format("no   {}\n", counted(others, "other form"));
  return text;
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

std::set<std::string> filled_in(const ServerInfo& server, const std::vector<Sheet>& sheets,
                                FormExtent extent) {
  std::set<std::string> names;
  for (const ServerParameter& parameter : server.parameters) {
    if (parameter.any_text) names.insert(parameter.name);
  }
  for (const Sheet& sheet : sheets) {
    if (!sheet.scenario || sheet.scenario->front.server != server.name) continue;
    for (const std::string& item : sheet.scenario->front.forms) {
      const auto condition = parse_condition(item);
      if (!condition) names.insert(item);
      if (condition && extent == FormExtent::all) names.insert(condition->name);
    }
  }
  return names;
}

Transport asked_transport(const ServerInfo& server, std::optional<Transport> given) {
  return given.value_or(server.tcp_port != 0 ? Transport::tcp : Transport::udp);
}

std::vector<std::string> list_asking(const std::vector<Sheet>& sheets, const ServerInfo& server,
                                     Transport asked) {
  std::vector<std::string> ids;
  for (const Sheet& sheet : sheets) {
    if (!sheet.scenario || sheet.scenario->front.server != server.name) continue;
    if (can_ask(*sheet.scenario, asked)) ids.push_back(sheet.id);
  }
  return ids;
}

const Sheet* find_simplest(const std::vector<Sheet>& sheets, const ServerInfo& server,
                           const ServerForm& form, Transport asked) {
  const auto cost = [](const Sheet& sheet) {
    const std::vector<std::string>& tags = sheet.scenario->front.tags;
    const bool is_first = std::ranges::find(tags, "first") != tags.end();
    const SessionScript& session = *sheet.scenario->session;
    return std::tuple(expects_answer(session) ? 0 : 1, is_first ? 0 : 1,
                      sheet.scenario->front.level, session.steps.size());
  };
  const Sheet* best = nullptr;
  for (const Sheet& sheet : sheets) {
    if (!sheet.scenario || !is_about(sheet.scenario->front, server, form)) continue;
    if (!can_ask(*sheet.scenario, asked)) continue;
    if (best == nullptr || cost(sheet) < cost(*best)) best = &sheet;
  }
  return best;
}

std::optional<std::string> find_prefix(const std::vector<PacketLine>& packets) {
  std::string sent;
  std::string answer;
  for (const PacketLine& packet : packets) {
    const bool is_answer = packet.from == "server";
    if (packet.payload.empty()) continue;
    if (!is_answer && !answer.empty()) break;
    (is_answer ? answer : sent) += as_text(packet.payload);
  }
  if (sent.empty() || answer.size() <= sent.size() || !answer.ends_with(sent)) return std::nullopt;
  std::string prefix = answer.substr(0, answer.size() - sent.size());
  const auto is_control = [](char letter) { return letter >= 0 && letter < ' '; };
  if (find_invalid_utf8(prefix) || std::ranges::any_of(prefix, is_control)) return std::nullopt;
  return prefix;
}

std::vector<FormTrial> try_forms(const ReadSheets& read, const Guessed& guessed,
                                 const RunOptions& options) {
  RunOptions run = options;
  run.capture = false;
  run.jobs = 1;
  const auto play = [&](TrialPlan& plan) {
    if (guessed.program != nullptr) {
      play_at_once(run, plan);
    } else {
      play_in_turn(run, plan);
    }
  };
  TrialPlan plan = plan_trials(read, guessed, FormExtent::published, {});
  play(plan);
  if (std::ranges::any_of(plan.trials, is_found)) return plan.trials;
  try_seen_prefix(read, guessed, run, plan);
  if (std::ranges::any_of(plan.trials, is_found)) return plan.trials;
  // What runs is asked in turn: not for all that there is.
  if (guessed.program == nullptr && find_nearest(plan.trials) == nullptr) return plan.trials;
  TrialPlan others = plan_trials(read, guessed, FormExtent::all, plan.trials);
  play(others);
  plan.trials.insert(plan.trials.end(), others.trials.begin(), others.trials.end());
  return plan.trials;
}

std::string render_guess(const ServerInfo& server, const std::vector<FormTrial>& trials,
                         const GuessTarget& target) {
  std::string text = render_trials(trials);
  // Of several the first: its sheet asks for most.
  if (const auto found = std::ranges::find_if(trials, is_found); found != trials.end()) {
    text += fmt::format("verify it with\n  wireproof verify {}{}{} {}\n", server.name,
                        render_form_options(server, found->form), target.options, target.target);
    for (auto other = found + 1; other != trials.end(); ++other) {
      if (!is_found(*other) || other->sheet != found->sheet) continue;
      text +=
          fmt::format("the same sheet passes with{}\n", render_form_options(server, other->form));
    }
    return text;
  }
  if (const FormTrial* const nearest = find_nearest(trials)) {
    return text + fmt::format(
                      "nearest: {}, but {}\nto see what differs\n"
                      "  wireproof verify {}{}{} {}\n",
                      render_form(nearest->form), nearest->reason, server.name,
                      render_form_options(server, nearest->form), target.options, target.target);
  }
  if (std::ranges::any_of(trials, is_unknown)) {
    return text + "not known: what has a `?` could not be found out here\n";
  }
  return text + render_no_form(server);
}

}  // namespace wireproof
