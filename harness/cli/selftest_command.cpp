#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/system/file.h"
#include "base/system/process.h"
#include "base/text/words.h"
#include "cli/commands.h"
#include "cli/options/own_servers.h"
#include "cli/options/play_sheets.h"
#include "cli/options/server_table.h"
#include "cli/options/signature_files.h"
#include "play/runner/selftest.h"
#include "report/report.h"
#include "report/told_faults.h"
#include "result/diagnosis.h"
#include "servers/faults/misconduct.h"

namespace wireproof {
namespace {

// Trials often wait for what a fault leaves out, so more of them run than there are processors.
constexpr std::size_t kTrialsPerProcessor = 4;
constexpr std::size_t kAhead = 8;

struct SelftestArguments {
  std::vector<std::string> servers;
  std::vector<std::string> faults;
  std::vector<std::string> variants;
  SelectionOptions selection;
  RunOptions run;
  SelftestOptions proof;
  bool record = false;
  std::size_t pairs = 0;  // of each server; 0: faults by themselves
};

bool is_wanted(const std::vector<std::string>& wanted, const std::string& name) {
  return wanted.empty() || std::ranges::find(wanted, name) != wanted.end();
}

// The form that faults and variants are shown in.
std::map<std::string, std::string> first_dialect(const ServerInfo& info) {
  std::map<std::string, std::string> form;
  for (const ServerParameter& parameter : info.parameters) {
    if (parameter.is_dialect) form[parameter.name] = parameter.values.front();
  }
  return form;
}

// None: a variant, or a fault of somebody's server that any failure shows.
ExplanationId explanation_of(const ServerQuirk& quirk) {
  return find_explanation(quirk.explanation).value_or(ExplanationId::none);
}

// With --fault or --variant only these, else all, and the servers as they are.
void add_trials(const ServerInfo& info, const SelftestArguments& options,
                std::vector<Trial>& trials) {
  const bool is_all = options.faults.empty() && options.variants.empty();
  if (is_all) trials.push_back({info.name, TrialKind::correct, "", {}});
  const auto add = [&](TrialKind kind, std::string_view parameter,
                       const std::vector<ServerQuirk>& quirks,
                       const std::vector<std::string>& wanted) {
    if (!is_all && wanted.empty()) return;
    for (const ServerQuirk& quirk : quirks) {
      if (!is_wanted(wanted, quirk.name)) continue;
      trials.push_back({info.name,
                        kind,
                        quirk.name,
                        {{std::string(parameter), quirk.name}},
                        explanation_of(quirk),
                        first_dialect(info)});
    }
  };
  add(TrialKind::fault, kFaultParameter, info.faults, options.faults);
  add(TrialKind::variant, kVariantParameter, info.variants, options.variants);
}

// So many pairs of faults that a server can have at once, spread over all of them.
std::vector<Trial> choose_pairs(const ServerInfo& info, std::size_t count) {
  std::vector<Trial> all;
  for (auto fault = info.faults.begin(); fault != info.faults.end(); ++fault) {
    for (auto other = fault + 1; other != info.faults.end(); ++other) {
      if (exclude_each_other(info, fault->name, other->name)) continue;
      const std::string both = fault->name + "," + other->name;
      Trial& trial = all.emplace_back(Trial{info.name,
                                            TrialKind::fault,
                                            both,
                                            {{std::string(kFaultParameter), both}},
                                            explanation_of(*fault),
                                            first_dialect(info)});
      trial.other_explanation = explanation_of(*other);
    }
  }
  if (all.size() <= count) return all;
  std::vector<Trial> some;
  for (std::size_t index = 0; index < count; ++index) {
    some.push_back(std::move(all[index * all.size() / count]));
  }
  return some;
}

std::vector<Trial> choose_trials(const SelftestArguments& options) {
  std::vector<Trial> trials;
  for (const ServerInfo* const info : known_servers()) {
    if (!is_wanted(options.servers, info->name)) continue;
    if (options.pairs > 0) {
      std::ranges::move(choose_pairs(*info, options.pairs), std::back_inserter(trials));
    } else {
      add_trials(*info, options, trials);
    }
  }
  return trials;
}

// The exit code for a name that no server has.
std::optional<int> check_names(const ArgumentParser& parser, SelftestArguments& options) {
  for (std::string& name : options.servers) {
    if (const auto code = find_server_named(parser, name, options.selection)) return code;
  }
  std::vector<std::string> faults;
  std::vector<std::string> variants;
  for (const ServerInfo* const info : known_servers()) {
    std::ranges::copy(list_names(info->faults), std::back_inserter(faults));
    std::ranges::copy(list_names(info->variants), std::back_inserter(variants));
  }
  const auto check = [&](const std::string& kind, const std::vector<std::string>& given,
                         const std::vector<std::string>& known) -> std::optional<int> {
    for (const std::string& name : given) {
      if (std::ranges::find(known, name) != known.end()) continue;
      return parser.refuse(name, fmt::format("no reference server has the {} `{}`", kind, name),
                           nearest_note(name, known));
    }
    return std::nullopt;
  };
  if (const auto code = check("fault", options.faults, faults)) return code;
  return check("variant", options.variants, variants);
}

std::vector<Scenario> scenarios_of(const std::vector<Sheet>& sheets) {
  std::vector<Scenario> scenarios;
  for (const Sheet& sheet : sheets) scenarios.push_back(*sheet.scenario);
  return scenarios;
}

// By server.
using Records = std::map<std::string, Signatures>;

Records sort_by_server(const std::vector<TrialOutcome>& outcomes) {
  std::map<std::string, std::vector<TrialOutcome>> sorted;
  for (const TrialOutcome& outcome : outcomes) sorted[outcome.trial.server].push_back(outcome);
  Records records;
  for (const auto& [server, own] : sorted) records[server] = make_signatures(own);
  return records;
}

// What is not the same in all of them is none of a signature.
constexpr int kRecordings = 3;

int record(SelftestArguments options, const std::vector<Sheet>& sheets) {
  options.proof.full = true;
  std::vector<Trial> trials = choose_trials(options);
  std::erase_if(trials, [](const Trial& trial) { return trial.kind != TrialKind::fault; });
  const std::vector<Scenario> scenarios = scenarios_of(sheets);
  Records common;
  for (int recording = 0; recording < kRecordings; ++recording) {
    const auto played =
        run_selftest(trials, scenarios, make_server_table(), options.run, options.proof);
    if (!played) return kExitInterrupted;
    for (auto& [server, signatures] : sort_by_server(*played)) {
      const auto [before, is_first] = common.try_emplace(server, signatures);
      if (!is_first) before->second = common_signatures(before->second, signatures);
    }
  }
  for (const auto& [server, signatures] : common) {
    const Signatures all = replace_signatures(load_signatures(server), signatures);
    write_file(signature_file(server), write_signatures(server, all));
    print_text(fmt::format("{}\n", signature_file(server).string()));
  }
  return kExitPassed;
}

// How many faults no signature is recorded of.
std::size_t count_unrecorded(const std::vector<TrialOutcome>& outcomes, const Records& recorded) {
  return static_cast<std::size_t>(std::ranges::count_if(outcomes, [&](const auto& outcome) {
    const Trial& trial = outcome.trial;
    const Signatures& known = recorded.at(trial.server);
    return trial.kind == TrialKind::fault &&
           std::ranges::find(known, trial.name, &Signature::fault) == known.end();
  }));
}

// "fault no-blank in echo-text/one-message".
std::string_view changed_place(std::string_view change) {
  return change.substr(0, change.find(':'));
}

// Which of two packets came first, and the like, is no change of a signature: only what is shown
// otherwise in so many plays is one.
constexpr int kPlaysOfChange = 3;

std::vector<std::string> lasting_changes(const SelftestArguments& options,
                                         const std::vector<Scenario>& scenarios,
                                         std::vector<TrialOutcome> outcomes,
                                         const Records& recorded) {
  std::vector<std::string> changes = list_changes(outcomes, recorded);
  for (int play = 1; play < kPlaysOfChange && !changes.empty(); ++play) {
    std::vector<Trial> again;
    for (const TrialOutcome& outcome : outcomes) {
      if (!list_changes({outcome}, recorded).empty()) again.push_back(outcome.trial);
    }
    auto played = run_selftest(again, scenarios, make_server_table(), options.run, options.proof);
    if (!played) break;
    outcomes = *std::move(played);
    const std::vector<std::string> shown = list_changes(outcomes, recorded);
    std::erase_if(changes, [&](const std::string& change) {
      return std::ranges::none_of(shown, [&](const std::string& other) {
        return changed_place(other) == changed_place(change);
      });
    });
  }
  return changes;
}

Records load_records(const std::vector<Trial>& trials) {
  Records recorded;
  for (const Trial& trial : trials) {
    if (!recorded.contains(trial.server)) recorded[trial.server] = load_signatures(trial.server);
  }
  return recorded;
}

// Whether a program with a fault is told that it has it: of faults that were played to the end by
// what all sheets said, of the others by what is recorded of them.
bool tells_the_faults(const std::vector<TrialOutcome>& outcomes, const Records& recorded) {
  bool all_told = true;
  for (const auto& [server, signatures] : recorded) {
    for (const std::string& fault : list_mistaken(signatures)) {
      print_text(
          fmt::format("what is recorded of {} {} is told as another fault\n", server, fault));
      all_told = false;
    }
  }
  const std::vector<ToldFault> told = tell_faults(outcomes, recorded);
  const std::string contradictions = render_contradictions(outcomes);
  if (!told.empty()) print_text("\n" + contradictions + render_told(told));
  return all_told && contradictions.empty() && std::ranges::all_of(told, is_told);
}

// What a few faults show depends on how busy a machine is, in every play there: one in so many.
constexpr std::size_t kFaultsToARace = 50;

// Whether the faults show what was recorded of them; what they show otherwise is printed.
bool shows_the_recorded(const SelftestArguments& options, const std::vector<Scenario>& scenarios,
                        const std::vector<TrialOutcome>& outcomes, const Records& recorded) {
  const std::vector<std::string> changes = lasting_changes(options, scenarios, outcomes, recorded);
  for (const std::string& change : changes) print_text("signature of " + change + "\n");
  const std::size_t unrecorded = count_unrecorded(outcomes, recorded);
  if (unrecorded > 0) {
    print_text(fmt::format("of {} no signature is recorded\n", counted(unrecorded, "fault")));
  }
  if (!changes.empty()) {
    print_text("`wireproof selftest --record` records what faults show now\n");
  }
  const auto faults = std::ranges::count(
      outcomes, TrialKind::fault, [](const TrialOutcome& outcome) { return outcome.trial.kind; });
  return changes.size() * kFaultsToARace <= static_cast<std::size_t>(faults);
}

int prove(SelftestArguments options, const std::vector<Sheet>& sheets) {
  std::map<std::string, std::string> files;
  for (const Sheet& sheet : sheets) files[sheet.id] = sheet.path.string();
  const std::vector<Scenario> scenarios = scenarios_of(sheets);
  const std::vector<Trial> trials = choose_trials(options);
  const Records recorded = load_records(trials);
  options.proof.recorded = recorded;
  const auto started = std::chrono::steady_clock::now();
  const auto played =
      run_selftest(trials, scenarios, make_server_table(), options.run, options.proof);
  if (!played) return kExitInterrupted;
  const std::vector<TrialOutcome>& outcomes = *played;
  const Duration lasted = std::chrono::steady_clock::now() - started;
  print_text(render_selftest(outcomes));
  print_text(render_survivors(outcomes, files));
  const bool is_told = tells_the_faults(outcomes, recorded);
  const bool is_recorded = shows_the_recorded(options, scenarios, outcomes, recorded);
  print_text("\n" + render_selftest_counts(outcomes, lasted));
  const bool all_good = std::ranges::all_of(
      outcomes, [](const TrialOutcome& outcome) { return proves_suite(judge_trial(outcome)); });
  return all_good && is_recorded && is_told ? kExitPassed : kExitCheckFailed;
}

// So many of a hundred servers with two faults have to be told one of them first.
constexpr std::size_t kPairsTold = 90;

int prove_pairs(SelftestArguments options, const std::vector<Sheet>& sheets) {
  options.proof.full = true;
  const std::vector<Trial> trials = choose_trials(options);
  const auto played =
      run_selftest(trials, scenarios_of(sheets), make_server_table(), options.run, options.proof);
  if (!played) return kExitInterrupted;
  const std::vector<ToldFault> told = tell_faults(*played, load_records(trials));
  const std::string contradictions = render_contradictions(*played);
  print_text(contradictions + render_told(told));
  if (!contradictions.empty()) return kExitCheckFailed;
  const auto count = static_cast<std::size_t>(std::ranges::count_if(told, is_told));
  return 100 * count >= kPairsTold * told.size() ? kExitPassed : kExitCheckFailed;
}

}  // namespace

int selftest_command(const CommandLine& line) {
  SelftestArguments options;
  options.run.jobs = count_processors() * kTrialsPerProcessor;
  options.run.ahead = kAhead;
  ArgumentParser parser(line, "selftest [SERVER...] [OPTIONS]",
                        "Proves the sheets: each fault of each reference server must make one of "
                        "its sheets fail with the right explanation, each harmless variant must "
                        "leave all of them passing.");
  parser.texts("SERVER", options.servers, "only these reference servers");
  add_scenarios_option(parser, options.selection);
  parser.texts("--fault", options.faults, "only this fault");
  parser.texts("--variant", options.variants, "only this variant");
  parser.number("-j,--jobs", options.run.jobs, "sheets played at the same time");
  parser.duration("--timeout", options.proof.fault_timeout,
                  "of a step against a fault (default: 500ms)");
  parser.flag("--full", options.proof.full,
              "play all sheets against each fault, not only until one has caught it");
  parser.flag(
      "--record", options.record,
      "record what the faults show in all sheets, for diagnoses: in signatures.txt beside them");
  parser.number("--pairs", options.pairs,
                "instead play so many pairs of faults at once of each server, and count those that "
                "are told one of the two first");
  if (const auto code = parser.parse()) return *code;
  if (const auto code = check_names(parser, options)) return *code;
  if (const auto code = check_selection(parser, options.selection)) return *code;
  Selection selection = select_sheets(options.selection);
  // Those about clients say nothing of a server.
  std::erase_if(selection.sheets, [](const Sheet& sheet) {
    return sheet.scenario && !sheet.scenario->front.servers.empty();
  });
  if (selection.sheets.empty()) return refuse_empty(selection, options.selection);
  if (const int code = print_diagnostics(selection.sheets); code != kExitPassed) return code;
  print_error(render_fewer_jobs(options.run.jobs, count_processors()));
  if (options.pairs > 0) return prove_pairs(options, selection.sheets);
  return options.record ? record(options, selection.sheets) : prove(options, selection.sheets);
}

}  // namespace wireproof
