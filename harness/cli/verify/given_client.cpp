#include "cli/verify/given_client.h"

#include <algorithm>
#include <utility>

namespace wireproof {
namespace {

void give_client(std::vector<Step>& steps, const GivenClient& client) {
  for (Step& step : steps) {
    if (auto* const repeat = std::get_if<StepRepeat>(&step.action)) {
      give_client(repeat->steps, client);
    } else if (auto* const run = std::get_if<StepRun>(&step.action)) {
      run->command = client.command;
    } else if (auto* const exits = std::get_if<StepExits>(&step.action)) {
      if (client.is_interrupted) exits->code.reset();
    }
  }
}

// Gives an actor another name wherever the sheet has it.
class Renaming {
 public:
  Renaming(std::string from, std::string to) : from_(std::move(from)), to_(std::move(to)) {}

  void apply(Scenario& scenario) const {
    for (std::string& actor : scenario.session->actors) apply(actor);
    apply(scenario.session->steps);
    for (PacketTable& table : scenario.packet_tables) {
      apply(table.name);
      for (PlacedRow& placed : table.rows) apply(placed.row.client);
    }
    for (SocketTable& table : scenario.socket_tables) {
      for (SocketRow& row : table.rows) {
        apply(row.local);
        apply(row.remote);
      }
    }
  }

 private:
  void apply(std::string& name) const {
    if (name == from_) name = to_;
  }
  void apply(std::vector<Step>& steps) const {
    for (Step& step : steps) {
      apply(step.actor);
      if (auto* const repeat = std::get_if<StepRepeat>(&step.action)) apply(repeat->steps);
    }
  }

  std::string from_;
  std::string to_;
};

bool is_taken(const std::string& name, const Scenario& scenario) {
  const std::vector<std::string>& actors = scenario.session->actors;
  return name == kServerName || name == kGroupName ||
         std::ranges::find(actors, name) != actors.end();
}

}  // namespace

void give_client(std::vector<Sheet>& sheets, const GivenClient& client) {
  for (Sheet& sheet : sheets) {
    if (!sheet.scenario || !sheet.scenario->session) continue;
    Scenario& scenario = *sheet.scenario;
    scenario.front.programs.clear();  // those that the command takes the place of
    if (client.place.port) scenario.front.port = client.place.port;
    scenario.front.address = client.place.address;
    give_client(scenario.session->steps, client);
    const std::string own = find_only_program(scenario);
    if (!own.empty() && !is_taken(client.name, scenario))
      Renaming(own, client.name).apply(scenario);
  }
}

std::string find_only_program(const Scenario& scenario) {
  std::string found;
  for (const Step& step : scenario.session->steps) {
    if (!std::holds_alternative<StepRun>(step.action)) continue;
    if (!found.empty() && found != step.actor) return {};
    found = step.actor;
  }
  return found;
}

}  // namespace wireproof
